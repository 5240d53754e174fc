"""The words of practice: what an agent's line can do (moves) and what a customer's line can do (acts)."""

from __future__ import annotations

from enum import StrEnum


class Move(StrEnum):
    """What a line of the agent's does.  A line may make several moves, or none.

    `stock_apology` is an apology that names nothing; from the third apology on, any is `over_apology`.
    `off_script` is a line that does not speak to the customer (orders to the simulator, nonsense).
    """

    SPECIFIC_ACK = "specific_ack"
    SCRIPTED_EMPATHY = "scripted_empathy"
    APOLOGY_SPECIFIC = "apology_specific"
    STOCK_APOLOGY = "stock_apology"
    OVER_APOLOGY = "over_apology"
    OPEN_QUESTION = "open_question"
    SUMMARY_CONFIRM = "summary_confirm"
    PREMATURE_FIX = "premature_fix"
    POLICY_SHIELD = "policy_shield"
    ARGUE_OR_BLAME = "argue_or_blame"
    OPTIONS = "options"
    CONCRETE_STEP_OWNED = "concrete_step_owned"
    FALSE_PROMISE = "false_promise"
    CLOSE_WITH_NEXT_STEP = "close_with_next_step"
    HOLD = "hold"
    LIMIT_WITH_OFFER = "limit_with_offer"
    OFF_SCRIPT = "off_script"


HEARING = frozenset((Move.SPECIFIC_ACK, Move.APOLOGY_SPECIFIC, Move.OPEN_QUESTION, Move.SUMMARY_CONFIRM))
"""Moves that show the customer was heard; two different ones open the way below anger 6."""

STOCK = frozenset((Move.SCRIPTED_EMPATHY, Move.STOCK_APOLOGY, Move.OVER_APOLOGY))
"""Moves made of phrases that fit any call; the third raises anger."""

HARMFUL = frozenset(
    (
        Move.ARGUE_OR_BLAME,
        Move.POLICY_SHIELD,
        Move.PREMATURE_FIX,
        Move.OVER_APOLOGY,
        Move.FALSE_PROMISE,
        Move.OFF_SCRIPT,
    )
)


class Act(StrEnum):
    """What a line of the customer's does.  Code picks it for the anger band; a model or a template only words it.

    attack: vents, accuses.  repeat: tells the unheard thing again.  go_on: was heard for once and goes on telling.
    press: asks what will be done, while nothing was offered.  test: asks what the agent's word is worth.
    bargain: pushes for more or sooner.  soften: gives a little.  agree: accepts the next step and ends.
    leave: breaks the call off.  answer: answers a question with one hidden fact.  puzzled: does not follow what
    was just said.
    """

    ATTACK = "attack"
    REPEAT = "repeat"
    GO_ON = "go_on"
    PRESS = "press"
    TEST = "test"
    BARGAIN = "bargain"
    SOFTEN = "soften"
    AGREE = "agree"
    LEAVE = "leave"
    ANSWER = "answer"
    PUZZLED = "puzzled"


LAST_ACTS = frozenset((Act.AGREE, Act.LEAVE))
"""Acts after which the customer says nothing more."""
