"""How a session goes on.

    begin -> note (the agent's line, saved before anybody answers) -> answer (moves, state, act, the customer's line)
          -> ... -> agree, leave, time or stopped
    rewind goes back to a line and keeps what is left behind

Nothing here grades, prints or stores.  The customer's state comes from `customer`, their words from a voice.
"""

from __future__ import annotations

from datetime import datetime

from coach.calls.clean import clean_line
from coach.errors import BadSettings
from coach.practice.as_call import masked_line
from coach.practice.card import Card
from coach.practice.customer import State, act_of, acted, after
from coach.practice.facts import asked_fact
from coach.practice.session import Ears, Ending, Exchange, Session, Understood, Voice
from coach.practice.words import LAST_ACTS, Act, Move

MOST_LINES = 16  # of the agent's in one session; a real call of this kind is settled or lost by then
ANSWERS_BELOW = 6.0  # anger under which an open question is worth an answer though no fact is left for it
LONGEST_SAID = 20_000  # characters of one line that are kept


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
    return session.model_copy(update={"pending": masked_line(session, line)})


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
    act = act_of(state, moves, persona, can_answer=fact is not None or _asks_openly(understood, state))
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


def _asks_openly(understood: Understood, state: State) -> bool:
    """True where an open question is answered from what was told already: a voice that only has templates cannot."""
    asks = any(one.move is Move.OPEN_QUESTION for one in understood.moves)
    return asks and understood.by == "model" and state.anger < ANSWERS_BELOW


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
