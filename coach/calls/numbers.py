"""Which numbers of a line are masked: every run of three digits or more, unless it is plainly something else.

Kept: order and ticket numbers, money, durations and quantities, dates, clock times, years.  Numbers read out digit by
digit count like written ones.  The patterns here have bounded repeats alone, so that no line costs more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from stdnum import iban, luhn

from coach.calls.atoms import Atom
from coach.calls.cues import About, Line, about_of
from coach.calls.known import Span, is_phone
from coach.calls.wordlists import FILLERS, MONTHS, PRIVATE_CUES, UNITS

_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b"
_UNIT = "(?:" + "|".join(sorted(UNITS, key=len, reverse=True)) + r")\b"
_YEAR = r"(?:19|20)\d\d\b"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_FREE = r"(?<![\d.,/\-])(?<!\d )"
_AMOUNT = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,7})(?:\.\d{1,2})?"
_KEPT = re.compile(
    "|".join(
        (
            rf"[£$€] ?{_AMOUNT}(?! ?\d)(?:k\b)?",
            rf"{_FREE}{_AMOUNT} ?(?:pounds?|quid|euros?|dollars?|bucks|pence|p|grand|k|gbp|eur|usd)\b",
            rf"{_FREE}\d{{1,4}}(?:[.,]\d{{1,3}})?(?: ?(?:-|–|to|or|x) ?\d{{1,4}})?[ -]?(?:{_UNIT}|[%°\"”])",
            r"(?<![\d/.\-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)",
            rf"(?<![\d/.\-]){_DAY}([/.]){_DAY}\1(?:19|20)?\d\d(?![\d/\-]|\.\d)",
            rf"(?<![\d/.\-]){_DAY}-(?:0?[1-9]|1[0-2])-(?:19|20)\d\d(?![\d/\-]|\.\d)",
            rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? {_YEAR})?",
            rf"\b{_MONTH},? (?:the )?(?:{_YEAR}|\d{{1,2}}(?:st|nd|rd|th)?\b(?:,? {_YEAR})?)",
            r"(?<![\d/.,\-])(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?![\d/\-])",
            r"(?<![\d:.])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d:])",
            r"(?<!\d)(?:1[0-2]|0?[1-9]) ?(?:-|–|to) ?(?:1[0-2]|0?[1-9]) ?(?:am|pm)\b",
            r"(?<![\d:.,])(?:[01]?\d|2[0-4])[.]?[0-5]\d ?(?:am|pm|hours|hrs)\b",
        )
    ),
    re.IGNORECASE,
)
_MONEY = re.compile(rf"[£$€] ?({_AMOUNT})(?! ?\d)")
_MONEY_WORDS = frozenset(("pound", "pounds", "quid", "euro", "euros", "dollar", "dollars", "bucks"))
_ORDER = re.compile(r"(?<![\w\-])([A-Za-z]{1,4})-(\d{3,10})(?!\w|-\d)")
_SHAPED = re.compile(
    r"[1-9]\d{0,2}(?:,\d{3}){1,2}(?:\.\d\d)?|\d{1,4}\.\d\d?|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])|24/7"
)
_WEAK = re.compile(
    r"(?:19|20)\d\d|\d\d? ?[-–] ?\d\d?|\d{1,2}/\d{1,2}|(?:[01]\d|2[0-4])[0-5]\d ?[-–] ?(?:[01]\d|2[0-4])[0-5]\d"
)
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?(?!\w)")
_GAP = re.compile(r"[\s().+/\-–—,…]{0,3}")
_MOST_FILLERS = 2


def order_digits(line: Line) -> Iterator[str]:
    """The digits of every order number ("LH-48213") that stands in the line."""
    for found in _ORDER.finditer(line.text):
        if found[1].lower() not in PRIVATE_CUES:
            yield found[2]


def amount_digits(line: Line) -> Iterator[str]:
    """The digits of every amount of money in the line, with and without its pence: said again, they mean the same."""
    for found in _MONEY.finditer(line.text):
        whole, _, pence = found[1].replace(",", "").partition(".")
        yield from (whole, whole + pence)
    for atom, after in pairwise(line.atoms):
        if atom.spoken and after.value in _MONEY_WORDS:
            yield atom.value


def _kept(line: Line) -> list[tuple[int, int]]:
    """Places that are plainly money, time, quantity or an order number."""
    places = [found.span() for found in _KEPT.finditer(line.text)]
    orders = (found for found in _ORDER.finditer(line.text) if found[1].lower() not in PRIVATE_CUES)
    return sorted([*places, *(found.span() for found in orders)])


def _joined(line: Line, before: int, after: int) -> bool:
    """True where two numbers belong to one run: next to each other, or with small words between spoken ones."""
    first, second = line.atoms[before], line.atoms[after]
    between = line.atoms[before + 1 : after]
    if between:
        spoken = first.spoken and second.spoken
        return spoken and len(between) <= _MOST_FILLERS and all(atom.value in FILLERS for atom in between)
    gap = line.text[first.end : second.start]
    if _GAP.fullmatch(gap) is None or (". " in gap and not second.spoken):
        return False
    if "," in gap:
        return (first.spoken and second.spoken) or max(len(first.value), len(second.value)) > 2
    return True


def _runs(line: Line) -> Iterator[list[int]]:
    """Runs of numbers that are not plainly kept, as indices of atoms."""
    places = _kept(line)
    run: list[int] = []
    place = 0
    for at, atom in enumerate(line.atoms):
        if not atom.numeral:
            continue
        while place < len(places) and places[place][1] <= atom.start:
            place += 1
        if place < len(places) and places[place][0] <= atom.start and atom.end <= places[place][1]:
            continue
        if run and not _joined(line, run[-1], at):
            yield run
            run = []
        run.append(at)
    if run:
        yield run


def _is_order(digits: str, line: Line, run: Sequence[int], about: About, orders: frozenset[str]) -> bool:
    """True for the digits of an order number: seen as one, named as one, or read out after its letters."""
    if about in (About.PRIVATE, About.CARD) or not 3 <= len(digits) <= 12:
        return False
    if len(digits) >= 10 and digits[0] == "0":
        return False
    return digits in orders or about is About.ORDER or _after_letters(line, run)


def _after_letters(line: Line, run: Sequence[int]) -> bool:
    """True for four to eight digits right after one to four letters ("L H four eight ..."), with none after them."""
    at, letters = run[0] - 1, 0
    while at >= 0 and line.atoms[at].value in ("dash", "hyphen"):
        at -= 1
    while at >= 0 and letters < 5 and not line.atoms[at].numeral and len(line.atoms[at].value) == 1:
        at, letters = at - 1, letters + 1
    after = run[-1] + 1
    ends = after >= len(line.atoms) or len(line.atoms[after].value) > 1
    digits = sum(len(line.atoms[i].value) for i in run)
    return 2 <= letters <= 4 and 4 <= digits <= 8 and ends and all(line.atoms[i].spoken for i in run)


def _is_plain_speech(line: Line, run: Sequence[int], digits: str) -> bool:
    """True for spoken numbers that are amounts, years or times: one number, a pair, or few before a unit."""
    atoms = [line.atoms[i] for i in run]
    if not all(atom.spoken for atom in atoms):
        return False
    after = line.atoms[run[-1] + 1].value if run[-1] + 1 < len(line.atoms) else ""
    numbers = [atom for atom in atoms if len(atom.value) > 1]
    if line.dictating and len(atoms) > 2 and not numbers:
        return False
    if len(atoms) == 1:
        return len(set(digits)) > 1 or len(digits) < 4 or digits.endswith("00")
    return len(digits) < 4 or (len(atoms) == 2 and len(numbers) == 2) or (len(atoms) <= 3 and after in UNITS)


def _is_kept(line: Line, run: Sequence[int], digits: str, about: About, orders: frozenset[str]) -> bool:
    private = about in (About.PRIVATE, About.CARD)
    dictated = line.only_numbers and (private or line.dictating)
    if len(digits) < (2 if dictated else 3):
        return True
    if _is_order(digits, line, run, about, orders):
        return True
    text = line.text[line.atoms[run[0]].start : line.atoms[run[-1]].end]
    if _is_amount(line, run, about) or (about is not About.CARD and _SHAPED.fullmatch(text)):
        return True
    if private or dictated:
        return False
    return _is_plain_speech(line, run, digits) or _WEAK.fullmatch(text) is not None


def _is_amount(line: Line, run: Sequence[int], about: About) -> bool:
    """True for one number that words for money stand around: "charged 899", "eleven hundred pounds"."""
    if len(run) > 1:
        return False
    atom = line.atoms[run[0]]
    after = line.atoms[run[0] + 1].value if run[0] + 1 < len(line.atoms) else ""
    if atom.spoken and after in UNITS:
        return True
    return about is About.MONEY and len(atom.value) <= 4 and atom.value[0] != "0"


def _kind(digits: str, text: str, about: About) -> str:
    if 13 <= len(digits) <= 19 and luhn.is_valid(digits):
        return "CARD"
    if about is About.CARD:
        return "CARD"
    if 9 <= len(digits) <= 15 and is_phone(digits):
        return "PHONE"
    pairs = re.fullmatch(r"\d\d[ -]\d\d[ -]\d\d", text)
    return "ACCOUNT" if pairs else "NUMBER"


def _grown(text: str, first: Atom, last: Atom) -> tuple[int, int]:
    """The run with the letters that hang on it ("cminh730") and its opening bracket or plus."""
    start, end = first.start, last.end
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    while start > 0 and text[start - 1] in "+(" and (text[start - 1] != "(" or ")" in text[start:end]):
        start -= 1
    return start, end


def find_numbers(line: Line, orders: frozenset[str]) -> list[Span]:
    """The spans of all numbers to mask; `orders` are digits known to be order numbers in this call."""
    spans = [
        Span(found.start(), found.end(), "IBAN")
        for found in _IBAN.finditer(line.text)
        if iban.is_valid(found[0]) or "iban" in line.text[: found.start()].lower()
    ]
    for run in _runs(line):
        digits = "".join(line.atoms[at].value for at in run)
        about = about_of(line, run[0])
        if _is_kept(line, run, digits, about, orders):
            continue
        start, end = _grown(line.text, line.atoms[run[0]], line.atoms[run[-1]])
        spans.append(Span(start, end, _kind(digits, line.text[start:end], about)))
    return spans
