"""The shipped personas and scenes: enough of them, decent, and fit for every slot."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from practice_made import BOOK, CAST, make_card, make_persona, make_session

from coach.errors import BadPlaybook, NotFound
from coach.playbook.load import shipped
from coach.practice.cast import LONGEST_LINE, Persona, Scene, load_cast
from coach.practice.line_checks import faults_of
from coach.practice.moods import ACT_TEXT, MOVE_TEXT, mood_of
from coach.practice.moves import Phrasebook
from coach.practice.template_voice import filled, template_line
from coach.practice.words import Act, Move

ASKED_FOR = {
    "cannot_be_pleased", "exaggerates", "abusive", "cries", "cold_formal", "in_a_hurry", "repeats",
    "threatens_to_leave", "promised_before", "second_language", "wants_manager", "fair_claim",
}  # fmt: skip


def test_all_personas_that_were_asked_for_are_there() -> None:
    """Twelve and more, each with its own scene, never-say list and lines for every act."""
    assert {p.id for p in CAST.personas} >= ASKED_FOR
    assert {p.scene for p in CAST.personas} <= {s.id for s in CAST.scenes}
    assert sum(p.cannot_be_pleased for p in CAST.personas) == 1
    assert all(set(p.lines) == set(Act) and p.never_say for p in CAST.personas)


def test_no_template_line_is_written_twice() -> None:
    """Each persona speaks in their own voice."""
    lines = [line for p in CAST.personas for said in p.lines.values() for line in said]
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize("persona", CAST.personas, ids=lambda p: p.id)
def test_template_lines_pass_the_checks_of_a_models_lines(persona: Persona) -> None:
    """In their own scene: no line out of band, out of character, or with a fact that nobody gave."""
    card = make_card(persona=persona, scene=CAST.scene(persona.scene))
    phrasebook = Phrasebook(BOOK.lexicons, BOOK.folder)
    for act, seed in itertools.product(Act, range(8)):
        session = make_session(card, seed=seed)
        fact = card.scene.hidden[0].says if act is Act.ANSWER else ""
        line = template_line(session, act, fact)
        assert faults_of(line, session, act, fact, phrasebook) == [], line


@pytest.mark.parametrize("scene", CAST.scenes, ids=lambda s: s.id)
def test_every_persona_fits_every_scene(scene: Scene) -> None:
    """Slots are filled, and no line grows too long to say."""
    for persona, act in itertools.product(CAST.personas, Act):
        for template in persona.lines[act]:
            line = filled(template, scene, scene.told[0], scene.hidden[0].says)
            assert "{" not in line
            assert len(line.split()) <= LONGEST_LINE


def test_an_exaggerating_customer_exaggerates_first() -> None:
    """The number that is too high comes up, so that it can be left alone (G68)."""
    persona = CAST.persona("exaggerates")
    scene = CAST.scene(persona.scene)
    assert scene.exaggeration is not None
    told = make_persona(
        exaggerates=True, lines={**make_persona().lines, Act.REPEAT: ("{told}", "a {told}", "b {told}")}
    )
    assert scene.exaggeration.says in template_line(make_session(make_card(persona=told, scene=scene)), Act.REPEAT, "")


def test_every_act_and_move_is_put_into_words() -> None:
    """A model and a reader are told what each is."""
    assert set(ACT_TEXT) == set(Act)
    assert set(MOVE_TEXT) == set(Move)
    assert mood_of(10.0) != mood_of(5.0) != mood_of(0.0)


def test_a_session_kept_before_there_was_an_act_can_still_be_played() -> None:
    """Its persona says what is near."""
    lines = {act: said for act, said in make_persona().lines.items() if act not in (Act.GO_ON, Act.PRESS)}
    old = make_persona(lines=lines)
    assert old.said(Act.GO_ON) == lines[Act.REPEAT]
    assert old.said(Act.PRESS) == lines[Act.TEST]


def test_an_unknown_persona_or_scene_is_named_with_those_there_are() -> None:
    """One line says what there is."""
    with pytest.raises(NotFound, match="cannot_be_pleased"):
        CAST.persona("nobody")
    with pytest.raises(NotFound, match="parcel"):
        CAST.scene("nowhere")


def test_a_playbook_without_practice_files_uses_the_shipped_ones(tmp_path: Path) -> None:
    """A folder made by an older program goes on working."""
    assert load_cast(tmp_path).personas == load_cast(shipped()).personas


def test_a_fault_in_a_persona_is_told_with_file_and_line(tmp_path: Path) -> None:
    """A trainer's edit is answered with its place."""
    folder = tmp_path / "rubrics" / "practice"
    folder.mkdir(parents=True)
    real = (shipped() / "rubrics" / "practice" / "personas.yaml").read_text(encoding="utf-8")
    (folder / "personas.yaml").write_text(real.replace("patience: 4", "patience: 40", 1), encoding="utf-8")
    with pytest.raises(BadPlaybook, match=r"personas\.yaml:\d+: .*patience"):
        load_cast(tmp_path)
