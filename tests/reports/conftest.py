"""Fixtures of the reports' tests: the shipped rubric and builders of invented calls and critiques."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from agent_made import call_of, critique_of, finding_of

from coach.calls.transcript import Redacted
from coach.grading.critique import CallCritique, Finding
from coach.playbook.load import shipped
from coach.playbook.rubric import Rubric
from coach.playbook.strict_yaml import parse


@pytest.fixture(scope="session")
def rubric() -> Rubric:
    """The shipped rubric."""
    file = shipped() / "rubrics" / "deescalation.yaml"
    return Rubric.model_validate(parse(file.read_text(encoding="utf-8"), file)[0])


@pytest.fixture
def make_call() -> Callable[..., Redacted]:
    """`make_call(call_id, agent, lines, **changes)`."""
    return call_of


@pytest.fixture
def make_finding(rubric: Rubric) -> Callable[..., Finding]:
    """`make_finding(check_id, verdict, **changes)`."""
    return lambda check_id, verdict, **changes: finding_of(check_id, verdict, rubric, **changes)


@pytest.fixture
def make_critique(rubric: Rubric) -> Callable[..., CallCritique]:
    """`make_critique(verdicts={"ACK1": "missed"}, week="2026-W47", ai=True, **changes)`."""
    return lambda *args, **changes: critique_of(rubric, *args, **changes)
