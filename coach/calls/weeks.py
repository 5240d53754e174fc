"""ISO weeks, the unit of every report: naming them, counting back, finding their days.

A call belongs to the week in which it started, in the team's time zone.  Nothing here knows calls.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from coach.errors import BadSettings

_WEEK = re.compile(r"\s*(\d{4})-?W(\d{1,2})\s*", re.IGNORECASE | re.ASCII)


def week_of(started_at: datetime, zone: ZoneInfo) -> str:
    """The ISO week ("2026-W47") in which a moment falls, seen from `zone`; `started_at` must carry its offset."""
    year, week, _ = started_at.astimezone(zone).isocalendar()
    return f"{year:04d}-W{week:02d}"


def parse_week(text: str) -> str:
    """A week as a person writes it ("2026-W47", "2026w7") in its one form ("2026-W07").

    Raises BadSettings for anything else, and for a week 53 in a year that has 52.
    """
    found = _WEEK.fullmatch(text)
    if found is None:
        raise BadSettings(f"{text!r} is not a week", "write a year and an ISO week, such as 2026-W47")
    year, week = int(found[1]), int(found[2])
    try:
        date.fromisocalendar(year, week, 1)
    except ValueError:
        raise BadSettings(f"{year} has no week {week}", "weeks run from W01 to W52, in some years to W53") from None
    return f"{year:04d}-W{week:02d}"


def weeks_before(week: str, n: int) -> list[str]:
    """The `n` weeks that end with `week`, oldest first; an empty list for n = 0."""
    monday = week_bounds(week)[0]
    days = (monday - timedelta(weeks=back) for back in range(n - 1, -1, -1))
    return [f"{year:04d}-W{number:02d}" for year, number, _ in (day.isocalendar() for day in days)]


def week_bounds(week: str) -> tuple[date, date]:
    """The Monday and the Sunday of a week; raises BadSettings like `parse_week`."""
    canonical = parse_week(week)
    year, number = int(canonical[:4]), int(canonical[6:])
    monday = date.fromisocalendar(year, number, 1)
    try:
        return monday, monday + timedelta(days=6)
    except OverflowError:
        raise BadSettings(f"{week} lies beyond the calendar", "write a week such as 2026-W47") from None
