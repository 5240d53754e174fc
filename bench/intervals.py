"""How often the 95 % intervals of the trainer's bench hold the truth, beside the plain percentile bootstrap.

    python bench/intervals.py [DATASETS] [seed]

Labels are simulated whose true measure is known, so many data sets a setting, and each gets its interval.  Prints for
every measure, number of calls and prevalence the share of intervals that held the truth, as a ratio to the nominal
.95 too; the same of percentiles of the very calls (the floor), of BCa and of Student's t on Fisher's z; the mean
width; and how many data sets got no number.  A line whose coverage leaves .93 to .97 ends with `<` or `>`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from scipy import special, stats

from coach.calibration.intervals import DRAWS, MIN_CALLS, MIN_CASES, bootstrap_interval, share_interval, student
from coach.calibration.statistics import (
    SHARES,
    Counts,
    Measure,
    gwet_ac1,
    interval_alpha,
    kappa,
    ordinal_alpha,
    quadratic_kappa,
    tnr,
    tpr,
)

CALLS = (10, 20, 37, 60, 100)
PREVALENCES = (0.5, 0.8, 0.9)
AGREEMENT = 0.6
"""The true kappa of every check."""
ALIKE = 0.2
"""How much the items of a call resemble each other: the correlation of what lies under their verdicts."""
STAGE_SCORES = {"even": (0.2,) * 5, "middling": (0.05, 0.2, 0.4, 0.25, 0.1), "skewed": (0.02, 0.05, 0.13, 0.3, 0.5)}
Interval = tuple[float, float]


def table(prevalence: float, agreement: float) -> Counts:
    """The shares of the four pairs for two raters who use met equally often."""
    p, rest = prevalence, 1 - prevalence
    apart = (1 - agreement) * p * rest
    return np.array([[p - apart, apart], [apart, rest - apart]])


def checks(draw: np.random.Generator, calls: int, prevalence: float, items: int) -> tuple[Counts, Counts]:
    """Counts by call of so many checks a call, each of its own prevalence, and the table they come from."""
    spread = 0.5 * special.ndtri((np.arange(items) + 0.5) / items)
    met = special.ndtr(special.ndtri(prevalence) + spread)
    tables = np.array([table(p, AGREEMENT) for p in met])
    alike = ALIKE if items > 1 else 0.0

    def uniform() -> Counts:
        shared = np.sqrt(alike) * draw.standard_normal((calls, 1))
        return special.ndtr(shared + np.sqrt(1 - alike) * draw.standard_normal((calls, items)))

    first = uniform() < met
    same = uniform() < np.where(first, tables[:, 0, 0] / met, tables[:, 1, 1] / (1 - met))
    counts = np.zeros((calls, 2, 2))
    counts[:, 0, 0], counts[:, 0, 1] = (first & same).sum(1), (first & ~same).sum(1)
    counts[:, 1, 0], counts[:, 1, 1] = (~first & ~same).sum(1), (~first & same).sum(1)
    return counts, tables.mean(0)


def score_table(margins: tuple[float, ...], correlation: float) -> Counts:
    """The shares of pairs of scores that cut two correlated normal scales at the same places."""
    cuts = np.concatenate([[-8], special.ndtri(np.cumsum(margins)[:-1]), [8]])
    both = stats.multivariate_normal(cov=[[1, correlation], [correlation, 1]])
    below = np.array([[both.cdf((a, b)) for b in cuts] for a in cuts])
    shares = np.clip(np.diff(np.diff(below, axis=0), axis=1), 0, None)
    return shares / shares.sum()


def scores(draw: np.random.Generator, calls: int, shares: Counts) -> Counts:
    """Counts by call of one score a call."""
    k = len(shares)
    counts = np.zeros((calls, k * k))
    counts[np.arange(calls), draw.choice(k * k, size=calls, p=shares.ravel())] = 1
    return counts.reshape(calls, k, k)


@lru_cache
def redrawn(calls: int) -> Counts:
    """How often each call is in each draw of the plain bootstrap."""
    draw = np.random.default_rng(calls)
    return draw.multinomial(calls, np.full(calls, 1 / calls), size=DRAWS).astype(float)


def values_met(counts: Counts) -> Counts:
    """The coincidences of two raters' counts."""
    return counts + np.swapaxes(counts, -1, -2)


