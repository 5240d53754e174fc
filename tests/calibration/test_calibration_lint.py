"""Lint of rubric, guidance and word lists: every fault, with its file and line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.calibration import lint as lint_module
from coach.calibration import rubric_rules
from coach.calibration.fault import LintFault, of_error
from coach.calibration.lint import lint
from coach.errors import BadPlaybook
from coach.playbook.load import load_playbook

Edit = Callable[[str, str, str], None]
RUBRIC, LEXICONS, GUIDANCE = "rubrics/deescalation.yaml", "rubrics/lexicons.yaml", "rubrics/guidance.yaml"


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the templates out: what they make is tested beside this, and takes a process each time."""
    monkeypatch.setattr(lint_module, "try_templates", lambda _folder, _seconds: [])


def line_of(folder: Path, file: str, words: str) -> int:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines, 1) if words in line)


def test_the_shipped_playbook_has_no_fault() -> None:
    """What we ship can grade."""
    assert lint() == []


@pytest.mark.usefixtures("still")
def test_a_copy_of_it_has_none_either(own: Path) -> None:
    """A folder of one's own is read like the shipped one."""
    assert lint(own) == []


CASES = {
    "weights": (RUBRIC, "weight: 15", "weight: 16", "the weights of the stages add up to 101, not 100"),
    "stage twice": (RUBRIC, "- id: listen", "- id: calm", "stage calm stands twice"),
    "check twice": (RUBRIC, "- id: CALM2", "- id: CALM1", "check CALM1 stands twice"),
    "flag twice": (RUBRIC, "blockers:\n", "blockers:\n  - {id: tool, name: x, text: y}\n", "entry of blockers tool stands twice"),
    "ruling twice": (RUBRIC, "  - id: R2\n", "  - id: R1\n", "entry of rulings R1 stands twice"),
    "guidance unknown": (RUBRIC, "guidance: [G01,", "guidance: [G777,", "there is no guidance item G777"),
    "guidance repeated": (RUBRIC, "guidance: [G01,", "guidance: [G02,", "guidance item G02 stands twice"),
    "ruling unknown": (RUBRIC, "rulings: [R1, R7,", "rulings: [R99, R7,", "there is no ruling R99"),
    "needs unknown": (RUBRIC, "needs: ACK1", "needs: ACK9", "there is no check ACK9 to need"),
    "needs itself": (RUBRIC, "needs: ACK1", "needs: ACK2", "ACK2 needs itself: ACK2 > ACK2"),
    "two mets": (RUBRIC, "verdict: missed", "verdict: met", "its examples are met and met"),
    "no met": (RUBRIC, "verdict: met", "verdict: missed", "its examples are missed and missed"),
    "anchor not written": (
        RUBRIC,
        'missed: "Such a line is left standing, or there is more than one of the lines named under partial."',
        'missed: "TODO"',
        "CALM1: 'TODO' is not finished",
    ),
    "anchors alike": (
        RUBRIC,
        'missed: "Such a line is left standing, or there is more than one of the lines named under partial."',
        "missed: No agent line blames or mocks the customer, argues with their account, or sets out to prove them wrong.",
        "CALM1: met and missed are the same words",
    ),
    "example without speaker": (
        RUBRIC,
        '"CUSTOMER: I was in all morning for that parcel."',
        '"I was in all morning for that parcel."',
        "CALM1: a line of an example has no speaker",
    ),
    "check too long": (
        RUBRIC,
        "The customer is at least puzzled or mildly annoyed",
        "The customer " + "again and " * 120 + "is at least puzzled or mildly annoyed",
        "over the 500 of one check",
    ),
    "by code": (RUBRIC, "by_code: true", "by_code: false", "ACK2: code decides ACK2 and no other check"),
    "unseen": (RUBRIC, "name: \"No blame, no arguing\"", "name: \"A genuine tone of voice\"", "'genuine' cannot be seen"),
    "unseen rule": (RUBRIC, "The customer stays neutral and", "The agent smiles and", "'smiles' cannot be seen"),
    "long name": (RUBRIC, "name: \"No blame, no arguing\"", f"name: \"{'No blame ' * 20}\"", "CALM1: its name has 179 characters"),
    "long stage name": (RUBRIC, "name: \"Stay steady\"", f"name: \"{'x' * 61}\"", "calm: its name has 61 characters"),
    "check renamed": (RUBRIC, "- id: RES6", "- id: RES7", "there is no check RES6, which code knows by name"),
    "stage renamed": (RUBRIC, "- id: close", "- id: ending", "there is no stage close, which code knows by name"),
    "confused": (RUBRIC, "reader: >-", "reader: >-\n      It diffuses anger.", "'diffuses' means to spread"),
    "unknown field": (RUBRIC, "language: en", "langauge: en", "langauge is not a field here"),
    "missing field": (RUBRIC, "language: en\n", "", "language is missing"),
    "bad weight": (RUBRIC, "weight: 3", "weight: heavy", "CALM1: weight must be a whole number"),
    "yaml": (RUBRIC, "language: en", "language: [en", "not valid YAML"),
    "key twice": (RUBRIC, "language: en", "language: en\nlanguage: de", "language stands twice"),
    "empty entry": (LEXICONS, "\"that's not my\"", '" * "', "blame_argue: an empty entry"),
    "entry twice": (LEXICONS, "\"that's not my\"", '"Not my  problem"', "blame_argue: 'not my problem' stands twice"),
    "list missing": (LEXICONS, "blame_argue:", "blame_argues:", "the word list blame_argue is missing"),
    "no list": (LEXICONS, "blame_argue:", "blame: word\nblame_argue:", "blame must be a list"),
    "item twice": (GUIDANCE, "- id: G02", "- id: G01", "guidance item G01 stands twice"),
    "item missing": (GUIDANCE, "- id: G100", "- id: G101", "G100: not in rubrics/guidance.yaml"),
    "item ruling": (GUIDANCE, "rulings: [R9, R19]", "rulings: [R9, R88]", "G01: there is no ruling R88"),
    "no such check": (GUIDANCE, "[CALM1, CALM3]", "[CALM1, CALM9]", "G01: CALM9: the rubric has no such check"),
    "one way": (GUIDANCE, "[CALM1, CALM3]", "[CALM1]", "CALM3 lists it, but covered_by does not name CALM3"),
    "other way": (GUIDANCE, "[CALM1, CALM3]", "[CALM1, CALM3, RES1]", "RES1: the check's guidance does not list G01"),
}  # fmt: skip


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_found_in_its_file(own: Path, edit: Edit, case: str) -> None:
    """Ids, weights, examples, wording, word lists, schema, YAML and coverage."""
    file, old, new, says = CASES[case]
    edit(file, old, new)
    faults = [fault for fault in lint(own) if says in fault.what]
    assert faults, [str(fault) for fault in lint(own)]
    assert all(fault.hint for fault in faults)
    assert {fault.file for fault in faults} <= {file, GUIDANCE}


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(
    ("case", "at"),
    [("needs unknown", "needs: ACK9"), ("unseen", "A genuine tone"), ("entry twice", "not my problem"), ("bad weight", "heavy"),
     ("item ruling", "R88"), ("check twice", "name: \"Back to the matter\"")],
)  # fmt: skip
def test_a_fault_names_its_line(own: Path, edit: Edit, case: str, at: str) -> None:
    """The line that a trainer has to look at."""
    file, old, new, says = CASES[case]
    edit(file, old, new)
    (fault,) = (fault for fault in lint(own) if says in fault.what)
    assert fault.line == line_of(own, file, at) - (case == "check twice")


