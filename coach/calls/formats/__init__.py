"""The formats in which calls are written down: one module each, one line in `FORMATS` each.

`parse_file` reads any of them.  Nothing here decides who an agent is (`roles.py`) or what a call's record is (`read.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coach.calls.formats import csv_table, own_json, plain, webvtt_cues
from coach.calls.formats.decode import decode
from coach.calls.formats.parsed import Format, Parsed, ParsedCall, ParsedTurn
from coach.errors import BadCall, UnknownFormat

__all__ = ["FORMATS", "ParsedCall", "ParsedTurn", "format_of", "parse_file", "scan_file"]

FORMATS: tuple[Format, ...] = (
    webvtt_cues.FORMAT,
    own_json.FORMAT,
    csv_table.FORMAT,
    plain.FORMAT,
)

LARGEST_FILE = 32_000_000


def format_of(path: Path, text: str) -> Format:
    """The format of a file: by its suffix, else by a look at its content.  Raises UnknownFormat."""
    suffix = path.suffix.lower()
    for known in FORMATS:
        if suffix in known.suffixes:
            return known
    for known in FORMATS:
        if known.sniff(text):
            return known
    names = ", ".join(known.name for known in FORMATS)
    raise UnknownFormat(f"{path.name}: no format of ours reads this file", f"export the call as one of: {names}")


def scan_file(path: Path) -> Iterator[Parsed]:
    """The calls of a file one by one; a broken call among good ones comes as its BadCall, as a value.

    Raises BadCall where the file as a whole cannot be read, UnknownFormat where nothing reads it.
    """
    try:
        if (size := path.stat().st_size) > LARGEST_FILE:
            raise BadCall(f"{path.name}: {size:,} bytes", f"a file has at most {LARGEST_FILE:,}; split it")
        data = path.read_bytes()
    except OSError as error:
        raise BadCall(f"{path.name}: cannot be read ({error.strerror})", "check the file and its permissions") from None
    text = decode(data, path.name)
    if not text.strip():
        raise BadCall(f"{path.name}: the file is empty", "export the call again")
    yield from format_of(path, text).parse(text, path.name)


def parse_file(path: Path) -> tuple[ParsedCall, ...]:
    """All calls of a file.  Raises BadCall (UnknownFormat) for the first thing wrong, with file and line."""
    calls = []
    for parsed in scan_file(path):
        if isinstance(parsed, BadCall):
            raise parsed
        calls.append(parsed)
    return tuple(calls)
