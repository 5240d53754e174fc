"""What people say of a call, check by check: labels, one JSON line each, one file a rater, made to be kept in Git.

A label names the version of the words it judges (`transcript`) and of the check it judges them by (`definition`): an
edit of either makes it stale, and a stale label measures nothing.  Nothing here knows a model's verdict.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from coach.calls.clean import clean_line
from coach.calls.transcript import Id, Redacted
from coach.errors import BadLabels, CannotWrite
from coach.playbook.rubric import Check, CheckId, Rubric

LabelVerdict = Literal["met", "partial", "missed", "not_applicable", "not_observable"]
VERDICTS: tuple[LabelVerdict, ...] = ("met", "partial", "missed", "not_applicable", "not_observable")
Rater = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
TurnId = Annotated[str, StringConstraints(pattern=r"^T\d{2,5}$")]
MOST_TURNS = 40
LONGEST_NOTE = 2000  # characters
Key = tuple[str, str]
"""A call's id and a check's: what a rater says one thing about."""


class Label(BaseModel):
    """One rater's verdict on one check of one call.

    `turns` are the ids of the lines that decide it, `note` is the rater's own.  `transcript` and `definition` are the
    versions that `transcript_version` and `check_definition` gave when it was made; `at` is when.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    call_id: Id
    check_id: CheckId
    verdict: LabelVerdict
    turns: tuple[TurnId, ...] = Field(default=(), max_length=MOST_TURNS)
    note: Annotated[str, StringConstraints(max_length=LONGEST_NOTE)] = ""
    rater: Rater
    at: AwareDatetime
    transcript: Version
    definition: Version

    @property
    def key(self) -> Key:
        """What it is about: call and check."""
        return (self.call_id, self.check_id)


def check_definition(check: Check) -> str:
    """The version of all that decides a verdict on a check: what a grader reads, not its weight or readers' texts."""
    matter = check.model_dump(
        mode="json", include={"id", "name", "polarity", "needs", "customer_opportunity", "grader"}
    )
    return _version(json.dumps(matter, sort_keys=True, ensure_ascii=False))


def transcript_version(call: Redacted) -> str:
    """The version of the words a rater reads: turns, channel and how the record ends; not whose call it is."""
    turns = [[turn.id, turn.speaker.value, turn.text] for turn in call.turns]
    return _version(json.dumps([call.channel.value, call.ended_by.value, turns], ensure_ascii=False))


