"""Replies that a model gave to the sample calls, shipped with the program: one file a call, one line a reply.

`Recall(RecordedEngine(...), RecordedReplies(folders))` is the engine `recorded`: what was recorded is recalled, and
whoever asks anything else is told so.  Nothing here asks a model; `write_recorded` keeps what a recording script got.

A line: {"key","part","asked","text","model","finish","usage":{"tokens_in","tokens_cached","tokens_out"}}, where
`asked` is the model that the request named (it is part of the key) and `model` the one that answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from coach.engines.exchange import Fault, FaultKind, Reply, Request, Usage
from coach.errors import EngineDown

_LINE = re.compile(rb'\{"key":"([0-9a-f]{64})",')
_CALL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,99}\Z")


class RecordedReplies:
    """A read-only ledger over the *.jsonl of some folders; where two hold a key, the first folder's reply stands.

    The keys are read at the first use, a reply when it is asked for.  Raises EngineDown where a folder holds no
    recorded replies, or a line is none.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    @property
    def asked(self) -> str:
        """The model that the requests named: ask for this one, or no key will be found."""
        place, line = next(iter(self._lines.values()))
        return str(_parse_line(place, line)["asked"])

    def __len__(self) -> int:
        """How many replies there are."""
        return len(self._lines)

    def find(self, key: str) -> Reply | None:
        """The recorded reply, or None.  Its `raw` is the recorded line."""
        if key not in self._lines:
            return None
        place, line = self._lines[key]
        row = _parse_line(place, line)
        return Reply(
            key=key,
            text=row["text"],
            raw=line,
            engine="recorded",
            model=row["model"],
            finish=row["finish"],
            usage=Usage(**row["usage"]),
        )

    def keep(self, reply: Reply) -> None:
        """Keeps nothing: what is recorded is recorded.  Nobody answers beneath, so nothing comes here."""

    @cached_property
    def _lines(self) -> dict[str, tuple[str, bytes]]:
        lines: dict[str, tuple[str, bytes]] = {}
        for folder in self._folders:
            files = sorted(folder.glob("*.jsonl"))
            for path in files:
                for number, line in enumerate(path.read_bytes().splitlines(), 1):
                    place = f"{path.name}:{number}"
                    found = _LINE.match(line)
                    if found is None:
                        raise _broken(place)
                    lines.setdefault(found[1].decode(), (place, line))
            if not files or not lines:
                raise EngineDown(
                    f"there are no recorded replies in {folder}", "choose another engine, or name their folder"
                )
        return lines


def _parse_line(place: str, line: bytes) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
        texts = [row[name] for name in ("asked", "text", "model", "finish")]
        Usage(**row["usage"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise _broken(place) from None
    if not all(isinstance(text, str) for text in texts):
        raise _broken(place)
    return dict(row)


def _broken(place: str) -> EngineDown:
    return EngineDown(f"{place} is not a recorded reply", "restore the file, or record it again")


class RecordedEngine:
    """Answers nothing: it stands beneath the memory of what was recorded.  `model` is `RecordedReplies.asked`."""

    name = "recorded"
    ai = True

    def __init__(self, model: str) -> None:
        self.model = model

    async def answer(self, request: Request) -> Reply | Fault:
        """Say that there is no recorded reply."""
        detail = "no reply was recorded for this; use --engine patterns or live for calls of your own, live for an edited playbook"
        return Fault(request.key, FaultKind.NOT_RECORDED, detail)

    async def aclose(self) -> None:
        """Holds nothing."""


def write_recorded(folder: Path, call_id: str, replies: Iterable[tuple[str, Reply]], *, asked: str = "") -> Path:
    """Write a call's replies, as (part, reply), to `folder`/`call_id`.jsonl and give its path.

    The same replies always make the same bytes: sorted by part and key, a line each, UTF-8, LF.  `asked` is the model
    the requests named, by default the one that answered.  Raises ValueError for a call id that is no file name, a key
    that comes twice, and a refusal, which has no place among samples.
    """
    if not _CALL_ID.match(call_id):
        raise ValueError(f"{call_id!r} cannot name a file")
    rows = sorted(replies, key=lambda row: (row[0], row[1].key))
    if len({reply.key for _, reply in rows}) < len(rows):
        raise ValueError(f"{call_id}: two replies have the same key")
    if any(reply.refusal for _, reply in rows):
        raise ValueError(f"{call_id}: a reply is a refusal")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{call_id}.jsonl"
    path.write_bytes(b"".join(_render_line(part, reply, asked) for part, reply in rows))
    return path


def _render_line(part: str, reply: Reply, asked: str) -> bytes:
    usage = reply.usage
    row = {
        "key": reply.key,
        "part": part,
        "asked": asked or reply.model,
        "text": reply.text,
        "model": reply.model,
        "finish": reply.finish,
        "usage": {
            "tokens_in": usage.tokens_in,
            "tokens_cached": usage.tokens_cached,
            "tokens_out": usage.tokens_out,
        },
    }
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
