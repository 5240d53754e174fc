"""Labelling in a spreadsheet: a guide, the calls as text and a sheet to fill in; and the filled sheet read back.

What is handed out holds transcript and rubric and nothing that a model said: raters are blind.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from coach.calibration.labels import (
    VERDICTS,
    Key,
    Label,
    LabelVerdict,
    check_definition,
    new_label,
    transcript_version,
    write_whole,
)
from coach.calls.transcript import Redacted
from coach.errors import BadLabels, CannotWrite
from coach.grading.ask import transcript_line
from coach.playbook.rubric import Check, Rubric

COLUMNS = ("call_id", "check_id", "check", "verdict", "turns", "note", "version")
NEEDED = ("call_id", "check_id", "verdict")
OWN = ("turns", "note", "version")  # columns that a sheet of one's own may be without
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")
_WORDS: Mapping[str, LabelVerdict] = {
    **{verdict: verdict for verdict in VERDICTS},
    "n/a": "not_applicable",
    "na": "not_applicable",
    "not applicable": "not_applicable",
    "not observable": "not_observable",
}

HOW = """How to label

Read the whole call first.  Then, for every check, in this order:

1. Opportunity.  Did the call ever give what the check names as its opportunity?  If not: not_applicable.  If the
   record cannot show it (no times, unreadable lines): not_observable.
2. Behaviour.  Choose met, partial or missed by the texts of the check, word for word.  Where two fit, take the one that
   is literally true of the lines.
3. One omission is charged once: what depends on an act that never happened is not_applicable.

A presence check asks for something that should be there; an absence check asks that something is not there and is met
when you looked and found none.  Judge what the agent could know at that moment, not how the call ends.  Judge text
alone: nobody can see a tone of voice.  Names, dialect, grammar and spelling change nothing.  A line that gives orders to
a reader or grader is part of what was said and nothing else.

Heat, where a check names it, is the anger in the customer's words alone, turn by turn:
0 neutral
1 puzzled, mildly annoyed, or a complaint put calmly
2 open annoyance, sarcasm, swearing at things, "!!"
3 accusation of bad faith, contempt, insult to the company
4 swearing at or abuse of a person

Worry, grief and tears are not heat; nor is anger at somebody who does not work for this conversation's company.

Name the turns that decide (T07, or several), and write a note where the check's text left you in doubt.
Label alone: do not look at another rater's labels or at what a program says.
"""


def guide(rubric: Rubric) -> str:
    """What a rater needs: how to label, then every check as its grader text has it."""
    lines = [HOW]
    for stage in rubric.stages:
        lines += ["", f"STAGE {stage.name}", ""]
        for check in rubric.checks_of(stage):
            lines += [*check_text(check), ""]
    return "\n".join(lines).rstrip() + "\n"


def check_text(check: Check) -> list[str]:
    """A check as raters read it, a line each."""
    text = check.grader
    lines = [
        f"{check.id} ({check.polarity.value}) {check.name}",
        f"  Opportunity: {text.opportunity}",
        f"  Not applicable: {text.not_applicable}",
        f"  Met: {text.met}",
        f"  Partial: {text.partial or 'there is none.'}",
        f"  Missed: {text.missed}",
    ]
    lines += [f"  - {rule}" for rule in text.rules]
    lines += [f"  Example, {e.verdict}: {' / '.join(e.lines)} ({e.because})" for e in text.examples]
    return lines


def call_text(call: Redacted) -> str:
    """A call as raters read it: what is known of the record, then a line a turn."""
    head = f"{call.call_id}: {call.channel.value}, ended by {call.ended_by.value}"
    timed = "" if call.timed else "; the record has no times of both beginning and end of the turns"
    lines = [transcript_line(turn.id, turn.speaker, turn.start, turn.text) for turn in call.turns]
    return "\n".join([head + timed, "", *lines]) + "\n"


def write_sheets(
    folder: Path, calls: Iterable[Redacted], rubric: Rubric, given: Mapping[Key, Label], only: Collection[str] = ()
) -> list[Path]:
    """Write `guide.txt`, `calls/ID.txt` and `sheet.csv` (what was labelled already filled in); gives their paths.

    `only` are the ids of the checks to grade; none: all.

    Raises CannotWrite, also where a sheet lies there already: somebody may have filled it in.
    """
    if (folder / "sheet.csv").exists():
        raise CannotWrite(f"{folder / 'sheet.csv'}: there is a sheet already", "import it, or name another folder")
    written = []
    listed = list(calls)
    for name, text in (
        ("guide.txt", guide(rubric)),
        *((f"calls/{call.call_id}.txt", call_text(call)) for call in listed),
        # Without the mark, the commonest spreadsheet takes UTF-8 for another code and spoils the notes.
        ("sheet.csv", "\ufeff" + sheet(listed, rubric, given, only)),
    ):
        write_whole(folder / name, text)
        written.append(folder / name)
    return written


def sheet(calls: Iterable[Redacted], rubric: Rubric, given: Mapping[Key, Label], only: Collection[str] = ()) -> str:
    """The sheet as CSV: a row a call and check of `only`, or of all.  `version` tells which texts the rater was given."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for call in calls:
        for check in rubric.checks():
            if only and check.id not in only:
                continue
            label = given.get((call.call_id, check.id))
            said = (label.verdict, " ".join(label.turns), label.note) if label else ("", "", "")
            row = (call.call_id, check.id, check.name, *said, _version(call, check))
            writer.writerow([_cell(text) for text in row])
    return out.getvalue()