@pytest.mark.usefixtures("still")
def test_all_faults_are_told_and_not_the_first_alone(own: Path, edit: Edit) -> None:
    """Three files, four faults, in the order of files and lines."""
    for case in ("weights", "item ruling", "entry twice", "unseen"):
        edit(*CASES[case][:3])
    faults = lint(own)
    assert faults == sorted(faults)
    for case in ("weights", "item ruling", "entry twice", "unseen"):
        assert any(CASES[case][3] in fault.what for fault in faults)


@pytest.mark.usefixtures("still")
def test_every_schema_fault_of_a_file_is_told(own: Path, edit: Edit) -> None:
    """Two wrong weights are two faults, with two lines."""
    edit(RUBRIC, "weight: 3", "weight: heavy")
    edit(RUBRIC, "weight: 2", "weight: light")
    assert len([fault for fault in lint(own) if "whole number" in fault.what]) == 2


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(
    "words",
    ["The agent feels sorry", "A friendly line", "Empathy is shown", "An empathetic line", "The agent rolls her eyes",
     "They mean it in their heart", "The right attitude", "Eye-rolling"],
)  # fmt: skip
def test_what_nobody_can_point_at_is_told(own: Path, edit: Edit, words: str) -> None:
    """No line of a transcript is one or is not."""
    edit(RUBRIC, "The customer stays neutral and", f"{words}; the customer stays neutral and")
    (fault,) = lint(own)
    assert "cannot be seen in a transcript" in fault.what


@pytest.mark.usefixtures("still")
def test_what_a_customer_says_of_a_feeling_may_be_asked_for(own: Path, edit: Edit) -> None:
    """It is said, so it can be pointed at."""
    edit(RUBRIC, "The customer stays neutral and", "The customer says what the customer feels, and")
    assert lint(own) == []


def test_the_ids_that_code_knows_are_those_that_grading_and_reports_name() -> None:
    """Held against the source, so that neither goes on without the other."""
    package = Path(rubric_rules.__file__).parents[1]
    sources = [
        file.read_text(encoding="utf-8") for part in ("grading", "reports") for file in (package / part).rglob("*.py")
    ]
    named = {name for text in sources for name in re.findall(r'"((?:[A-Z]{3,4})\d)"', text)}
    assert named == set(rubric_rules.KNOWN_CHECKS)
    of_stages = {name for text in sources for name in re.findall(r'stage(?:\.id ==|_id=)\s?"([a-z]+)"', text)}
    assert of_stages == set(rubric_rules.KNOWN_STAGES)


