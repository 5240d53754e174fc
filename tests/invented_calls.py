"""Small invented calls as files, and a pretended model that grades them: the same words always get the same answer."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fault_server import Step, completion

LINES = (
    "Customer: I have waited in four mornings for the fitter and nobody came!",
    "Agent: Four mornings, and each one lost. I am sorry, that is exhausting.",
    "Customer: You people are a joke. I lose pay every time.",
    "Agent: I will ring the depot now and call you back before five today.",
    "Customer: Before five? All right then.",
    "Agent: It is booked for Thursday at nine. Does that work for you?",
    "Customer: Thursday works. Thank you for finally listening.",
)
WEEK = "2025-W47"
START = datetime(2025, 11, 17, 9, 0, tzinfo=UTC)
HEADER = "file,call_id,agent,team,started_at,channel\n"


def write_call(folder: Path, name: str, lines: Sequence[str] = LINES) -> Path:
    """One call as plain text."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.txt"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def write_calls(folder: Path, count: int = 4, *, weeks: int = 1, agents: int = 2) -> Path:
    """Calls c-00, c-01, ... of agents ann and bob (cy, ...) from 2025-W47 on, with their manifest; gives the folder."""
    names = ("ann", "bob", "cy", "dee")[:agents]
    rows = [HEADER]
    for number in range(count):
        say = f"Customer: It is about job {chr(65 + number % 26)}{chr(65 + number // 26)} and it is the second time."
        write_call(folder, f"c-{number:02d}", (*LINES[:4], say, *LINES[4:]))
        start = START + timedelta(weeks=number * weeks // count, minutes=10 * number)
        team = "north" if number % len(names) == 0 else "south"
        rows.append(
            f"c-{number:02d}.txt,c-{number:02d},{names[number % len(names)]},{team},{start.isoformat()},phone\n"
        )
    (folder / "manifest.csv").write_text("".join(rows), encoding="utf-8")
    return folder


def answer(body: dict[str, Any]) -> Step:
    """What the pretended model says to a request."""
    return completion(json.dumps(critique(body["messages"][1]["content"])))


def critique(asked: str) -> dict[str, Any]:
    """A reply to a grading prompt: every second check is met, the others missed, each with a true quote."""
    part = re.findall(r'Set stage_id to "([^"]+)"', asked)[-1]
    listed = re.findall(r"in this order: (.*)\.\n", asked)
    checks = listed[-1].split(", ") if listed else []
    turns = re.findall(r"^(T\d+) \| (AGENT|CUSTOMER) \|(?: \d\d:\d\d \|)? (.*)$", asked, re.MULTILINE)
    agent = next({"turn_id": i, "text": text} for i, who, text in turns if who == "AGENT")
    customer = next({"turn_id": i, "text": text} for i, who, text in turns if who == "CUSTOMER")
    return {
        "stage_id": part,
        "findings": [_finding(check, at % 2 == 0, agent, customer) for at, check in enumerate(checks)],
        "timeline": [],
        "best_moment": agent if checks else None,
        "change_moment": None,
        "critical_flags": [] if checks else _flags(turns),
        "transcript_problems": [],
        "overview": None if checks else _overview(customer),
    }


def _finding(check: str, met: bool, agent: dict[str, str], customer: dict[str, str]) -> dict[str, Any]:
    return {
        "check_id": check,
        "opportunity": "present",
        "opportunity_quote": customer,
        "evidence": [agent] if met else [],
        "counter_evidence": [] if met else [agent],
        "reasoning": "As the words show.",
        "verdict": "met" if met else "missed",
        "suggestion": None
        if met
        else {"goal": "Say it plainly.", "try_words": "You waited in four times and nobody came."},
    }


def _flags(turns: Sequence[tuple[str, str, str]]) -> list[dict[str, Any]]:
    rude = [(i, text) for i, who, text in turns if who == "AGENT" and "idiot" in text]
    return [{"flag": "insult", "quote": {"turn_id": i, "text": text}} for i, text in rude]


def _overview(customer: dict[str, str]) -> dict[str, Any]:
    return {
        "heat": [{"turn_id": customer["turn_id"], "heat": 3, "third_party": False}],
        "turning_points": [],
        "promises": [],
        "blockers": [],
        "outcome": {"outcome": "partly", "quote": customer},
        "recurring_issue": None,
        "urgency": "none",
        "goodwill": [],
        "note": [],
    }
