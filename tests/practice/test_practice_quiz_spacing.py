"""When an item comes back: soon where it was missed, later and later where it was known."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from quiz_made import NOW

from coach.practice.spacing import after_answer, due_at


def test_a_missed_item_is_due_again_the_same_day() -> None:
    """Minutes later, whether it was new or known."""
    known = after_answer("", right=True, at=NOW).memory
    later = NOW + timedelta(days=2)
    assert after_answer("", right=False, at=NOW).due - NOW < timedelta(hours=1)
    assert after_answer(known, right=False, at=later).due - later < timedelta(hours=1)


def test_a_right_answer_puts_an_item_off_further_each_time() -> None:
    """Days, then more days, then weeks."""
    memory, gaps, at = "", [], NOW
    for _ in range(4):
        memory, due = after_answer(memory, right=True, at=at)
        gaps.append(due - at)
        at = due
    assert gaps[0] >= timedelta(days=1)
    assert gaps == sorted(gaps)
    assert gaps[3] > 3 * gaps[0]


def test_right_at_the_second_try_keeps_an_item_close() -> None:
    """What was read a minute ago is not yet known."""
    missed = after_answer("", right=False, at=NOW).memory
    again = after_answer(missed, right=True, hesitant=True, at=NOW + timedelta(minutes=3))
    assert again.due - NOW < timedelta(days=1)


def test_the_same_history_gives_the_same_dates() -> None:
    """Nothing is drawn by lot, and no clock is read."""
    first, second = (after_answer(after_answer("", right=True, at=NOW).memory, right=True, at=NOW) for _ in range(2))
    assert first == second
    assert due_at(first.memory) == first.due


def test_a_moment_counts_whatever_its_time_zone() -> None:
    """The same moment said in another offset."""
    there = NOW.astimezone(timezone(timedelta(hours=-8)))
    assert after_answer("", right=True, at=there) == after_answer("", right=True, at=NOW)


def test_what_was_never_answered_is_not_due() -> None:
    """No memory, no date."""
    assert due_at("") is None


def test_a_memory_that_no_longer_reads_starts_anew() -> None:
    """An agent loses a date, not the session."""
    for broken in ("{", "[]", '{"card_id": 1}'):
        assert due_at(broken) is None
        assert after_answer(broken, right=True, at=NOW) == after_answer("", right=True, at=NOW)


def test_nothing_is_put_off_for_more_than_four_months() -> None:
    """What was learnt once is asked now and then."""
    memory, at = "", NOW
    for _ in range(12):
        memory, due = after_answer(memory, right=True, at=at)
        assert due - at <= timedelta(days=120)
        at = due
    assert isinstance(due_at(memory), datetime)
