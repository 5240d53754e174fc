"""Practice on paper: cards, the peer kit and shared moments, in every format, for everybody, whatever is said."""

from __future__ import annotations

import io
import json
import re

import html5lib
import jsonschema
import pytest
import sheets_made as made
from accessibility import BROWSER, SCHEMES, faults_of, sheets, violations
from markdown_it import MarkdownIt
from rich.console import Console
from test_reports_agent_formats import MADE, NASTY

from coach.reports.exemplars import exemplars_schema
from coach.reports.formats.json_ import as_json
from coach.reports.formats.practice_html import cards_html, exemplars_html, peer_html, session_html
from coach.reports.formats.practice_markdown import cards_markdown, exemplars_markdown, peer_markdown, session_markdown
from coach.reports.formats.practice_terminal import cards_terminal
from coach.reports.peer_kit import QUESTIONS, TIPS, peer_kit_schema
from coach.reports.practice_cards import card_sheets_schema

PAGES = {
    "cards": lambda words=made.SAID: cards_html(made.cards(words), MADE),
    "invented card": lambda words=made.SAID: cards_html(made.cards(words, own=False), MADE),
    "no card": lambda words=made.SAID: cards_html(made.cards(words).model_copy(update={"cards": ()}), MADE),
    "peer kit": lambda words=made.SAID: peer_html(made.kit(words), MADE),
    "shared": lambda words=made.SAID: exemplars_html(made.shared(words), MADE),
    "session": lambda words=made.SAID: session_html(made.session(words), MADE),
}
TEXTS = {
    "cards": lambda words=made.SAID: cards_markdown(made.cards(words)),
    "peer kit": lambda words=made.SAID: peer_markdown(made.kit(words)),
    "shared": lambda words=made.SAID: exemplars_markdown(made.shared(words)),
    "session": lambda words=made.SAID: session_markdown(made.session(words)),
}
SECRET = "The key is under the mat."


def text_of(html):
    """What a reader of the page reads."""
    root = html5lib.parse(re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL), namespaceHTMLElements=False)
    return " ".join("".join(root.itertext()).split())


def printed(sheets_, width=200):
    """What a terminal shows."""
    out = io.StringIO()
    Console(file=out, width=width).print(cards_terminal(sheets_))
    return out.getvalue()


@pytest.mark.parametrize("kind", PAGES)
def test_every_sheet_is_well_made(kind):
    """Language, landmarks, headings, ids, names, tables, pictures, nothing from elsewhere."""
    assert faults_of(PAGES[kind]()) == []


@pytest.mark.parametrize("kind", PAGES)
def test_hostile_words_on_a_sheet_are_text_in_html(kind):
    """Markup is shown, template signs are not evaluated, control sequences and turning marks are gone."""
    html = PAGES[kind](NASTY)
    root = html5lib.parse(html, namespaceHTMLElements=False)
    assert not [e.tag for e in root.iter() if e.tag in ("script", "img")]
    assert "<script>alert(1)</script>" in text_of(html)
    assert not re.search("[\x1b\u202e]|(?<!\\d)49(?!\\d)", html.split("</style>")[1])


@pytest.mark.parametrize("kind", TEXTS)
def test_hostile_words_on_a_sheet_are_text_in_markdown(kind):
    """No HTML, link, picture or further cell of a table comes out of what was said."""
    parser = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable("table")
    tokens = parser.parse(TEXTS[kind](NASTY))
    inner = [child for token in tokens for child in (token.children or [])]
    assert not [t.type for t in [*tokens, *inner] if t.type in ("html_block", "html_inline", "link_open", "image")]
    usual = [t.type for t in parser.parse(TEXTS[kind]())]
    assert [t.type for t in tokens] == usual


def test_hostile_words_on_a_card_are_text_on_a_terminal():
    """rich's markup is printed as it was said, and control sequences are gone."""
    text = printed(made.cards(NASTY), 400)
    assert "[red]x[/]" in text
    assert not re.search("[\x1b\u202e]", text)


