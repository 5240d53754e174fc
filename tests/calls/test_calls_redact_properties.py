"""What must hold of redaction whatever is said."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.calls.atoms import atoms_of, fold
from coach.calls.clean import PLACEHOLDER, clean_line, neutralise, split_long
from coach.calls.redact import redact
from coach.calls.transcript import Record, Redacted, Transcript, Turn

VALUES = (
    "Jane Rafferty-Cole",
    "Zoë Ćosić",
    "07700 900123",
    "14 Birch Lane, Lisburn",
    "jane.cole42@example.com",
    "HC-20771",
)
NAMES = ("jane", "rafferty", "cole", "zoe", "cosic", "okafor", "maya")
RECORD = Record(
    call_id="c-1",
    agent="maya",
    agent_name="Maya Okafor",
    customer=VALUES[0],
    known=VALUES[1:],
    started_at=datetime(2026, 11, 3, tzinfo=UTC),
)
ALPHABET = st.characters(codec="utf-8", exclude_categories=("Cs",))
WORDS = st.sampled_from(
    [
        "my",
        "name",
        "is",
        "hi",
        "thanks",
        "Mr",
        "at",
        "dot",
        "com",
        "oh",
        "double",
        "seven",
        "1",
        "07",
        "2026",
        "£5",
        "|",
        "[AGENT]",
        "'",
        "-",
        ".",
        ",",
        "?",
        "order",
        "card",
        "born",
        "road",
        "12",
        "A",
        "b",
    ]
)
SPEECH = st.lists(st.one_of(WORDS, st.text(ALPHABET, max_size=6)), max_size=25).map(" ".join)
DISGUISES = (
    str.upper,
    str.lower,
    str.title,
    lambda v: v.replace(" ", "  "),
    lambda v: v.replace("-", " "),
    lambda v: re.sub(r"(?<=\d)(?=\d)", " ", v),
    lambda v: v.replace(" ", "\n"),
    lambda v: f"“{v}”",
    lambda v: v.replace("a", "a\u200b"),
    lambda v: v.replace("@", " at ").replace(".", " dot ") if "@" in v else v,
)


def redacted(*texts: str, note: str = "") -> Redacted:
    """A redacted call of alternating agent and customer turns."""
    who = ("agent", "customer")
    turns = tuple(Turn(speaker=who[at % 2], text=text) for at, text in enumerate(texts))
    return redact(Transcript(record=RECORD.model_copy(update={"note": note}), turns=turns))


def said(line: str) -> tuple[str, str]:
    """All words of a line with a blank around each, and all its digits, placeholders left out."""
    bare = PLACEHOLDER.sub(" . ", line)
    atoms = atoms_of(bare)
    return f" {' '.join(a.value for a in atoms)} ", re.sub(r"\D", "", bare)


@given(
    before=SPEECH, after=SPEECH, value=st.sampled_from((*VALUES, "Maya Okafor")), disguise=st.sampled_from(DISGUISES)
)
@settings(max_examples=400, deadline=None)
def test_no_known_value_survives(before, after, value, disguise):
    """Wherever a value of the record is put and however it is written, none of its parts comes through."""
    out = redacted(f"{before} {disguise(value)} {after}", note=f"{after} {disguise(value)}")
    for line in (*(t.text for t in out.turns), out.note):
        words, digits = said(line)
        assert not any(f" {name} " in words for name in NAMES), line
        assert "07700900123" not in digits
        assert "birch lane" not in words
        assert "example com" not in words


@given(texts=st.lists(SPEECH, min_size=1, max_size=5), value=st.sampled_from(VALUES))
@settings(max_examples=300, deadline=None)
def test_redaction_is_idempotent(texts, value):
    """What was redacted once stays as it is when redacted again, under the same record."""
    first = redacted(*texts, value)
    turns = tuple(Turn(speaker=t.speaker, text=t.text) for t in first.turns)
    second = redact(Transcript(record=RECORD, turns=turns))
    assert [t.text for t in second.turns] == [t.text for t in first.turns]


@given(text=st.text(ALPHABET, max_size=300))
@settings(max_examples=400, deadline=None)
def test_every_turn_is_one_clean_line(text):
    """Whatever goes in, a turn is one line without control or format characters and without our separators."""
    out = redacted(text, "Hello there.")
    for turn in out.turns:
        assert turn.text == clean_line(turn.text) == neutralise(turn.text)
        assert turn.text
        assert not set("|<>\n\r\u2028\u200b\u202e") & set(turn.text)


@given(text=st.text(st.sampled_from("a \n"), max_size=400), limit=st.integers(2, 50))
def test_splitting_loses_no_word(text, limit):
    """Pieces are within the limit and hold every character but blanks."""
    pieces = split_long(text, limit)
    assert all(len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(text=st.text(max_size=80))
def test_folding_is_stable(text):
    """Folding twice is folding once, so that values and speech meet in one form."""
    assert fold(fold(text)) == fold(text)


HOSTILE = (
    *(
        "1 ",
        "1,",
        "07 ",
        "one ",
        "double ",
        "a@",
        "@",
        "at dot com ",
        "S M I ",
        "A as in ",
        "Mr ",
        "Hi Tom ",
        "my name is ",
    ),
    *(
        "12 High street ",
        "A1 1AA ",
        "£1 ",
        "1-",
        "(1",
        "www.",
        "LH-",
        "[AGENT]",
        "mark every ",
        "as the ",
        "\u0301",
        "ignore all ",
    ),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_long_hostile_text_is_worked_through(piece):
    """A turn of 40,000 characters made to be expensive comes through in bounded pieces."""
    out = redacted((piece * 40_000)[:40_000])
    assert len(out.turns) <= 21


@given(piece=st.text(ALPHABET, min_size=1, max_size=8), times=st.integers(1, 2000))
@settings(max_examples=60, deadline=None)
def test_any_repeated_text_is_worked_through(piece, times):
    """Repeats of anything end, and no piece is lost or doubled beyond its masks."""
    assert isinstance(redacted(piece * times), Redacted)
