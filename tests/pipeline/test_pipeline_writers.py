"""Agents' pages written by several processes: the same files, the same errors, and no process left behind."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from coach.errors import CannotWrite
from coach.pipeline import writers
from coach.pipeline.pages import Pages
from coach.pipeline.writers import Writers, open_writers

MADE = datetime(2026, 11, 22, tzinfo=UTC)


class Note:
    """Stands in for a report: its pages are one file that holds its name."""

    def __init__(self, name: str) -> None:
        self.name = name


class Notes(Pages):
    """Pages of notes."""

    def write_agent(self, told: Any) -> list[Path]:
        if told.name == "bad":
            raise CannotWrite("no room for bad", "make some")
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / told.name
        file.write_text(told.name, encoding="utf-8")
        return [file]


def written(folder: Path, names: list[str], pages: int, processors: int) -> list[str]:
    """Write notes of these names; the names of the files in order."""

    async def write() -> list[str]:
        notes = Notes(folder, "w", MADE)
        async with open_writers(pages, processors) as hands:
            for name in names:
                await hands.write(notes, Note(name))  # type: ignore[arg-type]
            await hands.finish()
        return [file.name for file in hands.written]

    return asyncio.run(write())


NAMES = [f"n{number}" for number in range(9)]


@pytest.mark.parametrize(("pages", "processors"), [(3, 2), (100, 1), (100, 2)])
def test_files_come_in_the_order_they_were_handed_in(tmp_path: Path, pages: int, processors: int) -> None:
    """Here or in two processes: the same files in the same order."""
    assert written(tmp_path, NAMES, pages, processors) == NAMES
    assert sorted(file.name for file in (tmp_path / "w").iterdir()) == NAMES
    assert multiprocessing.active_children() == []


def test_a_page_that_cannot_be_written_is_the_same_error_from_a_process(tmp_path: Path) -> None:
    """What and hint come through, and the processes end."""
    with pytest.raises(CannotWrite, match="no room for bad; make some"):
        written(tmp_path, [*NAMES, "bad"], 100, 2)
    assert multiprocessing.active_children() == []


class Broken:
    """A pool whose processes were ended from outside: at once, or after having taken the work."""

    def __init__(self, at_once: bool) -> None:
        self._at_once = at_once

    def submit(self, *_: object) -> Any:
        from concurrent.futures import Future

        if self._at_once:
            raise BrokenExecutor
        lost: Future[Any] = Future()
        lost.set_exception(BrokenExecutor())
        return lost


@pytest.mark.parametrize("at_once", [True, False])
def test_pages_of_a_process_that_died_are_written_here(tmp_path: Path, at_once: bool) -> None:
    """Nothing is left out."""

    async def write() -> list[str]:
        hands = Writers(Broken(at_once), 1)  # type: ignore[arg-type]
        for name in NAMES:
            await hands.write(Notes(tmp_path, "w", MADE), Note(name))  # type: ignore[arg-type]
        await hands.finish()
        return [file.name for file in hands.written]

    assert asyncio.run(write()) == NAMES


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Give Ctrl-C back after the test."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_process_that_writes_leaves_ctrl_c_to_its_leader_and_ends_with_it(
    ctrl_c: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interrupt is ignored, and when the leader is gone so is the process."""
    ended: list[int] = []

    class Leader:
        def join(self) -> None:
            """It has ended."""

    class Now:
        def __init__(self, target: Callable[[], None], **_: object) -> None:
            self.start = target

    monkeypatch.setattr(writers.gc, "set_threshold", lambda *_: None)
    monkeypatch.setattr(multiprocessing, "parent_process", Leader)
    monkeypatch.setattr(writers.os, "_exit", ended.append)
    monkeypatch.setattr(threading, "Thread", Now)
    writers._begin()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    assert ended == [1]


def test_the_leader_itself_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process without a parent of ours goes on."""
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: None)
    writers._end_with_parent()
    assert writers._processors() >= 1
