"""Record a cassette through an OpenAI-compatible server.  Run by hand, from the root of the checkout:

    python tests/engines/record_cassettes.py --base-url http://127.0.0.1:8080/v1 --model NAME \
        --requests requests.jsonl --out tests/cassettes/NAME.yaml

A line of `requests.jsonl` is {"messages": [[role, content], ...], "schema_name", "schema", "parameters", "warm"?}.
The key, where the server wants one, is read from the variable that --key-from names.  A cassette in which anything
looks like a secret is deleted again.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson
from cassettes import find_secrets, open_cassette
from pydantic import SecretStr

from coach.engines.exchange import Fault, Message, Reply, Request
from coach.engines.live import LiveEngine, LiveOptions


def read_requests(path: Path, model: str) -> list[Request]:
    """The requests of a file, for this model."""
    return [parse_request(line, model) for line in path.read_bytes().splitlines() if line.strip()]


def parse_request(line: bytes, model: str) -> Request:
    """One line of the file of requests."""
    row = orjson.loads(line)
    messages = tuple(Message(role, content) for role, content in row["messages"])
    return Request(model, messages, row["schema_name"], row["schema"], row["parameters"], warm=row.get("warm", ""))


async def ask_all(requests: Sequence[Request], options: LiveOptions) -> list[Reply | Fault]:
    """Ask all requests through one live engine, in their order."""
    engine = LiveEngine(options)
    try:
        return list(await asyncio.gather(*(engine.answer(request) for request in requests)))
    finally:
        await engine.aclose()


async def record(requests: Sequence[Request], options: LiveOptions, out: Path) -> list[Reply | Fault]:
    """Ask all requests and keep every exchange in the cassette `out`.  Raises ValueError where it holds a secret."""
    strike = {options.host: "api.example.invalid"}
    if options.api_key is not None:
        strike[options.api_key.get_secret_value()] = "KEY"
    with open_cassette(out, record=True, strike=strike):
        answers = await ask_all(requests, options)
    refuse_secrets(out)
    return answers


def refuse_secrets(cassette: Path) -> None:
    """Delete a cassette that holds a secret, and raise ValueError."""
    found = find_secrets(cassette.read_text(encoding="utf-8"))
    if found:
        cassette.unlink()
        raise ValueError(f"the cassette held {', '.join(found)} and was deleted")


def main(arguments: Sequence[str] | None = None) -> int:
    """Record one cassette; 0 where every request has a reply."""
    parser = argparse.ArgumentParser(description="Record a cassette through an OpenAI-compatible server.")
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--requests", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--key-from", default="", help="the environment variable that holds the key")
    parser.add_argument("--deadline", type=float, default=3600.0, help="seconds for one request")
    parser.add_argument("--concurrency", type=int, default=4)
    given = parser.parse_args(arguments)
    key = SecretStr(os.environ[given.key_from]) if given.key_from else None
    options = LiveOptions(
        given.model, given.base_url, key, concurrency=given.concurrency, deadline_s=given.deadline, cache_key=False
    )
    answers = asyncio.run(record(read_requests(given.requests, given.model), options, given.out))
    faults = [answer for answer in answers if isinstance(answer, Fault)]
    for fault in faults:
        sys.stderr.write(f"{fault.key[:12]}: {fault.kind}: {fault.detail}\n")
    sys.stdout.write(f"{len(answers) - len(faults)} of {len(answers)} requests have a reply in {given.out}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