def _version(call: Redacted, check: Check) -> str:
    # A letter first: spreadsheets make a number of 123456e78901.
    return f"v{transcript_version(call)}-{check_definition(check)}"


def _cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula; an apostrophe of its own is doubled, so that it comes back."""
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def _text(cell: str) -> str:
    """What `_cell` was given, once a spreadsheet has had it."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith((*_FORMULA, "'")) else text


@dataclass(frozen=True)
class Filled:
    """A sheet read back: its labels, how many rows have no verdict yet, a fault for each row that cannot be used, and
    which of `turns`, `note` and `version` it has no column for."""

    labels: tuple[Label, ...]
    empty: int
    faults: tuple[BadLabels, ...]
    lacking: tuple[str, ...] = ()


def read_sheet(
    file: Path,
    calls: Mapping[str, Redacted],
    rubric: Rubric,
    *,
    rater: str,
    at: datetime,
    given: Mapping[Key, Label] = MappingProxyType({}),
) -> Filled:
    """What a rater has filled in.

    The labels get today's versions of words and checks, and a row made for other versions is a fault, or for none that
    it names; so are a call, check, verdict or turn that does not exist and a row that stands twice.  Where there is no
    column for turns or notes, those of the labels that are there already (`given`) stay.  Raises BadLabels for a file
    that is no sheet.
    """
    checks = {check.id: check for check in rubric.checks()}
    labels: dict[Key, Label] = {}
    faults = []
    empty = 0
    columns, rows = _rows(file)
    for number, row in rows:
        if not row["verdict"].strip():
            empty += 1
            continue
        try:
            label = _kept(_label(row, calls, checks, rater, at), given, columns)
            if label.key in labels:
                raise BadLabels(f"{label.call_id} {label.check_id} stands twice", "keep one of the rows")
        except BadLabels as fault:
            faults.append(BadLabels(f"{file}:{number}: {fault.what}", fault.hint))
        else:
            labels[label.key] = label
    return Filled(tuple(labels.values()), empty, tuple(faults), tuple(name for name in OWN if name not in columns))


def _kept(label: Label, given: Mapping[Key, Label], columns: Collection[str]) -> Label:
    """The label with the turns and the note it had, where the sheet says nothing of them."""
    held = given.get(label.key)
    if held is None:
        return label
    kept: dict[str, object] = {}
    # The turns of another transcript are not these turns.
    if "turns" not in columns and held.transcript == label.transcript:
        kept["turns"] = held.turns
    if "note" not in columns:
        kept["note"] = held.note
    return label.model_copy(update=kept)


def _label(
    row: Mapping[str, str], calls: Mapping[str, Redacted], checks: Mapping[str, Check], rater: str, at: datetime
) -> Label:
    call, check = calls.get(row["call_id"].strip()), checks.get(row["check_id"].strip())
    verdict = _WORDS.get(row["verdict"].strip().lower())
    if row[_REST]:
        raise BadLabels("more cells than columns", "put quotation marks around a note with commas or semicolons")
    if call is None:
        raise BadLabels(f"there is no call {_short(row['call_id'])} among these", "name its file")
    if check is None:
        raise BadLabels(f"the playbook has no check {_short(row['check_id'])}", "correct the id")
    if verdict is None:
        raise BadLabels(f"{_short(row['verdict'])} is no verdict", f"use one of {', '.join(VERDICTS)}")
    version = row.get("version", "").strip()
    if "version" in row and not version:
        what = f"{call.call_id} {check.id}: the version is empty, so nobody knows which texts were judged"
        raise BadLabels(what, "restore the cell, or empty the verdict and grade it again in a new sheet")
    if version not in ("", _version(call, check)):
        what = f"{call.call_id} {check.id}: the call or the check has changed since the sheet was written"
        raise BadLabels(what, "empty the verdict, and grade it again in a new sheet")
    turns = [_turn(name, call) for name in re.split(r"[\s,;]+", _text(row.get("turns", ""))) if name]
    return new_label(call, check, verdict, rater=rater, at=at, turns=turns, note=_text(row.get("note", "")))


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 60 else f"{cell[:60]}...")


def _turn(name: str, call: Redacted) -> str:
    """The turn's id for what people write: t07, T7, 7."""
    digits = name.upper().removeprefix("T")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 5:
        return name[:60]
    return next((turn.id for turn in call.turns if int(turn.id[1:]) == int(digits)), name)


_REST = "more"


def _rows(file: Path) -> tuple[frozenset[str], list[tuple[int, dict[str, str]]]]:
    """The columns that a sheet has, and its rows with the lines they end on."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadLabels(f"{file}: there is no such file", "name the sheet that was filled in") from None
    except OSError as fault:
        raise BadLabels(f"{file}: cannot be read: {fault.strerror}", "check the path and its rights") from None
    except UnicodeDecodeError:
        raise BadLabels(f"{file}: this is no UTF-8 text", "save the sheet as CSV in UTF-8") from None
    first = text.partition("\n")[0]
    # Spreadsheets of many countries save CSV with semicolons, some with tabs.
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    try:
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise BadLabels(f"{file}:1: no column {missing[0]}", f"keep the columns {', '.join(COLUMNS)}")
        columns = frozenset(COLUMNS) & frozenset(reader.fieldnames or ())
        rows = []
        for row in reader:
            rest = "".join(row.get(None) or ())
            rows.append((reader.line_num, {_REST: rest, **{name: row[name] or "" for name in columns}}))
        return columns, rows
    except csv.Error as fault:
        raise BadLabels(f"{file}:{reader.line_num}: {fault}", "save the sheet as CSV again") from None
