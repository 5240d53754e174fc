"""`manifest.csv` beside the calls: agent, start, team and more for each call that does not say so itself.

Columns: file, call_id, agent, agent_name, team, started_at, channel, ended_by, customer, known (values with `;`
between), note, translated.  A row needs file or call_id; everything else is optional.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from coach.calls.fields import (
    Fields,
    field_name,
    fields_from,
    parse_channel,
    parse_ended_by,
    parse_moment,
    parse_translated,
)
from coach.calls.formats.decode import decode
from coach.calls.rows import rows_of
from coach.errors import BadCall, BadManifest

_LARGEST = 32_000_000
_FILE = ("file", "filename", "file_name", "path")


@dataclass(frozen=True)
class Row:
    """One row: the file it speaks of (as written, `/` between folders, or empty), its fields, its line."""

    file: str
    fields: Fields
    line: int


@dataclass(frozen=True)
class Manifest:
    """The rows of a manifest.  `path` is the file itself; rows are looked up with `find`."""

    path: Path
    rows: tuple[Row, ...] = field(repr=False)
    _by_file: dict[str, list[Row]] = field(repr=False, default_factory=dict)
    _by_id: dict[str, Row] = field(repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            if row.file:
                self._by_file.setdefault(row.file, []).append(row)
            if row.fields.call_id:
                self._by_id[row.fields.call_id] = row

    def find(self, file: Path, call_id: str) -> Fields:
        """What the manifest says of a call: by its id, else by its file; empty fields where it says nothing.

        `call_id` is the id that the file itself gives, or empty.
        """
        rows = self._rows_of(file)
        if call_id:
            by_id = next((row for row in rows if row.fields.call_id == call_id), self._by_id.get(call_id))
            if by_id is not None and (not by_id.file or by_id in rows):
                return by_id.fields
            rows = [row for row in rows if not row.fields.call_id]
        if rows:
            return rows[0].fields
        by_stem = self._by_id.get(file.stem)
        return by_stem.fields if by_stem is not None and not by_stem.file and not call_id else Fields()

    def _rows_of(self, file: Path) -> list[Row]:
        try:
            relative = file.relative_to(self.path.parent).as_posix()
        except ValueError:
            relative = file.name
        return self._by_file.get(relative) or self._by_file.get(file.name, [])


def _bad(path: Path, line: int, what: str, hint: str) -> BadManifest:
    return BadManifest(f"{path}:{line}: {what}", hint)


def _table(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadManifest(f"{path}: larger than {_LARGEST:,} bytes", "split the calls over several folders")
        return decode(path.read_bytes(), str(path))
    except OSError as error:
        raise BadManifest(f"{path}: cannot be read ({error.strerror})", "check the file and its permissions") from None
    except BadCall as error:
        raise BadManifest(error.what, error.hint) from None


def _lines(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    header = text.lstrip().split("\n", 1)[0]
    hint = "quote cells that hold commas or line breaks"
    return rows_of(text, max(",;\t", key=header.count), lambda line, what: _bad(path, line, what, hint))


def _header(names: list[str], path: Path, line: int) -> list[str]:
    """Our names for the columns, "" for a column that means nothing to us."""
    columns = []
    for name in names:
        plain = name.strip().lower().replace(" ", "_")
        columns.append("file" if plain in _FILE else field_name(name) or "")
    if "file" not in columns and "call_id" not in columns:
        raise _bad(path, line, "no column file or call_id", "name the columns file,agent,started_at,...")
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise _bad(path, line, f"two columns mean {min(twice)}", "keep one of them")
    return columns


def _row(columns: list[str], cells: list[str], path: Path, line: int) -> Row:
    if len(cells) != len(columns):
        hint = "quote cells that hold commas or line breaks"
        raise _bad(path, line, f"{len(cells)} cells where the header has {len(columns)}", hint)
    raw = {name: cell for name, cell in zip(columns, cells, strict=True) if name}
    file = raw.pop("file", "").strip().replace("\\", "/").removeprefix("./")
    try:
        fields = fields_from(raw)
        parse_channel(fields.channel)
        parse_ended_by(fields.ended_by)
        parse_translated(fields.translated)
        if fields.started_at:
            parse_moment(fields.started_at, UTC)
    except BadCall as error:
        raise _bad(path, line, error.what, error.hint) from None
    if not file and not fields.call_id:
        raise _bad(path, line, "the row names no file and no call_id", "fill one of them")
    return Row(file, fields, line)


def _check_once(rows: list[Row], path: Path) -> None:
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        call_id = row.fields.call_id
        keys = [("call_id", call_id)] if call_id else [("file", row.file)]
        for kind, value in keys:
            first = seen.setdefault((kind, value), row.line)
            if first != row.line:
                raise _bad(path, row.line, f"{kind} {value!r} stands on line {first} already", "keep one of the rows")


def read_manifest(path: Path) -> Manifest:
    """Read a manifest: UTF-8 or UTF-16 with a mark, comma, semicolon or tab, header in any case.

    Raises BadManifest with the line of what is wrong; a duplicate file or call_id is wrong.
    """
    lines = _lines(_table(path), path)
    number, names = next(lines, (1, []))
    if not names:
        raise _bad(path, 1, "the file is empty", "write a header: file,agent,started_at")
    columns = _header(names, path, number)
    rows = [_row(columns, cells, path, line) for line, cells in lines]
    _check_once(rows, path)
    return Manifest(path, tuple(rows))
