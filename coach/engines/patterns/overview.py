"""The overview and the timeline that wording shows: heat, promises, goodwill, and the marks that order a call.

The outcome is always `unknown`: a customer's thanks are courtesy as often as they are relief, and what was delivered
needs meaning.  Blockers, turning points and recurring issues need meaning as well and stay empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coach.engines.patterns.analysis import Analysis
from coach.engines.patterns.checks_solve import when_of
from coach.engines.patterns.claims import Quote, quote, quote_hit, quote_move, quote_start
from coach.engines.patterns.moves import Move
from coach.engines.patterns.reading import Spoken
from coach.engines.patterns.wording import Hit

MOST_HEAT, MOST_PROMISES, MOST_GOODWILL = 200, 12, 6
_FAREWELLS = frozenset({"ta", "cheers"})
JUMP = 2  # steps of heat in one line that count as an escalation


def overview(call: Analysis) -> dict[str, Any]:
    """All fields of an overview."""
    return {
        "heat": [
            {"turn_id": line.id, "heat": call.heat[line.at], "third_party": False}
            for line in call.reading.customer[:MOST_HEAT]
        ],
        "turning_points": [],
        "promises": list(_promises(call))[:MOST_PROMISES],
        "blockers": [],
        "outcome": {"outcome": "unknown", "quote": None},
        "recurring_issue": None,
        "urgency": "none",
        "goodwill": list(_goodwill(call))[:MOST_GOODWILL],
        "note": [],
    }


def _promises(call: Analysis) -> Iterator[dict[str, Any]]:
    known: set[tuple[str, str]] = set()
    for move in call.commitments:
        place = (move.line.id, move.quote)
        if (move.full or when_of(move)) and place not in known:
            known.add(place)
            yield _promise(move)


def _promise(move: Move) -> dict[str, Any]:
    who = "agent" if move.full else "company"
    return {"quote": quote_move(move), "who": who, "what": move.quote, "when": when_of(move)}


def _goodwill(call: Analysis) -> Iterator[dict[str, Any]]:
    for line in call.reading.customer:
        for kind, hit in kindness(line).items():
            yield {"kind": kind, "quote": quote_hit(line, hit), "received": _received(call, line)}


def kindness(line: Spoken) -> dict[str, Hit]:
    """The goodwill of a customer line by kind (praise, apology, thanks); a line that complains holds none."""
    if line.found("complaint_2", "hostile_3", "hostile_4"):
        return {}
    found = {}
    for kind, lexicon in (("praise", "praise"), ("apology", "customer_apology"), ("thanks", "customer_thanks")):
        hits = [hit for hit in line.found(lexicon) if line.words[hit.first].key not in _FAREWELLS]
        if hits:
            found[kind] = hits[0]
    return found


def _received(call: Analysis, line: Spoken) -> bool:
    """True where the agent's next line answers: it is the very next line, and more than a listening signal."""
    after = next((one for one in call.reading.spoken if one.at > line.at), None)
    return after is not None and after.speaker == "agent"


def timeline(call: Analysis) -> list[dict[str, Any]]:
    """The marks that are seen, each with its quote."""
    found: list[tuple[str, Quote]] = []
    account = call.reading.account
    if account:
        last = account[-1]
        found.append(("account_complete", quote(last, last.words[-1].start, last.words[-1].end)))
    whole = [move for move in call.commitments if move.full]
    for mark, moves in (
        ("first_ack", call.acks),
        ("first_apology", call.apologies),
        ("first_fix_or_policy", call.fixes),
        ("first_owned_step", whole),
    ):
        if moves:
            found.append((mark, quote_move(moves[0])))
    escalation = _escalation(call)
    if escalation is not None:
        found.append(("customer_escalation", escalation))
    return [{"mark": mark, "quote": one} for mark, one in found]


def _escalation(call: Analysis) -> Quote | None:
    before: int | None = None
    for line in call.reading.customer:
        now = call.heat[line.at]
        hits = line.found("escalation_request", "threat_leave", "hostile_4")
        if hits and now >= 2:
            return quote_hit(line, hits[0])
        if before is not None and now >= before + JUMP and now >= 3:
            return quote_start(line)
        before = now
    return None
