"""The simulated customer's state: rules of anger, trust and acts, owned by code."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from practice_made import make_persona

from coach.practice.customer import MOST_FALL, PROMISE_BROKEN, State, act_of, acted, after, band_of
from coach.practice.words import Act, Move

HEARD = (Move.SPECIFIC_ACK, Move.OPEN_QUESTION)
PERSONA = make_persona()


def path(*lines: Sequence[Move], anger: float = 8.0, persona: object = PERSONA) -> list[float]:
    """Anger after each line with these moves."""
    state, found = State(anger=anger), []
    for moves in lines:
        state = after(state, moves, persona)  # type: ignore[arg-type]
        found.append(state.anger)
    return found


@settings(deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(Move), unique=True, max_size=5), max_size=16),
    st.integers(400, 1000).map(lambda n: n / 100),
)
def test_no_line_calms_by_more_than_the_most_and_anger_stays_in_range(lines: list[list[Move]], start: float) -> None:
    """Whatever is said, anger lies between 0 and 10 and falls by 1.5 at most a line."""
    angers = [start, *path(*lines, anger=start)]
    assert all(0 <= anger <= 10 for anger in angers)
    assert all(a - b <= MOST_FALL + 1e-6 for a, b in pairwise(angers))


def test_a_move_made_again_counts_for_less_and_then_nothing() -> None:
    """1, .5, .2, 0: the same offer of a choice wears out."""
    angers = [9.9, *path(*[[Move.OPTIONS]] * 5, anger=9.9, persona=make_persona(patience=8))]
    falls = [round(a - b, 2) for a, b in pairwise(angers)]
    assert falls[0] > falls[1] > falls[2] > 0
    assert falls[3:] == [0.0, 0.0]


def test_nobody_unheard_falls_below_six() -> None:
    """Two different hearing moves open the way; a hundred of one kind do not."""
    assert min(path(*[[Move.SPECIFIC_ACK, Move.CONCRETE_STEP_OWNED]] * 10)) == 6.0
    assert min(path(*[[*HEARD, Move.CONCRETE_STEP_OWNED]] * 10)) < 6.0


def test_nobody_falls_below_four_without_an_owned_step() -> None:
    """Hearing alone is not help."""
    hearing = [*HEARD, Move.SUMMARY_CONFIRM, Move.APOLOGY_SPECIFIC]
    assert min(path(*[hearing] * 6, anger=6.5)) == 4.0
    assert min(path(*[[*hearing, Move.CONCRETE_STEP_OWNED]] * 6)) < 4.0


def test_a_floor_raises_nobody() -> None:
    """Who starts below a floor stays where they are."""
    assert path([Move.SCRIPTED_EMPATHY], anger=5.0) == [5.0]


def test_the_third_stock_phrase_raises_anger() -> None:
    """Two are borne, whatever their kind."""
    first, second, third = path([Move.SCRIPTED_EMPATHY], [Move.STOCK_APOLOGY], [Move.SCRIPTED_EMPATHY])
    assert first < 8.0
    assert second < first
    assert third > second


def test_anger_drifts_up_when_nothing_concrete_comes() -> None:
    """Beyond the persona's patience each line without a step costs."""
    patient = path(*[[Move.OPEN_QUESTION]] * 6)
    assert patient[4] > patient[3] > patient[2]


def test_a_false_promise_calms_now_and_explodes_when_it_is_tested() -> None:
    """Calmer at first, tested two lines later, worse than before after it."""
    state = after(State(anger=7.0), [Move.FALSE_PROMISE], PERSONA)
    assert state.anger < 7.0
    state = acted(after(state, [Move.OPEN_QUESTION], PERSONA), Act.REPEAT, "")
    state = after(state, [Move.SPECIFIC_ACK], PERSONA)
    act = act_of(state, [Move.SPECIFIC_ACK], PERSONA, can_answer=True)
    assert act is Act.TEST
    tested = acted(state, act, "")
    broken = after(tested, [Move.OPTIONS], PERSONA)
    assert broken.anger > tested.anger + PROMISE_BROKEN - 1.2
    assert broken.owed is None


def test_a_false_promise_in_the_last_line_is_not_the_way_out() -> None:
    """Nobody agrees while something is owed, and one promised again when it is tested is owed again."""
    calm = State(anger=1.5, owned=True, next_step=True, lines=7, owed=0)
    assert act_of(calm, [Move.FALSE_PROMISE], PERSONA, can_answer=False) is not Act.AGREE
    tested = State(anger=5.0, owed=2, tested=True)
    assert after(tested, [Move.FALSE_PROMISE], PERSONA).owed == 0


def test_a_promise_taken_back_costs_less_than_one_that_is_tested() -> None:
    """Setting it right in time is the way out."""
    state = after(State(anger=7.0), [Move.FALSE_PROMISE], PERSONA)
    back = after(state, [Move.CONCRETE_STEP_OWNED], PERSONA, taken_back=True)
    assert back.owed is None
    assert back.anger < state.anger + 1.0


