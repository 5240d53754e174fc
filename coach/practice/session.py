"""A practice session as a value: what was said, what it did, and where the customer stands; saved after every line.

How a session goes on is decided in `playing.py`, how it becomes a call for the grader in `as_call.py`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from pydantic import Field

from coach.engines.exchange import Line
from coach.grading.critique import Known
from coach.practice.card import Card
from coach.practice.customer import State
from coach.practice.moves import Heard, Made
from coach.practice.words import Act

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
