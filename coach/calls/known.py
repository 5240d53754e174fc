"""Finding the values of the call's record in what was said: written, in other case and spacing, spelled, read out.

A value that the record holds must not survive: this is the one part of redaction that can be complete.  What no
record holds is found elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import phonenumbers

from coach.calls.atoms import Atom, atoms_of, fold
from coach.calls.wordlists import AMBIGUOUS

_JOINTS = frozenset(["dot", "at", "underscore", "dash", "hyphen", "point"])
_LEAST_DIGITS_INSIDE = 4


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line to be masked, and as what."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A value as atoms.  `email` lets "dot" and "at" stand between them; `weak` is a word that is also no name."""

    atoms: tuple[tuple[str, bool], ...]
    kind: str
    email: bool = False
    weak: bool = False


@dataclass
class Known:
    """The values of a record, ready to be looked for.  Word patterns lie under their first word."""

    by_first: dict[str, list[Pattern]] = field(default_factory=dict)
    by_digits: list[Pattern] = field(default_factory=list)
    spelled: dict[str, str] = field(default_factory=dict)
    both: frozenset[str] = frozenset()

    def add(self, pattern: Pattern) -> None:
        """Take a pattern up, unless it is there already or empty."""
        if not pattern.atoms:
            return
        first, numeral = pattern.atoms[0]
        if numeral:
            if pattern not in self.by_digits:
                self.by_digits.append(pattern)
            return
        listed = self.by_first.setdefault(first, [])
        if pattern not in listed:
            listed.append(pattern)
            listed.sort(key=lambda p: -len(p.atoms))
        if len(pattern.atoms) == 1 and len(first) > 2:
            self.spelled.setdefault(first, pattern.kind)


def kind_of(value: str) -> str:
    """What a value of the record is, by its looks."""
    digits = sum(char.isdigit() for char in value)
    letters = sum(char.isalpha() for char in value)
    if "@" in value:
        return "EMAIL"
    if digits >= 7 and not letters:
        return "PHONE" if is_phone(value) else "ACCOUNT"
    if not letters:
        return "NUMBER"
    if digits:
        return "ADDRESS" if letters > digits else "ACCOUNT"
    return "PRIVATE"


def is_phone(text: str) -> bool:
    """True for digits that can be a telephone number, in Britain or with its country code."""
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, "GB"))
    except phonenumbers.NumberParseException:
        return False


def _pattern(value: str, kind: str, weak: bool = False) -> Pattern:
    email = "@" in value
    atoms: list[tuple[str, bool]] = []
    for atom in atoms_of(value):
        if atom.numeral and atoms and atoms[-1][1]:
            atoms[-1] = (atoms[-1][0] + atom.value, True)
        elif not (email and atom.value in _JOINTS):
            atoms.append((atom.value, atom.numeral))
    return Pattern(tuple(atoms), kind, email=email, weak=weak)


def _add_value(known: Known, value: str, kind: str) -> None:
    """The whole value, the value without its hyphens and apostrophes, and what its commas part."""
    known.add(_pattern(value, kind, weak=fold(value).strip() in AMBIGUOUS))
    joined = "".join(char for char in value if char not in "-'’.‐‑")
    if joined != value and "@" not in value:
        known.add(_pattern(joined, kind))
    for part in value.split(","):
        # A house number alone would cost every "seven" of the call.
        if part != value and any(char.isalpha() for char in part):
            known.add(_pattern(part, kind, weak=fold(part).strip() in AMBIGUOUS))
    for variant in _variants(value, kind):
        known.add(_pattern(variant, kind))


def _variants(value: str, kind: str) -> Iterator[str]:
    """What people say instead of the whole value: the street without its number, the digits without their letters,
    the telephone number without its country, the part of an e-mail before its sign.
    """
    digits = "".join(filter(str.isdigit, value))
    local = value.partition("@")[0]
    if kind == "ADDRESS":
        streets = ([a.value for a in atoms_of(p) if not a.numeral and len(a.value) > 1] for p in value.split(","))
        yield from (" ".join(street) for street in streets if len(street) > 1)
    elif kind == "PHONE":
        yield str(phonenumbers.parse(value, "GB").national_number)
    elif kind == "ACCOUNT" and len(digits) >= _LEAST_DIGITS_INSIDE:
        yield digits
    elif kind == "EMAIL" and (len(local) > 5 or any(char.isdigit() for char in local)):
        yield from (local, "".join(filter(str.isalnum, local)))


def _add_name(known: Known, name: str, kind: str) -> None:
    """A person's name, whole and in parts; initials alone are no name."""
    _add_value(known, name, kind)
    for part in [*name.split(), *name.replace("-", " ").replace("'", " ").replace("’", " ").split()]:
        letters = fold("".join(char for char in part if char.isalpha()))
        if len(letters) > 1:
            _add_value(known, part, kind)


def known_of(agent_name: str, customer: str, values: Iterable[str]) -> Known:
    """All that must not survive.  A name part that agent and customer share is told apart by who speaks."""
    known = Known()
    agent, other = ({a.value for a in atoms_of(name)} for name in (agent_name, customer))
    known.both = frozenset(agent & other)
    if customer:
        _add_name(known, customer, "CUSTOMER")
    if agent_name:
        _add_name(known, agent_name, "AGENT")
    for value in values:
        kind = kind_of(value)
        if kind == "PRIVATE":
            # A value of several words may be a firm or a street; only its whole is private.
            _add_value(known, value, "CUSTOMER" if {a.value for a in atoms_of(value)} <= other else kind)
        else:
            _add_value(known, value, kind)
    return known


