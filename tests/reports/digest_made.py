"""Invented critiques for the digest's tests and its bench: seeded, so that equal arguments give equal weeks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from coach.calls.weeks import week_bounds
from coach.grading.critique import (
    Blocker,
    CallCritique,
    CallScore,
    Finding,
    Mark,
    Promise,
    Proven,
    Provenance,
    Turning,
    Ungraded,
    Unproven,
    Verdict,
)
from coach.grading.score import call_score, stage_scores
from coach.playbook import strict_yaml
from coach.playbook.load import shipped
from coach.playbook.rubric import Rubric
from coach.reports.team import Coverage, TeamDigest, team_digest

MODEL = Provenance(
    engine="live",
    model="m-1",
    ai=True,
    playbook="1a2b3c4d5e6f",
    rubric="r",
    prompts="p",
    schema_hash="s",
    repeats=1,
    calls_digest="d",
    program="0",
)
PATTERNS = MODEL.model_copy(update={"engine": "patterns", "model": "", "ai": False})
SAID = (
    "Three visits and still no hot water: I'm opening the March job now.",
    "I'll ring you myself by four today with the depot's answer.",
    "That is two mornings off work. I am sorry it cost you those.",
)


@cache
def rubric() -> Rubric:
    """The shipped rubric."""
    file: Path = shipped() / "rubrics" / "deescalation.yaml"
    return Rubric.model_validate(strict_yaml.parse(file.read_text(encoding="utf-8"), file)[0])


def said(text: str = SAID[0], turn: str = "T04", speaker: str = "agent", match: str = "exact") -> Proven:
    """A proven quote."""
    return Proven(turn_id=turn, speaker=speaker, text=text, start=0, end=len(text), match=match)


def finding(check_id: str, verdict: str = "met", stage_id: str = "", **changes: Any) -> Finding:
    """A finding with its proof."""
    kind = Verdict(verdict)
    values: dict[str, Any] = {
        "check_id": check_id,
        "stage_id": stage_id or rubric_stage(check_id),
        "verdict": kind,
        "share": kind.value_of,
        "opportunity": said("I waited in again!", "T03", "customer") if kind.value_of is not None else None,
        "evidence": (said(),) if verdict in ("met", "partial") else (),
        "counter": (),
        "reasoning": "The line names the visits.",
    }
    return Finding(**{**values, **changes})


_RUBRIC = rubric()


def rubric_stage(check_id: str) -> str:
    """The stage of a check of the shipped rubric."""
    return _RUBRIC.stage_of(check_id).id


def critique(call_id: str = "c-1", agent: str = "ana", week: str = "2026-W47", **changes: Any) -> CallCritique:
    """A graded call on the week's Monday, empty but for what `changes` say."""
    values: dict[str, Any] = {
        "call_id": call_id,
        "agent": agent,
        "team": "north",
        "week": week,
        "started_at": datetime.combine(week_bounds(week)[0], datetime.min.time(), UTC) + timedelta(hours=9),
        "channel": "phone",
        "call": CallScore(score=None, coverage=0.0, band=None),
        "best_moment": None,
        "change_moment": None,
        "outcome": "unknown",
        "outcome_quote": None,
        "recurring_issue": "",
        "issue_quote": None,
        "urgency": "none",
        "signals": {},
        "close_quotes": 0,
        "quotes": 0,
        "provenance": MODEL,
    }
    for name, field in CallCritique.model_fields.items():
        if name not in values and field.is_required():
            values[name] = ()
            assert "tuple" in str(field.annotation)
    return CallCritique(**{**values, **changes})


def scored(call_id: str, agent: str, findings: tuple[Finding, ...], **changes: Any) -> CallCritique:
    """A call whose stage and call scores follow from its findings."""
    made = critique(call_id, agent, findings=findings, **changes)
    stages = stage_scores(_RUBRIC, findings, ai=made.provenance.ai)
    call = call_score(_RUBRIC, stages, ai=made.provenance.ai)
    return made.model_copy(update={"stages": stages, "call": call})


