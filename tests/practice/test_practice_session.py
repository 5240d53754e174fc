"""A session: what is said is taken down first, answered, gone back on, and graded without its state."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from practice_made import CAST, ears_for, make_card, make_persona, make_scene, make_session, play

from coach.calls.transcript import Speaker
from coach.errors import BadSettings
from coach.practice.as_call import graded_call
from coach.practice.card import CardLine
from coach.practice.playing import MOST_LINES, answer, note, rewind, stop, with_note
from coach.practice.session import Session, talk
from coach.practice.template_voice import TemplateVoice
from coach.practice.words import Act

FURIOUS = make_card(persona=make_persona(anger=9.4, leaves_at=9.0))


def test_the_customer_speaks_first() -> None:
    """A session begins with the opening line and the anger of the level."""
    session = make_session()
    assert session.said_by_customer() == (session.card.opening,)
    assert session.anger_path == (8.0,)
    assert make_session(level=5).anger_path > make_session(level=1).anger_path


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "...", "\x00\x1b", "​"])
def test_a_line_without_words_is_not_taken_down(text: str) -> None:
    """The player is told, and the session stands where it stood."""
    with pytest.raises(BadSettings, match="nothing was said"):
        note(make_session(), text)


def test_control_characters_do_not_reach_the_session() -> None:
    """What is kept is one clean line."""
    taken = note(make_session(), "I'm \x1b[31msorry\x1b[0m\r\nfor\x07 that\u202e kettle").pending
    assert taken.isprintable()
    assert "\u202e" not in taken
    assert "kettle" in taken


def test_personal_data_is_masked_before_anybody_reads_it() -> None:
    """A line typed in practice is kept as a call's would be."""
    taken = note(make_session(), "I'll write to jane.roe@example.com, card 4111 1111 1111 1111.").pending
    assert "jane" not in taken
    assert "4111" not in taken


def test_the_people_of_an_invented_scene_keep_their_names() -> None:
    """They are nobody's; a name that the scene does not have is masked all the same."""
    card = make_card(scene=make_scene(can=("The engineer Alan Pike comes on Friday.",)))
    taken = note(make_session(card), "My name is Graham Yardley, and Mr Alan Pike comes on Friday.").pending
    assert "Alan Pike" in taken
    assert "Yardley" not in taken


@pytest.mark.parametrize(
    "line",
    [
        "My card is 4 9 1 5 7 0 0 4 1 9 5 7 0 1 4 9",
        "Ring me on 0 7 5 0 0 1 4 9 1 5 7, please.",
        "The card number is four five one six two three four five one six two three four five one six.",
    ],
)
@pytest.mark.parametrize("scene", ["parcel", "concert_tickets", "gym"])
def test_no_number_is_ever_put_back(line: str, scene: str) -> None:
    """Digits that also stand in the scene are somebody's all the same."""
    taken = note(make_session(make_card(scene=CAST.scene(scene))), line).pending
    assert "[" in taken
    assert "4 9 1 5 7" not in taken
    assert "0 7 5 0 0" not in taken
    assert "four five one six" not in taken


def test_names_in_an_own_call_stay_masked() -> None:
    """Its people are real."""
    card = make_card(call_id="c-1", scene=make_scene(can=("The engineer Alan Pike comes on Friday.",)))
    assert "Pike" not in note(make_session(card), "My name is Alan Pike.").pending


def test_masking_a_long_line_with_many_numbers_ends() -> None:
    """Thirty masks and a word of nine thousand letters are no riddle."""
    assert "[PHONE]" in note(make_session(), "Ring 07911 123456 or " * 30 + "a" * 9000).pending


def test_a_limit_on_names_is_not_taken_for_a_name() -> None:
    """ "Call me names" introduces nobody."""
    assert note(make_session(), "Please don't call me names.").pending == "Please don't call me names."


def test_a_wall_of_text_is_kept_and_answered() -> None:
    """Four thousand words are one line; the session goes on."""
    session = play(make_session(), ["I hear that the kettle flooded the worktop. " * 600])
    assert len(session.exchanges) == 1
    assert len(session.exchanges[0].agent) > 10_000
    assert session.exchanges[0].customer.text


def test_a_line_is_pending_until_it_is_answered() -> None:
    """A crash between the two loses nothing: the session that was saved answers later."""
    saved = Session.model_validate_json(note(make_session(), "What happened?").model_dump_json())
    assert saved.pending == "What happened?"
    with pytest.raises(BadSettings, match="no answer yet"):
        note(saved, "Hello?")
    answered = asyncio.run(answer(saved, ears_for(saved), TemplateVoice()))
    assert (len(answered.exchanges), answered.pending) == (1, "")


