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
from coach.practice.cast import Scene
from coach.practice.session import Session

_PEOPLE = frozenset(("[NAME]", "[AGENT]", "[CUSTOMER]"))
_INSIDE = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+(?: [A-Z][a-z]+)*")
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
    """The masked line with the names of an invented scene's people put back; nothing else ever is.

    Every other placeholder stays, and so does the whole line where the two do not go together word for word.
    """
    pieces, holders = PLACEHOLDER.split(masked), PLACEHOLDER.findall(masked)
    if card.call_id or not _PEOPLE & set(holders) or not line.startswith(pieces[0]):
        return masked
    named = names_in(card.scene)
    made, at = [pieces[0]], len(pieces[0])
    for number, (holder, piece) in enumerate(zip(holders, pieces[1:], strict=True), 1):
        last = number == len(holders)
        start = len(line) - len(piece) if last else line.find(piece, at + 1) if piece else -1
        if start <= at or line[start : start + len(piece)] != piece:
            return masked
        words = line[at:start]
        known = holder in _PEOPLE and {word.key for word in words_of(words)} <= named
        made += [words if known else holder, piece]
        at = start + len(piece)
    return "".join(made)


def names_in(scene: Scene) -> set[str]:
    """The words that stand capitalised inside a sentence of an invented scene: its people, places and companies."""
    told = (
        scene.situation,
        scene.opening,
        *scene.told,
        *(fact.says for fact in scene.hidden),
        *scene.can,
        *scene.cannot,
    )
    return {word.key for text in told for name in _INSIDE.findall(text) for word in words_of(name)}


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
