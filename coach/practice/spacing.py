"""When a quiz item comes back: spaced repetition with FSRS, from an answer and a moment to the next one.

An item's memory is a line of JSON that the caller keeps and hands back.  Nothing here knows items or looks at a clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from fsrs import Card, Rating, Scheduler

SOON = timedelta(minutes=10)  # a missed item is due again the same day
LONGEST = 120  # days: what was learnt once is asked at least so often


class Spaced(NamedTuple):
    """An item's memory after an answer, and when it is due again (in UTC)."""

    memory: str
    due: datetime


def after_answer(memory: str, *, right: bool, at: datetime, hesitant: bool = False) -> Spaced:
    """What an answer at a moment (which carries its offset) makes of an item's memory; "" for the first answer.

    `hesitant` is right only at a second try: the item then stays close.  The same history always gives the same dates.
    """
    moment = at.astimezone(UTC)
    rating = Rating.Again if not right else Rating.Hard if hesitant else Rating.Good
    # An id of our own: without one, the package waits for the clock to tick.
    card = _card(memory) or Card(card_id=0, due=moment)
    after, _ = _scheduler().review_card(card, rating, moment)
    return Spaced(after.to_json(), after.due)


def due_at(memory: str) -> datetime | None:
    """When an item of this memory is due (in UTC); None for one that was never answered."""
    card = _card(memory)
    return None if card is None else card.due


@lru_cache(maxsize=1)
def _scheduler() -> Scheduler:
    return Scheduler(learning_steps=(SOON,), relearning_steps=(SOON,), maximum_interval=LONGEST, enable_fuzzing=False)


def _card(memory: str) -> Card | None:
    """The memory as the package knows it; None for an empty one, and for one that no longer reads: it starts anew."""
    try:
        return Card.from_json(memory) if memory else None
    except (ValueError, KeyError, TypeError):
        return None
