"""Calls: kept once, versioned when they change, read newest first by nothing but the newest version."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from store_samples import WEEK, make_call

from coach.calls.transcript import Redacted
from coach.errors import StoreError
from coach.store import Kept, Scope, Store, WeekCount, matter

ALL = Scope.everyone()


def test_a_call_comes_back_as_it_was_kept(store: Store) -> None:
    """Nothing of a redacted call is lost, and its digest is the same."""
    call = make_call(text="Naïve “quotes” – and 😀")
    assert store.keep_call(call, WEEK, "c-1.txt") is Kept.NEW
    assert store.call(ALL, "c-1") == call
    assert store.call(ALL, "c-1").digest() == call.digest()  # type: ignore[union-attr]


def test_the_same_call_is_kept_once(store: Store) -> None:
    """An equal digest adds nothing, whatever file it comes from."""
    store.keep_call(make_call(), WEEK, "a.txt")
    assert store.keep_call(make_call().model_copy(update={"masked": {"name": 2}}), WEEK, "b.txt") is Kept.SAME
    assert len(list(store.calls(ALL))) == 1


def test_a_changed_call_is_a_new_version(store: Store) -> None:
    """Reads give the newest version, also after a change back."""
    old, new = make_call(), make_call(text="It came broken.")
    assert [store.keep_call(call, WEEK, "x") for call in (old, new, old)] == [Kept.NEW, Kept.CHANGED, Kept.CHANGED]
    assert list(store.calls(ALL)) == [old]
    assert store.call(ALL, "c-1") == old


def test_another_time_zone_moves_a_call_to_its_week(store: Store) -> None:
    """The same call under another week is the same call, in the week given last."""
    store.keep_call(make_call(), "2026-W46", "x")
    store.enqueue("c-1", "random", {})
    assert store.keep_call(make_call(), WEEK, "x") is Kept.SAME
    assert store.weeks(ALL) == [WEEK]
    assert [item.week for item in store.queue(ALL)] == [WEEK]


def test_calls_stream_in_the_order_they_began(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order holds across the pieces in which a stream is read, and across offsets from UTC."""
    monkeypatch.setattr(matter, "CHUNK", 2)
    for number, hours in enumerate([5, 1, 4, 2, 3]):
        store.keep_call(make_call(f"c-{number}", hours=hours), WEEK, "x")
    early = make_call("c-early").model_copy(
        update={"started_at": datetime(2026, 11, 16, 19, 0, tzinfo=timezone(timedelta(hours=10)))}
    )
    store.keep_call(early, WEEK, "x")
    assert [call.call_id for call in store.calls(ALL)] == ["c-early", "c-1", "c-3", "c-4", "c-2", "c-0"]


def test_a_stream_lets_its_reader_write(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing between two rows neither blocks nor adds to the stream; what was removed is left out."""
    monkeypatch.setattr(matter, "CHUNK", 1)
    for number in range(3):
        store.keep_call(make_call(f"c-{number}", hours=number), WEEK, "x")
    stream = store.calls(ALL)
    first = next(stream)
    store.keep_call(make_call("c-9", hours=9), WEEK, "x")
    store.purge(call_id="c-1")
    assert [first.call_id, *(call.call_id for call in stream)] == ["c-0", "c-2"]


def test_weeks_and_agent_narrow_the_calls(store: Store, keep: Callable[..., Redacted]) -> None:
    """Weeks and agent rule out the rest; no weeks at all rule out everything."""
    keep("c-1", week="2026-W46")
    keep("c-2")
    keep("c-3", agent="omar")
    assert [call.call_id for call in store.calls(ALL, weeks=[WEEK], agent="maya")] == ["c-2"]
    assert list(store.calls(ALL, weeks=[])) == []


def test_agents_teams_and_weeks_are_sorted(store: Store, keep: Callable[..., Redacted]) -> None:
    """Each is listed once; a call without a team names none."""
    keep("c-1", agent="zoe", team="", week="2026-W46")
    keep("c-2", agent="maya", team="deliveries")
    keep("c-3", agent="maya", team="billing")
    assert store.agents(ALL) == ["maya", "zoe"]
    assert store.teams(ALL) == ["billing", "deliveries"]
    assert store.weeks(ALL) == ["2026-W46", WEEK]
    assert store.weeks(ALL, agent="maya") == [WEEK]


def test_counts_say_what_a_week_holds(store: Store, keep: Callable[..., Redacted]) -> None:
    """Newest versions, graded ones among them, and how many agents."""
    keep("c-1", week="2026-W46")
    keep("c-2")
    keep("c-3", agent="omar")
    store.keep_call(make_call("c-3", agent="omar", text="Changed."), WEEK, "x")
    assert store.counts(ALL) == [WeekCount("2026-W46", 1, 1, 1), WeekCount(WEEK, 2, 1, 2)]
    assert store.counts(ALL, agent="omar") == [WeekCount(WEEK, 1, 0, 1)]


def test_a_call_nobody_kept_is_none(store: Store) -> None:
    """An unknown id gives None."""
    assert store.call(ALL, "c-404") is None


def test_a_call_that_cannot_be_read_names_itself_and_not_its_words(store: Store, path: Path) -> None:
    """A damaged row is an error in one line without the call's text."""
    store.keep_call(make_call(), WEEK, "x")
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE calls SET redacted = ?", (b'{"secret words": 1}',))
    raw.close()
    with pytest.raises(StoreError, match="call c-1 in the store cannot be read") as caught:
        store.call(ALL, "c-1")
    assert "secret" not in str(caught.value)


def test_a_source_name_of_undecodable_bytes_is_kept(store: Store) -> None:
    """A file name that is no text does not stop its call."""
    assert store.keep_call(make_call(), WEEK, "caf\udce9\0.txt") is Kept.NEW
