"""Measures of agreement, on counts by call: what two raters said of the same items, and how often each pair was said.

Counts are an array of shape (calls, k, k): `counts[i, a, b]` is how often in call i the first rater said category a and
the second category b.  Where one of them is the truth it is the first: rows are the truth, and category 0 is "met".
A measure reads the last two axes and keeps the rest, so that the draws of a bootstrap are measured in one go.  Where
a measure has no meaning (one class alone, no such cases) it gives NaN, never a number.

`point` and `alpha_point` are what is shown: scikit-learn's kappa and krippendorff's alpha.  The measures here serve
the resampling, and tests hold them equal to those libraries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coach.errors import BadLabels, BadSettings

Counts = NDArray[np.float64]
"""Counts by call, or a stack of tables: the last two axes are the categories of the two raters."""
Measure = Callable[[Counts], Counts]
"""A number for each table of a stack: shape (..., k, k) to (...)."""
Level = Literal["ordinal", "interval"]


def count_by_call(
    pairs: Iterable[tuple[str, str, str]], categories: Sequence[str], calls: Sequence[str] | None = None
) -> Counts:
    """Counts by call of (call id, first verdict, second verdict), an item each.

    The calls stand in the order given, else sorted; an item of a call that is not among those given is left out.
    Raises BadLabels for a verdict that is none of the categories: leaving one out is for the caller to decide.
    """
    items = list(pairs)
    order = {call: at for at, call in enumerate(calls if calls is not None else sorted({item[0] for item in items}))}
    known = {category: at for at, category in enumerate(categories)}
    counts = np.zeros((len(order), len(known), len(known)))
    for call, first, second in items:
        strange = [verdict for verdict in (first, second) if verdict not in known]
        if strange:
            raise BadLabels(f"{call}: {strange[0]!r} is none of {', '.join(categories)}", "compare the like alone")
        if call in order:
            counts[order[call], known[first], known[second]] += 1
    return counts


def kappa(counts: Counts) -> Counts:
    """Cohen's kappa of nominal categories (Cohen 1960)."""
    return _one_less(counts, 1 - np.eye(counts.shape[-1]))


def quadratic_kappa(counts: Counts) -> Counts:
    """Kappa of ordered categories, a disagreement weighing the square of its distance (Cohen 1968): QWK."""
    return _one_less(counts, squared_distances(counts.shape[-1]))


def gwet_ac1(counts: Counts) -> Counts:
    """Gwet's AC1 (Gwet 2008, Br. J. Math. Stat. Psychol. 61): kappa's rival where one category is rare.

    Of raters who use one and the same category alone it is 1: there is no chance agreement by its own definition.
    It says little there; show it beside kappa, never alone.
    """
    k = counts.shape[-1]
    total = counts.sum((-1, -2))
    share = _divide((counts.sum(-1) + counts.sum(-2)) / 2, total[..., None])
    chance = (share * (1 - share)).sum(-1) / (k - 1)
    return _divide(raw_agreement(counts) - chance, 1 - chance)


def raw_agreement(counts: Counts) -> Counts:
    """The share of items of which both said the same."""
    return _divide(*_agreed(counts))


def tpr(counts: Counts) -> Counts:
    """True positive rate: of what is truly met (row 0), the share said to be met."""
    return _divide(*_positives(counts))


def tnr(counts: Counts) -> Counts:
    """True negative rate: of what is truly not met (all other rows), the share not said to be met."""
    return _divide(*_negatives(counts))


def prevalence(counts: Counts) -> Counts:
    """The share of items that the rows call met."""
    return _divide(*_met(counts))


Parts = Callable[[Counts], tuple[Counts, Counts]]


def _agreed(counts: Counts) -> tuple[Counts, Counts]:
    agreed: Counts = np.einsum("...aa->...", counts)
    return agreed, counts.sum((-1, -2))


def _positives(counts: Counts) -> tuple[Counts, Counts]:
    return counts[..., 0, 0], counts[..., 0, :].sum(-1)


def _negatives(counts: Counts) -> tuple[Counts, Counts]:
    return counts[..., 1:, 1:].sum((-1, -2)), counts[..., 1:, :].sum((-1, -2))


def _met(counts: Counts) -> tuple[Counts, Counts]:
    return counts[..., 0, :].sum(-1), counts.sum((-1, -2))


