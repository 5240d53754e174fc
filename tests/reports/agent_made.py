"""Invented calls, findings and critiques for the reports' tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from coach.calls.transcript import Channel, EndedBy, Redacted, RedactedTurn, Speaker
from coach.calls.weeks import week_bounds
from coach.grading.critique import CallCritique, CallScore, Finding, Proven, Provenance, Verdict
from coach.grading.score import call_score, stage_scores
from coach.playbook.rubric import Rubric

LINES = (
    ("customer", "I have waited in for the fitter four mornings since August and nobody came."),
    ("agent", "Four mornings since August, and each one lost: that is exhausting. I am sorry."),
    ("customer", "Yes, and I lose pay each time! You people are a joke."),
    ("agent", "We will look into it."),
    ("customer", "So when does somebody come?"),
    ("agent", "I am booking the fitter for Thursday at nine and I will ring you at ten to check."),
    ("customer", "Thursday works. Thank you for finally listening."),
)
WORDS = {verdict.value: verdict for verdict in Verdict}


def call_of(call_id: str = "c-001", agent: str = "a-07", lines: Any = LINES, **changes: Any) -> Redacted:
    """A call of (speaker, text) lines with turn ids T01, T02, ..."""
    turns = tuple(RedactedTurn(id=f"T{i:02}", speaker=Speaker(s), text=t) for i, (s, t) in enumerate(lines, 1))
    values: dict[str, Any] = {
        "call_id": call_id,
        "agent": agent,
        "team": "north",
        "started_at": datetime(2026, 11, 18, 9, 30, tzinfo=UTC),
        "channel": Channel.PHONE,
        "ended_by": EndedBy.CUSTOMER,
        "translated": False,
        "turns": turns,
    }
    return Redacted(**{**values, **changes})


def proven_of(turn_id: str, lines: Any = LINES, **changes: Any) -> Proven:
    """A proven quote of one whole line."""
    speaker, text = lines[int(turn_id[1:]) - 1]
    values = {"turn_id": turn_id, "speaker": speaker, "text": text, "start": 0, "end": len(text), "match": "exact"}
    return Proven(**{**values, **changes})


def finding_of(check_id: str, verdict: str, rubric: Rubric, **changes: Any) -> Finding:
    """A finding with the quotes that its verdict and the check's polarity ask for."""
    check = rubric.check(check_id)
    earned, judged = verdict in ("met", "partial"), WORDS[verdict].value_of is not None
    presence = check.polarity == "presence"
    values: dict[str, Any] = {
        "check_id": check_id,
        "stage_id": rubric.stage_of(check_id).id,
        "verdict": WORDS[verdict],
        "share": WORDS[verdict].value_of,
        "opportunity": proven_of("T03" if check.customer_opportunity else "T01") if judged and presence else None,
        "evidence": (proven_of("T02"),) if earned and presence else (),
        "counter": (proven_of("T04"),) if judged and not presence and verdict != "met" else (),
        "reasoning": "What was said and what it did.",
        "why_ungraded": "the quote is not in that turn" if verdict == "ungraded" else "",
    }
    return Finding(**{**values, **changes})


def critique_of(
    rubric: Rubric, verdicts: Any = None, week: str = "2026-W47", ai: bool = True, **changes: Any
) -> CallCritique:
    """A critique whose scores are computed; `verdicts` holds verdict words or whole findings, other checks are met."""
    given = verdicts or {}
    said = {check.id: given.get(check.id, "met") for check in rubric.checks()}
    findings = tuple(v if isinstance(v, Finding) else finding_of(i, v, rubric) for i, v in said.items())
    stages = stage_scores(rubric, findings, ai=ai)
    scored = {"findings": findings, "stages": stages, "call": call_score(rubric, stages, ai=ai)}
    return CallCritique(**{**_plain(week, ai), **scored, **changes})


def _plain(week: str, ai: bool) -> dict[str, Any]:
    monday = week_bounds(week)[0]
    return {
        "call_id": "c-001",
        "agent": "a-07",
        "team": "north",
        "week": week,
        "started_at": datetime(monday.year, monday.month, monday.day, 9, 30, tzinfo=UTC) + timedelta(days=2),
        "channel": "phone",
        "findings": (),
        "unproven": (),
        "ungraded": (),
        "stages": (),
        "call": CallScore(score=None, coverage=0.0, band=None),
        "timeline": (),
        "best_moment": proven_of("T02"),
        "change_moment": None,
        "critical_flags": (),
        "flow_flags": (),
        "heat": (("T01", 2), ("T03", 3), ("T05", 1), ("T07", 0)),
        "turning_points": (),
        "promises": (),
        "blockers": (),
        "outcome": "resolved",
        "outcome_quote": proven_of("T07"),
        "recurring_issue": "missed_slot",
        "issue_quote": proven_of("T01"),
        "urgency": "none",
        "goodwill": (),
        "note": (),
        "problems": (),
        "signals": {},
        "close_quotes": 0,
        "quotes": 12,
        "provenance": Provenance(
            engine="live" if ai else "patterns",
            model="grader-1" if ai else "",
            ai=ai,
            playbook="1a2b3c4d5e6f",
            rubric="r" * 12,
            prompts="p" * 12,
            schema_hash="s" * 12,
            repeats=1,
            calls_digest="d" * 12,
            program="0.1.0",
        ),
    }
