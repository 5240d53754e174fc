"""The moment of a call that a supervisor may name: why, the agent's own words, and what came next.

Knows one call at a time; the tally keeps the best of a week.
"""

from __future__ import annotations

from collections.abc import Iterator

from coach.grading.critique import CallCritique, Proven
from coach.reports.praise import Praise, Standing

NAMED = (("ACK1", "named the strain in a hard call"), ("RES1", "took ownership in a hard call"))


def recognised(critique: CallCritique, *, hard: bool, strong: bool) -> tuple[Standing, str, Proven] | None:
    """How it stands, why, and the quote; None without a quote that may be praised.

    No quote of the agent's, no praise; a line from the call's worst moment is none either.
    """
    praise = Praise(critique)
    found = [
        (standing, why, quote)
        for why, quote in _moments(critique, hard=hard, strong=strong)
        if (standing := praise.standing(quote)) is not None
    ]
    if not found:
        return None
    standing, why, quote = max(found, key=lambda f: f[0])  # the first of equals: the grader's own pick
    return standing, why if critique.provenance.ai else f"{why} (wording seen; listen before you praise)", quote


def _moments(critique: CallCritique, *, hard: bool, strong: bool) -> Iterator[tuple[str, Proven]]:
    best = critique.best_moment
    if strong and best is not None and best.speaker == "agent":
        yield "handled strongly while the customer was hostile" if hard else "the moment of a strong call", best
    for check, why in NAMED if hard else ():
        finding = critique.finding(check)
        if finding is not None and finding.proves_met and finding.evidence:
            yield why, finding.evidence[0]


def what_came_after(critique: CallCritique, quote: Proven) -> Proven | None:
    """The customer's calmer line that followed this very turn, where one was marked."""
    for turning in critique.turning_points:
        if turning.change == "calmer" and turning.after is not None and turning.after.turn_id == quote.turn_id:
            return turning.quote
    return None
