"""Names that no record holds, found by what people say around them: "my name is", "speaking", titles, greetings.

A list of common first names comes last: it finds only what is written as a name.  What was found with certainty is
masked in the rest of the call as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coach.calls.atoms import Atom
from coach.calls.cues import Line
from coach.calls.known import Span, spelled_letters
from coach.calls.wordlists import AMBIGUOUS, FIRST_NAMES, NOT_NAMES, RELATIONS

_NEVER = NOT_NAMES | RELATIONS

_INTRODUCTIONS = tuple(
    tuple(cue.split())
    for cue in (
        "my name is", "my name s", "my names", "name is", "name s", "the name s", "call me", "you can call me", "my name was",
    )
)  # fmt: skip
_OTHERS = tuple(
    tuple(cue.split())
    for cue in (
        "speaking to", "speaking with", "spoke to", "spoke with", "talking to", "talking with", "spoken to",
        "chatting with", "ask for", "called", "named", "colleague", "by the name of",
    )
)  # fmt: skip
_SELF = tuple(tuple(cue.split()) for cue in ("this is", "it s", "i m", "i am", "its", "im", "that s"))
_YOU = tuple(
    tuple(cue.split())
    for cue in ("is that", "is this", "am i speaking to", "am i speaking with", "am i talking to", "you are", "you re")
)
_TITLES = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor"])
_GREETINGS = frozenset(
    [
        "hi",
        "hello",
        "hey",
        "hiya",
        "dear",
        "thanks",
        "thank",
        "morning",
        "afternoon",
        "evening",
        "sorry",
        "okay",
        "ok",
        "bye",
        "cheers",
        "alright",
    ]
)
_AFTER_SELF = frozenset(["speaking", "here", "calling", "from"])
_LONGEST = 3
_LONGEST_ANSWER = 16
_MASKED = "\u25a1"


@dataclass(frozen=True, slots=True)
class Named:
    """A name that was found: where, whose, and its words; `sure` ones are masked in the whole call."""

    span: Span
    words: tuple[str, ...]
    sure: bool


def _capital(line: Line, atom: Atom) -> bool:
    return not atom.numeral and line.text[atom.start].isupper()


def _gap(line: Line, at: int) -> str:
    """What stands between an atom and the one before it."""
    return line.text[line.atoms[at - 1].end : line.atoms[at].start]


def _close(line: Line, at: int) -> bool:
    """True where an atom follows the one before it with a blank, hyphen or apostrophe between, no comma or stop."""
    return _gap(line, at).strip(" -'’\u2010") == ""


def _is_number_prefix(line: Line, atom: Atom) -> bool:
    """True for the letters of an order number: "LH-48213"."""
    return line.text[atom.end : atom.end + 2].lstrip("-")[:1].isdigit() and line.text[atom.end : atom.end + 1] != " "


def _name_from(line: Line, at: int, *, capital: bool) -> int:
    """The index after the name that begins at `at`; equal to `at` where none does.

    In lower case ("my name is mary smith") a name is up to two words that are no ordinary ones.
    """
    after = at
    while after < len(line.atoms) and after - at < _LONGEST:
        atom = line.atoms[after]
        if atom.numeral or atom.value in _NEVER or (after > at and not _close(line, after)):
            break
        if _is_number_prefix(line, atom) or _gap(line, after).strip(" .,:;-…\"'’"):
            break
        upper = _capital(line, atom)
        if not upper and (capital or after - at >= 2 or (after > at and _capital(line, line.atoms[at]))):
            break
        after += 1
    return after


def _cue_ends(line: Line, cues: Sequence[tuple[str, ...]]) -> Iterator[int]:
    """The index after every cue that stands in the line."""
    values = [atom.value for atom in line.atoms]
    starts: dict[str, list[tuple[str, ...]]] = {}
    for cue in cues:
        starts.setdefault(cue[0], []).append(cue)
    for at, value in enumerate(values):
        for cue in starts.get(value, ()):
            if tuple(values[at : at + len(cue)]) == cue:
                yield at + len(cue)


def _named(line: Line, first: int, after: int, kind: str, *, sure: bool) -> Named:
    atoms = line.atoms[first:after]
    words = tuple(atom.value for atom in atoms if len(atom.value) > 1)
    return Named(Span(atoms[0].start, atoms[-1].end, kind), words, sure)


def _introductions(line: Line) -> Iterator[Named]:
    mine, other = ("AGENT", "CUSTOMER") if line.by_agent else ("CUSTOMER", "AGENT")
    for at in _cue_ends(line, _INTRODUCTIONS):
        after = _name_from(line, at, capital=False)
        if after > at:
            yield _named(line, at, after, mine, sure=True)
    for at in _cue_ends(line, _SELF):
        after = _name_from(line, at, capital=True)
        if after > at and (line.asked_name or (line.early and _ends_self(line, after)) or _says_so(line, after)):
            yield _named(line, at, after, mine, sure=True)
    for at in _cue_ends(line, _YOU):
        after = _name_from(line, at, capital=True)
        if after > at:
            yield _named(line, at, after, other, sure=True)


def _speaking(line: Line) -> Iterator[Named]:
    """ "Maya speaking", "Maya Okafor here"."""
    mine = "AGENT" if line.by_agent else "CUSTOMER"
    for at, atom in enumerate(line.atoms):
        if at and atom.value in ("speaking", "here") and _capital(line, line.atoms[at - 1]) and _close(line, at):
            first = at - 1
            while first > 0 and at - first < 2 and _capital(line, line.atoms[first - 1]) and _close(line, first):
                first -= 1
            if not any(a.value in _NEVER for a in line.atoms[first:at]):
                yield _named(line, first, at, mine, sure=True)


def _ends_self(line: Line, after: int) -> bool:
    """True where "this is Maya" goes on as an introduction does: speaking, from, in, a comma or the end."""
    if after >= len(line.atoms):
        return True
    return line.atoms[after].value in ("in", "on", "at") or _gap(line, after).strip()[:1] in (",", ".")


def _says_so(line: Line, after: int) -> bool:
    """True where "speaking", "here", "calling" or "from" follows."""
    return after < len(line.atoms) and line.atoms[after].value in _AFTER_SELF and _close(line, after)


def _others(line: Line) -> Iterator[Named]:
    for at in _cue_ends(line, _OTHERS):
        after = _name_from(line, at, capital=True)
        if after > at:
            yield _named(line, at, after, "NAME", sure=False)
    for at, atom in enumerate(line.atoms[:-1]):
        nxt = at + 1
        if atom.value in _TITLES and (atom.value != "miss" or _capital(line, atom)):
            after = _name_from(line, nxt, capital=False)
            after = after if _capital(line, line.atoms[nxt]) else min(after, nxt + 1)
            if after > nxt:
                yield _named(line, nxt, after, "NAME", sure=line.atoms[nxt].value not in AMBIGUOUS)
        elif atom.value in RELATIONS and _capital(line, line.atoms[nxt]) and _close(line, nxt):
            after = _name_from(line, nxt, capital=True)
            if after > nxt:
                yield _named(line, nxt, after, "NAME", sure=False)
        elif atom.value in _GREETINGS:
            yield from _greeted(line, nxt)


def _greeted(line: Line, at: int) -> Iterator[Named]:
    """ "Hi Tom", "thank you, Tom": a capitalised word, or in lower case one that a comma or the end follows."""
    if line.atoms[at].value == "you" and at + 1 < len(line.atoms):
        at += 1
    gap = _gap(line, at).strip()
    after = _name_from(line, at, capital=True)
    ends = after >= len(line.atoms) or not _close(line, after) or "'" in _gap(line, after)
    if after > at and (gap == "" or (gap == "," and ends)):
        yield _named(line, at, after, "NAME", sure=False)
    elif gap == "" and line.atoms[at - 1].value in ("hi", "hello", "hey", "hiya", "dear"):
        word = line.atoms[at]
        follows = line.text[word.end : word.end + 1]
        if not word.numeral and word.value not in _NEVER and follows in ("", ",", "!", "."):
            yield _named(line, at, at + 1, "NAME", sure=False)


def _answers(line: Line) -> Iterator[Named]:
    """The answer to a question for the name: a turn of few words, none of them ordinary, or capitalised words."""
    if not line.asked_name:
        return
    mine = "AGENT" if line.by_agent else "CUSTOMER"
    kind = mine if line.asked_name == "yours" else "NAME"
    words = [at for at, atom in enumerate(line.atoms) if not atom.numeral and atom.value not in _NEVER]
    spoken = [at for at, atom in enumerate(line.atoms) if atom.value not in _NEVER]
    few = 0 < len(words) <= _LONGEST and len(line.atoms) <= _LONGEST * 2 and _MASKED not in line.text
    if few and len(spoken) == len(words) and words[-1] - words[0] == len(words) - 1:
        yield _named(line, words[0], words[-1] + 1, kind, sure=True)
        return
    at = 0 if len(line.atoms) <= _LONGEST_ANSWER else len(line.atoms)
    while at < len(line.atoms):
        after = _name_from(line, at, capital=True)
        if after > at:
            yield _named(line, at, after, kind, sure=after - at > 1)
        at = max(after, at + 1)


def _spelling(line: Line) -> Iterator[Named]:
    """Four letters or more in a row ("M A double D"), and "S for sugar, M for mother"."""
    at = 0
    while at < len(line.atoms):
        after, letters = at, 0
        while after < len(line.atoms) and (one := _letter(line, after)):
            letters, after = letters + one[0], one[1]
        if letters > 3 or (letters > 1 and after - at > letters * 2):
            yield Named(Span(line.atoms[at].start, line.atoms[after - 1].end, "NAME"), (), sure=False)
        at = max(after, at + 1)


def _letter(line: Line, at: int) -> tuple[int, int] | None:
    """(letters, next index) of a spelled letter, with its "for sugar" or "as in apple"."""
    one = spelled_letters(line.atoms, at)
    if one is None:
        return None
    after = one[1]
    values = [atom.value for atom in line.atoms[after : after + 3]]
    if values[:1] in (["for"], ["like"]) and len(values) > 1 and values[1][0] == one[0][0]:
        after += 2
    elif values[:2] == ["as", "in"] and len(values) > 2 and values[2][0] == one[0][0]:
        after += 3
    return len(one[0]), after


def find_names(line: Line) -> list[Named]:
    """All names of a line that its own words or the question before it give away."""
    listed = (
        _named(line, at, max(at + 1, _name_from(line, at, capital=True)), "NAME", sure=False)
        for at, atom in enumerate(line.atoms)
        if atom.value in FIRST_NAMES and _capital(line, atom)
    )
    return [*_introductions(line), *_speaking(line), *_others(line), *_answers(line), *_spelling(line), *listed]