@pytest.mark.parametrize(
    ("anger", "act"),
    [(9.0, Act.ATTACK), (8.0, Act.ATTACK), (6.5, Act.REPEAT), (5.0, Act.TEST), (3.5, Act.BARGAIN), (1.0, Act.SOFTEN)],
)
def test_each_band_has_its_act(anger: float, act: Act) -> None:
    """Code picks the act from the anger alone, where nothing else decides."""
    assert band_of(anger) is act
    assert act_of(State(anger=anger, owned=True), [], PERSONA, can_answer=False) is act


def test_who_was_just_heard_goes_on_instead_of_insisting() -> None:
    """Nobody is told that they went past what they have just taken up."""
    assert act_of(State(anger=7.0), [Move.SPECIFIC_ACK], PERSONA, can_answer=False) is Act.GO_ON
    assert act_of(State(anger=7.0), [Move.SCRIPTED_EMPATHY], PERSONA, can_answer=False) is Act.REPEAT


def test_who_was_offered_nothing_asks_for_it_and_doubts_no_promise() -> None:
    """Doubt needs something to doubt."""
    for anger in (5.0, 4.0):
        assert act_of(State(anger=anger), [], PERSONA, can_answer=False) is Act.PRESS
    assert act_of(State(anger=5.0, owned=True), [], PERSONA, can_answer=False) is Act.TEST


def test_a_customer_agrees_to_a_named_step_alone() -> None:
    """However calm: without an owned step and a next step there is nothing to agree to."""
    calm = State(anger=1.0, owned=True, lines=6)
    assert act_of(calm, [], PERSONA, can_answer=False) is Act.SOFTEN
    assert act_of(calm.model_copy(update={"next_step": True}), [], PERSONA, can_answer=False) is Act.AGREE


def test_nobody_bargains_for_ever() -> None:
    """After eight lines a customer who is no longer hostile accepts the step that was named."""
    wary = State(anger=3.8, owned=True, next_step=True, lines=7)
    assert act_of(wary, [], PERSONA, can_answer=False) is Act.BARGAIN
    assert act_of(wary.model_copy(update={"lines": 8}), [], PERSONA, can_answer=False) is Act.AGREE


def test_a_furious_customer_leaves() -> None:
    """Two lines in a row at leaving point, and the call is over; but nobody is left after one line or two."""
    state = State(anger=9.6)
    for number in range(1, 5):
        state = after(state, [Move.ARGUE_OR_BLAME], PERSONA)
        act = act_of(state, [], PERSONA, can_answer=True)
        assert (act is Act.LEAVE) == (number >= 4)


def test_who_is_shut_out_or_furious_answers_no_question() -> None:
    """A fact is not given away to a line that argues, nor to a closed question at the height of anger."""
    calm, hot = State(anger=6.5), State(anger=8.5)
    assert act_of(calm, [], PERSONA, can_answer=True) is Act.ANSWER
    assert act_of(calm, [Move.ARGUE_OR_BLAME], PERSONA, can_answer=True) is Act.REPEAT
    assert act_of(hot, [], PERSONA, can_answer=True) is Act.ATTACK
    assert act_of(hot, [Move.OPEN_QUESTION], PERSONA, can_answer=True) is Act.ANSWER


def test_one_who_cannot_be_pleased_stays_at_their_floor_and_still_ends() -> None:
    """The best play leaves them dissatisfied, and they accept the step grudgingly."""
    hard = make_persona(floor=5.0, calming=0.6, cannot_be_pleased=True)
    good = [*HEARD, Move.SUMMARY_CONFIRM, Move.CONCRETE_STEP_OWNED, Move.CLOSE_WITH_NEXT_STEP]
    assert min(path(*[good] * 10, persona=hard)) == 5.0
    at_floor = State(anger=5.0, owned=True, next_step=True, lines=6)
    assert act_of(at_floor.model_copy(update={"lines": 3}), [], hard, can_answer=False) is Act.TEST
    assert act_of(at_floor, [], hard, can_answer=False) is Act.AGREE


def test_orders_to_the_customer_leave_them_puzzled() -> None:
    """A line that does not speak to them calms nobody."""
    state = after(State(anger=6.0), [Move.OFF_SCRIPT], PERSONA)
    assert state.anger > 6.0
    assert act_of(state, [Move.OFF_SCRIPT], PERSONA, can_answer=True) is Act.PUZZLED
    furious = State(anger=10.0, furious=2, lines=5)
    assert act_of(furious, [Move.OFF_SCRIPT], PERSONA, can_answer=True) is Act.LEAVE


def test_what_a_persona_likes_counts_for_more_and_what_provokes_them_costs_more() -> None:
    """The knobs of the persona work in the directions they name."""
    assert path([Move.SPECIFIC_ACK], persona=make_persona(softens=(Move.SPECIFIC_ACK,))) < path([Move.SPECIFIC_ACK])
    assert path([Move.POLICY_SHIELD], persona=make_persona(provokes=(Move.POLICY_SHIELD,))) > path([Move.POLICY_SHIELD])
    assert path([Move.SCRIPTED_EMPATHY], persona=make_persona(provokes=(Move.SCRIPTED_EMPATHY,)))[0] > 8.0
