"""A small set of lexicons and a way to write a call down."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson

from coach.engines.exchange import Line, Material, Reply, Request
from coach.engines.patterns import Analyses, PatternsEngine

LEXICONS: dict[str, tuple[str, ...]] = {
    "blame_argue": ("not my department", "you should have", "that's not true"),
    "calm_down": ("calm down",),
    "as_i_said": ("as i said",),
    "feeling": ("frustrat*", "upset", "worr*"),
    "strain": ("waiting", "all this time", "day off", "out of pocket"),
    "stock_phrase": ("i understand your frustration", "i completely understand", "any inconvenience"),
    "backchannel": ("i see", "okay", "right", "mm-hm"),
    "apology": ("sorry", "apolog*"),
    "apology_negated": ("sorry but", "not sorry"),
    "negation_after_ack": ("but", "however", "at least"),
    "fix_policy": ("our policy", "what i can do", "i can offer", "working days"),
    "open_question": ("what happened", "tell me", "how did", "when did"),
    "recap": ("so just to recap", "is that right", "have i got that right"),
    "commit_i": ("i'll", "i will", "i'm", "i've", "i can"),
    "commit_we": ("we'll look into", "they will call"),
    "action_verb": ("call*", "ring*", "book*", "refund*", "send", "sent", "sending", "pass*", "check*", "put"),
    "hold": ("bear with me", "put you on hold"),
    "hold_reason": ("while i", "so i can"),
    "hold_permission": ("is that okay",),
    "hold_return": ("thanks for holding",),
    "time_expression": ("by friday", "tomorrow", "today", "minutes", "soon"),
    "asks_field": ("order number", "postcode"),
    "customer_thanks": ("thank you", "thanks", "ta"),
    "customer_apology": ("sorry for shouting",),
    "praise": ("you've been great",),
    "settled": ("that's sorted",),
    "hostile_3": ("you're lying", "robbed"),
    "hostile_4": ("you idiot",),
    "complaint_2": ("ridiculous", "unacceptable", "still nothing"),
    "annoyed_1": ("annoying",),
    "threat_leave": ("cancel my",),
    "escalation_request": ("your manager",),
    "we_words": ("we", "we'll", "our"),
    "i_words": ("i", "i'll", "i'm", "i've"),
    "months": ("january", "may", "november"),
    "stop_words": ("the", "and", "from", "with", "this", "that"),
}

Finding = dict[str, Any]


def lines_of(script: str, step: float | None = 5.0) -> tuple[Line, ...]:
    """Lines from a script: `A: `, `C: ` or `S: ` each line; each lasts `step` seconds, or has no times at all."""
    speakers = {"A": "agent", "C": "customer", "S": "system"}
    lines = []
    for at, row in enumerate(row.strip() for row in script.strip().splitlines()):
        start = None if step is None else at * step
        end = None if step is None or start is None else start + step
        lines.append(Line(f"T{at + 1:02d}", speakers[row[0]], row[3:], start, end))
    return tuple(lines)


def ask(lines: tuple[Line, ...], part: str, checks: tuple[str, ...], channel: str = "phone") -> dict[str, Any]:
    """The engine's answer to one part, parsed."""
    material = Material(part, checks, lines, channel, "agent", LEXICONS)
    request = Request("patterns-1", (), "stage_critique", {}, {}, material)
    reply = asyncio.run(PatternsEngine(Analyses()).answer(request))
    assert isinstance(reply, Reply)
    answer: dict[str, Any] = orjson.loads(reply.text)
    return answer
