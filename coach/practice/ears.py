"""Hearing what a line does from its wording alone."""

from __future__ import annotations

from typing import Literal

from coach.practice.moves import Made, Phrasebook, moves_in
from coach.practice.session import Session, heard_so_far, talk


class PatternEars:
    """Ears that need nobody: the pattern engine and the lists of `rubrics/practice/moves.yaml`."""

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrasebook = phrasebook

    async def moves(self, session: Session, text: str) -> tuple[tuple[Made, ...], Literal["patterns", "model"]]:  # noqa: ARG002
        """The moves of the session's pending line."""
        return moves_in(talk(session), self._phrasebook, heard_so_far(session)), "patterns"

    def takes_back(self, text: str) -> bool:
        """Whether wording shows that an earlier promise is set right."""
        return self._phrasebook.takes_back(text)
