"""The engine answers from material alone, the same every time, and every answer holds the reply's rules."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from patterns_made import LEXICONS, ask

from coach.engines.exchange import Fault, Line, Material, Reply, Request
from coach.engines.patterns import CHECKS, Analyses, PatternsEngine
from coach.grading.claims import StageCritique
from coach.grading.evidence import locate

ALL = (*CHECKS, "CALM2", "LIS4", "ACK2", "APO3", "RES2", "CLO1")
ABSENCE = {"CALM1", "CALM3", "LIS1", "LIS3", "ACK3", "APO4"}
AGENT = (
    "I understand your frustration, but that is our policy.",
    "I'm so sorry about the forty bolts on Tuesday.",
    "I'm sorry about that.",
    "As I said, calm down.",
    "I'll send you the bolts by Friday.",
    "They will call tomorrow.",
    "Can I take your order number?",
    "Tell me what happened.",
    "You have been waiting since Tuesday for forty bolts, is that right?",
    "Okay.",
    "Bear with me.",
    'He said "sorry" to [NAME], I’m told — 👍',
)
NEUTRAL = ("Good morning.", "The blue one, please.", "Yes.", "It is LH-48213.")
UPSET = (
    "This is ridiculous, I have been waiting since Tuesday for forty bolts!!",
    "Still nothing, and I took the day off on the 14th of November for it.",
    "You're lying to me, you idiot.",
    "I'm upset and I want your manager—",
)
LAST = ("Thank you, you've been great.", "Ridiculous!! You idiot, cancel my order, I'm upset and waiting.", "Bye.")


def turn(speaker: str, texts: tuple[str, ...]) -> st.SearchStrategy[tuple[str, str]]:
    return st.tuples(st.just(speaker), st.sampled_from(texts) | st.text(max_size=40))


DIALOGUES = st.lists(
    turn("agent", AGENT) | turn("customer", NEUTRAL + UPSET) | turn("system", ("hold", "call ended")), max_size=14
)


def call_of(turns: list[tuple[str, str]], *, timed: bool = True) -> tuple[Line, ...]:
    return tuple(
        Line(f"T{at:02d}", who, " ".join(text.split()), at * 4.0 if timed else None, at * 4.0 + 4 if timed else None)
        for at, (who, text) in enumerate(turns, start=1)
    )


def verdicts(lines: tuple[Line, ...]) -> dict[str, str]:
    return {one["check_id"]: one["verdict"] for one in ask(lines, "stage", ALL)["findings"]}


def quotes_in(node: Any) -> list[dict[str, str]]:
    if isinstance(node, dict):
        own = [node] if node.keys() == {"turn_id", "text"} else []
        return own + [quote for value in node.values() for quote in quotes_in(value)]
    return [quote for value in node for quote in quotes_in(value)] if isinstance(node, list) else []


@settings(max_examples=120, deadline=None)
@given(DIALOGUES, st.booleans())
def test_every_quote_is_verbatim_and_every_answer_valid(turns: list[tuple[str, str]], timed: bool) -> None:
    """Whatever is said, the answer fits the schema and each quote stands in the line it names."""
    lines = call_of(turns, timed=timed)
    said = {line.id: line for line in lines}
    for part, checks in (("stage", ALL), ("overview", ())):
        answer = ask(lines, part, checks)
        StageCritique.model_validate(answer)
        for quote in quotes_in(answer):
            assert quote["text"] in said[quote["turn_id"]].text
            assert locate(said[quote["turn_id"]].text, quote["text"]) is not None


@settings(max_examples=120, deadline=None)
@given(DIALOGUES)
def test_the_polarity_rules_hold(turns: list[tuple[str, str]]) -> None:
    """Presence needs the agent's words, absence is broken by them, not applicable goes with absent alone."""
    lines = call_of(turns)
    speaker = {line.id: line.speaker for line in lines}
    for one in ask(lines, "stage", ALL)["findings"]:
        assert (one["verdict"] == "not_applicable") == (one["opportunity"] == "absent")
        assert (one["verdict"] == "not_observable") == (one["opportunity"] == "not_observable")
        agents = one["evidence"] + one["counter_evidence"]
        assert all(speaker[quote["turn_id"]] == "agent" for quote in agents)
        if one["verdict"] in {"met", "partial"} and one["check_id"] not in ABSENCE:
            assert one["evidence"]
        if one["verdict"] in {"partial", "missed"} and one["check_id"] in ABSENCE:
            assert one["counter_evidence"]
        if one["verdict"] == "missed" and one["check_id"] not in ABSENCE:
            assert one["opportunity_quote"]


