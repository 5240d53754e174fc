"""What people decided, laid on a critique: the human verdict and its numbers, the engine's verdict beside it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from invented import ScriptedEngine, claim, finding, proven, text_of

from coach.calls.transcript import Redacted
from coach.grading.ask import Asking
from coach.grading.critique import CallCritique, Finding, Verdict
from coach.grading.grade import Grading, grade_call
from coach.grading.rulings import Ruling, can_rule, overrule
from coach.grading.score import call_score, stage_scores
from coach.playbook.load import Playbook
from coach.playbook.rubric import Rubric

CHANCE = "T01 The lamp came in three pieces"
COURIER = "T04 I will send a courier to you"


@pytest.fixture
def graded(book: Playbook, asking: Asking, lamp: Redacted) -> CallCritique:
    """The lamp call: RES2 missed with a suggestion, ACK1 met and ACK3 with it, the rest as in a good call."""
    script: dict[str, list[Any]] = {
        "steady": [text_of("steady", claim("AB1", "missed", against=["T04 I will send a courier"]))],
        "acknowledge": [
            text_of(
                "acknowledge",
                claim("ACK1", "met", seen=CHANCE, by=["T02 Three pieces, and the party is tonight"]),
                claim("ACK3", "met"),
            )
        ],
        "resolve": [
            text_of(
                "resolve", claim("RES1", "met", by=[COURIER]), claim("RES2", "missed", seen=CHANCE, words="I will.")
            )
        ],
        "close": [
            text_of("close", claim("CLO1", "met", by=["T06 Does that meet what you need"]), claim("CLO2", "met"))
        ],
    }
    return asyncio.run(grade_call(lamp, "2026-W10", Grading(book, asking, ScriptedEngine(script))))


def ruling(check_id: str, verdict: str, **fields: Any) -> Ruling:
    matter = {"call_id": "call-1", "by": "Sam", "reason": "It is in T04.", "definition": "d", "transcript": "t"}
    return Ruling.model_validate({"check_id": check_id, "verdict": verdict, **matter, **fields})


def found(critique: CallCritique, check_id: str) -> Finding:
    finding = critique.finding(check_id)
    assert finding is not None
    return finding


def test_the_human_verdict_stands_and_the_engines_beside_it(graded: CallCritique, small: Rubric) -> None:
    """Verdict and share are the person's; what the engine said, who decided and why are kept."""
    after = found(overrule(graded, [ruling("RES2", "met")], small), "RES2")
    assert (after.verdict, after.share, after.counts) == (Verdict.MET, 1.0, True)
    assert after.overruled is not None
    assert (after.overruled.verdict, after.overruled.share) == (Verdict.MISSED, 0.0)
    assert (after.overruled.by, after.overruled.reason) == ("Sam", "It is in T04.")
    assert (after.engine_verdict, found(graded, "RES2").engine_verdict) == (Verdict.MISSED, Verdict.MISSED)


def test_scores_are_worked_out_again(graded: CallCritique, small: Rubric) -> None:
    """The stage's and the call's; those of other stages stand as they were."""
    after = overrule(graded, [ruling("RES2", "met")], small)
    assert [s.score for s in graded.stages if s.stage_id == "resolve"] == [3.0]
    assert [s.score for s in after.stages if s.stage_id == "resolve"] == [5.0]
    assert [s for s in after.stages if s.stage_id != "resolve"] == [s for s in graded.stages if s.stage_id != "resolve"]
    assert after.stages == stage_scores(small, after.findings, ai=True)
    assert after.call == call_score(small, after.stages, ai=True)
    assert after.call.score is not None
    assert graded.call.score is not None
    assert after.call.score > graded.call.score


@pytest.mark.parametrize(
    ("verdict", "share"),
    [("met", 1.0), ("partial", 0.5), ("missed", 0.0), ("not_applicable", None), ("not_observable", None)],
)
def test_every_verdict_of_a_person_has_its_share(
    graded: CallCritique, small: Rubric, verdict: str, share: float | None
) -> None:
    """The last two leave the denominator, as an engine's do."""
    after = found(overrule(graded, [ruling("RES1", verdict)], small), "RES1")
    assert (after.verdict, after.share) == (verdict, share)


def test_no_number_comes_where_wording_decides(graded: CallCritique, small: Rubric) -> None:
    """A person's verdict in a pattern check gives it no score."""
    plain = graded.model_copy(update={"provenance": graded.provenance.model_copy(update={"ai": False})})
    after = overrule(plain, [ruling("RES2", "met")], small)
    assert after.call.score is None
    assert [s.score for s in after.stages if s.stage_id == "resolve"] == [None]


