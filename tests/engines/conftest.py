"""Fixtures of the engines' tests: no connection leaves this machine, no test waits."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
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


def _is_loopback(host: object) -> bool:
    try:
        return host is None or ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forbid every connection and every name look-up that would leave this machine."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
                raise AssertionError(f"a test tried to reach {address[0]}")
            return real(self, address)

        return call

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if not _is_loopback(host):
            raise AssertionError(f"a test tried to look up {host}")
        return getaddrinfo(host, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", guarded(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", look_up)


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
