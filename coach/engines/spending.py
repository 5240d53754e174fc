"""What a run may cost: money is set aside before a call and settled after it.

A budget that is checked afterwards is overshot by everything in flight.  The estimate is meant to be too high: two
bytes a token (English has about four), and as much output as the limit allows.
"""

from __future__ import annotations

import asyncio

import orjson

from coach.engines.exchange import Request, Usage
from coach.engines.options import Prices

ASSUMED_OUT = 16_384
"""Output tokens set aside for a request that names no limit; such an answer can be longer, so name one."""


class Spending:
    """The money of one engine.  Without a budget it only counts; without prices it counts nothing."""

    def __init__(self, prices: Prices | None, budget_usd: float | None) -> None:
        self.spent = 0.0
        self.set_aside = 0.0
        self._prices = prices
        self._budget = budget_usd
        self._holders = 0
        self._settled = asyncio.Event()

    def estimate(self, request: Request) -> float:
        """The most that one sending of this request should cost, in US dollars."""
        if self._prices is None:
            return 0.0
        words = sum(len(m.content.encode("utf-8", "replace")) for m in request.messages)
        tokens = (words + len(orjson.dumps(request.schema))) // 2 + 16 * (len(request.messages) + 1)
        limits = (request.parameters.get(name) for name in ("max_completion_tokens", "max_tokens"))
        return self._prices.cost(tokens, 0, next((n for n in limits if isinstance(n, int)), ASSUMED_OUT))

    async def reserve(self, cost: float) -> bool:
        """Set `cost` aside; False when it is over what is left.

        While others in flight hold so much that it does not fit, it waits for them: most settle for less.
        """
        while True:
            if self._budget is None or self.spent + self.set_aside + cost <= self._budget:
                self.set_aside += cost
                self._holders += 1
                return True
            if self.spent + cost > self._budget:
                return False
            self._settled.clear()
            await self._settled.wait()

    def settle(self, reserved: float, spent: float) -> None:
        """Give back what was set aside and book what was spent of it."""
        self._holders -= 1
        # A rest of rounding would keep the last request waiting for holders that are gone.
        self.set_aside = self.set_aside - reserved if self._holders else 0.0
        self.spent += spent
        self._settled.set()

    def price_of(self, usage: Usage, estimate: float) -> float:
        """What these tokens cost; the estimate where the server counted none."""
        if self._prices is None or not (usage.tokens_in or usage.tokens_out):
            return estimate
        return self._prices.cost(usage.tokens_in, usage.tokens_cached, usage.tokens_out)
