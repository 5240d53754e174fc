"""Role-play cards as they are printed: why this one, the lines before, the line that slipped, and how to start.

Values only; which moments make a card is decided elsewhere.
"""

from __future__ import annotations

from typing import Any

from coach.grading.critique import Known
from coach.reports.line import Line

NO_GRADE = "For practice: not a grade, not for pay or discipline."


class CardSheet(Known):
    """One card.

    `before` are the last lines of the call up to the one that the scene starts at (the opening alone for an invented
    scene), `slipped` what the agent said there.  `better` says what would make it go well, `wanted` and `barred` are
    moves in plain words.  `told` are facts the customer may tell, `hidden` those they give only when asked.
    """

    id: str
    title: str
    why: str
    situation: str
    before: tuple[Line, ...]
    slipped: Line | None
    better: str
    wanted: tuple[str, ...]
    barred: tuple[str, ...]
    told: tuple[str, ...]
    hidden: tuple[str, ...]
    command: str
    peer_command: str


class CardSheets(Known):
    """An agent's cards, the first to be played first; `lead` says what they are from."""

    agent: str
    lead: str
    disclaimer: str
    cards: tuple[CardSheet, ...]


def card_sheets_schema() -> dict[str, Any]:
    """The JSON schema of an agent's cards."""
    return CardSheets.model_json_schema(mode="serialization")
