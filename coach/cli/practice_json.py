"""A practice session for programs: a JSON line a turn, and the feedback at the end."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coach.pipeline.rehearse import Sitting
    from coach.practice.feedback import Feedback


class JsonScreen:
    """A JSON line a turn: the moves, the state after it, the act, and the customer's line.

    In test mode a line holds what was said alone: anger, moves and act come with the feedback.
    """

    def __init__(self, sitting: Sitting) -> None:
        self._sitting = sitting

    def begin(self, commands: str) -> None:  # noqa: ARG002  the signature is Screen's
        """The card and where anger starts."""
        session = self._sitting.session
        card = session.card
        self._put(
            {
                "session": self._sitting.id,
                "card": card.id,
                "persona": card.persona.id,
                "scene": card.scene.id,
                "level": session.level,
                "customer": card.opening,
                **({} if session.test_mode else {"anger": session.opening.anger}),
            }
        )

    def answered(self) -> None:
        """The last exchange."""
        session = self._sitting.session
        last = session.exchanges[-1].model_dump(mode="json")
        if session.test_mode:
            last = {"agent": last["agent"], "customer": last["customer"]["text"]}
        self._put({"turn": len(session.exchanges), **last})

    def rewound(self) -> None:
        """Where the talk stands after going back."""
        session = self._sitting.session
        anger = {} if session.test_mode else {"anger": session.state.anger}
        self._put({"back_to": len(session.exchanges) + 1, **anger})

    def tell(self, words: str) -> None:
        """One line beside the talk."""
        self._put({"note": words})

    def paused(self) -> None:
        """Where to go on."""
        self._put({"paused": self._sitting.id})

    def feedback(self, feedback: Feedback) -> None:
        """The feedback at the end, and what a reader should know."""
        self._put({"feedback": feedback.model_dump(mode="json"), "notes": list(self._sitting.session.notes)})

    def thinking(self, words: str = "") -> AbstractContextManager[None]:  # noqa: ARG002  the signature is Screen's
        """Nothing to show."""
        return nullcontext()

    def _put(self, value: dict[str, Any]) -> None:
        print(json.dumps(value, ensure_ascii=False), flush=True)
