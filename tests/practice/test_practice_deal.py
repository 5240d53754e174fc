"""Cards from an agent's own missed moments."""

from __future__ import annotations

from typing import Any

import pytest
from practice_made import BOOK, CAST, make_call, make_critique, make_finding

from coach.practice.card import Card, invented_card, success_of
from coach.practice.deal import MOST_A_CHECK, MOST_CARDS, card_of, deal, one_a_line
from coach.practice.words import Move

CALL = make_call()
ARGUED = make_finding(CALL, "CALM1", "missed", "T04", "T03")
ASKED = make_finding(CALL, "LIS3", "missed", "T02", "T01")


def dealt(*findings: Any, first: str = "", agent: str = "maya") -> list[Card]:
    """The cards of one call with these findings."""
    critique = make_critique(CALL, *findings)
    return deal(agent, [critique], {CALL.call_id: CALL}, BOOK.rubric, BOOK.lexicons, CAST, first=first)


def test_a_scene_starts_at_the_very_line_that_slipped() -> None:
    """The customer's line before it is the last thing said; the agent's own words there are shown."""
    (card,) = dealt(ARGUED)
    assert card.opening == "I gave it to you twice already. My two children eat cold food every evening."
    assert [line.turn_id for line in card.before] == ["T01", "T02", "T03"]
    assert card.slipped is not None
    assert card.slipped.text == "It was only ten days, to be fair."
    assert (card.id, card.call_id, card.turn_id) == ("c-1/CALM1", "c-1", "T04")


def test_facts_told_before_may_be_said_again_and_later_ones_only_when_asked() -> None:
    """The scene has the facts of that call and no others."""
    (card,) = dealt(ARGUED)
    assert "My two children eat cold food every evening." in card.scene.told
    assert not any("fan" in told for told in card.scene.told)
    fan = next(h for h in card.scene.hidden if "fan" in h.says)
    assert "missing" in fan.asked_by


def test_the_success_condition_comes_from_the_missed_check() -> None:
    """In the rubric's words for people, with the moves that would show it."""
    (card,) = dealt(ARGUED)
    assert card.success is not None
    assert card.success.words.lower().startswith(BOOK.rubric.check("CALM1").reader.better[:20])
    assert Move.ARGUE_OR_BLAME in card.success.barred


def test_every_check_of_the_rubric_has_a_success_condition() -> None:
    """Whatever slipped can be rehearsed."""
    assert all(success_of(check.id, BOOK.rubric) for check in BOOK.rubric.checks())
    assert success_of("NONE9", BOOK.rubric) is None


def test_the_focus_comes_first() -> None:
    """What an agent works on is what they rehearse."""
    assert [c.check_id for c in dealt(ARGUED, ASKED, first="LIS3")] == ["LIS3", "CALM1"]
    assert [c.check_id for c in dealt(ARGUED, ASKED, first="CALM1")] == ["CALM1", "LIS3"]


def test_what_went_well_makes_no_card() -> None:
    """Met checks and claims that do not count are no missed moments."""
    unstable = ARGUED.model_copy(update={"unstable": True})
    assert dealt(make_finding(CALL, "CALM1", "met", "T04"), unstable) == []


def test_of_two_cards_that_start_at_one_line_the_first_stays() -> None:
    """The same scene is not offered twice, whichever check it is for."""
    argued, asked = dealt(ARGUED, ASKED)
    same = argued.model_copy(update={"check_id": "CALM2"})
    assert one_a_line([argued, asked, same]) == [argued, asked]
    assert one_a_line([same, asked, argued]) == [same, asked]


def test_two_cards_a_check_and_five_in_all() -> None:
    """A page is not a pile."""
    calls = {f"c-{n}": make_call(f"c-{n}") for n in range(6)}
    critiques = [
        make_critique(
            c,
            *(
                make_finding(c, check, "missed", own, "T01")
                for check, own in (("CALM1", "T04"), ("LIS3", "T02"), ("RES1", "T06"))
            ),
        )
        for c in calls.values()
    ]
    cards = deal("maya", critiques, calls, BOOK.rubric, BOOK.lexicons, CAST)
    assert len(cards) == MOST_CARDS
    assert max(sum(c.check_id == check for c in cards) for check in ("CALM1", "LIS3", "RES1")) == MOST_A_CHECK


def test_nobody_is_dealt_anothers_mistake() -> None:
    """Failures are taught from one's own calls or invented ones alone (R21)."""
    with pytest.raises(ValueError, match="own calls"):
        dealt(ARGUED, agent="omar")


def test_the_same_customer_is_as_hot_as_in_the_call() -> None:
    """Anger starts from the heat of the last lines before the slip, and their way of speaking is asked for."""
    (card,) = dealt(ARGUED)
    assert 5.0 <= card.persona.anger <= 9.0
    assert "same words" in card.persona.style


def test_one_named_card_is_the_dealt_one() -> None:
    """`--card CALL/CHECK` finds what the list showed."""
    critique = make_critique(CALL, ARGUED, ASKED)
    assert card_of(critique, "CALM1", CALL, BOOK.rubric, BOOK.lexicons, CAST) == dealt(ARGUED)[0]
    assert card_of(critique, "RES1", CALL, BOOK.rubric, BOOK.lexicons, CAST) is None


def test_a_slip_before_anything_was_told_makes_no_card() -> None:
    """There is no line to start from."""
    call = make_call(lines=(("agent", "What now?"), ("customer", "Well.")))
    critique = make_critique(call, make_finding(call, "CALM3", "missed", "T01"))
    assert deal("maya", [critique], {"c-1": call}, BOOK.rubric, BOOK.lexicons, CAST) == []


def test_an_invented_card_names_nobody() -> None:
    """Its facts are made up, and its persona's own scene is used unless another is named."""
    card = invented_card(CAST, "abusive", rubric=BOOK.rubric)
    assert (card.call_id, card.before, card.slipped) == ("", (), None)
    assert card.scene.id == CAST.persona("abusive").scene
    assert invented_card(CAST, "abusive", "hotel", check_id="CALM4", rubric=BOOK.rubric).check_id == "CALM4"
