"""Invented calls, replies and engines for the tests of grading: short enough to read in a test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from coach.calls.transcript import Channel, EndedBy, Redacted, RedactedTurn, Speaker
from coach.engines.exchange import Fault, Reply, Request
from coach.grading.claims import Claim, Quote, StageCritique, Suggestion
from coach.grading.critique import Finding, Proven, Verdict
from coach.playbook.rubric import Check, Rubric

SPEAKERS = {"A": Speaker.AGENT, "C": Speaker.CUSTOMER, "S": Speaker.SYSTEM}


def call(*lines: str, timed: bool = False, **changes: Any) -> Redacted:
    """A call of lines such as "C: It broke." (A agent, C customer, S system); `timed` gives every turn five seconds."""
    turns = tuple(
        RedactedTurn(
            id=f"T{i + 1:02d}",
            speaker=SPEAKERS[line[0]],
            text=line[3:],
            start=5.0 * i if timed else None,
            end=5.0 * i + 4 if timed else None,
        )
        for i, line in enumerate(lines)
    )
    matter: dict[str, Any] = {
        "call_id": "call-1",
        "agent": "agent-zebedee",
        "team": "team-quagga",
        "started_at": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        "channel": Channel.PHONE,
        "ended_by": EndedBy.AGENT,
        "translated": False,
        "turns": turns,
    }
    return Redacted(**{**matter, **changes})


def quote(said: str) -> Quote:
    """A quote written "T02 these words"."""
    turn, _, text = said.partition(" ")
    return Quote(turn_id=turn, text=text)


def claim(
    check_id: str,
    verdict: str,
    *,
    seen: str | None = None,
    by: Iterable[str] = (),
    against: Iterable[str] = (),
    words: str = "",
    opportunity: str = "",
) -> Claim:
    """A claim; the opportunity follows from the verdict unless it is given."""
    implied = {"not_applicable": "absent", "not_observable": "not_observable"}.get(verdict, "present")
    return Claim.model_validate(
        {
            "check_id": check_id,
            "opportunity": opportunity or implied,
            "opportunity_quote": quote(seen) if seen else None,
            "evidence": [quote(said) for said in by],
            "counter_evidence": [quote(said) for said in against],
            "reasoning": "The lines decide.",
            "verdict": verdict,
            "suggestion": Suggestion(goal="To take it up.", try_words=words) if words else None,
        }
    )


def critique(part: str, *claims: Claim, **fields: Any) -> StageCritique:
    """What an engine says of one part."""
    matter: dict[str, Any] = {
        "stage_id": part,
        "findings": list(claims),
        "timeline": [],
        "best_moment": None,
        "change_moment": None,
        "critical_flags": [],
        "transcript_problems": [],
        "overview": None,
    }
    return StageCritique.model_validate({**matter, **fields})


def view(**fields: Any) -> dict[str, Any]:
    """The matter of an overview in which nothing happened, but for the fields given."""
    nothing: dict[str, Any] = {
        "heat": [],
        "turning_points": [],
        "promises": [],
        "blockers": [],
        "outcome": {"outcome": "open", "quote": None},
        "recurring_issue": None,
        "urgency": "none",
        "goodwill": [],
        "note": [],
    }
    return {**nothing, **fields}


def text_of(part: str, *claims: Claim, **fields: Any) -> str:
    """The JSON of a reply."""
    return critique(part, *claims, **fields).model_dump_json()


def broken(part: str, **changes: Any) -> str:
    """A reply's JSON with fields put in that the types would refuse; None takes one out."""
    matter = {**json.loads(text_of(part)), **changes}
    return json.dumps({name: value for name, value in matter.items() if value != "taken out"})


Said = str | Fault | Reply | Exception


