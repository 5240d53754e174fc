"""What practice adds to an agent's page: scenes to rehearse, how practice went, and what colleagues shared.

Values only, for that agent alone.  Practice is told in words and stays out of every score and trend.
"""

from __future__ import annotations

from collections.abc import Sequence

from coach.grading.critique import Known
from coach.reports.line import Line

RESULTS = {"strong": "strong", "steady": "steady", "weak": "hard going"}
"""How a session went, as its agent reads it."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class RolePlay(Known):
    """A scene to rehearse, from one of the agent's own moments (`own`) or invented.

    `start` is the customer's line that the scene begins with, `slipped` what the agent said to it.  `better` says what
    would make the scene go well.  `command` plays it alone, `peer_command` prints it for two colleagues.
    """

    title: str
    why: str
    start: Line
    slipped: Line | None
    better: str
    command: str
    peer_command: str
    own: bool = True


class Practised(Known):
    """How many sessions on the focus were finished, and how they went in words that say they were practice."""

    sessions: int
    words: str


class Colleagues(Known):
    """Moments of others in which the focus was met, shared by them.

    `href` leads from the agent's page to theirs, with `.html` or `.md` to follow before the `anchor`; it is empty where
    the page stands in no folder of pages.
    """

    moments: int
    href: str
    anchor: str
    command: str


def practised(results: Sequence[str]) -> Practised | None:
    """Finished sessions on the focus, oldest first (`strong`, `steady` or `weak`), in words; None without any."""
    if not results:
        return None
    said = [RESULTS.get(result, result) for result in results]
    alike = next((n for n, one in enumerate(reversed(said)) if one != said[-1]), len(said))
    how = f"{_which(alike, len(said))}{said[-1]}"
    counted = f"{len(said)} session{'' if len(said) == 1 else 's'}"
    return Practised(sessions=len(said), words=f"Practice on this: {counted}, {how}. Role-play, not calls.")


def _which(alike: int, of: int) -> str:
    if of == 1:
        return ""
    if alike == of:
        return "both " if of == 2 else "all "
    if alike == 1:
        return "the last one "
    return f"the last {_NUMBERS[alike] if alike < len(_NUMBERS) else alike} "
