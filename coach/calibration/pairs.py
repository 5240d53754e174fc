"""Two voices side by side: every measure of their agreement on a check, and on the scores of a stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from coach.calibration.intervals import Measured, measured, measured_alpha
from coach.calibration.labels import Key
from coach.calibration.statistics import gwet_ac1, kappa, quadratic_kappa, raw_agreement, tnr, tpr
from coach.calibration.voices import (
    POINTS,
    Voice,
    hit_counts,
    point_counts,
    point_table,
    said_counts,
    verdict_counts,
)


@dataclass(frozen=True)
class Pair:
    """Two voices on one check: `n` calls both judged, `unanswered` those the first judged and the second did not.

    `tpr` and `tnr` take the first voice for the truth, `precision` is the share of the second's verdicts (not observable
    left out) that the first gives as well; all None between two people.
    """

    one: str
    other: str
    n: int
    unanswered: int
    kappa: Measured
    ac1: Measured
    tpr: Measured | None
    tnr: Measured | None
    precision: Measured | None


@dataclass(frozen=True)
class StagePair:
    """Two voices on a stage's scores: quadratic weighted kappa over whole points, Krippendorff's alpha (interval)."""

    one: str
    other: str
    n: int
    qwk: Measured
    alpha: Measured


def pairs_of(
    people: Sequence[Voice], judge: Voice | None, calls: Sequence[str], checks: Sequence[str]
) -> tuple[Pair, ...]:
    """All pairs on some checks together: people among themselves first, then each of them with the judge."""
    among = [_pair(one, other, calls, checks, truth=False) for one, other in combinations(people, 2)]
    against = [_pair(rater, judge, calls, checks, truth=True) for rater in people] if judge else []
    return (*among, *against)


def _pair(one: Voice, other: Voice, calls: Sequence[str], checks: Sequence[str], *, truth: bool) -> Pair:
    counts = verdict_counts(one, other, calls, checks)
    wanted = {(call, check) for call in calls for check in checks}
    asked = wanted & one.verdicts.keys()
    hits = hit_counts(one, other, calls, checks) if truth else None
    return Pair(
        one=one.name,
        other=other.name,
        n=int(counts.sum()),
        unanswered=len(asked - other.verdicts.keys()),
        kappa=measured(counts, kappa),
        ac1=measured(counts, gwet_ac1),
        tpr=None if hits is None else measured(hits, tpr),
        tnr=None if hits is None else measured(hits, tnr),
        precision=measured(said_counts(one, other, calls, checks), raw_agreement) if truth else None,
    )


def stage_pair(
    one: str, other: str, points: Mapping[str, Mapping[Key, float]], calls: Sequence[str], stage_id: str
) -> StagePair:
    """Two voices on a stage, by the points each gives the calls."""
    counts = point_counts(points[one], points[other], calls, stage_id)
    table = point_table([points[one], points[other]], calls, stage_id)
    return StagePair(
        one=one,
        other=other,
        n=int(counts.sum()),
        qwk=measured(counts, quadratic_kappa),
        alpha=measured_alpha(table, calls, POINTS, "interval"),
    )
