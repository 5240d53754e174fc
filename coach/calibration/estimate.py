"""A team's stage means corrected by people's labels: PPI++ over a random sample, and what stands in its way.

A judge that grades every call half a point high has a team mean half a point high, with a narrow interval around it.
PPI++ (Angelopoulos, Duchi and Zrnic 2023, arXiv:2311.01453) adds what people gave the labelled calls more or less than
the judge did, and leans on the judge no more than it deserves (the power-tuned lambda, 0 to 1).

What is estimated: the mean of people's stage scores over the calls that people would score, each call counting one
(so an agent with many calls counts more).  The interval takes the period's calls as draws from all such calls the
team could have taken; of the mean over these very calls it holds the truth more often than it says.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coach.calibration.labels import Key, Labelled
from coach.calibration.voices import stage_points, voice_of_labels
from coach.playbook.rubric import Rubric

FEWEST = 20  # people's scores for an interval: design of the calibration, "20 or more a period"
LEVEL = 0.90  # of the intervals
Scores = NDArray[np.float64]
"""A stage's score by call, 1 to 5; NaN where there is none."""


class Interval(NamedTuple):
    """A mean with its interval, on the scale of the scores (1 to 5)."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class StageEstimate:
    """One stage of a period, 1 to 5.

    `calls` have a score of the judge's and `raw` is their mean.  `labels` are people's scores that count, `people`
    their mean.  `waiting` drawn calls are not wholly labelled yet, and `beyond` are, but come after one that waits: they
    do not count yet.  `corrected` is None where `why` says why.
    """

    stage_id: str
    calls: int
    raw: float | None
    labels: int
    people: float | None
    waiting: int
    beyond: int
    corrected: Interval | None
    why: str = ""

    @property
    def difference(self) -> float | None:
        """How much the correction moves the judge's mean."""
        return None if self.corrected is None or self.raw is None else self.corrected.mean - self.raw


def people_scores(labelled: Labelled, rubric: Rubric, calls: Sequence[str]) -> dict[Key, float | None]:
    """What people give the stages of these calls, by call and stage: the mean over the raters who labelled all its checks.

    A call is absent where nobody has labelled the whole stage, and None where those who did found too little to score.
    """
    given: dict[Key, list[float | None]] = {}
    for rater, labels in labelled.raters.items():
        points = stage_points(voice_of_labels(rater, labels), rubric, calls)
        for stage in rubric.stages:
            checks = [check.id for check in rubric.checks_of(stage)]
            for call_id in calls:
                if checks and all((call_id, check_id) in labels for check_id in checks):
                    given.setdefault((call_id, stage.id), []).append(points.get((call_id, stage.id)))
    found: dict[Key, float | None] = {}
    for key, scores in given.items():
        scored = [score for score in scores if score is not None]
        found[key] = math.fsum(scored) / len(scored) if scored else None
    return found


def estimate_stages(
    rubric: Rubric,
    judge: Mapping[Key, float],
    frame: Sequence[str],
    order: Sequence[str],
    people: Mapping[Key, float | None],
) -> tuple[StageEstimate, ...]:
    """Every stage of a period, in the rubric's order.

    `judge` holds the judge's stage scores over the calls of `frame`, `order` the sample in the order drawn, `people`
    what `people_scores` gave.  Of the sample those calls count that come before the first whose stage waits for
    labels: the beginning of a random order is a random sample, those that were easy to label are none.
    """
    return tuple(_stage(stage.id, judge, frame, order, people) for stage in rubric.stages)


def _stage(
    stage_id: str,
    judge: Mapping[Key, float],
    frame: Sequence[str],
    order: Sequence[str],
    people: Mapping[Key, float | None],
) -> StageEstimate:
    done = next((at for at, call_id in enumerate(order) if (call_id, stage_id) not in people), len(order))
    taken = order[:done]
    said = _column([people[call_id, stage_id] for call_id in taken])
    seen = _column([judge.get((call_id, stage_id)) for call_id in taken])
    rest = _column([judge.get((call_id, stage_id)) for call_id in sorted(set(frame) - set(taken))])
    raw = np.concatenate([seen, rest])
    raw = raw[~np.isnan(raw)]
    scored = said[~np.isnan(said)]
    why = _obstacle(said, seen, rest)
    corrected = None if why else corrected_mean(said, seen, rest)
    beyond = sum((call_id, stage_id) in people for call_id in order[done:])
    return StageEstimate(
        stage_id=stage_id,
        calls=len(raw),
        raw=float(raw.mean()) if len(raw) else None,
        labels=len(scored),
        people=float(scored.mean()) if len(scored) else None,
        waiting=len(order) - done - beyond,
        beyond=beyond,
        corrected=corrected,
        why="no number came out" if not why and corrected is None else why,
    )


def _column(values: Sequence[float | None]) -> Scores:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _obstacle(said: Scores, seen: Scores, rest: Scores) -> str:
    """Why these scores give no interval; empty where they do."""
    scored = said[~np.isnan(said)]
    judged = np.concatenate([seen, rest])
    judged = judged[~np.isnan(judged)]
    if not len(judged):
        return "the judge gave no call a number"
    if len(scored) < FEWEST:
        return f"{len(scored)} of {FEWEST} labels"
    if np.ptp(scored) == 0:
        return f"people gave all {len(scored)} calls the same score"
    if np.ptp(judged) == 0:
        return f"the judge gave all {len(judged)} calls the same score"
    return ""


def corrected_mean(said: Scores, seen: Scores, rest: Scores) -> Interval | None:
    """The PPI++ mean of people's scores with its interval; None where no finite number comes out.

    `said` and `seen` are people's and the judge's scores of the labelled calls, `rest` the judge's of all others (a
    labelled call is not among them).  Either may have no score (NaN): the mean is over the calls that people score,
    so it is a ratio, and what PPI++ takes the mean of is its linear form, (score - m) where there is one and 0 where
    there is none, around the labels' own mean m.  Where everybody scores every call that is PPI++ of the scores.
    Where every call is labelled, the labels stand alone.
    """
    with warnings.catch_warnings():
        # The package turns all warnings of the process off while it is imported, and divides by variances unseen.
        warnings.simplefilter("ignore")
        from ppi_py import classical_mean_ci, ppi_mean_ci, ppi_mean_pointestimate

        middle, share = float(np.nanmean(said)), float(np.mean(~np.isnan(said)))
        alpha = _alpha(int(np.sum(~np.isnan(said))))
        people, judge, others = (np.nan_to_num(column - middle) for column in (said, seen, rest))
        if len(others):
            moved = np.ravel(ppi_mean_pointestimate(people, judge, others, lam=None))[0]
            ends = ppi_mean_ci(people, judge, others, alpha=alpha, lam=None)
        else:
            moved, ends = 0.0, classical_mean_ci(people, alpha=alpha)
    mean, low, high = (middle + float(np.ravel(end)[0]) / share for end in (moved, *ends))
    if not all(map(math.isfinite, (mean, low, high))):
        return None
    return Interval(*(min(5.0, max(1.0, value)) for value in (mean, low, high)))


def _alpha(labels: int) -> float:
    """The error level to ask of intervals that are made for many labels, so that few labels keep LEVEL.

    The package takes normal quantiles and divides by n; mean and lambda are fitted, so t over n - 2 it should be, as
    for a regression line.  Over 20 labels that moves the coverage from .87 to .90 (`bench/estimate.py`).
    """
    from scipy.stats import norm, t

    free = labels - 2
    return float(2 * norm.sf(t.isf((1 - LEVEL) / 2, free) * math.sqrt(labels / free)))
