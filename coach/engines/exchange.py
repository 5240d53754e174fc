"""What an engine is asked and what it says: the one shape of all engines.

A `Request` holds the words for a model and, for engines that read no prose, the same matter as plain data
(`Material`).  A `Reply` is the raw bytes that came back; a `Fault` is why none did.  Both are values: one item's
failure never raises.  This module knows nothing of calls, playbooks or critiques.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

import orjson


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat: `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Line:
    """A turn as plain data: speaker is agent, customer or system; times in seconds or None."""

    id: str
    speaker: str
    text: str
    start: float | None
    end: float | None


@dataclass(frozen=True)
class Material:
    """What a request is about, for engines that compute instead of reading a prompt.

    `part` is the stage asked for (or `overview`), `checks` the ids to grade, `lexicons` the playbook's word lists.
    """

    part: str
    checks: tuple[str, ...]
    lines: tuple[Line, ...]
    channel: str
    ended_by: str
    lexicons: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Request:
    """One question to an engine.

    `schema` is the JSON schema of the reply, `parameters` what else changes the answer (temperature, seed, token
    limit).  `key` is the sha256 over model, messages, schema and parameters: the same key is the same question.
    `warm` groups requests that share a prefix: one of a group goes first, the rest follow onto the warm cache.
    `label` names the request in progress and errors; it is not part of the key.
    """

    model: str
    messages: tuple[Message, ...]
    schema_name: str
    schema: Mapping[str, Any]
    parameters: Mapping[str, Any]
    material: Material | None = None
    warm: str = ""
    label: str = ""

    @cached_property
    def key(self) -> str:
        """The content address of this question."""
        matter = {
            "model": self.model,
            "messages": [[m.role, m.content] for m in self.messages],
            "schema_name": self.schema_name,
            "schema": self.schema,
            "parameters": self.parameters,
        }
        return hashlib.sha256(orjson.dumps(matter, option=orjson.OPT_SORT_KEYS)).hexdigest()


class FaultKind(StrEnum):
    """Why there is no usable answer.  Every kind has one row in `faults.py`."""

    REFUSAL = "refusal"
    CONTENT_FILTER = "content_filter"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    INVALID = "invalid"
    TIMEOUT = "timeout"
    RATE_LIMIT = "rate_limit"
    SERVER = "server"
    CONNECTION = "connection"
    REJECTED = "rejected"
    TOO_LONG = "too_long"
    NOT_RECORDED = "not_recorded"
    BUDGET = "budget"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one reply, as the server counted them."""

    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_cached + other.tokens_cached,
            self.tokens_out + other.tokens_out,
        )


@dataclass(frozen=True)
class Reply:
    """What came back: `text` is the assistant's own text, byte for byte; `raw` the whole response body.

    `engine` and `model` say who answered (`model` as the server reports it).  `recalled` is true where it was
    answered before and nobody was asked.  `finish` is the server's finish reason, kept as it came; what it means
    is judged by whoever reads the reply (`faults.verdict_on`), so that a truncated answer is kept as well.
    """

    key: str
    text: str
    raw: bytes
    engine: str
    model: str
    finish: str = "stop"
    refusal: str = ""
    usage: Usage = field(default_factory=Usage)
    attempts: int = 1
    recalled: bool = False


@dataclass(frozen=True)
class Fault:
    """Why a request has no reply.  `detail` is one line without keys or prompt text."""

    key: str
    kind: FaultKind
    detail: str
    attempts: int = 0


class Engine(Protocol):
    """Answers requests.  `name` stands on every result; `ai` is False where no model judges."""

    name: str
    model: str
    ai: bool

    async def answer(self, request: Request) -> Reply | Fault:
        """Answer one request.  Raises EngineDown alone, when no request can be answered at all."""
        ...

    async def aclose(self) -> None:
        """Let go of connections; answering afterwards is an error."""
        ...


class Ledger(Protocol):
    """Keeps replies under their request's key.  `keep` returns when the reply is on the disk."""

    def find(self, key: str) -> Reply | None:
        """The kept reply, or None."""
        ...

    def keep(self, reply: Reply) -> None:
        """Keep a reply; a key that is there already stays as it was."""
        ...
