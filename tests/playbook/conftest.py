"""A playbook folder of one's own to break: a copy of the shipped one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.playbook.load import shipped
from coach.playbook.prompt import Templates


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped rubrics and prompts."""
    for part in ("rubrics", "prompts"):
        shutil.copytree(shipped() / part, tmp_path / part)
    return tmp_path


@pytest.fixture
def templates(tmp_path: Path) -> Callable[..., Templates]:
    """Makes Templates of sources; the name of each is its keyword with `.j2` after it."""

    def make(**sources: str) -> Templates:
        for name, source in sources.items():
            (tmp_path / f"{name}.j2").write_text(source, encoding="utf-8")
        return Templates(tmp_path)

    return make
