"""Hearing an answer: what is refused, one repair try, and a reason for every failure."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from invented import ScriptedEngine, answered, broken, claim, critique, text_of, view

from coach.calls.transcript import Redacted
from coach.engines.exchange import Fault, FaultKind, Request
from coach.errors import EngineDown
from coach.grading.ask import Asking, Part, requests
from coach.grading.claims import StageCritique
from coach.grading.critique import Ungraded
from coach.grading.hear import LONGEST_REPLY, UnusableReply, hear, parse_reply
from coach.playbook.load import Playbook

STEADY = Part("steady", ("AB1", "PR1"), ())
OVERVIEW = Part("overview", (), ())
GOOD = text_of("steady", claim("AB1", "met"))


@pytest.fixture
def request_of(book: Playbook, lamp: Redacted, asking: Asking) -> Request:
    """The request for the first part."""
    return requests(lamp, book, asking, [STEADY])[0]


@pytest.mark.parametrize("text", [GOOD, f"```json\n{GOOD}\n```", f"  ```\n{GOOD}\n```\n", f"\n{GOOD}\n"])
def test_a_reply_is_read_with_or_without_a_fence(text: str) -> None:
    """Some servers wrap JSON in a code fence."""
    assert parse_reply(text, STEADY) == critique("steady", claim("AB1", "met"))


def deep(levels: int) -> str:
    return GOOD.replace('"findings":[', '"findings":[' + "[" * levels, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a JSON object"),
        ("I think the agent did well.", "not a JSON object"),
        (GOOD[:-5], "not a JSON object"),
        (GOOD + GOOD, "not a JSON object"),
        ("[]", "object"),
        ("null", "object"),
        (GOOD.replace('"stage_id":"steady"', '"stage_id":"steady","stage_id":"steady"'), "a key stands twice"),
        (GOOD.replace('"verdict":"met"', '"verdict":"missed","verdict":"met"'), "a key stands twice"),
        (broken("steady", overview="NAN").replace('"NAN"', "NaN"), "NaN is not a JSON value"),
        (broken("steady", overview="INF").replace('"INF"', "-Infinity"), "-Infinity is not a JSON value"),
        (broken("steady", score=5), "score: Extra inputs are not permitted"),
        (broken("steady", timeline="taken out"), "timeline: Field required"),
        (broken("steady", findings="none"), "findings: "),
        (GOOD.replace('"met"', '"superb"'), "findings.0.verdict: "),
        (GOOD.replace("The lines decide.", "x" * 601), "findings.0.reasoning: "),
        (broken("steady", transcript_problems=["x"] * 7), "transcript_problems: "),
        (text_of("close", claim("AB1", "met")), "stage_id must be steady"),
        (text_of("steady", overview=view()), "overview must be null for this part"),
        (deep(100_000), "recursion"),
        ("[" * 150_000, "not a JSON object"),
        (" " * (LONGEST_REPLY + 1), "far too long"),
        (GOOD.replace("AB1", "\ud800"), ""),
        (GOOD.replace("AB1", "\\ud800"), ""),
    ],
)
def test_a_reply_that_does_not_hold_is_refused(text: str, says: str) -> None:
    """Duplicate keys, NaN, extra and missing fields, wrong types, another part's answer, depth, length, surrogates."""
    with pytest.raises(UnusableReply) as fault:
        parse_reply(text, STEADY)
    assert says in str(fault.value)


def test_an_overview_must_have_one() -> None:
    """The part that asks for the whole call is not answered by an empty one."""
    with pytest.raises(UnusableReply, match="overview must not be null"):
        parse_reply(text_of("overview"), OVERVIEW)
    assert parse_reply(text_of("overview", overview=view()), OVERVIEW).overview is not None


@pytest.mark.parametrize("heat", [-1, 5, "2", 2.5, True, None])
def test_heat_is_a_whole_number_from_nought_to_four(heat: Any) -> None:
    """Nothing is turned into a number that is none."""
    matter = json.loads(text_of("overview", overview=view()))
    matter["overview"]["heat"] = [{"turn_id": "T01", "heat": heat, "third_party": False}]
    with pytest.raises(UnusableReply):
        parse_reply(json.dumps(matter), OVERVIEW)


