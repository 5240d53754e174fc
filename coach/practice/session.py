"""A practice session: what was said, what it did, and where the customer stands; a value that is saved after every line.

    begin -> note (the agent's line, saved before anybody answers) -> answer (moves, state, act, the customer's line)
          -> ... -> agree, leave, time or stopped
    rewind goes back to a line and keeps what is left behind

Nothing here grades, prints or stores.  The customer's state comes from `customer`, their words from a voice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from pydantic import Field

from coach.calls.clean import PLACEHOLDER, clean_line, neutralise
from coach.calls.redact import redact
from coach.calls.transcript import Channel, EndedBy, Record, Redacted, Speaker, Transcript, Turn
from coach.engines.exchange import Line
from coach.engines.patterns.wording import words_of
from coach.errors import BadSettings
from coach.grading.critique import Known
from coach.practice.card import Card
from coach.practice.customer import State, act_of, acted, after
from coach.practice.facts import asked_fact
from coach.practice.moves import Heard, Made
from coach.practice.words import LAST_ACTS, Act

MOST_LINES = 16  # of the agent's in one session; a real call of this kind is settled or lost by then
LONGEST_SAID = 20_000  # characters of one line that are kept
BEFORE_GRADED = 6  # customer lines of the call before the scene that a grader reads

Ending = Literal["", "agree", "leave", "time", "stopped"]


class Unshown(Known):
    """A line that a model gave and the player never saw, and why."""

    line: str
    why: tuple[str, ...]


class Spoken(Known):
    """The customer's line: who worded it, and what was turned down before."""

    text: str
    voice: Literal["template", "model"]
    unshown: tuple[Unshown, ...] = ()


class Exchange(Known):
    """One line of the agent's, what it did, and the customer's line after it."""

    agent: str
    moves: tuple[Made, ...]
    ears: Literal["patterns", "model"]
    state: State
    act: Act
    fact: str = ""
    customer: Spoken
    hint: str = ""


class Session(Known):
    """A whole session.  `pending` is a line of the agent's that has no answer yet; `left` what rewinding left behind."""

    form: Literal[1] = 1
    card: Card
    agent: str
    team: str = ""
    level: int = 3
    test_mode: bool = False
    seed: int = 0
    started_at: datetime
    opening: State
    exchanges: tuple[Exchange, ...] = ()
    pending: str = ""
    left: tuple[tuple[Exchange, ...], ...] = ()
    ended: Ending = ""
    notes: tuple[str, ...] = Field(
        default=(), description="What a reader should know: a lost connection, an erased call."
    )

    @property
    def state(self) -> State:
        """Where the customer stands now."""
        return self.exchanges[-1].state if self.exchanges else self.opening

    @property
    def anger_path(self) -> tuple[float, ...]:
        """Anger at the start and after each line of the agent's."""
        return (self.opening.anger, *(e.state.anger for e in self.exchanges))

    def said_by_customer(self) -> tuple[str, ...]:
        """The customer's lines of the session itself, the opening first."""
        return (self.card.opening, *(e.customer.text for e in self.exchanges))


class Understood(Known):
    """What a line of the agent's was heard to do.

    `takes_back` says that it sets an earlier promise right.  `asks_for` is the id of the hidden fact it asks for, "" for
    none, None where that is left to the words of the question.
    """

    moves: tuple[Made, ...]
    by: Literal["patterns", "model"]
    takes_back: bool = False
    asks_for: str | None = None


class Ears(Protocol):
    """Hears what a line does."""

    async def hear(self, session: Session, text: str) -> Understood:
        """What `text`, the session's pending line, does; never raises."""
        ...


class Voice(Protocol):
    """Words an act in persona."""

    async def say(self, session: Session, text: str, state: State, act: Act, fact: str) -> Spoken:
        """The customer's line after the agent's line `text`; never raises and never gives an empty line."""
        ...


def begin(
    card: Card,
    agent: str,
    started_at: datetime,
    *,
    team: str = "",
    level: int = 3,
    test_mode: bool = False,
    seed: int = 0,
) -> Session:
    """A new session: the customer has said the opening line and waits."""
    opening = State(anger=card.anger(level))
    return Session(
        card=card,
        agent=agent,
        team=team,
        level=level,
        test_mode=test_mode,
        seed=seed,
        started_at=started_at,
        opening=opening,
    )