def _version(matter: str) -> str:
    return hashlib.sha256(matter.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def new_label(
    call: Redacted,
    check: Check,
    verdict: LabelVerdict,
    *,
    rater: str,
    at: datetime,
    turns: Iterable[str] = (),
    note: str = "",
) -> Label:
    """A label under the versions of today's words; each turn stands once, the note becomes one clean line.

    Raises BadLabels for turns the call lacks, partial where the check has none, a note too long and a bad name.
    """
    chosen = tuple(dict.fromkeys(turns))
    about = f"{call.call_id} {check.id}"
    strangers = [turn for turn in chosen if call.turn(turn) is None]
    if strangers:
        raise BadLabels(f"{about}: there is no turn {strangers[0]}", "take turn ids from the call")
    if verdict == "partial" and check.grader.partial is None:
        raise BadLabels(f"{about}: this check has no partial", "choose met or missed")
    try:
        return Label(
            call_id=call.call_id,
            check_id=check.id,
            verdict=verdict,
            turns=chosen,
            note=clean_line(note),
            rater=rater,
            at=at,
            transcript=transcript_version(call),
            definition=check_definition(check),
        )
    except ValidationError as error:
        raise BadLabels(f"{about}: {_first(error)}", "correct it") from None


def check_rater(name: str) -> str:
    """The name as it names a file; BadLabels for one that cannot."""
    try:
        return _Name(name=name).name
    except ValidationError:
        hint = "use small letters, digits, - and _, such as reader-a"
        raise BadLabels(f"{name!r} cannot name a rater", hint) from None


class _Name(BaseModel):
    name: Rater


def rater_file(folder: Path, rater: str) -> Path:
    """Where a rater's labels lie."""
    return folder / f"{check_rater(rater)}.labels.jsonl"


def read_rater(file: Path) -> list[Label]:
    """The labels of one file as they stand; an absent file holds none.

    Raises BadLabels, with the line, for one that is no label or another rater's.
    """
    rater = file.name.removesuffix(".labels.jsonl")
    try:
        # Not splitlines: a note may hold signs that Python takes for line ends and JSON does not.
        lines = file.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as fault:
        raise BadLabels(f"{file}: cannot be read: {type(fault).__name__}", "restore it as UTF-8 text") from None
    labels = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            label = Label.model_validate_json(line)
        except ValidationError as error:
            raise BadLabels(f"{file}:{number}: {_first(error)}", "mend or remove the line") from None
        if label.rater != rater:
            raise BadLabels(f"{file}:{number}: a label of {label.rater}", "keep each rater's in a file of their own")
        labels.append(label)
    return labels


def read_labels(folder: Path) -> dict[str, list[Label]]:
    """The labels of every rater in a folder, by rater.  Raises BadLabels for a file that cannot be used."""
    return {file.name.removesuffix(".labels.jsonl"): read_rater(file) for file in sorted(folder.glob("*.labels.jsonl"))}


def write_rater(file: Path, labels: Iterable[Label]) -> None:
    """Put these labels in the place of a file's; at no moment is there half a file.  Raises CannotWrite."""
    write_whole(file, labels_text(labels))


def labels_text(labels: Iterable[Label]) -> str:
    """Labels as a file holds them: a line each, sorted by call and check."""
    ordered = sorted(labels, key=lambda label: label.key)
    return "".join(label.model_dump_json() + "\n" for label in ordered)


def write_whole(file: Path, text: str) -> None:
    """Write a file so that a reader, or a crash, finds the old one or the new one.  Raises CannotWrite."""
    beside = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError as fault:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise CannotWrite(f"{file}: {fault.strerror}", "check the folder, its permissions and the disk") from None


@dataclass(frozen=True)
class SetAside:
    """A label that measures nothing, and why: what is unknown, stale or given twice."""

    label: Label
    why: str
    hint: str


@dataclass(frozen=True)
class Labelled:
    """The labels that count: for each rater one a call and check; and those set aside."""

    raters: Mapping[str, Mapping[Key, Label]]
    set_aside: tuple[SetAside, ...] = ()
    calls: Mapping[str, Redacted] = field(default_factory=dict)

    def call_ids(self) -> list[str]:
        """The calls that any rater has labelled, sorted."""
        return sorted({call_id for labels in self.raters.values() for call_id, _ in labels})

    def narrowed(self, call_ids: Iterable[str]) -> Labelled:
        """The same of these calls alone."""
        kept = frozenset(call_ids)
        raters = {
            rater: {key: label for key, label in labels.items() if key[0] in kept}
            for rater, labels in self.raters.items()
        }
        aside = tuple(one for one in self.set_aside if one.label.call_id in kept)
        return Labelled(raters, aside, {call_id: call for call_id, call in self.calls.items() if call_id in kept})


def sound_labels(
    labels: Mapping[str, Iterable[Label]], calls: Mapping[str, Redacted], rubric: Rubric, *, others: bool = False
) -> Labelled:
    """The labels that say something about these calls under this rubric; the rest set aside, each with its reason.

    With `others`, labels of calls that are not among `calls` are left out without a word: they are of other calls,
    not of unknown ones.
    """
    checks = {check.id: check for check in rubric.checks()}
    versions = {call_id: transcript_version(call) for call_id, call in calls.items()}
    definitions = {check_id: check_definition(check) for check_id, check in checks.items()}
    partless = frozenset(check_id for check_id, check in checks.items() if check.grader.partial is None)
    sound: dict[str, dict[Key, Label]] = {}
    aside: list[SetAside] = []
    for rater, given in sorted(labels.items()):
        mine = [label for label in given if not others or label.call_id in calls]
        twice = _twice(mine)
        kept = sound.setdefault(rater, {})
        for label in mine:
            fault = _fault(label, versions, definitions, twice, partless)
            if fault is None:
                kept[label.key] = label
            else:
                aside.append(SetAside(label, *fault))
    return Labelled(sound, tuple(aside), dict(calls))


def _twice(labels: Iterable[Label]) -> frozenset[Key]:
    seen: set[Key] = set()
    twice = set()
    for label in labels:
        if label.key in seen:
            twice.add(label.key)
        seen.add(label.key)
    return frozenset(twice)


def _fault(
    label: Label,
    versions: Mapping[str, str],
    definitions: Mapping[str, str],
    twice: frozenset[Key],
    partless: frozenset[str],
) -> tuple[str, str] | None:
    if label.call_id not in versions:
        return "the call is not among these", "name its file too"
    if label.check_id not in definitions:
        return "the playbook has no such check", "restore the check, or remove the labels"
    if label.key in twice:
        return "graded twice by this rater", "keep one of the lines"
    if why := why_stale(label, versions[label.call_id], definitions[label.check_id]):
        return f"stale: {why}", "label it again"
    if label.verdict == "partial" and label.check_id in partless:
        return "partial, which this check does not have", "label it again"
    return None


def why_stale(label: Label, transcript: str, definition: str) -> str:
    """What has changed since a label was made, given today's versions; empty where nothing has."""
    if label.transcript != transcript:
        return "the transcript has changed"
    return "" if label.definition == definition else "the check's definition has changed"


def _first(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return "this is no JSON"
    return f"{'.'.join(map(str, first['loc'])) or 'the line'}: {first['msg']}"
