"""A table with a row a turn: columns speaker, start, end, text; optional call_id for several calls in one file.

Column names are case-insensitive and have the usual synonyms.  Comma, semicolon or tab between the columns.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from coach.calls.fields import fields_from
from coach.calls.formats.parsed import Format, ParsedCall, ParsedTurn, bad, call, seconds, turn
from coach.calls.rows import rows_of
from coach.errors import BadCall, UnknownFormat

_COLUMNS = {
    "speaker": ("speaker", "role", "participant", "who", "from", "author"),
    "text": ("text", "message", "content", "utterance", "transcript", "body"),
    "start": ("start", "start_time", "starttime", "begin", "from_time", "offset", "time", "timestamp"),
    "end": ("end", "end_time", "endtime", "stop", "to_time"),
    "call_id": ("call_id", "callid", "call", "conversation_id", "conversation", "id"),
}
_LONGEST_CELL = 2_000_000


def _delimiter(text: str) -> str:
    header = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _columns(header: list[str]) -> dict[str, int]:
    """Where each column of ours stands.  A name that could be two (`from`) goes to the first that wants it."""
    names = [name.strip().lower().replace(" ", "_") for name in header]
    return {
        ours: names.index(found)
        for ours, options in _COLUMNS.items()
        if (found := next((name for name in options if name in names), None)) is not None
    }


def _rows(text: str, source: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_CELL)
    hint = "quote cells that hold commas, quotes or line breaks"
    return rows_of(text, _delimiter(text), lambda line, what: bad(source, line, what, hint))


def _turn(cells: dict[str, str], source: str, line: int) -> ParsedTurn:
    try:
        start, end = (seconds(cells[name]) if cells.get(name) else None for name in ("start", "end"))
    except ValueError:
        raise bad(source, line, "start or end is no time of a call", "write mm:ss or seconds") from None
    if not cells.get("speaker"):
        raise bad(source, line, "the row names no speaker", "fill the speaker column")
    return turn(cells["speaker"], cells.get("text", ""), start, end)


def parse(text: str, source: str) -> Iterator[ParsedCall | BadCall]:
    """The calls of a table, in the order in which each begins.  Raises BadCall with the line of what is wrong."""
    rows = _rows(text, source)
    _, header = next(rows, (1, []))
    columns = _columns(header)
    if "speaker" not in columns or "text" not in columns:
        raise UnknownFormat(
            f"{source}:1: the table has no speaker and text columns", "name the columns speaker,start,end,text"
        )
    grouped: dict[str, list[ParsedTurn]] = {}
    for line, row in rows:
        if len(row) != len(header):
            raise bad(
                source, line, f"{len(row)} cells where the header has {len(header)}", "quote cells that hold commas"
            )
        cells = {name: row[at].strip() for name, at in columns.items()}
        grouped.setdefault(cells.get("call_id", ""), []).append(_turn(cells, source, line))
    if not grouped:
        raise bad(source, None, "the table has a header and no rows", "export the call again")
    for call_id, turns in grouped.items():
        try:
            yield call(fields_from({"call_id": call_id}), turns, source)
        except BadCall as error:
            yield error


def sniff(text: str) -> bool:
    """True where the first line is a header with our columns."""
    header = text.lstrip().split("\n", 1)[0]
    found = _columns(header.replace('"', "").split(_delimiter(text)))
    return "speaker" in found and "text" in found


FORMAT = Format("a table (.csv with speaker,start,end,text)", (".csv", ".tsv"), sniff, parse)
