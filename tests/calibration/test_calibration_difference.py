"""Two judges over the same calls: the difference, what may be said of it, and how good luck looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from coach.calibration.difference import Difference, expected_inflation, judged, paired_difference
from coach.calibration.statistics import Counts, kappa, tpr


def labelled(draw: np.random.Generator, calls: int, errors: Sequence[float], items: int = 27) -> list[Counts]:
    """Counts of each of two raters, for each judge: all err anew on the same items, more often on hard calls."""
    truth = draw.random((calls, items)) < draw.choice([0.5, 0.9], (calls, 1))
    hard = draw.choice([0.4, 1.6], (calls, 1))

    def said(rate: float) -> Counts:
        return truth ^ (draw.random((calls, items)) < rate * hard)

    raters, judges = [said(0.1), said(0.1)], [said(error) for error in errors]
    pairs = [
        [[[(rater == a) & (judge == b) for b in (True, False)] for a in (True, False)] for rater in raters]
        for judge in judges
    ]
    return list(np.array(pairs).sum(-1).transpose(0, 1, 4, 2, 3).astype(float))


@pytest.mark.parametrize("calls", [22, 37, 60])
def test_a_judge_compared_with_itself_is_called_the_same(calls: int) -> None:
    """At least 90 of 100, of 200 simulated comparisons; bench/null_comparison.py measures about 95 in thousands."""
    draw = np.random.default_rng([17, calls])
    said = Counter(judged(paired_difference(*labelled(draw, calls, (0.15, 0.15)), kappa)) for _ in range(200))
    assert said["cannot tell"] >= 180
    assert said["cannot tell"] < 200


def test_a_much_better_judge_is_called_better_and_the_other_way_round_worse() -> None:
    """An interval that leaves out 0, on either side, and the same size of gain."""
    a, b = labelled(np.random.default_rng(2), 40, (0.25, 0.05))
    there, back = paired_difference(a, b, kappa), paired_difference(b, a, kappa)
    assert (judged(there), judged(back)) == ("better", "worse")
    assert there.value is not None
    assert back.value == pytest.approx(-there.value)
    assert back.se == pytest.approx(there.se)


def test_the_difference_is_the_mean_over_the_raters() -> None:
    """Each rater is a truth of their own; their tables are not thrown together."""
    a, b = labelled(np.random.default_rng(3), 30, (0.2, 0.1))
    each = [paired_difference(a[r], b[r], kappa).value or 0 for r in range(2)]
    assert paired_difference(a, b, kappa).value == pytest.approx(sum(each) / 2)


def test_what_both_judges_share_does_not_widen_the_interval() -> None:
    """Calls are paired: two judges that differ on one call in ten are compared on that, not on how hard calls are."""
    a, b = labelled(np.random.default_rng(4), 40, (0.15, 0.15))
    close = a.copy()
    close[:, ::10] = b[:, ::10]
    near, far = paired_difference(a, close, kappa), paired_difference(a, b, kappa)
    assert near.se is not None
    assert far.se is not None
    assert near.se < far.se / 2


def test_equal_verdicts_cannot_be_told_apart() -> None:
    """No spread at all is no proof."""
    a, _ = labelled(np.random.default_rng(5), 30, (0.1, 0.1))
    same = paired_difference(a, a, kappa)
    assert same == Difference(0, 0, 0, 0, 30)
    assert judged(same) == "cannot tell"


def test_a_call_that_one_judge_lacks_counts_for_neither() -> None:
    """Judge B left a call ungraded, and rater two did not label another."""
    a, b = labelled(np.random.default_rng(6), 30, (0.2, 0.1))
    b[:, 3] = 0
    a[1, 8] = b[1, 8] = 0
    kept = np.arange(30) != 3
    assert paired_difference(a, b, kappa) == paired_difference(a[:, kept], b[:, kept], kappa)
    assert paired_difference(a, b, kappa).n_calls == 29


def test_a_rater_without_any_call_of_both_leaves_no_number() -> None:
    """The mean over raters has no value where one of them has none; the caller is to leave that rater out."""
    a, b = labelled(np.random.default_rng(7), 30, (0.2, 0.1))
    a[1] = 0
    found = paired_difference(a, b, kappa)
    assert (found.value, found.why) == (None, "a single class")
    assert judged(found) == "cannot tell"


def test_too_few_calls_or_one_class_alone_say_why() -> None:
    """Without a number the word is: cannot tell."""
    a, b = labelled(np.random.default_rng(8), 9, (0.2, 0.0))
    few = paired_difference(a, b, kappa)
    assert (few.value, few.low, few.why, few.n_calls) == (None, None, "fewer than 10 calls", 9)
    all_met = np.tile(np.array([[1.0, 0], [0, 0]]), (20, 1, 1))
    alone = paired_difference(all_met, all_met, kappa)
    assert alone.why == "a single class"
    assert {judged(few), judged(alone)} == {"cannot tell"}


def test_a_class_that_most_draws_lack_gives_a_value_without_an_interval() -> None:
    """One positive in forty calls: TPR is a number of that call, and nothing can be said of its spread."""
    a = np.tile(np.array([[0.0, 0], [0, 1]]), (40, 1, 1))
    a[:2] = [[0, 0], [0, 0]]
    a[0] = [[0, 1], [0, 0]]
    b = a.copy()
    b[0] = [[1, 0], [0, 0]]
    rare = paired_difference(a, b, lambda counts: np.where(counts[..., 0, :].sum(-1) > 2, tpr(counts), np.nan))
    assert rare.value is None
    seen = paired_difference(a, b, lambda counts: np.where(counts[..., 0, :].sum(-1) == 1, tpr(counts), np.nan))
    assert (seen.value, seen.low, seen.why) == (1, None, "a single class in most draws of the calls")


def test_unequal_shapes_are_refused() -> None:
    """Call i of one is call i of the other."""
    with pytest.raises(ValueError, match="not counts of the same calls"):
        paired_difference(np.zeros((20, 2, 2)), np.zeros((21, 2, 2)), kappa)


@pytest.mark.parametrize(
    ("variants", "maximum"), [(1, 0), (2, np.pi**-0.5), (3, 1.5 * np.pi**-0.5), (10, 1.53875), (100, 2.50759)]
)
def test_the_best_of_equal_variants_looks_better_by_the_expected_maximum(variants: int, maximum: float) -> None:
    """Two and three in closed form; ten and a hundred from Teichroew 1956, Annals of Mathematical Statistics 27."""
    assert expected_inflation(variants, 1.0) == pytest.approx(maximum, abs=1e-5)
    assert expected_inflation(variants, 0.07) == pytest.approx(0.07 * maximum, abs=1e-6)


def test_the_best_of_ten_equal_judges_looks_as_much_better_as_foretold() -> None:
    """Of ten equal judges over the same 40 calls, by a difference's standard error over the root of 2."""
    draw, gains, errors = np.random.default_rng(10), [], []
    for _ in range(60):
        judges = labelled(draw, 40, [0.15] * 10)
        measures = [kappa(judge.sum(1)).mean() for judge in judges]
        gains.append(max(measures) - np.mean(measures))
        errors.append(paired_difference(judges[0], judges[1], kappa).se or 0)
    assert np.mean(gains) == pytest.approx(expected_inflation(10, float(np.mean(errors)) / 2**0.5), rel=0.15)


def test_many_variants_are_no_trouble_and_none_are_refused() -> None:
    """A thousand simulated maxima of 5 000 agree with the integral."""
    simulated = np.random.default_rng(9).standard_normal((1000, 5000)).max(1).mean()
    assert expected_inflation(5000, 1.0) == pytest.approx(simulated, abs=0.05)
    for variants, se in ((0, 1.0), (2, -1.0), (2, np.nan)):
        with pytest.raises(ValueError, match="variants"):
            expected_inflation(variants, se)
