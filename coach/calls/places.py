"""Where people live and are reached, outside the record: e-mails, links, addresses, postcodes, birth dates, logins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.calls.atoms import Atom
from coach.calls.clean import PLACEHOLDER
from coach.calls.cues import Line, birth_cue, login_cue
from coach.calls.known import Span
from coach.calls.wordlists import MONTHS, NOT_NAMES, ORDINALS, STREETS, STREETS_CAPITAL, UNITS

_LINK = re.compile(r"(?:https?://|www\.)[^\s\"'\u2039\u203a]{1,2000}", re.IGNORECASE)
_POSTCODE = re.compile(r"(?<!\w)[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d(?!st\b|nd\b|rd\b|th\b)[A-Za-z]{2}(?!\w)")
_SPOKEN_POSTCODE = re.compile(r"[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}")
_DOMAIN_ENDS = frozenset(
    [
        "com",
        "co",
        "uk",
        "net",
        "org",
        "ie",
        "io",
        "example",
        "eu",
        "info",
        "gov",
        "edu",
        "ac",
        "de",
        "fr",
        "me",
        "tv",
        "biz",
    ]
)
_SPACED_DOMAIN = re.compile(r" [A-Za-z][\w-]{0,60}\.[A-Za-z]{2,}")
_LOCAL_STOPS = frozenset(
    [
        "is",
        "it",
        "its",
        "that",
        "thats",
        "s",
        "at",
        "to",
        "email",
        "e",
        "mail",
        "address",
        "me",
        "my",
        "the",
        "on",
        "yeah",
        "yes",
        "and",
        "send",
    ]
)
_LOCAL_JOINTS = frozenset(["dot", "underscore", "dash", "hyphen", "point", "full", "stop"])
_LONGEST_LOCAL = 12
_DATE_WORDS = MONTHS | ORDINALS | frozenset(["of", "the", "st", "nd", "rd", "th"])
_SPEECH_MARKS = ".,;:!?()\"'\u201c\u201d\u2018\u2019"


def _at_signs(text: str) -> Iterator[Span]:
    """Everything that hangs on an @ sign: e-mails, also with blanks around the sign, and handles."""
    at = text.find("@")
    while at >= 0:
        start, end = at, at + 1
        if at > 1 and text[at - 1] == " " and _SPACED_DOMAIN.match(text, at + 1):
            start, end = at - 1, at + 2
        while start > 0 and not text[start - 1].isspace() and text[start - 1] not in "[](),;:\u2039\u203a":
            start -= 1
        while end < len(text) and not text[end].isspace() and text[end] not in "[](),;:\u2039\u203a":
            end += 1
        end = start + len(text[start:end].rstrip(_SPEECH_MARKS))
        if end - start > 1:
            is_handle = not any(char.isalnum() for char in text[start:at])
            yield Span(start, end, "NAME" if is_handle else "EMAIL")
        at = text.find("@", max(end, at + 1))


def _spoken_emails(line: Line) -> Iterator[Span]:
    """ "jane dot smith at example dot com": anchored on what can end a domain, grown to the left over its words."""
    atoms = line.atoms
    for at, atom in enumerate(atoms):
        if atom.value != "at" or not 0 < at < len(atoms) - 2:
            continue
        last = _domain_end(line, at + 1)
        if last is None:
            continue
        first = _local_start(line, at)
        if first < at:
            yield Span(atoms[first].start, atoms[last].end, "EMAIL")


def _domain_end(line: Line, at: int) -> int | None:
    """The last atom of a domain that begins at `at` within six words, or None."""
    last = None
    for i in range(at, min(at + 8, len(line.atoms))):
        gap = line.text[line.atoms[i - 1].end : line.atoms[i].start]
        if gap.strip(" .,-") or ". " in gap:
            break
        value = line.atoms[i].value
        if value in _DOMAIN_ENDS and i > at and (line.atoms[i - 1].value == "dot" or gap == "."):
            last = i
        elif last is not None and value != "dot":
            break
    return last


def _local_start(line: Line, at: int) -> int:
    """The first atom of the part before "at": numbers, letters and joints without end, plain words up to three."""
    first, plain = at, 0
    while first > 0 and at - first < _LONGEST_LOCAL:
        atom = line.atoms[first - 1]
        if atom.value in _LOCAL_STOPS and plain:
            break
        if not atom.numeral and len(atom.value) > 1 and atom.value not in _LOCAL_JOINTS:
            if plain == 3 or atom.value in _LOCAL_STOPS:
                break
            plain += 1
        first -= 1
    return first


def _spoken_postcodes(line: Line) -> Iterator[Span]:
    """Single letters and digits in a row that make a postcode when put together."""
    run: list[Atom] = []
    for atom in (*line.atoms, None):
        if atom is not None and (atom.numeral or (len(atom.value) == 1 and atom.value.isalpha())):
            run.append(atom)
            continue
        compact = "".join(a.value for a in run)
        owner = [a for a in run for _ in a.value]
        for found in _SPOKEN_POSTCODE.finditer(compact):
            yield Span(owner[found.start()].start, owner[found.end() - 1].end, "POSTCODE")
        run = []


def _is_street(line: Line, at: int) -> bool:
    atom = line.atoms[at]
    if atom.value in STREETS:
        return True
    return atom.value in STREETS_CAPITAL and line.text[atom.start].isupper()


def _addresses(line: Line) -> Iterator[Span]:
    """A house number, up to three words, a word for a street; then towns: capitalised words after it.

    Where the turn before asked for the address, a street needs no number.
    """
    for at in range(len(line.atoms)):
        if not _is_street(line, at):
            continue
        first = at - 1
        while first >= 0 and at - first <= 3 and _street_word(line, first) and _is_blank(line, first + 1):
            first -= 1
        if first < at - 1 and first >= 0 and _house(line, first):
            yield Span(_flat(line, first), _town_end(line, at), "ADDRESS")
        elif line.asked.address and first < at - 1:
            yield Span(line.atoms[first + 1].start, _town_end(line, at), "ADDRESS")


def _is_blank(line: Line, at: int) -> bool:
    """True where nothing but blanks, hyphens or apostrophes stands before an atom."""
    return not line.text[line.atoms[at - 1].end : line.atoms[at].start].strip(" -'’")


def _house(line: Line, at: int) -> bool:
    """True for a number that can be a house's: not the end of a date, at most a comma behind it."""
    atom = line.atoms[at]
    gap = line.text[atom.end : line.atoms[at + 1].start].strip(" ")
    before = line.text[max(0, atom.start - 1) : atom.start]
    return atom.numeral and len(atom.value) <= 5 and gap in ("", ",") and before not in ("/", ":", ".", "£")


