"""Opening calls: files and folders in, transcripts or refusals out, one at a time and always in the same order.

What a file does not say of its call comes from `manifest.csv` beside it, then from the defaults.  Nothing here masks
or grades.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from coach.calls.clean import clean_line
from coach.calls.fields import Fields, merge, parse_moment, record_from, safe_id
from coach.calls.formats import ParsedCall, scan_file
from coach.calls.gradable import why_ungradable
from coach.calls.manifest import Manifest, read_manifest
from coach.calls.roles import cast_of
from coach.calls.transcript import Channel, Refused, Transcript, Turn
from coach.calls.weeks import week_of
from coach.errors import BadCall, NotFound

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Defaults:
    """What holds for a call where neither its file nor the manifest says so.  `zone` is that of times without offset."""

    agent: str = ""
    agent_name: str = ""
    team: str = ""
    started_at: datetime | None = None
    channel: Channel | None = None
    zone: ZoneInfo = _UTC

    def fields(self) -> Fields:
        """The same as fields, to be merged last."""
        return Fields(
            agent=self.agent,
            agent_name=self.agent_name,
            team=clean_line(self.team),
            started_at=self.started_at.isoformat() if self.started_at else "",
            channel=self.channel or "",
        )


def _is_call(name: str) -> bool:
    lower = name.lower()
    if lower.startswith((".", "readme")) or lower.endswith(".md"):
        return False
    return not (lower.startswith("manifest") and lower.endswith(".csv"))


def _walk(folder: Path) -> Iterator[Path]:
    """The call files of a folder and those below, sorted by path; links to folders are not followed."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(filter(_is_call, names)):
            yield Path(root, name)


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """(file, the topmost folder whose manifest may speak of it), each file once."""
    seen: set[int] = set()
    for path in sorted(paths):
        top = path if path.is_dir() else path.parent
        for file in _walk(path) if path.is_dir() else [path]:
            mark = hash(file.absolute())
            if mark not in seen:
                seen.add(mark)
                yield file, top


def _check_paths(paths: Sequence[Path]) -> None:
    for path in paths:
        try:
            there = path.exists()
        except (OSError, ValueError):
            there = False
        if not there:
            raise NotFound(f"{path}: no such file or folder", "check the path of the calls")


def count_files(paths: Sequence[Path]) -> int:
    """How many call files `open_calls` will look at; raises NotFound for a path that is not there."""
    _check_paths(paths)
    return sum(1 for _ in _files(paths))


def _line_of(place: re.Match[str]) -> str:
    return f"line {place[1]}: " if place[1] else ""


class _Manifests:
    """The manifest that speaks of a file: the nearest one from its folder upwards to the top that was asked for."""

    def __init__(self) -> None:
        self._of: dict[Path, Manifest | None] = {}

    def find(self, file: Path, top: Path, call_id: str) -> Fields:
        folder = file.parent
        while True:
            manifest = self._in(folder)
            fields = manifest.find(file, call_id) if manifest else Fields()
            if fields != Fields() or folder == top or folder == folder.parent:
                return fields
            folder = folder.parent

    def missing(self) -> Iterator[Refused]:
        """A refusal for every row whose file is not there: such a call would be left out without a word."""
        for manifest in filter(None, self._of.values()):
            for row in manifest.rows:
                if row.file and not (manifest.path.parent / row.file).exists():
                    source = f"{manifest.path}:{row.line}"
                    reason = f"no file {clean_line(row.file)[:120]!r} beside the manifest; add it or take the row out"
                    yield Refused(source=source, call_id=safe_id(row.fields.call_id or row.file), reason=reason)

    def _in(self, folder: Path) -> Manifest | None:
        if folder not in self._of:
            path = folder / "manifest.csv"
            self._of[folder] = read_manifest(path) if path.is_file() else None
        return self._of[folder]


