"""Record data as text: names, values, ids."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from coach.calls.fields import (
    Fields,
    field_name,
    fields_from,
    merge,
    parse_channel,
    parse_ended_by,
    parse_moment,
    parse_translated,
    record_from,
    safe_id,
)
from coach.calls.transcript import Channel, EndedBy, Id
from coach.errors import BadCall, Ungradable

LONDON = ZoneInfo("Europe/London")


def test_names_of_fields_have_synonyms():
    """Case, blanks and hyphens do not matter; what means nothing to us is None."""
    assert [field_name(n) for n in ("Agent ID", "started-at", "CRM note", "colour")] == [
        "agent",
        "started_at",
        "note",
        None,
    ]
    assert fields_from({"id": "a", "call_id": "b", "x": 1, "team": None}).call_id == "a"


def test_fields_are_one_clean_line():
    """Control characters and line breaks do not come in by the record; a note keeps its lines."""
    fields = fields_from({"team": "a\nb\x1b[0m", "note": " a\nb "})
    assert (fields.team, fields.note) == ("a b[0m", "a\nb")


def test_the_first_layer_that_says_something_wins():
    """File before manifest before defaults; known values add up."""
    merged = merge(Fields(agent="a", known=("x",)), Fields(agent="b", team="t", known=("y", "x")))
    assert (merged.agent, merged.team, merged.known) == ("a", "t", ("x", "y"))


def test_words_of_the_record():
    """Synonyms are understood, nothing said is the ordinary case, unknown words are refused."""
    assert (parse_channel(""), parse_channel("Web Chat")) == (Channel.PHONE, Channel.CHAT)
    assert (parse_ended_by(""), parse_ended_by("CUT")) == (EndedBy.UNKNOWN, EndedBy.CUT)
    assert (parse_translated(""), parse_translated("Yes"), parse_translated("no")) == (False, True, False)
    for parse in (parse_channel, parse_ended_by, parse_translated):
        with pytest.raises(BadCall, match="not known"):
            parse("perhaps")


def test_a_time_without_offset_is_the_teams():
    """An offset in the text is kept."""
    assert (
        parse_moment("2026-07-03 10:42", LONDON).utcoffset()
        == parse_moment("2026-07-03T10:42:00+01:00", UTC).utcoffset()
    )


@pytest.mark.parametrize("text", ["2026-11-03", "03/11/2026 10:42", "soon", "0001-01-01T00:00:00", ""])
def test_what_is_no_moment_is_refused(text):
    """A bare date and an ambiguous one are no start."""
    with pytest.raises(BadCall, match="is not a date and time"):
        parse_moment(text, UTC)


def test_a_record_needs_agent_and_start():
    """What is missing is said, with what to do."""
    with pytest.raises(Ungradable, match="no agent"):
        record_from(Fields(call_id="c"), UTC)
    with pytest.raises(Ungradable, match="no start"):
        record_from(Fields(call_id="c", agent="a"), UTC)
    record = record_from(Fields(call_id="c 1", agent="Zoë O", started_at="2026-11-03T10:42:00"), UTC)
    assert (record.call_id, record.agent, record.started_at) == (
        "c-1",
        "Zoe-O",
        datetime(2026, 11, 3, 10, 42, tzinfo=UTC),
    )


@given(text=st.text(max_size=200))
def test_any_text_makes_a_safe_id(text):
    """Whatever an id was, it becomes one that the record takes, and a good one stays."""
    made = safe_id(text)
    assert TypeAdapter(Id).validate_python(made) == made == safe_id(made)


def test_ids_that_lose_characters_stay_apart():
    """Different ids do not become the same one."""
    assert len({safe_id(t) for t in ("a/b", "a:b", "a-b", "Ана", "Ева", "../x", "x")}) == 7
    assert safe_id("c-4501") == "c-4501"
