"""A model of our own making, a watch that remembers and a batch with either, for the tests of the flow."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from invented_calls import critique

from coach.calls.read import Defaults
from coach.calls.transcript import Refused
from coach.engines.choose import Opened
from coach.engines.exchange import Fault, Reply, Request
from coach.engines.recall import Recall
from coach.grading.ask import Asking
from coach.grading.critique import CallCritique
from coach.grading.grade import Grading
from coach.pipeline import Job, Stop, Summary, run_batch
from coach.pipeline.memory import CallLedger
from coach.playbook.load import Playbook
from coach.store import Store


class Scripted:
    """A model of our own making; `trouble(number)` may raise or give a Fault for the number-th question."""

    name = "scripted"
    model = "scripted-1"
    ai = True

    def __init__(self, trouble: Callable[[int], Fault | None] = lambda _: None) -> None:
        self.asked: list[str] = []
        self._trouble = trouble

    async def answer(self, request: Request) -> Reply | Fault:
        self.asked.append(request.key)
        number = len(self.asked)
        await asyncio.sleep(0)
        fault = self._trouble(number)
        if fault is not None:
            return fault
        text = json.dumps(critique(request.messages[1].content))
        return Reply(request.key, text, text.encode(), self.name, self.model)

    async def aclose(self) -> None:
        """Nothing is open."""


class Seen:
    """A watch that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.on_graded: Callable[[], None] = lambda: None

    def refused(self, refused: Refused) -> None:
        self.told.append(f"refused {refused.call_id}")

    def passed(self) -> None:
        self.told.append("passed")

    def graded(self, critique: CallCritique, *, known: bool) -> None:
        self.told.append(f"{'known' if known else 'graded'} {critique.call_id}")
        self.on_graded()


def batch(
    folder: Path,
    store: Store,
    book: Playbook,
    engine: Any,
    watch: Seen | None = None,
    stop: Stop | None = None,
    **changes: Any,
) -> Summary:
    """Run a batch over `folder`/calls with an engine, pages into `folder`/pages; `changes` are fields of the job."""
    stop = stop or Stop()
    memory = Recall(engine, CallLedger(store, stop)) if engine.ai else None
    opened = Opened(memory or engine, memory=memory)
    values: dict[str, Any] = {
        "paths": (folder / "calls",),
        "week": None,
        "defaults": Defaults(),
        "zone": ZoneInfo("UTC"),
        "out": folder / "pages",
        "concurrency": 16,
        "made_at": datetime(2026, 11, 22, tzinfo=UTC),
        **changes,
    }
    grading = Grading(book, Asking(engine.model, {}), opened)
    return asyncio.run(run_batch(Job(**values), store, grading, opened, watch or Seen(), stop))