def test_a_hidden_fact_is_told_when_it_is_asked_for_and_once() -> None:
    """Only a question that asks for it brings it out."""
    session = play(make_session(), ["I hear you.", "Do you have the receipt?"])
    assert session.exchanges[0].act is not Act.ANSWER
    assert session.exchanges[1].fact == "receipt"
    assert "threw the receipt away" in session.exchanges[1].customer.text
    assert play(session, ["The receipt, do you have it?"]).exchanges[2].fact != "receipt"


def test_asked_what_they_want_the_customer_says_it() -> None:
    """The wanted outcome is a fact to ask for as well."""
    session = play(make_session(), ["What would put this right for you?"])
    assert session.exchanges[0].fact == "outcome"
    assert "a kettle that holds water" in session.exchanges[0].customer.text


def test_going_back_keeps_what_is_left_behind() -> None:
    """Another line at the same place meets the customer as they were there."""
    session = play(make_session(), ["Calm down.", "That's our policy."])
    back = rewind(session, 2)
    assert back.anger_path == session.anger_path[:2]
    assert back.left == (session.exchanges[1:],)
    better = play(back, ["You rang four times and boil water in a saucepan. That must be wearing."])
    assert better.anger_path[-1] < session.anger_path[-1]


@pytest.mark.parametrize("number", [0, 3, -1, 99])
def test_there_is_no_going_back_to_a_line_that_was_not_said(number: int) -> None:
    """The message says which lines there are."""
    with pytest.raises(BadSettings, match="lines 1 to 2"):
        rewind(play(make_session(), ["Calm down.", "I hear you."]), number)


def test_a_session_that_is_over_takes_no_line() -> None:
    """Neither stopped nor broken off by the customer."""
    left = play(make_session(FURIOUS), ["Calm down.", "It's your own fault."] * 3)
    assert left.ended == "leave"
    for over in (left, stop(make_session())):
        with pytest.raises(BadSettings, match="is over"):
            note(over, "Hello?")


def test_a_session_ends_after_its_most_lines() -> None:
    """Nobody is kept for ever."""
    patient = make_card(persona=make_persona(anger=5.0, floor=5.0, patience=8, leaves_at=10.0))
    session = play(make_session(patient), ["Let me think about the kettle."] * (MOST_LINES + 3))
    assert (session.ended, len(session.exchanges)) == ("time", MOST_LINES)


def test_the_grader_reads_the_talk_and_nothing_else() -> None:
    """No anger, act, hint or persona is in the call that is graded; the player's lines are the agent's."""
    session = play(make_session(), ["What happened?", "I'm sending a new kettle today."])
    call = graded_call(session, "practice-1")
    assert [t.speaker for t in call.turns] == [Speaker.CUSTOMER, *[Speaker.AGENT, Speaker.CUSTOMER] * 2]
    text = call.model_dump_json()
    assert not any(word in text for word in ("anger", "persona", "trust", "hint", "Somebody for tests"))


def test_of_the_call_before_only_what_the_customer_told_is_graded() -> None:
    """The agent's earlier lines were graded where they were said."""
    before = tuple(
        CardLine(turn_id=f"T0{n}", speaker=who, text=text)
        for n, (who, text) in enumerate([("customer", "It leaks."), ("agent", "Calm down."), ("customer", "Well?")], 1)
    )
    call = graded_call(play(make_session(make_card(before=before)), ["I hear you."]), "practice-1")
    assert [t.text for t in call.turns][:3] == ["It leaks.", "Well?", "I hear you."]


def test_the_talk_begins_with_the_call_before_the_scene() -> None:
    """A particular told before the scene can be taken up in it."""
    before = (CardLine(turn_id="T01", speaker="customer", text="Four leaks."),)
    assert talk(make_session(make_card(before=before)))[0].text == "Four leaks."


def test_a_note_is_told_once() -> None:
    """The same thing is not said at every line."""
    assert with_note(with_note(make_session(), "x"), "x").notes == ("x",)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_typed_the_session_stands(text: str) -> None:
    """Any text is refused with one line or answered; never an exception, never an empty answer."""
    session: Any = make_session()
    try:
        session = note(session, text)
    except BadSettings:
        return
    answered = asyncio.run(answer(session, ears_for(session), TemplateVoice()))
    assert answered.exchanges[0].customer.text.strip()
    assert Session.model_validate_json(answered.model_dump_json()) == answered