def test_a_workspace_given_for_its_playbook_is_told_which_folder_to_name(own: Path) -> None:
    """The playbook lies in it."""
    (own / "playbook").mkdir()
    for part in ("rubrics", "prompts"):
        (own / part).rename(own / "playbook" / part)
    assert {fault.hint for fault in lint(own)} == {f"name {own / 'playbook'}"}
    with pytest.raises(BadPlaybook, match=r"no rubrics/ in it; name .*playbook$"):
        load_playbook(own)


@pytest.mark.usefixtures("still")
def test_a_circle_of_needs_is_told(own: Path, edit: Edit) -> None:
    """Two checks that wait for each other; one that leads into the circle is not itself in it."""
    edit(RUBRIC, "- id: CALM1\n", "- id: CALM1\n        needs: CALM2\n")
    edit(RUBRIC, "- id: CALM2\n", "- id: CALM2\n        needs: CALM1\n")
    edit(RUBRIC, "- id: CALM3\n", "- id: CALM3\n        needs: CALM1\n")
    whats = [fault.what for fault in lint(own)]
    assert whats == ["CALM1 needs itself: CALM1 > CALM2 > CALM1", "CALM2 needs itself: CALM2 > CALM1 > CALM2"]


@pytest.mark.usefixtures("still")
def test_an_example_of_a_verdict_that_the_check_lacks_is_told(own: Path, edit: Edit) -> None:
    """APO1 has no partial, so neither has its example."""
    text = (own / RUBRIC).read_text(encoding="utf-8")
    before, after = text.split("- id: APO1", 1)
    (own / RUBRIC).write_text(
        before + "- id: APO1" + after.replace("verdict: missed", "verdict: partial", 1), encoding="utf-8"
    )
    assert [fault.what for fault in lint(own)] == ["APO1: an example is partial and the check has no partial"]


@pytest.mark.usefixtures("still")
def test_what_an_example_says_may_hold_any_word(own: Path, edit: Edit) -> None:
    """The lines of an example are what somebody said, not what a grader looks for."""
    edit(RUBRIC, "AGENT: Still cold after all those visits.", "AGENT: I genuinely smile at all those visits.")
    assert lint(own) == []


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("file", [RUBRIC, LEXICONS, GUIDANCE])
@pytest.mark.parametrize("how", ["gone", "bytes", "empty"])
def test_a_file_that_does_not_read_is_told(own: Path, file: str, how: str) -> None:
    """Missing, not UTF-8, or empty: one fault each, and the other files are still looked at."""
    path = own / file
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(b"\xff" if how == "bytes" else b"")
    faults = lint(own)
    assert [fault.file for fault in faults] == [file]
    assert "cannot be read" in faults[0].what or "the file is empty" in faults[0].what


@pytest.mark.parametrize("part", ["rubrics", "prompts"])
def test_a_folder_without_its_parts_is_told(own: Path, part: str) -> None:
    """Nothing further is looked for."""
    (own / part).rename(own / "elsewhere")
    assert [(fault.file, fault.what) for fault in lint(own)] == [(part, "there is no such folder")]


@pytest.mark.usefixtures("still")
def test_a_broken_template_folder_does_not_hide_the_rubrics_faults(own: Path, edit: Edit) -> None:
    """Bytes in a template leave the rest of lint as it was."""
    (own / "prompts/grade_stage.j2").write_bytes(b"\xff")
    edit(*CASES["weights"][:3])
    assert [CASES["weights"][3]] == [fault.what for fault in lint(own)]


@pytest.mark.usefixtures("still")
def test_the_confused_word_is_found_in_templates_too(own: Path) -> None:
    """Every text a person or a model reads, with its line."""
    (own / "prompts/grade_repair.j2").write_text("one\nDiffusing anger\n", encoding="utf-8")
    (fault,) = lint(own)
    assert str(fault) == "prompts/grade_repair.j2:2: 'Diffusing' means to spread; write defuse"


def test_a_fault_reads_as_one_line() -> None:
    """Place, what, and what to do."""
    assert str(LintFault("a.yaml", 3, "wrong", "mend it")) == "a.yaml:3: wrong; mend it"
    assert str(LintFault("a.yaml", 0, "wrong", "mend it")) == "a.yaml: wrong; mend it"


@pytest.mark.parametrize(
    ("file", "named"),
    [("/book/rubrics/a.yaml", "rubrics/a.yaml"), ("_shared/b.j2", "prompts/_shared/b.j2"), ("/else/c.j2", "/else/c.j2"), (None, ".")],
)  # fmt: skip
def test_an_errors_place_is_taken_out_of_its_text(file: str | None, named: str) -> None:
    """The fault has file and line of its own, seen from the playbook's folder."""
    for line in (None, 7):
        error = BadPlaybook("wrong", "mend it", file=file, line=line)
        assert of_error(error, Path("/book")) == LintFault(named, line or 0, "wrong", "mend it")
