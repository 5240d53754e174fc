"""A hint after a weak line: what would land better, in the rubric's own words for people, never in test mode."""

from __future__ import annotations

import re
from collections.abc import Mapping

from coach.playbook.rubric import Rubric
from coach.practice.customer import LOWEST
from coach.practice.moves import Made
from coach.practice.session import Exchange, Session
from coach.practice.words import HEARING, STOCK, Move

_CALM_DOWN = re.compile(r"\bcalm\b", re.IGNORECASE)
_LEAST_FALL = 0.3  # a line after which anger fell by less was weak, unless nothing more can fall

_CHECK_OF: Mapping[Move, str] = {
    Move.ARGUE_OR_BLAME: "CALM1",
    Move.POLICY_SHIELD: "RES4",
    Move.PREMATURE_FIX: "ACK2",
    Move.OVER_APOLOGY: "APO4",
    Move.STOCK_APOLOGY: "APO2",
    Move.SCRIPTED_EMPATHY: "ACK1",
    Move.HOLD: "RES5",
}
_IN_SHORT: Mapping[Move, str] = {
    Move.FALSE_PROMISE: "That promises more than you can know. Say what you can do yourself, and by when.",
    Move.OFF_SCRIPT: "That was not said to the customer. Go back to their matter.",
}


def is_weak(exchange: Exchange, before: float, floor: float) -> bool:
    """Whether a line was weak: it did harm, or nothing moved although something could have."""
    fell = before - exchange.state.anger
    if fell >= _LEAST_FALL:
        return False
    return fell < 0 or before > max(floor, LOWEST)


def hint_for(session: Session, rubric: Rubric) -> str:
    """A hint on the last line, "" where it was not weak or the session is in test mode."""
    if session.test_mode or not session.exchanges or session.ended:
        return ""
    path = session.anger_path
    last = session.exchanges[-1]
    if not is_weak(last, path[-2], session.card.persona.floor):
        return ""
    for move in (*_IN_SHORT, *_CHECK_OF):
        made = next((one for one in last.moves if one.move is move), None)
        if made and (hint := better_than(made, rubric)):
            return hint
    return _missing(session, rubric)


def better_than(made: Made, rubric: Rubric) -> str:
    """What would land better than a move that did harm; "" for one that did none, or where the rubric has no such check."""
    if made.move in _IN_SHORT:
        return _IN_SHORT[made.move]
    if made.move is Move.ARGUE_OR_BLAME and _CALM_DOWN.search(made.quote):
        return _better("CALM3", rubric)
    return _better(_CHECK_OF[made.move], rubric) if made.move in _CHECK_OF else ""


def _missing(session: Session, rubric: Rubric) -> str:
    """What the talk still lacks, in the order in which calls of this kind go."""
    state = session.state
    if not state.heard and not HEARING & {one.move for one in session.exchanges[-1].moves}:
        return _better("LIS2", rubric)
    if len(state.heard) < 2:
        return _better("CLA1", rubric) if Move.OPEN_QUESTION not in state.heard else _better("ACK1", rubric)
    if not state.owned:
        return _better("RES1", rubric)
    if not state.next_step:
        return _better("CLO2", rubric)
    repeated = STOCK & {one.move for one in session.exchanges[-1].moves}
    return _better("APO4" if repeated else "CLA3", rubric)


def _better(check_id: str, rubric: Rubric) -> str:
    """The reader's text of a check as a hint; "" where the rubric has no such check."""
    try:
        reader = rubric.check(check_id).reader
    except KeyError:
        return ""
    line = next((line for line in reader.bank if "[" not in line), reader.bank[0])
    fill = " (fill the brackets)" if "[" in line else ""
    return f"It would land better to {reader.better}. For example: “{line}”{fill}"
