"""A practice session as it is printed: the talk with its anger, the feedback, and how to have a second go.

Values only.  Nothing here is a grade of a call, and no number but the simulated anger stands in it.
"""

from __future__ import annotations

from coach.grading.critique import Known
from coach.reports.line import Line
from coach.reports.practice_cards import NO_GRADE


class PlayedLine(Known):
    """One line of the player's: what was said, what it did in plain words, the anger after it, and the answer."""

    number: int
    said: Line
    moves: tuple[str, ...]
    anger: float
    answer: Line
    hint: str = ""


class PlayedCheck(Known):
    """A judged check of the session with the player's words."""

    check_id: str
    plain: str
    verdict: str
    quote: str


class SessionSheet(Known):
    """A session.  The feedback fields are empty where it was not graded yet."""

    number: int
    agent: str
    title: str
    situation: str
    goal: str
    level: int
    opening: Line
    anger: float
    lines: tuple[PlayedLine, ...]
    ending: str
    went_back: int = 0
    notes: tuple[str, ...] = ()
    result: str = ""
    goal_met: str = ""
    strength: str = ""
    strength_quote: str = ""
    one_thing: str = ""
    one_thing_quote: str = ""
    raised: tuple[str, ...] = ()
    checks: tuple[PlayedCheck, ...] = ()
    disagreements: tuple[str, ...] = ()
    graded_by: str = ""
    again: str = ""
    disclaimer: str = NO_GRADE
