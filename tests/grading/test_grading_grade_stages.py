"""Grading some stages of a call alone: what is asked, what comes of it, and what does not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from invented import ScriptedEngine, claim, text_of, view

from coach.calls.transcript import Redacted
from coach.engines.exchange import Fault, FaultKind
from coach.errors import NotFound
from coach.grading.ask import Asking
from coach.grading.critique import CallCritique
from coach.grading.grade import Grading, grade_call
from coach.playbook.load import Playbook

CHANCE = "T01 The lamp came in three pieces"
ACKNOWLEDGED = text_of(
    "acknowledge",
    claim("ACK1", "met", seen=CHANCE, by=["T02 Three pieces, and the party is tonight"]),
    claim("ACK3", "met"),
    timeline=[{"mark": "first_fix_or_policy", "quote": {"turn_id": "T04", "text": "I will send a courier"}}],
)
RESOLVED = text_of(
    "resolve",
    claim("RES1", "met", by=["T04 I will send a courier to you"]),
    claim("RES2", "missed", seen=CHANCE, words="I'll book it."),
)


@pytest.fixture
def graded(book: Playbook, asking: Asking, lamp: Redacted) -> Any:
    """Grades stages of the lamp call: the critique and the engine that was asked."""

    def run(*stages: str, **how: Any) -> tuple[CallCritique, ScriptedEngine]:
        said = {"acknowledge": [ACKNOWLEDGED] * 3, "resolve": [RESOLVED] * 3, **how.pop("said", {})}
        engine = ScriptedEngine(said)
        return asyncio.run(grade_call(lamp, "2026-W10", Grading(book, asking, engine, stages=stages, **how))), engine

    return run


def parts_asked(engine: ScriptedEngine) -> list[str]:
    return [request.material.part for request in engine.asked if request.material]


def test_only_the_named_stages_are_asked(graded: Any) -> None:
    """No other stage and no overview; the findings are those stages' alone, and nothing is called ungraded."""
    result, engine = graded("resolve")
    assert parts_asked(engine) == ["resolve"]
    assert [(f.check_id, f.verdict.value) for f in result.findings] == [("RES1", "met"), ("RES2", "missed")]
    assert result.ungraded == ()


def test_the_order_of_a_whole_grading_is_kept(graded: Any) -> None:
    """However the stages are named, and once each."""
    result, engine = graded("resolve", "acknowledge", "resolve")
    assert parts_asked(engine) == ["acknowledge", "resolve"]
    assert [s.stage_id for s in result.stages] == ["acknowledge", "resolve"]


def test_a_stage_earns_what_it_earns_in_a_whole_grading(graded: Any) -> None:
    """The same question, word for word, the same finding, the same score."""
    some, asked = graded("resolve")
    whole, all_asked = graded()
    assert {r.key for r in asked.asked} < {r.key for r in all_asked.asked}
    assert list(some.findings) == [f for f in whole.findings if f.stage_id == "resolve"]
    assert list(some.stages) == [s for s in whole.stages if s.stage_id == "resolve"]


def test_what_rests_on_the_whole_call_is_left_out(graded: Any) -> None:
    """No ACK2, no flags of the order of acts, no call score, however much of the weight was asked."""
    result, _ = graded("steady", "acknowledge", "resolve", "close")
    assert result.finding("ACK1").verdict == "met"
    assert result.finding("ACK2") is None
    assert (result.flow_flags, result.call.score, result.call.band) == ((), None, None)
    assert (result.outcome, result.urgency, result.critical_flags) == ("unknown", "none", ())
    assert graded()[0].finding("ACK2").verdict == "met"


def test_a_stage_nobody_answered_is_ungraded_and_no_other_is_named(graded: Any) -> None:
    """A fault is listed under its stage; the overview that was not asked is no fault."""
    result, _ = graded("resolve", said={"resolve": [Fault("k", FaultKind.TIMEOUT, "slow")]})
    assert [(u.stage_id, u.reason) for u in result.ungraded] == [("resolve", "timeout")]
    assert {f.verdict.value for f in result.findings} == {"ungraded"}


def test_stages_that_share_a_request_are_asked_together(graded: Any) -> None:
    """The part is the whole grading's, so that a remembered reply answers it; its other stage comes with it."""
    _, engine = graded("resolve", stages_per_request=2)
    assert parts_asked(engine) == ["resolve+close"]


def test_repeated_samples_of_a_stage_are_merged(graded: Any) -> None:
    """Three samples of one stage: three requests, one finding a check."""
    result, engine = graded("resolve", repeats=3)
    assert parts_asked(engine) == ["resolve"] * 3
    assert [f.check_id for f in result.findings] == ["RES1", "RES2"]


def test_an_unknown_stage_is_refused_before_anything_is_asked(graded: Any) -> None:
    """The message names those there are."""
    with pytest.raises(NotFound, match="no stage 'resole'; choose among: steady, acknowledge, resolve, close"):
        graded("resole")


def test_without_stages_everything_is_asked(graded: Any) -> None:
    """The overview too, as ever."""
    result, engine = graded(said={"overview": [text_of("overview", overview=view(urgency="money"))]})
    assert parts_asked(engine) == ["steady", "acknowledge", "resolve", "close", "overview"]
    assert result.urgency == "money"
