"""What labels allow to say: a measure, its 95 % interval over calls, or why there is none.

Calls are drawn, not items: what is said of one call is correlated.  Every draw is seeded, so a number is the same each
time it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from coach.calibration.statistics import (
    SHARES,
    Counts,
    Level,
    Measure,
    alpha_point,
    coincidences,
    interval_alpha,
    ordinal_alpha,
    point,
    quadratic_kappa,
    squared_distances,
)
from coach.errors import BadSettings

MIN_CALLS = 10
"""Nothing is measured over fewer calls: of ten a kappa's interval is 1 wide, and below ten its coverage is untested."""
MIN_CASES = 5
"""No TPR under so many positives and no TNR under so many negatives."""
DRAWS = 2_000
CONFIDENCE = 0.95
SEED = 20_260_101

_BY_DISTANCE = (quadratic_kappa, interval_alpha, ordinal_alpha)


@dataclass(frozen=True)
class Measured:
    """A measure with its 95 % interval, or why there is none.

    `n` is how many cases it rests on: items that both judged; for TPR the positives, for TNR the negatives; for alpha
    the units that two or more rated.  `calls` is how many calls these items are of.  Where `value` is None, `why`
    says the reason in a few words; where `low` and `high` alone are None, why there is no interval.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    why: str = ""
    calls: int = 0


def measured(counts: Counts, measure: Measure, *, interval: bool = True) -> Measured:
    """A measure of counts by call, shape (calls, k, k), over all these calls.  Calls without items do not count.

    `interval` False spares the draws where the value alone is wanted.

    Raises ValueError for counts that are none, BadSettings without scikit-learn or scipy.
    """
    counts = _sound(counts)
    counts = counts[counts.sum((1, 2)) > 0]
    calls = len(counts)
    parts = SHARES.get(measure)
    n = round(float((parts[0](counts)[1] if parts else counts).sum()))
    if calls < MIN_CALLS:
        return Measured(None, None, None, n, f"fewer than {MIN_CALLS} calls", calls)
    if parts and n < MIN_CASES:
        return Measured(None, None, None, n, f"fewer than {MIN_CASES} {parts[1]}", calls)
    value = point(counts, measure)
    if np.isnan(value):
        return Measured(None, None, None, n, "a single class", calls)
    if not interval:
        return Measured(value, None, None, n, "", calls)
    low, high = share_interval(*parts[0](counts)) if parts else bootstrap_interval(counts, measure)
    return Measured(value, low, high, n, "", calls)


def measured_alpha(ratings: Counts, calls: Sequence[str], values: Sequence[float], level: Level) -> Measured:
    """Krippendorff's alpha of two raters or more, shape (raters, units), NaN where a rater said nothing.

    `calls` names the call of each unit, `values` are the categories in their order, at equal distances.  Raises
    ValueError where calls and units differ in number, BadSettings without krippendorff or scipy.
    """
    if ratings.shape[1:] != (len(calls),):
        raise ValueError(f"ratings of shape {ratings.shape} for {len(calls)} units")
    units = coincidences(ratings, values)
    paired = units.sum((1, 2)) > 0
    names, at = np.unique(np.asarray(calls, dtype=str)[paired], return_inverse=True)
    by_call = np.zeros((len(names), *units.shape[1:]))
    np.add.at(by_call, at, units[paired])
    n = int(paired.sum())
    if len(names) < MIN_CALLS:
        return Measured(None, None, None, n, f"fewer than {MIN_CALLS} calls", len(names))
    value = alpha_point(ratings, values, level)
    if np.isnan(value):
        return Measured(None, None, None, n, "a single class", len(names))
    low, high = bootstrap_interval(by_call, ordinal_alpha if level == "ordinal" else interval_alpha)
    return Measured(value, low, high, n, "", len(names))


def bootstrap_interval(counts: Counts, measure: Measure) -> tuple[float, float]:
    """The 95 % interval of a measure of counts by call, by a smoothed Bayesian bootstrap over calls.

    Each draw gives every call a weight of its own (exponential: Rubin 1981, Annals of Statistics 9) and adds a little
    to every cell of the table, weighted at random too.  For nominal categories that is two items in even parts: half
    an item a cell of a 2 x 2 table, which for one item a call is the Jeffreys posterior of its four cells.  For
    ordered ones it is one item, a cell's part being as 1 / (1 + squared distance).  The quantiles taken lie further
    out than 2.5 and 97.5 %, as Student's t lies beyond the normal (Hesterberg 2015, The American Statistician 69).

    Chosen by measuring coverage, see bench/intervals.py.  With one item a call and few of the rarer class, draws of
    the calls alone often hold no disagreement or no second class: for 20 calls at prevalence .9 percentile, BCa and t
    on Fisher's z each held the true kappa in 59 of 100 data sets, this in 98; for 37 calls in 83 to 86, this in 96.
    With 27 correlated items a call this and t on z hold it in 93 to 96, percentiles and BCa of 10 calls in 88 to 90.
    Its faults: of 10 calls it is too wide for one item a call (.95 to 1.00) and a little narrow for 27 (.92 to .94).
    """
    calls, k, _ = counts.shape
    ordered = measure in _BY_DISTANCE
    # An item is two coincidences: each of the pair's values meets the other.
    one = np.eye(k * k) * (2 if measure in (interval_alpha, ordinal_alpha) else 1)
    drawn = (_weights(calls, k, ordered) @ np.vstack([counts.reshape(calls, k * k), one])).reshape(-1, k, k)
    # Alpha corrects for how many values there are: a draw is to hold as many as the labels do.
    drawn *= counts.sum() / drawn.sum((1, 2), keepdims=True)
    outer = _tail(calls)
    low, high = np.nanquantile(measure(drawn), [outer, 1 - outer])
    # What was added draws the draws off the edge: without this, perfect agreement would lie outside its interval.
    value = float(measure(counts.sum(0)))
    return min(float(low), value), max(float(high), value)


def share_interval(hits: Counts, cases: Counts) -> tuple[float, float]:
    """The 95 % interval of a share of one case or more, each shape (calls,) of two calls or more: Wilson's, by call.

    A bootstrap of a share that is 1 gives [1, 1]; Wilson's (1927) does not.  Cases of one call resemble each other, so
    the number of cases is divided by the design effect, the variance between calls over the binomial one, and the
    quantile is Student's with calls less one degrees of freedom (as in Korn and Graubard 1998, Survey Methodology 24).
    Where all cases or none are hits there is no variance to see: the cases of a call then count as if all alike.
    """
    calls, total = len(cases), float(cases.sum())
    share = float(hits.sum()) / total
    binomial = share * (1 - share) / max(total - 1, 1)
    between = calls / (calls - 1) * float(((hits - share * cases) ** 2).sum()) / total**2
    alike = float((cases**2).sum()) / total
    effective = total / max(1.0, between / binomial if binomial > 0 else alike)
    quantile = student(calls - 1)
    spread = quantile**2 / effective
    middle = (share + spread / 2) / (1 + spread)
    half = quantile / (1 + spread) * float(np.sqrt(share * (1 - share) / effective + spread / (4 * effective)))
    # Rounding must not put a share of 0 or 1 outside its interval.
    return min(max(0.0, middle - half), share), max(min(1.0, middle + half), share)


def student(df: int, confidence: float = CONFIDENCE) -> float:
    """The two-sided quantile of Student's t.  Raises BadSettings without scipy."""
    return float(_special().stdtrit(df, (1 + confidence) / 2))


