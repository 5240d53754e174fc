"""Text of a transcript made harmless for terminal, Markdown, CSV and file names."""

from __future__ import annotations

import csv
import io

import pytest

from coach.reports.contested import Contest
from coach.reports.formats.csv_ import COLUMNS, findings_csv
from coach.reports.safe import csv_cell, file_name, markdown_text, one_line, without_controls


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines\tand  more", "two lines and more"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jx", "x"),
        ("a\x00b\x07c\x7f", "abc"),
        ("abc\u202edcba", "abcdcba"),
        ("naïve “quotes” 😠", "naïve “quotes” 😠"),
        ("\x1b", ""),
    ],
)
def test_control_sequences_are_left_out(text, shown):
    """What a terminal would obey is gone; what people read stays."""
    assert one_line(text) == shown


def test_edges_stay_where_only_controls_are_taken():
    """`without_controls` keeps spaces as they are."""
    assert without_controls(" a\nb é ") == " a b é "


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* _it_ `code`", r"\*bold\* \_it\_ \`code\`"),
        ("[x](http://a.b)", r"\[x\](http:&#8203;//a.b)"),
        ("a | b", r"a \| b"),
        ("<img src=x> & more", "&lt;img src=x&gt; &amp; more"),
        ("# title", r"\# title"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("1.5 hours", "1.5 hours"),
        ("2026-W47", "2026-W47"),
        ("www.a.b and @you", "www&#8203;.a.b and &#64;you"),
    ],
)
def test_markdown_stays_text(text, shown):
    """Nothing a customer says makes a link, a list, a table cell or HTML."""
    assert markdown_text(text) == shown


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "|", "＝", "\t="])
def test_no_cell_is_a_formula(lead):
    """A spreadsheet sees text where a formula could begin."""
    assert csv_cell(f"{lead}1+1").startswith("'")


def test_other_cells_stay_as_they_are():
    """Ordinary words get no apostrophe."""
    assert csv_cell("I said = no") == "I said = no"


def test_file_names_come_from_ids():
    """A plain id is its own name; anything else is cut to plain signs and kept apart by a digest."""
    assert file_name("a-07", "html") == "a-07.html"
    assert "/" not in file_name("../../etc/passwd", "html")
    assert file_name("a/b", "md") != file_name("a b", "md")
    assert file_name("...", "md").startswith("id-")
    assert file_name("CON", "md") != "CON.md"


def test_csv_has_a_row_for_every_finding(make_critique, make_finding):
    """Every finding is there, judged or not, with its quotes and where it comes from."""
    critique = make_critique({"RES1": make_finding("RES1", "missed", reasoning="=cmd()"), "CLO1": "ungraded"})
    rows = list(csv.DictReader(io.StringIO(findings_csv([critique]))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(critique.findings)
    missed = next(row for row in rows if row["check"] == "RES1")
    assert (missed["quote_turns"], missed["reasoning"], missed["engine"]) == ("T01", "'=cmd()", "live")
    assert next(row for row in rows if row["check"] == "CLO1")["why_ungraded"] == "the quote is not in that turn"


def test_csv_names_what_was_contested(make_critique):
    """A contest and its outcome stand in the row of their finding alone."""
    contest = Contest(call_id="c-001", check_id="RES1", because="I rang", state="dismissed", decided_by="Kim")
    rows = list(csv.DictReader(io.StringIO(findings_csv([make_critique()], [contest]))))
    assert {row["check"]: row["contests"] for row in rows if row["contests"]} == {
        "RES1": "contested: I rang; kept by Kim"
    }
