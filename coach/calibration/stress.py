"""Grading the same call again and again: as it was said, asked anew, and swapped; and what each time came of it.

Nothing is counted here but what could not be swapped: `stress_tables` makes tables of what this gives.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeVar

from coach.calibration.swaps import NAMES_SWAP, Swap
from coach.calls.transcript import Redacted
from coach.grading.critique import Verdict
from coach.grading.grade import Grading, grade_call

REPEATED = "repeated"
BETWEEN_NAMES = "names_between"

Verdicts = Mapping[str, Verdict]
T = TypeVar("T")


@dataclass(frozen=True)
class Pair:
    """One call graded twice, and the verdict by check each time.

    `family` is the swap that lies between the two; `repeated` where nothing does but asking again, `names_between`
    where both are swapped, with names of two origins.  `asks` is the verdict that an order asked for.
    """

    call_id: str
    family: str
    variant: str
    before: Verdicts
    after: Verdicts
    asks: str | None = None


@dataclass(frozen=True)
class Stressed:
    """What came of it.  `unchanged` counts, by swap, the calls in which there was nothing to swap."""

    calls: int
    pairs: tuple[Pair, ...]
    unchanged: Mapping[str, int]


def drawn(calls: Iterable[Redacted], count: int | None) -> list[Redacted]:
    """So many calls, at random and always the same ones, in the order of their ids; all of them without a number."""
    by_chance = sorted(calls, key=lambda call: hashlib.sha256(f"stress {call.call_id}".encode()).hexdigest())
    return sorted(by_chance[:count], key=lambda call: call.call_id)


async def stress(
    calls: Sequence[Redacted],
    swaps: Sequence[Swap],
    grading: Grading,
    *,
    repeats: int = 1,
    width: int = 1,
    begin: Callable[[str], None] = lambda _: None,
    done: Callable[[], None] = lambda: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Stressed:
    """Grade every call as it is, `repeats` times, and once under every swap; `width` gradings in hand at a time.

    Each grading is one sample, whatever `grading` repeats.  `begin` is told, in the task that asks, whose call the
    questions to come are about; `done` is told after every call.  Once `stopped` says so no further call is begun.
    Raises EngineDown.
    """
    bench = _Bench(replace(grading, repeats=1), asyncio.Semaphore(max(1, width)), begin)
    pairs: list[Pair] = []
    unchanged: dict[str, int] = {}
    count = 0
    # A few calls at a time: a store may hold more than could be in hand at once.
    for start in range(0, len(calls), max(1, width)):
        if stopped():
            break
        some = calls[start : start + max(1, width)]
        for found in await _all([bench.pairs_of(call, swaps, repeats) for call in some]):
            pairs += found.pairs
            count += 1
            done()
            for name in found.unchanged:
                unchanged[name] = unchanged.get(name, 0) + 1
    return Stressed(count, tuple(pairs), unchanged)


@dataclass(frozen=True)
class _OfCall:
    pairs: list[Pair]
    unchanged: list[str]


class _Bench:
    """Grades single calls, so many at a time."""

    def __init__(self, grading: Grading, room: asyncio.Semaphore, begin: Callable[[str], None]) -> None:
        self._grading = grading
        self._room = room
        self._begin = begin

    async def pairs_of(self, call: Redacted, swaps: Sequence[Swap], repeats: int) -> _OfCall:
        swapped = [(swap, swap.make(call)) for swap in swaps]
        changed = [(swap, other) for swap, other in swapped if other != call]
        first, *rest = await _all(
            [
                *(self._verdicts(call, sample) for sample in range(max(1, repeats))),
                *(self._verdicts(other, 0) for _, other in changed),
            ]
        )
        again, others = rest[: max(0, repeats - 1)], rest[max(0, repeats - 1) :]
        pairs = [Pair(call.call_id, REPEATED, "", one, other) for one, other in combinations((first, *again), 2)]
        named: list[tuple[str, Verdicts]] = []
        for (swap, _), verdicts in zip(changed, others, strict=True):
            pairs.append(Pair(call.call_id, swap.family, swap.variant, first, verdicts, swap.asks))
            if swap.family == NAMES_SWAP:
                named.append((swap.variant, verdicts))
        pairs += [
            Pair(call.call_id, BETWEEN_NAMES, f"{one}/{other}", of_one, of_other)
            for (one, of_one), (other, of_other) in combinations(named, 2)
        ]
        return _OfCall(pairs, [swap.name for swap, other in swapped if other == call])

    async def _verdicts(self, call: Redacted, sample: int) -> Verdicts:
        """The verdict on every check of one grading.  Sample 0 is asked as a batch asks it."""
        async with self._room:
            self._begin(call.call_id)
            asking = self._grading.asking
            asked = replace(self._grading, asking=replace(asking, parameters=replace(asking, sample=sample).settled()))
            critique = await grade_call(call, "", asked)
        return {finding.check_id: finding.verdict for finding in critique.findings}


async def _all(work: Sequence[Awaitable[T]]) -> list[T]:
    """The results of all; where one fails, its error once the others have ended."""
    ended = await asyncio.gather(*work, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    return [one for one in ended if not isinstance(one, BaseException)]
