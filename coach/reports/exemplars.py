"""Moments that agents let colleagues read, check by check: how a move was made and what came next.

Values only.  No call is named, and no agent who did not ask for it; what may still be shown is decided elsewhere.
"""

from __future__ import annotations

from typing import Any

from coach.grading.critique import Known
from coach.reports.line import Line

LEAD = (
    "Every moment here was shared by the one who had it, and can be taken back at any time. "
    "It shows one way of making a move, not the only one."
)


class SharedMoment(Known):
    """One shared moment: `who` is "A colleague" or a name; `number` is what `coach practice unshare` takes.

    `before` and `after` are the customer's lines around it, None where the call has none.
    """

    number: int
    who: str
    before: Line | None
    own: Line
    after: Line | None


class SharedCheck(Known):
    """A check with the moments in which it was met."""

    check_id: str
    plain: str
    aim: str
    moments: tuple[SharedMoment, ...]


class Exemplars(Known):
    """Everything that is shared, in the order of the rubric."""

    ai: bool
    engine_line: str
    disclaimer: str
    checks: tuple[SharedCheck, ...]


def anchor_of(check_id: str) -> str:
    """The place of a check on the page of exemplars."""
    return f"check-{check_id.lower()}"


def exemplars_schema() -> dict[str, Any]:
    """The JSON schema of the exemplars."""
    return Exemplars.model_json_schema(mode="serialization")
