"""The pages can be read by everybody: markup, contrast, and axe-core where a browser is."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from accessibility import BROWSER, SCHEMES, contrast, contrast_faults, faults_of, sheets, violations
from agent_made import LINES, critique_of
from test_reports_agent_formats import LONG, MADE, WEEK, filled

from coach.reports.agent import agent_report
from coach.reports.formats.html import agent_html

STYLE = files("coach.reports").joinpath("pages/style.css").read_text(encoding="utf-8")
KINDS = ("full", "patterns", "empty", "one call")


def page_of(kind, rubric):
    """An agent's page of one kind: with every part, without AI, of an empty week, of one call."""
    if kind in ("full", "patterns"):
        return agent_html(filled(rubric, now=1, ai=kind == "full"), MADE)
    history = [critique_of(rubric, {"RES1": "missed"})] if kind == "one call" else []
    return agent_html(agent_report(agent="a-07", week=WEEK, history=history, calls={}, rubric=rubric), MADE)


@pytest.fixture(scope="module")
def full(rubric):
    """A page with something in every part."""
    return page_of("full", rubric)


@pytest.mark.parametrize("kind", KINDS)
def test_an_agents_page_is_well_made(rubric, kind):
    """Language, title, landmarks, skip link, heading order, ids, names, table headers, pictures: nothing is missing."""
    assert faults_of(page_of(kind, rubric)) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('<html lang="en">', "<html>", "no language"),
        ("<title>a-07, week 2026-W47</title>", "<title> </title>", "no title"),
        ('<main id="main" tabindex="-1">', '<div id="main">', "not one main"),
        ('href="#main"', 'href="#elsewhere"', "no skip link"),
        ("<h1>", "<h2>", "not one h1 first"),
        ('<h2 id="why">Why</h2>', '<h4 id="why">Why</h4>', "h4 after h2"),
        ('<h2 id="why">Why</h2>', '<h2 id="why"></h2>', "empty h2"),
        ('id="why"', 'id="try"', "id try 2 times"),
        ('aria-labelledby="why"', 'aria-labelledby="gone"', "aria-labelledby gone: no such id"),
        ('role="region" aria-label="Checks, table"', 'role="region"', "no name: div"),
        ('<label><input type="checkbox"> Agree</label>', '<input type="checkbox">', "no label: input"),
        ("<caption>Checks that had a chance</caption>", "", "table without a caption"),
        ('<th scope="col">Check</th>', "<th>Check</th>", "table headers without scope"),
        ('role="img"', "", "svg without role, title or desc"),
        ("<p>", '<p><img src="data:,x">', "img without alt"),
        ("<p>", "<p><script></script>", "a script"),
        ("<p>", '<p><a href="https://example.org">x</a>', "not self-contained: https://example.org"),
        ("<p>", "<p></em>", "markup: unexpected-end-tag"),
    ],
)
def test_the_check_sees_what_is_missing(full, old, new, fault):
    """Each rule fails on a page that breaks it."""
    assert old in full
    assert any(found.startswith(fault) for found in faults_of(full.replace(old, new)))


def test_every_pair_of_colours_can_be_read():
    """Text keeps 4.5 to 1 on its ground, in the light and in the dark scheme."""
    assert contrast_faults(STYLE) == []


def test_pale_text_is_seen():
    """The contrast is computed as WCAG does, and a pair too near is named with its scheme."""
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    faded = STYLE.replace("--ink-2: #a3b1ba", "--ink-2: #3a454c")
    assert [f[:22] for f in contrast_faults(faded)][:1] == ["dark: --ink-2 on --bg "]


def test_print_keeps_to_the_light_scheme():
    """Paper is white: what is printed uses the light colours, all of them."""
    light = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", STYLE.split("@media")[0]))
    paper = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", STYLE.split("@media print")[1]))
    assert paper == {**light, "bg": "#ffffff"}


def test_focus_can_be_seen():
    """Whoever moves by keyboard sees where they are."""
    assert re.search(r":focus-visible \{[^}]*outline: 3px", STYLE)


if BROWSER:  # decided at collection: without a browser there is nothing to run, and nothing to skip

    @pytest.mark.browser
    @pytest.mark.parametrize("scheme", SCHEMES)
    @pytest.mark.parametrize("kind", KINDS[:2])
    def test_axe_finds_nothing(rubric, tmp_path, kind, scheme):
        """axe-core reports no violation on a page with every fold open."""
        assert violations(page_of(kind, rubric), tmp_path, dark=scheme == "dark") == []

    @pytest.mark.browser
    def test_axe_would_find_something(full, tmp_path):
        """The run is a real one: text that is pale in the dark scheme alone is found there, and only there."""
        faded = full.replace("--ink-2: #a3b1ba", "--ink-2: #3a454c")
        (tmp_path / "l").mkdir()
        assert violations(faded, tmp_path / "l") == []
        assert any(v.startswith("color-contrast") for v in violations(faded, tmp_path, dark=True))

    @pytest.mark.browser
    def test_the_first_screen_prints_on_one_page(rubric, tmp_path):
        """Folded parts stay out of print, and the private card has a sheet of its own to keep."""
        lines = [(speaker, f"{text} {LONG}") for speaker, text in LINES]
        report = filled(rubric, lines, now=1).model_copy(update={"confirmed": ()})
        assert sheets(agent_html(report, MADE), tmp_path) == 2
        assert sheets(agent_html(report.without_private(), MADE), tmp_path) == 1
