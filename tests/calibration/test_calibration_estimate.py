"""Team means corrected by people's labels: what they hold, what they rest on, and when there is none."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from labels_made import RUBRIC, by_id, made_call, made_label
from numpy.typing import NDArray

from coach.calibration.estimate import StageEstimate, corrected_mean, estimate_stages, people_scores
from coach.calibration.labels import Labelled, sound_labels

Floats = NDArray[np.float64]
STAGE = RUBRIC.stages[0].id
CALLS = [f"c-{number:03d}" for number in range(60)]


def weeks(trials: int, calls: int = 200) -> list[tuple[Floats, Floats]]:
    """People's scores (mean 3.4) and those of a judge half a point higher, seeded."""
    chance = np.random.default_rng(11)
    found = []
    for _ in range(trials):
        people = 1 + 4 * chance.beta(3, 2, calls)
        found.append((people, people + 0.5 + chance.normal(0, 0.6, calls)))
    return found


@pytest.mark.parametrize("labels", [20, 50])
def test_the_interval_holds_the_truth_where_the_judges_own_never_does(labels: int) -> None:
    """A judge half a point high over 200 calls; 400 weeks, so .90 give or take .05."""
    held = naive = 0
    for people, judge in weeks(400):
        interval = corrected_mean(people[:labels], judge[:labels], judge[labels:])
        assert interval is not None
        held += interval.low <= 3.4 <= interval.high
        naive += abs(judge.mean() - 3.4) <= 1.645 * judge.std() / np.sqrt(200)
    assert 0.85 <= held / 400 <= 0.95
    assert naive / 400 <= 0.01


def test_a_good_judge_makes_the_interval_narrower_than_labels_alone_do() -> None:
    people, judge = weeks(1)[0]
    alone = corrected_mean(people[:30], np.random.default_rng(1).permutation(judge)[:30], judge[30:])
    helped = corrected_mean(people[:30], judge[:30], judge[30:])
    assert alone is not None
    assert helped is not None
    assert helped.high - helped.low < 0.85 * (alone.high - alone.low)


def test_calls_that_people_do_not_score_are_no_part_of_the_mean() -> None:
    """People score the better calls alone; the interval holds the mean of those, not of all."""
    chance, held = np.random.default_rng(5), 0
    for people, judge in weeks(300):
        people[chance.random(200) < np.where(people < 3, 0.6, 0.1)] = np.nan
        judge[chance.random(200) < 0.1] = np.nan
        interval = corrected_mean(people[:50], judge[:50], judge[50:])
        assert interval is not None
        held += interval.low <= 3.60 <= interval.high
    assert 0.84 <= held / 300 <= 0.96
    whole = 1 + 4 * chance.beta(3, 2, 400_000)
    assert np.mean(whole[chance.random(400_000) >= np.where(whole < 3, 0.6, 0.1)]) == pytest.approx(3.60, abs=0.01)


def test_without_gaps_it_is_the_packages_own_ppi_mean() -> None:
    import ppi_py

    people, judge = weeks(1)[0]
    interval = corrected_mean(people[:30], judge[:30], judge[30:])
    assert interval is not None
    assert interval.mean == pytest.approx(
        float(ppi_py.ppi_mean_pointestimate(people[:30], judge[:30], judge[30:])[0]), abs=1e-9
    )
    low, high = ppi_py.ppi_mean_ci(people[:30], judge[:30], judge[30:], alpha=0.1)
    assert 1.0 < (interval.high - interval.low) / float(high[0] - low[0]) < 1.1


def test_the_package_leaves_the_warnings_of_the_process_as_they_were() -> None:
    """It turns all of them off where it is imported: a process that has warnings for errors keeps them so."""
    code = (
        "import warnings, numpy as np; from coach.calibration.estimate import corrected_mean;"
        "scores = np.linspace(1, 5, 40); corrected_mean(scores[:20], scores[:20], scores[20:]);"
        "warnings.warn('still heard')"
    )
    ended = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "UserWarning: still heard"


def test_where_every_call_is_labelled_their_mean_stands() -> None:
    people, judge = weeks(1, 25)[0]
    interval = corrected_mean(people, judge, judge[:0])
    assert interval is not None
    assert interval.mean == pytest.approx(people.mean())
    assert interval.low < interval.mean < interval.high


