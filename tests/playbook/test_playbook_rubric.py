"""The rubric's types: what they refuse, and how checks and stages are found."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from coach.playbook.load import load_playbook
from coach.playbook.rubric import Check, Rubric, Stage


def plain_check(**changes: Any) -> dict[str, Any]:
    line = {"lines": ["AGENT: Yes."], "verdict": "met", "because": "It says so."}
    texts = dict.fromkeys(("opportunity", "not_applicable", "met", "partial", "missed"), "text")
    readers = dict.fromkeys(("plain", "aim", "better", "why", "training"), "text")
    return {
        "id": "AB1", "name": "A check", "weight": "2", "polarity": "presence", "guidance": ["G01"],
        "grader": {**texts, "examples": [line, {**line, "verdict": "missed"}]},
        "reader": {**readers, "bank": ["A line."]}, **changes,
    }  # fmt: skip


def test_numbers_and_switches_are_read_from_text() -> None:
    """The strict YAML gives text; the types make numbers and booleans of it."""
    check = Check.model_validate(plain_check(by_code="true"))
    assert check.weight == 2
    assert check.by_code is True


@pytest.mark.parametrize(
    "change",
    [
        {"id": "ab1"}, {"id": "T01"}, {"weight": "0"}, {"weight": "11"}, {"polarity": "neutral"}, {"name": "  "},
        {"needs": "nothing"}, {"guidance": ["G1"]}, {"rulings": ["X1"]}, {"score": "3"}, {"by_code": "maybe"},
    ],
)  # fmt: skip
def test_a_check_that_does_not_hold_is_refused(change: dict[str, Any]) -> None:
    """Ids, weights, polarity, empty names and unknown fields."""
    with pytest.raises(ValidationError):
        Check.model_validate(plain_check(**change))


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_check_has_two_examples(number: int) -> None:
    """One is too few to show a difference, three are too many to read."""
    matter = plain_check()
    matter["grader"]["examples"] = (matter["grader"]["examples"] * 2)[:number]
    with pytest.raises(ValidationError):
        Check.model_validate(matter)


def test_a_stage_takes_only_marks_that_exist() -> None:
    """The marks of the timeline are a closed list."""
    with pytest.raises(ValidationError):
        Stage.model_validate(
            {"id": "calm", "name": "x", "weight": 1, "marks": ["first_joke"], "reader": "x", "checks": [plain_check()]}
        )


def test_checks_and_stages_are_found_by_id() -> None:
    """A check knows its stage; a house check is found even while it is off."""
    rubric: Rubric = load_playbook(house_checks=False).rubric
    assert rubric.stage_of("CALM4").id == "calm"
    assert rubric.check("CALM4").house
    assert rubric.stage("close").name
    assert "CALM4" not in {c.id for c in rubric.checks_of(rubric.stage("calm"))}


@pytest.mark.parametrize("find", ["stage_of", "check", "stage"])
def test_an_unknown_id_is_a_key_error(find: str) -> None:
    """Nothing is made up for an id that the rubric does not have."""
    with pytest.raises(KeyError):
        getattr(load_playbook().rubric, find)("NONE9")


def test_a_rubric_is_frozen() -> None:
    """Nobody changes a rubric under a running batch."""
    with pytest.raises(ValidationError):
        load_playbook().rubric.title = "x"  # type: ignore[misc]
