"""Finds lexicon phrases in a line: words, places, sentences, and whether a phrase is denied or quoted.

One walk over the words of a line finds every phrase of every lexicon (a trie of words), so the work grows with the
length of the line and not with the number of phrases.  This module knows nothing of agents, customers or checks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

Phrases = Mapping[str, tuple[str, ...]]

WORDS_KEPT = 16_384  # what is known of a word is kept for so many: calls of one company share their words

_WORD = re.compile(r"\[[A-Z][A-Z0-9 _#-]*\]|[^\W_]+(?:['’][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?…]+(?=[\s\"'”’)]|$)|\n|\s[—–]\s|///")
_QUOTED = re.compile(r"\"[^\"]{2,200}\"|“[^”]{2,200}”|(?<![\w'])'(?=\w)[^\n]{2,120}?(?<=[\w.,!?])'(?!\w)")
_CLAUSE_END = re.compile(r"[,;:—–]")
_SAID_BEFORE = 4  # words between "you said" and what is quoted
_DENIED_BEFORE = 3  # words between "not" and what is denied
_DENIALS = frozenset({"not", "no", "never", "without", "hardly", "nor", "cannot", "nobody", "neither"})
_SAID = frozenset({"said", "say", "says", "saying", "told", "tell", "tells", "telling", "tellin", "called", "wrote"})
_UNQUOTED_SPEAKERS = frozenset({"i", "i've", "as", "i'd"})
_SHORT_FORMS = {
    "dont": "don't",
    "cant": "can't",
    "wont": "won't",
    "im": "i'm",
    "ive": "i've",
    "didnt": "didn't",
    "isnt": "isn't",
    "wasnt": "wasn't",
    "hasnt": "hasn't",
    "havent": "haven't",
    "doesnt": "doesn't",
    "couldnt": "couldn't",
    "wouldnt": "wouldn't",
    "shouldnt": "shouldn't",
    "arent": "aren't",
    "thats": "that's",
    "youre": "you're",
    "theres": "there's",
    "whats": "what's",
    "youve": "you've",
    "theyre": "they're",
}


class Word(NamedTuple):
    """A word of a line: `key` is folded (lower case, straight apostrophe), `start` and `end` are offsets in the text."""

    key: str
    start: int
    end: int


class Hit(NamedTuple):
    """A phrase found: word positions `first` to `last` (inclusive) of the line it was found in."""

    lexicon: str
    first: int
    last: int


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text with their places; a placeholder such as [NAME] is one word that no phrase matches."""
    return tuple(Word(fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text))


@lru_cache(maxsize=WORDS_KEPT)
def fold(word: str) -> str:
    """A word as phrases are compared: lower case, straight apostrophe, "dont" written "don't"."""
    key = word.lower().replace("’", "'")
    return _SHORT_FORMS.get(key, key)


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = field(default_factory=dict)
    stems: dict[str, _Node] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    def step(self, key: str) -> Iterator[_Node]:
        """The nodes that this word leads to: by the word itself, and by every stem it begins with."""
        exact = self.next.get(key)
        if exact is not None:
            yield exact
        for length in self.lengths:
            stem = self.stems.get(key[:length]) if len(key) >= length else None
            if stem is not None:
                yield stem


