"""How well the live engine fills its places, beside a floor measured in the same run.

    python bench/live.py [CALLS] [LATENCY_MS]

A mock of a chat completion server in a process of its own answers every request after LATENCY_MS.  For 16 and 64
requests in flight it prints efficiency (the ideal time, requests x latency / places, over the time taken) and
processor time a request of: a hand-written asyncio client over plain sockets with the same bodies (the floor), and
the way of `coach batch`: prompts, live engine, replies committed to the store, critiques proven, scored and kept.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import uvloop
from made_calls import write_calls

from coach.calls.read import Defaults, open_calls
from coach.calls.redact import redact
from coach.calls.transcript import Redacted, Refused
from coach.calls.weeks import week_of
from coach.engines import wire
from coach.engines.choose import open_engine
from coach.engines.options import LiveOptions
from coach.grading.ask import Asking, requests
from coach.grading.critique import CallCritique
from coach.grading.grade import Grading
from coach.pipeline.memory import CallLedger
from coach.pipeline.progress import Counts, Stop
from coach.pipeline.work import grade_all, width_of
from coach.playbook.load import load_playbook
from coach.store import open_store

PART = re.compile(rb'Set stage_id to \\"([a-z_+]+)\\"')
OVERVIEW: dict[str, Any] = {
    "heat": [],
    "turning_points": [],
    "promises": [],
    "blockers": [],
    "outcome": {"outcome": "unknown", "quote": None},
    "recurring_issue": None,
    "urgency": "none",
    "goodwill": [],
    "note": [],
}


def answer(body: bytes) -> bytes:
    """An empty critique of the part that was asked for, as a chat completion."""
    part = PART.findall(body)[-1].decode()
    critique = {
        "stage_id": part,
        "findings": [],
        "timeline": [],
        "best_moment": None,
        "change_moment": None,
        "critical_flags": [],
        "transcript_problems": [],
        "overview": OVERVIEW if part == "overview" else None,
    }
    message = {"role": "assistant", "content": json.dumps(critique)}
    usage = {"prompt_tokens": 9_000, "completion_tokens": 300}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    text = json.dumps({"id": "x", "object": "chat.completion", "model": "mock", "choices": [choice], "usage": usage})
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


async def _one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, latency: float) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(re.findall(rb"(?i)content-length: *(\d+)", head)[0])
            due = asyncio.get_running_loop().time() + latency
            said = answer(await reader.readexactly(size))
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            writer.write(said)
    writer.close()


def serve(pipe: Connection, latency: float) -> None:
    """The mock; tells its port through the pipe."""

    async def main() -> None:
        server = await asyncio.start_server(lambda r, w: _one(r, w, latency), "127.0.0.1", 0, limit=2**22)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(main())


async def floor(port: int, bodies: list[bytes], places: int) -> None:
    """Send the bodies over so many connections, each as soon as the last was answered."""
    left = iter(bodies)

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        for body in left:
            writer.write(f"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(re.findall(rb"Content-Length: (\d+)", head)[0]))
        writer.close()

    await asyncio.gather(*(work() for _ in range(places)))


class Silent:
    """A watch that watches nothing."""

    def refused(self, refused: Refused) -> None: ...
    def passed(self) -> None: ...
    def graded(self, critique: CallCritique, *, known: bool) -> None: ...


async def pipeline(port: int, calls: list[Redacted], places: int, grading: Grading, folder: Path) -> None:
    """Grade the calls as `coach batch` does, without reading files and without pages."""
    zone, stop = ZoneInfo("UTC"), Stop()
    live = LiveOptions("mock", f"http://127.0.0.1:{port}/v1", concurrency=places)
    with open_store(folder / f"{places}.db") as store:
        for call in calls:
            store.keep_call(call, week_of(call.started_at, zone), call.call_id)
        async with open_engine("live", live=live, ledger=CallLedger(store, stop)) as opened:
            way = Grading(grading.playbook, grading.asking, opened)
            weeks = ((call, week_of(call.started_at, zone)) for call in calls)
            width, counts = width_of(opened, places, len(way.parts())), Counts()
            await grade_all(weeks, way, store, counts, Silent(), width=width, stop=stop)
            assert (counts.graded, counts.ungraded_calls) == (len(calls), 0), counts


def measure(name: str, ideal: float, asked: int, work: Callable[[], Awaitable[None]]) -> float:
    """Do it on a fast loop; print and give the efficiency."""

    async def main() -> None:
        await work()

    began, busy = time.perf_counter(), time.process_time()
    uvloop.run(main())
    took, busy = time.perf_counter() - began, time.process_time() - busy
    print(f"  {name:24} {took:6.2f} s, efficiency {ideal / took:.2f}, {1000 * busy / asked:5.2f} ms a request")
    return ideal / took


def main(count: int, latency_ms: int) -> None:
    """Measure and print."""
    book = load_playbook()
    ours, theirs = multiprocessing.Pipe()
    mock = multiprocessing.Process(target=serve, args=(theirs, latency_ms / 1000), daemon=True)
    mock.start()
    port = ours.recv()
    with tempfile.TemporaryDirectory() as name:
        write_calls(Path(name) / "calls", count, agents=10)
        found = open_calls([Path(name) / "calls"], Defaults())
        calls = [redact(call) for call in found if not isinstance(call, Refused)]
        grading = Grading(book, Asking("mock", {"max_completion_tokens": 8000}), None)  # type: ignore[arg-type]
        shape = wire.Shape()
        bodies = [
            wire.body_of(r, shape) for call in calls for r in requests(call, book, grading.asking, grading.parts())
        ]
        print(f"{count} calls, {len(bodies)} requests of {len(bodies[0]) // 1000} kB, {latency_ms} ms each")
        uvloop.run(pipeline(port, calls[:1], 1, grading, Path(name)))  # what is loaded once does not count
        for places in (16, 64):
            ideal = len(bodies) * latency_ms / 1000 / places
            print(f"{places} in flight, ideal {ideal:.2f} s")
            low = measure("floor: plain asyncio", ideal, len(bodies), partial(floor, port, bodies, places))
            way = measure(
                "coach's way", ideal, len(bodies), partial(pipeline, port, calls, places, grading, Path(name))
            )
            print(f"  coach / floor: {way / low:.2f}")
    mock.terminate()


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [60, 50][len(numbers) :]))