def test_a_ruling_on_what_nobody_graded_counts(small: Rubric, graded: CallCritique) -> None:
    """An ungraded check takes the person's verdict, and keeps the reason why the engine had none."""
    bare = graded.model_copy(update={"findings": (finding("RES2", "ungraded", "resolve", why_ungraded="no proof"),)})
    after = found(overrule(bare, [ruling("RES2", "met")], small), "RES2")
    assert (after.verdict, after.why_ungraded, after.counts) == (Verdict.MET, "", True)
    assert after.overruled is not None
    assert (after.overruled.verdict, after.overruled.why_ungraded) == (Verdict.UNGRADED, "no proof")


def test_a_ruling_ends_the_doubt_of_repeated_samples(small: Rubric, graded: CallCritique) -> None:
    """What answers differed on counts once a person decided."""
    torn = finding("RES1", "met", "resolve", share=0.5, unstable=True)
    bare = graded.model_copy(update={"findings": (torn,)})
    after = found(overrule(bare, [ruling("RES1", "met")], small), "RES1")
    assert (after.share, after.unstable, after.counts) == (1.0, False, True)


def test_a_suggestion_stays_only_where_something_is_left_to_do(graded: CallCritique, small: Rubric) -> None:
    """Nobody is told to say better what a person found done; a partial keeps its line."""
    met = found(overrule(graded, [ruling("RES2", "met")], small), "RES2")
    half = found(overrule(graded, [ruling("RES2", "partial")], small), "RES2")
    assert (met.goal, met.try_words) == ("", "")
    assert half.try_words == "I will."


def test_quotes_against_the_agent_leave_a_finding_that_is_met(graded: CallCritique, small: Rubric) -> None:
    """They stand with the engine's verdict alone; under any other verdict they stay."""
    against = found(graded, "AB1").counter
    met = found(overrule(graded, [ruling("AB1", "met")], small), "AB1")
    assert against
    assert met.counter == ()
    assert met.overruled is not None
    assert met.overruled.counter == against
    assert found(overrule(graded, [ruling("AB1", "not_applicable")], small), "AB1").counter == against


def test_what_goes_with_a_check_goes_when_a_person_rules_it_absent(graded: CallCritique, small: Rubric) -> None:
    """One omission is charged once; a check with a ruling of its own keeps it."""
    after = overrule(graded, [ruling("ACK1", "missed")], small)
    follower = found(after, "ACK3")
    assert (found(after, "ACK1").verdict, follower.verdict) == (Verdict.MISSED, Verdict.NOT_APPLICABLE)
    assert follower.overruled is not None
    assert (follower.overruled.verdict, follower.overruled.by) == (Verdict.MET, "")
    assert (follower.overruled.follows, follower.overruled.reason) == ("ACK1", "It goes with ACK1.")
    both = overrule(graded, [ruling("ACK1", "missed"), ruling("ACK3", "missed")], small)
    assert found(both, "ACK3").verdict is Verdict.MISSED


def test_the_flag_of_the_order_says_what_the_person_says(graded: CallCritique, small: Rubric) -> None:
    """A contested ACK2 takes its flag with it, and brings it where a person finds the fix first."""
    flagged = graded.model_copy(update={"flow_flags": ("fix_before_ack", "late_solving")})
    assert overrule(flagged, [ruling("ACK2", "met")], small).flow_flags == ("late_solving",)
    assert overrule(graded, [ruling("ACK2", "missed")], small).flow_flags == ("fix_before_ack",)
    assert overrule(flagged, [ruling("RES2", "met")], small).flow_flags == ("fix_before_ack", "late_solving")


def test_rulings_on_others_change_nothing(graded: CallCritique, small: Rubric) -> None:
    """Another call's, and one on a check that was not asked: the very same critique."""
    assert overrule(graded, [ruling("RES2", "met", call_id="call-2"), ruling("NONE1", "met")], small) is graded
    assert overrule(graded, [], small) is graded


def test_the_last_of_two_rulings_holds(graded: CallCritique, small: Rubric) -> None:
    """The engine's verdict beside it stays the engine's."""
    after = found(overrule(graded, [ruling("RES2", "met"), ruling("RES2", "partial")], small), "RES2")
    assert (after.verdict, after.engine_verdict) == (Verdict.PARTIAL, Verdict.MISSED)


def test_a_partial_is_ruled_only_where_the_check_knows_one(small: Rubric) -> None:
    """RES2 of the small rubric has none."""
    assert not can_rule(small.check("RES2"), "partial")
    assert can_rule(small.check("RES2"), "missed")
    assert can_rule(small.check("RES1"), "partial")


def test_a_finding_kept_before_there_were_rulings_is_read() -> None:
    """Without the field nobody decided anything."""
    matter = finding("RES1", "met", evidence=(proven("T02 Right."),)).model_dump(mode="json")
    del matter["overruled"]
    assert Finding.model_validate(matter).overruled is None
