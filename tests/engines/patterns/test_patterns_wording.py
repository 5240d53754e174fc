"""Phrases are found where they stand, longest first, and are guarded against denial and quotation."""

from __future__ import annotations

import pytest

from coach.engines.exchange import Line
from coach.engines.patterns.reading import Spoken
from coach.engines.patterns.wording import Sentences, Wording, quoted_spans, words_of


def spoken(text: str, **lexicons: tuple[str, ...]) -> Spoken:
    return Spoken(0, Line("T01", "agent", text, None, None), Wording(lexicons))


def phrases(text: str, *wanted: str) -> list[str]:
    line = spoken(text, a=wanted)
    return [text[slice(*line.place(hit))] for hit in line.found("a")]


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("I apologised, and apologies again.", ("apolog*",), ["apologised", "apologies"]),
        ("I’m so sorry.", ("i'm so sorry", "sorry"), ["I’m so sorry"]),
        ("dont worry", ("don't worry",), ["dont worry"]),
        ("Mm-hm, I see.", ("mm-hm",), ["Mm-hm"]),
        ("[NAME] is the name", ("name",), ["name"]),
        ("a pan is not a panic", ("pan",), ["pan"]),
        ("nothing here", ("!!", ""), []),
    ],
)
def test_phrases_are_found_whole(text: str, wanted: tuple[str, ...], found: list[str]) -> None:
    """A phrase is found as whole words, by stem where it ends in a star, and never inside a placeholder."""
    assert phrases(text, *wanted) == found


@pytest.mark.parametrize(
    "text",
    [
        "I'm not sorry.",
        "You said 'I am sorry' and hung up.",
        'Then he wrote "so sorry" on it.',
        "They told me sorry and no more.",
        "I was never sorry.",
    ],
)
def test_denied_and_quoted_phrases_are_not_found(text: str) -> None:
    """What is denied, in quotation marks or somebody's words told again is not the speaker's own."""
    assert phrases(text, "sorry") == []


@pytest.mark.parametrize("text", ["No. Sorry.", "As I said, sorry.", "It's our fault, isn't it? I'm sorry."])
def test_a_denial_in_another_sentence_changes_nothing(text: str) -> None:
    """Guards do not reach over the end of a sentence, and "as I said" is the speaker's own."""
    assert phrases(text, "sorry") == ["orry".join(["s" if "sorry" in text else "S", ""])]


def test_sentences_keep_amounts_and_abbreviations_of_numbers_whole() -> None:
    """A full stop inside an amount ends no sentence."""
    text = "It was £4.50. Was it?  Yes — it was"
    parts = Sentences(text)
    assert [text[slice(*parts.span(at))] for at in range(len(parts))] == ["It was £4.50.", "Was it?", "Yes —", "it was"]


def test_text_without_words_has_no_words_and_one_sentence() -> None:
    """Silence is read without a fault."""
    assert words_of("… 👍 —") == ()
    assert len(Sentences("")) == 1
    assert quoted_spans("plain") == ()


def test_a_long_quote_is_cut_at_words_around_the_place() -> None:
    """A line of a thousand words gives a short verbatim quote that holds the place."""
    line = spoken("well " * 500 + "sorry " + "well " * 500, a=("sorry",))
    quote = line.around(*line.place(line.found("a")[0]))
    assert "sorry" in quote
    assert quote in line.text
    assert len(quote) < 300


def test_a_word_longer_than_any_quote_is_cut() -> None:
    """A place inside one endless word still gives a bounded piece of the text."""
    line = spoken("a" * 900)
    assert line.around(0, 900) == "a" * 280
