"""Practice on an agent's page: offered, told in words, harmless, and in nobody else's report."""

from __future__ import annotations

import io
import json
import re

import html5lib
import jsonschema
import pytest
from accessibility import BROWSER, SCHEMES, faults_of, sheets, violations
from agent_made import LINES, critique_of
from markdown_it import MarkdownIt
from rich.console import Console
from sheets_made import colleagues, role_play
from test_reports_agent_formats import FORBIDDEN, LONG, MADE, NASTY, WEEK, filled, words_of

from coach.reports.agent import agent_report, agent_report_schema
from coach.reports.agent_practice import Practised, practised
from coach.reports.formats.html import agent_html
from coach.reports.formats.json_ import as_json
from coach.reports.formats.markdown import agent_markdown
from coach.reports.formats.terminal import agent_terminal

WENT = Practised(sessions=3, words="Practice on this: 3 sessions, the last two strong. Role-play, not calls.")


def practising(rubric, words="So when does somebody come?", **changes):
    """A whole report with three scenes, sessions and a link."""
    plays = tuple(role_play(n, words, own=n < 3) for n in (1, 2, 3))
    extra = {"role_plays": plays, "practised": WENT, "colleagues": colleagues(), **changes}
    return filled(rubric, now=1).model_copy(update=extra)


def printed(report, width=200):
    """What a terminal shows."""
    out = io.StringIO()
    Console(file=out, width=width).print(agent_terminal(report))
    return out.getvalue()


FORMS = {"html": lambda report: agent_html(report, MADE), "markdown": agent_markdown, "terminal": printed}


@pytest.mark.parametrize(
    ("results", "words"),
    [
        (["strong"], "1 session, strong"),
        (["weak", "weak"], "2 sessions, both hard going"),
        (["steady"] * 3, "3 sessions, all steady"),
        (["weak", "steady", "strong"], "3 sessions, the last one strong"),
        (["weak", "strong", "strong"], "3 sessions, the last two strong"),
        (["weak", *["strong"] * 11], "12 sessions, the last 11 strong"),
    ],
)
def test_practice_is_told_in_words(results, words):
    """How many sessions, how the last ones went, and that it was practice; no number is made of it."""
    assert practised(results).words == f"Practice on this: {words}. Role-play, not calls."


def test_no_session_is_no_word():
    """Nothing is said about practice that was not done."""
    assert practised([]) is None


@pytest.mark.parametrize("form", FORMS)
def test_the_scenes_stand_in_every_format_after_the_first_screen(rubric, form):
    """Up to three scenes with the command of each, the sessions so far, and what colleagues shared."""
    text = FORMS[form](practising(rubric))
    places = [text.index(item) for item in ("Your view", "For you alone", "Rehearse your own moments")]
    assert places == sorted(places)
    assert all(f"coach practice play a-07 --card c-{n}/ACK1" in text for n in (1, 2, 3))
    assert text.index("the last two strong") < text.index("Your view")
    assert "How colleagues made this move" in text


def test_colleagues_are_linked_among_pages_and_named_by_command_elsewhere(rubric):
    """The page of a batch links to the page beside its week; a report that is printed alone names the command."""
    linked, alone = practising(rubric), practising(rubric, colleagues=colleagues(href=""))
    assert '<a href="../../exemplars.html#check-ack1">' in agent_html(linked, MADE)
    assert "[How colleagues made this move](../../exemplars.md)" in agent_markdown(linked)
    for form in FORMS.values():
        assert "coach practice exemplars --check ACK1" in form(alone)


def test_a_page_without_practice_says_nothing_of_it(rubric):
    """No empty heading."""
    assert not any("Rehearse" in form(filled(rubric, now=1)) for form in FORMS.values())


def test_the_first_screen_stays_short_with_practice_on_it(rubric):
    """Sessions and the command of the one scene add about thirty words, the rest stands further down."""
    report = practising(rubric)
    practise = report.practise.model_copy(update={"command": report.role_plays[0].command})
    text = agent_markdown(report.model_copy(update={"practise": practise}))
    screen = text.split("## What worked")[1].split("## For you alone")[0]
    assert len(words_of(screen)) <= 220


def test_few_scenes_where_little_was_earned(rubric):
    """Whoever earned less than half is offered the one scene, not three."""
    plays = [role_play(n) for n in (1, 2, 3)]
    low = dict.fromkeys((c.id for c in rubric.checks()), "missed")
    for verdicts, expected in ((low, 1), ({"RES1": "missed"}, 3)):
        history = [critique_of(rubric, verdicts)]
        report = agent_report(agent="a-07", week=WEEK, history=history, calls={}, rubric=rubric, role_plays=plays)
        assert len(report.role_plays) == expected


