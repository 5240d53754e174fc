"""Items from an agent's own calls: proven moments alone, the agent's own words, and nobody else's."""

from __future__ import annotations

import pytest
from quiz_made import ARGUED, BOOK, LINES, MET, MISSED, call_of, critique_of, finding, quote

from coach.grading.critique import Finding
from coach.practice.quiz_from_calls import items_from_calls
from coach.practice.quiz_items import BetterLine, Missing, QuizItem

RUBRIC = BOOK.rubric
STOCK = finding("ACK1", "partial", evidence=(quote("T02", "I completely understand."),))


def items(*findings: Finding, ai: bool = True, gated: dict[tuple[str, str], str] | None = None) -> list[QuizItem]:
    """The items of one call of ann's with these findings."""
    call = call_of()
    return items_from_calls("ann", [critique_of(call, *findings, ai=ai)], {call.call_id: call}, RUBRIC, gated)


def test_a_partial_moment_asks_for_the_better_line() -> None:
    """The customer's line before; the quoted words, a line of the bank that is right, one that is good for another aim."""
    (item,) = items(STOCK)
    assert isinstance(item, BetterLine)
    assert item.customer == LINES[0][1]
    own, better, other = item.options
    assert (own.text, own.right) == ("I completely understand.", False)
    assert (better.text, better.right) == (RUBRIC.check("ACK1").reader.bank[0], True)
    assert other.text in RUBRIC.check("APO2").reader.bank
    assert other.weaker.startswith("A line for another aim: ")
    assert item.options[0].weaker == "Your own words, and half of it is there. As the words show."


def test_a_line_that_breaks_a_check_is_shown_as_it_was_quoted() -> None:
    """The part that argues, not the rest of the turn, which did something else well."""
    (item,) = items(ARGUED, *MET)
    assert isinstance(item, BetterLine)
    assert item.options[0].text == "It was two mornings, going by the diary."


def test_a_missed_move_is_asked_for_among_moves_that_the_call_has() -> None:
    """Each of the others says where it was made."""
    (item,) = items(MISSED, *MET)
    assert isinstance(item, Missing)
    assert item.lines == (f"CUSTOMER: {LINES[0][1]}", f"AGENT: {LINES[1][1]}")
    assert item.options[0].text == RUBRIC.check("APO1").reader.plain
    assert [o.weaker for o in item.options[1:]] == [
        "The call has it: “I am booking her for noon today.”",
        "The call has it: “for noon today.”",
    ]


def test_a_missed_move_without_others_to_tell_it_from_asks_for_the_better_line() -> None:
    """One move that was made is not enough to choose among."""
    assert [item.kind for item in items(MISSED, MET[0])] == ["better_line"]


def test_the_pattern_check_never_says_that_a_move_was_missing() -> None:
    """Wording that was not found proves nothing; the item says who looked."""
    (item,) = items(MISSED, *MET, ai=False)
    assert isinstance(item, BetterLine)
    assert "Pattern check, no AI" in item.note


def test_a_line_that_passed_the_gate_stands_before_the_bank() -> None:
    """It is the right one; the bank's is not asked for then."""
    words = "Three mornings waited for nothing, that wears anybody out."
    (item,) = items(STOCK, gated={("c-1", "ACK1"): words})
    assert isinstance(item, BetterLine)
    assert [o.text for o in item.options if o.right] == [words]
    assert f"graded again, it holds: “{words}”" in item.note


def test_brackets_are_explained() -> None:
    """Lines without brackets come first; where there are none, the note says what to do with them."""
    (item,) = items(STOCK)
    assert "fill the brackets" in item.note
    (short,) = items(finding("LIS1", "partial", counter=(quote("T02", "Let me check the diary."),)))
    assert isinstance(short, BetterLine)
    assert [o.text for o in short.options if o.right] == ["Go on."]
    assert short.note == ""


def test_words_that_did_something_else_well_are_not_held_against_anybody() -> None:
    """A turn that proves another check, and the call's best moment."""
    proven = finding("LIS2", "met", evidence=(quote("T02", "I completely understand."),))
    assert items(STOCK, proven) == []
    best = critique_of(call_of(), STOCK).model_copy(update={"best_moment": quote("T02")})
    assert items_from_calls("ann", [best], {"c-1": call_of()}, RUBRIC) == []


