"""Raw and calibrated stage scores as CSV, a row a call and stage; no cell can be taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple

from coach.reports.safe import csv_cell

COLUMNS = ("call_id", "week", "stage", "raw", "calibrated", "keep", "method", "labels", "remark")


class ScoreRow(NamedTuple):
    """One stage of one call, 1 to 5; `keep` is raw or calibrated, `method` and `labels` say how that was settled."""

    call_id: str
    week: str
    stage_id: str
    raw: float
    calibrated: float | None
    keep: str
    method: str
    labels: int
    remark: str


def scores_csv(rows: Iterable[ScoreRow]) -> str:
    """The rows in their order; a score has three decimals, one that is not there an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        calibrated = "" if row.calibrated is None else f"{row.calibrated:.3f}"
        numbers = (f"{row.raw:.3f}", calibrated, row.keep, row.method, str(row.labels))
        writer.writerow([csv_cell(cell) for cell in (row.call_id, row.week, row.stage_id, *numbers, row.remark)])
    return out.getvalue()
