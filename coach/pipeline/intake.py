"""The way in: files to redacted calls in the store, one at a time.  Nothing here grades."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from coach.calls.read import Defaults, open_calls
from coach.calls.redact import redact
from coach.calls.transcript import Redacted, Refused
from coach.calls.weeks import week_of
from coach.pipeline.progress import Counts, Watch
from coach.store import Kept, Scope, Store

EVERYONE = Scope.everyone()


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
            refused = found.model_copy(update={"source": _as_text(found.source)})
            counts.refused.append(refused)
            watch.refused(refused)
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
            counts.other_weeks.add(its_week)
            watch.passed()


def stored_calls(store: Store, zone: ZoneInfo, week: str | None, counts: Counts) -> Iterator[tuple[Redacted, str]]:
    """The calls that the store holds already, of one week or of all."""
    for call in store.calls(EVERYONE, weeks=None if week is None else [week]):
        counts.calls_in += 1
        yield call, week_of(call.started_at, zone)


def _as_text(path: str) -> str:
    """A path as text: file names may be bytes that no database or page takes."""
    return os.fsencode(path).decode("utf-8", "replace")
