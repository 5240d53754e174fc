"""Changing the words of a line by rule, without touching what has to stay: placeholders and numbers.

All chance is seeded by the call and by what is being done to it: the same call is always changed in the same way.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from coach.calls.transcript import Redacted, RedactedTurn, Speaker

Change = Callable[[RedactedTurn, random.Random], str]

# A placeholder or a note of the transcriber in brackets, and anything that has a digit in it.
KEPT = re.compile(r"\[[^\]]{1,40}\]|\S*\d\S*")


@dataclass(frozen=True)
class Rule:
    """Words to look for and what stands in their place; `rate` is the share of the places that are changed."""

    pattern: re.Pattern[str]
    words: str
    rate: float = 1.0


def rule(pattern: str, words: str, rate: float = 1.0, *, cased: bool = False) -> Rule:
    """A rule from its pattern; capital letters count only where it is `cased`."""
    return Rule(re.compile(pattern, 0 if cased else re.IGNORECASE), words, rate)


def chance_for(call: Redacted, what: str) -> random.Random:
    """The chance that belongs to this call and this change."""
    return random.Random(f"{call.call_id} {what}")  # noqa: S311  (variety, not secrecy; a fixed seed keeps it equal)


def each_turn(call: Redacted, what: str, change: Change) -> Redacted:
    """The call with the text of every spoken turn changed; ids, speakers, times and the record stay as they are."""
    chance = chance_for(call, what)
    turns = tuple(
        turn if turn.speaker is Speaker.SYSTEM else turn.model_copy(update={"text": change(turn, chance) or turn.text})
        for turn in call.turns
    )
    return call.model_copy(update={"turns": turns})


def rewritten(text: str, rules: Iterable[Rule], chance: random.Random) -> str:
    """The text after every rule in turn."""
    for one in rules:
        text = replaced(text, one.pattern, _words_of(one), chance)
    return text


def _words_of(one: Rule) -> Callable[[re.Match[str], random.Random], str]:
    def words(found: re.Match[str], chance: random.Random) -> str:
        if one.rate < 1 and chance.random() >= one.rate:
            return found[0]
        return _cased_like(found[0], found.expand(one.words))

    return words


def replaced(
    text: str, pattern: re.Pattern[str], words: Callable[[re.Match[str], random.Random], str], chance: random.Random
) -> str:
    """The text with `words` for every match that touches nothing of what is kept."""
    kept = [found.span() for found in KEPT.finditer(text)]

    def put(found: re.Match[str]) -> str:
        if any(start < found.end() and found.start() < end for start, end in kept):
            return found[0]
        return words(found, chance)

    return pattern.sub(put, text)


def _cased_like(old: str, new: str) -> str:
    """The new words, with a capital where the old ones began with one."""
    begins = old[:1].isupper() and not old.startswith(("I ", "I'"))
    at = next((at for at, letter in enumerate(new) if letter.isalpha()), 0) if begins else 0
    return new[:at] + new[at : at + 1].upper() + new[at + 1 :] if begins else new


def kept_in(text: str) -> list[str]:
    """The placeholders, notes in brackets and words with digits of a text, in order."""
    return KEPT.findall(text)
