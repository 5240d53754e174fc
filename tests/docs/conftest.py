"""The checkout's documents and the modules that generate parts of them, for the tests of this folder."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def documents() -> dict[str, str]:
    """Every document by its path in the checkout."""
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(paths)}


def _module(name: str) -> ModuleType:
    """A module of docs/, which is no package."""
    import importlib

    folder = str(ROOT / "docs")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(name)


@pytest.fixture(scope="session")
def generate() -> ModuleType:
    """docs/generate.py."""
    return _module("generate")


@pytest.fixture(scope="session")
def tree() -> ModuleType:
    """docs/tree.py."""
    return _module("tree")


@pytest.fixture(scope="session")
def sandbox() -> ModuleType:
    """docs/sandbox.py."""
    return _module("sandbox")
