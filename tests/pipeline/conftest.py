"""Fixtures of the flow's tests: the shipped playbook, an empty store, a batch with an engine of one's choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from flow_made import batch

from coach.pipeline import Summary
from coach.playbook.load import Playbook, load_playbook
from coach.store import Store, open_store


@pytest.fixture(scope="session")
def book() -> Playbook:
    """The playbook as shipped."""
    return load_playbook()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(tmp_path / "coach.db") as opened:
        yield opened


@pytest.fixture
def go(tmp_path: Path, store: Store, book: Playbook) -> Callable[..., Summary]:
    """Run a batch over calls/ with an engine: `go(Scripted())`."""
    return partial(batch, tmp_path, store, book)
