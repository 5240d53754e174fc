"""Calibrated scores: which method at how many labels, cross-fitted by call, and when raw is as good."""

from __future__ import annotations

import math

import numpy as np
import pytest

from coach.calibration.calibrated import Calibrated, Method, calibrate


def scores(count: int, shift: float = 0.5, seed: int = 1) -> tuple[dict[str, float], dict[str, float]]:
    """A judge's and people's scores of so many calls: half the spread of people's, and a shift."""
    chance = np.random.default_rng(seed)
    people = {f"c-{number:03d}": float(score) for number, score in enumerate(chance.uniform(1, 5, count))}
    judge = {c: float(np.clip(3 + shift + (p - 3) / 2 + chance.normal(0, 0.2), 1, 5)) for c, p in people.items()}
    return judge, people


@pytest.mark.parametrize(
    ("labels", "method"),
    [(0, Method.NONE), (29, Method.NONE), (30, Method.LINE), (99, Method.LINE), (100, Method.ISOTONIC)],
)
def test_the_method_follows_the_number_of_labels(labels: int, method: Method) -> None:
    judge, people = scores(120)
    found = calibrate("listen", judge, dict(list(people.items())[:labels]))
    assert (found.method, found.labels) == (method, labels)
    assert len(found.scores) == (0 if method is Method.NONE else 120)
    assert found.why == (f"{labels} of 30 labels" if labels < 30 else "")


@pytest.mark.parametrize("count", [60, 200])
def test_a_shifted_and_squeezed_judge_is_put_right(count: int) -> None:
    found = calibrate("listen", *scores(count))
    assert found.helps
    assert found.raw_error is not None
    assert found.calibrated_error is not None
    assert found.calibrated_error < 0.7 * found.raw_error


def test_the_line_recovers_shift_and_stretch() -> None:
    """The judge's x stands for 1 + 2 (x - 1.5) of people's, but for the noise."""
    judge, people = scores(99)
    found = calibrate("listen", {**judge, "new": 3.5}, people)
    assert found.scores["new"] == pytest.approx(3.0, abs=0.15)


@pytest.mark.parametrize("count", [60, 200])
def test_no_call_is_calibrated_by_its_own_label(count: int) -> None:
    """Whatever people had said of a call, its own calibrated score stays; those of other calls move."""
    judge, people = scores(count)
    call = "c-007"
    moved = {**people, call: 1.0 if people[call] > 3 else 5.0}
    before, after = calibrate("listen", judge, people).scores, calibrate("listen", judge, moved).scores
    assert before[call] == after[call]
    assert before != after


def test_scores_stay_on_the_scale_and_keep_their_order() -> None:
    judge, people = scores(150)
    whole = calibrate("listen", {**judge, "n-1": 1.0, "n-2": 2.0, "n-3": 4.0, "n-4": 5.0}, people).scores
    assert all(1.0 <= score <= 5.0 for score in whole.values())
    assert whole["n-1"] <= whole["n-2"] <= whole["n-3"] <= whole["n-4"]


def test_equal_labels_in_another_order_give_equal_scores() -> None:
    judge, people = scores(60)
    turned = dict(reversed(people.items()))
    assert calibrate("listen", judge, people) == calibrate("listen", dict(reversed(judge.items())), turned)


def test_where_the_judge_is_right_already_raw_is_kept() -> None:
    chance = np.random.default_rng(2)
    people = {f"c-{number}": float(score) for number, score in enumerate(chance.uniform(1.5, 4.5, 60))}
    judge = {call: score + float(chance.normal(0, 0.3)) for call, score in people.items()}
    found = calibrate("listen", judge, people)
    assert (found.helps, found.why) == (False, "raw is as good within chance: keep raw")
    assert len(found.scores) == 60


@pytest.mark.parametrize(
    ("judge", "people", "why"),
    [
        ([3.0], [1.0, 5.0], "the judge gave all 40 labelled calls the same score"),
        ([2.0, 4.0], [3.0], "people gave all 40 calls the same score"),
        ([2.0, 4.0], [5.0, 1.0], "where the judge scores higher people do not: no calibration mends that"),
    ],
)
def test_scores_that_say_nothing_give_no_calibration(judge: list[float], people: list[float], why: str) -> None:
    calls = [f"c-{number}" for number in range(40)]
    found = calibrate(
        "listen",
        {call: judge[at % len(judge)] for at, call in enumerate(calls)},
        {call: people[at % len(people)] for at, call in enumerate(calls)},
    )
    assert (found.method, found.scores, found.why) == (Method.NONE, {}, why)


def test_labels_without_a_score_of_the_judges_are_passed_over() -> None:
    judge, people = scores(40)
    found = calibrate("listen", dict(list(judge.items())[:25]), people)
    assert found == Calibrated("listen", Method.NONE, 25, found.raw_error, why="25 of 30 labels")
    assert math.isfinite(found.raw_error or math.nan)


def test_nothing_at_all_is_no_error() -> None:
    assert calibrate("listen", {}, {}) == Calibrated("listen", Method.NONE, 0, None, why="0 of 30 labels")
