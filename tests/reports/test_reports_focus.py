"""Which check becomes the week's one thing, how long it stays, and which moment shows it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coach.reports.focus import FocusState, choose_focus, focus_moment, tally

WEEK = "2026-W47"


@pytest.fixture
def calls(make_critique):
    """`calls(n, verdicts, week)`: n critiques an hour apart."""

    def make(n, verdicts, week=WEEK, start=0, **changes):
        first = make_critique(week=week).started_at
        return [
            make_critique(
                verdicts, week, call_id=f"c-{week[-2:]}-{i}", started_at=first + timedelta(hours=i), **changes
            )
            for i in range(start, start + n)
        ]

    return make


def test_no_focus_below_three_chances(calls, rubric):
    """Two missed chances are too few to build a week on."""
    assert choose_focus(calls(2, {"RES1": "missed"}), rubric, WEEK, None) is None


def test_three_missed_chances_make_a_focus(calls, rubric):
    """From three chances on the check with most to gain is chosen, and it starts this week."""
    focus = choose_focus(calls(3, {"RES1": "missed"}), rubric, WEEK, None)
    assert (focus.check_id, focus.since_week, focus.chances, focus.rate, focus.kept) == ("RES1", WEEK, 3, 0.0, False)


def test_no_focus_where_everything_is_met(calls, rubric):
    """Nothing to gain means no focus."""
    assert choose_focus(calls(5, {}), rubric, WEEK, None) is None


def test_weight_decides_between_equal_rates(calls, rubric):
    """CLO3 (weight 1 of 6 in a stage of 10) gives way to RES1 (3 of 13 in a stage of 20)."""
    assert choose_focus(calls(4, {"CLO3": "missed", "RES1": "missed"}), rubric, WEEK, None).check_id == "RES1"


def test_a_tie_goes_to_the_earliest_stage(calls, rubric):
    """LIS2 and LIS4 weigh the same: the one that stands first in the rubric is taken."""
    assert choose_focus(calls(4, {"LIS4": "missed", "LIS2": "missed"}), rubric, WEEK, None).check_id == "LIS2"


def test_more_chances_count_by_their_square_root(calls, rubric):
    """Nine half-earned chances outweigh three: sqrt(9) / sqrt(3)."""
    few = calls(3, {"LIS2": "missed", "LIS4": "not_applicable"})
    many = calls(9, {"LIS2": "not_applicable", "LIS4": "missed"}, start=3)
    assert choose_focus(few + many, rubric, WEEK, None).check_id == "LIS4"


def test_ungraded_claims_lower_the_confidence(calls, rubric):
    """Three graded and three ungraded claims give a confidence of one half."""
    history = calls(3, {"RES1": "missed"}) + calls(3, {"RES1": "ungraded"}, start=3)
    assert choose_focus(history, rubric, WEEK, None).confidence == 0.5


def test_close_quotes_lower_the_confidence(calls, rubric, make_finding):
    """A quote that was found only nearly does not count as exactly proven."""
    missed = make_finding("RES1", "missed")
    near = missed.model_copy(update={"opportunity": missed.opportunity.model_copy(update={"match": "close"})})
    history = calls(3, {"RES1": missed}) + calls(1, {"RES1": near}, start=3)
    assert choose_focus(history, rubric, WEEK, None).confidence == 0.75


def test_unstable_findings_are_no_chances(calls, rubric, make_finding):
    """What graders answered differently from sample to sample neither counts nor makes a focus."""
    shaky = make_finding("RES1", "missed", unstable=True)
    history = calls(4, {"RES1": shaky})
    assert tally("RES1", history) == (0, 0)
    assert choose_focus(history, rubric, WEEK, None) is None


def test_calls_older_than_four_weeks_are_left_out(calls, rubric):
    """A focus rests on the last four weeks alone, and on nothing after the week asked for."""
    assert choose_focus(calls(5, {"RES1": "missed"}, "2026-W43"), rubric, WEEK, None) is None
    assert choose_focus(calls(5, {"RES1": "missed"}, "2026-W48"), rubric, WEEK, None) is None


def test_a_focus_is_kept_for_two_weeks(calls, rubric):
    """In its second week a focus stays, even where another check has more to gain."""
    before = FocusState(check_id="CLO3", since_week="2026-W46")
    focus = choose_focus(calls(4, {"RES1": "missed"}), rubric, WEEK, before)
    assert (focus.check_id, focus.since_week, focus.kept) == ("CLO3", "2026-W46", True)
    assert focus.state == before


def test_a_focus_is_chosen_anew_after_two_weeks(calls, rubric):
    """In the third week the check with most to gain is taken."""
    before = FocusState(check_id="CLO3", since_week="2026-W45")
    assert choose_focus(calls(5, {"RES1": "missed"}), rubric, WEEK, before).check_id == "RES1"


def test_the_same_check_chosen_again_keeps_its_first_week(calls, rubric):
    """A focus that still has most to gain goes on, counted from where it began."""
    before = FocusState(check_id="RES1", since_week="2026-W44")
    assert choose_focus(calls(5, {"RES1": "missed"}), rubric, WEEK, before).since_week == "2026-W44"


def test_a_mastered_focus_is_let_go_early(calls, rubric):
    """80 % over five chances since it began ends a focus within its two weeks."""
    before = FocusState(check_id="RES1", since_week="2026-W46")
    history = calls(4, {"ACK1": "missed"}) + calls(1, {"RES1": "missed", "ACK1": "missed"}, start=4)
    assert choose_focus(history, rubric, WEEK, before).check_id == "ACK1"


@pytest.mark.parametrize("before", [("GONE1", "2026-W46"), ("CLO3", "2026-W48")])
def test_a_state_that_does_not_fit_is_passed_over(calls, rubric, before):
    """A check that the rubric no longer has, or a focus of a later week, binds nothing."""
    state = FocusState(check_id=before[0], since_week=before[1])
    assert choose_focus(calls(3, {"RES1": "missed"}), rubric, WEEK, state).check_id == "RES1"


def test_a_kept_focus_without_a_chance_has_no_rate(rubric):
    """No calls, no rate: nothing is made up."""
    focus = choose_focus([], rubric, WEEK, FocusState(check_id="RES1", since_week="2026-W46"))
    assert (focus.rate, focus.chances, focus.confidence) == (None, 0, 0.0)


def test_mixed_sources_are_refused(calls, rubric):
    """Grades of the pattern check and of a model never make one focus."""
    with pytest.raises(ValueError, match="mixes 2 sources"):
        choose_focus(calls(3, {}) + calls(3, {}, start=3, ai=False), rubric, WEEK, None)


def test_the_moment_is_the_latest_of_the_week(calls, rubric):
    """Of several moments the latest is shown."""
    history = calls(4, {"RES1": "missed"})
    critique, finding = focus_moment(choose_focus(history, rubric, WEEK, None), history)
    assert (critique.call_id, finding.check_id) == ("c-47-3", "RES1")


def test_a_moment_with_a_suggestion_comes_first(calls, rubric, make_finding):
    """A finding that carries words to try is preferred to a later one without."""
    said = make_finding("RES1", "missed", try_words="I am booking it now.")
    history = calls(1, {"RES1": said}) + calls(3, {"RES1": "missed"}, start=1)
    assert focus_moment(choose_focus(history, rubric, WEEK, None), history)[0].call_id == "c-47-0"


def test_no_moment_without_a_proven_quote_this_week(calls, rubric, make_finding):
    """Moments of other weeks and findings without any quote are not shown."""
    bare = make_finding("RES1", "missed", opportunity=None)
    history = calls(3, {"RES1": "missed"}, "2026-W46") + calls(1, {"RES1": bare})
    assert focus_moment(choose_focus(history, rubric, WEEK, None), history) is None
