"""ISO weeks in a team's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from coach.calls.weeks import parse_week, week_bounds, week_of, weeks_before
from coach.errors import BadSettings


def test_a_call_belongs_to_the_week_of_its_start_in_the_zone():
    """Sunday night in London is Monday in Auckland."""
    sunday = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)
    assert week_of(sunday, ZoneInfo("Europe/London")) == "2026-W46"
    assert week_of(sunday, ZoneInfo("Pacific/Auckland")) == "2026-W47"


@pytest.mark.parametrize(
    ("text", "week"), [("2026-W47", "2026-W47"), (" 2026w7 ", "2026-W07"), ("2026-w53", "2026-W53")]
)
def test_a_week_is_read_as_people_write_it(text, week):
    """Case, blanks, the hyphen and the leading zero do not matter."""
    assert parse_week(text) == week


@pytest.mark.parametrize(
    "text", ["", "47", "2026-47", "2025-W53", "2026-W00", "2026-W54", "٢٠٢٦-W01", "last week", "0000-W01"]
)
def test_what_is_no_week_is_refused(text):
    """Anything else, a week 53 in a year of 52 among it, is refused with what to write."""
    with pytest.raises(BadSettings) as caught:
        parse_week(text)
    assert "W" in caught.value.hint


def test_counting_back_passes_week_53():
    """2026 has a week 53."""
    assert weeks_before("2027-W02", 4) == ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]
    assert weeks_before("2026-W47", 0) == []


def test_a_week_runs_from_monday_to_sunday():
    """The bounds are the days themselves; the last week of the calendar has none."""
    assert week_bounds("2026-W53") == (date(2026, 12, 28), date(2027, 1, 3))
    with pytest.raises(BadSettings):
        week_bounds("9999-W52")
