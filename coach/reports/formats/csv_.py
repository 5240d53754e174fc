"""CSV of findings, one row a finding, for a spreadsheet: no cell is taken for a formula there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from coach.grading.critique import CallCritique, Finding
from coach.reports.contested import Contest
from coach.reports.focus import quotes_of
from coach.reports.safe import csv_cell

COLUMNS = (
    "call_id",
    "week",
    "agent",
    "check",
    "verdict",
    "counts",
    "quote_turns",
    "quotes",
    "reasoning",
    "why_ungraded",
    "engine",
    "model",
    "playbook",
    "contests",
    "engine_verdict",
    "decided_by",
    "decided_because",
    "decided_at",
)


def findings_csv(critiques: Iterable[CallCritique], contests: Sequence[Contest] = ()) -> str:
    """Every finding of these calls, in their order; several quotes or contests of a finding are joined with " / ".

    `verdict` is the one in force; `engine_verdict` differs from it where a person decided, who, why and when stand
    beside it.  Quotes and `reasoning` are the engine's throughout.
    """
    contested: dict[tuple[str, str], list[str]] = {}
    for contest in contests:
        words = "; ".join(part for part in (contest.said, contest.outcome) if part)
        contested.setdefault((contest.call_id, contest.check_id), []).append(words)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for critique in critiques:
        for finding in critique.findings:
            writer.writerow(_row(critique, finding, contested.get((critique.call_id, finding.check_id), [])))
    return out.getvalue()


def _row(critique: CallCritique, finding: Finding, contested: Iterable[str]) -> list[str]:
    quotes = quotes_of(finding)
    cells = (
        critique.call_id,
        critique.week,
        critique.agent,
        finding.check_id,
        finding.verdict.value,
        "yes" if finding.counts else "no",
        " ".join(quote.turn_id for quote in quotes),
        " / ".join(quote.text for quote in quotes),
        finding.reasoning,
        finding.why_ungraded,
        critique.provenance.engine,
        critique.provenance.model,
        critique.provenance.playbook,
        " / ".join(contested),
        finding.engine_verdict.value,
        finding.overruled.by if finding.overruled else "",
        finding.overruled.reason if finding.overruled else "",
        finding.overruled.decided_at if finding.overruled else "",
    )
    return [csv_cell(cell) for cell in cells]
