"""What may be praised: no line from a call's worst moment opens a page, however well it did at one check.

Judges the place of a quote in its call, from what was proven there.  Does not choose between the quotes that may.
"""

from __future__ import annotations

from typing import NamedTuple

from coach.grading.critique import CallCritique, Proven, Verdict
from coach.grading.score import BANDS

LOWEST_BAND = BANDS[0][1]
HEATED = 2  # heat of a customer's line from which praise for the line before it rings hollow, unless it was hotter


class Standing(NamedTuple):
    """How well a quote stands, to be compared.

    `place` is 3 for a clean turn, 2 for the grader's own pick where other words of that turn count against a check,
    1 where the customer stayed heated and 0 where they grew hotter; `fair` is False for a call in the lowest band.
    """

    place: int
    fair: bool


BEST = Standing(3, fair=True)


def place(turn_id: str) -> tuple[int, str]:
    """A key that sorts turn ids as the call went: T99 before T100."""
    return len(turn_id), turn_id


class Praise:
    """Where one call may be praised."""

    def __init__(self, critique: CallCritique) -> None:
        self._heat = sorted((place(turn), level) for turn, level in critique.heat)
        self._fair = critique.call.band != LOWEST_BAND
        self._never = {mark.quote.turn_id for mark in critique.critical_flags}
        if critique.change_moment is not None:
            self._never.add(critique.change_moment.turn_id)
        denied = (f for f in critique.findings if f.verdict is Verdict.MISSED and f.overruled is not None)
        self._never |= {quote.turn_id for finding in denied for quote in finding.evidence}
        self._counter = [quote for finding in critique.findings for quote in finding.counter]
        self._pick = critique.best_moment.turn_id if critique.best_moment else ""

    def standing(self, quote: Proven) -> Standing | None:
        """How a quote stands; None where it may not be praised.

        That is in a turn that a critical flag (confirmed or not) quotes, in the moment to change, in a turn whose words
        a person did not take for what they were quoted for, and in a turn quoted as counter-evidence, unless the turn is the grader's best moment and the words are others.
        """
        against = [other for other in self._counter if other.turn_id == quote.turn_id]
        if quote.turn_id in self._never or (against and quote.turn_id != self._pick):
            return None
        if any(other.start < quote.end and quote.start < other.end for other in against):
            return None
        return Standing(min(self._after(quote.turn_id), 2 if against else 3), self._fair)

    def _after(self, turn_id: str) -> int:
        """What the customer's next turn was against the one before: 0 hotter, 1 as heated, 3 neither or unknown."""
        at = place(turn_id)
        before = [level for turn, level in self._heat if turn < at]
        after = [level for turn, level in self._heat if turn > at]
        if not before or not after or after[0] < before[-1]:
            return 3
        if after[0] > before[-1]:
            return 0
        return 1 if after[0] >= HEATED else 3
