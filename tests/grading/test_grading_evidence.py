"""Quotes: what is found, what is close, and what is not there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import call, quote

from coach.calls.transcript import Redacted, Speaker
from coach.grading.evidence import CLOSE, Prover, locate


def found(text: str, said: str) -> tuple[str, str] | None:
    """The transcript's words and the match."""
    place = locate(text, said)
    return None if place is None else (text[place[0] : place[1]], place[2])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I'll send it TODAY, promise.", "i'll send it today promise"),
        ("I’ll send it today.", "I'll send it today"),
        ("I'll send it today.", "I’ll send it today"),
        ("I‘ll send it today.", "Ill send it today"),
        ("It is “broken”, you say.", '"broken" you say'),
        ("Um, I will, uh, look into it.", "I will look into it"),
        ("I will look into it.", "Um I will er look into it"),
        ("The ﬁnal price", "the final price"),
        ("Ｉ ｗｉｌｌ call", "I will call"),
        ("Das tut mir leid, Straße", "leid, STRASSE"),
        ("The café on résumé day", "cafe\u0301 on re\u0301sume\u0301 day"),
        ("The cafe\u0301 on the corner", "café on the corner"),
    ],
)
def test_case_punctuation_quotes_fillers_and_forms_are_folded(text: str, said: str) -> None:
    """NFKC, curly quotes, fillers and accents written apart leave a quote exact."""
    assert (place := locate(text, said)) is not None
    assert place[2] == "exact"


def test_the_transcripts_own_words_are_given_back() -> None:
    """The place spans the original text, fillers and spelling included."""
    assert found("Well, I'll, um, SEND it.", "i'll send it") == ("I'll, um, SEND it.", "exact")


@pytest.mark.parametrize(
    ("text", "said", "shown"),
    [
        ("Is it late? Yes.", "is it late", "Is it late?"),
        ("I told [NAME] that.", "told NAME", "told [NAME]"),
        ("It was £40, then.", "40", "£40,"),
        ("(Hello there)", "hello there", "(Hello there)"),
    ],
)
def test_the_marks_that_touch_a_quote_belong_to_it(text: str, said: str, shown: str) -> None:
    """A question keeps its mark, a placeholder its brackets, a sum its currency."""
    assert found(text, said) == (shown, "exact")


@pytest.mark.parametrize("splice", ["...", "....", "…", "[...]", "[…]"])
def test_words_may_be_left_out_with_a_splice(splice: str) -> None:
    """A quote with "..." is exact where its pieces stand one after the other."""
    text = "I am sorry that the lamp came broken, I will send a new one."
    assert found(text, f"I am sorry {splice} I will send") == (
        "I am sorry that the lamp came broken, I will send",
        "exact",
    )


@pytest.mark.parametrize("said", ["I will send ... I am sorry", "I am sorry ... I will refund", "...", "", "?!", "um"])
def test_a_splice_does_not_turn_pieces_round_or_bring_new_ones(said: str) -> None:
    """Pieces in the wrong order, a piece that is not there, and quotes without a word are not found."""
    assert locate("I am sorry that the lamp came broken, I will send a new one.", said) is None


def test_nothing_is_found_in_a_turn_without_words() -> None:
    """A turn of dashes proves nothing."""
    assert locate("-- --", "hello there") is None


def words(number: int, prefix: str = "w") -> list[str]:
    return [f"{prefix}{i}" for i in range(number)]


@pytest.mark.parametrize(("wrong", "match"), [(0, "exact"), (1, "close"), (3, "close"), (4, None)])
def test_close_begins_at_eighty_five_in_a_hundred(wrong: int, match: str | None) -> None:
    """Of twenty words seventeen in order are close (.85), sixteen (.80) are not."""
    assert CLOSE == 0.85
    said = words(20)
    for i in range(wrong):
        said[3 + 4 * i] = f"false{i}"
    place = locate(" ".join(words(20)), " ".join(said))
    assert (place and place[2]) == match


def test_a_short_quote_must_be_exact() -> None:
    """Under five words one wrong word is no slip of copying."""
    assert locate("I will call you", "I will ring you") is None


