"""Sheets to label in a spreadsheet: what is handed out, and what comes back however the spreadsheet saved it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from label_samples import LINES, NOW, RUBRIC, call, edited

from coach.calibration.label_sheets import (
    COLUMNS,
    Filled,
    call_text,
    check_text,
    guide,
    read_sheet,
    sheet,
    write_sheets,
)
from coach.calibration.labels import Label, LabelVerdict, new_label
from coach.calls.transcript import Redacted
from coach.errors import BadLabels, CannotWrite
from coach.playbook.load import load_playbook
from coach.playbook.rubric import Rubric

Rows = list[dict[str, str]]


def label(check_id: str, verdict: LabelVerdict = "met", note: str = "", *turns: str) -> Label:
    """A label of reader-a's on call c-1."""
    return new_label(call(), RUBRIC.check(check_id), verdict, rater="reader-a", at=NOW, turns=turns, note=note)


def read(file: Path, *calls: Redacted, rubric: Rubric = RUBRIC, given: tuple[Label, ...] = ()) -> Filled:
    """The sheet as reader-a filled it, who had `given` already."""
    by_id, before = {one.call_id: one for one in calls or (call(),)}, {one.key: one for one in given}
    return read_sheet(file, by_id, rubric, rater="reader-a", at=NOW, given=before)


@pytest.fixture
def filled(tmp_path: Path) -> Callable[..., Path]:
    """A sheet with some rows as given, saved with a delimiter: `filled({"verdict": "met"}, delimiter=";")`."""

    def make(*rows: dict[str, str], delimiter: str = ",") -> Path:
        out = io.StringIO()
        columns = [name for name in COLUMNS if name != "version" or any(name in row for row in rows)]
        writer = csv.DictWriter(out, columns, delimiter=delimiter)
        writer.writeheader()
        writer.writerows({"call_id": "c-1", "check_id": "CALM1", "verdict": "met", **row} for row in rows)
        file = tmp_path / "filled.csv"
        file.write_text(out.getvalue(), encoding="utf-8")
        return file

    return make


def test_the_guide_has_every_check_in_the_graders_words_and_says_how_to_label() -> None:
    """A rater reads what a grader reads, and not its weight."""
    text = guide(RUBRIC)
    assert text.startswith("How to label")
    for check in RUBRIC.checks():
        for part in (check.grader.opportunity, check.grader.not_applicable, check.grader.met, *check.grader.rules):
            assert part in text
        assert check.reader.aim not in text


def test_the_guide_has_the_scale_of_heat_in_the_words_a_grader_gets() -> None:
    """Checks speak of heat 1 or more, and of 3 or 4."""
    prompt = (load_playbook().folder / "prompts" / "grade_overview.j2").read_text(encoding="utf-8")
    levels = [line for line in guide(RUBRIC).splitlines() if re.match(r"[0-4] ", line)]
    assert [level[0] for level in levels] == list("01234")
    assert all(level in prompt for level in levels)


def test_a_check_without_partial_says_so() -> None:
    """A line of its own."""
    partless = next(check for check in RUBRIC.checks() if check.grader.partial is None)
    assert "  Partial: there is none." in check_text(partless)


def test_a_call_is_handed_out_with_its_turns_and_without_its_agent() -> None:
    """Raters judge lines, not people."""
    text = call_text(call())
    assert text.startswith("c-1: phone, ended by agent; the record has no times")
    assert [line.split(" | ")[0] for line in text.splitlines()[2:]] == ["T01", "T02", "T03", "T04"]
    assert LINES[2][3:] in text
    assert "agent-one" not in text


def test_what_is_written_is_read_back_as_it_was(tmp_path: Path) -> None:
    """Verdict, turns and notes; rows without a verdict are counted."""
    given = [label("CALM1", "met", "fine", "T02", "T04"), label("CALM2", "missed", 'says "no", then; twice')]
    paths = write_sheets(tmp_path, [call(), call("c-2")], RUBRIC, {one.key: one for one in given})
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "guide.txt",
        "calls/c-1.txt",
        "calls/c-2.txt",
        "sheet.csv",
    ]
    assert paths[-1].read_bytes().startswith(b"\xef\xbb\xbfcall_id,"), "spreadsheets need the mark to see UTF-8"
    back = read(tmp_path / "sheet.csv", call(), call("c-2"))
    assert list(back.labels) == given
    assert back.empty == 2 * len(list(RUBRIC.checks())) - 2
    assert back.faults == ()


