"""A model claims, code proves: finding a quote in the turn it names.

The place of a quote is (turn, offset).  What is shown afterwards is the transcript's own text, never the engine's copy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from coach.calls.transcript import Redacted, RedactedTurn, Speaker
from coach.grading.claims import Quote
from coach.grading.critique import Proven, Unproven

CLOSE = 0.85  # token-order coverage from which a quote counts as close (design of the evidence rules)
SHORTEST_CLOSE = 5  # below five words one wrong word is no longer a slip of copying
SPEECH_FILLERS = frozenset({"um", "umm", "uh", "uhm", "er", "erm", "ah", "hm", "hmm", "mm"})
_LETTERS = r"(?:[^\W_][\u0300-\u036f]*)+"  # a letter may carry its accents as characters of their own
_WORD = re.compile(rf"{_LETTERS}(?:['’‘]{_LETTERS})*")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ")
_OPENING = '[("“£$€'
_CLOSING = '])"”.,!?…%—'
_SPLICE = re.compile(r"\.{3,}|…|\[\.\.\.\]")


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[_Token, ...]:
    """The words of a text, folded (NFKC, case, apostrophes), without fillers, with their places in the text."""
    found = []
    for match in _WORD.finditer(text):
        word = unicodedata.normalize("NFKC", match.group()).casefold().translate(_APOSTROPHES)
        if word not in SPEECH_FILLERS:
            found.append(_Token(word, match.start(), match.end()))
    return tuple(found)


def locate(text: str, quote: str) -> tuple[int, int, Literal["exact", "close"]] | None:
    """Where `quote` stands in `text`: (start, end, match), or None.

    `exact`: the folded words stand there in a row ("..." in the quote may leave words out).  `close`: at least .85
    of the quote's words stand there in order inside a stretch not much longer than the quote.
    """
    haystack = _tokens(text)
    pieces = [tokens for piece in _SPLICE.split(quote) if (tokens := _tokens(piece))]
    if not pieces or not haystack:
        return None
    exact = _in_order(haystack, pieces)
    if exact is not None:
        return *_with_marks(text, haystack[exact[0]].start, haystack[exact[1]].end), "exact"
    close = _close(haystack, [t.word for piece in pieces for t in piece])
    if close is not None:
        return *_with_marks(text, haystack[close[0]].start, haystack[close[1]].end), "close"
    return None


def _with_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the punctuation that touches it: a question keeps its mark, a placeholder its brackets."""
    while start > 0 and text[start - 1] in _OPENING:
        start -= 1
    while end < len(text) and text[end] in _CLOSING:
        end += 1
    return start, end


def _in_order(haystack: tuple[_Token, ...], pieces: list[tuple[_Token, ...]]) -> tuple[int, int] | None:
    """First and last token of the pieces found one after the other, or None."""
    words = [t.word for t in haystack]
    at, first = 0, -1
    for piece in pieces:
        wanted = [t.word for t in piece]
        spot = next((i for i in range(at, len(words) - len(wanted) + 1) if words[i : i + len(wanted)] == wanted), None)
        if spot is None:
            return None
        first = spot if first < 0 else first
        at = spot + len(wanted)
    return first, at - 1


def _close(haystack: tuple[_Token, ...], wanted: list[str]) -> tuple[int, int] | None:
    """The stretch with the best token-order coverage, the shortest and first of equals, if that reaches CLOSE."""
    if len(wanted) < SHORTEST_CLOSE:
        return None
    words = [t.word for t in haystack]
    width = len(wanted) + max(2, len(wanted) // 4)
    needed = CLOSE * len(wanted)
    best: tuple[int, int, int] | None = None
    for start in range(len(words)):
        if words[start] not in wanted:
            continue
        kept, last = _common_in_order(words[start : start + width], wanted)
        if kept >= needed and (best is None or (kept, -last) > (best[0], best[1] - best[2])):
            best = (kept, start, start + last)
    return None if best is None else (best[1], best[2])


def _common_in_order(window: list[str], wanted: list[str]) -> tuple[int, int]:
    """Length of the longest common subsequence, and the index of the window's last word in one."""
    row = [0] * (len(wanted) + 1)
    best, last = 0, 0
    for i, word in enumerate(window):
        above = row[:]
        for j, want in enumerate(wanted):
            row[j + 1] = above[j] + 1 if word == want else max(above[j + 1], row[j])
        if row[-1] > best:
            best, last = row[-1], i
    return best, last


class Prover:
    """Proves the quotes of one call.  `unproven` collects what did not hold; `proven` and `close` count."""

    def __init__(self, call: Redacted) -> None:
        self._turns = {turn.id: turn for turn in call.turns}
        self._order = {turn.id: i for i, turn in enumerate(call.turns)}
        self.unproven: list[Unproven] = []
        self.close = 0
        self.proven = 0

    def prove(self, quote: Quote | None, where: str, speaker: Speaker | None = None) -> Proven | None:
        """The proven quote, or None and a line in `unproven`.  `speaker` None takes either side."""
        if quote is None:
            return None
        turn = self._turns.get(quote.turn_id)
        why = _why_not(turn, speaker)
        place = None if turn is None or why else locate(turn.text, quote.text)
        if turn is None or place is None:
            reason = why or "these words are not in that turn"
            self.unproven.append(Unproven(where=where, turn_id=quote.turn_id, claimed=quote.text, why=reason))
            return None
        start, end, match = place
        self.proven += 1
        self.close += match == "close"
        return Proven(
            turn_id=turn.id, speaker=turn.speaker.value, text=turn.text[start:end], start=start, end=end, match=match
        )

    def prove_all(self, quotes: Iterable[Quote], where: str, speaker: Speaker | None = None) -> tuple[Proven, ...]:
        """Those of the quotes that hold, in the order of the conversation."""
        found = [proven for quote in quotes if (proven := self.prove(quote, where, speaker))]
        return tuple(sorted(found, key=self.place))

    def place(self, proven: Proven) -> tuple[int, int]:
        """Where a proven quote stands: (index of the turn, offset in it)."""
        return (self._order[proven.turn_id], proven.start)


def _why_not(turn: RedactedTurn | None, speaker: Speaker | None) -> str:
    if turn is None:
        return "there is no such turn"
    if speaker is not None and turn.speaker is not speaker:
        return f"that turn is not the {speaker.value}'s"
    return ""
