"""Trying out templates: what they ask for, what they make, and those that never end."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coach.calibration import trial
from coach.calibration.trial import CHAT, PASSED, PHONE_CALL, ROLEPLAY, template_faults, try_templates
from coach.grading.ask import Asking, parts, repair_request, requests
from coach.playbook.load import GRADING_TEMPLATES, load_playbook
from coach.playbook.prompt import Templates
from coach.practice import model_voice

Edit = Callable[[str, str, str], None]
SYSTEM, STAGE, TRANSCRIPT = "prompts/grade_system.j2", "prompts/grade_stage.j2", "prompts/grade_transcript.j2"


def faults(folder: Path) -> list[tuple[str, str]]:
    return [(fault.file, fault.what) for fault in template_faults(folder)]


def test_the_shipped_templates_have_no_fault() -> None:
    """Both invented calls render."""
    assert list(template_faults(load_playbook().folder)) == []


def test_what_is_said_to_be_passed_is_what_grading_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of variables is held against the requests themselves."""
    passed: dict[str, set[str]] = {}
    render = Templates.render

    def seen(self: Templates, name: str, **values: Any) -> str:
        passed.setdefault(name, set()).update(values)
        return render(self, name, **values)

    monkeypatch.setattr(Templates, "render", seen)
    book = load_playbook()
    first = requests(PHONE_CALL, book, Asking("", {}), parts(book))[0]
    repair_request(first, "{}", "a fault", book, "calm")
    assert passed == {name: set(names) for name, names in PASSED.items()}
    assert set(PASSED) == set(GRADING_TEMPLATES)