def week_of_calls(calls: int, agents: int = 6, week: str = "2026-W47", seed: int = 1) -> Iterator[CallCritique]:
    """A week of a busy team, one call after another, made as it is asked for."""
    chance = random.Random(f"{seed}{week}")  # noqa: S311  (invented data, seeded)
    skill = {f"agent-{n:02d}": chance.uniform(0.35, 0.95) for n in range(1, agents + 1)}
    start = datetime.combine(week_bounds(week)[0], datetime.min.time(), UTC) + timedelta(hours=8)
    for n in range(calls):
        agent = f"agent-{n % agents + 1:02d}"
        turn = n // agents
        at = start + timedelta(days=turn % 5, minutes=(turn // 5) * 21 + chance.randrange(4))
        yield _one(f"{week[-3:].lower()}-{n:05d}", agent, week, at, skill[agent], chance)


def _one(call_id: str, agent: str, week: str, at: datetime, skill: float, chance: random.Random) -> CallCritique:
    hot = chance.random() < 0.3
    findings = tuple(_finding(check.id, stage.id, skill, chance) for stage in _RUBRIC.stages for check in stage.checks)
    promise = Promise(
        who="I", what="ring back", when=chance.choice((None, "by four today")), quote=said(SAID[1], "T09")
    )
    blocker = Blocker(
        kind=chance.choice(("policy", "tool", "authority")), what="the depot's system was down", quote=said()
    )
    issue = chance.choice(_RUBRIC.recurring_issues).id if chance.random() < 0.6 else ""
    angry = said("You lot are crooks, that's four times now.", "T03", "customer")
    return scored(
        call_id,
        agent,
        findings,
        week=week,
        started_at=at,
        heat=tuple(
            (f"T{t:02d}", chance.choice((2, 3, 4)) if hot else chance.choice((0, 1, 2))) for t in range(1, 12, 2)
        ),
        best_moment=said(chance.choice(SAID)),
        turning_points=(Turning(change="calmer", quote=said("Right. Fine.", "T05", "customer"), after=said()),),
        promises=(promise,) if chance.random() < 0.7 else (),
        blockers=(blocker,) if chance.random() < 0.2 else (),
        outcome=chance.choice(("resolved", "partly", "open", "unknown")),
        recurring_issue=issue,
        issue_quote=angry if issue else None,
        critical_flags=(Mark(kind="escalation_refused", quote=said("No, there is nobody.")),)
        if chance.random() < 0.01
        else (),
        unproven=(Unproven(where="RES1", turn_id="T07", claimed="a", why="not there"),)
        if chance.random() < 0.1
        else (),
        ungraded=(Ungraded(stage_id="close", reason="truncated", detail=""),) if chance.random() < 0.02 else (),
        problems=("instruction_like_text",) if chance.random() < 0.005 else (),
        close_quotes=1 if chance.random() < 0.1 else 0,
        quotes=40,
    )


def _finding(check_id: str, stage_id: str, skill: float, chance: random.Random) -> Finding:
    draw = chance.random()
    if draw < 0.35:
        return finding(check_id, "not_applicable", stage_id)
    if draw < 0.37:
        return finding(check_id, "ungraded", stage_id, why_ungraded="the quote is not in the turn")
    luck = chance.random()
    return finding(check_id, "met" if luck < skill * 0.8 else "partial" if luck < skill else "missed", stage_id)


def digest(critiques: Any = (), **changes: Any) -> TeamDigest:
    """A digest of critiques with nothing around them."""
    values: dict[str, Any] = {
        "week": "2026-W47",
        "team": None,
        "critiques": critiques,
        "history": (),
        "coverage": Coverage(calls_in=3),
        "focuses": {},
        "reviews": (),
        "rubric": _RUBRIC,
    }
    return team_digest(**{**values, **changes})
