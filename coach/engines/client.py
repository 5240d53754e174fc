"""The one place where an OpenAI client is made and the one call that is made with it.

The client sends through aiohttp (`DefaultAioHttpClient`).  Tried against httpx2's own transport with vcrpy 9.4 on
a local server: both record and replay, also many at once, and aiohttp takes half of the CPU a call at 64 in flight
and a third at 256 (0.6 against 1.2 ms, 0.7 against 2.1; the local server's share is in both).  It reports a cut
connection as a timeout (aiohttp's ServerDisconnectedError becomes ConnectTimeout), so every failure below HTTP is
called a connection fault here; the only timeout is the engine's own deadline.

`openai` costs most of a second to import and is imported with the first client, never before.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engines.options import OPENAI_HOST, LiveOptions

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

CONNECT_S = 15.0
"""Seconds until a connection must stand; the rest of a request is bounded by the engine's deadline."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP: `headers` with names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing came back: `cause` names the exception's class; `sent` is False where no connection was made."""

    cause: str
    sent: bool


def make_client(options: LiveOptions) -> AsyncOpenAI:
    """Make the client; the caller closes it.  It repeats nothing by itself and follows no redirect.

    A missing key is sent as the word `unused`: given none, the SDK would take OPENAI_API_KEY from the environment and
    hand it to whatever server is asked.  For the same reason its organisation and project go to OpenAI alone.
    """
    import openai

    # At DEBUG the SDK and its transport log what is sent.
    for name in ("openai", "httpx2", "httpcore2", "aiohttp"):
        logging.getLogger(name).setLevel(logging.WARNING)
    key = options.api_key.get_secret_value() if options.api_key else "unused"
    http = openai.DefaultAioHttpClient(
        timeout=openai.Timeout(None, connect=CONNECT_S),
        limits=_limits(options.concurrency),
        follow_redirects=False,
    )
    client = openai.AsyncOpenAI(
        api_key=key,
        base_url=options.url,
        max_retries=0,
        default_headers={"Authorization": f"Bearer {key}"},
        http_client=http,
    )
    if options.host != OPENAI_HOST:
        client.organization = None
        client.project = None
    return client


def _limits(concurrency: int) -> httpx2.Limits:
    import httpx2

    return httpx2.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)


async def post(client: AsyncOpenAI, body: bytes) -> Answer | NoAnswer:
    """Send one chat completion and give the whole raw answer, whatever its status.

    Exceptions of the SDK hold the prompt and the key; none leaves this function.
    """
    import aiohttp
    import httpx2
    import openai

    try:
        response = await client.post(
            "/chat/completions",
            cast_to=httpx2.Response,
            content=body,
            options={"headers": {"Content-Type": "application/json"}},
        )
    except openai.APIStatusError as error:
        response = error.response
    except (openai.OpenAIError, httpx2.HTTPError, aiohttp.ClientError, OSError) as error:
        causes: list[BaseException] = [error]
        while causes[-1].__cause__ is not None:
            causes.append(causes[-1].__cause__)
        unsent = any(isinstance(cause, aiohttp.ClientConnectorError) for cause in causes)
        return NoAnswer(type(causes[-1]).__name__, sent=not unsent)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, response.content)
