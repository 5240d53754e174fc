"""Regression cases over a store and an engine: an upheld contest made a case, and the cases graded again.

Joins rooms that do not know each other (store and calibration).  What is graded here enters no critique of the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from coach.calibration.cases import Case, EngineSaid, Outcome, nameless, outcome, stages_for, stale
from coach.calibration.labels import transcript_version
from coach.engines.choose import Opened
from coach.errors import BadSettings, NotFound
from coach.grading.grade import Grading, grade_call
from coach.pipeline.contests import KIND, ruling_of
from coach.pipeline.intake import EVERYONE
from coach.pipeline.memory import in_hand
from coach.pipeline.work import width_of
from coach.store import Review, ReviewState, Store


def case_of(store: Store, number: int) -> Case:
    """The case that an upheld contest makes.

    Raises NotFound for an item or call that is not there, BadSettings for an item that is no upheld contest, one that
    a later decision replaced, and one whose call has other words by now.
    """
    item = store.review(EVERYONE, number)
    if item is None:
        raise NotFound(f"no item {number} in the queue", "see `coach review list --all`")
    if item.kind != KIND or item.state is not ReviewState.UPHELD or item.decided_at is None:
        what = f"a contest that is {item.state.value}" if item.kind == KIND else f"no contest ({item.kind})"
        raise BadSettings(f"item {number} is {what}", "only an upheld contest becomes a case")
    ruling = ruling_of(item)
    later = _later(store, item)
    if later is not None:
        raise BadSettings(f"item {number} was decided anew by item {later}", f"keep item {later}")
    call = store.call(EVERYONE, item.call_id)
    if call is None:
        raise NotFound(f"no call {item.call_id!r} in the store", "it may have been erased")
    if transcript_version(call) != ruling.transcript:
        raise BadSettings(f"call {item.call_id} has changed since item {number} was decided", "contest it anew")
    said = {name: str(item.detail.get(name, "")) for name in ("engine", "model", "playbook")}
    before = str(item.detail.get("engine_verdict", item.detail.get("verdict", "")))
    return Case(
        check_id=ruling.check_id,
        verdict=ruling.verdict,
        reason=item.reason,
        said=EngineSaid(verdict=before, **said),
        definition=ruling.definition,
        transcript=ruling.transcript,
        decided_at=item.decided_at,
        call=nameless(call),
    )


def _later(store: Store, item: Review) -> int | None:
    """The item that decided the same check of the same call after this one."""
    upheld = store.queue(EVERYONE, state=ReviewState.UPHELD, kind=KIND)
    same = [
        (other.decided_at, other.id)
        for other in upheld
        if (other.call_id, other.detail.get("check")) == (item.call_id, item.detail.get("check"))
        and other.decided_at is not None
    ]
    newest = max(same)[1]
    return None if newest == item.id else newest


async def regress(cases: Sequence[Case], grading: Grading, opened: Opened, concurrency: int) -> list[Outcome]:
    """How a grading does on the cases, in their order; stale ones are not run.

    Only the stages that the cases of a call are about are asked.  Raises EngineDown where nobody can be asked at all.
    """
    found: dict[int, Outcome] = {}
    rubric = grading.playbook.rubric
    by_call: dict[tuple[str, str], list[int]] = {}
    for at, case in enumerate(cases):
        why = stale(case, rubric)
        if why:
            found[at] = Outcome(case, "stale", why=why)
        else:
            by_call.setdefault((case.call.call_id, case.transcript), []).append(at)
    room = asyncio.Semaphore(width_of(opened, concurrency, 1))

    async def one(places: Sequence[int]) -> None:
        mine = [cases[at] for at in places]
        async with room:
            in_hand(mine[0].call.call_id)
            part = replace(grading, stages=stages_for(mine, rubric))
            critique = await grade_call(mine[0].call, "", part)
        found.update((at, outcome(cases[at], critique)) for at in places)

    asked = await asyncio.gather(*(one(places) for places in by_call.values()), return_exceptions=True)
    for answer in asked:
        if isinstance(answer, BaseException):
            raise answer
    return [found[at] for at in range(len(cases))]