def _turns(parsed: ParsedCall, fields: Fields) -> tuple[tuple[Turn, ...], Fields]:
    """The turns with their speakers, and the fields with the names that the labels gave away."""
    cast = cast_of((t.label for t in parsed.turns), (fields.agent_name, fields.agent), fields.customer)
    turns = tuple(Turn(speaker=cast.speaker[t.label], text=t.text, start=t.start, end=t.end) for t in parsed.turns)
    named = fields.model_copy(
        update={
            "agent_name": fields.agent_name or cast.agent_name,
            "customer": fields.customer or cast.customer,
            "known": tuple(dict.fromkeys((*fields.known, *filter(None, (cast.customer,))))),
        }
    )
    return turns, named


def _transcript(parsed: ParsedCall, fields: Fields, zone: ZoneInfo) -> Transcript:
    record_from(fields, zone)  # what is missing is said before what is unclear about the labels
    turns, named = _turns(parsed, fields)
    transcript = Transcript(record=record_from(named, zone), turns=turns)
    reason = why_ungradable(transcript)
    if reason:
        raise BadCall(reason, "leave the call out or export it again with both sides")
    return transcript


def _week_of(fields: Fields, zone: ZoneInfo) -> str:
    """The ISO week of the start, empty where that is unknown."""
    try:
        return week_of(parse_moment(fields.started_at, zone), zone)
    except (BadCall, OverflowError):
        return ""


def _content(transcript: Transcript) -> bytes:
    return hashlib.sha256(transcript.model_dump_json().encode("utf-8", "surrogatepass")).digest()[:16]


class _Run:
    """One pass over the files: remembers the manifests and which ids were taken, nothing of the calls themselves."""

    def __init__(self, defaults: Defaults) -> None:
        self._defaults = defaults
        self._manifests = _Manifests()
        self._taken: dict[str, bytes] = {}

    def calls(self, files: Iterable[tuple[Path, Path]]) -> Iterator[Transcript | Refused]:
        for file, top in files:
            try:
                for parsed in scan_file(file):
                    yield from self._one(file, top, parsed)
            except BadCall as error:
                yield self._refused(file, top, error)
        yield from self._manifests.missing()

    def _refused(self, file: Path, top: Path, error: BadCall) -> Refused:
        """A file that holds no call of ours; what the manifest says of it still tells its id and week."""
        fields = merge(self._manifests.find(file, top, ""), self._defaults.fields())
        return Refused(
            source=str(file),
            call_id=safe_id(fields.call_id or file.stem),
            # Beside `source` the reason needs no file of its own.
            reason=re.sub(rf"^{re.escape(file.name)}:(?:(\d+):)? ", _line_of, str(error)),
            week=_week_of(fields, self._defaults.zone),
        )

    def _one(self, file: Path, top: Path, parsed: ParsedCall | BadCall) -> Iterator[Transcript | Refused]:
        if isinstance(parsed, BadCall):
            yield self._refused(file, top, parsed)
            return
        own = parsed.fields
        said = merge(own, self._manifests.find(file, top, own.call_id), self._defaults.fields())
        fields = said.model_copy(update={"call_id": said.call_id or file.stem})
        try:
            transcript = _transcript(parsed, fields, self._defaults.zone)
            if self._is_new(transcript):
                yield transcript
            return
        except BadCall as error:
            reason = str(error)
        except ValidationError:
            reason = "a value of the record cannot be used; check the file's header and the manifest"
        week = _week_of(fields, self._defaults.zone)
        yield Refused(source=str(file), call_id=safe_id(fields.call_id), reason=reason, week=week)

    def _is_new(self, transcript: Transcript) -> bool:
        """False for a call that was read already, word for word.  Raises BadCall for another one under its id."""
        call_id, content = transcript.record.call_id, _content(transcript)
        taken = self._taken.setdefault(call_id, content)
        if taken is content:
            return True
        if taken != content:
            raise BadCall(f"call_id {call_id} was taken by another call of this run", "give each call its own id")
        return False


def open_calls(paths: Sequence[Path], defaults: Defaults) -> Iterator[Transcript | Refused]:
    """The calls of these files and folders, one at a time, in the order of their paths.

    Folders are walked to the bottom; hidden files, manifests, READMEs and Markdown are passed over.  What cannot be
    taken in comes as `Refused`, with the reason.  The same call twice comes once.  Raises NotFound at once for a path
    that is not there, BadManifest when a manifest that does not hold is met.
    """
    _check_paths(paths)
    return _Run(defaults).calls(_files(paths))
