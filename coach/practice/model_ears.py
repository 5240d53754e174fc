"""Hearing what a line does through a model: it names moves with quotes, and a move whose quote is not there is dropped.

What it may say is the same closed list that wording is read for; the customer's state stays with code.  Where the model
gives no usable answer, wording is read instead, so that a line is always heard.
"""

from __future__ import annotations

from coach.calls.clean import clean_line
from coach.calls.instruct import gives_orders
from coach.engines.exchange import Message
from coach.playbook.prompt import Templates
from coach.practice.asking import Model, Reply
from coach.practice.ears import PatternEars
from coach.practice.facts import facts_left
from coach.practice.model_voice import READ_CHARS, shown_talk
from coach.practice.moods import MOVE_TEXT
from coach.practice.moves import Made
from coach.practice.session import Session, Understood
from coach.practice.words import HEARING, Move

FEWEST_QUOTED = 2  # words of a quote, where the line has as many


class ClaimedMove(Reply):
    """A move and the words that show it."""

    move: Move
    quote: str


class MovesReply(Reply):
    """What a line does; `asks_for` is the id of a fact that it asks for, or empty."""

    moves: list[ClaimedMove]
    takes_back: bool
    asks_for: str


class ModelEars:
    """Ears that a model lends, with wording behind them."""

    def __init__(self, model: Model, templates: Templates, behind: PatternEars) -> None:
        self._model = model
        self._templates = templates
        self._behind = behind

    async def hear(self, session: Session, text: str) -> Understood:
        """What the model names and the line bears out; what wording shows where it does not answer."""
        by_wording = await self._behind.hear(session, text)
        if gives_orders(text):
            return by_wording
        hidden = {fact.id: fact.says for fact in facts_left(session.card.scene, session.state)}
        prompt = self._templates.render(
            "roleplay_moves.j2",
            talk=shown_talk(session, pending=False),
            line=text[:READ_CHARS],
            moves=[{"id": move.value, "text": MOVE_TEXT[move]} for move in Move],
            facts=[{"id": fact_id, "text": says} for fact_id, says in hidden.items()],
        )
        reply = await self._model.ask([Message("user", prompt)], MovesReply, "moves")
        if isinstance(reply, str):
            return by_wording
        return Understood(
            moves=settled(_proven(reply, text), session),
            by="model",
            takes_back=reply.takes_back,
            asks_for=reply.asks_for if reply.asks_for in hidden else "",
        )


def _proven(reply: MovesReply, text: str) -> dict[Move, str]:
    """The claimed moves whose quotes stand in the line, each once."""
    plain = clean_line(text)
    small = plain.lower()
    found: dict[Move, str] = {}
    for claim in reply.moves:
        quote = clean_line(claim.quote).strip("\"“”' ")
        at = small.find(quote.lower())
        enough = len(quote.split()) >= min(FEWEST_QUOTED, len(plain.split()))
        if quote and enough and at >= 0 and len(small) == len(plain):
            found.setdefault(claim.move, plain[at : at + len(quote)])
    return found


def settled(found: dict[Move, str], session: Session) -> tuple[Made, ...]:
    """What holds whoever heard it: a fix is premature only while nothing was heard, an apology too many from the third."""
    kept = dict(found)
    if Move.OFF_SCRIPT in kept:
        kept = {Move.OFF_SCRIPT: kept[Move.OFF_SCRIPT]}
    if session.state.heard or HEARING & kept.keys():
        kept.pop(Move.PREMATURE_FIX, None)
    if session.state.apologies < 2 and Move.OVER_APOLOGY in kept:
        kept[Move.STOCK_APOLOGY] = kept.pop(Move.OVER_APOLOGY)
    return tuple(Made(move=move, quote=kept[move]) for move in Move if move in kept)
