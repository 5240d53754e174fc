"""Contests in the review queue: upheld with a ruling, denied, noted as seen, taken back; and those of older stores."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from store_samples import make_call, make_critique

from coach.calls.transcript import Redacted
from coach.errors import NotFound, StoreError
from coach.grading.critique import Overruled
from coach.store import ReviewState, Scope, Store, open_store
from coach.store.database import Database

ALL = Scope.everyone()
RULING = {"verdict": "met", "definition": "0123456789ab", "transcript": "ba9876543210"}


@pytest.fixture
def contest(store: Store, keep: Callable[..., Redacted]) -> int:
    """One open contest."""
    keep()
    return store.enqueue("c-1", "contest", {"check": "CALM1", "because": "I said so"})


def test_an_upheld_contest_carries_its_ruling(store: Store, contest: int) -> None:
    """Who, why and the verdict it came to, read back as they were given."""
    upheld = store.decide(contest, ReviewState.UPHELD, by="Sam", reason="he did", ruling=RULING)
    assert (upheld.state, upheld.decided_by, upheld.reason) == (ReviewState.UPHELD, "Sam", "he did")
    assert upheld.ruling == RULING
    assert store.queue(ALL, state=ReviewState.UPHELD, kind="contest") == [upheld]


def test_a_denied_contest_has_no_ruling(store: Store, contest: int) -> None:
    """The engine's verdict stays, so there is nothing to lay on."""
    denied = store.decide(contest, ReviewState.DENIED, by="Sam", reason="not in the call")
    assert (denied.state, denied.ruling, denied.seen_by) == (ReviewState.DENIED, None, ())


@pytest.mark.parametrize("state", [ReviewState.CONFIRMED, ReviewState.DISMISSED])
def test_a_contest_is_neither_confirmed_nor_dismissed(store: Store, contest: int, state: ReviewState) -> None:
    """The fault names the two ways there are, and the item waits on."""
    with pytest.raises(StoreError, match="is a contest; uphold or deny it"):
        store.decide(contest, state, by="Sam")
    assert [item.state for item in store.queue(ALL)] == [ReviewState.OPEN]


def test_a_flag_is_neither_upheld_nor_denied(store: Store, keep: Callable[..., Redacted]) -> None:
    """What no agent contested has no verdict to change."""
    keep()
    flag = store.enqueue("c-1", "critical_flag", {"flag": "insult"})
    with pytest.raises(StoreError, match=r"is no contest \(critical_flag\); confirm or dismiss it"):
        store.decide(flag, ReviewState.UPHELD, by="Sam", ruling=RULING)
    with pytest.raises(StoreError, match="confirm or dismiss it"):
        store.decide(flag, ReviewState.DENIED, by="Sam")


def test_a_ruling_goes_with_an_upheld_contest_alone(store: Store, contest: int) -> None:
    """Upholding without one, or denying with one, is a programming error, and nothing is decided."""
    with pytest.raises(ValueError, match="an upheld contest has a ruling"):
        store.decide(contest, ReviewState.UPHELD, by="Sam")
    with pytest.raises(ValueError, match="an upheld contest has a ruling"):
        store.decide(contest, ReviewState.DENIED, by="Sam", ruling=RULING)
    assert store.queue(ALL)[0].state is ReviewState.OPEN


def test_a_decision_on_a_contest_is_not_replaced(store: Store, contest: int) -> None:
    """The first stands until it is opened again; then ruling, name and notes are gone."""
    store.decide(contest, ReviewState.UPHELD, by="Sam", reason="he did", ruling=RULING)
    store.acknowledge(contest, by="maya")
    with pytest.raises(StoreError, match="was upheld by Sam already; open it again first"):
        store.decide(contest, ReviewState.DENIED, by="Kim")
    opened = store.decide(contest, ReviewState.OPEN, by="Kim")
    assert (opened.ruling, opened.decided_by, opened.decided_at, opened.seen_by) == (None, "", None, ())
    assert store.decide(contest, ReviewState.DENIED, by="Kim", reason="no").state is ReviewState.DENIED


