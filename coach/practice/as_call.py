"""A session as a call: for the redaction that every line goes through, and for the grader at the end.

No state, act, hint or persona is in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.calls.clean import PLACEHOLDER, neutralise
from coach.calls.redact import redact
from coach.calls.transcript import Channel, EndedBy, Record, Redacted, Speaker, Transcript, Turn
from coach.engines.patterns.wording import words_of
from coach.practice.card import Card
from coach.practice.session import Session

BEFORE_GRADED = 6  # customer lines of the call before the scene that a grader reads


def graded_call(session: Session, call_id: str) -> Redacted:
    """The session as a call like any other, for the grader: no state, no acts, no hints.

    Of the call before the scene the customer's last lines are in it, so that what they told is known; the agent's
    earlier lines are not: they were graded where they were said.
    """
    return redact(_transcript(session, _turns(session, with_pending=True), call_id))


def masked_line(session: Session, line: str) -> str:
    """The agent's line as it may be kept: what looks like personal data is masked, but for what the scene itself names."""
    turns = _turns(session, with_pending=False)
    known = redact(_transcript(session, turns))
    whole = redact(_transcript(session, [*turns, Turn(speaker=Speaker.AGENT, text=line)]))
    masked = " ".join(turn.text for turn in whole.turns[len(known.turns) :]) or line
    return _with_scene_names(masked, neutralise(line), session.card)


def _with_scene_names(masked: str, line: str, card: Card) -> str:
    """The masked line with those words put back that stand in the card itself: its people are invented."""
    pieces = PLACEHOLDER.split(masked)
    found = re.fullmatch("(.+?)".join(map(re.escape, pieces)), line) if len(pieces) > 1 else None
    if found is None:
        return masked
    named = {word.key for word in words_of(card.model_dump_json(include={"scene", "persona"}))}
    placeholders = PLACEHOLDER.findall(masked)
    filled = [
        word if {part.key for part in words_of(word)} <= named else holder
        for word, holder in zip(found.groups(), placeholders, strict=True)
    ]
    return "".join(piece + word for piece, word in zip(pieces, [*filled, ""], strict=True))


def _turns(session: Session, *, with_pending: bool) -> list[Turn]:
    told = [line.text for line in session.card.before if line.speaker == "customer"] or [session.card.opening]
    turns = [Turn(speaker=Speaker.CUSTOMER, text=text) for text in told[-BEFORE_GRADED:]]
    for exchange in session.exchanges:
        turns += [
            Turn(speaker=Speaker.AGENT, text=exchange.agent),
            Turn(speaker=Speaker.CUSTOMER, text=exchange.customer.text),
        ]
    if with_pending and session.pending:
        turns.append(Turn(speaker=Speaker.AGENT, text=session.pending))
    return turns


def _transcript(session: Session, turns: Sequence[Turn], call_id: str = "practice") -> Transcript:
    ended = {"leave": EndedBy.CUSTOMER, "agree": EndedBy.CUSTOMER, "stopped": EndedBy.AGENT}
    record = Record(
        call_id=call_id,
        agent=session.agent,
        team=session.team,
        started_at=session.started_at,
        channel=Channel.PHONE,
        ended_by=ended.get(session.ended, EndedBy.UNKNOWN),
    )
    return Transcript(record=record, turns=tuple(turns))
