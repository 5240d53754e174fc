"""Every move in plain words, as sheets of paper say it, and how a customer sounds at each step of the mood ladder.

The words a model reads stand in `coach.practice.moods`; these are for people who play a scene.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coach.practice.words import Act, Move

PLAIN: Mapping[Move, str] = {
    Move.SPECIFIC_ACK: "naming what happened or what it cost, with a detail that only this customer told",
    Move.SCRIPTED_EMPATHY: "a sympathy phrase that would fit any call",
    Move.APOLOGY_SPECIFIC: "an apology that says what it is for",
    Move.STOCK_APOLOGY: "a bare “sorry” that names nothing",
    Move.OVER_APOLOGY: "yet another apology after two of them",
    Move.OPEN_QUESTION: "an open question: what happened, or what would put it right",
    Move.SUMMARY_CONFIRM: "summing it up and asking whether that is right",
    Move.PREMATURE_FIX: "a fix or a rule before the account was heard",
    Move.POLICY_SHIELD: "hiding behind a rule or a system",
    Move.ARGUE_OR_BLAME: "disputing the account, blaming, or a “calm down”",
    Move.OPTIONS: "offering a choice between two real ways",
    Move.CONCRETE_STEP_OWNED: "“I will ...”: one step that can be checked later",
    Move.FALSE_PROMISE: "promising what nobody can be sure of",
    Move.CLOSE_WITH_NEXT_STEP: "saying who does what by when, to end on",
    Move.HOLD: "being put on hold",
    Move.LIMIT_WITH_OFFER: "one calm limit on insults, with the offer to go on",
    Move.OFF_SCRIPT: "words that are not meant for the customer at all",
}

SOUND: Mapping[Act, str] = {
    Act.ATTACK: "You vent and accuse, and concede nothing.",
    Act.REPEAT: "You insist, and tell once more what was not taken up.",
    Act.TEST: "You doubt: what is this word worth?",
    Act.BARGAIN: "You push for more, sooner or surer; no longer hostile.",
    Act.SOFTEN: "You give a little: less sharp, still wary.",
}
"""How the customer sounds in each band of anger, said to whoever plays them."""


def plain(moves: Iterable[Move]) -> tuple[str, ...]:
    """These moves in plain words."""
    return tuple(PLAIN[move] for move in moves)
