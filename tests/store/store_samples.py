"""Invented calls, critiques and replies for the tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from coach.calls.transcript import Channel, EndedBy, Redacted, RedactedTurn, Speaker
from coach.engines.exchange import Reply, Usage
from coach.grading.critique import CallCritique, CallScore, Finding, Proven, Provenance, Verdict
from coach.store import PracticeRow

MONDAY = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
WEEK = "2026-W47"


def make_call(
    call_id: str = "c-1", agent: str = "maya", team: str = "deliveries", text: str = "My sofa is late.", hours: int = 0
) -> Redacted:
    """A short invented call."""
    turns = (
        RedactedTurn(id="T01", speaker=Speaker.CUSTOMER, text=text, start=0.0, end=2.0),
        RedactedTurn(id="T02", speaker=Speaker.AGENT, text="I am sorry, I will look.", start=2.5, end=4.0),
    )
    return Redacted(
        call_id=call_id,
        agent=agent,
        team=team,
        started_at=MONDAY + timedelta(hours=hours),
        channel=Channel.PHONE,
        ended_by=EndedBy.CUSTOMER,
        translated=False,
        turns=turns,
    )


def make_critique(
    call: Redacted,
    *,
    week: str = WEEK,
    playbook: str = "p1",
    engine: str = "live",
    model: str = "m",
    repeats: int = 1,
    note: str = "",
) -> CallCritique:
    """A critique with one finding that quotes the customer."""
    first = call.turns[0]
    quote = Proven(
        turn_id=first.id, speaker=first.speaker, text=first.text, start=0, end=len(first.text), match="exact"
    )
    finding = Finding(
        check_id="CALM1",
        stage_id="calm",
        verdict=Verdict.MET,
        share=1.0,
        opportunity=quote,
        evidence=(quote,),
        counter=(),
        reasoning=note,
    )
    return CallCritique(
        call_id=call.call_id,
        agent=call.agent,
        team=call.team,
        week=week,
        started_at=call.started_at,
        channel=call.channel,
        findings=(finding,),
        unproven=(),
        ungraded=(),
        stages=(),
        call=CallScore(score=4.2, coverage=1.0, band="good"),
        timeline=(),
        best_moment=quote,
        change_moment=None,
        critical_flags=(),
        flow_flags=(),
        heat=(("T01", 2),),
        turning_points=(),
        promises=(),
        blockers=(),
        outcome="resolved",
        outcome_quote=None,
        recurring_issue="",
        issue_quote=None,
        urgency="none",
        goodwill=(),
        note=(),
        problems=(),
        signals={},
        close_quotes=0,
        quotes=1,
        provenance=Provenance(
            engine=engine,
            model=model,
            ai=True,
            playbook=playbook,
            rubric="r",
            prompts="q",
            schema_hash="s",
            repeats=repeats,
            calls_digest=call.digest(),
            program="0.1.0",
        ),
    )


def make_reply(key: str = "k1", text: str = '{"stage_id": "calm"}') -> Reply:
    """A reply as an engine would hand it over."""
    return Reply(key=key, text=text, raw=b'{"id": 1}', engine="live", model="m-1", usage=Usage(100, 80, 20), attempts=2)


def make_session(
    call_id: str = "", *, agent: str = "maya", team: str = "deliveries", text: str = "hello"
) -> PracticeRow:
    """A practice session as it begins; `text` stands in it."""
    return PracticeRow(0, agent, team, call_id, "CALM1", "plain", "open", "", 2, MONDAY, text.encode())
