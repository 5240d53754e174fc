"""board, cause and suggest: from a disagreement to a proposal that nobody applies unasked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Ran
from fault_server import Step, completion
from invented_calls import answer

from coach.playbook.load import shipped

Coach = Callable[..., Ran]
CALLS = shipped() / "fixtures" / "calls"


def test_the_board_shows_a_check_with_every_voice_and_its_lines(coach: Coach) -> None:
    ran = coach("trainer", "board", "--sample", "--check", "res3")
    assert ran.code == 0
    for words in ("RES3 A choice is offered", "reader-a", "recorded", "c-4604", "T28"):
        assert words in ran.out


def test_the_board_of_people_alone_leaves_the_grader_out(coach: Coach) -> None:
    found = json.loads(coach("trainer", "board", "--sample", "--people", "--format", "json").out)
    assert found
    assert {said["who"] for case in found for said in case["said"]} == {"reader-a", "reader-b"}
    assert all(case["raters_differ"] for case in found)


def test_a_cause_is_noted_and_shown(coach: Coach, labels: Path) -> None:
    noted = coach("trainer", "cause", "c-4604", "RES3", "judge_wrong", "--by", "tess", "--note", "two dates")
    assert noted.code == 0
    ran = coach("trainer", "board", CALLS, "--engine", "recorded", "--check", "RES3")
    assert "1 judge wrong" in ran.out
    again = coach("trainer", "cause", "c-4604", "RES3", "rubric_unclear", "--by", "tess")
    assert "(before: judge_wrong)" in again.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("c-4604", "RES3", "bad_luck", "--by", "t"), "'bad_luck' is no cause; choose one of rubric_unclear"),
        (("c-4604", "XYZ1", "judge_wrong", "--by", "t"), "no check 'XYZ1'"),
        (("c-9999", "RES3", "judge_wrong", "--by", "t"), "nobody has labelled RES3 in c-9999"),
        (("c-4604", "RES3", "judge_wrong", "--by", " "), "nobody is named"),
    ],
)
@pytest.mark.usefixtures("labels")
def test_a_cause_that_cannot_be_kept_is_one_line(coach: Coach, words: tuple[str, ...], said: str) -> None:
    ran = coach("trainer", "cause", *words)
    assert ran.code == 1
    assert said in ran.line


def test_the_pattern_check_proposes_nothing(coach: Coach) -> None:
    ran = coach("trainer", "suggest", "RES3", "--sample", "--engine", "patterns")
    assert ran.code == 1
    assert "the patterns engine proposes nothing" in ran.line


def test_no_proposal_where_people_themselves_disagree(coach: Coach, labels: Path) -> None:
    rows = [json.loads(line) for line in (labels / "reader-b.labels.jsonl").read_text().splitlines()]
    turned = {"met": "missed", "missed": "met", "partial": "met", "not_applicable": "met", "not_observable": "met"}
    for row in rows:
        if row["check_id"] == "LIS2":
            row["verdict"] = turned[row["verdict"]]
    (labels / "reader-b.labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    ran = coach("trainer", "suggest", "LIS2", CALLS, "--engine", "recorded")
    assert ran.code == 1
    assert "people disagree on LIS2" in ran.err.splitlines()[-1]


PROPOSAL = {
    "diagnosis": "Times of one act are taken for routes.",
    "edits": [
        {
            "file": "rubrics/deescalation.yaml",
            "old": 'opportunity: "A second route to a remedy stands in the transcript."',
            "new": 'opportunity: "A second kind of remedy stands in the transcript."',
            "why": "Says what a route is.",
        }
    ],
    "risks": "None seen.",
}


@pytest.fixture
def proposing(serve: Callable[..., Any], coach: Coach, here: Path) -> tuple[object, ...]:
    """Options of a model that grades every second check as missed and proposes the one edit, and a playbook to change."""

    def choose(body: dict[str, Any]) -> Step:
        asked = body["messages"][-1]["content"]
        return completion(json.dumps(PROPOSAL)) if "You help a trainer" in asked else answer(body)

    coach("init", ".", "--with-playbook")
    url = serve(choose).url
    return ("RES3", CALLS, "--engine", "live", "--model", "m", "--base-url", url, "--playbook", here / "playbook")


@pytest.mark.usefixtures("labels")
def test_a_proposal_is_shown_as_a_diff_and_not_applied(coach: Coach, proposing: tuple[object, ...], here: Path) -> None:
    rubric = here / "playbook/rubrics/deescalation.yaml"
    before = rubric.read_bytes()
    ran = coach("trainer", "suggest", *proposing, "--to", "change.diff")
    assert ran.code == 0, ran.err
    assert '+          opportunity: "A second kind of remedy stands in the transcript."' in ran.out
    assert "nothing was changed" in ran.out
    assert (here / "change.diff").read_text().startswith("--- a/rubrics/deescalation.yaml\n")
    assert rubric.read_bytes() == before


@pytest.mark.usefixtures("labels")
def test_a_proposal_is_applied_when_asked_and_the_labels_of_its_check_are_stale(
    coach: Coach, proposing: tuple[object, ...], here: Path
) -> None:
    ran = coach("trainer", "suggest", *proposing, "--apply")
    assert ran.code == 0, ran.err
    assert "A second kind of remedy" in (here / "playbook/rubrics/deescalation.yaml").read_text()
    after = coach("trainer", "agree", CALLS, "--people", "--playbook", "playbook", "--format", "json")
    assert "37 labels of reader-a not counted, stale: the check's definition has changed" in after.err


def test_the_shipped_playbook_is_never_changed(coach: Coach) -> None:
    ran = coach("trainer", "suggest", "RES3", "--sample", "--apply")
    assert ran.code == 1
    assert "the shipped playbook is not changed" in ran.line


def test_what_was_not_recorded_cannot_be_proposed(coach: Coach) -> None:
    ran = coach("trainer", "suggest", "ACK2", "--sample")
    assert ran.code == 1
    assert "the model proposed nothing" in ran.line