@settings(max_examples=120, deadline=None)
@given(DIALOGUES, st.sampled_from(LAST))
def test_a_last_line_that_nobody_answers_changes_no_verdict(turns: list[tuple[str, str]], last: str) -> None:
    """A glad or furious last word of the customer moves nothing of what the agent did."""
    before = verdicts(call_of(turns))
    assert verdicts(call_of([*turns, ("customer", last)])) == before


@settings(max_examples=120, deadline=None)
@given(DIALOGUES)
def test_without_the_opportunity_nothing_is_missed(turns: list[tuple[str, str]]) -> None:
    """A customer who says nothing of trouble turns a missed or met answer to trouble into not applicable."""
    calm = [(who, "Good morning." if who == "customer" else text) for who, text in turns if who != "system"]
    found = verdicts(call_of(calm))
    for check in ("CALM1", "CALM3", "ACK1", "ACK3", "APO1", "APO2", "APO4", "RES5"):
        assert found[check] == "not_applicable"


def request(part: str = "calm", checks: tuple[str, ...] = ("CALM1",)) -> Request:
    lines = call_of([("agent", AGENT[0]), ("customer", UPSET[0]), ("agent", AGENT[3])])
    return Request("patterns-1", (), "s", {}, {}, Material(part, checks, lines, "phone", "agent", LEXICONS))


def test_the_same_request_gets_the_same_bytes() -> None:
    """Answers do not depend on what was asked before."""
    engine, fresh = PatternsEngine(), PatternsEngine(Analyses())
    first, again, other = (asyncio.run(one.answer(request())) for one in (engine, engine, fresh))
    assert first == again == other
    assert isinstance(first, Reply)
    assert (first.engine, first.model, first.raw.decode()) == ("patterns", "patterns-1", first.text)


def test_a_stage_answers_exactly_the_asked_checks() -> None:
    """The findings are the asked ids in order, and a stage has no overview."""
    answer = asyncio.run(PatternsEngine(Analyses()).answer(request("close", ("CLO2", "CLO1", "CLO3"))))
    assert isinstance(answer, Reply)
    critique = orjson.loads(answer.text)
    assert [one["check_id"] for one in critique["findings"]] == ["CLO2", "CLO1", "CLO3"]
    assert (critique["stage_id"], critique["overview"]) == ("close", None)


def test_a_request_without_material_is_a_fault() -> None:
    """A prompt alone cannot be read by wording: the item fails, nothing is raised."""
    engine = PatternsEngine()
    answer = asyncio.run(engine.answer(Request("patterns-1", (), "s", {}, {})))
    asyncio.run(engine.aclose())
    assert isinstance(answer, Fault)
    assert not engine.ai


def test_analyses_forget_the_oldest_call_and_lexicons() -> None:
    """The memory is bounded: an old call is read again, and equal to what it was."""
    kept = Analyses(kept=1)
    lines = call_of([("agent", "Hi.")])
    first = kept.of(lines, "phone", LEXICONS)
    assert kept.of(lines, "phone", LEXICONS) is first
    held = [dict(LEXICONS) for _ in range(6)]
    for lexicons in held:
        kept.of(lines, "phone", lexicons)
    assert kept.of(lines, "phone", LEXICONS) is not first


def test_missing_lexicons_leave_everything_unseen() -> None:
    """Without any word lists nothing is claimed and nothing breaks."""
    lines = call_of([("agent", AGENT[1]), ("customer", UPSET[0]), ("agent", AGENT[4])])
    material = Material("stage", ALL, lines, "chat", "agent", {})
    reply = asyncio.run(PatternsEngine(Analyses()).answer(Request("m", (), "s", {}, {}, material)))
    assert isinstance(reply, Reply)
    assert {one["verdict"] for one in orjson.loads(reply.text)["findings"]} <= {
        "met",
        "not_observable",
        "not_applicable",
    }
