"""Our own JSON: `{"call_id": ..., "channel": ..., "turns": [{"speaker", "text", "start", "end"}]}`.

A file holds one call, a list of calls, or one call a line (JSONL).  Times are seconds or clock text.  Other fields of
a call are passed over; duplicate keys, NaN and wrong types are not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from coach.calls.fields import fields_from
from coach.calls.formats.parsed import Format, ParsedCall, ParsedTurn, bad, call, checked, seconds, turn
from coach.errors import BadCall, UnknownFormat

_SHAPE = 'write {"call_id": ..., "turns": [{"speaker": ..., "text": ...}]}'
_SPEAKER = ("speaker", "role", "participant")
_TEXT = ("text", "content", "message")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _decode(text: str, source: str, line: int) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise bad(source, line + error.lineno - 1, f"not JSON ({error.msg})", "mend or export the file again") from None
    except RecursionError:
        raise bad(source, line, "nested too deeply", _SHAPE) from None
    except ValueError as error:
        raise bad(source, line, str(error), "mend or export the file again") from None


def _time(value: Any) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return seconds(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(value)
    return checked(value)


def _turn(raw: Any, place: str) -> ParsedTurn:
    if not isinstance(raw, dict):
        raise BadCall(f"{place} is not an object", _SHAPE)
    label = next((raw[key] for key in _SPEAKER if key in raw), None)
    text = next((raw[key] for key in _TEXT if key in raw), None)
    if not isinstance(label, str) or not isinstance(text, (str, type(None))):
        raise BadCall(f"{place} has no speaker or no text", _SHAPE)
    try:
        return turn(label, text or "", _time(raw.get("start")), _time(raw.get("end")))
    except (ValueError, OverflowError):
        raise BadCall(
            f"{place} has a start or end that is no time of a call", "write seconds from 0 to 86400"
        ) from None


def _call(raw: Any, source: str, line: int) -> ParsedCall:
    if not isinstance(raw, dict) or not isinstance(raw.get("turns"), list):
        raise UnknownFormat(f"{source}:{line}: JSON, but not a call of ours (no list of turns)", _SHAPE)
    try:
        fields = fields_from({key: value for key, value in raw.items() if key != "turns"})
        turns = [_turn(item, f"turn {number}") for number, item in enumerate(raw["turns"], start=1)]
    except BadCall as error:
        raise bad(source, line, error.what, error.hint) from None
    return call(fields, turns, f"{source}:{line}")


def _each(items: Iterator[tuple[int, Any]], source: str) -> Iterator[ParsedCall | BadCall]:
    for line, raw in items:
        try:
            yield _call(_decode(raw, source, line) if isinstance(raw, str) else raw, source, line)
        except BadCall as error:
            yield error


def _is_lines(text: str) -> bool:
    """True where the first line is a whole object and more follows: JSONL under another suffix."""
    first, _, rest = text.strip().partition("\n")
    return first.rstrip().endswith("}") and rest.lstrip().startswith("{")


def parse(text: str, source: str) -> Iterator[ParsedCall | BadCall]:
    """The calls of a JSON or JSONL file; in JSONL and lists a broken call comes as a value and the rest go on."""
    if source.lower().endswith((".jsonl", ".ndjson")) or _is_lines(text):
        lines = ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
        yield from _each(lines, source)
        return
    whole = _decode(text, source, 1)
    if isinstance(whole, list):
        yield from _each(
            ((number, item if isinstance(item, dict) else None) for number, item in enumerate(whole, 1)), source
        )
    else:
        yield _call(whole, source, 1)


def sniff(text: str) -> bool:
    """True for what begins like a JSON object or a list of them."""
    return text.lstrip()[:1] == "{" or text.lstrip().startswith("[{")


FORMAT = Format("our own JSON or JSONL (.json, .jsonl)", (".json", ".jsonl", ".ndjson"), sniff, parse)
