"""Charts: the page's colours, a name for screen readers, ids of their own, equal bytes for equal input."""

from __future__ import annotations

import re

import pytest

from coach.reports.charts import ON_RAMP, RAMP, VARIABLES, WeekPoint, anger_arc, drawn, trend

TURNS = [f"T{i:02}" for i in range(1, 9)]
HEAT = [("T01", 2), ("T03", 4), ("T05", 1), ("T07", 0)]
MOVES = [("T02", "acknowledged"), ("T02", "apologised"), ("T08", "owned a step")]


@pytest.fixture(scope="module")
def arc():
    """An anger arc with two moves in one turn."""
    return anger_arc("arc-c-1", "Heat in call c-1", HEAT, MOVES, TURNS)


def test_the_arc_is_named_for_screen_readers(arc):
    """The picture says what it shows, in a title and a description that its ids point at."""
    assert 'role="img"' in arc.svg
    assert '<title id="chart-arc-c-1-title">Heat in call c-1</title>' in arc.svg
    assert "highest abuse at T03" in arc.svg
    assert 'aria-labelledby="chart-arc-c-1-title chart-arc-c-1-desc"' in arc.svg


def test_the_arc_has_the_same_as_a_table(arc):
    """Every customer turn and every move stands in the table."""
    assert arc.columns == ("Turn", "Customer's words", "Agent's move")
    assert arc.rows[1] == ("T02", "", "acknowledged, apologised")
    assert [row[0] for row in arc.rows] == ["T01", "T02", "T03", "T05", "T07", "T08"]


def test_colours_are_the_pages_variables(arc):
    """No colour is fixed, so that light and dark both hold."""
    assert "var(--hot)" in arc.svg
    assert not re.search(r"#0[0-9a-f]{5}\b", arc.svg)
    assert "#000000" not in arc.svg


def test_text_stays_text_and_nothing_is_loaded(arc):
    """Labels can be searched and read aloud; no style of its own, no metadata, no doctype."""
    assert ">acknowledged, apologised</text>" in arc.svg
    assert not any(word in arc.svg for word in ("<style", "<metadata", "<!DOCTYPE", "<?xml", "font-family"))


def test_equal_input_gives_equal_bytes(arc):
    """A chart drawn again is the same chart."""
    assert anger_arc("arc-c-1", "Heat in call c-1", HEAT, MOVES, TURNS) == arc


def test_ids_are_unique_between_charts(arc):
    """Two charts on a page share no id, and every reference has its target."""
    other = anger_arc("arc-c-2", "Heat in call c-2", HEAT, MOVES, TURNS)
    ids, others = (re.findall(r'\bid="([^"]+)"', chart.svg) for chart in (arc, other))
    assert len(ids) == len(set(ids))
    assert not set(ids) & set(others)
    assert set(re.findall(r"#(chart-[^\")]+)", arc.svg)) <= set(ids)


def test_odd_identities_make_plain_ids():
    """An id with dots or signs stays apart from its neighbours and out of the markup."""
    chart = anger_arc('a.b"<x>', "t", HEAT, [], TURNS)
    assert 'id="chart-a_2e_b_22__3c_x_3e_-title"' in chart.svg


def test_titles_are_text_wherever_they_come_from():
    """Markup and control characters in a title are shown or dropped, never obeyed."""
    chart = anger_arc("x", "</title><script>\x1b[31m\\1", HEAT, [("T02", "$x^2$ <b>")], TURNS)
    assert "<script" not in chart.svg
    assert "&lt;script&gt;\\1" in chart.svg
    assert "$x^2$ &lt;b&gt;" in chart.svg


def test_an_arc_without_heat_says_so():
    """Turns that the call does not have are left out; nothing is drawn for nothing."""
    assert (
        anger_arc("x", "t", [("T99", 3)], [("T98", "apologised")], TURNS).description == "No customer turn with a heat."
    )


def test_long_calls_label_some_turns_only():
    """Of two hundred turns no more than fourteen are named on the axis."""
    turns = [f"T{i:02}" for i in range(1, 201)]
    chart = anger_arc("x", "t", [("T01", 1), ("T200", 2)], [], turns)
    assert len(re.findall(r">T\d+</text>", chart.svg)) <= 14


def test_a_trend_shows_weeks_without_a_number_as_such():
    """A week of few calls keeps its place, its n and its chances, and gets no share and no interval."""
    weeks = [
        WeekPoint("2026-W45", 6, 8, 16, 0.5, 0.4, 0.6),
        WeekPoint("2026-W46", 2, 3.5, 4),
        WeekPoint("2026-W47", 0, 0, 0),
    ]
    chart = trend("t", "All checks", weeks)
    assert chart.rows == (
        ("2026-W45", "6", "8 of 16 chances (50 %)", "40 to 60 %"),
        ("2026-W46", "2", "3.5 of 4 chances", "too few calls for one"),
        ("2026-W47", "0", "no chance", "too few calls for one"),
    )
    assert "2026-W46: 3.5 of 4 chances, 2 calls, interval too few calls for one;" in chart.svg


def test_the_ramp_and_its_text_have_variables():
    """Other charts of the pages draw with the same markers."""
    assert [VARIABLES[c] for c in RAMP] == [f"ramp-{n}" for n in range(5)]
    chart = drawn("x", "t", "d", ("A",), [("b",)], lambda figure: figure.text(0.5, 0.5, "7", color=ON_RAMP[4]))
    assert "var(--on-ramp-4)" in chart.svg
