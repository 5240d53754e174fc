"""What an agent takes up of what this customer told: numbers, days, and words the customer brought into the call.

A particular is what would be false of another customer with the same topic.  Words cannot show that; what comes near
is a number, day or month, and a content word that the customer said first.  Order and account numbers read back,
placeholders and the everyday words of service are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from coach.engines.patterns.grammar import DAYS, DIGITS, EVERYDAY, ORDINALS, TENS, UNITS
from coach.engines.patterns.reading import Reading, Spoken
from coach.engines.patterns.wording import WORDS_KEPT, Phrases, words_of

SHORTEST_WORD = 4  # shorter words are grammar
SMALL = 12  # numbers up to a dozen meet by chance
TOPIC_SHARE = 3  # a word in this many of the customer's lines is the topic, not a particular
LONGEST_NUMBER = 4  # more digits are a reference, an account or a phone number


@dataclass(frozen=True, slots=True)
class Taken:
    """A particular taken up: the word's place in the agent's line, and whether it is a number or a day."""

    start: int
    end: int
    strong: bool
    key: str


@lru_cache(maxsize=WORDS_KEPT)
def value_of(word: str) -> str | None:
    """The key of a number or ordinal ("thirty", "30", "£30", "30th" are one), None for any other word."""
    if word.isascii() and word.isdigit():
        return str(int(word)) if 0 < len(word) <= LONGEST_NUMBER and word not in {"0", "1"} else None
    known = UNITS.get(word) or TENS.get(word) or ORDINALS.get(word)
    if known is not None:
        return str(known)
    head = word[:-2]
    is_ordinal = word[-2:] in {"st", "nd", "rd", "th"} and head.isascii() and head.isdigit()
    return str(int(head)) if is_ordinal and len(head) <= 2 else None


@lru_cache(maxsize=WORDS_KEPT)
def stem(word: str) -> str:
    """A word without a plural or verb ending, roughly, for comparing."""
    base = word.removesuffix("'s")
    for ending in ("ings", "ing", "ied", "ies", "ed", "es", "s"):
        if base.endswith(ending) and len(base) - len(ending) >= SHORTEST_WORD:
            return base[: -len(ending)]
    return base


@lru_cache(maxsize=WORDS_KEPT)
def may_be_content(key: str) -> bool:
    """True for a word long enough to mean something, without digits, that is no placeholder."""
    plain = key.removesuffix("'s")
    usual = len(plain) >= SHORTEST_WORD and "'" not in plain and plain[0] != "["
    return usual and not any(c.isdigit() for c in plain)


class Particulars:
    """The particulars of one call, by agent line."""

    def __init__(self, reading: Reading, lexicons: Phrases) -> None:
        self._everyday = EVERYDAY | plain_words(lexicons, "stop_words", "intensifier", "feeling", "backchannel")
        self._months = plain_words(lexicons, "months")
        self._given_by: dict[str, int] = {}
        self._lines_with: dict[str, int] = {}
        self._said_by_agent: dict[str, int] = {}
        for line in reading.spoken:
            for _, _, key, _ in self._terms(line):
                if line.speaker == "agent":
                    self._said_by_agent.setdefault(key, line.at)
                else:
                    self._given_by.setdefault(key, line.at)
            if line.speaker == "customer":
                for key in {key for _, _, key, _ in self._terms(line)}:
                    self._lines_with[key] = self._lines_with.get(key, 0) + 1
        self._taken = {line.at: self._taken_by(line) for line in reading.agent}
        self._giving = {line.at: self._gives(line) for line in reading.customer}

    def taken(self, line: Spoken) -> tuple[Taken, ...]:
        """What an agent line takes up of earlier customer lines, each particular once."""
        return self._taken.get(line.at, ())

    def taken_in(self, line: Spoken, start: int, end: int) -> tuple[Taken, ...]:
        """What stands between two offsets of an agent line."""
        return tuple(one for one in self.taken(line) if start <= one.start and one.end <= end)

    def given(self, line: Spoken) -> bool:
        """True where a customer line holds a particular."""
        return self._giving.get(line.at, False)

    def _gives(self, line: Spoken) -> bool:
        terms = self._terms(line)
        return any(strong for _, _, _, strong in terms) or len(terms) > TOPIC_SHARE

    def _taken_by(self, line: Spoken) -> tuple[Taken, ...]:
        found: dict[str, Taken] = {}
        for start, end, key, strong in self._terms(line):
            given = self._given_by.get(key)
            first = given is not None and given < line.at and given < self._said_by_agent.get(key, line.at + 1)
            topic = not strong and self._lines_with.get(key, 0) >= TOPIC_SHARE
            if first and not topic and key not in found:
                found[key] = Taken(start, end, strong, key)
        return tuple(found.values())

    def _terms(self, line: Spoken) -> list[tuple[int, int, str, bool]]:
        """(start, end, key, is a number or day) of each term; runs of bare digits read out are a reference."""
        found: list[tuple[int, int, str, bool]] = []
        keys = [word.key for word in line.words]
        numbers = numbers_in(line)
        for at, word in enumerate(line.words):
            if at in numbers:
                if not _reads_out(keys, at) and not in_range(numbers, keys, at):
                    found.append((word.start, word.end, "#" + numbers[at], int(numbers[at]) > SMALL))
            elif value_of(word.key) is not None:
                continue  # the second half of "thirty-five"
            elif word.key in DAYS or (word.key in self._months and word.key not in {"may", "march"}):
                found.append((word.start, word.end, word.key, True))
            elif self._is_content(word.key):
                found.append((word.start, word.end, stem(word.key), False))
        return found

    def _is_content(self, key: str) -> bool:
        return may_be_content(key) and self._everyday.isdisjoint((key, key.removesuffix("'s"), stem(key)))


def _reads_out(keys: list[str], at: int) -> bool:
    """True inside three or more single digits in a row, or beside letters and digits of a reference."""
    low = high = at
    while low > max(0, at - 2) and keys[low - 1] in DIGITS:
        low -= 1
    while high + 1 < min(len(keys), at + 3) and keys[high + 1] in DIGITS:
        high += 1
    return keys[at] in DIGITS and high - low >= 2


def in_range(numbers: Mapping[int, str], keys: list[str], at: int) -> bool:
    """True in "three to five": a span of the house's, not a number of the customer's."""
    after = at + 2 in numbers and keys[at + 1] in {"to", "or", "and"}
    return after or (at - 2 in numbers and keys[at - 1] in {"to", "or", "and"})


def plain_words(lexicons: Phrases, *names: str) -> frozenset[str]:
    """The single words of some lexicons, without those that stand for any ending."""
    phrases: Iterable[str] = (phrase for name in names for phrase in lexicons.get(name, ()))
    return frozenset(words[0].key for p in phrases if "*" not in p and len(words := words_of(p)) == 1)


_ONES = {"one": "1", "first": "1", "second": "2"}
_BELOW_TEN = frozenset("123456789")


def numbers_in(line: Spoken) -> Mapping[int, str]:
    """The numbers of a line: word position to value, "half an hour" as 30, "twenty-five" as 25."""
    found: dict[int, str] = {}
    keys = [word.key for word in line.words]
    for at, key in enumerate(keys):
        value = value_of(key)
        if key == "half" and keys[at + 1 : at + 3] == ["an", "hour"]:
            found[at] = "30"
        elif at - 1 in found and keys[at - 1] in TENS and (value or _ONES.get(key, "10")) in _BELOW_TEN:
            found[at - 1] = str(int(found[at - 1]) + int(value or _ONES[key]))
        elif value is not None:
            found[at] = value
    return found
