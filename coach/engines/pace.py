"""How many requests may be in flight, and whether anybody is there at all.

`Pace` widens and narrows with what the server says (additive increase, multiplicative decrease), `Breaker` stops
asking a server that does not answer, `wait_before` says how long one request waits before it is sent again.
Nothing here knows what a request holds, and nothing reads a clock but for a Retry-After that names a date.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from coach.errors import EngineDown

PROBING = 10
"""Requests in flight before the server has answered once: a dead one costs no more than these."""

Sleep = Callable[[float], Awaitable[None]]


class Pace:
    """At most `limit` requests in flight, between one and `most`.

    It starts at ten; the first answer opens it to `most`.  When more than a fifth of a round (as many answers as the
    limit) are pushed back, the limit falls to seven tenths and a new round begins, so that one burst counts once; a
    round without trouble raises it by a tenth.  The fifth is there for servers that push back at random: plain
    halving at every 429 would shrink to five in flight where one in twenty is pushed back.
    """

    CUT = 0.7
    TOLERATED = 0.2

    def __init__(self, most: int, start: int = PROBING) -> None:
        self.most = most
        self.limit = min(most, start)
        self.in_flight = 0
        self.round = 0
        self._opened = False
        self._seen = 0
        self._pushed = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[int]:
        """Wait for a place among those in flight; gives the number of the round, which `record` wants back."""
        await self._enter()
        try:
            yield self.round
        finally:
            self.in_flight -= 1
            self._hand_out()

    def record(self, sent_in: int, pushed_back: bool) -> None:
        """Take note of an answer to a request that was sent in round `sent_in`."""
        if not self._opened and not pushed_back:
            self._opened = True
            self._begin_round(self.most)
            return
        if sent_in != self.round:
            return
        self._seen += 1
        self._pushed += pushed_back
        tolerated = max(1.0, self.TOLERATED * self.limit)
        if self._pushed > tolerated:
            self._opened = True
            self._begin_round(max(1, int(self.limit * self.CUT)))
        elif self._seen >= self.limit:
            self._begin_round(min(self.most, self.limit + max(1, self.limit // 10)))

    def _begin_round(self, limit: int) -> None:
        self.limit = limit
        self.round += 1
        self._seen = 0
        self._pushed = 0
        self._hand_out()

    async def _enter(self) -> None:
        if self.in_flight < self.limit:
            self.in_flight += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():
                self.in_flight -= 1
                self._hand_out()
            raise

    def _hand_out(self) -> None:
        while self._waiting and self.in_flight < self.limit:
            place = self._waiting.popleft()
            if not place.done():
                self.in_flight += 1
                place.set_result(None)


class Breaker:
    """Stops asking a server that does not answer.

    Ten failures in a row mean trouble.  A server that never answered is given up at once; one that did is probed:
    one request at a time, after 1, 2, 4, 8 and 16 seconds, while all others wait.  A probe that is answered opens
    the way again; when all five have failed, `passage` raises EngineDown for everyone, from then on.
    """

    FAILURES = 10
    PROBES = 5

    def __init__(self, host: str, sleep: Sleep = asyncio.sleep) -> None:
        self.down = False
        self._host = host
        self._sleep = sleep
        self._alive = False
        self._failures = 0
        self._doubtful = False
        self._failed_probes = 0
        self._probing = asyncio.Lock()

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[bool]:
        """Let a request through; gives True where it is a probe.  Raises EngineDown when the server is given up."""
        if self._doubtful:
            async with self._probing:
                if self._doubtful and not self.down:
                    await self._sleep(2.0**self._failed_probes)
                    yield True
                    return
        self._raise_if_down()
        yield False

    def record(self, failed: bool, probe: bool) -> None:
        """Take note of how a request ended: `failed` means that nobody answered it."""
        if not failed:
            self._alive, self._doubtful, self._failures, self._failed_probes = True, False, 0, 0
        elif self._doubtful:
            self._failed_probes += probe
            self.down = self.down or self._failed_probes >= self.PROBES
        else:
            self._failures += 1
            self._doubtful = self._failures >= self.FAILURES
            self.down = self._doubtful and not self._alive

    def _raise_if_down(self) -> None:
        if self.down:
            raise EngineDown(
                f"{self._host} does not answer ({self.FAILURES} requests in a row failed)",
                "check the address and the network, then run the same command again: what was answered is kept",
            )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds a server asks to wait (`retry-after-ms`, or `retry-after` in seconds or as a date), or None."""
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        asked = headers.get("retry-after", "")
        if asked.replace(".", "", 1).isdecimal():
            return float(asked)
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds()) if asked else None
    except (ValueError, TypeError, OverflowError):
        return None


def wait_before(again: int, asked: float | None, chance: Callable[[], float] = random.random) -> float:
    """Seconds to wait before sending the same request for the `again`-th time (1, 2, ...).

    What the server asked for is kept, with up to a tenth more so that those who wait do not come back together;
    else half a second, doubled each time up to 30, of which a random half to whole is taken.
    """
    if asked is not None:
        return asked * (1 + 0.1 * chance())
    return min(30.0, 0.5 * 2.0 ** (again - 1)) * (0.5 + 0.5 * chance())
