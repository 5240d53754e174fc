"""Running a batch from the command line: store, engine, progress, and Ctrl-C that keeps what was answered."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from coach.cli.choices import engine_name, open_grading, playbook_of, prices_of
from coach.cli.say import ProgressWatch
from coach.errors import NotFound

if TYPE_CHECKING:
    from coach.calls.read import Defaults
    from coach.pipeline import Job, Stop, Summary
    from coach.playbook.load import Playbook
    from coach.settings import Settings
    from coach.store import Store

T = TypeVar("T")


def run_job(settings: Settings, paths: tuple[Path, ...], week: str | None, defaults: Defaults) -> Summary:
    """Grade calls and write pages; the settings, the playbook and the paths are checked before anything is written.

    Raises NotFound where `paths` hold no call file.
    """
    from coach.calls.read import count_files
    from coach.pipeline import Job, Stop
    from coach.store import open_store

    book = playbook_of(settings)
    live = engine_name(settings) == "live"
    total = count_files(paths) if paths else None
    if total == 0:
        raise NotFound(f"{_listed(paths)}: no call files", "put calls there, one file a call (docs/calls.md)")
    job = Job(
        paths=paths,
        week=week,
        defaults=defaults,
        zone=settings.zone,
        out=settings.path(settings.out),
        concurrency=settings.engine.concurrency,
        made_at=datetime.now(settings.zone).replace(microsecond=0),
        priced=prices_of(settings) is not None,
        labels=settings.path(settings.labels),
    )
    with (
        _collecting_seldom(),
        open_store(settings.store_address) as store,
        store.hold_batch(),
        ProgressWatch(total) as watch,
    ):
        return run_async(_batch(job, store, settings, book, watch, Stop()), many=live)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Have Python look for cycles a tenth as often: looking took a sixth of a batch's time, and saved 5 of 170 MB."""
    from coach.pipeline.writers import SELDOM

    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _listed(paths: tuple[Path, ...]) -> str:
    return ", ".join(map(str, paths))


def run_async(main: Coroutine[Any, Any, T], *, many: bool = False) -> T:
    """Run a coroutine; `many` connections are worth the faster loop."""
    with asyncio.Runner(loop_factory=_fast_loop() if many else None) as runner:
        return runner.run(main)


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, which there is none of for Windows."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop


async def _batch(
    job: Job, store: Store, settings: Settings, book: Playbook, watch: ProgressWatch, stop: Stop
) -> Summary:
    from coach.pipeline import run_batch
    from coach.pipeline.memory import CallLedger

    async with open_grading(settings, book, lambda: CallLedger(store, stop)) as (grading, opened):
        with draining(stop):
            return await run_batch(job, store, grading, opened, watch, stop)


@contextmanager
def draining(stop: Stop) -> Iterator[None]:
    """Ctrl-C and SIGTERM let what is in flight finish; a second one ends the program at once."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def drain() -> None:
        stop.ask()
        for number in signals:
            loop.remove_signal_handler(number)

    try:
        for number in signals:
            loop.add_signal_handler(number, drain)
    except (NotImplementedError, RuntimeError, ValueError):  # not on this platform, or not in this thread
        yield
        return
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
