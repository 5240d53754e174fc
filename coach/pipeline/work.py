"""The way in and through: files to redacted calls, calls to critiques, critiques to the store.

Calls stream: a bounded number is in flight, and what is done is in the store.  Nothing here prints.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from coach.calls.read import Defaults, open_calls
from coach.calls.redact import redact
from coach.calls.transcript import Redacted, Refused
from coach.calls.weeks import week_of
from coach.engines.choose import Opened
from coach.engines.exchange import FaultKind, Ledger, Reply
from coach.grading.critique import CallCritique
from coach.grading.grade import Grading, grade_call, program_version
from coach.store import Kept, Scope, Store

EVERYONE = Scope.everyone()
_call_in_hand: ContextVar[str] = ContextVar("call_in_hand")


class Watch(Protocol):
    """Who is told how a run goes; the command line draws a bar, a test keeps a list."""

    def refused(self, refused: Refused) -> None:
        """One file or call was not taken in."""
        ...

    def graded(self, critique: CallCritique, *, known: bool) -> None:
        """One call has its critique; `known` where the store had it already."""
        ...


@dataclass
class Stop:
    """Set by whoever wants a run to end: what is in flight is kept, nothing more is begun."""

    asked: bool = False


@dataclass
class Counts:
    """What a run did.  `known` calls were graded before; `elsewhere` lie outside the week asked for."""

    calls_in: int = 0
    new: int = 0
    changed: int = 0
    elsewhere: int = 0
    graded: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)
    ungraded_stages: int = 0
    ungraded_calls: int = 0
    unproven: int = 0
    quotes: int = 0
    close: int = 0
    weeks: set[str] = field(default_factory=set)

    def add(self, critique: CallCritique, *, known: bool) -> None:
        """Count one critique."""
        self.graded += 1
        self.known += known
        self.ungraded_stages += len(critique.ungraded)
        self.ungraded_calls += bool(critique.ungraded)
        self.unproven += len(critique.unproven)
        self.quotes += critique.quotes
        self.close += critique.close_quotes
        self.weeks.add(critique.week)


class CallLedger:
    """The store's memory of replies, which notes for each reply whose call it is about: purging a call finds them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ledger: Ledger = store.ledger()

    def find(self, key: str) -> Reply | None:
        """The kept reply, or None."""
        return self._ledger.find(key)

    def keep(self, reply: Reply) -> None:
        """Link the reply to the call in hand, then keep it: a crash between the two leaves no reply without a call."""
        self._store.link_replies(_call_in_hand.get(), [reply.key])
        self._ledger.keep(reply)


def take_in(
    paths: Sequence[Path],
    defaults: Defaults,
    store: Store,
    zone: ZoneInfo,
    week: str | None,
    counts: Counts,
    watch: Watch,
) -> Iterator[tuple[Redacted, str]]:
    """Read, redact and keep the calls of `paths`; gives those of the week (of every week without one)."""
    for found in open_calls(paths, defaults):
        counts.calls_in += 1
        if isinstance(found, Refused):
            counts.refused.append(found)
            watch.refused(found)
            continue
        call = redact(found)
        its_week = week_of(call.started_at, zone)
        kept = store.keep_call(call, its_week, call.call_id)
        counts.new += kept is Kept.NEW
        counts.changed += kept is Kept.CHANGED
        if week is None or its_week == week:
            yield call, its_week
        else:
            counts.elsewhere += 1


def stored_calls(store: Store, zone: ZoneInfo, week: str | None, counts: Counts) -> Iterator[tuple[Redacted, str]]:
    """The calls that the store holds already, of one week or of all."""
    for call in store.calls(EVERYONE, weeks=None if week is None else [week]):
        counts.calls_in += 1
        yield call, week_of(call.started_at, zone)


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

    Raises EngineDown after what was in flight has been kept.
    """
    pending: set[asyncio.Task[CallCritique]] = set()
    fault: BaseException | None = None
    for call, week in calls:
        known = known_critique(store, call, grading)
        if known is not None:
            counts.add(known, known=True)
            watch.graded(known, known=True)
            continue
        pending.add(asyncio.create_task(_graded(call, week, grading)))
        if len(pending) >= width:
            pending, fault = await _collect(pending, store, counts, watch, asyncio.FIRST_COMPLETED)
        if fault is not None or stop.asked:
            break
    if pending:
        _, late = await _collect(pending, store, counts, watch, asyncio.ALL_COMPLETED)
        fault = fault or late
    if fault is not None:
        raise fault


async def _graded(call: Redacted, week: str, grading: Grading) -> CallCritique:
    _call_in_hand.set(call.call_id)
    return await grade_call(call, week, grading)


async def _collect(
    pending: set[asyncio.Task[CallCritique]], store: Store, counts: Counts, watch: Watch, when: str
) -> tuple[set[asyncio.Task[CallCritique]], BaseException | None]:
    done, pending = await asyncio.wait(pending, return_when=when)
    fault: BaseException | None = None
    for task in done:
        error = task.exception()
        if error is not None:
            fault = fault or error
            continue
        critique = task.result()
        if any(u.reason == FaultKind.STOPPED for u in critique.ungraded):
            continue
        store.keep_critique(critique)
        queue_for_review(store, critique)
        counts.add(critique, known=False)
        watch.graded(critique, known=False)
    return pending, fault


def queue_for_review(store: Store, critique: CallCritique) -> None:
    """Put before a person what no program may decide: critical flags, and text that gives the grader orders."""
    for flag in critique.critical_flags:
        detail = {"flag": flag.kind, "turn": flag.quote.turn_id, "quote": flag.quote.text}
        store.enqueue(critique.call_id, "critical_flag", detail)
    if "instruction_like_text" in critique.problems:
        store.enqueue(critique.call_id, "instruction_like_text", {"problem": "text that gives the grader orders"})


def width_of(opened: Opened, concurrency: int, parts: int) -> int:
    """How many calls to have in hand: enough to fill the requests in flight, one where nothing waits."""
    return 1 if opened.live is None else max(2, concurrency // parts + 2)


def remembering(store: Store, call: Redacted, week: str) -> CallLedger:
    """Keep one call and give the memory of replies about it, for grading outside a batch."""
    store.keep_call(call, week, call.call_id)
    _call_in_hand.set(call.call_id)
    return CallLedger(store)


def in_hand(call_id: str) -> None:
    """Name the call that the replies to come are about, in this task."""
    _call_in_hand.set(call_id)
