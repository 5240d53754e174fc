"""Intervals over calls: what they hold, how often, and when there is no number to give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.calibration import intervals
from coach.calibration.intervals import (
    MIN_CALLS,
    MIN_CASES,
    Measured,
    bootstrap_interval,
    measured,
    measured_alpha,
    share_interval,
)
from coach.calibration.statistics import (
    SHARES,
    Counts,
    Measure,
    gwet_ac1,
    kappa,
    quadratic_kappa,
    raw_agreement,
    tnr,
    tpr,
)

MEASURES = (kappa, gwet_ac1, quadratic_kappa, *SHARES)


def one_a_call(table: list[list[int]]) -> Counts:
    """Counts by call of a table whose items are of as many calls."""
    cells = np.array(table)
    k = len(cells)
    return np.eye(k * k)[np.repeat(np.arange(k * k), cells.ravel())].reshape(-1, k, k)


def drawn(draw: np.random.Generator, calls: int, items: int, agreement: float, met: float) -> Counts:
    """Counts by call of two raters whose kappa is `agreement`; a call's items lean one way together."""
    lean = np.where(draw.random((calls, 1)) < 0.5, 1.0, -1.0) * (0.1 if items > 1 else 0)
    first = draw.random((calls, items)) < met + lean
    second = np.where(draw.random((calls, items)) < agreement, first, draw.random((calls, items)) < met)
    pairs = [[(first == a) & (second == b) for b in (True, False)] for a in (True, False)]
    return np.array(pairs).sum(-1).transpose(2, 0, 1).astype(float)