CASES = {
    "syntax": (STAGE, "{% if marks %}", "{% if %}", STAGE, "template does not parse"),
    "filter": (STAGE, "join", "jion", STAGE, "template does not parse: No filter named 'jion'"),
    "unknown": (STAGE, "{{ part }}", "{{ agent }}", STAGE, "agent is not a variable of grade_stage.j2"),
    "unknown in include": ("prompts/_shared/check.j2", "{{ check.id }}", "{{ chek.id }}", "prompts/_shared/check.j2",
                           "chek is not a variable of grade_system.j2"),
    "include gone": (SYSTEM, "_shared/evidence.j2", "_shared/gone.j2", SYSTEM, "template _shared/gone.j2 is missing"),
    "include worked out": (STAGE, '"_shared/marks.j2"', 'marks[0] ~ ".j2"', STAGE, "the name of an include is worked out"),
    "no such field": (SYSTEM, "{{ stage.name }}", "{{ stage.title }}", SYSTEM, "has no attribute 'title'"),
    "fails": (STAGE, "{{ part }}", "{{ 1 / 0 }}", STAGE, "template fails"),
    "unsafe": (STAGE, "{{ part }}", "{{ part.__class__ }}", STAGE, "is not open to templates"),
    "repair fails": ("prompts/grade_repair.j2", "{{ fault }}", "{{ fault.text }}", "prompts/grade_repair.j2", "has no attribute"),
    "check not printed": ("prompts/_shared/check.j2", "{{ check.grader.opportunity }}", "-", SYSTEM,
                          "the opportunity of CALM1 is not in the system message"),
    "line not printed": (TRANSCRIPT, "{{ line }}", "{{ line | upper }}", TRANSCRIPT, "a line of the conversation is missing"),
    "checks not printed": (STAGE, '{{ checks | join(", ") }}', "them", STAGE, "the prompt of calm does not name CALM1"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_template_that_does_not_hold_is_told(own: Path, edit: Edit, case: str) -> None:
    """Syntax, filters, variables, includes, fields, failures, and what a prompt must hold."""
    file, old, new, where, says = CASES[case]
    edit(file, old, new)
    found = faults(own)
    assert any(place == where and says in what for place, what in found), found


def test_an_unknown_variable_names_its_line_and_what_there_is(own: Path) -> None:
    """A trainer sees where, and what could be meant."""
    (own / STAGE).write_text("x\n\n{{ agent }}", encoding="utf-8")
    (fault,) = template_faults(own)
    assert (fault.line, fault.hint) == (3, "what is passed: checks, marks, part")


def test_a_mistyped_include_names_its_line_and_what_to_do(own: Path, edit: Edit) -> None:
    """The name is wrong as often as the file is gone."""
    edit(SYSTEM, "_shared/evidence.j2", "_shared/evidnce.j2")
    (fault,) = template_faults(own)
    assert str(fault) == f"{SYSTEM}:5: template _shared/evidnce.j2 is missing; correct the name or restore it"


def test_a_field_that_is_not_there_names_those_that_are(own: Path, edit: Edit) -> None:
    """Weights are not shown to a grader, so a template cannot print them."""
    edit(SYSTEM, "{{ stage.name }}", "{{ stage.weight }}")
    edit("prompts/_shared/check.j2", "{{ check.grader.opportunity }}", "{{ check.grader.chance }}")
    (fault,) = template_faults(own)
    assert "has no attribute 'weight', which has checks, id, name" in fault.what
    assert fault.hint == "what is passed: stages"
    edit(SYSTEM, "{{ stage.weight }}", "{{ stage.name }}")
    assert "which has examples, met, missed, not_applicable, opportunity" in next(template_faults(own)).what


def test_what_is_said_to_be_passed_to_role_play_is_what_practice_passes() -> None:
    """The list is held against the calls in the source: lint may not know practice."""
    passed: dict[str, set[str]] = {}
    for file in Path(model_voice.__file__).parent.glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = call.args[0] if isinstance(call, ast.Call) and call.args else None
            if isinstance(call, ast.Call) and isinstance(name, ast.Constant) and str(name.value).endswith(".j2"):
                passed[str(name.value)] = {word.arg for word in call.keywords if word.arg}
    assert passed == {name: set(names) for name, names in ROLEPLAY.items()}


@pytest.mark.parametrize("name", ROLEPLAY)
def test_an_unknown_variable_of_a_role_play_template_is_told(own: Path, name: str) -> None:
    """Before somebody practises with it; without the template there is nothing to tell."""
    file = own / "prompts" / name
    file.write_text(file.read_text(encoding="utf-8") + "\n{{ persona.anger }}\n", encoding="utf-8")
    assert faults(own) == [(f"prompts/{name}", f"persona is not a variable of {name}")]
    file.unlink()
    assert faults(own) == []


def test_faults_of_several_templates_are_all_told(own: Path, edit: Edit) -> None:
    """Two broken, two faults; two with unknown variables, two faults."""
    edit(STAGE, "{{ part }}", "{{ agent }}")
    edit(TRANSCRIPT, "{{ channel }}", "{{ team }}")
    assert [place for place, _ in faults(own)] == [TRANSCRIPT, STAGE]
    (own / STAGE).write_text("{% if %}", encoding="utf-8")
    (own / TRANSCRIPT).write_text("{% for %}", encoding="utf-8")
    assert sorted(place for place, _ in faults(own)) == [STAGE, TRANSCRIPT]


def test_a_missing_template_is_told(own: Path) -> None:
    """Grading would ask for it."""
    (own / STAGE).unlink()
    assert faults(own) == [(STAGE, "the template is missing")]


def test_bytes_that_are_no_text_are_told(own: Path) -> None:
    """One line, with the file."""
    (own / STAGE).write_bytes(b"\xff")
    assert faults(own) == [(STAGE, "cannot be read: UnicodeDecodeError")]


def test_a_template_that_grading_does_not_reach_must_parse_and_no_more(own: Path) -> None:
    """A role-play prompt has variables of its own; a broken one is told."""
    (own / "prompts/roleplay.j2").write_text("{{ persona }}", encoding="utf-8")
    assert faults(own) == []
    (own / "prompts/roleplay.j2").write_text("{{ persona", encoding="utf-8")
    assert [place for place, _ in faults(own)] == ["prompts/roleplay.j2"]


def test_templates_are_tried_on_the_shipped_rubric_where_ones_own_is_broken(own: Path, edit: Edit) -> None:
    """A fault of the rubric does not hide a fault of a template."""
    edit("rubrics/deescalation.yaml", "language: en", "langauge: en")
    assert faults(own) == []
    edit(STAGE, "{{ part }}", "{{ 1 / 0 }}")
    assert {place for place, _ in faults(own)} == {STAGE}


def test_a_system_message_over_budget_is_told(own: Path, edit: Edit) -> None:
    """Nine thousand tokens, by characters divided by four."""
    edit(SYSTEM, "# The checks", "word " * 8_000)
    (fault,) = template_faults(own)
    assert "over the 9000 of the budget" in fault.what
    assert "estimate" in fault.what


def test_what_varies_between_requests_is_told(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    """A system message that differs, and a user message that does not begin with the transcript."""
    from dataclasses import replace

    from coach.engines.exchange import Message

    def varied(call: Any, *rest: Any) -> Any:
        found = requests(call, *rest)
        said = found[0].messages
        first = (Message("system", said[0].content + call.call_id), Message("user", "Good day. " + said[1].content))
        return [replace(found[0], messages=first), *found[1:]]

    monkeypatch.setattr(trial, "requests", varied)
    whats = {what for _, what in faults(own)}
    assert "the system message is not the same for every call and part" in whats
    assert "the prompt of calm does not begin with the transcript" in whats


def test_the_invented_calls_show_both_kinds_of_record() -> None:
    """With times and note, and without; both hold template syntax that must stay."""
    assert PHONE_CALL.timed
    assert PHONE_CALL.note
    assert not CHAT.timed
    assert "{{ 7*7 }}" in PHONE_CALL.turns[0].text


def test_a_process_of_its_own_gives_the_same_faults(own: Path, edit: Edit) -> None:
    """What is found there is found here."""
    edit(STAGE, "{{ part }}", "{{ agent }}")
    assert try_templates(own) == list(template_faults(own))


@pytest.mark.parametrize(
    "source", ["{{ 9 ** (9**9) }}", "{{ part }}{% set n = checks | length + 9 %}{{ n ** (9**9) }}"]
)
def test_a_template_without_an_end_is_told_and_not_waited_for(own: Path, source: str) -> None:
    """A sum that never ends, in compiling or in rendering, names the template that was being tried."""
    (own / STAGE).write_text(source, encoding="utf-8")
    (fault,) = try_templates(own, seconds=2)
    assert fault.file == STAGE
    assert fault.what == "rendering did not end within 2 seconds"


def test_a_template_that_takes_all_memory_is_told(own: Path, edit: Edit) -> None:
    """The process is held to a limit and says which template it was."""
    edit(STAGE, "{{ part }}", "{{ part * 90000000000 }}")
    assert {fault.file for fault in try_templates(own)} == {STAGE}


def test_a_process_that_dies_is_told(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    """An exit without an answer is a fault with the exit code, at the last template it named."""

    def died(*_: Any, **__: Any) -> Any:
        return trial.subprocess.CompletedProcess([], -9, b"", b"noise\ngrade_stage.j2\nTraceback\n")

    monkeypatch.setattr(trial.subprocess, "run", died)
    (fault,) = try_templates(own)
    assert (fault.file, fault.what) == (STAGE, "trying it ended the process (exit code -9)")


def test_a_process_that_says_nothing_blames_no_template(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    """Where no template was named, the folder stands for all."""

    def late(command: list[str], **_: Any) -> Any:
        raise trial.subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(trial.subprocess, "run", late)
    assert [fault.file for fault in try_templates(own)] == ["prompts"]


def test_the_process_prints_its_rows_as_json(
    own: Path, edit: Edit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """File, line, what, hint; the limits are left off here, for they would hold the tests."""
    monkeypatch.setattr(trial, "_limit_memory", lambda: None)
    edit(STAGE, "{{ part }}", "{{ agent }}")
    assert trial.main(str(own)) == 0
    assert json.loads(capsys.readouterr().out)[0][0] == STAGE
