"""How often a 90 % interval of a team's mean holds the truth: the judge's mean as it is, and PPI++ over people's labels.

    python bench/estimate.py [TRIALS]

Invented weeks of 200 calls: people's stage scores, and a judge who gives every call half a point more, with noise, cut
to 1 to 5.  A random sample is labelled.  Prints, for each number of labels, how often the interval holds the mean of
all such calls (which it speaks about), how often that of the week's own 200, and how wide it is on average.  Beside
it the interval as the package makes it, without ours for few labels; and weeks in which people score a call in five
not at all, the low ones more often, and the judge misses another tenth.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from coach.calibration.estimate import LEVEL, Interval, corrected_mean

CALLS = 200
BIAS, NOISE = 0.5, 0.6
LABELS = (20, 30, 50, 100)
Z90 = 1.645
Floats = NDArray[np.float64]


def made_weeks(trials: int, seed: int = 1) -> Iterator[tuple[Floats, Floats]]:
    """People's and the judge's scores of the calls of a week, again and again."""
    chance = np.random.default_rng(seed)
    for _ in range(trials):
        people = made_people(chance, CALLS)
        yield people, np.clip(people + BIAS + chance.normal(0, NOISE, CALLS), 1, 5)


def made_people(chance: np.random.Generator, calls: int) -> Floats:
    """Stage scores as a rubric of four checks gives them: skewed to the upper half, in steps of a quarter of the scale."""
    return 1 + np.round(16 * chance.beta(3, 2, calls)) / 4


def naive(judge: Floats) -> Interval:
    """The judge's mean as it is, with the usual interval."""
    mean, reach = float(judge.mean()), Z90 * float(judge.std(ddof=1)) / np.sqrt(len(judge))
    return Interval(mean, mean - reach, mean + reach)


def holds(interval: Interval, truth: float) -> bool:
    """Whether the truth lies in it."""
    return interval.low <= truth <= interval.high


def main(trials: int) -> None:
    """Simulate and print."""
    truth = float(made_people(np.random.default_rng(0), 2_000_000).mean())
    print(
        f"{trials} weeks of {CALLS} calls; true mean {truth:.3f}; judge {BIAS} high, noise {NOISE}; {LEVEL:.0%} intervals"
    )
    print(f"{'':24} {'all such calls':>15} {'the week itself':>16} {'width':>7} {'mean error':>11}")
    row("the judge alone", [(naive(judge), people) for people, judge in made_weeks(trials)], truth)
    for labels in LABELS:
        found = [(corrected(people, judge, labels), people) for people, judge in made_weeks(trials)]
        row(f"PPI++, {labels} labels", found, truth)
    plain = [(packaged(people, judge, LABELS[0]), people) for people, judge in made_weeks(trials)]
    row(f"as packaged, {LABELS[0]} labels", plain, truth)
    gaps = np.random.default_rng(3)
    whole, _ = with_gaps(made_people(np.random.default_rng(0), 2_000_000), np.zeros(0), gaps)
    for labels in LABELS[1:3]:
        weeks = (with_gaps(people, judge, gaps) for people, judge in made_weeks(trials))
        found = [(corrected(people, judge, labels), people) for people, judge in weeks]
        row(f"PPI++, {labels} calls, gaps", found, float(np.nanmean(whole)))


def corrected(people: Floats, judge: Floats, labels: int) -> Interval:
    """PPI++ with the first calls labelled: they are drawn in random order."""
    interval = corrected_mean(people[:labels], judge[:labels], judge[labels:])
    assert interval is not None
    return interval


def packaged(people: Floats, judge: Floats, labels: int) -> Interval:
    """The same as the package has it."""
    import ppi_py

    low, high = ppi_py.ppi_mean_ci(people[:labels], judge[:labels], judge[labels:], alpha=1 - LEVEL)
    return Interval(float(low[0] + high[0]) / 2, float(low[0]), float(high[0]))


def with_gaps(people: Floats, judge: Floats, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """The same with calls that people, or the judge, found too little in to score."""
    unscored = chance.random(len(people)) < np.where(people < 3, 0.35, 0.12)
    missed = chance.random(len(judge)) < 0.1
    return np.where(unscored, np.nan, people), np.where(missed, np.nan, judge)


def row(name: str, found: list[tuple[Interval, Floats]], truth: float) -> None:
    """Print one line of the table."""
    of_all = np.mean([holds(interval, truth) for interval, _ in found])
    of_week = np.mean([holds(interval, float(np.nanmean(people))) for interval, people in found])
    width = np.mean([interval.high - interval.low for interval, _ in found])
    error = np.mean([interval.mean - truth for interval, _ in found])
    print(f"{name:24} {of_all:15.3f} {of_week:16.3f} {width:7.3f} {error:+11.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000)
