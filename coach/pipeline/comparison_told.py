"""A comparison as a page: the word and its interval, the cost, then what flips, with both sides' quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from coach.calibration.comparison import Comparison, Flip, Side
from coach.playbook.rubric import Rubric
from coach.reports.bench_page import BenchPage, Section, Table
from coach.reports.digest_words import shortened

QUOTED = 140  # characters of a quote in a cell


def comparison_page(
    found: Comparison, a: Side, b: Side, rubric: Rubric, where: str, not_counted: Sequence[str] = ()
) -> BenchPage:
    """The page: A is what stands, B the candidate; `not_counted` says which labels do not count."""
    sections = [_cost(a, b)]
    if found.flips:
        sections += [_by_check(found.flips, rubric), _cases(found.flips)]
    return BenchPage(
        "Comparison", f"A: {a.name}; B: {b.name}; {where}", (*_remarks(found), *not_counted), tuple(sections)
    )


def _remarks(found: Comparison) -> tuple[str, ...]:
    said = f"B is {found.outcome}" if found.outcome != "cannot tell" else "Cannot tell whether B is better or worse"
    lines = [f"{said}{': ' + found.why if found.why else ''}."]
    difference = found.difference
    if difference is not None and difference.value is not None:
        checks = "1 check" if found.checks == 1 else f"{found.checks} checks"
        interval = "no interval"
        if difference.low is not None and difference.high is not None:
            interval = f"95 % interval {difference.low:+.3f} to {difference.high:+.3f}"
        lines.append(
            f"Agreement with people (kappa over {checks}, mean over raters): {difference.value:+.3f} from A to B, "
            f"{interval}, {found.calls} calls."
        )
    lines.append(
        f"{len(found.flips)} of {found.compared} verdicts flip; {found.ungraded} were graded by one side alone."
    )
    if found.torn:
        lines.append(f"Left out of the measure, people themselves disagree: {', '.join(found.torn)}.")
    if found.inflation is not None and found.variants > 1:
        lines.append(
            f"{found.variants} variants were tried on these calls: the best of so many equal ones would seem "
            f"{found.inflation:+.3f} better by luck."
        )
    return tuple(lines)


def _cost(a: Side, b: Side) -> Section:
    rows = []
    for letter, side in (("A", a), ("B", b)):
        cost = "-" if side.cost_usd is None else f"{side.cost_usd:.4f}"
        rows.append((letter, side.name, f"{side.tokens_in}", f"{side.tokens_out}", f"{side.asked}", cost))
    columns = (
        ("", "id"),
        ("graded with", ""),
        ("tokens in", "num"),
        ("tokens out", "num"),
        ("asked now", "num"),
        ("US dollars", "num"),
    )
    return Section(
        "cost", "What it takes", "", (Table("Tokens of the replies the grades rest on", columns, tuple(rows)),)
    )


def _by_check(flips: Sequence[Flip], rubric: Rubric) -> Section:
    rows = []
    for check in rubric.checks():
        ways = Counter(flip.way for flip in flips if flip.check_id == check.id)
        if ways:
            moves = Counter(f"{_plain(f.before)} > {_plain(f.after)}" for f in flips if f.check_id == check.id)
            other = ways.total() - ways["toward people"] - ways["away from people"]
            rows.append(
                (
                    check.id,
                    check.name,
                    str(ways.total()),
                    str(ways["toward people"]),
                    str(ways["away from people"]),
                    str(other),
                    ", ".join(f"{count} {move}" for move, count in moves.most_common()),
                )
            )
    columns = (
        ("check", "id"),
        ("", ""),
        ("flips", "num"),
        ("toward people", "num"),
        ("away", "num"),
        ("other", "num"),
        ("moves", ""),
    )
    return Section("checks", "Flips by check", "", (Table("Flipped verdicts by check", columns, tuple(rows)),))


def _cases(flips: Sequence[Flip]) -> Section:
    rows = tuple(
        (
            flip.check_id,
            flip.call_id,
            _side(flip.before, flip.before_lines),
            _side(flip.after, flip.after_lines),
            ", ".join(f"{rater}: {_plain(said)}" for rater, said in flip.people) or "-",
            flip.way,
        )
        for flip in flips
    )
    columns = (("check", "id"), ("call", "id"), ("A", ""), ("B", ""), ("people", ""), ("way", ""))
    return Section("flips", "Both sides", "", (Table("Every flip with both sides' quotes", columns, rows),))


def _side(verdict: str, lines: Sequence[tuple[str, str]]) -> str:
    quotes = " / ".join(f"{turn_id} “{shortened(text, QUOTED)}”" for turn_id, text in lines[:2])
    return f"{_plain(verdict)}{': ' + quotes if quotes else ''}"


def _plain(verdict: str) -> str:
    return verdict.replace("_", " ")
