"""Which items are asked: due ones, this week's own moments, the focus, the rest; the same on the same day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from quiz_made import BANK, NOW, item_of

from coach.practice.quiz import HANDFUL, Answered, choose, is_due, progress
from coach.practice.quiz_items import QuizItem
from coach.practice.spacing import after_answer

OWN = [
    item_of(id=f"call:c-{call}:T0{call}:{check}", checks=(check,), call_id=f"c-{call}")
    for call in (1, 2, 3)
    for check in ("ACK1", "APO2", "CLO2")
]
FRESH = {item.id for item in OWN}


def asked(answered: Sequence[Answered] = (), items: Sequence[QuizItem] = BANK.items, **changes: Any) -> list[QuizItem]:
    """Eight items for ann today, unless it is said otherwise."""
    return choose(items, answered, **{"agent": "ann", "now": NOW, "count": 8, **changes})


def answer(item: QuizItem, *, right: bool, days_ago: float = 0) -> Answered:
    """A first answer some days ago."""
    return Answered(item.id, right, after_answer("", right=right, at=NOW - timedelta(days=days_ago)).memory)


def test_the_same_agent_is_asked_the_same_on_the_same_day() -> None:
    """Whenever it is asked; another day or another agent brings others."""
    assert asked() == asked(now=NOW + timedelta(hours=5))
    assert asked() != asked(now=NOW + timedelta(days=1))
    assert asked() != asked(agent="bob")


def test_nothing_is_asked_twice() -> None:
    """As many as wanted, each once, and never more than there are."""
    assert len({item.id for item in asked(count=30)}) == 30
    assert len(asked(count=50, items=BANK.items[:5])) == 5


def test_due_items_come_first_the_longest_due_of_all() -> None:
    """Then what is new."""
    first, second = BANK.items[40], BANK.items[3]
    answered = [answer(second, right=True, days_ago=3), answer(first, right=True, days_ago=30)]
    assert asked(answered)[:2] == [first, second]


def test_a_missed_item_is_asked_in_the_next_session() -> None:
    """On the same day, before anything new."""
    missed = asked()[5]
    assert asked([answer(missed, right=False)])[0] == missed


def test_an_item_answered_right_stays_away_until_it_is_due() -> None:
    """Not today, but in three days."""
    known = asked()[0]
    answered = [answer(known, right=True)]
    assert known not in asked(answered)
    assert asked(answered, now=NOW + timedelta(days=3))[0] == known


def test_the_last_answer_to_an_item_decides() -> None:
    """Missed, then known: it is not due."""
    item = BANK.items[0]
    assert item not in asked([answer(item, right=False, days_ago=1), answer(item, right=True)])


def test_a_day_begins_in_the_morning_of_the_teams_zone() -> None:
    """What is due in the evening is asked in the morning; what is due tomorrow is not."""
    morning = NOW.astimezone(ZoneInfo("Pacific/Auckland"))
    assert is_due(NOW + timedelta(minutes=30), morning)
    assert not is_due(NOW + timedelta(hours=10), morning)
    assert is_due(NOW - timedelta(days=400), morning)


def test_this_weeks_own_moments_come_before_the_bank_a_handful_of_them() -> None:
    """From different calls and about different checks."""
    chosen = asked(items=[*BANK.items, *OWN], fresh=FRESH)
    own = [item for item in chosen if item.call_id]
    assert chosen[:HANDFUL] == own
    assert {item.checks for item in own[:3]} == {("ACK1",), ("APO2",), ("CLO2",)}
    assert {item.call_id for item in own[:3]} == {"c-1", "c-2", "c-3"}


def test_the_focus_check_comes_first_among_own_moments_and_in_the_bank() -> None:
    """One own moment about it, then others; of the bank all about it before the rest."""
    assert asked(items=OWN, fresh=FRESH, focus="CLO2")[0].checks == ("CLO2",)
    about = [item for item in BANK.items if "RES5" in item.checks]
    assert {item.id for item in asked(focus="RES5", count=len(about))} == {item.id for item in about}


def test_moments_of_earlier_weeks_are_asked_only_where_they_were_before() -> None:
    """A missed one comes back, the others are past."""
    chosen = asked([answer(OWN[0], right=False)], items=OWN)
    assert chosen == [OWN[0]]


def test_an_item_that_is_gone_is_not_asked() -> None:
    """Its call was purged, or the trainer removed it."""
    assert asked([answer(OWN[0], right=False)], items=[]) == []


def test_when_all_is_known_the_next_due_is_asked() -> None:
    """Whoever wants to practise today can."""
    items = BANK.items[:3]
    answered = [answer(item, right=True, days_ago=n) for n, item in enumerate(items)]
    now = NOW - timedelta(days=1)
    assert asked(answered, items=items, now=now, count=1) == [items[2]]


def test_progress_counts_what_was_seen_is_right_and_is_due() -> None:
    """By kind and over all; an answer to an item that is gone is only an answer."""
    better, order = (next(i for i in BANK.items if i.kind == kind) for kind in ("better_line", "order"))
    answered = [answer(better, right=False, days_ago=1), answer(better, right=True), answer(order, right=False)]
    found = progress(BANK.items, [*answered, answer(OWN[0], right=True)], NOW)
    assert found.answers == 4
    assert (found.whole.items, found.whole.seen, found.whole.right, found.whole.due) == (len(BANK.items), 2, 1, 1)
    assert (found.kinds["order"].seen, found.kinds["order"].right, found.kinds["order"].due) == (1, 0, 1)
    assert found.kinds["missing"].seen == 0
