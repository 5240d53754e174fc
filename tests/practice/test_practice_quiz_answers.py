"""How an item is shown, what counts as an answer, and what is said after it."""

from __future__ import annotations

import pytest
from quiz_made import BANK, BOOK, given, item_of, right_answer, wrong_answer

from coach.practice.quiz import (
    Explained,
    Given,
    Shown,
    explain,
    how_to_answer,
    is_half_answer,
    parse_answer,
    show,
)
from coach.practice.quiz_items import Order, QuizItem, TrueFalse

GUIDANCE = {item.id: item.text for item in BOOK.guidance}
RULINGS = {ruling.id: ruling.text for ruling in BOOK.rubric.rulings}
BETTER, MISSING, ORDER, TRUE_FALSE = (
    next(item for item in BANK.items if item.kind == kind) for kind in ("better_line", "missing", "order", "true_false")
)


def told(item: QuizItem, text: str) -> Explained:
    """What is said to ann after this answer."""
    shown = show(item, "ann")
    answer = parse_answer(shown, text)
    assert answer is not None
    return explain(shown, answer, GUIDANCE, RULINGS)


@pytest.mark.parametrize("item", BANK.items, ids=lambda item: item.id)
def test_every_item_can_be_answered_right_and_wrong(item: QuizItem) -> None:
    """The right answer is right, the wrong one is explained: what is best, why, and what is weaker."""
    shown = show(item, "ann")
    assert told(item, right_answer(shown)).right
    wrong = told(item, wrong_answer(shown))
    assert not wrong.right
    assert wrong.best
    assert wrong.why
    assert any(weaker.picked and weaker.because for weaker in wrong.weaker)
    assert [guidance for guidance, _ in wrong.guidance] == list(item.guidance)
    assert [ruling for ruling, _ in wrong.rulings] == list(item.rulings)


def test_options_are_mixed_for_each_agent_and_always_the_same_way() -> None:
    """Over the bank the right one stands at every place, and not where the file has it."""
    assert show(BETTER, "ann") == show(BETTER, "ann")
    assert any(show(item, "ann").places != show(item, "bob").places for item in BANK.items)
    first = sum(right_answer(show(item, "ann")) == "1" for item in BANK.items if item.kind == "better_line")
    assert 3 <= first <= 20


def test_moves_are_never_shown_in_a_right_order() -> None:
    """For any agent; so the example of an answer gives nothing away."""
    for item in BANK.items:
        for agent in ("ann", "bob", "cy", "dee", "eve"):
            if isinstance(item, Order):
                places = show(item, agent).places
                assert item.broken([place + 1 for place in places])
                assert sorted(places) == list(range(len(item.moves)))


@pytest.mark.parametrize("text", ["2", " 2 ", "2."])
def test_a_number_is_an_answer(text: str) -> None:
    """With space or a full stop."""
    assert parse_answer(show(BETTER, "ann"), text) == given(2)


@pytest.mark.parametrize("text", ["", "0", "4", "-1", "one", "1 2", "t 1", "²", "٢", "1;2"])
def test_what_is_no_number_of_an_option_is_no_answer(text: str) -> None:
    """Three options: nothing, too small, too large, words, two, a verdict, other digits."""
    assert len(show(BETTER, "ann").places) == 3
    assert parse_answer(show(BETTER, "ann"), text) is None


@pytest.mark.parametrize("text", ["2 1 4 3", "2,1,4,3", "2143", "2. 1. 4. 3."])
def test_an_order_is_all_numbers_once(text: str) -> None:
    """Written as people write it."""
    shown = show(ORDER, "ann")
    assert len(shown.places) == 4
    assert parse_answer(shown, text) == given(2, 1, 4, 3)


@pytest.mark.parametrize("text", ["2 1 4", "2 1 4 4", "2 1 4 5", "2 1 4 3 1", "b a d c"])
def test_an_order_with_a_number_missing_or_twice_is_no_answer(text: str) -> None:
    """Four moves."""
    assert parse_answer(show(ORDER, "ann"), text) is None


@pytest.mark.parametrize("text", ["t 2", "T2", "true 2", "t, 2", "t.2"])
def test_true_or_false_goes_with_the_reasons_number(text: str) -> None:
    """In one line."""
    assert parse_answer(show(TRUE_FALSE, "ann"), text) == given(2, verdict=True)
    assert parse_answer(show(TRUE_FALSE, "ann"), text.replace("t", "f").replace("T", "F").replace("frue", "false"))


@pytest.mark.parametrize("text", ["t", "false", "2", "t 4", "t 0", "x 1", "t 1 2"])
def test_true_or_false_without_a_reason_is_no_answer(text: str) -> None:
    """A bare t or f is half of one: the reason can still be asked for."""
    shown = show(TRUE_FALSE, "ann")
    assert parse_answer(shown, text) is None
    assert is_half_answer(shown, text) == (text in ("t", "false"))
    assert not is_half_answer(show(BETTER, "ann"), text)


def test_a_right_verdict_for_another_reason_is_half_right() -> None:
    """It counts as not right, so it comes back."""
    assert isinstance(TRUE_FALSE, TrueFalse)
    shown = show(TRUE_FALSE, "ann")
    wrong = wrong_answer(shown)
    half = told(TRUE_FALSE, f"{right_answer(shown)[0]} {wrong[2]}")
    assert (half.right, half.half) == (False, True)
    other = told(TRUE_FALSE, f"{wrong[0]} {right_answer(shown)[2]}")
    assert (other.right, other.half) == (False, False)
    assert half.verdict is TRUE_FALSE.answer


def test_an_order_is_right_as_long_as_it_keeps_the_rules() -> None:
    """What no rule names is free: the sources share one order alone."""
    item = next(i for i in BANK.items if i.id == "order_missed_delivery")
    shown = show(item, "ann")
    for order in ((2, 4, 3, 1), (2, 3, 4, 1)):
        places = tuple(shown.places.index(number - 1) for number in order)
        assert explain(shown, Given(places), GUIDANCE, RULINGS).right
    early = explain(shown, Given(tuple(shown.places.index(n - 1) for n in (1, 2, 4, 3))), GUIDANCE, RULINGS)
    assert [weaker.because for weaker in early.weaker] == [
        "Acknowledging comes before the first fix.",
        "A remedy that nobody asked for can miss, however generous it is.",
    ]


def test_several_options_of_an_own_moment_can_be_right() -> None:
    """Any of them is, and all are named."""
    options = [{"text": "a", "weaker": "Less."}, {"text": "b", "right": True}, {"text": "c", "right": True}]
    item = item_of(options=options, note="Fill the brackets.")
    shown = Shown(item, (0, 1, 2))
    assert explain(shown, given(3), {}, {}).right
    explained = explain(shown, given(1), {}, {})
    assert explained.best == ((2, "b"), (3, "c"))
    assert explained.note == "Fill the brackets."


def test_an_id_that_the_playbook_does_not_have_is_left_out() -> None:
    """An older rubric beside a newer quiz."""
    explained = explain(show(item_of(), "ann"), given(1), {}, {})
    assert explained.guidance == ()


def test_each_kind_says_how_it_is_answered() -> None:
    """One clear line."""
    assert how_to_answer(show(BETTER, "ann")) == "a number from 1 to 3"
    assert how_to_answer(show(ORDER, "ann")) == "all 4 numbers in the best order, such as 1 2 3 4"
    assert how_to_answer(show(TRUE_FALSE, "ann")) == "t or f and the number of the reason (1 to 3), such as t 1"
    assert show(MISSING, "ann").title == "What is missing here?"
    assert show(item_of(ask="Which?"), "ann").title == "Which?"