SHARES: Mapping[Measure, tuple[Parts, str]] = MappingProxyType(
    {
        raw_agreement: (_agreed, "items"),
        tpr: (_positives, "positives"),
        tnr: (_negatives, "negatives"),
        prevalence: (_met, "items"),
    }
)
"""The measures that are shares: what gives their hits and cases, and what the cases are called."""


def coincidences(ratings: Counts, values: Sequence[float]) -> Counts:
    """Krippendorff's coincidences of each unit, shape (units, k, k), for `interval_alpha` and `ordinal_alpha`.

    `ratings` has shape (raters, units) and NaN where a rater said nothing; `values` are the k categories in their
    order.  A unit with fewer than two ratings has no coincidences (Krippendorff 2004, Content Analysis, ch. 11).
    """
    given = (ratings.T[..., None] == np.asarray(values, dtype=float)).sum(1).astype(float)
    raters = given.sum(-1)
    pairs = given[:, :, None] * given[:, None, :] - given[:, :, None] * np.eye(len(values))
    divided: Counts = pairs / np.maximum(raters - 1, 1)[:, None, None]
    return divided


def interval_alpha(coinciding: Counts) -> Counts:
    """Krippendorff's alpha of coincidences whose categories stand at equal distances."""
    return _alpha(coinciding, squared_distances(coinciding.shape[-1]))


def ordinal_alpha(coinciding: Counts) -> Counts:
    """Krippendorff's alpha of coincidences whose categories have an order; distances are by how often each is used."""
    used = coinciding.sum(-1)
    rank = np.cumsum(used, axis=-1) - used / 2
    return _alpha(coinciding, (rank[..., :, None] - rank[..., None, :]) ** 2)


def squared_distances(k: int) -> Counts:
    """The squared distance of every two of k categories that stand at equal distances, shape (k, k)."""
    at = np.arange(k, dtype=np.float64)
    squared: Counts = (at[:, None] - at) ** 2
    return squared


def _alpha(coinciding: Counts, distance: Counts) -> Counts:
    used = coinciding.sum(-1)
    others = used.sum(-1)[..., None, None] - 1
    expected = used[..., :, None] * used[..., None, :]
    return 1 - _divide((others * distance * coinciding).sum((-1, -2)), (distance * expected).sum((-1, -2)))


def _one_less(counts: Counts, weights: Counts) -> Counts:
    """One less the weighted disagreement over that expected by chance: every kappa's form."""
    total = counts.sum((-1, -2))
    expected = counts.sum(-1)[..., :, None] * counts.sum(-2)[..., None, :]
    return 1 - _divide(total * (weights * counts).sum((-1, -2)), (weights * expected).sum((-1, -2)))


def _divide(above: Counts, below: Counts) -> Counts:
    above, below = np.broadcast_arrays(np.asarray(above, dtype=float), np.asarray(below, dtype=float))
    quotient: Counts = np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0)
    return quotient


def point(counts: Counts, measure: Measure) -> float:
    """The measure of all calls together; NaN where it has none.  Kappa and QWK are scikit-learn's.

    Raises BadSettings without scikit-learn.
    """
    table = counts.reshape(-1, *counts.shape[-2:]).sum(0)
    ours = float(measure(table))
    if np.isnan(ours) or measure not in (kappa, quadratic_kappa):
        return ours
    try:
        from sklearn.metrics import cohen_kappa_score
    except ImportError:
        raise _missing("scikit-learn") from None
    first, second = np.indices(table.shape)
    return float(
        cohen_kappa_score(
            first.ravel(),
            second.ravel(),
            labels=list(range(len(table))),
            weights="quadratic" if measure is quadratic_kappa else None,
            sample_weight=table.ravel(),
        )
    )


def alpha_point(ratings: Counts, values: Sequence[float], level: Level) -> float:
    """krippendorff's alpha of ratings as `coincidences` takes them; NaN where fewer than two values were paired.

    Raises BadSettings without krippendorff.
    """
    if np.count_nonzero(coincidences(ratings, values).sum((0, 1))) < 2:
        return np.nan
    krippendorff = _krippendorff()
    return float(krippendorff.alpha(ratings, value_domain=list(values), level_of_measurement=level))


def _krippendorff() -> Any:
    try:
        import krippendorff
    except ImportError:
        raise _missing("krippendorff") from None
    return krippendorff


def _missing(library: str) -> BadSettings:
    return BadSettings(f"{library} is not installed", "pip install 'coach[trainer]'")
