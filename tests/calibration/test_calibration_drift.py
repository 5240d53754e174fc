"""Drift: the five alarms, each at its bound, and the baseline they are held against."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from labels_made import AT, RUBRIC, by_id, made_call, made_label

from coach.calibration.drift import FILE, Alarm, Baseline, baseline_of, drift, read_baseline, write_baseline
from coach.calibration.labels import Labelled, sound_labels
from coach.errors import BadLabels, NotFound

CALLS = [f"c-{n}" for n in range(20)]
CHECKS = [check.id for check in RUBRIC.checks_of(RUBRIC.stages[0])]
NOBODY = Labelled({}, (), {})


def baseline(verdicts: dict[tuple[str, str], str], quotes: int = 100, unproven: int = 0) -> Baseline:
    """A baseline of these verdicts by call and check; all others of 20 calls and the first stage are met."""
    whole = dict.fromkeys(product(CALLS, CHECKS), "met") | verdicts
    said = {f"{call} {check}": verdict for (call, check), verdict in whole.items()}
    return Baseline(engine="live", model="m", playbook="p", at=AT, verdicts=said, quotes=quotes, unproven=unproven)


def alarm(name: str, before: Baseline, after: Baseline, labelled: Labelled = NOBODY) -> Alarm:
    """The one alarm of that name, or the first of several."""
    return next(a for a in drift(before, after, labelled, RUBRIC).alarms if a.name == name)


def test_the_same_grades_raise_no_alarm() -> None:
    found = drift(baseline({}), baseline({}), NOBODY, RUBRIC)
    assert not found.rings
    assert found.flips == ()
    assert (found.calls, found.compared) == (20, 20 * len(CHECKS))


def test_more_than_a_tenth_of_the_verdicts_flipped_rings() -> None:
    whole = 20 * len(CHECKS)
    keys = list(product(CALLS, CHECKS))
    at = dict.fromkeys(keys[: whole // 10], "partial")
    over = dict.fromkeys(keys[: whole // 10 + 1], "partial")
    assert not alarm("flipped checks", baseline({}), baseline(at)).rings
    assert alarm("flipped checks", baseline({}), baseline(over)).rings


def test_a_stage_mean_that_moves_more_than_a_quarter_point_rings_either_way() -> None:
    fallen = baseline({(call, CHECKS[0]): "missed" for call in CALLS[:10]})
    down = alarm("stage mean", baseline({}), fallen)
    assert down.rings
    assert down.value is not None
    assert down.value < -0.25
    assert alarm("stage mean", fallen, baseline({})).rings


def test_a_stage_that_nobody_scored_does_not_ring_and_says_why() -> None:
    unscored = [a for a in drift(baseline({}), baseline({}), NOBODY, RUBRIC).alarms if a.why]
    assert "no call scored in both" in {a.why for a in unscored}
    assert all(a.value is None and not a.rings for a in unscored)


def labels(verdict: str) -> Labelled:
    """Twenty labels of one rater on the first check."""
    calls = [made_call(call) for call in CALLS]
    given = [made_label(call, CHECKS[0], verdict) for call in calls]  # type: ignore[arg-type]
    return sound_labels({"ann": given}, by_id(calls), RUBRIC)


def test_tnr_that_falls_by_more_than_a_tenth_rings_and_a_rise_does_not() -> None:
    good = baseline({(call, CHECKS[0]): "missed" for call in CALLS})
    worse = baseline({(call, CHECKS[0]): "missed" for call in CALLS[:17]})
    found = alarm("TNR", good, worse, labels("missed"))
    assert (found.before, found.after) == (1.0, 0.85)
    assert found.rings
    assert not alarm("TNR", worse, good, labels("missed")).rings


def test_tnr_without_a_missed_label_is_no_number() -> None:
    found = alarm("TNR", baseline({}), baseline({}), labels("met"))
    assert found.value is None
    assert found.why == "no partial or missed label on these calls"


def test_more_than_three_in_a_hundred_quotes_lost_rings() -> None:
    assert not alarm("lost quotes", baseline({}), baseline({}, quotes=97, unproven=3)).rings
    assert alarm("lost quotes", baseline({}), baseline({}, quotes=96, unproven=4)).rings


def test_not_applicable_that_moves_more_than_ten_points_rings() -> None:
    keys = list(product(CALLS, CHECKS))
    absent = dict.fromkeys(keys[: len(keys) // 5], "not_applicable")
    assert alarm("not applicable", baseline({}), baseline(absent)).rings
    assert alarm("not applicable", baseline(absent), baseline({})).rings


def test_few_calls_and_calls_that_are_gone_are_said() -> None:
    after = baseline({})
    fewer = after.model_copy(update={"verdicts": {k: v for k, v in after.verdicts.items() if not k.startswith("c-7 ")}})
    found = drift(baseline({}), fewer, NOBODY, RUBRIC)
    assert found.few
    assert found.gone == ("c-7",)


def test_a_baseline_is_read_as_it_was_kept(tmp_path: Path) -> None:
    write_baseline(tmp_path / FILE, baseline({}))
    assert read_baseline(tmp_path / FILE) == baseline({})


def test_no_baseline_a_broken_one_and_no_critiques_are_one_line_each(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no baseline"):
        read_baseline(tmp_path / FILE)
    (tmp_path / FILE).write_text('{"engine": "live"}')
    with pytest.raises(BadLabels, match="not a baseline"):
        read_baseline(tmp_path / FILE)
    with pytest.raises(NotFound, match="no golden call was graded"):
        baseline_of({}, AT)
