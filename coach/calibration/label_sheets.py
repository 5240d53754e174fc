"""Labelling in a spreadsheet: a guide, the calls as text and a sheet to fill in; and the filled sheet read back.

What is handed out holds transcript and rubric and nothing that a model said: raters are blind.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from coach.calibration.labels import VERDICTS, Key, Label, LabelVerdict, new_label, write_whole
from coach.calls.transcript import Redacted
from coach.errors import BadLabels
from coach.grading.ask import transcript_line
from coach.playbook.rubric import Check, Rubric

COLUMNS = ("call_id", "check_id", "check", "verdict", "turns", "note")
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


def write_sheets(folder: Path, calls: Iterable[Redacted], rubric: Rubric, given: Mapping[Key, Label]) -> list[Path]:
    """Write `guide.txt`, `calls/ID.txt` and `sheet.csv` (what was labelled already filled in); gives their paths.

    Raises CannotWrite.
    """
    written = []
    listed = list(calls)
    for name, text in (
        ("guide.txt", guide(rubric)),
        *((f"calls/{call.call_id}.txt", call_text(call)) for call in listed),
        ("sheet.csv", sheet(listed, rubric, given)),
    ):
        write_whole(folder / name, text)
        written.append(folder / name)
    return written


def sheet(calls: Iterable[Redacted], rubric: Rubric, given: Mapping[Key, Label]) -> str:
    """The sheet as CSV: a row a call and check."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for call in calls:
        for check in rubric.checks():
            label = given.get((call.call_id, check.id))
            said = (label.verdict, " ".join(label.turns), label.note) if label else ("", "", "")
            writer.writerow([_cell(text) for text in (call.call_id, check.id, check.name, *said)])
    return out.getvalue()


def _cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def read_sheet(
    file: Path, calls: Mapping[str, Redacted], rubric: Rubric, *, rater: str, at: datetime
) -> tuple[list[Label], int]:
    """The labels of a filled sheet, and how many rows have no verdict yet.

    The labels get today's versions of words and checks.  Raises BadLabels, with the line, for a column that is
    missing, a call, check, verdict or turn that does not exist, and a row that stands twice.
    """
    checks = {check.id: check for check in rubric.checks()}
    labels: dict[Key, Label] = {}
    empty = 0
    for number, row in _rows(file):
        place = f"{file}:{number}"
        if not row["verdict"].strip():
            empty += 1
            continue
        call, check = calls.get(row["call_id"].strip()), checks.get(row["check_id"].strip())
        verdict = _WORDS.get(row["verdict"].strip().lower())
        if call is None:
            raise BadLabels(f"{place}: there is no call {row['call_id']!r} among these", "name its file")
        if check is None:
            raise BadLabels(f"{place}: the playbook has no check {row['check_id']!r}", "correct the id")
        if verdict is None:
            raise BadLabels(f"{place}: {row['verdict']!r} is no verdict", f"use one of {', '.join(VERDICTS)}")
        if (call.call_id, check.id) in labels:
            raise BadLabels(f"{place}: {call.call_id} {check.id} stands twice", "keep one of the rows")
        turns = row["turns"].replace(",", " ").replace(";", " ").split()
        note = row["note"].strip().removeprefix("'")
        labels[call.call_id, check.id] = new_label(call, check, verdict, rater=rater, at=at, turns=turns, note=note)
    return list(labels.values()), empty


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadLabels(f"{file}: cannot be read: {type(fault).__name__}", "save the sheet as CSV in UTF-8") from None
    first = text.partition("\n")[0]
    # Spreadsheets of many countries save CSV with semicolons.
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    missing = [name for name in ("call_id", "check_id", "verdict") if name not in (reader.fieldnames or ())]
    if missing:
        raise BadLabels(f"{file}:1: no column {missing[0]}", f"keep the columns {', '.join(COLUMNS)}")
    try:
        for row in reader:
            yield reader.line_num, {name: (row.get(name) or "") for name in COLUMNS}
    except csv.Error as fault:
        raise BadLabels(f"{file}:{reader.line_num}: {fault}", "save the sheet as CSV again") from None
