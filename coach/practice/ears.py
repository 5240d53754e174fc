"""Hearing what a line does from its wording alone."""

from __future__ import annotations

from coach.practice.moves import Phrasebook, moves_in
from coach.practice.session import Session, Understood, heard_so_far, talk


class PatternEars:
    """Ears that need nobody: the pattern engine and the lists of `rubrics/practice/moves.yaml`."""

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._phrasebook = phrasebook

    async def hear(self, session: Session, text: str) -> Understood:
        """What wording shows of the session's pending line."""
        made = moves_in(talk(session), self._phrasebook, heard_so_far(session))
        return Understood(moves=made, by="patterns", takes_back=self._phrasebook.takes_back(text))
