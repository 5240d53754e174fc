"""The pattern engine: finds wording, does not judge meaning.  No network, no model, the same answer every time.

`PatternsEngine` answers the requests of `exchange`; what it can say of a check is seen, not found or cannot tell, and
not found is hardly ever held against anybody.  It reads `request.material` alone.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import orjson

from coach.engines.exchange import Fault, FaultKind, Line, Material, Reply, Request
from coach.engines.patterns import checks_listen, checks_solve, checks_warm
from coach.engines.patterns.analysis import Analysis, analyse
from coach.engines.patterns.claims import Claim, unseen
from coach.engines.patterns.overview import overview, timeline
from coach.engines.patterns.wording import Phrases, Wording

OVERVIEW = "overview"
CALLS_KEPT = 64  # the parts of a call are asked close together; more calls than these are read again
CHECKS = {
    "CALM1": checks_listen.calm1,
    "CALM3": checks_listen.calm3,
    "LIS1": checks_listen.lis1,
    "LIS2": checks_listen.lis2,
    "LIS3": checks_listen.lis3,
    "ACK1": checks_warm.ack1,
    "ACK3": checks_warm.ack3,
    "APO1": checks_warm.apo1,
    "APO2": checks_warm.apo2,
    "APO4": checks_warm.apo4,
    "CLA1": checks_solve.cla1,
    "CLA3": checks_solve.cla3,
    "RES1": checks_solve.res1,
    "RES5": checks_solve.res5,
    "CLO2": checks_solve.clo2,
}


class Analyses:
    """Calls read lately, so that eight parts and the signals read a call once.  Kept by the words themselves."""

    def __init__(self, kept: int = CALLS_KEPT) -> None:
        self._kept = kept
        self._calls: OrderedDict[tuple[tuple[Line, ...], str, int], tuple[Analysis, Phrases]] = OrderedDict()
        self._wordings: OrderedDict[int, tuple[Wording, Phrases]] = OrderedDict()

    def of(self, lines: tuple[Line, ...], channel: str, lexicons: Phrases) -> Analysis:
        """The analysis of a call; lexicons are compiled once for each mapping."""
        key = (lines, channel, id(lexicons))
        known = self._calls.get(key)
        if known is not None:
            self._calls.move_to_end(key)
            return known[0]
        call = analyse(lines, channel, lexicons, self._wording(lexicons))
        self._calls[key] = (call, lexicons)  # holding the mapping keeps its id from being given to another
        if len(self._calls) > self._kept:
            self._calls.popitem(last=False)
        return call

    def _wording(self, lexicons: Phrases) -> Wording:
        known = self._wordings.get(id(lexicons))
        if known is None:
            known = self._wordings[id(lexicons)] = (Wording(lexicons), lexicons)
            if len(self._wordings) > 4:
                self._wordings.popitem(last=False)
        return known[0]


ANALYSES = Analyses()


class PatternsEngine:
    """Answers from wording alone.  A request without material is a fault, never an exception."""

    name = "patterns"
    model = "patterns-1"
    ai = False

    def __init__(self, analyses: Analyses = ANALYSES) -> None:
        self._analyses = analyses

    async def answer(self, request: Request) -> Reply | Fault:
        """The critique of the asked part as JSON."""
        if request.material is None:
            return Fault(request.key, FaultKind.INVALID, "the request carries no material to read")
        text = orjson.dumps(self._critique(request.material))
        return Reply(request.key, text.decode(), text, self.name, self.model)

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _critique(self, material: Material) -> dict[str, Any]:
        call = self._analyses.of(material.lines, material.channel, material.lexicons)
        whole = material.part == OVERVIEW
        return {
            "stage_id": material.part,
            "findings": [] if whole else [finding(call, check) for check in material.checks],
            "timeline": timeline(call),
            "best_moment": None,
            "change_moment": None,
            "critical_flags": [],
            "transcript_problems": [],
            "overview": overview(call) if whole else None,
        }


def finding(call: Analysis, check: str) -> Claim:
    """What wording shows of one check; a check without a pattern needs meaning and cannot be told."""
    judge = CHECKS.get(check)
    return unseen(check, "This check needs meaning; wording cannot show it.") if judge is None else judge(call)
