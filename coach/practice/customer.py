"""The simulated customer: anger, trust and what was heard, moved by rules alone, and the act that follows.

Code owns all of it, because customers played by language models calm down too easily.  No text is made here.  The
rules are those of the design: a fall of 1.5 at most a line; a move counts 1, .5, .2 and then nothing; anger stays at 6
until two different hearing moves were made and at 4 until the agent owns a concrete step; the third stock phrase raises
it; nothing concrete within `patience` lines raises it; a false promise calms now and costs more when it is tested.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import Field

from coach.grading.critique import Known
from coach.practice.cast import Persona
from coach.practice.words import HEARING, STOCK, Act, Move

LOWEST = 1.0  # it takes longer than a call to feel good again (G71)
MOST_FALL = 1.5
MOST_RISE = 2.5
WORTH = (1.0, 0.5, 0.2, 0.0)  # of a move made for the first, second, third and any later time
FLOOR_UNHEARD = 6.0
FLOOR_NO_STEP = 4.0
HEARD_ENOUGH = 2
STOCK_ALLOWED = 2
PROMISE_HOLDS = 2  # lines of the agent's until a false promise is tested
PREFERRED = 1.3
PROVOKED = 1.5
PROVOKES_BY = 0.4  # what a move costs with a persona it provokes, where it costs nothing with others
SETTLED = 2.0  # anger below which a customer agrees to a step
FEWEST_BEFORE_LEAVING = 4  # lines of the agent's: who rehearses gets a few before the call is over
FEWEST_BEFORE_AGREEING = 6  # and some before they agree: a call is not over with the first good offer
VENTING = 8.0  # anger from which a question must be an open one to be answered
SHUTS = frozenset((Move.ARGUE_OR_BLAME, Move.POLICY_SHIELD))  # moves after which nobody answers what was asked as well
TIRED_FROM = 8  # lines of the agent's after which they agree below TIRED: nobody bargains for ever
TIRED = 4.0

CALMS: Mapping[Move, float] = {
    Move.SPECIFIC_ACK: 1.1,
    Move.APOLOGY_SPECIFIC: 0.9,
    Move.SUMMARY_CONFIRM: 0.9,
    Move.OPEN_QUESTION: 0.5,
    Move.CONCRETE_STEP_OWNED: 1.0,
    Move.OPTIONS: 0.7,
    Move.CLOSE_WITH_NEXT_STEP: 0.6,
    Move.FALSE_PROMISE: 0.8,
    Move.SCRIPTED_EMPATHY: 0.5,
    Move.STOCK_APOLOGY: 0.4,
    Move.LIMIT_WITH_OFFER: 0.4,
}
"""By how much a move lowers anger when it is made for the first time."""

ANGERS: Mapping[Move, float] = {
    Move.ARGUE_OR_BLAME: 0.9,
    Move.POLICY_SHIELD: 0.6,
    Move.PREMATURE_FIX: 0.3,
    Move.OVER_APOLOGY: 0.15,
    Move.OFF_SCRIPT: 0.4,
    Move.HOLD: 0.2,
}
"""By how much a move raises it, every time; a fix before hearing less each time, as the fixes come."""

STOCK_TOO_MANY = 0.2
WAITING = 0.15
NOTHING_SAID = 0.2
PROMISE_BROKEN = 2.5
PROMISE_TAKEN_BACK = 0.7


class State(Known):
    """Where the customer stands after a line of the agent's.

    `anger` is 0 to 10, `trust` 0 to 1.  `heard` are the different hearing moves so far; `counts` how often each move
    was made.  `waiting` counts the agent's lines without a concrete step, `furious` those in a row at leaving point.
    `owed` is None, or how many lines ago something was promised that cannot be kept.  `revealed` are the hidden facts
    given, `lines` how many of the agent's were heard.
    """

    anger: float
    trust: float = 0.3
    heard: tuple[Move, ...] = ()
    counts: dict[str, int] = Field(default_factory=dict)
    lines: int = 0
    waiting: int = 0
    furious: int = 0
    owned: bool = False
    next_step: bool = False
    owed: int | None = None
    tested: bool = False
    revealed: tuple[str, ...] = ()

    def count(self, move: Move) -> int:
        """How often a move was made."""
        return self.counts.get(move.value, 0)

    @property
    def apologies(self) -> int:
        """Apologies of every kind so far."""
        return sum(self.count(m) for m in (Move.APOLOGY_SPECIFIC, Move.STOCK_APOLOGY, Move.OVER_APOLOGY))


def after(state: State, moves: Collection[Move], persona: Persona, *, taken_back: bool = False) -> State:
    """The state after a line with these moves.

    `taken_back` says that the line sets an earlier promise right.
    """
    counts = dict(state.counts)
    for move in moves:
        counts[move.value] = counts.get(move.value, 0) + 1
    heard = tuple(m for m in Move if m in HEARING and (m in state.heard or m in moves))
    step = Move.CONCRETE_STEP_OWNED in moves
    owned = state.owned or step
    waiting = 0 if step or owned else state.waiting + 1
    owed, broken = _debt(state, moves, taken_back)
    fall = _fall(state, moves, persona)
    rise = min(MOST_RISE, _rise(state, moves, persona, waiting) + broken)
    anger = _held(state.anger - fall + rise, state.anger, heard, owned, persona)
    return state.model_copy(
        update={
            "anger": round(anger, 2),
            "trust": round(_trust(state, moves, broken), 2),
            "heard": heard,
            "counts": counts,
            "lines": state.lines + 1,
            "waiting": waiting,
            "furious": state.furious + 1 if anger >= persona.leaves_at else 0,
            "owned": owned,
            "next_step": state.next_step or Move.CLOSE_WITH_NEXT_STEP in moves,
            "owed": owed,
            "tested": False if owed is None else state.tested,
        }
    )


def _fall(state: State, moves: Collection[Move], persona: Persona) -> float:
    """What the moves take off: less each time, less without trust."""
    fall = 0.0
    for move in moves:
        worth = WORTH[min(state.count(move), len(WORTH) - 1)]
        if move in STOCK and _stock(state) >= STOCK_ALLOWED:
            worth = 0.0
        if move not in persona.provokes:
            fall += CALMS.get(move, 0.0) * worth * (PREFERRED if move in persona.softens else 1.0)
    return min(MOST_FALL, fall * persona.calming * (0.85 + 0.5 * state.trust))


def _rise(state: State, moves: Collection[Move], persona: Persona, waiting: int) -> float:
    rise = 0.0
    for move in moves:
        worth = WORTH[min(state.count(move), len(WORTH) - 1)] if move is Move.PREMATURE_FIX else 1.0
        rise += ANGERS.get(move, PROVOKES_BY if move in persona.provokes else 0.0) * worth
        rise += (PROVOKED - 1) * ANGERS.get(move, 0.0) * worth if move in persona.provokes else 0.0
    made = sum(move in STOCK for move in moves)
    rise += STOCK_TOO_MANY * max(0, _stock(state) + made - max(STOCK_ALLOWED, _stock(state)))
    if waiting > persona.patience:
        rise += WAITING
    return rise if moves else rise + NOTHING_SAID


def _stock(state: State) -> int:
    return sum(state.count(move) for move in STOCK)


def _debt(state: State, moves: Collection[Move], taken_back: bool) -> tuple[int | None, float]:
    """How long a false promise has been owed, and what its test costs now."""
    if state.owed is None:
        return (0 if Move.FALSE_PROMISE in moves else None), 0.0
    if taken_back:
        return None, PROMISE_TAKEN_BACK
    if state.tested:
        return (0 if Move.FALSE_PROMISE in moves else None), PROMISE_BROKEN
    return state.owed + 1, 0.0


def _held(anger: float, before: float, heard: Collection[Move], owned: bool, persona: Persona) -> float:
    """Anger up to 10, and not below what has been earned; nobody is raised by a floor."""
    floor = FLOOR_UNHEARD if len(heard) < HEARD_ENOUGH else LOWEST if owned else FLOOR_NO_STEP
    return max(min(max(floor, persona.floor), before), min(10.0, max(0.0, anger)))


def _trust(state: State, moves: Collection[Move], broken: float) -> float:
    gained = 0.1 * sum(m in HEARING for m in moves) + 0.15 * (Move.CONCRETE_STEP_OWNED in moves)
    lost = 0.15 * (Move.ARGUE_OR_BLAME in moves) + 0.1 * (Move.POLICY_SHIELD in moves) + 0.3 * (broken > 1)
    return min(1.0, max(0.0, state.trust + gained - lost))


def acted(state: State, act: Act, revealed: str) -> State:
    """The state once the customer has spoken: a promise they test is tested, a fact they give (its id, or "") is given."""
    tests = act is Act.TEST and state.owed is not None and state.owed >= PROMISE_HOLDS
    given = (*state.revealed, revealed) if revealed else state.revealed
    return state.model_copy(update={"tested": state.tested or tests, "revealed": given})


def band_of(anger: float) -> Act:
    """The act of an anger band: 8 and more attack, 6 repeat, 4.5 test, 3 bargain, below soften."""
    for low, act in ((8.0, Act.ATTACK), (6.0, Act.REPEAT), (4.5, Act.TEST), (3.0, Act.BARGAIN)):
        if anger >= low:
            return act
    return Act.SOFTEN


def _in_band(state: State, moves: Collection[Move]) -> Act:
    """The band's act; who was just heard goes on instead of insisting, and who was promised nothing doubts nothing yet."""
    act = band_of(state.anger)
    if act is Act.REPEAT and HEARING & set(moves):
        return Act.GO_ON
    if act in (Act.TEST, Act.BARGAIN) and not state.owned and state.owed is None:
        return Act.PRESS
    return act


def act_of(state: State, moves: Collection[Move], persona: Persona, *, can_answer: bool) -> Act:
    """What the customer does next.  `can_answer` says that the line asked for something they have not yet told."""
    gone = state.furious >= 2 or (state.furious and state.waiting > persona.patience)
    if gone and state.lines >= FEWEST_BEFORE_LEAVING:
        return Act.LEAVE
    if Move.OFF_SCRIPT in moves:
        return Act.PUZZLED
    if state.owed is not None and state.owed >= PROMISE_HOLDS:
        return Act.TEST
    settled = TIRED if state.lines >= TIRED_FROM else SETTLED
    ready = state.owned and state.next_step and state.owed is None and state.lines >= FEWEST_BEFORE_AGREEING
    if ready and state.anger <= max(settled, persona.floor + 0.3):
        return Act.AGREE
    if can_answer and (state.anger < VENTING or Move.OPEN_QUESTION in moves) and not SHUTS & set(moves):
        return Act.ANSWER
    return _in_band(state, moves)
