"""Erasing, down to the bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from store_samples import MONDAY, WEEK, make_call, make_critique, make_reply, make_session

from coach.calls.transcript import Redacted, Refused
from coach.errors import StoreBusy
from coach.store import Focus, Purged, QuizRow, Scope, Store, open_store

ALL = Scope.everyone()
CANARY = "xylophone-canary"


def leave_traces(store: Store, call_id: str, agent: str, text: str, hours: int = 0) -> None:
    """Keep everything that can hang on a call, each part holding `text`, in two versions, long and short."""
    for version in (text + " old", text + " word" * 4000, text):
        call = make_call(call_id, agent=agent, text=version, hours=hours)
        store.keep_call(call, WEEK, f"{text}.txt")
        store.keep_critique(make_critique(call, note=text))
        store.enqueue(call_id, "random", {"quote": version})
    store.link_replies(call_id, [f"{call_id}-1", f"{call_id}-2"])
    store.ledger().keep_many([make_reply(f"{call_id}-1", text=text * 2000), make_reply(f"{call_id}-2", text=text)])
    store.keep_focus(Focus(agent, "deliveries", WEEK, "p1", "live", "CALM1", 0.5, 4, WEEK))
    store.begin_session(make_session(call_id, agent=agent, text=text))
    store.keep_answer(QuizRow(agent, text, True, MONDAY, text), team="", call_id=call_id)
    store.share(call_id, text, "T01", named=False)
    run = store.start_run(week=WEEK, engine="live", model="m", playbook="p1", zone="UTC")
    store.keep_refusals(run, [Refused(source=f"{text}.txt", call_id=call_id, reason=text)])


def files_with(path: Path, text: str) -> list[str]:
    """The files of the store that hold these bytes."""
    return [file.name for file in path.parent.iterdir() if text.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    "named", [{"call_id": "c-1"}, {"agent": "maya"}, {"before": MONDAY + timedelta(hours=1)}, {"everything": True}]
)
def test_no_byte_of_a_purged_call_remains(store: Store, path: Path, named: dict[str, Any]) -> None:
    """Neither in the database nor in its log, while the store is open and after."""
    leave_traces(store, "c-1", "maya", CANARY)
    leave_traces(store, "c-2", "omar", "other-words", hours=2)
    assert files_with(path, CANARY)
    if "before" in named:
        # A run that began before the moment; its refusals go with it.
        raw = sqlite3.connect(path)
        with raw:
            raw.execute("UPDATE runs SET started_at = '2026-11-01 00:00:00.000000' WHERE id = 1")
        raw.close()
    purged = store.purge(**named)
    assert purged.calls in (3, 6)
    assert files_with(path, CANARY) == []


def test_what_was_not_named_stays(store: Store) -> None:
    """Another agent's call keeps its critique, queue item, focus, reply and refusal."""
    leave_traces(store, "c-1", "maya", CANARY)
    leave_traces(store, "c-2", "omar", "other-words", hours=2)
    assert store.purge(agent="maya") == Purged(
        calls=3, critiques=3, reviews=3, focuses=1, replies=2, refusals=1, practice=3
    )
    assert store.agents(ALL) == ["omar"]
    assert len(list(store.critiques(ALL))) == len(store.focuses(ALL)) == len(store.refusals(ALL)) == 1
    assert len(store.queue(ALL)) == 3
    assert store.ledger().find("c-2-1") is not None
    assert store.ledger().find("c-1-1") is None


def test_everything_is_everything(store: Store) -> None:
    """Nothing is left to read, and the store can be used on."""
    leave_traces(store, "c-1", "maya", CANARY)
    store.purge(everything=True)
    assert (store.agents(ALL), store.queue(ALL), store.focuses(ALL), store.runs(ALL)) == ([], [], [], [])
    leave_traces(store, "c-1", "maya", CANARY)
    assert store.agents(ALL) == ["maya"]


