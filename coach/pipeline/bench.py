"""Grading for the trainer's bench: the same calls under any playbook, model or engine, apart from the team's reports.

What a bench grades never enters the store's critiques, so no digest and no page can show a trial.  The replies do go
into the memory, so that nothing is paid for twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from coach.calls.transcript import Redacted
from coach.engines.choose import Opened
from coach.errors import EngineDown
from coach.grading.critique import CallCritique
from coach.grading.grade import Grading, grade_call
from coach.pipeline.memory import in_hand
from coach.pipeline.work import width_of


@dataclass(frozen=True)
class Graded:
    """What a way of grading made of the calls, by call id, and how the work went."""

    critiques: dict[str, CallCritique]
    asked: int
    recalled: int
    cost_usd: float | None

    @property
    def tokens_in(self) -> int:
        """Tokens that went in, of all replies the grades rest on."""
        return sum(critique.tokens_in for critique in self.critiques.values())

    @property
    def tokens_out(self) -> int:
        """Tokens that came out, of all replies the grades rest on."""
        return sum(critique.tokens_out for critique in self.critiques.values())


async def grade_bench(calls: Sequence[Redacted], grading: Grading, opened: Opened, concurrency: int) -> Graded:
    """Grade the calls, a bounded number at a time.

    Raises EngineDown where the engine cannot be used, and where it answered nothing at all.
    """
    room = asyncio.Semaphore(width_of(opened, concurrency, len(grading.parts())))

    async def one(call: Redacted) -> CallCritique:
        async with room:
            in_hand(call.call_id)
            return await grade_call(call, "", grading)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(call)) for call in calls]
    critiques = {task.result().call_id: task.result() for task in tasks}
    _refuse_silence(critiques, grading)
    memory, live = opened.memory, opened.live
    return Graded(
        critiques=critiques,
        asked=memory.asked if memory else 0,
        recalled=memory.recalled if memory else 0,
        cost_usd=live.spent_usd if live else None,
    )


def _refuse_silence(critiques: dict[str, CallCritique], grading: Grading) -> None:
    """An engine that answered nothing has no agreement to measure: say why instead of printing empty tables."""
    wanted = len(grading.parts())
    lost = [critique.ungraded for critique in critiques.values()]
    if lost and all(len(ungraded) == wanted for ungraded in lost):
        first = lost[0][0]
        raise EngineDown(
            f"the {grading.engine.name} engine answered nothing ({first.reason}: {first.detail})",
            "choose another engine, or the playbook its replies were recorded with",
        )
