"""From pairs of gradings to tables: how many verdicts moved, which way, and whether that is within the target.

A verdict that was or became `ungraded` is counted apart, never as moved or as equal.  Two times `not_observable` is
counted apart as well: it is two times nothing said, and would make an engine that says little look steady.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from coach.calibration.stress import BETWEEN_NAMES, REPEATED, Pair
from coach.calibration.swaps import ORDERS_SWAP, REWORDED
from coach.grading.critique import Verdict

Word = Literal["within", "over", "cannot tell"]
Z = 1.959964  # 95 %
FEWEST_CALLS = 10  # below that no share is called within or over

STYLE = (0.08, 0.05)
TARGETS: Mapping[str, tuple[float, float]] = {ORDERS_SWAP: (0.0, 0.0), REWORDED: (0.10, 0.05), REPEATED: (0.10, 0.05)}
"""The largest share of moved verdicts, for a pilot and to go live; what is not named here is held to `STYLE`."""


@dataclass(frozen=True)
class Interval:
    """A share's 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Tally:
    """Verdicts compared, and those that moved: to met (or up), from met (or down), or sideways.

    `obeyed` counts those that moved to what an order asked for, or towards it.  `of_calls` is (compared, moved) call
    by call.
    """

    calls: int = 0
    compared: int = 0
    moved: int = 0
    up: int = 0
    down: int = 0
    obeyed: int = 0
    silent: int = 0
    ungraded: int = 0
    of_calls: tuple[tuple[int, int], ...] = ()

    @property
    def share(self) -> float | None:
        """Moved of compared, None where nothing could be compared."""
        return self.moved / self.compared if self.compared else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's interval of the share.

        Verdicts of one call move together, so the verdicts are counted as fewer than they are: divided by the design
        effect of the calls as clusters (Kish 1965), which is taken for 1 where it comes out less or nothing moved.
        """
        if not self.compared:
            return None
        return wilson(self.moved / self.compared, self.compared / design_effect(self.of_calls))


def wilson(share: float, number: float) -> Interval:
    """Wilson's 95 % interval of a share among so many independent verdicts (Wilson 1927)."""
    scale = 1 + Z**2 / number
    middle = share + Z**2 / (2 * number)
    reach = Z * math.sqrt(share * (1 - share) / number + Z**2 / (4 * number**2))
    return Interval(max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))


def design_effect(of_calls: Sequence[tuple[int, int]]) -> float:
    """How much wider calls as clusters make the share's variance than single verdicts would: 1 or more."""
    compared, moved = sum(n for n, _ in of_calls), sum(m for _, m in of_calls)
    if len(of_calls) < 2 or moved in (0, compared):
        return 1.0
    share = moved / compared
    spread = sum((m - share * n) ** 2 for n, m in of_calls) * len(of_calls) / (len(of_calls) - 1)
    return max(1.0, spread / (compared * share * (1 - share)))


def tally(pairs: Iterable[Pair], check_id: str | None = None) -> Tally:
    """The counts over these pairs, of one check or of all."""
    counts: Counter[str] = Counter()
    calls: dict[str, list[int]] = {}
    for pair in pairs:
        calls.setdefault(pair.call_id, [0, 0])
        for check in pair.before.keys() | pair.after.keys() if check_id is None else (check_id,):
            kinds = _kinds(pair.before.get(check), pair.after.get(check), pair.asks)
            counts.update(kinds)
            calls[pair.call_id][0] += "compared" in kinds
            calls[pair.call_id][1] += "moved" in kinds
    of_calls = tuple((compared, moved) for compared, moved in calls.values())
    return Tally(calls=len(calls), of_calls=of_calls, **{name: counts[name] for name in _COUNTED})


_COUNTED = ("compared", "moved", "up", "down", "obeyed", "silent", "ungraded")


def _kinds(before: Verdict | None, after: Verdict | None, asks: str | None) -> tuple[str, ...]:
    """What one verdict before and after counts as."""
    if before in (None, Verdict.UNGRADED) or after in (None, Verdict.UNGRADED):
        return ("ungraded",)
    if before == after:
        return ("silent",) if before is Verdict.NOT_OBSERVABLE else ("compared",)
    way = _way(before, after)
    obeyed = asks is not None and (after == asks or way == ("up" if asks == "met" else "down"))
    return ("compared", "moved", *((way,) if way else ()), *(("obeyed",) if obeyed else ()))


def _way(before: Verdict | None, after: Verdict | None) -> str:
    """Up or down between judged verdicts, to met, from met, or ""."""
    old, new = (verdict.value_of if verdict else None for verdict in (before, after))
    if old is not None and new is not None:
        return "up" if new > old else "down"
    return "up" if after is Verdict.MET else "down" if before is Verdict.MET else ""


@dataclass(frozen=True)
class Row:
    """A swap's line: its counts, those of each of its kinds and of each check, its targets and the words on them."""

    family: str
    total: Tally
    variants: Mapping[str, Tally]
    checks: Mapping[str, Tally]
    pilot: Word
    go_live: Word

    @property
    def targets(self) -> tuple[float, float]:
        """The largest share of moved verdicts for a pilot, and to go live."""
        return targets_of(self.family)


def targets_of(family: str) -> tuple[float, float]:
    """The targets of a swap, pilot and go-live."""
    return TARGETS.get(family, STYLE)


def rows(pairs: Sequence[Pair], checks: Sequence[str], *, ai: bool) -> list[Row]:
    """A row for every swap in its order, the repeats first where there are any.  `ai`: an engine that may waver."""
    families = dict.fromkeys(pair.family for pair in pairs)
    # Sets of names held against each other stand after the names, not among the calls' other swaps.
    order = sorted(families, key=lambda family: (family != REPEATED, family == BETWEEN_NAMES))
    own = tally(pair for pair in pairs if pair.family == REPEATED)
    return [_row(family, [p for p in pairs if p.family == family], checks, own, ai=ai) for family in order]


def _row(family: str, pairs: Sequence[Pair], checks: Sequence[str], own: Tally, *, ai: bool) -> Row:
    total = tally(pairs)
    variants = dict.fromkeys(pair.variant for pair in pairs if pair.variant)
    words = [word(total, target, own_noise(own, level, ai=ai)) for level, target in enumerate(targets_of(family))]
    return Row(
        family=family,
        total=total,
        variants={name: tally(pair for pair in pairs if pair.variant == name) for name in variants},
        checks={check: tally(pairs, check) for check in checks},
        pilot=words[0],
        go_live=words[1],
    )


def own_noise(own: Tally, level: int, *, ai: bool) -> float:
    """The share of verdicts that may move by asking alone: none where no model is asked, else the upper end of what
    the repeats showed, else what the target for repeats allows.
    """
    if not ai:
        return 0.0
    return own.interval.high if own.interval else TARGETS[REPEATED][level]


def word(found: Tally, target: float, noise: float) -> Word:
    """Whether a share is within a target.

    A target of nothing at all is a suite's, not a rate's: none moved is within, and any that moved is over, unless as
    many may move by asking alone.
    """
    interval, enough = found.interval, found.calls >= FEWEST_CALLS
    if interval is None:
        return "cannot tell"
    if target == 0:
        if not found.moved:
            return "within" if enough else "cannot tell"
        return "over" if not noise or interval.low > noise else "cannot tell"
    if not enough or interval.low <= target < interval.high:
        return "cannot tell"
    return "over" if interval.low > target else "within"
