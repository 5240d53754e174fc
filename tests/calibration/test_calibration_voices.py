"""Labels and findings as voices, and how two of them are counted."""

from __future__ import annotations

import numpy as np
import pytest
from labels_made import RUBRIC, made_call, made_label

from coach.calibration.labels import VERDICTS
from coach.calibration.voices import (
    Voice,
    hit_counts,
    point_counts,
    point_table,
    stage_points,
    verdict_counts,
    voice_of_labels,
)


def said(name: str, **verdicts: str) -> Voice:
    """A voice on the check LIS2, by call."""
    return Voice(name, {(call, "LIS2"): verdict for call, verdict in verdicts.items()})


def test_a_raters_voice_says_what_the_labels_say() -> None:
    call = made_call()
    voice = voice_of_labels("ann", {("c-1", "LIS2"): made_label(call, verdict="missed")})
    assert voice == Voice("ann", {("c-1", "LIS2"): "missed"})


def test_verdicts_meet_in_the_row_of_one_and_the_column_of_the_other() -> None:
    counts = verdict_counts(said("a", c1="met", c2="missed"), said("b", c1="met", c2="partial"), ["c1", "c2"], ["LIS2"])
    assert counts.shape == (2, 5, 5)
    assert counts[0, 0, 0] == 1
    assert counts[1, VERDICTS.index("missed"), VERDICTS.index("partial")] == 1
    assert counts.sum() == 2


def test_a_call_that_only_one_of_them_judged_counts_nothing() -> None:
    assert verdict_counts(said("a", c1="met"), said("b", c2="met"), ["c1", "c2"], ["LIS2"]).sum() == 0


@pytest.mark.parametrize(
    ("truth", "judge", "place"),
    [
        ("met", "met", (0, 0)),
        ("met", "partial", (0, 1)),
        ("met", "not_applicable", (0, 1)),
        ("partial", "missed", (1, 1)),
        ("missed", "met", (1, 0)),
        ("missed", "not_applicable", (1, 0)),
    ],
)
def test_a_judge_is_right_or_wrong_about_what_the_truth_judged(truth: str, judge: str, place: tuple[int, int]) -> None:
    hits = hit_counts(said("a", c1=truth), said("b", c1=judge), ["c1"], ["LIS2"])
    assert hits[0][place] == 1
    assert hits.sum() == 1


@pytest.mark.parametrize(("truth", "judge"), [("met", "not_observable"), ("not_applicable", "met")])
def test_who_cannot_tell_has_not_answered_and_what_nobody_judged_is_no_case(truth: str, judge: str) -> None:
    assert hit_counts(said("a", c1=truth), said("b", c1=judge), ["c1"], ["LIS2"]).sum() == 0


def test_stage_points_are_worked_out_as_a_models_are() -> None:
    stage = RUBRIC.stages[0]
    checks = [check.id for check in RUBRIC.checks_of(stage)]
    all_met = Voice("a", {("c1", check): "met" for check in checks})
    all_missed = Voice("a", {("c1", check): "missed" for check in checks})
    assert stage_points(all_met, RUBRIC, ["c1"]) == {("c1", stage.id): 5.0}
    assert stage_points(all_missed, RUBRIC, ["c1"]) == {("c1", stage.id): 1.0}


def test_a_stage_of_which_too_little_is_judged_has_no_points() -> None:
    stage = RUBRIC.stages[0]
    first = next(iter(RUBRIC.checks_of(stage))).id
    assert stage_points(Voice("a", {("c1", first): "met"}), RUBRIC, ["c1"]) == {}


def test_points_meet_rounded_and_missing_ones_are_left_out() -> None:
    one, other = {("c1", "calm"): 4.6, ("c2", "calm"): 1.2}, {("c1", "calm"): 3.4}
    counts = point_counts(one, other, ["c1", "c2"], "calm")
    assert counts[0, 4, 2] == 1
    assert counts.sum() == 1
    table = point_table([one, other], ["c1", "c2"], "calm")
    assert table.shape == (2, 2)
    assert np.isnan(table[1, 1])
