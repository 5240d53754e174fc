"""How `coach trainer stress` runs: an open engine, a memory that tells whose call a reply is about, and Ctrl-C."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from coach.cli.bench_grading import open_bench_grading
from coach.cli.running import draining

if TYPE_CHECKING:
    from coach.calibration.reword import Texts
    from coach.calibration.stress import Stressed
    from coach.calibration.swaps import Swap
    from coach.calls.transcript import Redacted
    from coach.cli.say import ProgressWatch
    from coach.grading.grade import Grading
    from coach.pipeline import Stop
    from coach.playbook.load import Playbook
    from coach.settings import Settings


@dataclass
class Plan:
    """What is to be stressed: calls, swaps, rewordings by call id, and what is left out with its reason."""

    calls: list[Redacted]
    swaps: list[Swap]
    reword: bool
    texts: dict[str, Texts] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


async def reworded_into(plan: Plan, settings: Settings, book: Playbook, folder: Path, stop: Stop) -> int:
    """Have the live model reword the calls of a plan into a folder; gives how many were written."""
    async with open_bench_grading(settings, book, stop=stop) as (grading, _):
        with draining(stop):
            return await _reword(plan, grading, settings.engine.concurrency, stop, folder)


async def graded_plan(
    plan: Plan,
    settings: Settings,
    book: Playbook,
    repeats: int,
    stages: tuple[str, ...],
    stop: Stop,
    watch: ProgressWatch,
) -> tuple[Stressed, Grading]:
    """Grade the calls of a plan; gives what came of it and how it was graded."""
    from coach.calibration.stress import stress as stress_calls
    from coach.calibration.swaps import reworded_swap
    from coach.pipeline.memory import in_hand
    from coach.pipeline.work import width_of

    async with open_bench_grading(settings, book, stages, stop=stop) as (grading, opened):
        width = width_of(opened, settings.engine.concurrency, len(grading.parts()))
        with draining(stop):
            if plan.reword and opened.live:
                await _reword(plan, grading, width, stop)
            swaps = [*plan.swaps, *([reworded_swap(plan.texts)] if plan.texts else [])]
            stressed = await stress_calls(
                plan.calls,
                swaps,
                grading,
                repeats=repeats,
                width=width,
                begin=in_hand,
                done=watch.passed,
                stopped=lambda: stop.asked,
            )
        return stressed, grading


async def _reword(plan: Plan, grading: Grading, width: int, stop: Stop, into: Path | None = None) -> int:
    """Have the model reword the calls that have no rewording yet, and keep them in a folder if one is named."""
    from coach.calibration.reword import reword, reword_templates, write_rewording
    from coach.pipeline.memory import in_hand

    templates, room, written = reword_templates(grading.playbook), asyncio.Semaphore(max(1, width)), 0

    async def one(call: Redacted) -> None:
        nonlocal written
        async with room:
            if stop.asked:
                return
            in_hand(call.call_id)
            made = await reword(call, templates, grading.asking, grading.engine)
        if isinstance(made, str):
            plan.left_out.append(f"reworded {call.call_id}: {made}")
            return
        plan.texts[call.call_id] = made.turns
        if into is not None:
            write_rewording(into, made)
            written += 1

    ended = await asyncio.gather(
        *(one(call) for call in plan.calls if call.call_id not in plan.texts), return_exceptions=True
    )
    for fault in ended:
        if fault is not None:
            raise fault
    return written
