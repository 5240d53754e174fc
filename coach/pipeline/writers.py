"""Agents' pages written side by side: drawing their charts takes most of a batch's time, and uses one processor each.

Processes of our own do it where there are many pages and several processors; else this one.  What a page says is
decided before, and each page is written by `pages`.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from coach.pipeline.pages import Pages
from coach.pipeline.tell import ToldAgent

FEWEST = 24  # agents' pages; starting the processes takes as long as writing some ten
MOST = 4  # processes, of some 150 MB each
SELDOM = (10_000, 20, 20)  # thresholds of garbage collection for work that makes hardly any cycles


class Writers:
    """Writes agents' pages; `written` lists the files in the order in which they were handed in."""

    def __init__(self, pool: ProcessPoolExecutor | None, width: int) -> None:
        self.written: list[Path] = []
        self._pool = pool
        self._width = width
        self._under_way: deque[tuple[Pages, ToldAgent, asyncio.Future[list[Path]]]] = deque()

    async def write(self, pages: Pages, told: ToldAgent) -> None:
        """Hand one agent's pages in; waits while many are under way.  Raises CannotWrite, for earlier ones as well."""
        if self._pool is None:
            self.written += pages.write_agent(told)
            return
        try:
            future = asyncio.get_running_loop().run_in_executor(self._pool, pages.write_agent, told)
        except BrokenExecutor:
            self._pool = None
            await self.finish()
            self.written += pages.write_agent(told)
            return
        self._under_way.append((pages, told, future))
        if len(self._under_way) > 2 * self._width:
            await self._next()

    async def finish(self) -> None:
        """Wait for all that was handed in."""
        while self._under_way:
            await self._next()

    async def _next(self) -> None:
        pages, told, future = self._under_way.popleft()
        try:
            self.written += await future
        except BrokenExecutor:  # a process was ended from outside: its pages are written here
            self.written += pages.write_agent(told)


@asynccontextmanager
async def open_writers(pages: int, processors: int | None = None) -> AsyncIterator[Writers]:
    """Writers for about so many agents' pages; what was not begun at the end of the block is left."""
    width = min(processors or _processors(), MOST)
    if pages < FEWEST or width < 2:
        yield Writers(None, 1)
        return
    # Forked processes would hold the batch's lock beyond its end.
    spawning = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(width, mp_context=spawning, initializer=_begin)
    try:
        yield Writers(pool, width)
    finally:
        pool.shutdown(cancel_futures=True)


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin() -> None:
    """In a process that writes: Ctrl-C is for the one that leads, and when that one ends this one does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*SELDOM)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
