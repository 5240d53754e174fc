"""Runs, refusals and focuses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from store_samples import WEEK

from coach.calls.transcript import Refused
from coach.errors import NotFound
from coach.store import Focus, Scope, Store

ALL = Scope.everyone()
REFUSED = Refused(source="a.txt", call_id="", reason="no agent named")


def begin(store: Store, week: str = WEEK) -> int:
    """Start an invented run."""
    return store.start_run(week=week, engine="live", model="m", playbook="p1", zone="Europe/London")


def test_a_run_is_open_until_it_is_finished(store: Store) -> None:
    """A run that was killed shows as one that never ended."""
    before = datetime.now(UTC)
    number = begin(store)
    (run,) = store.runs(ALL)
    assert (run.id, run.zone, run.finished_at, run.counts) == (number, "Europe/London", None, {})
    assert run.started_at >= before
    store.finish_run(number, {"graded": 3, "cost": 0.25})
    (run,) = store.runs(ALL)
    assert run.counts == {"graded": 3, "cost": 0.25}
    assert run.finished_at is not None
    assert run.finished_at >= run.started_at


def test_runs_come_in_order_and_by_week(store: Store) -> None:
    """Numbers rise, and a week narrows."""
    first, second = begin(store, "2026-W46"), begin(store)
    assert first < second
    assert [run.id for run in store.runs(ALL)] == [first, second]
    assert [run.id for run in store.runs(ALL, week=WEEK)] == [second]


def test_a_refusal_is_kept_once_a_run(store: Store) -> None:
    """The same refusal twice is one; another run has its own; undecodable names do not stop it."""
    first, second = begin(store, "2026-W46"), begin(store)
    store.keep_refusals(first, [REFUSED, REFUSED])
    store.keep_refusals(first, [REFUSED])
    store.keep_refusals(second, [Refused(source="\udcff.txt", call_id="c-1", reason="empty")])
    store.keep_refusals(second, [])
    assert store.refusals(ALL, run_id=first) == [REFUSED]
    assert [each.source for each in store.refusals(ALL, week=WEEK)] == ["\\udcff.txt"]
    assert len(store.refusals(ALL)) == 2


def test_a_run_that_never_began_is_not_found(store: Store) -> None:
    """Neither counts nor refusals are kept for it."""
    with pytest.raises(NotFound, match="run 7"):
        store.finish_run(7, {})
    with pytest.raises(NotFound, match="run 7"):
        store.keep_refusals(7, [REFUSED])


def test_a_focus_is_replaced_for_its_week_playbook_and_engine(store: Store) -> None:
    """Choosing again overwrites; another week, playbook or engine is another focus."""
    first = Focus("maya", "deliveries", WEEK, "p1", "live", "CALM1", 0.25, 4, "2026-W46")
    second = Focus("maya", "deliveries", WEEK, "p1", "live", "CALM2", 0.5, 6, WEEK)
    other = Focus("maya", "deliveries", WEEK, "p2", "live", "CALM3", 0.5, 6, WEEK)
    for focus in (first, second, other):
        store.keep_focus(focus)
    assert store.focus(ALL, "maya", WEEK, playbook="p1", engine="live") == second
    assert store.focus(ALL, "maya", WEEK, playbook="p1", engine="patterns") is None
    assert store.focus(ALL, "maya", "2026-W46", playbook="p1", engine="live") is None
    assert store.focuses(ALL, agent="maya", playbook="p2") == [other]