def _tail(calls: int) -> float:
    """How far out to take a quantile of the draws so that few calls do not make the interval too narrow."""
    return float(_special().ndtr(-np.sqrt(calls / (calls - 1)) * student(calls - 1)))


@lru_cache(maxsize=8)
def _weights(calls: int, k: int, ordered: bool) -> Counts:
    """Random weights of the calls, then of the k * k cells, shape (DRAWS, calls + k * k)."""
    draw = np.random.default_rng([SEED, calls, k])
    nearness = 1 / (1 + squared_distances(k)) if ordered else np.ones((k, k))
    items = 1.0 if ordered else 2.0
    shape = (items * nearness / nearness.sum()).ravel()
    weights = np.hstack([draw.standard_exponential((DRAWS, calls)), draw.standard_gamma(shape, (DRAWS, k * k))])
    weights.setflags(write=False)
    return weights


def _sound(counts: Counts) -> Counts:
    counts = np.asarray(counts, dtype=float)
    square = counts.ndim == 3 and counts.shape[1] == counts.shape[2] and counts.shape[1] > 1
    if not square or not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError(f"not counts by call of shape (calls, k, k): {counts.shape}")
    return counts


def _special() -> Any:
    try:
        from scipy import special
    except ImportError:
        raise BadSettings("scipy is not installed", "pip install 'coach[trainer]'") from None
    return special
