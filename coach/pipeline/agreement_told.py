"""Agreement as a page: the level of every check first, then pair by pair the measures with their intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from coach.calibration.agreement import Agreement, CheckAgreement
from coach.calibration.intervals import MIN_CALLS, Measured
from coach.calibration.levels import PREVALENT, TORN, chosen, mean_of
from coach.calibration.pairs import Pair
from coach.reports.bench_page import BenchPage, Section, Table


def agreement_page(found: Agreement, where: str, not_counted: Sequence[str] = ()) -> BenchPage:
    """The page of an agreement; `where` says on which calls, `not_counted` which labels do not count."""
    who = f"{found.grader} against {_and(found.raters)}" if found.grader else _and(found.raters)
    remarks = ["Intervals are 95 %, over calls. Kappa counts all five verdicts."]
    if found.calls < MIN_CALLS:
        remarks.append(f"{found.calls} calls: {MIN_CALLS} are needed for a number.")
    if found.grader:
        levels = Counter(check.level for check in found.checks)
        counted = ", ".join(f"{count} {level}" for level, count in levels.most_common())
        remarks.append(f"Levels go by the point estimates, the mean over raters. Checks: {counted}.")
    first = _levels(found) if found.grader else _people(found)
    sections = [first, _pooled(found), *_by_pair(found), _stages(found)]
    return BenchPage("Agreement", f"{who}; {where}", (*remarks, *not_counted), tuple(sections))


def figure(one: Measured | None) -> str:
    """A measure with its interval, or a dash: ".62 [.40, .81]"."""
    if one is None or one.value is None:
        return "-"
    if one.low is None or one.high is None:
        return _short(one.value)
    return f"{_short(one.value)} [{_short(one.low)}, {_short(one.high)}]"


def _short(value: float) -> str:
    text = f"{value:.2f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def _and(names: tuple[str, ...]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def _people(found: Agreement) -> Section:
    """Where people agree, the checks they disagree on most first."""
    known = [(mean_of([chosen(pair, check.commonest) for pair in check.pairs]), check) for check in found.checks]
    known.sort(key=lambda one: 2.0 if one[0].value is None else one[0].value)
    rows = tuple(
        (
            check.check_id,
            check.name,
            _prevalence(check),
            figure(people),
            people.why if people.value is None else "mend or drop it, do not tune" if people.value < TORN else "",
        )
        for people, check in known
    )
    columns = (("check", "id"), ("", ""), ("share met", "num"), ("agreement", "num"), ("", ""))
    lead = (
        f"Kappa, or AC1 where one verdict has over {PREVALENT:.2f} of the labels, the mean over pairs of raters; under "
        f"{TORN:.2f} a check is not to be tuned."
    )
    return Section("people", "Where people agree", lead, (Table("Checks, least agreement first", columns, rows),))


def _prevalence(check: CheckAgreement) -> str:
    return "-" if check.prevalence is None else _short(check.prevalence)


def _precision(check: CheckAgreement) -> str:
    known = [pair.precision.value for pair in check.pairs if pair.precision and pair.precision.value is not None]
    return _short(sum(known) / len(known)) if known else "-"


def _levels(found: Agreement) -> Section:
    rows = tuple(
        (
            check.check_id,
            check.name,
            _prevalence(check),
            _precision(check),
            check.level,
            check.why,
        )
        for check in found.checks
    )
    columns = (("check", "id"), ("", ""), ("share met", "num"), ("precision", "num"), ("level", "id"), ("why", ""))
    lead = (
        "Go-live asks .60 and at most .10 behind people, TPR .85, TNR .75; pilot asks .50, .80, .60. Share met: of what "
        "people judged. Precision: of the verdicts the grader gives, not observable left out, the share that raters give "
        "too, their mean."
    )
    return Section("levels", "Level of every check", lead, (Table("Checks", columns, rows),))


_COLUMNS = (
    ("n", "num"),
    ("no answer", "num"),
    ("kappa", "num"),
    ("AC1", "num"),
    ("TPR", "num"),
    ("TNR", "num"),
)


def _cells(pair: Pair) -> tuple[str, ...]:
    return (str(pair.n), str(pair.unanswered), *(figure(one) for one in (pair.kappa, pair.ac1, pair.tpr, pair.tnr)))


def _pooled(found: Agreement) -> Section:
    lead = (
        "TPR and TNR: of what the rater calls met, and partial or missed, the share the grader does. No answer: left "
        "ungraded."
        if found.grader
        else ""
    )
    rows = tuple((f"{pair.one} : {pair.other}", *_cells(pair)) for pair in found.pooled)
    return Section("pooled", "All checks together", lead, (Table("Pairs", (("", "id"), *_COLUMNS), rows),))


def _by_pair(found: Agreement) -> list[Section]:
    sections = []
    for place, whole in enumerate(found.pooled):
        rows = tuple((check.check_id, *_cells(check.pairs[place])) for check in found.checks)
        reasons = sorted(
            {
                f"{name}: {one.why}"
                for check in found.checks
                for name, one in _figures(check.pairs[place])
                if one is not None and one.value is None
            }
        )
        title = f"{whole.one} : {whole.other}"
        table = Table(title, (("check", "id"), *_COLUMNS), rows)
        lines = (f"A dash is no number: {'; '.join(reasons)}.",) if reasons else ()
        sections.append(Section(f"pair-{place}", title, "", (table,), lines))
    return sections


def _figures(pair: Pair) -> tuple[tuple[str, Measured | None], ...]:
    return (
        ("kappa", pair.kappa),
        ("AC1", pair.ac1),
        ("TPR", pair.tpr),
        ("TNR", pair.tnr),
        ("precision", pair.precision),
    )


def _stages(found: Agreement) -> Section:
    rows = tuple(
        (
            stage.name if place == 0 else "",
            f"{pair.one} : {pair.other}",
            str(pair.n),
            figure(pair.qwk),
            figure(pair.alpha),
            stage.level if place == 0 else "",
        )
        for stage in found.stages
        for place, pair in enumerate(stage.pairs)
    )
    columns = (("stage", ""), ("", "id"), ("n", "num"), ("QWK", "num"), ("alpha", "num"), ("level", ""))
    return Section("stages", "Stage scores", "", (Table("Scores from 1 to 5, by stage", columns, rows),))