def test_numbers_of_purged_items_are_not_given_again(store: Store, keep: Callable[..., Redacted]) -> None:
    """A printed number never comes to mean another item."""
    keep()
    first = store.enqueue("c-1", "random", {})
    store.purge(everything=True)
    keep()
    assert store.enqueue("c-1", "random", {}) > first


def test_replies_of_no_call_are_purged_too(store: Store, keep: Callable[..., Redacted]) -> None:
    """Nobody can say whose words they hold; a reply that two calls share goes with the first."""
    keep("c-1")
    keep("c-2", text="Another call.")
    store.link_replies("c-1", ["shared"])
    store.link_replies("c-2", ["shared", "own"])
    store.ledger().keep_many([make_reply("shared"), make_reply("own"), make_reply("stray")])
    assert store.purge(call_id="c-1").replies == 2
    assert [store.ledger().find(key) is not None for key in ("shared", "own", "stray")] == [False, True, False]


def test_an_older_version_never_comes_back(store: Store) -> None:
    """Where the newest version goes the older ones go too, also those of another agent."""
    store.keep_call(make_call(agent="omar"), WEEK, "x")
    store.keep_call(make_call(agent="maya"), WEEK, "x")
    assert store.purge(agent="maya").calls == 2
    assert store.call(ALL, "c-1") is None


def test_a_call_that_is_anothers_now_loses_its_old_version_alone(store: Store) -> None:
    """Erasing the agent whose call it was leaves the call to the agent whose it is."""
    store.keep_call(make_call(agent="maya"), WEEK, "x")
    store.keep_call(make_call(agent="omar"), WEEK, "x")
    assert store.purge(agent="maya").calls == 1
    found = store.call(ALL, "c-1")
    assert found is not None
    assert found.agent == "omar"


def test_before_leaves_what_began_then_or_later(store: Store) -> None:
    """The moment itself is not before."""
    for number in range(3):
        store.keep_call(make_call(f"c-{number}", hours=number), WEEK, "x")
    store.purge(before=MONDAY + timedelta(hours=1))
    assert [call.call_id for call in store.calls(ALL)] == ["c-1", "c-2"]


def test_an_agents_focus_goes_even_without_a_call(store: Store) -> None:
    """What is known of an agent goes with the agent."""
    store.keep_focus(Focus("maya", "deliveries", WEEK, "p1", "live", "CALM1", 0.5, 4, WEEK))
    assert store.purge(agent="maya").focuses == 1
    assert store.focuses(ALL) == []


@pytest.mark.parametrize("named", [{}, {"call_id": "c-1", "agent": "maya"}, {"agent": "maya", "everything": True}])
def test_exactly_one_thing_is_named(store: Store, named: dict[str, Any]) -> None:
    """Nothing, or two things, is a programming error, and erases nothing."""
    with pytest.raises(ValueError, match="exactly one"):
        store.purge(**named)


def test_a_purge_waits_for_no_batch(store: Store, path: Path) -> None:
    """A batch in flight could write a purged call's replies anew."""
    with open_store(path) as other, other.hold_batch(), pytest.raises(StoreBusy, match="another batch"):
        store.purge(everything=True)


def test_a_reader_of_an_old_state_is_reported(store: Store, path: Path) -> None:
    """While another process reads an old state the files are not clean, and it says so; afterwards they are."""
    leave_traces(store, "c-1", "maya", CANARY)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM calls").fetchone()
    with pytest.raises(StoreBusy):
        store.purge(everything=True)
    assert store.agents(ALL) == []
    reader.close()
    store.purge(everything=True)
    assert files_with(path, CANARY) == []


def test_a_moment_without_an_offset_erases_nothing(store: Store, keep: Callable[..., Redacted]) -> None:
    """It could mean any hour of the day."""
    keep()
    with pytest.raises(ValueError, match="without an offset"):
        store.purge(before=datetime(2027, 1, 1, tzinfo=UTC).replace(tzinfo=None))
    assert store.agents(ALL) == ["maya"]