def note(session: Session, text: str) -> Session:
    """The session with the agent's line taken down, cleaned and redacted, before anybody answers it.

    Raises BadSettings for a line without a visible character, and where the session is over or waits for an answer.
    """
    if session.ended:
        raise BadSettings("this session is over", "start another with `coach practice play`")
    if session.pending:
        raise BadSettings("the last line has no answer yet", "resume the session first")
    line = clean_line(text[:LONGEST_SAID])
    if not any(char.isalnum() for char in line):
        raise BadSettings("nothing was said", "type what you would say, or /help")
    return session.model_copy(update={"pending": _redacted(session, line)})


def _redacted(session: Session, line: str) -> str:
    """The line as it may be kept: what looks like personal data is masked, as in any call, but for what the scene names."""
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


async def answer(session: Session, ears: Ears, voice: Voice) -> Session:
    """The session with the pending line heard and answered; unchanged where none is pending."""
    text = session.pending
    if not text:
        return session
    understood = await ears.hear(session, text)
    moves = frozenset(one.move for one in understood.moves)
    persona = session.card.persona.model_copy(update={"patience": session.card.patience(session.level)})
    state = after(session.state, moves, persona, taken_back=understood.takes_back)
    fact = asked_fact(session.card.scene, state, text, moves, understood.asks_for)
    act = act_of(state, moves, persona, can_answer=fact is not None)
    given = fact if act is Act.ANSWER else None
    spoken = await voice.say(session, text, state, act, given.says if given else "")
    exchange = Exchange(
        agent=text,
        moves=understood.moves,
        ears=understood.by,
        state=acted(state, act, given.id if given else ""),
        act=act,
        fact=given.id if given else "",
        customer=spoken,
    )
    exchanges = (*session.exchanges, exchange)
    ended: Ending = ""
    if act in LAST_ACTS:
        ended = "agree" if act is Act.AGREE else "leave"
    elif len(exchanges) >= MOST_LINES:
        ended = "time"
    return session.model_copy(update={"exchanges": exchanges, "pending": "", "ended": ended})


def with_hint(session: Session, hint: str) -> Session:
    """The session with a hint at its last exchange."""
    last = session.exchanges[-1].model_copy(update={"hint": hint})
    return session.model_copy(update={"exchanges": (*session.exchanges[:-1], last)})


def with_note(session: Session, note: str) -> Session:
    """The session with something a reader should know; the same note once."""
    return session if note in session.notes else session.model_copy(update={"notes": (*session.notes, note)})


def rewind(session: Session, number: int) -> Session:
    """Back to before the agent's line `number` (from 1), to try another; what followed is kept in `left`.

    Raises BadSettings for a line that is not there.
    """
    if not 1 <= number <= len(session.exchanges):
        raise BadSettings(
            f"there is no line {number} to go back to",
            f"lines 1 to {len(session.exchanges)} were said" if session.exchanges else "nothing was said yet",
        )
    kept, gone = session.exchanges[: number - 1], session.exchanges[number - 1 :]
    return session.model_copy(update={"exchanges": kept, "left": (*session.left, gone), "pending": "", "ended": ""})


def stop(session: Session) -> Session:
    """The session as over, by the agent's wish."""
    return session.model_copy(update={"ended": session.ended or "stopped", "pending": ""})


def talk(session: Session) -> tuple[Line, ...]:
    """The talk so far as the pattern engine reads it, the call's own lines before the scene among it."""
    turns = [(line.speaker, line.text) for line in session.card.before] or [("customer", session.card.opening)]
    for exchange in session.exchanges:
        turns += [("agent", exchange.agent), ("customer", exchange.customer.text)]
    if session.pending:
        turns.append(("agent", session.pending))
    return tuple(Line(f"T{n:02d}", speaker, text, None, None) for n, (speaker, text) in enumerate(turns, 1))


def heard_so_far(session: Session) -> Heard:
    """What the pending line is heard against."""
    state = session.state
    return Heard(moves=state.heard, apologies=state.apologies, owned=state.owned)


def graded_call(session: Session, call_id: str) -> Redacted:
    """The session as a call like any other, for the grader: no state, no acts, no hints.

    Of the call before the scene the customer's last lines are in it, so that what they told is known; the agent's
    earlier lines are not: they were graded where they were said.
    """
    return redact(_transcript(session, _turns(session, with_pending=True), call_id))


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
