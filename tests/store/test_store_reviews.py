"""The review queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from store_samples import WEEK, make_call

from coach.calls.transcript import Redacted
from coach.errors import NotFound, StoreError
from coach.store import ReviewState, Scope, Store

ALL = Scope.everyone()


@pytest.fixture
def item(store: Store, keep: Callable[..., Redacted]) -> int:
    """One open item."""
    keep()
    return store.enqueue("c-1", "critical_flag", {"flag": "insult", "quote": "“no”"})


def test_an_item_carries_its_call_and_its_detail(store: Store, item: int) -> None:
    """Agent, team and week are the call's own."""
    (found,) = store.queue(ALL)
    assert (found.id, found.agent, found.team, found.week) == (item, "maya", "deliveries", WEEK)
    assert found.detail == {"flag": "insult", "quote": "“no”"}
    assert (found.state, found.decided_by, found.decided_at) == (ReviewState.OPEN, "", None)
    assert store.review(ALL, item) == found


def test_the_same_content_is_queued_once(store: Store, item: int) -> None:
    """Grading again queues nothing twice; another kind or detail is another item."""
    assert store.enqueue("c-1", "critical_flag", {"quote": "“no”", "flag": "insult"}) == item
    assert store.enqueue("c-1", "random", {"quote": "“no”", "flag": "insult"}) != item
    assert len(store.queue(ALL)) == 2


def test_a_decided_item_stays_decided(store: Store, item: int) -> None:
    """Queueing it again does not open it, and a second decision does not replace the first."""
    decided = store.decide(item, ReviewState.DISMISSED, by="lead", reason="a joke")
    assert (decided.state, decided.decided_by, decided.reason) == (ReviewState.DISMISSED, "lead", "a joke")
    assert decided.decided_at is not None
    store.enqueue("c-1", "critical_flag", {"flag": "insult", "quote": "“no”"})
    with pytest.raises(StoreError, match="was dismissed by lead already; open it again first"):
        store.decide(item, ReviewState.CONFIRMED, by="other")
    assert store.review(ALL, item) == decided


def test_a_decision_can_be_taken_back(store: Store, item: int) -> None:
    """An item that is opened again may be decided anew."""
    store.decide(item, ReviewState.DISMISSED, by="lead")
    opened = store.decide(item, ReviewState.OPEN, by="lead", reason="wrong item")
    assert (opened.state, opened.decided_by, opened.decided_at) == (ReviewState.OPEN, "", None)
    assert store.decide(item, ReviewState.CONFIRMED, by="lead").state is ReviewState.CONFIRMED


def test_filters_narrow_the_queue(store: Store, item: int, keep: Callable[..., Redacted]) -> None:
    """State, weeks, agent and kind rule out the rest."""
    keep("c-2", agent="omar", week="2026-W46")
    other = store.enqueue("c-2", "random", {})
    store.decide(other, ReviewState.CONFIRMED, by="lead")
    assert [each.id for each in store.queue(ALL)] == [item, other]
    assert [each.id for each in store.queue(ALL, state=ReviewState.OPEN)] == [item]
    assert [each.id for each in store.queue(ALL, weeks=["2026-W46"])] == [other]
    assert [each.id for each in store.queue(ALL, agent="omar")] == [other]
    assert [each.id for each in store.queue(ALL, kind="critical_flag")] == [item]


def test_an_item_follows_its_call_to_another_agent(store: Store, item: int) -> None:
    """When a call turns out to be another agent's, so are its items."""
    store.keep_call(make_call(agent="omar", team="billing"), WEEK, "x")
    assert store.queue(Scope.of_agent("maya")) == []
    assert [each.id for each in store.queue(Scope.of_agent("omar"))] == [item]
    assert store.review(Scope.of_agent("maya"), item) is None


def test_what_is_not_there_is_not_found(store: Store, keep: Callable[..., Redacted]) -> None:
    """Neither calls nor items are made up."""
    with pytest.raises(NotFound, match="c-9"):
        store.enqueue("c-9", "random", {})
    with pytest.raises(NotFound, match="review item 9"):
        store.decide(9, ReviewState.CONFIRMED, by="lead")
    assert store.review(ALL, 9) is None


def test_a_detail_that_is_no_json_is_refused(store: Store, keep: Callable[..., Redacted]) -> None:
    """Not-a-number and objects are programming errors, and nothing is queued."""
    keep()
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.enqueue("c-1", "random", {"confidence": float("nan")})
    with pytest.raises(TypeError, match="not JSON serializable"):
        store.enqueue("c-1", "random", {"quote": object()})
    assert store.queue(ALL) == []
