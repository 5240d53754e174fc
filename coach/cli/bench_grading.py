"""How the trainer's commands grade: the engine in force with a memory for replies, and the calls of a bench graded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coach.cli.choices import open_grading

if TYPE_CHECKING:
    from coach.cli.bench import Bench
    from coach.engines.choose import Opened
    from coach.grading.grade import Grading
    from coach.pipeline import Stop
    from coach.pipeline.bench import Graded
    from coach.playbook.load import Playbook
    from coach.settings import Settings


@asynccontextmanager
async def open_bench_grading(
    settings: Settings,
    playbook: Playbook,
    stages: Sequence[str] = (),
    replies: Path | None = None,
    sample: int = 0,
    stop: Stop | None = None,
) -> AsyncIterator[tuple[Grading, Opened]]:
    """The engine in force for a measurement: its replies are remembered, its grades are kept nowhere.

    `replies` is a folder of recorded replies besides the shipped ones, `sample` the number of the sample asked for;
    `stop` ends the asking from outside.
    """
    from coach.pipeline import Stop
    from coach.pipeline.memory import VisitorLedger
    from coach.playbook.load import shipped
    from coach.store import open_store

    with ExitStack() as stack:
        ending = stop or Stop()

        def ledger() -> VisitorLedger:
            return VisitorLedger(stack.enter_context(open_store(settings.store_address)), ending)

        own = shipped() / "fixtures" / "recorded"
        folders = (own,) if replies is None else (own, replies)
        async with open_grading(settings, playbook, ledger, recorded=folders) as (grading, opened):
            ending.when_asked(opened.stop)
            asking = replace(grading.asking, sample=sample)
            yield replace(grading, asking=asking, stages=tuple(stages)), opened


async def graded(
    settings: Settings,
    playbook: Playbook,
    bench: Bench,
    stages: Sequence[str] = (),
    replies: Path | None = None,
    sample: int = 0,
) -> Graded:
    """The calls of a bench graded by the engine in force; see `open_bench_grading`.  Raises EngineDown."""
    from coach.pipeline.bench import grade_bench

    async with open_bench_grading(settings, playbook, stages, replies, sample) as (grading, opened):
        return await grade_bench(list(bench.calls.values()), grading, opened, settings.engine.concurrency)
