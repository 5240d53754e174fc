"""Calls, an engine and pairs of gradings for the tests of stress."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from coach.calibration.stress import Pair
from coach.calls.redact import redact
from coach.calls.transcript import Channel, Record, Redacted, Speaker, Transcript, Turn
from coach.engines.exchange import Fault, FaultKind, Reply, Request
from coach.grading.critique import Verdict

LINES = (
    "C: Hello. I'm standing in my hall for the third time, and I've been told the 14th and then £25!",
    "A: I'm sorry, Mr Pell, that's three mornings lost because we didn't come. I'm going to ring the depot now.",
    "C: I don't know why those drivers aren't told anything. My name is Bernard Pell. You waiting?",
    "A: Yes, thank you. I think it was on the van, Bernard. What did they say to you yesterday?",
    "C: They said something about the weather—",
    "A: It'll be Thursday at nine, order LH-48261. Does that work?",
    "C: It does. I waited in all day last Monday, so it has to.",
)


def transcript(*lines: str, call_id: str = "c-1", channel: Channel = Channel.PHONE, timed: bool = True) -> Transcript:
    """A call of lines such as "A: Hello." (agent), "C: ..." (customer) and "S: hold" (system), ten seconds each."""
    who = {"A": Speaker.AGENT, "C": Speaker.CUSTOMER, "S": Speaker.SYSTEM}
    times = [(10.0 * at, 10.0 * at + 9) if timed else (None, None) for at in range(len(lines))]
    turns = [
        Turn(speaker=who[line[0]], text=line[3:], start=start, end=end)
        for line, (start, end) in zip(lines, times, strict=True)
    ]
    record = Record(
        call_id=call_id,
        agent="ann",
        started_at=datetime(2026, 11, 16, 9, tzinfo=UTC),
        channel=channel,
        customer="Bernard Pell",
    )
    return Transcript(record=record, turns=tuple(turns))


def made(*lines: str, **more: Any) -> Redacted:
    """The same call, redacted."""
    return redact(transcript(*(lines or LINES), **more))


def pair(before: Mapping[str, str], after: Mapping[str, str], **more: Any) -> Pair:
    """A pair of gradings, verdicts as words; family typos and call c-1 unless said otherwise."""
    named = {"call_id": "c-1", "family": "typos", "variant": "", **more}
    return Pair(before=_verdicts(before), after=_verdicts(after), **named)


def _verdicts(words: Mapping[str, str]) -> dict[str, Verdict]:
    return {check: Verdict(word) for check, word in words.items()}


class Scripted:
    """An engine that says one verdict of every check, `verdict_of(request)`, with a true quote; None is a fault.

    `asked` holds the requests.
    """

    name = "scripted"
    model = "scripted-1"
    ai = True

    def __init__(self, verdict_of: Callable[[Request], str | None]) -> None:
        self.asked: list[Request] = []
        self._verdict_of = verdict_of

    async def answer(self, request: Request) -> Reply | Fault:
        """Every check of the part with the same verdict."""
        self.asked.append(request)
        verdict, material = self._verdict_of(request), request.material
        if verdict is None or material is None:
            return Fault(request.key, FaultKind.SERVER, "no answer was scripted")
        line = next(line for line in material.lines if line.speaker == "agent")
        quote = {"turn_id": line.id, "text": line.text}
        body = {
            "stage_id": material.part,
            "findings": [_finding(check, verdict, quote) for check in material.checks],
            "timeline": [],
            "best_moment": None,
            "change_moment": None,
            "critical_flags": [],
            "transcript_problems": [],
            "overview": None,
        }
        text = json.dumps(body)
        return Reply(request.key, text, text.encode(), self.name, self.model)

    async def aclose(self) -> None:
        """Holds nothing."""


def _finding(check: str, verdict: str, quote: dict[str, str]) -> dict[str, Any]:
    unseen = verdict == "not_observable"
    return {
        "check_id": check,
        "opportunity": "not_observable" if unseen else "present",
        "opportunity_quote": None if unseen else quote,
        "evidence": [quote] if verdict == "met" else [],
        "counter_evidence": [quote] if verdict == "missed" else [],
        "reasoning": "As scripted.",
        "verdict": verdict,
        "suggestion": None,
    }
