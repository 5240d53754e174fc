"""An engine that remembers: asks the ledger first, keeps every reply before anybody may use it.

Resume after a crash, the cache and the recorded replies are this one thing.
"""

from __future__ import annotations

from dataclasses import replace

from coach.engines.exchange import Engine, Fault, Ledger, Reply, Request, Usage


class Recall:
    """`engine` with the memory of `ledger`.  `recalled` and `asked` count requests, `usage` the tokens of asked ones."""

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        self._engine = engine
        self._ledger = ledger
        self.name = engine.name
        self.model = engine.model
        self.ai = engine.ai
        self.recalled = 0
        self.asked = 0
        self.usage = Usage()

    async def answer(self, request: Request) -> Reply | Fault:
        """The kept reply if there is one; else ask, commit what came, then hand it on."""
        known = self._ledger.find(request.key)
        if known is not None:
            self.recalled += 1
            return replace(known, recalled=True)
        self.asked += 1
        answer = await self._engine.answer(request)
        if isinstance(answer, Reply):
            self._ledger.keep(answer)
            self.usage = self.usage + answer.usage
        return answer

    async def aclose(self) -> None:
        """Close the engine beneath; the ledger belongs to whoever opened it."""
        await self._engine.aclose()