@pytest.mark.parametrize(
    "note", ["=HYPERLINK(1)", "+1", "-1", "@x", "|x", "＝x", "'tis late", "''", "'=1", 'a, b; c\t"d"', "[red]é–“"]
)
def test_a_note_can_be_no_formula_and_comes_back_word_for_word(tmp_path: Path, note: str) -> None:
    """Notes that begin with an apostrophe of their own too."""
    given = label("CALM1", "met", note)
    write_sheets(tmp_path, [call()], RUBRIC, {given.key: given})
    text = (tmp_path / "sheet.csv").read_text(encoding="utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "|", "＝"))]
    assert read(tmp_path / "sheet.csv").labels == (given,)


def test_a_note_typed_into_the_spreadsheet_keeps_its_apostrophe(filled: Callable[..., Path]) -> None:
    """Only a guard that we put there is taken away."""
    assert read(filled({"note": "'tis late"})).labels[0].note == "'tis late"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_sheet_saved_with_another_delimiter_is_read(filled: Callable[..., Path], delimiter: str) -> None:
    """Spreadsheets of many countries save semicolons."""
    file = filled({"turns": "T02,T04", "note": "one; two, three"}, delimiter=delimiter)
    assert read(file).labels == (label("CALM1", "met", "one; two, three", "T02", "T04"),)


@pytest.mark.parametrize("turns", ["T02 T04", "t2,t4", "2; 4", "T02,  T04", "T02\nT04", "T02 T04 T02"])
def test_turns_are_understood_as_people_write_them(filled: Callable[..., Path], turns: str) -> None:
    """Small letters, no zero, any of the usual separators."""
    assert read(filled({"turns": turns})).labels[0].turns == ("T02", "T04")


@pytest.mark.parametrize(
    ("word", "verdict"),
    [("MET", "met"), (" n/a ", "not_applicable"), ("Not applicable", "not_applicable"), ("NA", "not_applicable")],
)
def test_verdicts_are_understood_as_people_write_them(filled: Callable[..., Path], word: str, verdict: str) -> None:
    """Capitals, spaces and the common short forms."""
    assert read(filled({"verdict": word})).labels[0].verdict == verdict


def test_every_bad_row_has_one_line_with_its_place_and_the_good_ones_are_read(filled: Callable[..., Path]) -> None:
    """All at once, so that a sheet is mended in one go."""
    partless = next(check.id for check in RUBRIC.checks() if check.grader.partial is None)
    file = filled(
        {"call_id": "c-9"},
        {"check_id": "ZZZ9"},
        {"verdict": "maybe"},
        {"turns": "T99"},
        {"turns": "the first"},
        {"verdict": "x" * 9_000, "call_id": "c-1"},
        {"check_id": partless, "verdict": "partial"},
        {"note": "x" * 2001},
        {},
        {"verdict": "missed"},
        {"check_id": "CALM3", "verdict": ""},
    )
    found = read(file)
    assert [str(fault).removeprefix(f"{file}:").split(";")[0] for fault in found.faults] == [
        "2: there is no call 'c-9' among these",
        "3: the playbook has no check 'ZZZ9'",
        "4: 'maybe' is no verdict",
        "5: c-1 CALM1: there is no turn T99",
        "6: c-1 CALM1: there is no turn the",
        f"7: '{'x' * 60}...' is no verdict",
        f"8: c-1 {partless}: this check has no partial",
        "9: c-1 CALM1: note: String should have at most 2000 characters",
        "11: c-1 CALM1 stands twice",
    ]
    assert found.labels == (label("CALM1"),)
    assert found.empty == 1


def test_a_note_cut_in_two_by_a_delimiter_is_a_fault_and_not_half_a_note(tmp_path: Path) -> None:
    """Written by hand, without quotation marks."""
    file = tmp_path / "filled.csv"
    file.write_text("call_id,check_id,verdict,note\nc-1,CALM1,met,late, and rude\n", encoding="utf-8")
    assert [fault.what for fault in read(file).faults] == [f"{file}:2: more cells than columns"]


def test_a_row_judged_by_an_earlier_text_is_a_fault_and_does_not_pass_for_a_label_of_today(tmp_path: Path) -> None:
    """The check, or the call, was edited while the sheet was out."""
    given = label("CALM1")
    write_sheets(tmp_path, [call()], RUBRIC, {given.key: given})
    check = RUBRIC.check("CALM1")
    later = edited(RUBRIC, "CALM1", grader=check.grader.model_copy(update={"met": "Other words."}))
    for found in (read(tmp_path / "sheet.csv", rubric=later), read(tmp_path / "sheet.csv", call("c-1", LINES[:3]))):
        assert found.labels == ()
        assert [fault.what for fault in found.faults] == [
            f"{tmp_path / 'sheet.csv'}:2: c-1 CALM1: the call or the check has changed since the sheet was written"
        ]
    assert read(tmp_path / "sheet.csv", rubric=edited(RUBRIC, "CALM1", weight=9)).labels == (given,)


def test_a_sheet_of_ones_own_needs_three_columns_alone(tmp_path: Path) -> None:
    """Labels of elsewhere get today's versions."""
    file = tmp_path / "own.csv"
    file.write_bytes(b"\xef\xbb\xbfcheck_id,verdict,call_id\r\nCALM1,missed,c-1\r\n")
    assert read(file).labels == (label("CALM1", "missed"),)


@pytest.mark.parametrize(
    ("columns", "turns", "note"),
    [("", ("T02",), "mine"), (",turns", (), "mine"), (",note", ("T02",), ""), (",turns,note", (), "")],
)
def test_turns_and_notes_stay_where_the_sheet_has_no_column_for_them(
    tmp_path: Path, columns: str, turns: tuple[str, ...], note: str
) -> None:
    """An empty cell takes away; a column that was left out says nothing."""
    file = tmp_path / "own.csv"
    file.write_text(
        f"call_id,check_id,verdict{columns}\nc-1,CALM1,missed{',' * columns.count(',')}\n", encoding="utf-8"
    )
    found = read(file, given=(label("CALM1", "met", "mine", "T02"),))
    assert found.labels == (label("CALM1", "missed", note, *turns),)
    assert found.lacking == tuple(name for name in ("turns", "note", "version") if name not in columns)


def test_turns_of_another_transcript_do_not_stay(tmp_path: Path) -> None:
    """They were other lines."""
    file = tmp_path / "own.csv"
    file.write_text("call_id,check_id,verdict\nc-1,CALM1,missed\n", encoding="utf-8")
    (found,) = read(file, call("c-1", LINES[:3]), given=(label("CALM1", "met", "mine", "T02"),)).labels
    assert (found.turns, found.note) == ((), "mine")


def test_an_emptied_version_is_a_fault_and_does_not_let_a_stale_row_through(filled: Callable[..., Path]) -> None:
    """Only a sheet without the whole column is taken as judged by today's texts."""
    file = filled({"version": ""})
    assert [str(fault) for fault in read(file).faults] == [
        f"{file}:2: c-1 CALM1: the version is empty, so nobody knows which texts were judged; "
        "restore the cell, or empty the verdict and grade it again in a new sheet"
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ":1: no column call_id; keep the columns call_id, check_id"),
        (b"call_id,verdict\nc-1,met\n", ":1: no column check_id"),
        (b"PK\x03\x04\xff\xff", ": this is no UTF-8 text; save the sheet as CSV in UTF-8"),
        (b"call_id,check_id,verdict\nc-1,CALM1," + b"x" * 20_000_000, "field larger than field limit"),
        (b"x" * 20_000_000, "field larger than field limit"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_in_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    """A workbook saved as itself, a missing column, a broken quotation."""
    file = tmp_path / "filled.csv"
    file.write_bytes(content)
    with pytest.raises(BadLabels) as raised:
        read(file)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_sheet_that_lies_there_is_never_written_over(tmp_path: Path) -> None:
    """A rater may have filled it in."""
    (tmp_path / "sheet.csv").write_text("theirs", encoding="utf-8")
    with pytest.raises(CannotWrite, match="there is a sheet already; import it, or name another folder"):
        write_sheets(tmp_path, [call()], RUBRIC, {})
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.csv"]


def test_the_columns_are_those_that_are_read_back() -> None:
    """And no cell of a fresh sheet has a verdict in it."""
    rows: Rows = list(csv.DictReader(io.StringIO(sheet([call()], RUBRIC, {}))))
    assert tuple(rows[0]) == COLUMNS
    assert {row["verdict"] for row in rows} == {""}
    assert all(row["version"].startswith("v") for row in rows)
