"""A hint after a weak line: what would land better, in the rubric's own words for people, never in test mode."""

from __future__ import annotations

from collections.abc import Mapping

from coach.playbook.rubric import Rubric
from coach.practice.session import Exchange, Session
from coach.practice.words import HEARING, STOCK, Move

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
    return fell < 0 or before > max(floor, 0.5)


def hint_for(session: Session, rubric: Rubric) -> str:
    """A hint on the last line, "" where it was not weak or the session is in test mode."""
    if session.test_mode or not session.exchanges or session.ended:
        return ""
    path = session.anger_path
    last = session.exchanges[-1]
    if not is_weak(last, path[-2], session.card.persona.floor):
        return ""
    made = [one.move for one in last.moves]
    for move in (Move.OFF_SCRIPT, Move.FALSE_PROMISE):
        if move in made:
            return _IN_SHORT[move]
    for move, check_id in _CHECK_OF.items():
        if move in made and (hint := _better(check_id, rubric)):
            return hint
    return _missing(session, rubric)


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
    return f"It would land better to {reader.better}. For example: “{reader.bank[0]}”"
