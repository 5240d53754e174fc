"""Lint where the shape of a file does not hold: plain words with the check's id, and the rules that can be held still."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.calibration import lint as lint_module
from coach.calibration.lint import lint

Edit = Callable[[str, str, str], None]
RUBRIC, GUIDANCE = "rubrics/deescalation.yaml", "rubrics/guidance.yaml"
MISSED = 'missed: "Such a line is left standing, or there is more than one of the lines named under partial."'


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves the templates out: what they make is tested beside this, and takes a process each time."""
    monkeypatch.setattr(lint_module, "try_templates", lambda _folder, _seconds: [])


def whats(folder: Path) -> list[str]:
    """What lint finds, without places and hints."""
    return [fault.what for fault in lint(folder)]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (RUBRIC, MISSED, 'mised: "x"', "CALM1: missed is missing"),
        (RUBRIC, MISSED, 'mised: "x"', "CALM1: mised is not a field here"),
        (RUBRIC, MISSED, 'missed: ""', "CALM1: missed is empty"),
        (RUBRIC, MISSED, "missed: null", "CALM1: missed must be text"),
        (RUBRIC, "weight: 3", "weight: 30", "CALM1: weight must be 10 or less"),
        (RUBRIC, "weight: 3", "weight: 0", "CALM1: weight must be 1 or more"),
        (RUBRIC, "polarity: absence", "polarity: none", "CALM1: polarity must be 'presence' or 'absence'"),
        (RUBRIC, "verdict: met", "verdict: fine", "CALM1: examples 1 verdict must be 'met', 'partial' or 'missed'"),
        (RUBRIC, "- id: CALM1", "- id: Calm-1", "Calm-1: id is not written as such an id is"),
        (RUBRIC, "- id: CALM1", "- ident: CALM1", "checks 1: id is missing"),
        (RUBRIC, "weight: 15", "weight: much", "stages calm: weight must be a whole number"),
        (RUBRIC, "house_checks: true", "house_checks: maybe", "house_checks must be true or false"),
        (RUBRIC, "blockers:\n", "blockers:\n  - {id: other, name: x}\n", "blockers other: text is missing"),
        (GUIDANCE, "rulings: [R9, R19]", "rulings: R9", "G01: rulings must be a list"),
    ],
)
def test_a_fault_of_shape_is_said_in_plain_words_with_whose_it_is(
    own: Path, edit: Edit, file: str, old: str, new: str, says: str
) -> None:
    """The id of the check, item or entry, the field, and what is wrong."""
    edit(file, old, new)
    assert says in whats(own)
    assert not [what for what in whats(own) if "Input should" in what or "Field required" in what]


def test_a_check_with_one_example_is_told_what_to_give(own: Path) -> None:
    """And that its other rules wait."""
    text = (own / RUBRIC).read_text(encoding="utf-8")
    start = text.index("            - lines:", text.index("verdict: met"))
    end = text.index("        reader:", start)
    (own / RUBRIC).write_text(text[:start] + text[end:], encoding="utf-8")
    (fault,) = lint(own)
    assert fault.what == "CALM1: give two examples, one that is met and one that is not"
    assert "further rules are looked at once it is mended" in fault.hint


def test_what_can_be_looked_at_beside_a_fault_of_shape_is(own: Path, edit: Edit) -> None:
    """Ids, weights and names of the whole file, and the rules of the checks that are whole."""
    for old, new in (
        (MISSED, 'mised: "x"'),
        ("weight: 15", "weight: 25"),
        ("- id: CALM3", "- id: CALM2"),
        ("- id: listen", "- id: calm"),
        ("  - id: R2\n", "  - id: R1\n"),
        ("needs: ACK1", "needs: ACK9"),
        ("guidance: [G01,", "guidance: [G777,"),
        ("rulings: [R1, R7,", "rulings: [R99, R7,"),
        ('name: "Back to the matter"', 'name: "A genuine smile"'),
    ):
        edit(RUBRIC, old, new)
    found = whats(own)
    for says in (
        "CALM1: missed is missing",
        "the weights of the stages add up to 110, not 100",
        "check CALM2 stands twice",
        "stage calm stands twice",
        "entry of rulings R1 stands twice",
        "ACK2: there is no check ACK9 to need",
        "CALM1: there is no guidance item G777",
        "CALM2: 'genuine' cannot be seen in a transcript",
    ):
        assert says in found
    assert any("there is no ruling R99" in what for what in found)


@pytest.mark.parametrize("text", ["- a\n- b\n", "word\n", "stages: word\n", "stages: [a, {checks: [b, {id: [c]}]}]\n"])
def test_a_rubric_of_another_shape_altogether_is_told_and_nothing_breaks(own: Path, text: str) -> None:
    """A list, a word, words where blocks should be."""
    (own / RUBRIC).write_text(text, encoding="utf-8")
    found = lint(own)
    assert found
    assert {fault.file for fault in found} == {RUBRIC}
