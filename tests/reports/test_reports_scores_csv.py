"""Raw and calibrated scores as CSV."""

from __future__ import annotations

import csv
import io

from coach.reports.formats.scores_csv import COLUMNS, ScoreRow, scores_csv

ROW = ScoreRow("c-1", "2026-W10", "listen", 3.25, 2.9166, "calibrated", "line", 34, "")


def test_a_row_is_a_stage_of_a_call() -> None:
    head, row = csv.reader(io.StringIO(scores_csv([ROW])))
    assert tuple(head) == COLUMNS
    assert row == ["c-1", "2026-W10", "listen", "3.250", "2.917", "calibrated", "line", "34", ""]


def test_a_score_that_is_not_there_is_an_empty_cell() -> None:
    row = list(csv.reader(io.StringIO(scores_csv([ROW._replace(calibrated=None, keep="raw")]))))[1]
    assert row[3:6] == ["3.250", "", "raw"]


def test_no_cell_is_a_formula() -> None:
    row = list(csv.reader(io.StringIO(scores_csv([ROW._replace(call_id="=1+1", remark="@now")]))))[1]
    assert (row[0], row[-1]) == ("'=1+1", "'@now")