class Wording:
    """The phrases of all lexicons, compiled once.  `*` at the end of a word stands for any ending."""

    def __init__(self, lexicons: Phrases) -> None:
        self._root = _Node()
        self._starts: dict[str, list[_Node]] = {}
        self.names = frozenset(lexicons)
        for name, phrases in lexicons.items():
            for phrase in phrases:
                self._add(name, phrase)

    def _add(self, name: str, phrase: str) -> None:
        node = self._root
        keys = _phrase_keys(phrase)
        if not keys:
            return
        for key, is_stem in keys:
            branch = node.stems if is_stem else node.next
            child = branch.get(key)
            if child is None:
                child = branch[key] = _Node()
                node.lengths = tuple(sorted({len(stem) for stem in node.stems}, reverse=True))
            node = child
        if name not in node.names:
            node.names = (*node.names, name)

    def hits(self, words: tuple[Word, ...]) -> dict[str, tuple[Hit, ...]]:
        """Every phrase in the words, by lexicon, in order; of two that overlap in one lexicon the longer stays."""
        found: dict[str, list[Hit]] = {}
        for first in range(len(words)):
            for name, last in self._from(words, first).items():
                hits = found.setdefault(name, [])
                if not hits or hits[-1].last < last:
                    hits.append(Hit(name, first, last))
        return {name: tuple(hits) for name, hits in found.items()}

    def _from(self, words: tuple[Word, ...], first: int) -> dict[str, int]:
        longest: dict[str, int] = {}
        nodes = self._beginning(words[first].key)
        at = first
        while nodes:
            for node in nodes:
                for name in node.names:
                    longest[name] = at
            at += 1
            if at == len(words):
                break
            nodes = [after for node in nodes for after in node.step(words[at].key)]
        return longest

    def _beginning(self, key: str) -> list[_Node]:
        """Where a phrase that begins with this word stands after it; kept, most words begin none."""
        found = self._starts.get(key)
        if found is None:
            found = list(self._root.step(key))
            if len(self._starts) < WORDS_KEPT:
                self._starts[key] = found
        return found


def _phrase_keys(phrase: str) -> list[tuple[str, bool]]:
    keys: list[tuple[str, bool]] = []
    for chunk in phrase.split():
        is_stem = chunk.endswith("*")
        parts = [fold(m.group()) for m in _WORD.finditer(chunk)]
        keys += [(part, is_stem and at == len(parts) - 1) for at, part in enumerate(parts)]
    return keys


class Sentences:
    """The sentences of a text, by offsets; a text without stops is one sentence."""

    def __init__(self, text: str) -> None:
        ends = [m.end() for m in _SENTENCE_END.finditer(text)]
        if not ends or ends[-1] < len(text):
            ends.append(len(text))
        self._ends = ends
        self._text = text

    def __len__(self) -> int:
        return len(self._ends)

    def index(self, offset: int) -> int:
        """The number of the sentence that holds an offset."""
        return min(bisect_right(self._ends, offset), len(self._ends) - 1)

    def span(self, index: int) -> tuple[int, int]:
        """Offsets of a sentence, without the blanks around it."""
        start = self._ends[index - 1] if index else 0
        end = self._ends[index]
        raw = self._text[start:end]
        return start + len(raw) - len(raw.lstrip()), end - len(raw) + len(raw.rstrip())


def denied(text: str, words: tuple[Word, ...], first: int, floor: int = 0) -> bool:
    """True where "not", "never" or a word in -n't stands shortly before word `first`, in its clause.

    A comma or dash between ends the reach; nothing before word `floor` is looked at.
    """
    for at in range(first - 1, max(floor, first - _DENIED_BEFORE) - 1, -1):
        if _CLAUSE_END.search(text, words[at].end, words[at + 1].start):
            return False
        if words[at].key in _DENIALS or words[at].key.endswith("n't"):
            return True
    return False


def quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the text stands in quotation marks; a text without them costs nothing."""
    if '"' not in text and "“" not in text and "'" not in text:
        return ()
    return tuple(m.span() for m in _QUOTED.finditer(text))


def reported(words: tuple[Word, ...], first: int, floor: int = 0) -> bool:
    """True where the phrase at `first` is somebody's words told again: "you said calm down", "he told me"."""
    low = max(floor, first - _SAID_BEFORE)
    for at in range(low, first):
        if words[at].key in _SAID and (at == 0 or words[at - 1].key not in _UNQUOTED_SPEAKERS):
            return True
    return False


def inside(spans: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    """True where one of the spans holds the whole of start to end."""
    return any(low <= start and end <= high for low, high in spans)