class ScriptedEngine:
    """An engine that says what the script holds for a part: the first time the first entry, then the next.

    A part without a script is answered with every asked check not applicable.
    """

    name = "scripted"
    model = "scripted-1"

    def __init__(self, script: Mapping[str, list[Said]] | None = None, *, ai: bool = True) -> None:
        self.ai = ai
        self.script = {part: list(said) for part, said in (script or {}).items()}
        self.asked: list[Request] = []

    async def answer(self, request: Request) -> Reply | Fault:
        self.asked.append(request)
        assert request.material is not None
        part = request.material.part
        said: Said = self.script[part].pop(0) if self.script.get(part) else _nothing(request)
        if isinstance(said, Exception):
            raise said
        return said if isinstance(said, Reply | Fault) else answered(request, said)

    async def aclose(self) -> None:
        return None


def answered(request: Request, text: str, **fields: Any) -> Reply:
    """A reply to a request."""
    matter: dict[str, Any] = {
        "key": request.key,
        "text": text,
        "raw": b"{}",
        "engine": "scripted",
        "model": "scripted-1",
    }
    return Reply(**{**matter, **fields})


def _nothing(request: Request) -> str:
    assert request.material is not None
    part, checks = request.material.part, request.material.checks
    claims = [claim(check, "not_applicable") for check in checks]
    return text_of(part, *claims) if checks else text_of(part, overview=view())


def proven(said: str, speaker: str = "agent", start: int = 0) -> Proven:
    """A proven quote written "T02 these words" at an offset."""
    turn, _, text = said.partition(" ")
    return Proven(turn_id=turn, speaker=speaker, text=text, start=start, end=start + len(text), match="exact")


def finding(check_id: str, verdict: str, stage: str = "one", **fields: Any) -> Finding:
    """A finding without quotes, unless they are given."""
    matter: dict[str, Any] = {
        "check_id": check_id,
        "stage_id": stage,
        "verdict": verdict,
        "share": Verdict(verdict).value_of,
        "opportunity": None,
        "evidence": (),
        "counter": (),
        "reasoning": "",
    }
    return Finding(**{**matter, **fields})


def check(check_id: str, polarity: str = "presence", weight: int = 1, **fields: Any) -> Check:
    """A small check whose texts only name it."""
    line = {"lines": ("AGENT: Yes.",), "verdict": "met", "because": "It says so."}
    grader = {name: f"{name} of {check_id}" for name in ("opportunity", "not_applicable", "met", "partial", "missed")}
    reader = dict.fromkeys(("plain", "aim", "better", "why", "training"), f"people's text {check_id}")
    matter: dict[str, Any] = {
        "id": check_id,
        "name": f"Name of {check_id}",
        "weight": weight,
        "polarity": polarity,
        "guidance": (),
        "grader": {
            **grader,
            "partial": fields.pop("partial", "some"),
            "examples": (line, {**line, "verdict": "missed"}),
        },
        "reader": {**reader, "bank": (f"Bank line of {check_id}.",)},
    }
    return Check.model_validate({**matter, **fields})


def rubric(*stages: tuple[str, int, tuple[Check, ...], dict[str, Any]]) -> Rubric:
    """A small rubric of (id, weight, checks, further fields) a stage."""
    return Rubric.model_validate(
        {
            "id": "small",
            "title": "Small",
            "language": "en",
            "house_checks": True,
            "stages": [
                {"id": name, "name": name, "weight": weight, "reader": "x", "checks": checks, **more}
                for name, weight, checks, more in stages
            ],
            "note_items": [{"id": "complaint", "name": "Complaint", "text": "what is wrong"}],
            "critical_flags": [{"id": "insult", "name": "Insult", "text": "an insult"}],
            "blockers": [{"id": "policy", "name": "Policy", "text": "a rule"}],
            "recurring_issues": [{"id": "late_parcel", "name": "Late", "text": "late"}],
            "rulings": [],
            "wellbeing": [],
            "reframing": [],
            "self_review": [],
        }
    )


Judge = Callable[..., Finding]