def test_the_words_of_a_close_quote_stand_together() -> None:
    """Words picked from all over a long turn are not close."""
    text = " ".join(f"{word} filler filler filler filler" for word in words(8))
    assert locate(text, " ".join(words(8))) is None


def test_the_best_stretch_of_a_close_quote_is_taken() -> None:
    """Of two places the one with more of the words is the place."""
    text = "I will send you a new lap before six. I will send you a new lamp before six tonight then."
    assert found(text, "I will send you a brand-new lamp before six tonight") == (
        "I will send you a new lamp before six tonight",
        "close",
    )


@given(
    st.lists(st.sampled_from(("I", "will", "call", "you", "back", "the", "lamp", "today")), min_size=1, max_size=30),
    st.data(),
)
def test_any_stretch_of_a_turn_is_exact_in_it(spoken: list[str], data: st.DataObject) -> None:
    """What was said, copied from anywhere in a turn, is found."""
    first = data.draw(st.integers(0, len(spoken) - 1))
    last = data.draw(st.integers(first + 1, len(spoken)))
    place = locate(" ".join(spoken), " ".join(spoken[first:last]))
    assert place is not None
    assert place[2] == "exact"


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_place_lies_in_the_text(text: str, said: str) -> None:
    """Whatever the two texts, there is no error and no place outside."""
    place = locate(text, said)
    assert place is None or 0 <= place[0] < place[1] <= len(text)


def test_a_planted_false_quote_is_caught_counted_and_shown(lamp: Redacted) -> None:
    """Words that nobody said prove nothing and stand among the unproven claims."""
    prover = Prover(lamp)
    assert prover.prove(quote("T02 I apologise for the awful mess with the lamp"), "APO1", Speaker.AGENT) is None
    assert prover.proven == 0
    (unproven,) = prover.unproven
    assert (unproven.where, unproven.turn_id) == ("APO1", "T02")
    assert unproven.claimed == "I apologise for the awful mess with the lamp"
    assert unproven.why == "these words are not in that turn"


@pytest.mark.parametrize(
    ("said", "speaker", "why"),
    [
        ("T01 The lamp came in three pieces", Speaker.AGENT, "that turn is not the agent's"),
        ("T02 That is a rotten surprise", Speaker.CUSTOMER, "that turn is not the customer's"),
        ("T04 That is a rotten surprise", Speaker.AGENT, "these words are not in that turn"),
        ("T99 That is a rotten surprise", None, "there is no such turn"),
        ("t02 That is a rotten surprise", None, "there is no such turn"),
    ],
)
def test_a_quote_of_the_wrong_speaker_or_turn_is_unproven(
    lamp: Redacted, said: str, speaker: Speaker | None, why: str
) -> None:
    """True words in the wrong place or mouth prove nothing."""
    prover = Prover(lamp)
    assert prover.prove(quote(said), "ACK1", speaker) is None
    assert [u.why for u in prover.unproven] == [why]


def test_no_quote_is_no_claim(lamp: Redacted) -> None:
    """Where nothing was quoted nothing is counted."""
    prover = Prover(lamp)
    assert prover.prove(None, "ACK1") is None
    assert (prover.proven, prover.unproven) == (0, [])


def test_close_quotes_are_counted_apart(lamp: Redacted) -> None:
    """A slip of copying holds, is marked, and the transcript's words are shown."""
    prover = Prover(lamp)
    proven = prover.prove(quote("T04 I will send the courier to you with a whole lamp"), "RES1", Speaker.AGENT)
    assert proven is not None
    assert (proven.match, prover.close, prover.proven) == ("close", 1, 1)
    assert proven.text == "I will send a courier to you with a whole lamp"


def test_quotes_come_back_in_the_order_of_the_conversation() -> None:
    """Turn first, then the offset in it."""
    prover = Prover(call("A: one two three", "C: x", "A: four five six"))
    said = [quote("T03 five six"), quote("T01 two three"), quote("T03 four"), quote("T03 seven")]
    assert [p.text for p in prover.prove_all(said, "x")] == ["two three", "four", "five six"]
