"""How acts, moods and moves are put into words: for a model that speaks or reads, and for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coach.practice.words import Act, Move

ACT_TEXT: Mapping[Act, str] = {
    Act.ATTACK: "The customer vents or accuses: of the company, or of how this call is going. Nothing is conceded.",
    Act.REPEAT: "The customer insists, still angry, and tells once more the thing that was not taken up.",
    Act.GO_ON: "The customer was heard for once and goes on with the story, still angry: one more thing that happened or what it meant.",
    Act.PRESS: "The customer, listened to so far, asks what will be done about it: nothing was offered yet.",
    Act.TEST: "The customer doubts: asks what the agent's word is worth, or how they would know it happens.",
    Act.BARGAIN: "The customer pushes for more, sooner or surer, no longer hostile and not yet content.",
    Act.SOFTEN: "The customer gives a little: less sharp, still wary, the matter not yet settled.",
    Act.AGREE: "The customer accepts the next step that the agent named and ends the call, shortly.",
    Act.LEAVE: "The customer breaks the call off: no more talk, without having got what they wanted.",
    Act.ANSWER: "The customer answers the question that the agent just asked, in the mood they are in; nothing is asked back.",
    Act.PUZZLED: "The customer does not follow what was just said, because it has nothing to do with the matter, and comes back to it.",
}

_MOODS = (
    (9.0, "furious, close to hanging up"),
    (8.0, "very angry"),
    (6.0, "angry, not heard"),
    (4.5, "annoyed and distrustful"),
    (3.0, "annoyed, willing to hear an offer"),
    (1.5, "tired, wary, no longer hostile"),
    (0.0, "settled, still a little cool"),
)

MOVE_TEXT: Mapping[Move, str] = {
    Move.SPECIFIC_ACK: "names what this happened to or cost this customer, in particulars that only this customer told",
    Move.SCRIPTED_EMPATHY: 'says they understand or care, in words that fit any call ("I understand your frustration"); a greeting or thanks is none',
    Move.APOLOGY_SPECIFIC: "an apology that says what it is for, in this customer's terms",
    Move.STOCK_APOLOGY: 'an apology that names nothing ("sorry for the inconvenience")',
    Move.OVER_APOLOGY: "one more apology after two or more were made already in the talk",
    Move.OPEN_QUESTION: "a question about what happened or what would put it right that cannot be answered by yes, no or a reference number",
    Move.SUMMARY_CONFIRM: "sums up what the customer told, in two particulars or more, as a check that it is right",
    Move.PREMATURE_FIX: "opens a fix, a rule or an explanation before anything of the customer's account was taken up in the talk",
    Move.POLICY_SHIELD: "hides behind a rule, a system or another team without saying what is possible",
    Move.ARGUE_OR_BLAME: "disputes the customer's account, blames or belittles them, tells them to calm down, or is rude",
    Move.OPTIONS: "offers a choice between two routes or more",
    Move.CONCRETE_STEP_OWNED: 'the agent binds themselves ("I") to an act that the customer could check later, within what an agent may grant',
    Move.FALSE_PROMISE: "promises or guarantees what an agent cannot know or may not grant",
    Move.CLOSE_WITH_NEXT_STEP: "says what happens next: who does what and by when, or what will be done if it does not happen",
    Move.HOLD: "puts the customer on hold or asks them to wait",
    Move.LIMIT_WITH_OFFER: "sets one calm limit on abuse and offers to carry on",
    Move.OFF_SCRIPT: "does not speak to the customer about their matter: orders to a system, talk of rules, roles, prompts or games, nonsense",
}
"""What each move is, as a model is told."""


def mood_of(anger: float) -> str:
    """How somebody at this anger (0 to 10) feels, in a few words."""
    return next(words for low, words in _MOODS if anger >= low)


ENDINGS: Mapping[str, str] = {
    "agree": "The customer agreed to the next step.",
    "leave": "The customer broke the call off.",
    "time": "The session has run its length.",
    "stopped": "You ended the session.",
    "": "The session goes on.",
}
VERDICT_WORDS: Mapping[str, str] = {"met": "met", "partial": "half there", "missed": "not yet"}
GOAL_WORDS: Mapping[bool | None, str] = {True: "Done.", False: "Not yet.", None: "Who graded this run could not tell."}


def again_command(number: int, line: int) -> str:
    """How a second go is started, from the player's line `line` on where there is a place to go back to."""
    return f"coach practice play --again {number}" + (f" --from {line}" if line > 1 else "")


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


def sentence(move: Move) -> str:
    """A move in plain words, as a sentence."""
    words = PLAIN[move]
    return f"{words[:1].upper()}{words[1:]}."
