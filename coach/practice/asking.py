"""Asking a model in practice: one question, one typed answer, or the reason why there is none.

A fault never ends a session: whoever asks goes on without the model.  After `MOST_FAULTS` in a row, or once the engine
cannot be used at all, nobody is asked any more, so that a dead connection does not slow every line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from coach.engines.exchange import Engine, Message, Request
from coach.errors import EngineDown
from coach.grading.ask import schema_of
from coach.grading.hear import UnusableReply, read_reply, usable_text

MOST_FAULTS = 2

Kind = TypeVar("Kind", bound="Reply")


class Reply(BaseModel):
    """What a model is asked for; unknown fields are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass
class Model:
    """The model that practice asks: an open engine and what changes its answers.

    `lost` is empty while it answers, else one line that says why it is asked no more; `asked` counts the requests.
    """

    engine: Engine
    name: str
    parameters: Mapping[str, Any]
    lost: str = ""
    asked: int = 0
    _faults: int = field(default=0, repr=False)

    async def ask(self, messages: Sequence[Message], kind: type[Kind], label: str) -> Kind | str:
        """The answer, or why there is none (an unusable reply, a fault, a lost connection)."""
        if self.lost:
            return self.lost
        request = Request(
            model=self.name,
            messages=tuple(messages),
            schema_name=kind.__name__.lower(),
            schema=schema_of(kind),
            parameters=self.parameters,
            label=f"practice {label}",
        )
        self.asked += 1
        try:
            reply = await self.engine.answer(request)
        except EngineDown as down:
            self.lost = f"the model cannot be reached ({down.what})"
            return self.lost
        text = usable_text(reply)
        if text is None:
            self._faults += 1
            why = getattr(reply, "detail", "") or "no usable answer"
            if self._faults >= MOST_FAULTS:
                self.lost = f"the model does not answer, {why}"
            return why
        self._faults = 0
        try:
            return read_reply(text, kind)
        except UnusableReply as fault:
            return str(fault)
