"""The shape of an answer: plain dictionaries with every field of a claim, for any check.

What the fields mean is fixed by the reply's schema; engines may not import it, so the shape is built here by hand and
held against the schema by tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from coach.engines.patterns.moves import Move
from coach.engines.patterns.reading import Spoken
from coach.engines.patterns.wording import Hit

Claim = dict[str, Any]
Quote = dict[str, str]
MOST_QUOTES = 4
ENOUGH_WORDS = 6  # "Morning." is no quote


def quote(line: Spoken, start: int, end: int) -> Quote:
    """The sentences around a place of a line, verbatim."""
    return {"turn_id": line.id, "text": line.around(start, end)}


def quote_hit(line: Spoken, hit: Hit) -> Quote:
    """The sentences around a phrase."""
    return quote(line, *line.place(hit))


def quote_move(move: Move) -> Quote:
    """The sentences a move stands in."""
    return {"turn_id": move.line.id, "text": move.quote}


def quote_start(line: Spoken) -> Quote:
    """How a line begins: its first sentences, up to six words or more."""
    last = line.words[min(ENOUGH_WORDS, len(line.words)) - 1]
    return quote(line, line.words[0].start, last.end)


def unseen(check: str, why: str) -> Claim:
    """Cannot tell: wording does not show it."""
    return _claim(check, "not_observable", "not_observable", None, (), (), why)


def absent(check: str, why: str) -> Claim:
    """The call gave no opportunity."""
    return _claim(check, "absent", "not_applicable", None, (), (), why)


def seen(check: str, verdict: str, opportunity: Quote | None, evidence: Iterable[Quote], why: str) -> Claim:
    """A presence check: met or partial with the agent's words, or missed with the opportunity alone."""
    return _claim(check, "present", verdict, opportunity, evidence, (), why)


def against(check: str, verdict: str, opportunity: Quote | None, counter: Iterable[Quote], why: str) -> Claim:
    """An absence check: partial or missed with the agent's words against it, or met with none."""
    return _claim(check, "present", verdict, opportunity, (), counter, why)


def _claim(
    check: str,
    opportunity: str,
    verdict: str,
    opportunity_quote: Quote | None,
    evidence: Iterable[Quote],
    counter: Iterable[Quote],
    why: str,
) -> Claim:
    return {
        "check_id": check,
        "opportunity": opportunity,
        "opportunity_quote": opportunity_quote,
        "evidence": _distinct(evidence),
        "counter_evidence": _distinct(counter),
        "reasoning": why,
        "verdict": verdict,
        "suggestion": None,
    }


def _distinct(quotes: Iterable[Quote]) -> list[Quote]:
    found: list[Quote] = []
    for one in quotes:
        if one not in found:
            found.append(one)
    return found[:MOST_QUOTES]
