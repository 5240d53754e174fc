"""The live engine: any server that speaks OpenAI's chat completions, many requests at once.

It sends, waits, repeats and counts; it never reads what a reply says.  A reply that was refused, cut off or empty is
a Reply all the same (it was paid for, and is kept); `faults.verdict_on` judges it and whoever asked decides.  Only
what concerns every request raises: EngineDown.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engines import client, faults, pace, wire
from coach.engines.exchange import Fault, FaultKind, Reply, Request
from coach.engines.options import OPENAI_HOST, LiveOptions, Prices
from coach.engines.spending import Spending
from coach.engines.warmth import Warmth
from coach.errors import EngineDown

if TYPE_CHECKING:
    from openai import AsyncOpenAI

__all__ = ["LiveEngine", "LiveOptions", "Prices"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setback:
    """One sending that brought no reply: `wait` is what the server asked for, `billed` whether it may cost money."""

    kind: FaultKind
    detail: str
    wait: float | None = None
    billed: bool = False


@dataclass(slots=True)
class Tries:
    """How often one request was sent, how often that failed on the way, and how long it waited for rate limits."""

    sent: int = 0
    failed: int = 0
    limited: int = 0
    waited_s: float = 0.0


class LiveEngine:
    """Answers requests through an OpenAI-compatible server.

    One engine holds one client, made at the first request; a program needs one engine.  `sleep` is asyncio's, or a
    test's.  `sent` counts HTTP requests, `spent_usd` what they cost by `options.prices`, `notes` holds a line for
    each thing the server was found not to take.
    """

    name = "live"
    ai = True

    def __init__(self, options: LiveOptions, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.model = options.model
        self.sent = 0
        self._options = options
        self._sleep = sleep
        self._pace = pace.Pace(options.concurrency)
        self._breaker = pace.Breaker(options.host, sleep)
        self._warmth = Warmth()
        self._spending = Spending(options.prices, options.budget_usd)
        cache_key = options.host == OPENAI_HOST if options.cache_key is None else options.cache_key
        self._dialect = wire.Dialect(cache_key)
        self._client: AsyncOpenAI | None = None
        self._down: EngineDown | None = None
        self._stopped = asyncio.Event()
        self._closed = False

    @property
    def spent_usd(self) -> float:
        """US dollars spent so far; estimates where the server did not say."""
        return self._spending.spent

    @property
    def notes(self) -> tuple[str, ...]:
        """What the server was found not to take, a line each."""
        return tuple(self._dialect.notes)

    def stop(self) -> None:
        """Send nothing more: requests in flight finish, all others become Fault(STOPPED)."""
        self._stopped.set()

    async def aclose(self) -> None:
        """Close the connections; a second time does nothing."""
        self._closed = True
        held, self._client = self._client, None
        if held is not None:
            await held.close()

    async def answer(self, request: Request) -> Reply | Fault:
        """Answer one request.  Raises EngineDown when no request can be answered: key, model, quota, nobody there."""
        if self._closed:
            raise RuntimeError("the engine is closed")
        async with self._warmth.turn(request.warm):
            tries = Tries()
            while True:
                outcome = await self._send_once(request, tries)
                if not isinstance(outcome, Setback):
                    return outcome
                wait = self._wait_after(outcome, tries)
                if wait is None:
                    return Fault(request.key, outcome.kind, outcome.detail, tries.sent)
                await self._pause(wait)

    def _wait_after(self, setback: Setback, tries: Tries) -> float | None:
        """Seconds until the request is sent again; None where it is given up."""
        if faults.TABLE[setback.kind] is not faults.Action.RETRY:
            return None
        if setback.kind is FaultKind.RATE_LIMIT:
            tries.limited += 1
            wait = pace.wait_before(tries.limited, setback.wait)
            tries.waited_s += wait
            return wait if tries.waited_s <= self._options.patience_s else None
        tries.failed += 1
        if tries.failed >= self._options.attempts:
            return None
        wait = pace.wait_before(tries.failed, setback.wait)
        return wait if wait <= self._options.patience_s else None

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than until `stop`."""
        nap = asyncio.ensure_future(self._sleep(seconds))
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait({nap, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()
            stopped.cancel()
            await asyncio.gather(nap, stopped, return_exceptions=True)

    async def _send_once(self, request: Request, tries: Tries) -> Reply | Fault | Setback:
        """Set money aside, wait for a place, send, book what it cost."""
        cost = self._spending.estimate(request)
        if not await self._spending.reserve(cost):
            detail = f"the budget of ${self._options.budget_usd:.2f} leaves no room for this request"
            return Fault(request.key, FaultKind.BUDGET, detail, tries.sent)
        spent = 0.0
        try:
            async with self._pace.slot() as sent_in, self._breaker.passage() as probe:
                self._raise_if_down()
                if self._stopped.is_set():
                    detail = "the run was stopped before this was asked"
                    return Fault(request.key, FaultKind.STOPPED, detail, tries.sent)
                # A cancelled request may be answered and billed all the same.
                spent = cost
                outcome = await self._send_in_its_dialect(request, tries)
                spent = self._cost_of(outcome, cost)
                self._note(outcome, sent_in, probe)
        finally:
            self._spending.settle(cost, spent)
        if isinstance(outcome, Setback):
            self._raise_if_down()
        return outcome

    def _cost_of(self, outcome: Reply | Setback, estimate: float) -> float:
        if isinstance(outcome, Reply):
            return self._spending.price_of(outcome.usage, estimate)
        return estimate if outcome.billed else 0.0

    def _note(self, outcome: Reply | Setback, sent_in: int, probe: bool) -> None:
        kind = outcome.kind if isinstance(outcome, Setback) else None
        self._breaker.record(kind in faults.TRANSPORT, probe)
        if kind not in faults.TRANSPORT:
            self._pace.record(sent_in, kind is FaultKind.RATE_LIMIT)

    def _raise_if_down(self) -> None:
        if self._down is not None:
            raise EngineDown(self._down.what, self._down.hint)

    async def _send_in_its_dialect(self, request: Request, tries: Tries) -> Reply | Setback:
        """Send; where the server does not take the shape of it, send again in the next simpler one."""
        while True:
            shape = self._dialect.shape
            answer = await self._post(wire.body_of(request, shape), tries)
            if isinstance(answer, Setback):
                return answer
            status, learned = answer.status, len(self._dialect.notes)
            if status < 300:
                inside = wire.parse_error_inside(answer.body)
                if inside is None:
                    reply = wire.parse_reply(answer.body, request, tries.sent)
                    return reply or Setback(FaultKind.SERVER, "the answer was no chat completion", billed=True)
                status = inside
            complaint = faults.parse_complaint(answer.body)
            kind = faults.classify(status, complaint)
            if kind is FaultKind.REJECTED and self._dialect.learn(shape, complaint, request.parameters):
                for note in self._dialect.notes[learned:]:
                    log.warning("%s: %s", self._options.host, note)
                continue
            if isinstance(kind, faults.Halt):
                self._down = self._down or faults.engine_down(kind, self._options.host, request.model)
                return Setback(FaultKind.REJECTED, faults.detail_of(status, complaint))
            return Setback(kind, faults.detail_of(status, complaint), pace.retry_after(answer.headers))

    async def _post(self, body: bytes, tries: Tries) -> client.Answer | Setback:
        """One HTTP request under the deadline."""
        if self._client is None:
            self._client = client.make_client(self._options)
        tries.sent += 1
        self.sent += 1
        try:
            async with asyncio.timeout(self._options.deadline_s):
                answer = await client.post(self._client, body)
        except TimeoutError:
            return Setback(FaultKind.TIMEOUT, f"no answer within {self._options.deadline_s:g} s", billed=True)
        if isinstance(answer, client.NoAnswer):
            return Setback(FaultKind.CONNECTION, f"no answer ({answer.cause})", billed=answer.sent)
        return answer
