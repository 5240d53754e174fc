"""Names in the place of placeholders: the same call with people of one origin or another.

The sets differ in origin alone: which of its names stands where, and a person's sex, is the same in every set, so that
sets can be held against each other.  The names are invented for nobody; none is a word of ordinary talk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from coach.calibration.rewriting import chance_for
from coach.calls.transcript import Redacted, RedactedTurn, Speaker


@dataclass(frozen=True)
class NameSet:
    """First names of women and of men, and surnames: three of each, for agent, customer and anybody else."""

    women: tuple[str, str, str]
    men: tuple[str, str, str]
    surnames: tuple[str, str, str]


NAME_SETS: Mapping[str, NameSet] = {
    "english": NameSet(
        ("Charlotte", "Emily", "Rebecca"), ("Oliver", "Thomas", "Edward"), ("Whitfield", "Bradshaw", "Thornton")
    ),
    "polish": NameSet(
        ("Agnieszka", "Katarzyna", "Joanna"), ("Krzysztof", "Grzegorz", "Wojciech"), ("Kowalczyk", "Nowak", "Mazurek")
    ),
    "south_asian": NameSet(
        ("Priya", "Anjali", "Deepika"), ("Rajesh", "Sanjay", "Arjun"), ("Banerjee", "Chaudhary", "Venkatesan")
    ),
    "west_african": NameSet(
        ("Chidinma", "Folasade", "Adaeze"), ("Olumide", "Chukwuemeka", "Babajide"), ("Okonkwo", "Adeyemi", "Okafor")
    ),
}

_WHO = ("AGENT", "CUSTOMER", "NAME")
_PLACE = re.compile(rf"\[({'|'.join(_WHO)})\]")
_TITLE = re.compile(r"\b(?:mr|mrs|ms|miss|mister|mx|dr|doctor|dear)\.? $", re.IGNORECASE)
_BETWEEN = re.compile(r"[ ,.…]*")
_HE = re.compile(r"\b(?:he|him|his|mr|son|brother|lad|boy|dad|father)\b", re.IGNORECASE)
_SHE = re.compile(r"\b(?:she|her|hers|mrs|ms|miss|daughter|sister|girl|lady|mum|mother)\b", re.IGNORECASE)
_TO_HIM = re.compile(r"\b(?:mr|sir|young man|mate|fella|pal)\b", re.IGNORECASE)
_TO_HER = re.compile(r"\b(?:mrs|ms|miss|madam|young lady|lovely girl)\b", re.IGNORECASE)
_NEAR = 60  # characters around a name in which "he" or "she" is taken for the person named


def with_names(call: Redacted, origin: str) -> Redacted:
    """The call, its note too, with names of this origin for the agent, the customer and others."""
    people = _People(call, NAME_SETS[origin])
    turns = tuple(turn.model_copy(update={"text": people.named(turn.text)}) for turn in call.turns)
    return call.model_copy(update={"turns": turns, "note": people.named(call.note)})


class _People:
    """Who is called what in one call."""

    def __init__(self, call: Redacted, names: NameSet) -> None:
        chance = chance_for(call, "names")
        shift = chance.randrange(3)
        self._first: dict[str, str] = {}
        self._last: dict[str, str] = {}
        for at, who in enumerate(_WHO):
            guess = chance.random() < 0.5
            woman = guess if (known := _is_woman(call, who)) is None else known
            self._first[who] = (names.women if woman else names.men)[(at + shift) % 3]
            self._last[who] = names.surnames[(at + shift) % 3]

    def named(self, text: str) -> str:
        """The text with names; of placeholders in a row ("[CUSTOMER]. [CUSTOMER].") the first is the surname."""
        places = list(_PLACE.finditer(text))
        made, at = [], 0
        for number, place in enumerate(places):
            made += [text[at : place.start()], self._name(text, places, number)]
            at = place.end()
        return "".join((*made, text[at:]))

    def _name(self, text: str, places: list[re.Match[str]], number: int) -> str:
        place = places[number]
        titled = _TITLE.search(text[: place.start()]) is not None
        begins = not (number and _in_a_row(text, places[number - 1], place))
        goes_on = number + 1 < len(places) and _in_a_row(text, place, places[number + 1])
        return (self._last if titled or (begins and goes_on) else self._first)[place[1]]


def _in_a_row(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    return one[1] == other[1] and _BETWEEN.fullmatch(text, one.end(), other.start()) is not None


def _is_woman(call: Redacted, who: str) -> bool | None:
    """What the words around say: how the other side speaks to them, or of whom; None where nothing does."""
    him = her = 0
    for turn in call.turns:
        for text in _about(turn, who):
            him += len((_HE if who == "NAME" else _TO_HIM).findall(text))
            her += len((_SHE if who == "NAME" else _TO_HER).findall(text))
    return None if him == her else her > him


def _about(turn: RedactedTurn, who: str) -> list[str]:
    """The words of a turn that may tell whether a person is a man or a woman.

    Who has a title ("Mrs [NAME]") is called by the surname, and says nothing of the others.
    """
    text = turn.text
    if who == "NAME":
        named = [p for p in _PLACE.finditer(text) if p[1] == who and not _TITLE.search(text[: p.start()])]
        return [text[max(0, p.start() - _NEAR) : p.end() + _NEAR] for p in named]
    speaks_to = Speaker.CUSTOMER if who == "AGENT" else Speaker.AGENT
    return [text] if turn.speaker is speaks_to else []
