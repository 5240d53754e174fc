"""Fixtures of the pattern engine's tests: grade one check of a written script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from patterns_made import LEXICONS, Finding, ask, lines_of

from coach.engines.patterns import Analyses
from coach.engines.patterns.analysis import Analysis


@pytest.fixture
def grade() -> Callable[..., Finding]:
    """Grade one check of a script."""

    def graded(check: str, script: str, *, channel: str = "phone", step: float | None = 5.0) -> Finding:
        finding: Finding = ask(lines_of(script, step), "stage", (check,), channel)["findings"][0]
        return finding

    return graded


@pytest.fixture
def overview() -> Callable[[str], dict[str, Any]]:
    """The overview part of a script."""
    return lambda script: ask(lines_of(script), "overview", ())


@pytest.fixture
def analysis() -> Callable[[str], Analysis]:
    """A script, analysed."""
    return lambda script: Analyses().of(lines_of(script), "phone", LEXICONS)
