"""Calibrated scores: what people would give, on average, where the judge gave a stage its score.

None under 30 labelled calls; from 30 a straight line by least squares, cut to 1 and 5; from 100 isotonic regression.
The line rather than a logistic curve: a judge's faults are a shift and a stretch of the scale, least squares aims at
the mean of people's scores itself, and calls at the very ends of the scale (many have 1 or 5) need no special case.
Cross-fitted: a labelled call's calibrated score comes from a fit that has not seen its label, and a fold is whole calls.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

FEWEST_FOR_LINE, FEWEST_FOR_ISOTONIC = 30, 100  # labelled calls: design of the calibration
FOLDS = 10
SURE = 1.645  # standard errors that the gain must lie above 0: the lower end of a 90 % interval
Floats = NDArray[np.float64]
Fit = Callable[[Floats], Floats]


class Method(StrEnum):
    """How scores were calibrated."""

    NONE = "none"
    LINE = "line"
    ISOTONIC = "isotonic"


@dataclass(frozen=True)
class Calibrated:
    """A stage's calibrated scores by call (1 to 5), how they were made and from how many labelled calls.

    The errors are root mean squares against people's scores over the labelled calls, the calibrated one out of fold.
    `helps` is False where raw is as good within chance; `why` says why there is no calibration, or why raw should be kept.
    """

    stage_id: str
    method: Method
    labels: int
    raw_error: float | None = None
    calibrated_error: float | None = None
    helps: bool = False
    why: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)


def calibrate(stage_id: str, judge: Mapping[str, float], people: Mapping[str, float]) -> Calibrated:
    """Calibrate a stage: the judge's scores by call, and people's of those calls that were labelled.

    Every call of `judge` gets a score; labels of calls that the judge has no score of are passed over.  Equal values
    give equal scores, in whatever order they come.
    """
    pairs = _by_fold(set(judge) & set(people))
    raw = np.array([judge[call_id] for call_id in pairs])
    truth = np.array([people[call_id] for call_id in pairs])
    method = _method(len(pairs))
    why = _obstacle(raw, truth)
    if method is Method.NONE or why:
        error = _root(raw - truth) if len(pairs) else None
        return Calibrated(stage_id, Method.NONE, len(pairs), error, why=why)
    fit = _line if method is Method.LINE else _isotonic
    apart = _cross_fitted(fit, raw, truth)
    whole = fit(raw, truth)
    others = sorted(set(judge) - set(pairs))
    scores = dict(zip(pairs, map(float, apart), strict=True))
    if others:
        scores |= zip(others, map(float, whole(np.array([judge[call_id] for call_id in others]))), strict=True)
    helps = _gains(raw - truth, apart - truth)
    return Calibrated(
        stage_id=stage_id,
        method=method,
        labels=len(pairs),
        raw_error=_root(raw - truth),
        calibrated_error=_root(apart - truth),
        helps=helps,
        why="" if helps else "raw is as good within chance: keep raw",
        scores=scores,
    )


def _by_fold(call_ids: set[str]) -> list[str]:
    """The calls in the order of a hash of their ids: every FOLDS-th makes a fold, whatever their scores are."""
    return sorted(call_ids, key=lambda call_id: hashlib.sha256(f"fold {call_id}".encode()).digest())


def _method(labels: int) -> Method:
    if labels < FEWEST_FOR_LINE:
        return Method.NONE
    return Method.LINE if labels < FEWEST_FOR_ISOTONIC else Method.ISOTONIC


def _obstacle(raw: Floats, truth: Floats) -> str:
    """Why these pairs give no calibration; empty where they do."""
    if len(raw) < FEWEST_FOR_LINE:
        return f"{len(raw)} of {FEWEST_FOR_LINE} labels"
    if np.ptp(truth) == 0:
        return f"people gave all {len(raw)} calls the same score"
    if np.ptp(raw) == 0:
        return f"the judge gave all {len(raw)} labelled calls the same score"
    if float(np.mean((raw - raw.mean()) * (truth - truth.mean()))) <= 0:
        return "where the judge scores higher people do not: no calibration mends that"
    return ""


def _line(raw: Floats, truth: Floats) -> Fit:
    """Least squares a + b x, cut to 1 and 5; the mean alone where x does not vary."""
    middle, spread = raw.mean(), float(np.mean((raw - raw.mean()) ** 2))
    slope = float(np.mean((raw - middle) * (truth - truth.mean()))) / spread if spread else 0.0
    return lambda x: np.clip(truth.mean() + slope * (x - middle), 1.0, 5.0)


def _isotonic(raw: Floats, truth: Floats) -> Fit:
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=1.0, y_max=5.0, increasing=True, out_of_bounds="clip").fit(raw, truth)
    return lambda x: np.asarray(fitted.predict(x), dtype=np.float64)


def _cross_fitted(fit: Callable[[Floats, Floats], Fit], raw: Floats, truth: Floats) -> Floats:
    fold = np.arange(len(raw)) % FOLDS
    apart = np.empty_like(raw)
    for number in range(FOLDS):
        held = fold == number
        apart[held] = fit(raw[~held], truth[~held])(raw[held])
    return apart


def _root(errors: Floats) -> float:
    return math.sqrt(float(np.mean(errors**2)))


def _gains(raw: Floats, apart: Floats) -> bool:
    """Whether the squared error falls by more than chance over the calls explains."""
    gain = raw**2 - apart**2
    return float(gain.mean()) > SURE * float(gain.std(ddof=1)) / math.sqrt(len(gain))
