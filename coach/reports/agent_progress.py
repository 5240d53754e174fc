"""Checks, bands and trends of one agent against their own past; numbers only over five calls or more.

Intervals are percentile bootstraps over calls (95 %, fixed seed): checks of one call hang together, so calls are
what is drawn.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from coach.calls.weeks import weeks_before
from coach.grading.critique import CallCritique, Verdict
from coach.grading.score import band_of
from coach.playbook.rubric import Rubric
from coach.reports.agent_parts import CheckLine, Point, StageLine, Trend
from coach.reports.focus import Focus

FEWEST_CALLS = 5  # below that no number and no arrow
TREND_WEEKS = 8
DRAWS = 1000
METHOD = "95 % bootstrap interval over calls"


class Span(NamedTuple):
    """A share with its interval."""

    share: float
    low: float
    high: float


def check_lines(recent: Sequence[CallCritique], rubric: Rubric, *, ai: bool) -> tuple[CheckLine, ...]:
    """The checks that had a chance, in the rubric's order."""
    lines = []
    for check in rubric.checks():
        found = [f for c in recent if (f := c.finding(check.id)) and f.counts]
        if not found:
            continue
        met = sum(f.verdict is Verdict.MET for f in found)
        partial = sum(f.verdict is Verdict.PARTIAL for f in found)
        lines.append(
            CheckLine(
                check_id=check.id,
                stage_id=rubric.stage_of(check.id).id,
                plain=check.reader.plain,
                met=met,
                partial=partial,
                chances=len(found),
                words=_chances(met, partial, len(found), numbers=len(recent) >= FEWEST_CALLS, ai=ai),
            )
        )
    return tuple(lines)


def _chances(met: int, partial: int, of: int, *, numbers: bool, ai: bool) -> str:
    if numbers:
        return f"{met} of {of} chance{'' if of == 1 else 's'}" + (f", {partial} in part" if partial else "")
    if not met and not partial:
        return "open so far" if ai else "wording not seen so far"
    return "at every chance" if met == of else "at some chances"


def stage_lines(recent: Sequence[CallCritique], rubric: Rubric, *, ai: bool) -> tuple[StageLine, ...]:
    """Every stage's band; "not enough to score" is a band of None."""
    lines = []
    for stage in rubric.stages:
        scores = [s for c in recent for s in c.stages if s.stage_id == stage.id and s.band and s.p is not None]
        shares = [s.p for s in scores if s.p is not None]
        score = 1 + 4 * sum(shares) / len(shares) if shares else None
        lines.append(
            StageLine(
                stage_id=stage.id,
                name=stage.name,
                band=band_of(score),
                score=score if ai and len(scores) >= FEWEST_CALLS else None,
                calls=len(scores),
                coverage=sum(s.coverage for s in scores) / len(scores) if scores else 0.0,
                partial_view=not ai,
            )
        )
    return tuple(lines)


Earned = tuple[float, int]  # what one call earned of how many chances


def trends(
    history: Sequence[CallCritique], week: str, focus: Focus | None, rubric: Rubric, *, ai: bool
) -> tuple[Trend, ...]:
    """The focus's trend, and with AI that of all checks together, over the last eight weeks."""
    made = []
    if focus is not None:
        label = f"This week's one thing: {rubric.check(focus.check_id).reader.plain}"
        made.append(_trend(label, [(c.week, _earned(c, focus.check_id)) for c in history], week))
    if ai:
        made.append(_trend("All checks that had a chance", [(c.week, _earned(c)) for c in history], week))
    return tuple(made)


def _earned(critique: CallCritique, check_id: str | None = None) -> Earned:
    shares = [f.share for f in critique.findings if f.counts and f.share is not None and check_id in (None, f.check_id)]
    return sum(shares), len(shares)


def _trend(label: str, calls: Iterable[tuple[str, Earned]], week: str) -> Trend:
    weeks = weeks_before(week, TREND_WEEKS)
    by_week: dict[str, list[Earned]] = {w: [] for w in weeks}
    for its_week, earned in calls:
        if earned[1] and its_week in by_week:
            by_week[its_week].append(earned)
    while len(by_week) > 1 and not by_week[next(iter(by_week))]:
        del by_week[next(iter(by_week))]
    change, words = _change(list(by_week.values()))
    points = tuple(_point(w, earned) for w, earned in by_week.items())
    return Trend(label=label, points=points, change=change, words=words, method=METHOD)


def _point(week: str, calls: Sequence[Earned]) -> Point:
    earned, chances = sum(e for e, _ in calls), sum(n for _, n in calls)
    share, low, high = span(calls) if len(calls) >= FEWEST_CALLS else (None, None, None)
    return Point(week=week, calls=len(calls), earned=earned, chances=chances, share=share, low=low, high=high)


def _change(weeks: Sequence[Sequence[Earned]]) -> tuple[Literal["up", "down", "none", "unknown"], str]:
    """The last weeks, as few as hold five calls, against all weeks before them."""
    at = len(weeks)
    lately: list[Earned] = []
    while at > 0 and len(lately) < FEWEST_CALLS:
        at -= 1
        lately += weeks[at]
    before = [earned for past in weeks[:at] for earned in past]
    if len(lately) < FEWEST_CALLS or len(before) < FEWEST_CALLS:
        return "unknown", f"No comparison yet: it needs {FEWEST_CALLS} calls now and {FEWEST_CALLS} before."
    low, high = _difference(before, lately)
    spent = len(weeks) - at
    base = f"the last {'week' if spent == 1 else f'{spent} weeks'} ({len(lately)} calls) against {len(before)} calls before"
    if low > 0:
        return "up", f"Up: {base}."
    if high < 0:
        return "down", f"Down: {base}."
    return "none", f"No clear change: {base}."


def span(calls: Sequence[Earned]) -> Span:
    """The share earned over calls with its 95 % bootstrap interval."""
    draws = sorted(_draws(calls))
    return Span(_share(calls), draws[int(0.025 * DRAWS)], draws[int(0.975 * DRAWS) - 1])


def _difference(before: Sequence[Earned], lately: Sequence[Earned]) -> tuple[float, float]:
    draws = sorted(b - a for a, b in zip(_draws(before), _draws(lately, 1), strict=True))
    return draws[int(0.025 * DRAWS)], draws[int(0.975 * DRAWS) - 1]


def _draws(calls: Sequence[Earned], seed: int = 0) -> list[float]:
    chance = random.Random(seed)  # noqa: S311  (resampling, not secrecy; a fixed seed keeps equal input equal)
    return [_share(chance.choices(calls, k=len(calls))) for _ in range(DRAWS)]


def _share(calls: Sequence[Earned]) -> float:
    return sum(earned for earned, _ in calls) / sum(chances for _, chances in calls)
