"""What a line is about just before a number or a name, and what the turn before asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from coach.calls.atoms import Atom, atoms_of
from coach.calls.wordlists import CARD_CUES, FILLERS, MONEY_CUES, ORDER_CUES, PRIVATE_CUES

_REACH = 8
_NEAR = 3
_STOP = re.compile(r"[.?!](?:\s|$)")
_ASKS = re.compile(
    r"\?|\b(?:confirm|need|give me|tell me|spell|type|provide|take your|have your|send me)\b", re.IGNORECASE
)
_ASKS_YOURS = re.compile(
    r"(?<!in )\byour (?:full |first |last |sur |own )?(?:name|surname)\b|\bwho am i\b|\bwho'?s (?:speaking|calling|this)\b|\baccount holder",
    re.IGNORECASE,
)
_ASKS_NAME = re.compile(
    r"(?<!in )\b(?:your|the|full|first|last|second|sur|account holder'?s?) ?name\b|\bsurname\b|\bwho am i (?:speaking|talking|chatting)\b"
    r"|\bwho'?s (?:speaking|calling|this)\b|\bwhat (?:was|is|are|do) \w{1,20} (?:\w{1,20} )?call(?:ed)?\b",
    re.IGNORECASE,
)
_BIRTH = re.compile(r"\b(?:dates? of birth|birth ?dates?|dob|d\.o\.b|born)\b", re.IGNORECASE)
_ASKS_ADDRESS = re.compile(r"\b(?:address|where do you live|house number)\b", re.IGNORECASE)
_ASKS_LOGIN = re.compile(
    r"\b(?:user ?name|log ?in|user id|password|passcode|memorable word|security answer)\b", re.IGNORECASE
)


class About(StrEnum):
    """What a number is, by the words before it."""

    NOTHING = ""
    ORDER = "order"
    PRIVATE = "private"
    CARD = "card"
    MONEY = "money"


@dataclass(frozen=True)
class Asked:
    """What the turn before asks for, and who asks.  `name` is "yours", "other" or empty."""

    by_agent: bool | None = None

    number: About = About.NOTHING
    name: str = ""
    birth: bool = False
    address: bool = False
    login: bool = False


@dataclass(frozen=True)
class Line:
    """One cleaned line with its atoms and what is known of its place in the call.

    `dictating`: somebody read out a private number a moment ago.  `early`: among the first turns of the call.
    `only_numbers`: numbers and nothing but small words besides.
    """

    text: str
    atoms: tuple[Atom, ...]
    by_agent: bool
    asked: Asked = Asked()
    dictating: bool = False
    early: bool = False
    only_numbers: bool = False

    @property
    def asked_name(self) -> str:
        """What name the other side asked this speaker for: "yours", "other" or none."""
        return "" if self.asked.by_agent is self.by_agent else self.asked.name


def line_of(text: str, *, by_agent: bool, asked: Asked, early: bool = False) -> Line:
    """A line with its atoms."""
    atoms = tuple(atoms_of(text))
    only = any(a.numeral for a in atoms) and all(a.numeral or a.value in FILLERS for a in atoms)
    return Line(text, atoms, by_agent, asked, early=early, only_numbers=only)


def _about(word: str) -> About:
    if word in CARD_CUES:
        return About.CARD
    if word in PRIVATE_CUES:
        return About.PRIVATE
    if word in MONEY_CUES:
        return About.MONEY
    return About.ORDER if word in ORDER_CUES else About.NOTHING


def about_of(line: Line, at: int) -> About:
    """What the number at atom `at` is: by the nearest cue before it in its sentence, else by what was asked.

    A private cue speaks of the number next to it, an order cue of a list of them.
    """
    passed, after = False, at
    for before in range(at - 1, max(-1, at - 1 - _REACH), -1):
        atom = line.atoms[before]
        if atom.value != "no" and _STOP.search(line.text[atom.end : line.atoms[after].start]):
            break
        after = before
        about = About.NOTHING if atom.numeral else _about(atom.value)
        if about is About.MONEY and at - before > _NEAR:
            continue
        if about and not (passed and about in (About.PRIVATE, About.CARD)):
            return about
        passed = passed or atom.numeral
    return line.asked.number


def asked_by(line: Line) -> Asked:
    """What a turn asks for, as far as it asks: an order number counts only where nothing private is asked with it."""
    text = line.text
    if not _ASKS.search(text):
        return Asked()
    found = {_about(atom.value) for atom in line.atoms if not atom.numeral}
    number = next((about for about in (About.CARD, About.PRIVATE, About.ORDER) if about in found), About.NOTHING)
    return Asked(
        by_agent=line.by_agent,
        number=number,
        name="yours" if _ASKS_YOURS.search(text) else "other" if _ASKS_NAME.search(text) else "",
        birth=_BIRTH.search(text) is not None,
        address=_ASKS_ADDRESS.search(text) is not None and "mail address" not in text.lower(),
        login=_ASKS_LOGIN.search(text) is not None,
    )


def birth_cue(text: str) -> int | None:
    """The place after the first word about a date of birth, or None."""
    found = _BIRTH.search(text)
    return found.end() if found else None


def login_cue(text: str) -> int | None:
    """The place after the first word about a user name or password, or None."""
    found = _ASKS_LOGIN.search(text)
    return found.end() if found else None
