"""From a Request to the bytes of a chat completion, and from the bytes that came back to a Reply.

`Dialect` is what a server has been found to take: servers that call themselves compatible differ in the names and
features they know, and say so with an error 400.  What is learned holds for the engine's lifetime.  Nothing here sends.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from coach.engines.exchange import Reply, Request, Usage
from coach.engines.faults import Complaint

LIMITS = ("max_completion_tokens", "max_tokens")

_FORMAT = re.compile(r"response_format|json_schema|json_object|json schema|structured output|guided_json|grammar")
_VALUE = re.compile(r"too (?:large|small|high|low|many)|at most|at least|greater than|less than|must be")


@dataclass(frozen=True, slots=True)
class Shape:
    """How requests are put.

    `format` is json_schema, json_object or empty; `limit` the name that the token limit goes by (empty: as given);
    `cache_key` says whether `prompt_cache_key` is sent.
    """

    format: str = "json_schema"
    limit: str = ""
    cache_key: bool = False


class Dialect:
    """The shape that this server takes, and one line in `notes` for each thing it was found not to take."""

    def __init__(self, cache_key: bool) -> None:
        self.shape = Shape(cache_key=cache_key)
        self.notes: list[str] = []

    def learn(self, sent: Shape, complaint: Complaint, parameters: Mapping[str, Any]) -> bool:
        """True where sending the request again in the present shape may work, after an error 400 about `sent`."""
        if sent != self.shape:
            return True
        said = f"{complaint.param} {complaint.prose}".lower()
        limit = next((name for name in LIMITS if name in parameters), "")
        if sent.cache_key and "prompt_cache_key" in said:
            self._change(replace(sent, cache_key=False), "the server takes no prompt_cache_key")
        elif limit and limit in said and not sent.limit and not _VALUE.search(said):
            other = LIMITS[1 - LIMITS.index(limit)]
            self._change(replace(sent, limit=other), f"the server takes {other} in place of {limit}")
        elif sent.format == "json_schema" and _FORMAT.search(said):
            self._change(replace(sent, format="json_object"), "the server takes no JSON schema; asked for JSON objects")
        elif sent.format == "json_object" and _FORMAT.search(said):
            self._change(replace(sent, format=""), "the server takes no response format; asked in words alone")
        else:
            return False
        return True

    def _change(self, shape: Shape, note: str) -> None:
        self.shape = shape
        self.notes.append(note)


def body_of(request: Request, shape: Shape) -> bytes:
    """The request body; what repeats between the requests of a call stands first."""
    body: dict[str, Any] = {"model": request.model}
    if shape.format == "json_schema":
        schema = {"name": request.schema_name, "strict": True, "schema": request.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif shape.format:
        body["response_format"] = {"type": shape.format}
    body["messages"] = [{"role": m.role, "content": m.content} for m in request.messages]
    for name, value in request.parameters.items():
        body[shape.limit if shape.limit and name in LIMITS else name] = value
    if shape.cache_key and request.warm:
        # Hashed: a group may be named after a call, and the provider needs no more than an equal word.
        body["prompt_cache_key"] = hashlib.sha256(request.warm.encode()).hexdigest()[:32]
    return orjson.dumps(body)


def parse_error_inside(raw: bytes) -> int | None:
    """The status inside a 200 answer that holds an error in place of choices, as gateways send; else None."""
    whole = _loads(raw)
    error = whole.get("error") if isinstance(whole, dict) and not whole.get("choices") else None
    if not error:
        return None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 300 <= code < 600 else 502


def parse_reply(raw: bytes, request: Request, attempts: int) -> Reply | None:
    """The reply in a 200 answer, or None where the body is no chat completion (cut off, a proxy's page, no choices)."""
    whole = _loads(raw)
    try:
        choice = whole["choices"][0]
        message = choice["message"]
        text, refusal = _text_of(message.get("content")), message.get("refusal")
    except (TypeError, KeyError, IndexError, AttributeError):
        return None
    return Reply(
        key=request.key,
        text=text,
        raw=raw,
        engine="live",
        model=_storable(whole.get("model") or request.model),
        finish=_storable(choice.get("finish_reason") or ""),
        refusal=_storable(refusal or ""),
        usage=_usage_of(whole.get("usage")),
        attempts=attempts,
    )


def _loads(raw: bytes) -> Any:
    """JSON as servers send it: half a surrogate pair, which orjson refuses, does not cost a paid answer."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _storable(text: Any) -> str:
    return str(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text_of(content: Any) -> str:
    """A message's content: text, a list of text parts, or nothing."""
    if isinstance(content, list):
        return _storable("".join(str(part.get("text", "")) for part in content if isinstance(part, dict)))
    return _storable(content or "")


def _usage_of(usage: Any) -> Usage:
    def count(holder: Any, name: str) -> int:
        value = holder.get(name) if isinstance(holder, dict) else None
        return value if isinstance(value, int) and value > 0 else 0

    details = usage.get("prompt_tokens_details") if isinstance(usage, dict) else None
    return Usage(count(usage, "prompt_tokens"), count(details, "cached_tokens"), count(usage, "completion_tokens"))
