"""Agreement of grader and people: what each level asks, and what is never passed for want of numbers."""

from __future__ import annotations

from itertools import cycle, islice

import pytest
from labels_made import RUBRIC, by_id, made_call, made_label

from coach.calibration import agreement as module
from coach.calibration.agreement import Agreement, CheckAgreement, agreement, people_on
from coach.calibration.labels import Labelled, sound_labels
from coach.calibration.voices import Voice

CALLS = [made_call(f"c-{n:02}") for n in range(40)]
CHECK = "LIS2"


def verdicts(*pattern: str) -> list[str]:
    """Forty verdicts: the pattern again and again."""
    return list(islice(cycle(pattern), len(CALLS)))


def labelled(**raters: list[str]) -> Labelled:
    """Labels on one check, a verdict a call."""
    labels = {
        rater: [made_label(call, CHECK, said, rater) for call, said in zip(CALLS, given, strict=True)]  # type: ignore[arg-type]
        for rater, given in raters.items()
    }
    return sound_labels(labels, by_id(CALLS), RUBRIC)


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch) -> object:
    """Measure a grader that says these verdicts, without grading anything."""

    def of(people: Labelled, said: list[str]) -> Agreement:
        voice = Voice("grader", {(call.call_id, CHECK): one for call, one in zip(CALLS, said, strict=True) if one})
        monkeypatch.setattr(module, "voice_of_critiques", lambda _name, _critiques: voice)
        return agreement(people, {"any": None}, RUBRIC, "grader")  # type: ignore[dict-item]

    return of


def of_check(found: Agreement) -> CheckAgreement:
    """The one check that was labelled."""
    return next(check for check in found.checks if check.check_id == CHECK)


GOOD = verdicts("met", "met", "missed", "partial")


def test_a_grader_who_says_what_people_say_is_at_go_live(measure) -> None:  # type: ignore[no-untyped-def]
    check = of_check(measure(labelled(ann=GOOD, bob=GOOD), GOOD))
    assert check.level == "go-live"
    assert [(pair.one, pair.other) for pair in check.pairs] == [("ann", "bob"), ("ann", "grader"), ("bob", "grader")]
    assert all(pair.kappa.value == 1.0 for pair in check.pairs)
    assert check.prevalence == 0.5


def test_a_grader_who_passes_everything_is_below_for_its_tnr(measure) -> None:  # type: ignore[no-untyped-def]
    check = of_check(measure(labelled(ann=GOOD, bob=GOOD), verdicts("met")))
    assert check.level == "below"
    assert "TNR 0.00 under 0.60" in check.why


def test_a_check_on_which_people_differ_is_for_people_to_mend(measure) -> None:  # type: ignore[no-untyped-def]
    people = labelled(ann=GOOD, bob=verdicts("met", "missed", "met", "partial", "missed"))
    check = of_check(measure(people, GOOD))
    assert check.level == "people disagree"
    assert people_on(people, CHECK).value is not None
    assert people_on(people, CHECK).value < 0.5  # type: ignore[operator]


def test_what_cannot_be_measured_is_not_passed(measure) -> None:  # type: ignore[no-untyped-def]
    all_met = verdicts("met")
    check = of_check(measure(labelled(ann=all_met, bob=all_met), all_met))
    assert check.level == "cannot tell"
    assert "TNR: fewer than" in check.why
    assert all(pair.kappa.value is None for pair in check.pairs)
    assert {pair.kappa.why for pair in check.pairs} == {"a single class"}


def test_ac1_stands_in_where_one_verdict_prevails(measure) -> None:  # type: ignore[no-untyped-def]
    mostly = ["missed", *["met"] * 35, "missed", "met", "met", "missed"]
    one_off = ["met", *mostly[1:]]
    people = labelled(ann=mostly, bob=one_off)
    assert people_on(people, CHECK).value == of_check(measure(people, mostly)).pairs[0].ac1.value


def test_one_rater_alone_can_be_compared_with_the_grader_but_not_with_people(measure) -> None:  # type: ignore[no-untyped-def]
    found = measure(labelled(ann=GOOD), GOOD)
    assert [(pair.one, pair.other) for pair in of_check(found).pairs] == [("ann", "grader")]
    assert people_on(labelled(ann=GOOD), CHECK).why == "there is one rater alone"


def test_what_the_grader_left_out_is_counted_apart(measure) -> None:  # type: ignore[no-untyped-def]
    silent = ["" if n < 8 else said for n, said in enumerate(GOOD)]
    pair = of_check(measure(labelled(ann=GOOD), silent)).pairs[0]
    assert (pair.n, pair.unanswered) == (32, 8)


def test_people_alone_are_measured_without_a_grader() -> None:
    found = agreement(labelled(ann=GOOD, bob=GOOD), {}, RUBRIC, "")
    assert found.grader == ""
    assert of_check(found).level == "cannot tell"
    assert [pair.tpr for pair in of_check(found).pairs] == [None]


def test_few_calls_give_no_number_at_all(measure) -> None:  # type: ignore[no-untyped-def]
    few = labelled(ann=GOOD, bob=GOOD).narrowed([call.call_id for call in CALLS[:9]])
    for pair in of_check(measure(few, GOOD)).pairs:
        assert pair.kappa.value is None
        assert pair.kappa.why == "fewer than 10 calls"
