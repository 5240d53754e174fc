"""Fixtures of the engines' tests: no test waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pydantic import SecretStr

from coach.engines.exchange import Message, Request
from coach.engines.live import LiveEngine, LiveOptions


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio."""
    return "asyncio"


class Naps(list[float]):
    """A sleep that takes no time and remembers how long it was asked to be."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def naps() -> Naps:
    """Stands in for asyncio.sleep."""
    return Naps()


@pytest.fixture
def ask() -> Callable[..., Request]:
    """Make a request: `ask("words", warm="call-1", max_completion_tokens=100)`."""

    def make(
        words: str = "How did it go?", *, warm: str = "", model: str = "asked-model", **parameters: Any
    ) -> Request:
        schema = {
            "type": "object",
            "properties": {"a": {"type": "integer"}},
            "required": ["a"],
            "additionalProperties": False,
        }
        messages = (Message("system", "You judge calls."), Message("user", words))
        return Request(model, messages, "answer", schema, parameters, warm=warm, label="a test")

    return make


@pytest.fixture
async def live(anyio_backend: str, naps: Naps) -> AsyncIterator[Callable[..., LiveEngine]]:
    """Make a live engine for a base URL; it is closed after the test."""
    async with AsyncExitStack() as stack:

        def make(url: str, **options: Any) -> LiveEngine:
            options = {"model": "asked-model", "api_key": SecretStr("sk-made-up-key"), "deadline_s": 20.0, **options}
            engine = LiveEngine(LiveOptions(base_url=url, **options), sleep=naps)
            stack.push_async_callback(engine.aclose)
            return engine

        yield make