def test_a_card_shows_the_lines_what_slipped_and_how_to_start():
    """Turn ids, the line that slipped, what would go well, told and hidden facts, both commands."""
    for text in (text_of(PAGES["cards"]()), TEXTS["cards"](), printed(made.cards())):
        assert all(turn in text for turn in ("T02", "T03", "T06"))
        assert "That time the answer was" in text
        assert "nly if asked" in text
        assert "coach practice play a-07 --card c-1/ACK1" in text
        assert "coach practice peer a-07 --card c-1/ACK1" in text


def test_an_invented_card_has_no_line_that_slipped():
    """It begins with the opening, and no empty turn id is printed."""
    text = cards_markdown(made.cards(own=False))
    assert "That time" not in text
    assert "The customer begins" in text
    assert "``" not in text
    assert "That time" not in printed(made.cards(own=False))


def test_without_a_card_an_invented_scene_is_named():
    """Somebody whose week went well can rehearse as well."""
    none = made.cards().model_copy(update={"cards": ()})
    for text in (text_of(cards_html(none, MADE)), cards_markdown(none), printed(none)):
        assert "coach practice play a-07" in text


@pytest.mark.parametrize("form", [lambda kit: text_of(peer_html(kit, MADE)), peer_markdown])
def test_hidden_facts_and_anger_stand_on_the_customers_sheet_alone(form):
    """Whoever takes the call and whoever watches must find them out."""
    customer, rest = form(made.kit()).split("Agent card")
    assert SECRET in customer
    assert "7½" in customer
    assert SECRET not in rest
    assert "7½" not in rest


@pytest.mark.parametrize("form", [lambda kit: text_of(peer_html(kit, MADE)), peer_markdown])
def test_the_kit_holds_briefing_ticks_and_the_talk_afterwards(form):
    """Tips before the first word, rows to tick, the order of feedback and three questions."""
    _, rest = form(made.kit()).split("Agent card")
    agent, observer = rest.split("Observer sheet")
    assert all(tip in agent for tip in TIPS)
    assert all(word in observer for word in ("met", "half", "missed", "ACK1", "RES1", "swap roles"))
    assert all(question in observer for question in QUESTIONS)


def test_shared_moments_stand_by_check_with_the_lines_around():
    """Each check can be linked to; a moment without lines around it stands alone."""
    html = exemplars_html(made.shared(who="maya"), MADE)
    assert 'id="check-ack1"' in html
    assert text_of(html).count("maya, moment") == 2
    text = exemplars_markdown(made.shared())
    assert text.count("A colleague: ") == 2
    assert text.count("The customer, next") == 1


@pytest.mark.parametrize(
    ("value", "schema"),
    [(made.cards, card_sheets_schema), (made.kit, peer_kit_schema), (made.shared, exemplars_schema)],
)
def test_sheets_as_json_keep_to_their_schema(value, schema):
    """What is published as schema is what is written."""
    jsonschema.validate(json.loads(as_json(value())), schema())


if BROWSER:  # decided at collection: without a browser there is nothing to run, and nothing to skip

    @pytest.mark.browser
    @pytest.mark.parametrize("scheme", SCHEMES)
    @pytest.mark.parametrize("kind", ["cards", "peer kit", "shared", "session"])
    def test_axe_finds_nothing_on_a_sheet(kind, scheme, tmp_path):
        """axe-core reports no violation in either colour scheme."""
        assert violations(PAGES[kind](), tmp_path, dark=scheme == "dark") == []

    @pytest.mark.browser
    def test_each_of_the_three_sheets_prints_on_its_own_paper(tmp_path):
        """Three sheets of A4 for the kit; two cards print on two."""
        assert sheets(peer_html(made.kit(), MADE), tmp_path) == 3
        assert sheets(cards_html(made.cards(), MADE), tmp_path) == 2
