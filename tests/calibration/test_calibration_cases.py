"""Regression cases as files, when they are stale, and what a grading of them comes to."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from labels_made import AT, RUBRIC, made_call

from coach.calibration.cases import (
    Case,
    EngineSaid,
    case_file,
    keep_case,
    nameless,
    outcome,
    read_cases,
    stages_for,
    stale,
)
from coach.calibration.labels import check_definition, transcript_version
from coach.errors import BadLabels, CannotWrite
from coach.grading.critique import CallCritique, CallScore, Finding, Proven, Provenance, Verdict
from coach.playbook.rubric import Rubric


def made_case(check_id: str = "LIS2", verdict: str = "met", call_id: str = "c-1", **changed: Any) -> Case:
    """A case under today's versions, or under those in `changed`."""
    call = made_call(call_id)
    matter = {
        "check_id": check_id,
        "verdict": verdict,
        "reason": "T02 takes it up.",
        "said": EngineSaid(verdict="missed", engine="live", model="m", playbook="p"),
        "definition": check_definition(RUBRIC.check(check_id)),
        "transcript": transcript_version(call),
        "decided_at": AT,
        "call": nameless(call),
    }
    return Case.model_validate({**matter, **changed})


def critique(*findings: Finding) -> CallCritique:
    """A critique that holds these findings and nothing else."""
    provenance = Provenance(
        engine="live", model="m", ai=True, playbook="p", rubric="r", prompts="q", schema_hash="s", repeats=1,
        calls_digest="d", program="0",
    )  # fmt: skip
    nothing: dict[str, Any] = dict.fromkeys(
        ("unproven", "ungraded", "stages", "timeline", "critical_flags", "flow_flags", "heat", "turning_points",
         "promises", "blockers", "goodwill", "note", "problems"), (),
    )  # fmt: skip
    return CallCritique(
        call_id="c-1", agent="ann", team="", week="", started_at=AT, channel="phone", findings=findings,
        call=CallScore(score=None, coverage=0, band=None), best_moment=None, change_moment=None, outcome="open",
        outcome_quote=None, recurring_issue="", issue_quote=None, urgency="none", signals={}, close_quotes=0, quotes=0,
        provenance=provenance, **nothing,
    )  # fmt: skip


def finding(verdict: str, check_id: str = "LIS2", **changed: Any) -> Finding:
    quote = Proven(turn_id="T02", speaker="agent", text="It leaks again?", start=0, end=15, match="exact")
    matter = {
        "check_id": check_id,
        "stage_id": "listen",
        "verdict": verdict,
        "share": Verdict(verdict).value_of,
        "opportunity": None,
        "evidence": (quote,) if verdict == "met" else (),
        "counter": (),
        "reasoning": "",
    }
    return Finding.model_validate({**matter, **changed})


def test_a_case_is_read_back_as_it_was_kept(tmp_path: Path) -> None:
    """One file a call and check; it stands alone, and none is there before."""
    assert read_cases(tmp_path) == []
    case = made_case()
    assert keep_case(tmp_path, case) == "new"
    assert case_file(tmp_path, case) == tmp_path / "cases" / "c-1.LIS2.json"
    assert read_cases(tmp_path) == [case]


def test_a_case_names_nobody(tmp_path: Path) -> None:
    """Neither the agent nor the team of the call is in the file."""
    call = made_call(agent="maya-b").model_copy(update={"team": "north-team"})
    keep_case(tmp_path, made_case(call=nameless(call)))
    text = (tmp_path / "cases" / "c-1.LIS2.json").read_text("utf-8")
    assert "maya-b" not in text
    assert "north-team" not in text
    assert transcript_version(nameless(call)) == transcript_version(call)


def test_keeping_a_case_again_changes_nothing(tmp_path: Path) -> None:
    """The same decision is the same file, byte for byte."""
    keep_case(tmp_path, made_case())
    before = case_file(tmp_path, made_case()).read_bytes()
    assert keep_case(tmp_path, made_case()) == "same"
    assert case_file(tmp_path, made_case()).read_bytes() == before


def test_a_later_decision_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    """And an earlier one does not come back over it."""
    keep_case(tmp_path, made_case())
    later = made_case(verdict="partial", decided_at=AT + timedelta(days=1))
    assert keep_case(tmp_path, later) == "replaced"
    with pytest.raises(BadLabels, match="holds a later decision"):
        keep_case(tmp_path, made_case())
    assert read_cases(tmp_path) == [later]


