"""A chat completion server on loopback that fails the way it is told to.

`FaultServer(*steps)` answers its first request with the first step, and so on; the last step answers all that follow.
`seen` holds the parsed bodies of the requests, `headers` their headers, so that a test can count what was paid for.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Step:
    """One answer.  `hang` never answers, `cut` closes after this many bytes, `held` waits until `release`."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    cut: int | None = None
    held: bool = False


Choose = Callable[[dict[str, Any]], Step]


def completion(
    text: str | list[Any] | None = '{"a":1}', finish: str | None = "stop", held: bool = False, **more: Any
) -> Step:
    """A chat completion with this text; `refusal` and `usage` may be given."""
    message = {"role": "assistant", "content": text, "refusal": more.get("refusal")}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "prompt_tokens_details": {"cached_tokens": 64}}
    body = {
        "id": "c-1",
        "model": "served-model",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": more.get("usage", usage),
    }
    return Step(200, json.dumps(body).encode(), held=held)


def error(status: int, message: str = "no", code: str | None = None, param: str | None = None, **headers: str) -> Step:
    """An error in OpenAI's shape; `retry_after="3"` becomes the header Retry-After."""
    body = {"error": {"message": message, "type": "made_up_error", "code": code, "param": param}}
    return Step(status, json.dumps(body).encode(), {name.replace("_", "-"): value for name, value in headers.items()})


def echo(body: dict[str, Any]) -> Step:
    """Say the last message's words back."""
    return completion(body["messages"][-1]["content"])


class FaultServer:
    """The server; use it in `async with`.  `url` is its base URL."""

    def __init__(self, *steps: Step, choose: Choose | None = None) -> None:
        self.seen: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""
        self.busy = 0
        self.busiest = 0
        self.arrived = asyncio.Condition()
        self.release = asyncio.Event()
        self._steps = list(steps)
        self._choose = choose
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *problem: object) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def count(self, number: int) -> None:
        """Return when so many requests have arrived."""
        async with self.arrived:
            await self.arrived.wait_for(lambda: len(self.seen) >= number)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while await self._one(reader, writer):
                pass
        self._tasks.discard(task)
        writer.close()
        with suppress(ConnectionError, asyncio.CancelledError):
            await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head if line)}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        step = self._step(body)
        self.busy += 1
        self.busiest = max(self.busy, self.busiest)
        async with self.arrived:
            self.seen.append(body)
            self.headers.append(headers)
            self.arrived.notify_all()
        try:
            if step.held:
                await self.release.wait()
            if step.hang:
                await asyncio.Event().wait()
        finally:
            self.busy -= 1
        lines = [f"HTTP/1.1 {step.status} X", "Content-Type: application/json", f"Content-Length: {len(step.body)}"]
        lines += [f"{name}: {value}" for name, value in step.headers.items()]
        raw = "\r\n".join([*lines, "", ""]).encode() + step.body
        writer.write(raw if step.cut is None else raw[: step.cut])
        await writer.drain()
        return step.cut is None

    def _step(self, body: dict[str, Any]) -> Step:
        if self._choose is not None:
            return self._choose(body)
        return self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
