"""What the trainer's bench prints: a page of sections and tables.  Values only; what was measured is settled before."""

from __future__ import annotations

from typing import NamedTuple

from coach.reports.digest_words import Section, Table

__all__ = ["BENCH_NOTE", "BenchPage", "Section", "Table"]

BENCH_NOTE = "Measures the grader, never the people who took the calls. Not for ranking, pay or discipline."


class BenchPage(NamedTuple):
    """A result of the bench: what was measured on what (`source`), remarks on the whole, and its sections."""

    title: str
    source: str
    remarks: tuple[str, ...]
    sections: tuple[Section, ...]
    disclaimer: str = BENCH_NOTE
