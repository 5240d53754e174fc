"""Signals stand beside the grades: each is read from the record, or None where the record cannot show it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coach.calls.transcript import Channel, EndedBy, Redacted, RedactedTurn, Speaker
from coach.grading.signals import StockPhrase, heat_of, signals, stock_phrases

LEXICONS: dict[str, tuple[str, ...]] = {
    "feeling": ("frustrat*",),
    "strain": ("waiting",),
    "stock_phrase": ("i completely understand your frustration", "any inconvenience"),
    "apology": ("sorry",),
    "backchannel": ("okay",),
    "open_question": ("what happened",),
    "complaint_2": ("ridiculous",),
    "hostile_4": ("you idiot",),
    "customer_thanks": ("thank you",),
    "customer_apology": ("sorry for shouting",),
    "asks_field": ("order number",),
    "hold": ("bear with me",),
    "i_words": ("i", "i'm", "i'll"),
    "we_words": ("we", "our"),
}
WHO = {"A": Speaker.AGENT, "C": Speaker.CUSTOMER, "S": Speaker.SYSTEM}
Row = tuple[str, str, float | None, float | None]


def call(*rows: Row, channel: Channel = Channel.PHONE, call_id: str = "c-1") -> Redacted:
    turns = tuple(
        RedactedTurn(id=f"T{at:02d}", speaker=WHO[who], text=text, start=start, end=end)
        for at, (who, text, start, end) in enumerate(rows, start=1)
    )
    return Redacted(
        call_id=call_id,
        agent="a-1",
        team="",
        started_at=datetime(2026, 11, 3, 10, tzinfo=UTC),
        channel=channel,
        ended_by=EndedBy.AGENT,
        translated=False,
        turns=turns,
    )


def untimed(*rows: tuple[str, str], call_id: str = "c-1") -> Redacted:
    return call(*((who, text, None, None) for who, text in rows), call_id=call_id)


PHONE = call(
    ("A", "Hello, what happened?", 0.0, 2.0),
    ("C", "Half an hour I have been waiting, this is ridiculous!!", 3.0, 9.0),
    ("A", "Half an hour? It's only showing ten minutes. Is it the oven?", 7.0, 12.0),
    ("C", "Yes.", 13.0, 14.0),
    ("A", "I'm sorry, you have been waiting. We will look.", 20.0, 24.0),
    ("S", "hold", 24.0, 84.0),
    ("A", "I found it.", 85.0, 86.0),
    ("C", "Thank you. Sorry for shouting.", 86.5, 89.0),
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("longest_agent_turn_s", 5.0),
        ("longest_agent_turn_words", 12),
        ("overlaps", 1),
        ("silence_s", 6.0),
        ("response_gap_s", 3.0),
        ("open_questions", 1),
        ("closed_questions", 2),
        ("i_we_ratio", 2.0),
        ("apologies", 1),
        ("turns_to_first_ack", 3),
        ("exaggeration_contradicted", True),
        ("customer_thanks", 1),
        ("customer_apologies", 1),
        ("hardest_heat", 2),
        ("last_heat", 0),
        ("holds", 1),
        ("hold_longest_s", 60.0),
    ],
)
def test_each_signal_of_a_timed_call(name: str, value: float | bool) -> None:
    """A timed call shows every signal."""
    assert signals(PHONE, LEXICONS)[name] == value


def test_talk_share_is_of_the_words() -> None:
    """Three of four words are the agent's."""
    assert signals(untimed(("A", "One two three"), ("C", "Four")), LEXICONS)["talk_share_agent"] == 0.75


def test_without_times_what_needs_them_is_none() -> None:
    """Nothing about seconds is guessed from words."""
    found = signals(untimed(("A", "Hello."), ("C", "Hi."), ("A", "Bye.")), LEXICONS)
    needs_times = ("longest_agent_turn_s", "overlaps", "silence_s", "response_gap_s", "hold_longest_s", "holds")
    assert [found[name] for name in needs_times] == [None] * 6
    assert found["turns_to_first_ack"] is None