def covered(measure: Measure, calls: int, items: int, met: float, sets: int = 200) -> float:
    """How often the interval held the truth, which is the measure of 200 000 calls."""
    draw = np.random.default_rng([calls, items, round(100 * met)])
    truth = float(measure(drawn(draw, 200_000 // items, items, 0.6, met).sum(0)))
    held = []
    for _ in range(sets):
        counts = drawn(draw, calls, items, 0.6, met)
        parts = SHARES.get(measure)
        low, high = share_interval(*parts[0](counts)) if parts else bootstrap_interval(counts, measure)
        held.append(low <= truth <= high)
    return float(np.mean(held))


@pytest.mark.parametrize("items", [1, 27])
@pytest.mark.parametrize("measure", [kappa, gwet_ac1, tpr])
@pytest.mark.parametrize(("calls", "met"), [(20, 0.8), (37, 0.5), (60, 0.8)])
def test_intervals_hold_the_truth_about_95_times_of_100(measure: Measure, items: int, calls: int, met: float) -> None:
    """Of 200 simulated data sets, for one item a call and for 27 alike; bench/intervals.py measures more."""
    assert 0.905 <= covered(measure, calls, items, met) <= 0.995


def test_with_a_rare_class_the_truth_is_held_where_percentiles_lose_it() -> None:
    """Twenty calls at prevalence .9: the plain bootstrap draws no second class or no disagreement, and is too sure."""
    draw = np.random.default_rng(5)
    plain = draw.multinomial(20, np.full(20, 1 / 20), size=1000).astype(float)
    held = []
    for _ in range(200):
        counts = drawn(draw, 20, 1, 0.6, 0.9)
        low, high = bootstrap_interval(counts, kappa)
        values = kappa((plain @ counts.reshape(20, 4)).reshape(-1, 2, 2))
        values = values[~np.isnan(values)]
        if len(values):
            worst, best = np.quantile(values, [0.025, 0.975])
            held.append((low <= 0.6 <= high, worst <= 0.6 <= best))
    ours, percentiles = np.mean(held, axis=0)
    assert ours >= 0.93
    assert percentiles <= 0.75


def test_wilsons_published_example_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newcombe 1998, Statistics in Medicine 17, method 3: 81 of 263 is .2553 to .3662, by the normal quantile.

    Ours is Student's, a little wider; with one case a call there is nothing else between the two.
    """
    hits, cases = np.array([1.0] * 81 + [0] * 182), np.ones(263)
    ours = share_interval(hits, cases)
    monkeypatch.setattr(intervals, "student", lambda _: 1.959964)
    published = share_interval(hits, cases)
    assert published == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert ours[0] < published[0] < published[1] < ours[1]
    assert ours[1] - ours[0] < 1.006 * (published[1] - published[0])


def test_a_perfect_share_is_not_called_certain() -> None:
    """A bootstrap of twenty hits gives [1, 1]; Wilson's lower end leaves room for what was not seen."""
    low, high = share_interval(np.ones(20), np.ones(20))
    assert high == 1
    assert 0.80 < low < 0.85


def test_items_of_a_call_that_are_alike_count_for_less() -> None:
    """Ten calls of ten items each, all hits or none, are ten answers, not a hundred."""
    cases = np.full(10, 10.0)
    together = share_interval(cases * ([1] * 5 + [0] * 5), cases)
    apart = share_interval(np.full(10, 5.0), cases)
    alone = share_interval(np.array([1.0] * 5 + [0] * 5), np.ones(10))
    assert together[1] - together[0] == pytest.approx(alone[1] - alone[0], rel=0.05)
    assert together[1] - together[0] > 2 * (apart[1] - apart[0])


def test_perfect_agreement_lies_in_its_own_interval() -> None:
    """What is added to the table does not push the value out."""
    for measure in (kappa, gwet_ac1, raw_agreement):
        found = measured(one_a_call([[12, 0], [0, 8]]), measure)
        assert (found.value, found.high) == (1, 1)
        assert found.low is not None
        assert 0.4 < found.low < 0.95


cells = st.lists(st.lists(st.integers(0, 12), min_size=2, max_size=2), min_size=2, max_size=2)


@given(cells)
@settings(max_examples=60, deadline=None)
def test_a_value_lies_in_its_interval_or_there_is_a_reason(table: list[list[int]]) -> None:
    """For every table: either all three numbers in order and no reason, or a reason and no number."""
    for measure in MEASURES:
        found = measured(one_a_call(table), measure)
        assert found.calls == np.sum(table)
        if found.why:
            assert (found.value, found.low, found.high) == (None, None, None)
        else:
            assert found.low is not None
            assert found.value is not None
            assert found.high is not None
            assert -1 <= found.low <= found.value <= found.high <= 1


def test_the_same_labels_give_the_same_interval() -> None:
    """The draws are seeded; the order of the calls alone may move the last digits."""
    counts = one_a_call([[14, 3], [2, 9]])
    assert measured(counts, kappa) == measured(counts.copy(), kappa)


def test_calls_without_items_do_not_count() -> None:
    """A call on which the check did not apply tells nothing, and does not narrow the interval."""
    counts = one_a_call([[14, 3], [2, 9]])
    padded = np.concatenate([np.zeros((5, 2, 2)), counts])
    assert measured(padded, kappa) == measured(counts, kappa)
    assert measured(padded, kappa).calls == 28


@pytest.mark.parametrize(
    ("measure", "table", "found"),
    [
        (kappa, [[5, 1], [1, 2]], Measured(None, None, None, 9, f"fewer than {MIN_CALLS} calls", 9)),
        (kappa, [[30, 0], [0, 0]], Measured(None, None, None, 30, "a single class", 30)),
        (tpr, [[4, 0], [3, 20]], Measured(None, None, None, 4, f"fewer than {MIN_CASES} positives", 27)),
        (tnr, [[40, 2], [1, 3]], Measured(None, None, None, 4, f"fewer than {MIN_CASES} negatives", 46)),
    ],
)
def test_too_little_gives_a_reason_and_no_number(measure: Measure, table: list[list[int]], found: Measured) -> None:
    """`n` says how many cases there are: items, positives or negatives."""
    assert measured(one_a_call(table), measure) == found


def test_no_calls_at_all_give_a_reason() -> None:
    """An empty selection is no fault."""
    assert measured(np.zeros((0, 2, 2)), kappa).why == f"fewer than {MIN_CALLS} calls"


@pytest.mark.parametrize(
    "counts", [np.ones((3, 2, 3)), np.ones((2, 2)), -np.ones((20, 2, 2)), np.full((20, 2, 2), np.nan)]
)
def test_what_is_no_counts_by_call_is_refused(counts: Counts) -> None:
    """A shape or a number that cannot be, before anything is measured."""
    with pytest.raises(ValueError, match="not counts by call"):
        measured(counts, kappa)


def scores(calls: int, raters: int, noise: float) -> Counts:
    """Scores 1 to 5 of each rater for each call: a common one, and now and then another."""
    draw = np.random.default_rng(3)
    common = draw.integers(1, 6, calls)
    return np.where(draw.random((raters, calls)) < noise, draw.integers(1, 6, (raters, calls)), common).astype(float)


def test_alpha_of_three_raters_with_gaps_has_an_interval() -> None:
    """A call that one rater alone scored counts neither in n nor in calls."""
    ratings = scores(30, 3, 0.3)
    ratings[1:, 0] = np.nan
    ratings[2, 5:9] = np.nan
    found = measured_alpha(ratings, [f"c{at}" for at in range(30)], [1, 2, 3, 4, 5], "ordinal")
    assert (found.n, found.calls, found.why) == (29, 29, "")
    assert found.low is not None
    assert found.value is not None
    assert found.high is not None
    assert found.low < found.value < found.high < 1


def test_alpha_draws_calls_not_units() -> None:
    """Units of one call that say the same thing four times make the interval no narrower."""
    ratings, calls = scores(25, 2, 0.3), [f"c{at}" for at in range(25)]
    once = measured_alpha(ratings, calls, [1, 2, 3, 4, 5], "interval")
    often = measured_alpha(np.tile(ratings, 4), calls * 4, [1, 2, 3, 4, 5], "interval")
    assert (often.n, often.calls) == (100, 25)
    once_width, often_width = ((found.high or 0) - (found.low or 0) for found in (once, often))
    assert often_width == pytest.approx(once_width, rel=0.15)
    assert often_width > 0.3


def test_alpha_without_two_values_or_enough_calls_has_a_reason() -> None:
    """All said 3; or nine calls."""
    calls = [f"c{at}" for at in range(12)]
    assert measured_alpha(np.full((2, 12), 3.0), calls, [1, 2, 3], "ordinal").why == "a single class"
    assert measured_alpha(scores(9, 2, 0.3), calls[:9], [1, 2, 3, 4, 5], "ordinal").why == "fewer than 10 calls"
    with pytest.raises(ValueError, match="units"):
        measured_alpha(scores(9, 2, 0.3), calls, [1, 2, 3, 4, 5], "ordinal")
