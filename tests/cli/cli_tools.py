"""Tools of the commands' tests: how a command ended, a pretended model's server, processes, pages to compare."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fault_server import FaultServer, Step


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of the error; fails where there are more, or a traceback."""
        lines = [line for line in self.err.splitlines() if line]
        assert len(lines) == 1, self.err
        assert lines[0].startswith("coach: ")
        return lines[0]


class Server:
    """A pretended model's server in a thread of its own.

    From request number `hold_from` on it keeps everybody waiting until `let_go`.
    """

    def __init__(self, choose: Callable[[dict[str, Any]], Step], hold_from: int | None) -> None:
        self._choose = choose
        self.hold_from = hold_from
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server = FaultServer(choose=self._step)

    def __enter__(self) -> Server:
        self._thread.start()
        self._do(self._server.__aenter__())
        return self

    def __exit__(self, *problem: object) -> None:
        self._do(self._server.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """The base URL."""
        return self._server.url

    @property
    def asked(self) -> Counter[str]:
        """How often each question arrived."""
        return Counter(str(body["messages"]) for body in self._server.seen)

    @property
    def repeats(self) -> int:
        """How many requests asked what had been asked before."""
        return self.asked.total() - len(self.asked)

    def wait_for(self, number: int) -> None:
        """Return when so many requests have arrived."""
        self._do(self._server.count(number))

    def let_go(self) -> None:
        """Answer those who wait, and hold nobody from now on."""
        self.hold_from = None
        self._loop.call_soon_threadsafe(self._server.release.set)

    def hold(self, after: int) -> None:
        """Hold everybody after so many more requests."""
        self._loop.call_soon_threadsafe(self._server.release.clear)
        self.hold_from = len(self._server.seen) + after

    def _step(self, body: dict[str, Any]) -> Step:
        step = self._choose(body)
        held = self.hold_from is not None and len(self._server.seen) >= self.hold_from
        return replace(step, held=True) if held else step

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


def spawn(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    """Start a command as a process of its own, in the current folder."""
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(
        [sys.executable, "-m", "coach", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONWARNINGS": "error::ResourceWarning", **environment},
    )


def pages_of(folder: Path) -> dict[str, bytes]:
    """The pages under a folder by name, without the time of their making."""
    return {
        str(file.relative_to(folder)): re.sub(rb"\d{4}-\d\d-\d\d \d\d:\d\d", b"(time)", file.read_bytes())
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