def _street_word(line: Line, at: int) -> bool:
    """A word of a street's name; in "6b Foundry Street" the b as well."""
    atom = line.atoms[at]
    return not atom.numeral and atom.value not in UNITS and atom.value not in NOT_NAMES


def _flat(line: Line, first: int) -> int:
    """The place where "Flat 3, 12 Mill Lane" begins."""
    before = line.atoms[max(0, first - 3) : first]
    found = next((a for a in before if a.value in ("flat", "apartment", "apt", "unit", "plot")), None)
    return found.start if found else line.atoms[first].start


def _town_end(line: Line, at: int) -> int:
    """The place after the street and the capitalised words that follow a comma or stand right behind it."""
    end = line.atoms[at].end
    for atom in line.atoms[at + 1 : at + 7]:
        gap = line.text[end : atom.start]
        is_town = (atom.numeral and not atom.spoken) or (
            line.text[atom.start].isupper() and atom.value not in NOT_NAMES
        )
        if gap.strip(" ,-") or not is_town:
            break
        end = atom.end
    return end


def _births(line: Line) -> Iterator[Span]:
    """Dates after a word about a date of birth, or in answer to a question for it."""
    cue = 0 if line.asked.birth else birth_cue(line.text)
    if cue is None:
        return
    run: list[Atom] = []
    for atom in (*(a for a in line.atoms if a.start >= cue), None):
        if atom is not None and (atom.numeral or atom.value in _DATE_WORDS):
            run.append(atom)
            continue
        while run and run[0].value in ("of", "the", "may") and len(run) > 1:
            run.pop(0)
        if sum(a.numeral or a.value in MONTHS or a.value in ORDINALS for a in run) > 1:
            yield Span(run[0].start, run[-1].end, "BIRTHDATE")
        run = []


def _logins(line: Line) -> Iterator[Span]:
    """The word after "username is" or "password:", and a one-word answer to a question for it."""
    if line.asked.login and len(line.text.split()) == 1:
        yield Span(0, len(line.text), "LOGIN")
        return
    cue = login_cue(line.text)
    if cue is None:
        return
    found = re.compile(r"(?: (?:is|was|it's)\b|:| -){1,2} ?(\S{1,200})").match(line.text, cue)
    if found and found[1].lower().strip(_SPEECH_MARKS) not in NOT_NAMES:
        yield Span(found.start(1), found.start(1) + len(found[1].rstrip(_SPEECH_MARKS)), "LOGIN")


def find_places(line: Line) -> list[Span]:
    """The spans of e-mails, links, addresses, postcodes, birth dates and logins."""
    spans = [Span(found.start(), found.end(), "LINK") for found in _LINK.finditer(line.text)]
    spans += [Span(found.start(), found.end(), "POSTCODE") for found in _POSTCODE.finditer(line.text)]
    for find in (_spoken_emails, _spoken_postcodes, _addresses, _births, _logins):
        spans.extend(find(line))
    spans.extend(_at_signs(line.text))
    return [span for span in spans if not PLACEHOLDER.fullmatch(line.text[span.start : span.end])]
