"""Practice on paper: an agent's cards, the peer kit and shared moments, in every format that a command prints.

Joins practice's cards and the reports' templates.  Nothing here chooses a card or asks a model.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group

from coach.pipeline.peer import lines_before, peer_kit, start_of
from coach.pipeline.practice_told import peer_command, play_command
from coach.practice.card import Card
from coach.practice.moods import plain
from coach.reports.exemplars import Exemplars
from coach.reports.formats import practice_html, practice_markdown, practice_terminal
from coach.reports.formats.json_ import as_json
from coach.reports.formats.practice_html import exemplars_html, peer_html
from coach.reports.formats.practice_markdown import exemplars_markdown, peer_markdown
from coach.reports.line import Line
from coach.reports.peer_kit import PeerKit
from coach.reports.practice_cards import NO_GRADE, CardSheet, CardSheets

__all__ = [
    "card_sheets",
    "cards_html",
    "cards_json",
    "cards_markdown",
    "cards_terminal",
    "exemplars_html",
    "exemplars_json",
    "exemplars_markdown",
    "peer_html",
    "peer_json",
    "peer_kit",
    "peer_markdown",
]

LEAD = "From this agent's own calls as they were graded last, redacted."


def card_sheets(agent: str, cards: Sequence[Card]) -> CardSheets:
    """An agent's cards as values, in the order given."""
    return CardSheets(agent=agent, lead=LEAD, disclaimer=NO_GRADE, cards=tuple(_sheet(agent, card) for card in cards))


def cards_html(agent: str, cards: Sequence[Card], made_at: str) -> str:
    """An agent's cards as an HTML page that prints a sheet a card."""
    return practice_html.cards_html(card_sheets(agent, cards), made_at)


def cards_markdown(agent: str, cards: Sequence[Card]) -> str:
    """An agent's cards as Markdown."""
    return practice_markdown.cards_markdown(card_sheets(agent, cards))


def cards_json(agent: str, cards: Sequence[Card]) -> str:
    """An agent's cards as JSON."""
    return as_json(card_sheets(agent, cards))


def cards_terminal(agent: str, cards: Sequence[Card]) -> Group:
    """An agent's cards for a terminal."""
    return practice_terminal.cards_terminal(card_sheets(agent, cards))


def peer_json(kit: PeerKit) -> str:
    """A peer kit as JSON."""
    return as_json(kit)


def exemplars_json(shared: Exemplars) -> str:
    """The moments that agents share as JSON."""
    return as_json(shared)


def _sheet(agent: str, card: Card) -> CardSheet:
    success, slipped = card.success, card.slipped
    return CardSheet(
        id=card.id,
        title=card.title,
        why=card.why,
        situation=card.scene.situation,
        before=lines_before(card) or (start_of(card),),
        slipped=slipped and Line(turn_id=slipped.turn_id, speaker=slipped.speaker, text=slipped.text),
        better=success.words if success else "",
        wanted=plain(success.wanted) if success else (),
        barred=plain(success.barred) if success else (),
        told=card.scene.told,
        hidden=tuple(fact.says for fact in card.scene.hidden),
        command=play_command(agent, card),
        peer_command=peer_command(agent, card),
    )
