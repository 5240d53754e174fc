"""Invented calls for benchmarks: 40 turns of plausible sentences, drawn from a seeded pool, a file each.

As long as the calls of the sample team: 16 to 17 words a turn, some 650 a call.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST_MONDAY = datetime(2025, 9, 8, 9, 0, tzinfo=UTC)

CUSTOMER = (
    "I have rung {n} times about this {thing} and every single time I am told something else.",
    "You people said {day}. I stayed home, nobody came, and I lost a day's pay for it.",
    "Honestly, I am furious. The {thing} is still sitting in the hall in its box.",
    "That is what the last one said as well. Why should I believe it this time?",
    "It is order {order}, I have given it to you twice already.",
    "My mother is eighty-one and she cannot do without the {thing}, do you understand that?",
    "So when exactly will somebody be here? Not a window of twelve hours, please.",
    "This is ridiculous. Put me through to somebody who can decide something.",
    "Well. All right. If it really is {day}, then I can live with that.",
    "No, I did not get a text, and I did not get an e-mail either.",
    "I paid {amount} pounds for this and I feel I am begging for it.",
    "Okay, thank you, that is the first clear thing anybody has told me.",
)
AGENT = (
    "I am so sorry, you have rung {n} times and each one sent you away with nothing.",
    "Let me make sure I have it: the {thing} was due on {day} and nobody told you it had moved.",
    "Can I ask what happened when the van came, from the beginning?",
    "I understand your frustration.",
    "Unfortunately that is our policy, there is nothing I can do.",
    "I will ring the depot myself now, and I will call you back before five today.",
    "Would it be all right if I put you on hold for two minutes while I ask the planner?",
    "Thank you for holding. I have the planner's answer here.",
    "You need to calm down, please.",
    "I am booking the {thing} for {day} between nine and eleven, with two men, and I will check it at eight.",
    "Okay.",
    "Is there anything in that plan that does not work for you?",
    "That must be exhausting, with your mother waiting on it as well.",
)
THINGS = ("fridge", "wardrobe", "cooker", "mattress", "boiler", "stairlift", "router", "washing machine")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def call_text(number: int, turns: int = 40) -> str:
    """One call as plain text with times; the same number gives the same call."""
    chance = random.Random(number)
    words = {"thing": chance.choice(THINGS), "order": f"LH-{40_000 + number}"}
    lines, clock = [], 0
    for turn in range(turns):
        pool, who = (AGENT, "Agent") if turn % 2 == 0 else (CUSTOMER, "Customer")
        some = {"day": chance.choice(DAYS), "n": chance.randint(2, 9), "amount": chance.randint(20, 900)}
        said = " ".join(chance.choice(pool) for _ in range(chance.choice((1, 1, 1, 2)))).format(**words, **some)
        end = clock + 2 + len(said) // 15
        lines.append(f"[{_clock(clock)}-{_clock(end)}] {who}: {said}")
        clock = end + 1
    return "\n".join(lines) + "\n"


def _clock(seconds: int) -> str:
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def write_calls(folder: Path, count: int, *, agents: int, weeks: int = 1, turns: int = 40) -> None:
    """Write `count` calls of so many agents in two teams, spread over so many weeks, with their manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["file,call_id,agent,team,started_at,channel"]
    for number in range(count):
        agent = number % agents
        start = FIRST_MONDAY + timedelta(weeks=number * weeks // count, minutes=number % 5_000)
        (folder / f"b-{number:06d}.txt").write_text(call_text(number, turns), encoding="utf-8")
        team = "north" if agent % 2 else "south"
        rows.append(f"b-{number:06d}.txt,b-{number:06d},agent-{agent:03d},{team},{start.isoformat()},phone")
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
