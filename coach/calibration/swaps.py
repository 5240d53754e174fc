"""The swaps that a fair grade does not move with: names, ways of speaking, slips of writing, orders to the grader.

A swap makes another call of a redacted call: the same turns by the same speakers at the same times, and what was said
and done in them is the same.  It is pure, and the same call is always swapped in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from coach.calibration.swap_dialect import northern, second_language, southern
from coach.calibration.swap_names import NAME_SETS, with_names
from coach.calibration.swap_noise import machine_heard, typos
from coach.calibration.swap_orders import ORDERS, Asks, with_order
from coach.calls.transcript import Redacted, RedactedTurn, Speaker
from coach.errors import BadSettings

NAMES_SWAP = "names"
ORDERS_SWAP = "orders"
REWORDED = "reworded"


@dataclass(frozen=True)
class Swap:
    """One way of swapping.  `family` is what it is reported under, `variant` which of its kind it is, or "".

    `make` gives the swapped call, or an equal one where there is nothing to swap.  `asks` is the verdict that an order
    asks for.
    """

    family: str
    variant: str
    make: Callable[[Redacted], Redacted]
    asks: Asks | None = None

    @property
    def name(self) -> str:
        """`names:polish`; the family alone where there is one kind of it."""
        return f"{self.family}:{self.variant}" if self.variant else self.family


def _orders() -> Iterator[Swap]:
    for name, order in ORDERS.items():
        for speaker in (Speaker.CUSTOMER, Speaker.AGENT):
            make = partial(with_order, name=name, speaker=speaker)
            yield Swap(ORDERS_SWAP, f"{name}-{speaker.value}", make, order.asks)


SWAPS: tuple[Swap, ...] = (
    *(Swap(NAMES_SWAP, origin, partial(with_names, origin=origin)) for origin in NAME_SETS),
    Swap("dialect", "northern", northern),
    Swap("dialect", "southern", southern),
    Swap("second_language", "", second_language),
    Swap("typos", "", typos),
    Swap("asr", "", machine_heard),
    *_orders(),
)
"""Every swap that needs no model."""

FAMILIES = (*dict.fromkeys(swap.family for swap in SWAPS), REWORDED)


def reworded_swap(texts: Mapping[str, Mapping[str, str]]) -> Swap:
    """The swap that says a call in other words: `texts` holds, by call id, the text of each turn by its id."""

    def make(call: Redacted) -> Redacted:
        said = texts.get(call.call_id, {})
        turns = tuple(turn.model_copy(update={"text": said.get(turn.id, turn.text)}) for turn in call.turns)
        return call.model_copy(update={"turns": turns})

    return Swap(REWORDED, "", make)


def chosen_swaps(names: Sequence[str], swaps: Iterable[Swap] = SWAPS) -> list[Swap]:
    """The swaps of these names (`names`, or `names:polish` for one of a kind), in their own order; all without names.

    Raises BadSettings for a name that is none.
    """
    known = list(swaps)
    for name in names:
        if name not in FAMILIES and name not in {swap.name for swap in known}:
            raise BadSettings(
                f"there is no swap {name!r}", f"choose among: {', '.join(FAMILIES)}, or one such as names:polish"
            )
    return [swap for swap in known if not names or swap.family in names or swap.name in names]


def changed_turns(call: Redacted, swapped: Redacted) -> list[tuple[RedactedTurn, RedactedTurn]]:
    """The turns that a swap changed, before and after."""
    return [(old, new) for old, new in zip(call.turns, swapped.turns, strict=True) if old.text != new.text]
