"""A playbook folder of one's own to break: a copy of the shipped one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.playbook.load import shipped

Edit = Callable[[str, str, str], None]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the shipped rubrics and prompts."""
    for part in ("rubrics", "prompts"):
        shutil.copytree(shipped() / part, tmp_path / part)
    return tmp_path


@pytest.fixture
def edit(own: Path) -> Edit:
    """Puts new words for old ones in a file of the copy; the old ones must be there."""

    def put(file: str, old: str, new: str) -> None:
        text = (own / file).read_text(encoding="utf-8")
        assert old in text
        (own / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return put
