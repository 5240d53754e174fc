"""The way through: calls to critiques, critiques to the store.

Calls stream: a bounded number is in flight, and what is done is in the store.  Nothing here prints.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from coach.calls.transcript import Redacted, Refused
from coach.engines.choose import Opened
from coach.engines.exchange import FaultKind
from coach.errors import CoachError
from coach.grading.critique import CallCritique
from coach.grading.grade import Grading, grade_call, program_version
from coach.pipeline.intake import EVERYONE
from coach.pipeline.memory import in_hand
from coach.pipeline.progress import Counts, Stop, Watch
from coach.store import Store


def known_critique(store: Store, call: Redacted, grading: Grading) -> CallCritique | None:
    """The critique that grading this call would give again, if the store has it."""
    p = grading.provenance(call)
    found = store.critique(
        EVERYONE,
        call.call_id,
        playbook=p.playbook,
        engine=p.engine,
        model=p.model,
        repeats=p.repeats,
        digest=p.calls_digest,
    )
    # An ungraded stage is asked again, and a newer program judges the kept replies anew.
    stale = found is None or found.ungraded or found.provenance.program != program_version()
    return None if stale else found


async def grade_all(
    calls: Iterable[tuple[Redacted, str]],
    grading: Grading,
    store: Store,
    counts: Counts,
    watch: Watch,
    *,
    width: int,
    stop: Stop,
) -> None:
    """Grade the calls, `width` at a time, and keep each critique as it comes.

    Raises the first fault that concerns all calls (EngineDown, StoreError, BadManifest) after what was in flight has
    been kept.
    """
    flight = _Flight(grading, store, counts, watch, stop)
    try:
        for call, week in calls:
            await flight.take(call, week, width)
            if stop.asked:
                break
    except CoachError as fault:
        flight.fail(fault)
    await flight.land()
    if flight.fault is not None:
        raise flight.fault


class _Flight:
    """The calls in hand.  `fault` is the first that concerns all calls; it stops the run."""

    def __init__(self, grading: Grading, store: Store, counts: Counts, watch: Watch, stop: Stop) -> None:
        self.fault: BaseException | None = None
        self._grading = grading
        self._store = store
        self._counts = counts
        self._watch = watch
        self._stop = stop
        self._pending: set[asyncio.Task[CallCritique]] = set()

    def fail(self, fault: BaseException) -> None:
        """Note a fault and have nothing more begun."""
        self.fault = self.fault or fault
        self._stop.ask()

    async def take(self, call: Redacted, week: str, width: int) -> None:
        """Begin a call, or find that it is graded; waits while `width` are in hand."""
        known = known_critique(self._store, call, self._grading)
        if known is not None:
            self._counts.add(known, known=True)
            self._watch.graded(known, known=True)
            return
        self._pending.add(asyncio.create_task(self._graded(call, week)))
        if len(self._pending) >= width:
            await self._collect(asyncio.FIRST_COMPLETED)

    async def land(self) -> None:
        """Wait for all that is in hand, and keep it."""
        if self._pending:
            await self._collect(asyncio.ALL_COMPLETED)

    async def _graded(self, call: Redacted, week: str) -> CallCritique:
        in_hand(call.call_id)
        return await grade_call(call, week, self._grading)

    async def _collect(self, when: str) -> None:
        done, self._pending = await asyncio.wait(self._pending, return_when=when)
        for task in done:
            error = task.exception()
            if error is None:
                self._keep(task.result())
            else:
                self.fail(error)

    def _refuse(self, critique: CallCritique) -> None:
        """A call that the engine of recorded replies does not know is no graded call, and hides none that was."""
        reason = critique.ungraded[0].detail
        refused = Refused(source=critique.call_id, call_id=critique.call_id, reason=reason, week=critique.week)
        self._counts.refused.append(refused)
        self._watch.refused(refused)

    def _keep(self, critique: CallCritique) -> None:
        """Keep what was graded whole; a call that the end of the run cut short is graded again from its replies."""
        if any(u.reason == FaultKind.STOPPED for u in critique.ungraded):
            return
        if critique.ungraded and all(u.reason == FaultKind.NOT_RECORDED for u in critique.ungraded):
            self._refuse(critique)
            return
        try:
            self._store.keep_critique(critique)
        except CoachError as fault:
            self.fail(fault)
            return
        self._counts.add(critique, known=False)
        self._watch.graded(critique, known=False)


def queue_for_people(store: Store, counts: Counts) -> None:
    """Put before people what this run found for them.

    In the order of the calls, whatever order they were answered in, and for calls that were graded before as well: a
    run that was killed may have graded them and queued nothing.
    """
    for item in sorted(counts.for_people):
        store.enqueue(item.call_id, item.kind, dict(item.detail))


def width_of(opened: Opened, concurrency: int, parts: int) -> int:
    """How many calls to have in hand, so that the requests in flight are as many as allowed; one where nothing waits.

    A call keeps one request in flight while its prefix is new to the server, then all the others: over its time it
    fills half of its parts.
    """
    return 1 if opened.live is None else 2 * concurrency // parts + 2
