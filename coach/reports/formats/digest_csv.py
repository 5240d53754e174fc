"""What of the weekly digest makes sense in a spreadsheet: the cells of who needs what, and the promises.

No cell can be taken for a formula.  The other sections are words, and stay out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from coach.reports.safe import csv_cell
from coach.reports.team import TeamDigest

NEEDS = ("week", "team", "since", "agent", "check", "name", "earned", "chances", "rate", "engine")
PROMISES = ("week", "team", "call_id", "agent", "who", "what", "when", "outcome", "turn_id", "quote")


def needs_csv(digest: TeamDigest) -> str:
    """One row for each check of each agent with three chances or more; a rate is 0 to 1."""
    needs = digest.needs
    head = (digest.week, digest.team or "", needs.since)
    engine = "model" if digest.ai else "patterns"
    rows = []
    for row in needs.rows:
        for cell in row.cells:
            if cell.rate is not None:
                name = digest.check(cell.check_id).name
                counts = (f"{cell.earned:g}", str(cell.chances), f"{cell.rate:g}")
                rows.append((*head, row.agent, cell.check_id, name, *counts, engine))
    return _csv(NEEDS, rows)


def promises_csv(digest: TeamDigest) -> str:
    """One row for each promise that the digest lists."""
    head = (digest.week, digest.team or "")
    return _csv(
        PROMISES,
        (
            (*head, p.call_id, p.agent, p.who, p.what, p.when or "", p.outcome, p.quote.turn_id, p.quote.text)
            for p in digest.promises.entries
        ),
    )


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([csv_cell(cell) for cell in row] for row in rows)
    return out.getvalue()
