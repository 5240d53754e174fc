"""Practice on paper as Markdown: role-play cards, the peer kit, shared moments."""

from __future__ import annotations

from coach.reports.exemplars import LEAD, Exemplars
from coach.reports.formats.markdown import text
from coach.reports.peer_kit import PeerKit
from coach.reports.practice_cards import CardSheets
from coach.reports.practice_session import SessionSheet


def cards_markdown(sheets: CardSheets) -> str:
    """An agent's cards."""
    return text("practice_cards.md.j2", sheets=sheets)


def peer_markdown(kit: PeerKit) -> str:
    """A peer kit, its three sheets one after another."""
    return text("practice_peer.md.j2", kit=kit)


def exemplars_markdown(shared: Exemplars) -> str:
    """The moments that agents share."""
    return text("exemplars.md.j2", shared=shared, lead=LEAD)


def session_markdown(sheet: SessionSheet) -> str:
    """A practice session with its feedback."""
    return text("practice_session.md.j2", sheet=sheet)
