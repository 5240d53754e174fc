"""Calls, checks and a clock for the tests of labelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from coach.calls.transcript import Channel, EndedBy, Redacted, RedactedTurn, Speaker
from coach.playbook.load import load_playbook
from coach.playbook.rubric import Check, Rubric

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LINES = (
    "C: I waited in four mornings and nobody came!",
    "A: Four mornings, each one lost. I am sorry.",
    "C: [AGENT] You people are a joke. [red]Really[/red].",
    "A: I will ring the depot now and call you back before five.",
)
RUBRIC: Rubric = load_playbook().rubric


def call(call_id: str = "c-1", lines: Sequence[str] = LINES) -> Redacted:
    """A redacted call of lines `C: ...` and `A: ...`."""
    who = {"C": Speaker.CUSTOMER, "A": Speaker.AGENT}
    turns = tuple(
        RedactedTurn(id=f"T{number:02d}", speaker=who[line[0]], text=line[3:]) for number, line in enumerate(lines, 1)
    )
    return Redacted(
        call_id=call_id,
        agent="agent-one",
        team="north",
        started_at=NOW,
        channel=Channel.PHONE,
        ended_by=EndedBy.AGENT,
        translated=False,
        turns=turns,
    )


def edited(rubric: Rubric, check_id: str, **changes: object) -> Rubric:
    """The rubric with one check changed."""

    def of(check: Check) -> Check:
        return check.model_copy(update=changes) if check.id == check_id else check

    stages = tuple(
        stage.model_copy(update={"checks": tuple(of(check) for check in stage.checks)}) for stage in rubric.stages
    )
    return rubric.model_copy(update={"stages": stages})


def clock() -> Callable[[], datetime]:
    """A clock that goes on by a minute each time it is read."""
    minutes = count()
    return lambda: NOW + timedelta(minutes=next(minutes))
