"""Comparing two ways of grading: flips and their way, and the word that is said of them."""

from __future__ import annotations

from itertools import cycle, islice

import pytest
from labels_made import RUBRIC, by_id, made_call, made_label

from coach.calibration.comparison import Comparison, Side, compare
from coach.calibration.labels import Labelled, sound_labels
from coach.grading.critique import CallCritique, Finding, Proven, Verdict

CALLS = [made_call(f"c-{n:02}") for n in range(40)]
CHECK = "LIS2"
TRUTH = list(islice(cycle(["met", "met", "missed", "partial"]), len(CALLS)))


def side(name: str, said: list[str]) -> Side:
    """A way of grading that says these verdicts on one check."""
    critiques = {}
    for call, verdict in zip(CALLS, said, strict=True):
        quote = Proven(turn_id="T02", speaker="agent", text="It leaks again?", start=0, end=15, match="exact")
        finding = Finding.model_construct(
            check_id=CHECK, stage_id="listen", verdict=Verdict(verdict), evidence=(quote,), counter=(), opportunity=None
        )
        critiques[call.call_id] = CallCritique.model_construct(call_id=call.call_id, findings=(finding,))
    return Side(name, critiques, tokens_in=100, tokens_out=10)


def labelled(*raters: list[str]) -> Labelled:
    """Labels of so many raters on the check."""
    labels = {
        f"rater{n}": [made_label(call, CHECK, said, f"rater{n}") for call, said in zip(CALLS, given, strict=True)]  # type: ignore[arg-type]
        for n, given in enumerate(raters)
    }
    return sound_labels(labels, by_id(CALLS), RUBRIC)


def compared(a: list[str], b: list[str], people: Labelled, *, locked: bool = True, variants: int = 1) -> Comparison:
    """B compared with A on the one check."""
    return compare(side("a", a), side("b", b), people, RUBRIC, locked=locked, variants=variants, checks=[CHECK])


WRONG = ["met"] * len(CALLS)


def test_a_candidate_that_moves_to_people_is_better_on_locked_calls() -> None:
    found = compared(WRONG, TRUTH, labelled(TRUTH, TRUTH))
    assert found.outcome == "better"
    assert {flip.way for flip in found.flips} == {"toward people"}
    assert len(found.flips) == 20
    assert found.difference is not None
    assert found.difference.value == pytest.approx(1.0)


def test_the_same_on_calls_that_were_tuned_on_is_not_called_better() -> None:
    found = compared(WRONG, TRUTH, labelled(TRUTH, TRUTH), locked=False)
    assert found.outcome == "cannot tell"
    assert "the holdout decides" in found.why


@pytest.mark.parametrize("locked", [True, False])
def test_a_candidate_that_moves_away_is_worse_wherever_it_is_seen(locked: bool) -> None:
    found = compared(TRUTH, WRONG, labelled(TRUTH, TRUTH), locked=locked)
    assert found.outcome == "worse"
    assert {flip.way for flip in found.flips} == {"away from people"}


def test_one_flip_in_forty_calls_cannot_be_told_from_chance() -> None:
    slightly = [*TRUTH[:-1], "met"]
    assert compared(TRUTH, slightly, labelled(TRUTH, TRUTH)).outcome == "cannot tell"


def test_without_labels_flips_are_shown_and_nothing_is_said() -> None:
    found = compared(TRUTH, WRONG, labelled())
    assert found.outcome == "cannot tell"
    assert found.why == "nobody has labelled these calls"
    assert found.difference is None
    assert {flip.way for flip in found.flips} == {"not labelled"}


def test_a_check_on_which_people_differ_measures_nothing() -> None:
    other = [TRUTH[(n * 7 + 1) % 40] for n in range(40)]
    found = compared(TRUTH, WRONG, labelled(TRUTH, other))
    assert found.torn == (CHECK,)
    assert found.outcome == "cannot tell"


def test_flips_carry_both_sides_quotes_and_what_people_say() -> None:
    flip = compared(WRONG, TRUTH, labelled(TRUTH)).flips[0]
    assert flip.before_lines == (("T02", "It leaks again?"),)
    assert flip.people == (("rater0", flip.after),)


def test_people_who_differ_on_a_case_give_it_no_way() -> None:
    other = ["met", *TRUTH[1:3], "missed", *TRUTH[4:]]
    ways = {flip.call_id: flip.way for flip in compared(WRONG, TRUTH, labelled(TRUTH, other)).flips}
    assert ways["c-03"] == "people differ"
    assert ways["c-02"] == "toward people"


def test_what_one_side_left_ungraded_is_counted_and_no_flip() -> None:
    found = compared(TRUTH, ["ungraded", *TRUTH[1:]], labelled(TRUTH))
    assert found.ungraded == 1
    assert found.compared == 39
    assert found.flips == ()


def test_more_variants_promise_more_by_luck() -> None:
    people = labelled(TRUTH, TRUTH)
    noisy = [*TRUTH[:-2], "met", "met"]
    one, ten = (compared(TRUTH, noisy, people, variants=n).inflation for n in (1, 10))
    assert one == pytest.approx(0.0, abs=1e-9)
    assert ten is not None
    assert ten > 0.01


def test_too_few_calls_give_no_difference() -> None:
    few = labelled(TRUTH).narrowed([call.call_id for call in CALLS[:5]])
    found = compared(TRUTH, WRONG, few)
    assert found.outcome == "cannot tell"
    assert "fewer than 10 calls" in found.why