def test_an_interval_never_leaves_the_scale() -> None:
    people = np.array([5.0] * 19 + [1.0])
    interval = corrected_mean(people, people, np.full(100, 5.0))
    assert interval is not None
    assert interval.high == 5.0


def estimate(scores: dict[str, float | None], judge: dict[str, float] | None = None, sample: int = 40) -> StageEstimate:
    """The first stage over 60 calls, of which so many are drawn and those of `scores` labelled."""
    if judge is None:
        judge = {call: 2.0 + at % 3 for at, call in enumerate(CALLS)}
    judged = {(call, STAGE): score for call, score in judge.items()}
    people = {(call, STAGE): score for call, score in scores.items()}
    return estimate_stages(RUBRIC, judged, CALLS, CALLS[:sample], people)[0]


def people_gave(count: int) -> dict[str, float | None]:
    """People's scores of the first calls: half a point under the judge's."""
    return {call: 1.5 + at % 3 for at, call in enumerate(CALLS[:count])}


def test_raw_people_and_corrected_stand_side_by_side() -> None:
    found = estimate(people_gave(24))
    assert (found.calls, found.raw, found.labels, found.people, found.waiting) == (60, 3.0, 24, 2.5, 16)
    assert found.corrected is not None
    assert found.corrected.mean == pytest.approx(2.5, abs=0.05)
    assert found.difference == found.corrected.mean - 3.0
    assert found.why == ""


def test_labels_behind_the_first_call_that_waits_do_not_count() -> None:
    scores = people_gave(30)
    del scores[CALLS[7]]
    found = estimate(scores)
    assert (found.labels, found.waiting, found.beyond) == (7, 11, 22)
    assert (found.corrected, found.why) == (None, "7 of 20 labels")


def test_labels_of_calls_that_were_not_drawn_change_nothing() -> None:
    assert estimate(people_gave(20), sample=20) == estimate(people_gave(35), sample=20)


@pytest.mark.parametrize(
    ("scores", "judge", "why"),
    [
        (people_gave(19), None, "19 of 20 labels"),
        (dict.fromkeys(CALLS[:25], 3.0), None, "people gave all 25 calls the same score"),
        (people_gave(25), dict.fromkeys(CALLS, 4.0), "the judge gave all 60 calls the same score"),
        (people_gave(25), {}, "the judge gave no call a number"),
        (dict.fromkeys(CALLS[:25]), None, "0 of 20 labels"),
    ],
)
def test_where_no_interval_can_be_had_there_is_no_corrected_number(
    scores: dict[str, float | None], judge: dict[str, float] | None, why: str
) -> None:
    found = estimate(scores, judge)
    assert (found.corrected, found.difference, found.why) == (None, None, why)


def labelled(*raters: str, left_out: str = "", verdicts: dict[str, str] | None = None) -> Labelled:
    """One call whose first stage these raters have labelled, but for one check; all met unless `verdicts` say."""
    call = made_call("c-1")
    labels = {
        rater: [
            made_label(call, check.id, (verdicts or {}).get(rater, "met"), rater)  # type: ignore[arg-type]
            for check in RUBRIC.checks_of(RUBRIC.stages[0])
            if check.id != left_out
        ]
        for rater in raters
    }
    return sound_labels(labels, by_id([call]), RUBRIC)


def test_people_score_a_call_with_the_mean_of_their_scores() -> None:
    both = labelled("ann", "bob", verdicts={"bob": "missed"})
    assert people_scores(both, RUBRIC, ["c-1", "c-2"]) == {("c-1", STAGE): 3.0}


def test_a_stage_half_labelled_waits() -> None:
    first = next(iter(RUBRIC.checks_of(RUBRIC.stages[0]))).id
    assert people_scores(labelled("ann", left_out=first), RUBRIC, ["c-1"]) == {}


def test_a_stage_that_was_labelled_and_holds_nothing_to_score_is_said_to_be_none() -> None:
    nothing = labelled("ann", verdicts={"ann": "not_applicable"})
    assert people_scores(nothing, RUBRIC, ["c-1"]) == {("c-1", STAGE): None}
