"""The same call badly written down: slips of the keyboard, and what a machine makes of speech.

What carries the facts stays readable as it was: numbers, in figures or in words, days and placeholders are not touched.
Only what a person or machine gets wrong in writing down is here, never what was said.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from itertools import pairwise

from coach.calibration.rewriting import each_turn, replaced
from coach.calls.atoms import atoms_of
from coach.calls.transcript import Channel, Redacted, RedactedTurn
from coach.calls.wordlists import MONTHS
from coach.engines.patterns.grammar import DAYS, EVERYDAY, ORDINALS

TYPO_RATE = 1 / 6  # of the words of five letters and more
FILLER_RATE = 1 / 20  # of the gaps between words
HOMOPHONE_RATE = 1 / 3  # of the words that have one
DROP_RATE = 1 / 6  # of the small words that may be missed: about one word in sixty

_NEIGHBOURS: Mapping[str, str] = {
    "a": "sqz", "b": "vgn", "c": "xvd", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok",
    "j": "hku", "k": "jli", "l": "kop", "m": "njk", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf",
    "s": "adw", "t": "ryg", "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xas",
}  # fmt: skip
_TYPED = re.compile(r"(?<![\w'’-])[a-z]{5,}(?![\w'’-])")
_COUNTED = frozenset(
    (*DAYS, *MONTHS, *ORDINALS, "first", "second", "twice", "quarter", "hundred", "thousand", "today", "tomorrow")
)
# Words that a slip could make of others: a slip that is a word of its own would say something else.
_ALIKE = (
    "angel angle quiet quite trail trial being begin from form bread beard three there their these those where were "
    "later alter sacred scared united untied house horse money honey month mouth sorry story charge change"
)
_WORDS = EVERYDAY.union(_ALIKE.split())
_SOUND_ALIKE: Mapping[str, str] = {
    "their": "there", "they're": "there", "you're": "your", "it's": "its", "too": "to", "hear": "here",
    "whether": "weather", "week": "weak", "wait": "weight", "through": "threw", "piece": "peace", "sent": "scent",
    "waste": "waist", "whole": "hole", "mail": "male", "who's": "whose", "meet": "meat", "steel": "steal",
    "break": "brake", "board": "bored", "stairs": "stares", "weren't": "werent", "fair": "fare", "wear": "where",
}  # fmt: skip
_MISSED = re.compile(r"\b(?:a|an|the|of|and) ")
_HOMOPHONE = re.compile(rf"\b(?:{'|'.join(_SOUND_ALIKE)})\b")
_FILLERS = ("um", "uh", "er")
_MARKS = re.compile(r"[.,;:!?\"“”()…—–]+")
_WHOLE = re.compile(r"\[[^\]]{1,40}\]|\S*\d(?:\S*\w)?")  # what is kept, without the marks around it
_HELD = "\ue000"  # stands for it meanwhile: no cleaned line holds such a letter
_SENTENCE = re.compile(r"[^.!?…]*[.!?…]+|[^.!?…]+")
# A question whose words say that it is one; any other has its mark alone, and keeps it.
_ASKED_IN_WORDS = re.compile(
    r"\b(?:who|what|what's|when|where|where's|why|which|whose|how|how's|who's)\b|"
    r"\b(?:is|are|was|were|do|does|did|have|has|had|can|could|would|will|shall|should|may|might|am|isn't|aren't|wasn't|"
    r"don't|doesn't|didn't|haven't|hasn't|can't|couldn't|won't|wouldn't|shouldn't|isnt|dont|didnt|cant|wont) (?:not )?"
    r"(?:i|you|he|she|it|we|they|there|that|this|these|those|the|a|an|my|your|his|her|our|any|some\w*|anybody|anyone)\b",
    re.IGNORECASE,
)


def typos(call: Redacted) -> Redacted:
    """The call as somebody in a hurry types it: about one long word in six has a slip."""
    said = {word for turn in call.turns for word in re.findall(r"[a-z]+", turn.text.lower())}

    def change(turn: RedactedTurn, chance: random.Random) -> str:
        return replaced(turn.text, _TYPED, lambda found, chance: _typed(found[0], chance, said), chance)

    return each_turn(call, "typos", change)


def _typed(word: str, chance: random.Random, said: set[str]) -> str:
    """The word with one slip inside, where there is one that is no other word."""
    if chance.random() >= TYPO_RATE or is_number(word):
        return word
    for _ in range(4):
        slip = _slip(word, chance)
        if slip != word and slip not in said and slip not in _WORDS:
            return slip
    return word


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 2)
    kind = chance.choice(("neighbour", "swapped", "dropped", "doubled"))
    if kind == "neighbour":
        return word[:at] + chance.choice(_NEIGHBOURS[word[at]]) + word[at + 1 :]
    if kind == "swapped":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + ("" if kind == "dropped" else word[at] * 2) + word[at + 1 :]


def is_number(word: str) -> bool:
    """True for a number said in words, an ordinal or a part among them, and for the name of a day or month."""
    return word in _COUNTED or any(atom.spoken or atom.numeral for atom in atoms_of(word))


def machine_heard(call: Redacted) -> Redacted:
    """The call as a machine writes speech down: small letters, no marks, fillers, words misheard and missed.

    A chat was never spoken and stays as it is.
    """
    return call if call.channel is Channel.CHAT else each_turn(call, "asr", _heard)


def _heard(turn: RedactedTurn, chance: random.Random) -> str:
    text = _unmarked(turn.text)
    text = replaced(text, _HOMOPHONE, lambda found, chance: _misheard(found[0], chance), chance)
    text = replaced(text, _MISSED, lambda found, chance: "" if chance.random() < DROP_RATE else found[0], chance)
    text = _with_fillers(text, chance)
    # Where the record has no times, the dash alone tells that somebody was cut off.
    return f"{text}—" if turn.end is None and turn.text.endswith(("—", "–")) else text


def _unmarked(text: str) -> str:
    """Small letters and no marks, but for the mark of a question that has nothing else to tell it."""
    kept = iter(_WHOLE.findall(text))
    bare = _SENTENCE.sub(lambda found: _bare(found[0]), _WHOLE.sub(_HELD, text))
    spaced = re.sub(r"\s+(?=\?)", "", re.sub(r"\s+", " ", bare)).strip()
    return re.sub(_HELD, lambda _: next(kept), spaced)


def _bare(sentence: str) -> str:
    asked = sentence.rstrip().endswith("?") and not _ASKED_IN_WORDS.search(sentence)
    bare = _MARKS.sub(" ", sentence).lower()
    return f"{bare.rstrip()}? " if asked else bare


def _misheard(word: str, chance: random.Random) -> str:
    return _SOUND_ALIKE[word] if chance.random() < HOMOPHONE_RATE else word


def _with_fillers(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    made = words[:1]
    for before, word in pairwise(words):
        # Nothing is put between the parts of a number: "twenty um five" would be two.
        parted = is_number(before.strip("-")) or is_number(word.strip("-"))
        if not parted and chance.random() < FILLER_RATE:
            made.append(chance.choice(_FILLERS))
        made.append(word)
    return " ".join(made)
