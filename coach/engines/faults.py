"""What can go wrong with a question to a model, and what to do about it: one table for every fault.

`classify` names the fault of an HTTP answer, `verdict_on` judges a reply that was kept, `doubled` widens a request
whose answer was cut off.  Nothing here sends, waits or counts: `live.py` does, by this table.  No text of a prompt
and no key ever enters a detail: of what a server says only short codes are repeated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson

from coach.engines.exchange import FaultKind, Reply, Request
from coach.errors import EngineDown


class Action(StrEnum):
    """What to do about a fault.

    `retry` sends the same request again after a wait; `double_limit` asks once more with twice the token limit;
    `people` leaves the matter to a person; `reask` asks once more and shows the model its error; `stop` ends the run
    (what is answered stays kept, the rest is asked by the next run).
    """

    RETRY = "retry"
    DOUBLE_LIMIT = "double_limit"
    PEOPLE = "people"
    REASK = "reask"
    STOP = "stop"


TABLE: Mapping[FaultKind, Action] = {
    FaultKind.REFUSAL: Action.PEOPLE,
    FaultKind.CONTENT_FILTER: Action.PEOPLE,
    FaultKind.TRUNCATED: Action.DOUBLE_LIMIT,
    FaultKind.EMPTY: Action.REASK,
    FaultKind.INVALID: Action.REASK,
    FaultKind.TIMEOUT: Action.RETRY,
    FaultKind.RATE_LIMIT: Action.RETRY,
    FaultKind.SERVER: Action.RETRY,
    FaultKind.CONNECTION: Action.RETRY,
    FaultKind.REJECTED: Action.PEOPLE,
    FaultKind.TOO_LONG: Action.PEOPLE,
    FaultKind.NOT_RECORDED: Action.PEOPLE,
    FaultKind.BUDGET: Action.STOP,
    FaultKind.STOPPED: Action.STOP,
}

TRANSPORT = frozenset({FaultKind.TIMEOUT, FaultKind.SERVER, FaultKind.CONNECTION})
"""The faults that say nobody is there; a row of them opens the circuit breaker."""


class Halt(StrEnum):
    """Why no request at all can be answered: each ends the run at once, with its line in `HALTS`."""

    KEY = "key"
    ACCESS = "access"
    MODEL = "model"
    QUOTA = "quota"
    ADDRESS = "address"


HALTS: Mapping[Halt, tuple[str, str]] = {
    Halt.KEY: ("{host} does not accept the API key", "check the key, or make a new one at the provider"),
    Halt.ACCESS: (
        "{host} forbids this key the model {model!r}",
        "ask the provider for access, or choose another model",
    ),
    Halt.MODEL: ("{host} does not know the model {model!r}", "choose one of the models that the server lists"),
    Halt.QUOTA: (
        "the quota or credit at {host} is used up",
        "add credit, then run the same command again: what was answered is kept",
    ),
    Halt.ADDRESS: (
        "there is no chat service at this address of {host}",
        "check the base URL; most end in /v1",
    ),
}

_WORD = re.compile(r"[A-Za-z0-9_.\-]{1,60}\Z")
_TOO_LONG = re.compile(
    r"context[_ ](?:length|size|window)|maximum context|exceed_context|prompt is too long|too many (?:input )?tokens"
)
_NO_MODEL = re.compile(
    r"\bmodel\b.*(?:not found|not exist|does not exist|unknown|not loaded)|(?:unknown|invalid) model"
)
_QUOTA = re.compile(
    r"insufficient_quota|billing_hard_limit|billing_not_active|insufficient_balance|insufficient credit"
)
_FILTER = re.compile(r"content_filter|content_policy|responsibleaipolicy")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What an error body says: `code` and `param` are short words, `prose` all of it in small letters.

    `prose` may quote the prompt: it is for matching alone, never for a message.
    """

    code: str = ""
    param: str = ""
    prose: str = ""


def parse_complaint(body: bytes) -> Complaint:
    """Read an error body: OpenAI's shape, the flat one of older vLLM, FastAPI's list, or plain text."""
    try:
        whole = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Complaint(prose=body[:2000].decode("utf-8", "replace").lower())
    if not isinstance(whole, dict):
        return Complaint()
    error = whole.get("error", whole)
    if not isinstance(error, dict):
        return Complaint(prose=str(error)[:2000].lower())
    parts = [str(error.get(name) or "") for name in ("code", "type", "param", "message")]
    parts += _complaints_of_a_form(error.get("detail"))
    code = next((part for part in parts[:2] if _WORD.match(part)), "")
    param = parts[2] if _WORD.match(parts[2]) else ""
    return Complaint(code, param, " ".join(parts)[:4000].lower())


def _complaints_of_a_form(detail: Any) -> list[str]:
    """The places and words of FastAPI's `detail`, without the `input` it echoes."""
    if isinstance(detail, str):
        return [detail]
    rows = [row for row in detail if isinstance(row, dict)] if isinstance(detail, list) else []
    return [f"{row.get('type', '')} {row.get('loc', '')} {row.get('msg', '')}" for row in rows]


def classify(status: int, complaint: Complaint) -> FaultKind | Halt:
    """Name the fault of an answer with this HTTP status (300 and above) and error body."""
    halt = _halt_of(status, complaint)
    if halt is not None:
        return halt
    if status in (429, 529):
        return FaultKind.RATE_LIMIT
    if status == 408:
        return FaultKind.TIMEOUT
    if status in (409, 425) or (status >= 500 and status != 501):
        return FaultKind.SERVER
    if _FILTER.search(complaint.prose):
        return FaultKind.CONTENT_FILTER
    if status == 413 or _TOO_LONG.search(complaint.prose):
        return FaultKind.TOO_LONG
    return FaultKind.REJECTED


def _halt_of(status: int, complaint: Complaint) -> Halt | None:
    if status == 401:
        return Halt.KEY
    if status == 402 or (status in (403, 429) and _QUOTA.search(complaint.prose)):
        return Halt.QUOTA
    if status == 403:
        return Halt.ACCESS
    if status in (400, 404) and (complaint.code == "model_not_found" or _NO_MODEL.search(complaint.prose)):
        return Halt.MODEL
    if status in (404, 405) or 300 <= status < 400:
        return Halt.ADDRESS
    return None


def engine_down(halt: Halt, host: str, model: str) -> EngineDown:
    """The error that ends a run, with what to do about it."""
    what, hint = HALTS[halt]
    return EngineDown(what.format(host=host, model=model), hint)


def detail_of(status: int, complaint: Complaint) -> str:
    """One line on an HTTP error that repeats nothing but the status and short codes."""
    words = [f"HTTP {status}", complaint.code, f"parameter {complaint.param}" if complaint.param else ""]
    return ", ".join(word for word in words if word)


def verdict_on(reply: Reply) -> FaultKind | None:
    """Judge a reply before anybody parses it: refused, filtered, cut off, empty; None where it may be read."""
    finish = reply.finish.lower()
    if reply.refusal or finish == "refusal":
        return FaultKind.REFUSAL
    if finish in ("content_filter", "safety"):
        return FaultKind.CONTENT_FILTER
    if finish in ("length", "max_tokens"):
        return FaultKind.TRUNCATED
    if not reply.text.strip():
        return FaultKind.EMPTY
    return None


def doubled(request: Request) -> Request | None:
    """The same request with twice its token limit: a new question with its own key; None where it has no limit."""
    for name in ("max_completion_tokens", "max_tokens"):
        limit = request.parameters.get(name)
        if isinstance(limit, int):
            return replace(request, parameters={**request.parameters, name: 2 * limit})
    return None