def test_a_fault_repeats_no_text_of_the_reply() -> None:
    """The message names fields, not what stands in them."""
    with pytest.raises(UnusableReply) as fault:
        parse_reply(GOOD.replace('"met"', '"SECRET of the caller"'), STEADY)
    assert "SECRET" not in str(fault.value)


def heard(engine: ScriptedEngine, request: Request, playbook: Playbook) -> StageCritique | Ungraded:
    return asyncio.run(hear(request, engine, playbook, STEADY))


def test_a_good_reply_is_asked_for_once(request_of: Request, book: Playbook) -> None:
    """Nothing is repaired that is whole."""
    engine = ScriptedEngine({"steady": [GOOD]})
    assert heard(engine, request_of, book) == critique("steady", claim("AB1", "met"))
    assert len(engine.asked) == 1


def test_an_unusable_reply_is_repaired_once(request_of: Request, book: Playbook) -> None:
    """The second question shows the first answer and its fault."""
    engine = ScriptedEngine({"steady": ["{}", GOOD]})
    assert isinstance(heard(engine, request_of, book), StageCritique)
    assert [len(request.messages) for request in engine.asked] == [2, 4]
    assert "stage_id: Field required" in engine.asked[1].messages[3].content


def test_after_one_repair_try_the_stage_is_ungraded(request_of: Request, book: Playbook) -> None:
    """There is no third question and no score."""
    engine = ScriptedEngine({"steady": ["{}", "[]", GOOD]})
    result = heard(engine, request_of, book)
    assert isinstance(result, Ungraded)
    assert (result.stage_id, result.reason) == ("steady", "invalid")
    assert result.detail.startswith("after one repair try: ")
    assert len(engine.asked) == 2


@pytest.mark.parametrize("kind", FaultKind)
@pytest.mark.parametrize("first", [[], ["{}"]])
def test_every_kind_of_fault_becomes_ungraded(
    request_of: Request, book: Playbook, kind: FaultKind, first: list[str]
) -> None:
    """At the first question or at the repair, the reason is the fault's own."""
    engine = ScriptedEngine({"steady": [*first, Fault(request_of.key, kind, "in one line")]})
    assert heard(engine, request_of, book) == Ungraded(stage_id="steady", reason=kind.value, detail="in one line")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"finish": "length"}, "truncated"),
        ({"finish": "content_filter"}, "content_filter"),
        ({"refusal": "I cannot."}, "refusal"),
    ],
)
@pytest.mark.parametrize("first", [[], ["{}"]])
def test_a_reply_is_judged_before_it_is_read(
    request_of: Request, book: Playbook, fields: dict[str, Any], reason: str, first: list[str]
) -> None:
    """A cut-off, filtered or refused reply is never parsed, even where its text would do."""
    reply = answered(request_of, **{"text": GOOD, **fields})
    result = heard(ScriptedEngine({"steady": [*first, reply]}), request_of, book)
    assert isinstance(result, Ungraded)
    assert result.reason == reason


def test_an_empty_reply_is_asked_for_once_more(request_of: Request, book: Playbook) -> None:
    """Like any other reply that cannot be read; a second empty one leaves the stage ungraded."""
    empty = answered(request_of, text="  ")
    assert isinstance(heard(ScriptedEngine({"steady": [empty, GOOD]}), request_of, book), StageCritique)
    result = heard(ScriptedEngine({"steady": [empty, empty]}), request_of, book)
    assert isinstance(result, Ungraded)
    assert result.reason == "invalid"


def test_an_engine_that_is_down_is_not_swallowed(request_of: Request, book: Playbook) -> None:
    """Where no request can be answered at all, the run must know."""
    with pytest.raises(EngineDown):
        heard(ScriptedEngine({"steady": [EngineDown("no key", "set one")]}), request_of, book)
