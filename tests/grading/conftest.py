"""Fixtures of grading: a small rubric of four stages, the shipped playbook, and a call."""

from __future__ import annotations

import pytest
from invented import call, check, rubric

from coach.calls.transcript import Redacted
from coach.grading.ask import Asking
from coach.playbook.load import Playbook, load_playbook
from coach.playbook.rubric import Rubric


@pytest.fixture(scope="session")
def shipped_playbook() -> Playbook:
    """The playbook as shipped."""
    return load_playbook()


@pytest.fixture(scope="session")
def small() -> Rubric:
    """Four stages: steady (absence and a check that needs the customer's line), acknowledge, resolve, close."""
    return rubric(
        ("steady", 30, (check("AB1", "absence", 3), check("PR1", customer_opportunity=True, weight=2)), {}),
        (
            "acknowledge",
            30,
            (
                check("ACK1", weight=4),
                check("ACK2", weight=2, by_code=True, needs="ACK1"),
                check("ACK3", "absence", 2, needs="ACK1"),
            ),
            {"marks": ("first_ack", "first_fix_or_policy")},
        ),
        ("resolve", 30, (check("RES1", weight=3), check("RES2", weight=3, partial=None)), {"stops_with_record": True}),
        ("close", 10, (check("CLO1", weight=1), check("CLO2", weight=1)), {"stops_with_record": True}),
    )


@pytest.fixture(scope="session")
def book(small: Rubric, shipped_playbook: Playbook) -> Playbook:
    """The small rubric with the shipped prompts and word lists."""
    return Playbook(shipped_playbook.folder, small, shipped_playbook.lexicons, (), shipped_playbook.templates)


@pytest.fixture
def asking() -> Asking:
    """The question as it is put once, at temperature nought."""
    return Asking("scripted-1", {"temperature": 0})


@pytest.fixture
def lamp() -> Redacted:
    """A call about a broken lamp, six turns, ended by the agent."""
    return call(
        "C: The lamp came in three pieces and my mother's party is tonight!",
        "A: Three pieces, and the party is tonight. That is a rotten surprise.",
        "C: You people are crooks.",
        "A: I will send a courier to you with a whole lamp before six.",
        "C: Before six? All right.",
        "A: It is booked. Does that meet what you need for tonight?",
    )