def test_cases_come_by_call_and_check(tmp_path: Path) -> None:
    """Whatever order they were kept in."""
    for check_id, call_id in (("LIS2", "c-2"), ("RES1", "c-1"), ("LIS2", "c-1")):
        keep_case(tmp_path, made_case(check_id, call_id=call_id))
    assert [case.name for case in read_cases(tmp_path)] == ["c-1.LIS2", "c-1.RES1", "c-2.LIS2"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: "{", "Invalid JSON"),
        (lambda text: text.replace('"met"', '"ungraded"'), "verdict"),
        (lambda text: text.replace('"LIS2"', '"../x"'), "check_id"),
        (lambda text: text.replace("The kettle leaks", "The kettle sings"), "words are not those that were judged"),
        (lambda text: json.dumps({**json.loads(text), "score": 5}), "score"),
    ],
)
def test_a_file_that_is_no_case_is_named(tmp_path: Path, change: Any, said: str) -> None:
    """The file and what is wrong in one line, without the call's words; no other case is lost."""
    keep_case(tmp_path, made_case())
    file = case_file(tmp_path, made_case())
    file.write_text(change(file.read_text("utf-8")), encoding="utf-8")
    with pytest.raises(BadLabels, match=said) as fault:
        read_cases(tmp_path)
    assert "c-1.LIS2.json" in str(fault.value)
    assert "\n" not in str(fault.value)
    assert "kettle" not in str(fault.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file stands where the cases should lie."""
    (tmp_path / "cases").write_text("", encoding="utf-8")
    with pytest.raises(CannotWrite):
        keep_case(tmp_path, made_case())


def test_a_case_is_stale_after_its_check_was_reworded() -> None:
    """An edit of another check does not touch it; a check that is gone does."""
    assert stale(made_case(), RUBRIC) == ""
    assert stale(made_case(definition="0123456789ab"), RUBRIC) == "the check's definition has changed"
    assert stale(made_case(), _without("RES1")) == ""
    assert stale(made_case(), _without("LIS2")) == "the playbook has no such check"


def _without(check_id: str) -> Rubric:
    """The rubric without a check."""
    stages = tuple(
        stage.model_copy(update={"checks": tuple(c for c in stage.checks if c.id != check_id)})
        for stage in RUBRIC.stages
    )
    return RUBRIC.model_copy(update={"stages": stages})


def test_only_the_stages_of_the_cases_are_asked() -> None:
    """In the rubric's order; a check decided by code needs the whole call."""
    assert stages_for([made_case("RES1"), made_case("LIS2"), made_case("RES2")], RUBRIC) == ("listen", "resolve")
    assert stages_for([made_case("APO2")], RUBRIC) == ("apologise",)
    assert stages_for([made_case("LIS2"), made_case("ACK2")], RUBRIC) == ()


def test_a_check_is_asked_with_the_one_it_needs() -> None:
    """Where that stands in another stage, both stages are."""
    stages = tuple(
        stage.model_copy(
            update={
                "checks": tuple(c.model_copy(update={"needs": "LIS2"}) if c.id == "RES1" else c for c in stage.checks)
            }
        )
        for stage in RUBRIC.stages
    )
    assert stages_for([made_case("RES1")], RUBRIC.model_copy(update={"stages": stages})) == ("listen", "resolve")


@pytest.mark.parametrize(
    ("found", "state", "given"),
    [
        (finding("met"), "pass", "met"),
        (finding("missed"), "fail", "missed"),
        (finding("not_applicable"), "fail", "not_applicable"),
        (finding("met", unstable=True), "fail", "met"),
        (finding("ungraded", why_ungraded="timeout: slow"), "ungraded", ""),
        (finding("met", "RES1"), "ungraded", ""),
    ],
)
def test_a_case_passes_with_the_settled_verdict_alone(found: Finding, state: str, given: str) -> None:
    """Another verdict fails, torn samples fail, and no verdict is no pass."""
    result = outcome(made_case(), critique(found))
    assert (result.state, result.given) == (state, given)


def test_an_outcome_carries_quotes_and_reasons() -> None:
    """What the verdict rests on, or why there is none."""
    assert [q.turn_id for q in outcome(made_case(), critique(finding("met"))).quotes] == ["T02"]
    assert outcome(made_case(), critique(finding("ungraded", why_ungraded="timeout: slow"))).why == "timeout: slow"
    assert outcome(made_case(), critique(finding("met", unstable=True))).why == "repeated answers differed"
    assert outcome(made_case(), critique()).why == "the check was not asked"
