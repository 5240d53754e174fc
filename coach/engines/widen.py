"""Asks once more, with twice the token limit, where an answer was cut off.

It stands above the memory (`Recall`), not below it: the wider request is another question with another key, so both
answers are kept under the key of what was really asked, and a run that starts again finds both.
"""

from __future__ import annotations

from coach.engines.exchange import Engine, Fault, FaultKind, Reply, Request
from coach.engines.faults import doubled, verdict_on


class Widen:
    """`engine`, but a truncated reply is asked for once more; the wider answer's `key` is the wider request's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.name = engine.name
        self.model = engine.model
        self.ai = engine.ai

    async def answer(self, request: Request) -> Reply | Fault:
        """Answer; a request without a limit, or one cut off twice, comes back as it is."""
        answer = await self._engine.answer(request)
        if isinstance(answer, Fault) or verdict_on(answer) is not FaultKind.TRUNCATED:
            return answer
        wider = doubled(request)
        return answer if wider is None else await self._engine.answer(wider)

    async def aclose(self) -> None:
        """Close the engine beneath."""
        await self._engine.aclose()
