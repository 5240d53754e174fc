"""How often a judge compared with itself is called the same, and how often a real gain is seen.

    python bench/null_comparison.py [COMPARISONS] [seed]

Two raters label simulated calls; the judge grades them twice, erring on each item with the same probability and anew
each time.  Prints how many of 100 such comparisons say "cannot tell", beside the nominal 95 and what plain percentiles
of the draws say, for 27 correlated checks a call and for one; then how many see a judge that is really better by about
.10 kappa, beside the 2.5 of a judge that is not.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from functools import lru_cache

import numpy as np
from scipy import special

from coach.calibration.difference import expected_inflation, judged, paired_difference
from coach.calibration.intervals import DRAWS
from coach.calibration.statistics import Counts, kappa

ALIKE = 0.3
"""The correlation, within a call, of what lies under the truth of its items, and of how hard they are."""
RATER_ERROR, JUDGE_ERROR = 0.10, 0.15
BETTER = {27: 0.068, 1: 0.066}
"""The errors of a judge that is better by about .10, by checks a call; the gain itself is measured and printed."""
MET = 0.7


def labelled_twice(draw: np.random.Generator, calls: int, items: int, second_error: float) -> tuple[Counts, Counts]:
    """Counts of each of two raters by call, truth x verdict, of a judge and of another: shape (2, calls, 2, 2)."""

    def correlated() -> Counts:
        shared = np.sqrt(ALIKE) * draw.standard_normal((calls, 1))
        return shared + np.sqrt(1 - ALIKE) * draw.standard_normal((calls, items))

    checks = 0.6 * special.ndtri((np.arange(items) + 0.5) / items)
    truth = correlated() < special.ndtri(MET) + checks
    hard = correlated()

    def said(error: float) -> Counts:
        # An item's difficulty has variance 1, so the mean error over all items is `error`.
        return truth ^ (draw.random(truth.shape) < special.ndtr(np.sqrt(2) * special.ndtri(error) + hard))

    judges = said(JUDGE_ERROR), said(second_error)
    raters = [said(RATER_ERROR) for _ in range(2)]
    first, second = (
        np.array([[[(r == a) & (judge == b) for b in (True, False)] for a in (True, False)] for r in raters])
        .sum(-1)
        .transpose(0, 3, 1, 2)
        .astype(float)
        for judge in judges
    )
    return first, second


@lru_cache
def redrawn(calls: int) -> Counts:
    """How often each call is in each draw of the plain bootstrap."""
    draw = np.random.default_rng(calls)
    return draw.multinomial(calls, np.full(calls, 1 / calls), size=DRAWS).astype(float)


def percentiles_hold_0(first: Counts, second: Counts) -> bool:
    """Whether 0 lies between the plain percentiles of the difference: the floor."""
    raters, calls = first.shape[:2]
    drawn = [kappa((redrawn(calls) @ of.reshape(raters, calls, 4)).reshape(raters, -1, 2, 2)) for of in (first, second)]
    low, high = np.nanquantile((drawn[1] - drawn[0]).mean(0), [0.025, 0.975])
    return bool(low <= 0 <= high)


def compare(comparisons: int, seed: int, calls: int, items: int, second_error: float) -> tuple[Counter[str], float]:
    """What is said of so many comparisons, by us and by percentiles, and the mean standard error."""
    draw = np.random.default_rng([seed, calls, items, round(1000 * second_error)])
    said: Counter[str] = Counter()
    errors = []
    for _ in range(comparisons):
        first, second = labelled_twice(draw, calls, items, second_error)
        difference = paired_difference(first, second, kappa)
        said[judged(difference)] += 1
        said["percentiles cannot tell"] += percentiles_hold_0(first, second)
        errors.append(np.nan if difference.se is None else difference.se)
    return said, float(np.nanmean(errors))


def main(comparisons: int, seed: int) -> None:
    """Measure and print."""
    began = time.perf_counter()
    for items in (27, 1):
        for calls in (22, 37, 60):
            said, error = compare(comparisons, seed, calls, items, JUDGE_ERROR)
            same = 100 * said["cannot tell"] / comparisons
            print(
                f"itself, {items:2} a call, {calls:3} calls: cannot tell {same:5.1f} of 100 (x {same / 95:.2f} of 95), "
                f"percentiles {100 * said['percentiles cannot tell'] / comparisons:.1f}, "
                f"better {said['better']}, worse {said['worse']}; standard error {error:.3f}, "
                f"so the best of ten equal ones looks {expected_inflation(10, error / 2**0.5):.2f} better"
            )
    for items, better in BETTER.items():
        first, second = labelled_twice(np.random.default_rng(seed), 200_000 // items, items, better)
        gain = float((kappa(second.sum(1)) - kappa(first.sum(1))).mean())
        for calls in (60, 250):
            said, _ = compare(comparisons // 2, seed, calls, items, better)
            seen = 100 * said["better"] / (comparisons // 2)
            print(
                f"better by {gain:.2f}, {items:2} a call, {calls:3} calls: seen {seen:5.1f} of 100 "
                f"(x {seen / 2.5:.1f} of the 2.5 of no gain), called worse {said['worse']}"
            )
    print(f"{comparisons} comparisons a size; {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [1_000, 1][len(numbers) :]))