def test_a_chat_has_gaps_but_no_overlaps_and_no_holds() -> None:
    """In writing the wait for an answer counts from the sending."""
    rows: list[Row] = [
        ("C", "hi", 0.0, None),
        ("A", "hello", 40.0, None),
        ("C", "so", 50.0, None),
        ("A", "yes", 70.0, None),
    ]
    found = signals(call(*rows, channel=Channel.CHAT), LEXICONS)
    assert found["response_gap_s"] == 30.0
    assert (found["overlaps"], found["silence_s"], found["holds"]) == (None, None, None)


def test_a_call_of_one_side_shows_what_it_can() -> None:
    """No customer, no heat; no agent, no ratio; no words, no share."""
    agent_only = signals(call(("A", "Hello.", 0.0, 1.0)), LEXICONS)
    customer_only = signals(call(("C", "Hello.", 0.0, 1.0)), LEXICONS)
    silent = signals(untimed(("S", "hold")), LEXICONS)
    assert (agent_only["hardest_heat"], agent_only["last_heat"], agent_only["response_gap_s"]) == (None, None, None)
    assert (customer_only["i_we_ratio"], customer_only["longest_agent_turn_s"]) == (None, None)
    assert (silent["talk_share_agent"], silent["holds"]) == (None, 1)


def test_heat_is_given_for_each_customer_turn() -> None:
    """Turn ids and heat, in order; abuse is 4."""
    talk = untimed(("C", "Hello."), ("A", "Hi."), ("C", "Go away, you idiot."), ("C", "…"))
    assert heat_of(talk, LEXICONS) == [("T01", 0), ("T03", 4)]


def agents_calls(*inner: str) -> list[Redacted]:
    return [
        untimed(
            ("A", "Larkfield, Bo speaking now."),
            ("C", "Hi."),
            ("A", text),
            ("C", "Yes."),
            ("A", "Have a good day now."),
            call_id=f"c-{at}",
        )
        for at, text in enumerate(inner)
    ]


def test_stock_phrases_are_counted_once_a_call() -> None:
    """A known phrase counts the calls it is said in, not how often."""
    phrase = "I completely understand your frustration."
    found = stock_phrases(agents_calls(phrase + " Yes. " + phrase, "Aw, " + phrase, "No."), LEXICONS)
    assert found == [StockPhrase("i completely understand your frustration", 2, 3, known=True)]
    assert found[0].sentence() == 'you said "i completely understand your frustration" in 2 of 3 calls'


def test_sentences_of_the_agents_own_are_found() -> None:
    """A sentence of four words or more in three calls is a habit, whatever it opens with."""
    calls = agents_calls(
        "Okay, let me be real with you.", "So let me be real with you!", "Let me be real with you. Right.", "Hm."
    )
    assert stock_phrases(calls, LEXICONS) == [StockPhrase("let me be real with you", 3, 4, known=False)]


@pytest.mark.parametrize(
    "said", ["Can I take your order number?", "Okay, bear with me for that.", "Not so long.", "And I see."]
)
def test_formulas_and_short_sentences_are_no_habit(said: str) -> None:
    """Questions for data, hold formulas, short sentences, greeting and farewell are left out."""
    assert stock_phrases(agents_calls(said, said, said, said), LEXICONS) == []


def test_a_phrase_quoted_from_somebody_is_not_the_agents() -> None:
    """What a colleague said, told again, counts for nobody."""
    quoted = "She said 'any inconvenience' to you."
    assert stock_phrases(agents_calls(quoted, quoted), LEXICONS) == []


def test_signals_are_the_same_every_time() -> None:
    """Equal calls give equal signals, read again or remembered."""
    assert signals(PHONE, LEXICONS) == signals(PHONE.model_copy(), dict(LEXICONS))