def _match(atoms: Sequence[Atom], at: int, pattern: Pattern) -> int | None:
    """The index after the pattern's last atom where it stands at `at`, or None.  Digits may come in several atoms."""
    for value, numeral in pattern.atoms:
        while pattern.email and at < len(atoms) and atoms[at].value in _JOINTS:
            at += 1
        if not numeral:
            if at >= len(atoms) or atoms[at].numeral or atoms[at].value != value:
                return None
            at += 1
            continue
        gathered = ""
        while gathered != value:
            if at >= len(atoms) or not atoms[at].numeral or not value.startswith(gathered + atoms[at].value):
                return None
            gathered += atoms[at].value
            at += 1
    return at


def _is_name_here(line: str, atom: Atom) -> bool:
    """Whether a word that is also no name ("will", "Mark") is one here: capitalised, and not by its place alone."""
    word = line[atom.start : atom.end]
    if not word[:1].isupper():
        return False
    before = line[: atom.start].rstrip()
    if before and before[-1] not in ".!?:;":
        return True
    return line[atom.end : atom.end + 1] in (",", ".", "!", "?", "'", "’", "") and not word.isupper()


def _words(line: str, atoms: Sequence[Atom], known: Known) -> Iterator[tuple[int, int, Pattern]]:
    """(first, after, pattern) for every word pattern that stands in the line."""
    for at, atom in enumerate(atoms):
        if atom.numeral:
            continue
        stem = atom.value[:-1] if atom.value.endswith("s") and line[atom.start].isupper() else ""
        for first in filter(None, (atom.value, stem)):
            for pattern in known.by_first.get(first, ()):
                after = at + 1 if len(pattern.atoms) == 1 else _match(atoms, at, pattern)
                if after is not None and (first == atom.value or len(pattern.atoms) == 1):
                    yield at, after, pattern
                    break


def _digit_runs(atoms: Sequence[Atom]) -> Iterator[list[Atom]]:
    """Numbers that follow one another without a word between them."""
    run: list[Atom] = []
    for atom in atoms:
        if atom.numeral:
            run.append(atom)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _digits(atoms: Sequence[Atom], known: Known) -> Iterator[Span]:
    """Values that begin with digits: all digits inside any run, addresses where their words follow."""
    whole = [p for p in known.by_digits if len(p.atoms) == 1]
    for run in _digit_runs(atoms) if whole else ():
        joined = "".join(atom.value for atom in run)
        owner = [atom for atom in run for _ in atom.value]
        for pattern in whole:
            value = pattern.atoms[0][0]
            if len(value) < _LEAST_DIGITS_INSIDE:
                yield from (Span(a.start, a.end, pattern.kind) for a in run if a.value == value)
                continue
            at = joined.find(value)
            while at >= 0:
                yield Span(owner[at].start, owner[at + len(value) - 1].end, pattern.kind)
                at = joined.find(value, at + len(value))
    longer = [p for p in known.by_digits if len(p.atoms) > 1]
    for at, atom in enumerate(atoms) if longer else ():
        for pattern in longer if atom.numeral else ():
            after = _match(atoms, at, pattern)
            if after is not None:
                yield Span(atom.start, atoms[after - 1].end, pattern.kind)


def _spelled(atoms: Sequence[Atom], known: Known) -> Iterator[Span]:
    """Known words spelled letter by letter: "S M I T H", "D-O-double-D"."""
    at = 0
    while at < len(atoms):
        letters, after, starts = "", at, []
        while after < len(atoms) and (one := spelled_letters(atoms, after)):
            starts.extend([after] * len(one[0]))
            letters, after = letters + one[0], one[1]
        for word, kind in known.spelled.items() if len(letters) > 2 else ():
            place = letters.find(word)
            if place >= 0:
                last = starts[place + len(word) - 1]
                end = atoms[last + 1].end if atoms[last].value == "double" else atoms[last].end
                yield Span(atoms[starts[place]].start, end, kind)
        at = max(after, at + 1)


def spelled_letters(atoms: Sequence[Atom], at: int) -> tuple[str, int] | None:
    """(letters, next index) of a spelled letter at `at`, "double d" included, or None."""
    value = atoms[at].value
    if value == "double" and at + 1 < len(atoms) and len(atoms[at + 1].value) == 1 and atoms[at + 1].value.isalpha():
        return atoms[at + 1].value * 2, at + 2
    return (value, at + 1) if len(value) == 1 and value.isalpha() else None


def find_known(line: str, atoms: Sequence[Atom], known: Known, *, by_agent: bool) -> list[Span]:
    """The spans of all known values.  A weak word counts where it is written as a name or stands by another part."""
    found = list(_words(line, atoms, known))
    strong = {i for first, after, pattern in found if not pattern.weak for i in (first - 1, after)}
    spans = []
    for first, after, pattern in found:
        if pattern.weak and after == first + 1 and first not in strong and not _is_name_here(line, atoms[first]):
            continue
        kind = pattern.kind
        if after == first + 1 and atoms[first].value in known.both:
            kind = "CUSTOMER" if by_agent else "AGENT"
        spans.append(Span(atoms[first].start, atoms[after - 1].end, kind))
    spans.extend(_digits(atoms, known))
    spans.extend(_spelled(atoms, known))
    return spans
