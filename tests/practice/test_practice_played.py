"""The kept sessions that independent players played against a model: nothing in them that a player must not see."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from practice_made import BOOK, CAST

from coach.practice.cast import LONGEST_LINE
from coach.practice.customer import FLOOR_NO_STEP, FLOOR_UNHEARD, HEARD_ENOUGH, MOST_FALL
from coach.practice.line_checks import faults_of
from coach.practice.moves import Phrasebook
from coach.practice.session import Session
from coach.practice.words import Act

FOLDER = Path(__file__).parents[2] / "fixtures" / "played"
FILES = sorted(f for f in FOLDER.glob("*-*.json"))
SESSIONS = {file.stem: Session.model_validate_json(file.read_text(encoding="utf-8")) for file in FILES}
READINGS = json.loads((FOLDER / "readings.json").read_text(encoding="utf-8"))


def ends(kind: str) -> dict[str, float]:
    """By how much anger changed in the sessions of a kind of player, by persona."""
    return {
        name.removeprefix(f"{kind}-"): session.anger_path[-1] - session.anger_path[0]
        for name, session in SESSIONS.items()
        if name.startswith(f"{kind}-")
    }


def test_there_are_twenty_sessions_or_more_of_all_three_kinds() -> None:
    """Good, weak and adversarial players, with twelve personas and more."""
    kinds = [name.split("-")[0] for name in SESSIONS]
    assert len(SESSIONS) >= 20
    assert min(kinds.count(kind) for kind in ("good", "weak", "adversarial")) >= 6
    assert len({session.card.persona.id for session in SESSIONS.values()}) >= 12


@pytest.mark.parametrize("name", SESSIONS)
def test_code_finds_nothing_wrong_with_a_line_that_was_shown(name: str) -> None:
    """In character, in the band, without early thanks, invented figures or unasked facts."""
    session = SESSIONS[name]
    phrasebook = Phrasebook(BOOK.lexicons, BOOK.folder, session.card.scene.beyond)
    for number, exchange in enumerate(session.exchanges):
        then = session.model_copy(update={"exchanges": session.exchanges[:number], "pending": exchange.agent})
        fact = next((h.says for h in session.card.scene.hidden if h.id == exchange.fact), "")
        fact = fact or (session.card.scene.wanted if exchange.fact else "")
        assert faults_of(exchange.customer.text, then, exchange.act, fact, phrasebook) == [], exchange.customer.text
        assert len(exchange.customer.text.split()) <= LONGEST_LINE


@pytest.mark.parametrize("name", SESSIONS)
def test_anger_kept_to_its_rules_whatever_was_said(name: str) -> None:
    """No line calmed by more than the most, and nobody fell below what was earned."""
    session = SESSIONS[name]
    assert all(a - b <= MOST_FALL + 1e-6 for a, b in pairwise(session.anger_path))
    for exchange, before in zip(session.exchanges, session.anger_path, strict=False):
        state = exchange.state
        if len(state.heard) < HEARD_ENOUGH:
            assert state.anger >= min(before, FLOOR_UNHEARD)
        if not state.owned:
            assert state.anger >= min(before, FLOOR_NO_STEP)
        if exchange.act is Act.AGREE:
            assert state.owned
            assert state.next_step


def test_skilled_play_lies_below_weak_play_with_every_persona_that_both_met() -> None:
    """But with the one who cannot be pleased, where it may or may not."""
    good, weak = ends("good"), ends("weak")
    both = (good.keys() & weak.keys()) - {p.id for p in CAST.personas if p.cannot_be_pleased}
    assert len(both) >= 7
    assert {persona: (good[persona], weak[persona]) for persona in both if good[persona] >= weak[persona]} == {}


def test_the_readings_speak_of_lines_that_are_there() -> None:
    """What readers objected to stands in the session it names; the counts in the README are these."""
    found: list[dict[str, Any]] = READINGS["objections"]
    for one in found:
        session = SESSIONS[one["session"]]
        assert one["quote"] in session.exchanges[one["line"] - 1].customer.text
    assert READINGS["lines"] == sum(len(session.exchanges) for session in SESSIONS.values())
    assert READINGS["sessions"] == len(SESSIONS)
