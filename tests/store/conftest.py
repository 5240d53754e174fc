"""A store of its own for each test, and a short way to fill it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from store_samples import WEEK, make_call, make_critique

from coach.calls.transcript import Redacted
from coach.store import Store, open_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test's store stands."""
    return tmp_path / "kept" / "coach.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty store that does not wait for others."""
    with open_store(path, patience=0) as opened:
        yield opened


@pytest.fixture
def keep(store: Store) -> Callable[..., Redacted]:
    """Keep an invented call and its critique; gives the call."""

    def kept(call_id: str = "c-1", *, week: str = WEEK, **details: object) -> Redacted:
        call = make_call(call_id, **details)  # type: ignore[arg-type]
        store.keep_call(call, week, f"{call_id}.txt")
        store.keep_critique(make_critique(call, week=week))
        return call

    return kept