def known(counts: Counts, measure: Measure) -> dict[str, Interval]:
    """The intervals of the textbooks: percentile, BCa, and Student's t on Fisher's z of the draws."""
    calls, k, _ = counts.shape
    drawn = measure((redrawn(calls) @ counts.reshape(calls, k * k)).reshape(-1, k, k))
    drawn = drawn[~np.isnan(drawn)]
    value = float(measure(counts.sum(0)))
    low, high = np.quantile(drawn, [0.025, 0.975])
    scale = np.arctanh(np.clip(drawn, -0.99, 0.99))
    reach = student(calls - 1) * float(scale.std()) * np.sqrt(calls / (calls - 1))
    middle = np.arctanh(np.clip(value, -0.999999, 0.999999))
    without = measure(counts.sum(0) - counts)
    off = np.nanmean(without) - without[~np.isnan(without)]
    skew = float((off**3).sum() / (6 * (off**2).sum() ** 1.5)) if (off**2).sum() > 0 else 0.0
    bias = special.ndtri(np.clip(((drawn < value).mean() + (drawn <= value).mean()) / 2, 1e-3, 1 - 1e-3))
    sides = bias + special.ndtri([0.025, 0.975])
    bca = np.quantile(drawn, special.ndtr(bias + sides / (1 - skew * sides)))
    return {
        "percentile": (float(low), float(high)),
        "BCa": (float(bca[0]), float(bca[1])),
        "t on z": (float(np.tanh(middle - reach)), float(np.tanh(middle + reach))),
    }


def measure_setting(
    name: str, measure: Measure, datasets: Iterator[Counts], truth: float, beside: bool
) -> tuple[float, int]:
    """Print the line of a setting; give its coverage and how many intervals that is of."""
    parts = SHARES.get(measure)
    held: dict[str, list[bool]] = {}
    widths, none = [], 0
    for counts in datasets:
        if np.isnan(measure(counts.sum(0))) or (parts and parts[0](counts)[1].sum() < MIN_CASES):
            none += 1
            continue
        ours = share_interval(*parts[0](counts)) if parts else bootstrap_interval(counts, measure)
        widths.append(ours[1] - ours[0])
        for which, (low, high) in {"ours": ours, **(known(counts, measure) if beside else {})}.items():
            held.setdefault(which, []).append(low - 1e-9 <= truth <= high + 1e-9)
    if not widths:
        print(f"{name:48} no number in all {none}")
        return np.nan, 0
    covers = {which: float(np.mean(each)) for which, each in held.items()}
    ours_covers = covers.pop("ours")
    mark = "<" if ours_covers < 0.93 else ">" if ours_covers > 0.97 else ""
    rest = "".join(f"  {which} {cover:.3f}" for which, cover in covers.items())
    shown = f"{ours_covers:.3f} (x {ours_covers / 0.95:.2f}){rest}"
    print(f"{name:48} {shown}  width {np.mean(widths):.2f}  none {none} {mark}")
    return ours_covers, len(widths)


def main(datasets: int, seed: int) -> None:
    """Measure and print."""
    began = time.perf_counter()
    covers: list[tuple[float, int]] = []
    for items in (1, 27):
        for measure in (kappa, gwet_ac1, tpr, tnr):
            for prevalence in PREVALENCES:
                for calls in CALLS:
                    draw = np.random.default_rng([seed, items, calls, round(100 * prevalence)])
                    truth = float(measure(checks(draw, 1, prevalence, items)[1]))
                    made = (checks(draw, calls, prevalence, items)[0] for _ in range(datasets))
                    name = f"{measure.__name__} {truth:.2f}, {items} a call, met {prevalence}, {calls} calls"
                    covers.append(measure_setting(name, measure, made, truth, beside=measure is kappa))
    for measure in (quadratic_kappa, interval_alpha, ordinal_alpha):
        for margins, shares in STAGE_SCORES.items():
            paired = score_table(shares, 0.7)
            # Alpha corrects for the number of values: its truth is that of very many.
            truth = float(measure(1e9 * (paired if measure is quadratic_kappa else values_met(paired))))
            for calls in CALLS:
                draw = np.random.default_rng([seed, calls, len(margins)])
                made = (scores(draw, calls, paired) for _ in range(datasets))
                if measure is not quadratic_kappa:
                    made = map(values_met, made)
                name = f"{measure.__name__} {truth:.2f}, scores {margins}, {calls} calls"
                covers.append(measure_setting(name, measure, made, truth, beside=False))
    found = np.array([cover for cover, of in covers if of >= datasets / 2])
    print(
        f"{len(found)} settings of {datasets} data sets (fewest calls {MIN_CALLS}): "
        f"coverage {found.mean():.3f} on average, "
        f"{found.min():.3f} to {found.max():.3f}, {np.mean((found >= 0.93) & (found <= 0.97)):.0%} in .93 to .97, "
        f"{np.mean(found < 0.9):.0%} under .90; {time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [400, 1][len(numbers) :]))
