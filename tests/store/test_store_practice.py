"""Practice sessions, quiz answers and shared moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from store_samples import MONDAY, make_session

from coach.calls.transcript import Redacted
from coach.errors import NotFound, StoreBusy
from coach.store import QuizRow, Scope, Store

ALL = Scope.everyone()


def test_a_session_is_found_as_it_was_last_saved(store: Store) -> None:
    """Saving replaces the session and its state; who plays it and since when stays."""
    number = store.begin_session(make_session())
    assert store.save_session(number, b"later", before=b"hello", state="done", result="strong")
    found = store.session(Scope.of_agent("maya"), number)
    assert found is not None
    assert (found.session, found.state, found.result, found.started_at) == (b"later", "done", "strong", MONDAY)


def test_sessions_are_narrowed_by_agent_state_and_check(store: Store) -> None:
    """What can be resumed is what is open."""
    first, second = store.begin_session(make_session()), store.begin_session(make_session(agent="omar"))
    store.save_session(first, b"x", before=b"hello", state="done")
    assert [s.id for s in store.sessions(ALL)] == [first, second]
    assert [s.id for s in store.sessions(ALL, state="open", agent="omar", check_id="CALM1")] == [second]
    assert store.sessions(ALL, agent="maya", state="open") == []


def test_a_session_needs_its_call(store: Store) -> None:
    """A scene from a call that is not there is not begun."""
    with pytest.raises(NotFound, match="c-9"):
        store.begin_session(make_session("c-9"))


def test_a_session_of_an_erased_call_is_not_written_again(store: Store, keep: Callable[..., Redacted]) -> None:
    """Saving says so, and brings nothing back."""
    keep()
    number = store.begin_session(make_session("c-1"))
    assert store.purge(call_id="c-1").practice == 1
    assert store.save_session(number, b"the customer's words", before=b"hello") is False
    assert store.sessions(ALL) == []


def test_what_somebody_else_went_on_with_is_not_written_over(store: Store) -> None:
    """Two who play one session: the second to write is told, and nothing of the first is lost."""
    number = store.begin_session(make_session())
    assert store.save_session(number, b"first", before=b"hello", state="done", result="steady")
    with pytest.raises(StoreBusy, match="gone on with elsewhere"):
        store.save_session(number, b"second", before=b"hello")
    found = store.session(ALL, number)
    assert found is not None
    assert (found.session, found.state, found.result) == (b"first", "done", "steady")


def test_a_session_number_is_never_given_twice(store: Store, keep: Callable[..., Redacted]) -> None:
    """A printed number must not come to mean another session."""
    keep()
    number = store.begin_session(make_session("c-1"))
    store.purge(call_id="c-1")
    assert store.begin_session(make_session()) > number


def test_answers_come_in_the_order_they_were_given(store: Store) -> None:
    """The last one of an item carries where its memory stands."""
    for minutes, correct in ((0, False), (5, True)):
        row = QuizRow("maya", "calm-1", correct, MONDAY + timedelta(minutes=minutes), f"{{{minutes}}}")
        store.keep_answer(row, team="deliveries")
    assert [(a.correct, a.memory) for a in store.answers(ALL, agent="maya")] == [(False, "{0}"), (True, "{5}")]
    assert store.answers(ALL, agent="omar") == []


def test_a_moment_is_shared_once(store: Store, keep: Callable[..., Redacted]) -> None:
    """Sharing again changes whether the name is shown; taking it back removes it."""
    keep()
    number = store.share("c-1", "ACK1", "T02", named=False)
    assert store.share("c-1", "ACK1", "T02", named=True) == number
    (found,) = store.exemplars(ALL, check_id="ACK1")
    assert (found.agent, found.team, found.named) == ("maya", "deliveries", True)
    store.unshare(number)
    assert store.exemplars(ALL) == []


def test_what_was_not_shared_cannot_be_taken_back(store: Store) -> None:
    """The line says where the numbers stand."""
    with pytest.raises(NotFound, match="exemplars"):
        store.unshare(7)
