"""The disagreement board as a page: a summary a check, then every case with the words each voice points at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from coach.calibration.board import Disagreement, Said
from coach.playbook.rubric import Rubric
from coach.reports.bench_page import BenchPage, Section, Table
from coach.reports.digest_words import shortened

QUOTED = 160  # characters of a line in a cell; the call holds the rest


def board_page(found: Sequence[Disagreement], rubric: Rubric, source: str, remarks: tuple[str, ...]) -> BenchPage:
    """The board, by check in the rubric's order."""
    sections = [_summary(found, rubric)] if found else []
    for check in rubric.checks():
        cases = [case for case in found if case.check_id == check.id]
        if cases:
            sections.append(_cases(check.id, check.name, cases))
    nobody = () if found else ("Everybody says the same.",)
    return BenchPage("Disagreements", source, (*remarks, *nobody), tuple(sections))


def _summary(found: Sequence[Disagreement], rubric: Rubric) -> Section:
    rows = []
    for check in rubric.checks():
        cases = [case for case in found if case.check_id == check.id]
        if cases:
            causes = Counter(case.cause.cause.value for case in cases if case.cause)
            rows.append(
                (
                    check.id,
                    check.name,
                    str(len(cases)),
                    str(sum(case.raters_differ for case in cases)),
                    ", ".join(f"{count} {cause.replace('_', ' ')}" for cause, count in causes.items()) or "-",
                )
            )
    columns = (("check", "id"), ("", ""), ("cases", "num"), ("raters differ", "num"), ("causes noted", ""))
    return Section("summary", "By check", "", (Table("Disagreements by check", columns, tuple(rows)),))


def _cases(check_id: str, name: str, cases: Sequence[Disagreement]) -> Section:
    rows = [
        (
            case.call_id if number == 0 else "",
            said.who,
            said.verdict.replace("_", " "),
            _pointed(said),
            said.reason,
            _cause(case) if number == 0 else "",
        )
        for case in cases
        for number, said in enumerate(case.said)
    ]
    columns = (("call", "id"), ("who", ""), ("verdict", ""), ("lines", ""), ("why", ""), ("cause", ""))
    return Section(check_id, f"{check_id} {name}", "", (Table(f"{check_id}, case by case", columns, tuple(rows)),))


def _cause(case: Disagreement) -> str:
    if case.cause is None:
        return ""
    return f"{case.cause.cause.value.replace('_', ' ')}{': ' if case.cause.note else ''}{case.cause.note}"


def _pointed(said: Said) -> str:
    return " / ".join(f"{turn_id} “{shortened(text, QUOTED)}”" for turn_id, text in said.lines[:2])
