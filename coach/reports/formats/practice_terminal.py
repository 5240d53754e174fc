"""Role-play cards for a terminal: enough to choose one, and the command that starts it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.rule import Rule

from coach.reports.formats.terminal import ACCENT, body, plain, said, title
from coach.reports.practice_cards import CardSheet, CardSheets

WHO = {"customer": "Customer", "agent": "You"}


def cards_terminal(sheets: CardSheets) -> Group:
    """The cards as one rich renderable: `Console().print(cards_terminal(sheets))`."""
    cards = [shown for card in sheets.cards for shown in _card(card)]
    if not cards:
        cards = [body(f"No moment makes a card. An invented scene: coach practice play {sheets.agent}")]
    return Group(
        plain(f"Role-play cards, agent {sheets.agent}", "bold"), plain(sheets.lead, "dim"), *cards, *_foot(sheets)
    )


def _card(card: CardSheet) -> Iterator[RenderableType]:
    yield title(card.title)
    yield body(card.why)
    if not card.slipped:
        yield body(card.situation)
    for line in card.before:
        yield from said(line, WHO.get(line.speaker, "System"))
    if card.slipped:
        yield body("The scene starts here. That time the answer was:", "dim")
        yield from said(card.slipped, "You")
    if card.better:
        yield body(f"It goes well if you {card.better[:1].lower()}{card.better[1:]}", "bold")
    for lead, facts in (("The customer tells: ", card.told), ("Only if asked: ", card.hidden)):
        for fact in facts:
            yield body(f"{lead}{fact}", "dim")
    yield body(card.command, ACCENT)
    yield body(card.peer_command, "dim")


def _foot(sheets: CardSheets) -> Iterator[RenderableType]:
    yield Rule(style="dim")
    yield plain(sheets.disclaimer, "dim")
