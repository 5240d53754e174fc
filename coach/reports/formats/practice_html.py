"""Practice on paper as self-contained HTML pages: role-play cards, the peer kit, shared moments."""

from __future__ import annotations

from coach.reports.exemplars import LEAD, Exemplars, anchor_of
from coach.reports.formats.html import page
from coach.reports.peer_kit import PeerKit
from coach.reports.practice_cards import CardSheets
from coach.reports.practice_session import SessionSheet


def cards_html(sheets: CardSheets, made_at: str) -> str:
    """An agent's cards, a sheet of paper each; `made_at` is printed as it is."""
    return page(
        "practice_cards.html.j2",
        sheets=sheets,
        engine_line=sheets.lead,
        disclaimer=sheets.disclaimer,
        made_at=made_at,
    )


def peer_html(kit: PeerKit, made_at: str) -> str:
    """A peer kit: the customer's, the agent's and the observer's sheet, each on paper of its own."""
    return page(
        "practice_peer.html.j2",
        kit=kit,
        engine_line=kit.source,
        disclaimer=kit.disclaimer,
        made_at=made_at,
    )


def exemplars_html(shared: Exemplars, made_at: str) -> str:
    """The moments that agents share."""
    return page(
        "exemplars.html.j2",
        shared=shared,
        lead=LEAD,
        anchor_of=anchor_of,
        engine_line=shared.engine_line,
        disclaimer=shared.disclaimer,
        made_at=made_at,
    )


def session_html(sheet: SessionSheet, made_at: str) -> str:
    """A practice session with its feedback."""
    graded = f"Graded by {sheet.graded_by}; the grader never saw the anger." if sheet.graded_by else "Not graded yet."
    return page(
        "practice_session.html.j2", sheet=sheet, engine_line=graded, disclaimer=sheet.disclaimer, made_at=made_at
    )
