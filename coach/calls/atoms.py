"""A line as atoms: words and numbers with their places, numbers spoken or written alike.

"oh seven seven double oh" becomes the digits 0, 7, 7, 00; "one hundred and twelve" becomes 112.  What is private is
decided elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_ONES = {
    word: value
    for value, words in enumerate(
        ("zero nought naught", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
    for word in words.split()
}
_TEENS = {
    word: value
    for value, word in enumerate(
        ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
        start=10,
    )
}
_TENS = {
    word: value * 10
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
} | {"fourty": 40}
_OHS = ("oh", "o")
_REPEATS = {"double": 2, "triple": 3, "treble": 3}


@dataclass(frozen=True, slots=True)
class Atom:
    """A word or a number.

    `value` is the folded word, or the digits of a number; `spoken` is true for a number said in words.  `numeral` is
    true for digits.  `start` and `end` are places in the line.
    """

    value: str
    start: int
    end: int
    numeral: bool = False
    spoken: bool = False


def fold(text: str) -> str:
    """Case and accents dropped: "José" and "JOSE" are the same word."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


class _Reader:
    """Reads tokens from left to right into atoms; each token is looked at a bounded number of times."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._tokens = [Atom(fold(t[0]), t.start(), t.end(), t[0][0].isdigit()) for t in _TOKEN.finditer(line)]
        self._at = 0

    def atoms(self) -> list[Atom]:
        made: list[Atom] = []
        while self._at < len(self._tokens):
            made.append(self._next(made[-1] if made else None))
        return made

    def _word(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at].value if at < len(self._tokens) and not self._tokens[at].numeral else ""

    def _take(self, count: int, digits: str) -> Atom:
        first, last = self._tokens[self._at], self._tokens[self._at + count - 1]
        self._at += count
        return Atom(digits, first.start, last.end, numeral=True, spoken=True)

    def _near(self, ahead: int, allowed: str = " -,") -> bool:
        """True where nothing but blanks, hyphens or commas stands between a token and the one before it."""
        at = self._at + ahead
        gap = self._line[self._tokens[at - 1].end : self._tokens[at].start]
        return len(gap) <= 3 and not gap.strip(allowed)

    def _next(self, before: Atom | None) -> Atom:
        token = self._tokens[self._at]
        if token.numeral:
            self._at += 1
            return token
        word = token.value
        if word in _REPEATS:
            digit = self._digit(1)
            if digit is not None:
                return self._take(2, digit * _REPEATS[word])
        elif word in _OHS:
            joined = before is not None and before.numeral and self._near(0)
            if joined or self._digit(1) is not None or self._word(1) in _REPEATS:
                return self._take(1, "0")
        else:
            count, value = self._cardinal()
            if count:
                return self._take(count, str(value))
        self._at += 1
        return token

    def _digit(self, ahead: int) -> str | None:
        """The single digit that the token says, as text."""
        at = self._at + ahead
        if at >= len(self._tokens) or not self._near(ahead):
            return None
        token = self._tokens[at]
        if token.numeral:
            return token.value if len(token.value) == 1 else None
        return "0" if token.value in _OHS else str(_ONES[token.value]) if token.value in _ONES else None

    def _small(self, ahead: int) -> tuple[int, int]:
        """(tokens, value) of a number under 100 at a token; no tokens where there is none."""
        word = self._word(ahead)
        if word in _TENS:
            ones = _ONES.get(self._word(ahead + 1), 0)
            joined = ones and self._near(ahead + 1, " -")
            return (2, _TENS[word] + ones) if joined else (1, _TENS[word])
        if word in _TEENS or word in _ONES:
            return 1, _TEENS.get(word, _ONES.get(word, 0))
        return 0, 0

    def _cardinal(self) -> tuple[int, int]:
        """The longest well-formed number: "nine hundred one" is 900 and 1, as British speakers read digits."""
        count, value = self._small(0)
        if not count and not (self._word() in ("a", "an") and self._word(1) in ("hundred", "thousand")):
            return 0, 0
        count, value = (count, value) if count else (1, 1)
        for name, size in (("thousand", 1000), ("hundred", 100)):
            if self._word(count) == name and value < 100:
                count, value = count + 1, value * size
                added, rest = self._rest(count, size)
                count, value = count + added, value + rest
                break
        return count, value

    def _rest(self, ahead: int, size: int) -> tuple[int, int]:
        """What follows "hundred" or "thousand" as part of the same number."""
        used = 1 if self._word(ahead) == "and" else 0
        count, value = self._small(ahead + used)
        if size == 1000 and count and self._word(ahead + used + count) == "hundred" and value < 10:
            more, rest = self._rest(ahead + used + count + 1, 100)
            return used + count + 1 + more, value * 100 + rest
        if count and (used or value >= 10):
            return used + count, value
        return 0, 0


def atoms_of(line: str) -> list[Atom]:
    """The atoms of a line, in order."""
    return _Reader(line).atoms()
