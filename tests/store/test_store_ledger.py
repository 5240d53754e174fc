"""The ledger: a reply that was paid for is never paid for again."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event
from store_samples import WEEK, make_call, make_reply

from coach.engines.exchange import Ledger
from coach.errors import StoreError
from coach.store import Store, open_store, reserve


def test_a_reply_comes_back_byte_for_byte(store: Store) -> None:
    """Text, raw bytes, refusal and counts are as they came, NUL and lone surrogates included."""
    ledger: Ledger = store.ledger()
    reply = replace(make_reply(text="a\0b \ud800 é"), raw=b"\xff\0\x01", refusal="no \udfff")
    ledger.keep(reply)
    assert ledger.find("k1") == reply
    assert ledger.find("k2") is None


def test_a_server_may_name_itself_as_it_likes(store: Store) -> None:
    """A model or finish reason that is no proper text is escaped, and the reply is kept."""
    store.ledger().keep(replace(make_reply(), model="m\ud800", finish="st\0p"))
    found = store.ledger().find("k1")
    assert found is not None
    assert (found.model, found.finish) == ("m\\ud800", "st\\x00p")


def test_the_first_reply_to_a_key_stays(store: Store) -> None:
    """A key that is there already stays as it was; the others of its batch are kept."""
    ledger = store.ledger()
    ledger.keep(make_reply(text="first"))
    ledger.keep_many([make_reply(text="second"), make_reply("k2"), make_reply("k2", text="twice")])
    ledger.keep_many([])
    assert [ledger.find(key).text for key in ("k1", "k2")] == ["first", '{"stage_id": "calm"}']  # type: ignore[union-attr]


def test_threads_keep_side_by_side(store: Store) -> None:
    """Replies kept from several threads at once are all there."""
    ledger = store.ledger()
    threads = [Thread(target=ledger.keep, args=(make_reply(f"k{number}"),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(ledger.find(f"k{number}") for number in range(8))


KILLED = """
import os, signal, sys
from coach.engines.exchange import Reply
from coach.store import open_store
with open_store(sys.argv[1]) as store:
    store.ledger().keep(Reply(key="k1", text="paid", raw=b"paid", engine="live", model="m"))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kept_reply_survives_kill_9(path: Path) -> None:
    """A process killed right after `keep` returned leaves its reply behind."""
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    with open_store(path) as store:
        found = store.ledger().find("k1")
    assert found is not None
    assert found.text == "paid"


@pytest.fixture
def full(store: Store) -> Iterator[Callable[..., None]]:
    """A disk that can be declared full: no page more than now fits, until the reserve is given back or for good."""
    engine: Any = store._database._engine
    aside = store._database.beside("reserve")
    state = {"pages": 1_000_000, "relieved": 1_000_000}

    def limit(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {state['pages' if aside.exists() else 'relieved']}")

    def declare(*, for_good: bool = False) -> None:
        with store._database.reading() as connection:
            state["pages"] = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        if for_good:
            state["relieved"] = state["pages"]

    event.listen(engine, "checkout", limit)
    yield declare
    event.remove(engine, "checkout", limit)


def test_a_full_disk_loses_no_paid_reply(store: Store, full: Callable[..., None]) -> None:
    """The reserve makes room: replies in flight are committed, and each says that the disk is full."""
    ledger = store.ledger()
    full()
    for key in ("k1", "k2"):
        with pytest.raises(StoreError, match=r"is full; free some space"):
            ledger.keep(make_reply(key, text="x" * 50_000))
    assert not store._database.beside("reserve").exists()
    assert all(ledger.find(key) for key in ("k1", "k2"))


def test_a_disk_full_beyond_the_reserve_is_an_error(store: Store, full: Callable[..., None]) -> None:
    """Where the reserve is not enough the reply is not there; what was there before still is."""
    ledger = store.ledger()
    ledger.keep(make_reply("k0"))
    full(for_good=True)
    for _ in range(2):
        with pytest.raises(StoreError, match="is full"):
            ledger.keep(make_reply(text="x" * 50_000))
    assert ledger.find("k1") is None
    assert ledger.find("k0") is not None


def test_other_writes_leave_the_reserve_to_replies(store: Store, full: Callable[..., None]) -> None:
    """What can be made again without paying does not spend the space put aside."""
    store.ledger()
    full()
    with pytest.raises(StoreError, match="is full"):
        store.keep_call(make_call(text="x" * 50_000), WEEK, "x")
    assert store._database.beside("reserve").exists()


def test_no_room_for_the_reserve_stops_before_anything_is_paid(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger is not handed out on a disk that is full already, and nothing half-written is left."""

    def refuse(_handle: int, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(StoreError, match="is full"):
        store.ledger()
    assert not store._database.beside("reserve").exists()


def test_the_reserve_is_made_once_and_freed_once(tmp_path: Path) -> None:
    """An existing reserve stays; a truncated one is filled again; a second freeing frees nothing."""
    aside = tmp_path / "reserve"
    reserve.ensure_reserve(aside)
    before = aside.read_bytes()
    reserve.ensure_reserve(aside)
    assert aside.read_bytes() == before
    aside.write_bytes(b"short")
    reserve.ensure_reserve(aside)
    assert aside.stat().st_size == reserve.SIZE
    assert reserve.free_reserve(aside)
    assert not reserve.free_reserve(aside)
