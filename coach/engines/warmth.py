"""One of a group first, the rest onto the warm cache.  Knows nothing of what is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Warmth:
    """Holds a group back until its first member has ended, well or not.

    Requests of a group share the beginning of their prompt.  Sent together, each would pay for it; sent after the
    first has been answered, they read it from the provider's cache.  A first member that fails or is cancelled lets
    the others go: nobody waits for someone who is gone.
    """

    def __init__(self) -> None:
        self._warming: dict[str, asyncio.Event] = {}
        self._warm: set[str] = set()

    @asynccontextmanager
    async def turn(self, group: str) -> AsyncIterator[None]:
        """Wait until it is this member's turn; an empty `group` waits for nobody."""
        if not group or group in self._warm:
            yield
        elif group in self._warming:
            await self._warming[group].wait()
            yield
        else:
            first = self._warming[group] = asyncio.Event()
            try:
                yield
            finally:
                self._warm.add(group)
                del self._warming[group]
                first.set()