def test_a_command_without_a_place_is_printed_without_a_moment(rubric):
    """An invented scene needs no line of a call; a card does."""
    history = [critique_of(rubric, {"RES1": "missed"}, call_id=f"c-{n}", week="2026-W46") for n in range(3)]
    history.append(critique_of(rubric, {"RES1": "not_applicable"}))
    values = {"agent": "a-07", "week": WEEK, "history": history, "calls": {}, "rubric": rubric}
    invented = agent_report(**values, practice_command="play --persona plain --check {check_id}")
    assert (invented.moment, invented.practise.command) == (None, "play --persona plain --check RES1")
    assert agent_report(**values, practice_command="play --card {call_id}/{check_id}").practise.command == ""


def test_nobody_else_reads_what_was_practised(rubric):
    """Scenes and sessions leave the report with the other private parts; no number of it is in any score."""
    report = practising(rubric)
    other = report.without_private()
    assert (other.role_plays, other.practised) == ((), None)
    same = {"role_plays", "practised", "wellbeing", "reframing", "self_review"}
    assert other.model_dump(exclude=same) == report.model_dump(exclude=same)


def test_hostile_words_in_a_scene_are_text_in_html(rubric):
    """Markup and template signs in titles, lines and reasons are shown, not obeyed."""
    html = agent_html(practising(rubric, NASTY), MADE)
    root = html5lib.parse(html, namespaceHTMLElements=False)
    assert not [e.tag for e in root.iter() if e.tag in ("script", "img")]
    assert "{{ 7*7 }}" in html
    assert not re.search("[\x1b\u202e]", html)


def test_hostile_words_in_a_scene_are_text_in_markdown_and_on_a_terminal(rubric):
    """No HTML and no link but our own comes out of a scene; a terminal gets no control sequence."""
    tokens = MarkdownIt("commonmark", {"html": True, "linkify": True}).parse(agent_markdown(practising(rubric, NASTY)))
    inner = [child for token in tokens for child in (token.children or [])]
    assert not [t.type for t in [*tokens, *inner] if t.type in ("html_block", "html_inline", "image")]
    assert [t.attrs["href"] for t in inner if t.type == "link_open"] == ["../../exemplars.md"]
    assert not re.search("[\x1b\u202e]", printed(practising(rubric, NASTY)))


def test_the_json_with_practice_keeps_to_its_schema(rubric):
    """What is published as schema is what is written."""
    jsonschema.validate(json.loads(as_json(practising(rubric))), agent_report_schema())


def test_a_page_with_practice_is_well_made_and_fair(rubric):
    """Headings, ids and names hold, and no word on it faults a person."""
    html = agent_html(practising(rubric), MADE)
    assert faults_of(html) == []
    own = re.sub(r"<blockquote>.*?</blockquote>|<style>.*?</style>", "", html, flags=re.DOTALL)
    assert not FORBIDDEN.search("".join(html5lib.parse(own, namespaceHTMLElements=False).itertext()))


def test_only_links_to_pages_beside_are_self_contained(rubric):
    """A link to another page of the folder is none that leaves it; an address or another kind of file is."""
    html = agent_html(practising(rubric), MADE)
    for other in ("https://example.org/x.html", "../../x.php", "//host/x.html", "javascript:x.html"):
        assert faults_of(html.replace("../../exemplars.html#check-ack1", other)) == [f"not self-contained: {other}"]


if BROWSER:  # decided at collection: without a browser there is nothing to run, and nothing to skip

    @pytest.mark.browser
    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_axe_finds_nothing_on_a_page_with_practice(rubric, tmp_path, scheme):
        """axe-core reports no violation with every fold open."""
        assert violations(agent_html(practising(rubric), MADE), tmp_path, dark=scheme == "dark") == []

    @pytest.mark.browser
    def test_scenes_print_on_a_sheet_of_their_own(rubric, tmp_path):
        """The first screen, the private card and the scenes: three sheets, however long the lines."""
        lines = [(speaker, f"{text} {LONG}") for speaker, text in LINES]
        report = filled(rubric, lines, now=1)
        extra = {"confirmed": (), "role_plays": practising(rubric).role_plays, "practised": WENT}
        assert sheets(agent_html(report.model_copy(update=extra), MADE), tmp_path) == 3