def test_everyone_who_saw_a_decision_is_noted_once(store: Store, contest: int) -> None:
    """In the order in which they came."""
    store.decide(contest, ReviewState.DENIED, by="Sam", reason="no")
    for name in ("maya", "Sam", "maya"):
        seen = store.acknowledge(contest, by=name)
    assert seen.seen_by == ("maya", "Sam")
    assert store.review(ALL, contest) == seen


def test_only_a_decided_contest_can_be_seen(store: Store, contest: int) -> None:
    """Nothing to see in an open one, a flag, or an item that is not there."""
    flag = store.enqueue("c-1", "critical_flag", {"flag": "insult"})
    store.decide(flag, ReviewState.CONFIRMED, by="Sam")
    with pytest.raises(StoreError, match="is not decided yet"):
        store.acknowledge(contest, by="maya")
    with pytest.raises(StoreError, match="is no contest"):
        store.acknowledge(flag, by="maya")
    with pytest.raises(NotFound, match="review item 99"):
        store.acknowledge(99, by="maya")


def test_a_ruling_is_never_kept_in_a_critique(store: Store, keep: Callable[..., Redacted]) -> None:
    """What the engine said stays what the store holds."""
    call = keep()
    critique = make_critique(call)
    said = critique.findings[0]
    ruled = said.model_copy(update={"overruled": Overruled(verdict=said.verdict, share=1.0, by="Sam", reason="no")})
    with pytest.raises(ValueError, match="never kept in one"):
        store.keep_critique(critique.model_copy(update={"findings": (ruled,)}))
    assert list(store.critiques(ALL)) == [critique]


def test_a_contest_goes_with_its_call(store: Store, contest: int) -> None:
    """Ruling, reason and names are erased with it."""
    store.decide(contest, ReviewState.UPHELD, by="Sam", reason="he did", ruling=RULING)
    assert store.purge(call_id="c-1").reviews == 1
    assert store.queue(ALL) == []


def test_a_store_of_before_is_migrated_with_its_decisions(path: Path) -> None:
    """A contest that was dismissed stays dismissed, and can be opened and decided anew."""
    database = Database(path, 0)
    path.parent.mkdir()
    with database.writing() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "coach.store:migrations")
        command.upgrade(config, "0002")
    database.close()
    _an_old_decision(path)
    with open_store(path, patience=0) as store:
        (old,) = store.queue(ALL)
        assert (old.state, old.decided_by, old.ruling, old.seen_by) == (ReviewState.DISMISSED, "Sam", None, ())
        store.decide(old.id, ReviewState.OPEN, by="Sam")
        assert store.decide(old.id, ReviewState.UPHELD, by="Sam", ruling=RULING).ruling == RULING


def _an_old_decision(path: Path) -> None:
    """A call, and a dismissed contest of it, as the program of before wrote them."""
    call, at = make_call(), "2026-11-17 09:00:00.000000"
    raw = sqlite3.connect(path)
    with raw:
        raw.execute(
            "INSERT INTO calls (id, call_id, version, digest, agent, team, week, started_at, channel, redacted, "
            "imported_at, source) VALUES (1, 'c-1', 1, 'd', 'maya', '', '2026-W47', ?, 'phone', ?, ?, 'x')",
            (at, call.model_dump_json().encode(), at),
        )
        raw.execute(
            "INSERT INTO reviews (call, call_id, agent, team, week, kind, detail, content, state, queued_at, decided_by, "
            "decided_at, reason) VALUES (1, 'c-1', 'maya', '', '2026-W47', 'contest', "
            "'{\"check\":\"CALM1\",\"because\":\"so\"}', 'h', 'dismissed', ?, 'Sam', ?, 'no')",
            (at, at),
        )
    raw.close()
