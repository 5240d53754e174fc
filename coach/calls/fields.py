"""What is said of a call beside its words, as text: from a file's header, a manifest row or an option.

`Fields` holds text that may be empty; `record_from` turns the merged whole into a `Record` or says what is missing.
Nothing here reads files.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from pydantic import Field

from coach.calls.clean import clean_line
from coach.calls.transcript import Channel, EndedBy, Record, Value
from coach.errors import BadCall, Ungradable

NAMES = {
    "call_id": ("id", "callid", "call"),
    "agent": ("agent_id", "agentid"),
    "agent_name": ("agentname",),
    "team": ("group", "queue"),
    "started_at": ("started", "start_time", "date", "datetime", "time"),
    "channel": ("medium",),
    "ended_by": ("ended", "endedby"),
    "customer": ("customer_name",),
    "known": ("known_values",),
    "note": ("crm_note", "notes"),
    "translated": (),
}
_CANONICAL = {alias: name for name, others in NAMES.items() for alias in (name, *others)}

_CHANNELS = {
    Channel.PHONE: ("phone", "voice", "call", "telephone", "telephony"),
    Channel.CHAT: ("chat", "webchat", "messaging", "message", "sms", "text", "whatsapp", "email"),
}
_CHANNEL_OF = {word: channel for channel, words in _CHANNELS.items() for word in words}
_YES, _NO = {"true", "yes", "y", "1"}, {"false", "no", "n", "0"}
_BAD_IN_ID = re.compile(r"[^A-Za-z0-9._@-]+")
_NOTE_LIMIT = 20_000


class Fields(Value):
    """Partial record data; empty means not said.  `started_at` is the text as written, `known` one value an item."""

    call_id: str = ""
    agent: str = ""
    agent_name: str = Field(default="", repr=False)
    team: str = ""
    started_at: str = ""
    channel: str = ""
    ended_by: str = ""
    customer: str = Field(default="", repr=False)
    known: tuple[str, ...] = Field(default=(), repr=False)
    note: str = Field(default="", repr=False)
    translated: str = ""


def field_name(text: str) -> str | None:
    """The field that a header or column name means ("Agent ID" is `agent`), or None."""
    return _CANONICAL.get(re.sub(r"[\s_-]+", "_", text.strip().lower()))


def fields_from(raw: Mapping[str, Any]) -> Fields:
    """Fields from names and values as found; unknown names are passed over.

    `known` may be a list or text with `;` between values.  Raises BadCall for a value that is not text or number.
    """
    found: dict[str, Any] = {}
    for name, value in raw.items():
        canonical = field_name(name)
        if canonical is None or value is None or canonical in found:
            continue
        found[canonical] = _known(value) if canonical == "known" else _text(canonical, value)
    return Fields(**found)


def _known(value: Any) -> tuple[str, ...]:
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, (list, tuple)):
        raise BadCall("known is neither text nor a list", "write the values with ; between them")
    return tuple(cleaned for part in parts if (cleaned := _text("known", part)))


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, str)):
        text = str(value)
        if name == "note" and len(text) > _NOTE_LIMIT:
            raise BadCall(f"the note has {len(text)} characters", f"keep a note under {_NOTE_LIMIT}")
        return text.strip() if name == "note" else clean_line(text)
    raise BadCall(f"{name} is neither text nor a number", "write one plain value")


def merge(*layers: Fields) -> Fields:
    """One set of fields; the first layer that says something wins.  `known` is what all of them know."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for name in NAMES:
            value = getattr(layer, name)
            if value and not merged.get(name):
                merged[name] = value
    merged["known"] = tuple(dict.fromkeys(value for layer in layers for value in layer.known))
    return Fields(**merged)


def parse_channel(text: str) -> Channel:
    """The channel a word means; phone where nothing is said.  Raises BadCall for an unknown word."""
    if not text:
        return Channel.PHONE
    channel = _CHANNEL_OF.get(re.sub(r"[\s-]", "", text.lower()))
    if channel is None:
        raise BadCall(f"channel {text!r} is not known", "write phone or chat")
    return channel


def parse_ended_by(text: str) -> EndedBy:
    """How the record ends; unknown where nothing is said.  Raises BadCall for an unknown word."""
    try:
        return EndedBy(text.lower() or "unknown")
    except ValueError:
        options = ", ".join(EndedBy)
        raise BadCall(f"ended_by {text!r} is not known", f"write one of {options}") from None


def parse_translated(text: str) -> bool:
    """Whether the text is a translation; False where nothing is said.  Raises BadCall for an unknown word."""
    word = text.lower()
    if word and word not in _YES | _NO:
        raise BadCall(f"translated {text!r} is not known", "write yes or no")
    return word in _YES


def parse_moment(text: str, zone: tzinfo) -> datetime:
    """A start as ISO 8601 ("2026-11-03T10:42:00+00:00", "2026-11-03 10:42"); a time without offset is `zone`'s.

    Raises BadCall for a bare date as well as for anything unreadable: 03/11/2026 is two different days.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or re.fullmatch(r"[\d-]*", text) or not 1970 <= moment.year <= 2200:
        raise BadCall(f"started_at {text!r} is not a date and time", "write it as 2026-11-03T10:42:00+00:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def safe_id(text: str) -> str:
    """An id of letters, digits and `._@-`; text that is one already stays as it is.

    Accents are dropped and spaces become `-`.  Where other characters are lost, six hex digits of the text's hash
    keep two different ids apart.
    """
    folded = unicodedata.normalize("NFKD", text.strip())
    plain = re.sub(r"\s+", "-", "".join(c for c in folded if not unicodedata.combining(c)))
    safe = _BAD_IN_ID.sub("-", plain).lstrip("._@-")[:80]
    if safe != plain or not safe:
        mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
        safe = f"{safe[:73].rstrip('-') or 'id'}-{mark}"
    return safe


def record_from(fields: Fields, zone: tzinfo) -> Record:
    """The record of a call.  Raises Ungradable where agent or start is missing, BadCall for a value that is wrong."""
    if not fields.agent:
        raise Ungradable("no agent is named", "name the agent in the file, in manifest.csv or with --agent")
    if not fields.started_at:
        raise Ungradable("no start is given", "give started_at in the file, in manifest.csv or with --started-at")
    return Record(
        call_id=safe_id(fields.call_id),
        agent=safe_id(fields.agent),
        agent_name=fields.agent_name,
        team=fields.team,
        started_at=parse_moment(fields.started_at, zone),
        channel=parse_channel(fields.channel),
        ended_by=parse_ended_by(fields.ended_by),
        translated=parse_translated(fields.translated),
        customer=fields.customer,
        known=fields.known,
        note=fields.note,
    )