@pytest.mark.parametrize(
    "left_out",
    [
        finding("ACK1", "met", evidence=(quote("T02"),)),
        finding("ACK1", "ungraded", share=None, why_ungraded="not in that turn"),
        finding("ACK1", "not_applicable"),
        STOCK.model_copy(update={"unstable": True}),
        finding("APO1", "missed", opportunity=None),
        finding("ACK2", "missed", counter=(quote("T02"),)),
    ],
)
def test_only_proven_moments_that_fell_short_make_an_item(left_out: Finding) -> None:
    """Not what was met, could not be graded, is unstable, unproven, or decided by code."""
    assert items(left_out) == []


def test_one_turn_makes_one_item_the_missed_one() -> None:
    """Nobody reads the same words twice in a row."""
    (item,) = items(STOCK, MISSED)
    assert item.checks == ("APO1",)


def test_ids_come_from_call_turn_and_check_and_the_call_is_named() -> None:
    """Made again next week, it is the same item; purging the call finds its answers."""
    assert items(STOCK) == items(STOCK)
    (item,) = items(STOCK)
    assert (item.id, item.call_id) == ("call:c-1:T02:ACK1", "c-1")


def test_the_guidance_that_the_checks_reason_names_is_explained() -> None:
    """Before guidance that many checks share; the same with rulings."""
    (item,) = items(ARGUED)
    assert item.guidance[0] == "G66"
    (no,) = items(finding("RES4", "partial", evidence=(quote("T02"),)))
    assert (no.guidance[0], no.rulings) == ("G62", ("R7",))


def test_a_call_of_another_agent_is_refused() -> None:
    """By the critique's agent and by the call's."""
    call = call_of(agent="bob")
    for critique in (critique_of(call, STOCK), critique_of(call_of(), STOCK)):
        with pytest.raises(ValueError, match="not this agent's"):
            items_from_calls("ann", [critique], {"c-1": call}, RUBRIC)


def test_no_item_names_its_agent() -> None:
    """A moment of one's own needs no name."""
    call = call_of(agent="zoe-9")
    made = items_from_calls("zoe-9", [critique_of(call, STOCK, ARGUED, *MET)], {"c-1": call}, RUBRIC)
    assert len(made) == 2
    assert all("zoe-9" not in item.model_dump_json() for item in made)


def test_a_call_whose_words_are_not_at_hand_makes_no_item() -> None:
    """The critique alone is not enough."""
    assert items_from_calls("ann", [critique_of(call_of(), STOCK)], {}, RUBRIC) == []


def test_a_turn_that_no_customer_line_goes_before_makes_no_item() -> None:
    """There is nothing it answers."""
    lines = (LINES[1], LINES[0], LINES[3])
    call = call_of(lines=lines)
    stock = finding("ACK1", "partial", opportunity=None, evidence=(quote("T01", lines=lines),))
    assert items_from_calls("ann", [critique_of(call, stock)], {"c-1": call}, RUBRIC) == []


def test_a_chance_that_no_agent_turn_came_after_makes_no_item() -> None:
    """The record ends with the customer."""
    call = call_of(lines=LINES[:5])
    missed = finding("APO1", "missed", opportunity=quote("T05"))
    assert items_from_calls("ann", [critique_of(call, missed)], {"c-1": call}, RUBRIC) == []


def test_words_that_are_the_banks_own_are_not_put_beside_themselves() -> None:
    """Whatever a grader made of them."""
    bank = RUBRIC.check("LIS1").reader.bank
    lines = (LINES[0], ("agent", bank[0]))
    call = call_of(lines=lines)
    cut_in = finding("LIS1", "partial", counter=(quote("T02", lines=lines),))
    (item,) = items_from_calls("ann", [critique_of(call, cut_in)], {"c-1": call}, RUBRIC)
    assert isinstance(item, BetterLine)
    assert bank[0] not in [o.text for o in item.options if o.right]


def test_long_lines_are_shortened() -> None:
    """The end of what the customer said, the beginning of what the agent did."""
    lines = (("customer", "so " * 99 + "it broke."), ("agent", "well " * 99))
    call = call_of(lines=lines)
    missed = finding("APO1", "missed", opportunity=quote("T01", lines=lines))
    (item,) = items_from_calls("ann", [critique_of(call, missed)], {"c-1": call}, RUBRIC)
    assert isinstance(item, BetterLine)
    assert item.customer.startswith("… so")
    assert item.customer.endswith("it broke.")
    assert item.options[0].text.endswith("well …")
