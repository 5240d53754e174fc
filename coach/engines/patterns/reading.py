"""A call's lines read once: words, phrases found, sentences, and who answers whom.

Everything that checks, moves and heat need of a line is worked out here, one time for all parts of a call.  This
module says what stands in the lines; what it means for a check is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from coach.engines.exchange import Line
from coach.engines.patterns.wording import (
    Hit,
    Sentences,
    Word,
    Wording,
    denied,
    inside,
    quoted_spans,
    reported,
    words_of,
)

READ_CHARS = 12_000  # what stands further on in one line is not read; nobody speaks that long
QUOTE_CHARS = 280  # a quote longer than this is cut at a word around what was found
BACKCHANNEL_WORDS = 3  # up to three words are listening, not taking over


class Spoken:
    """One line with what was found in it.  `at` is its place in the call, counted from 0."""

    def __init__(self, at: int, line: Line, wording: Wording) -> None:
        self.at = at
        self.id = line.id
        self.speaker = line.speaker
        self.text = line.text[:READ_CHARS]
        self.start = line.start
        self.end = line.end
        self.words: tuple[Word, ...] = words_of(self.text)
        self.sentences = Sentences(self.text)
        self._hits = wording.hits(self.words)
        self._quoted = quoted_spans(self.text)
        self._found: dict[tuple[str, ...], dict[int, tuple[Hit, ...]]] = {}

    @cached_property
    def sentence_of(self) -> tuple[int, ...]:
        """For each word, the number of its sentence."""
        return tuple(self.sentences.index(word.start) for word in self.words)

    @cached_property
    def _floors(self) -> dict[int, int]:
        floors: dict[int, int] = {}
        for at, sentence in enumerate(self.sentence_of):
            floors.setdefault(sentence, at)
        return floors

    def raw(self, lexicon: str) -> tuple[Hit, ...]:
        """Every place of a lexicon's phrases, guarded or not."""
        return self._hits.get(lexicon, ())

    def found(self, *lexicons: str) -> tuple[Hit, ...]:
        """The places of the lexicons' phrases that are neither denied, nor quoted, nor somebody's words told again."""
        return tuple(hit for hits in self._by_sentence(lexicons).values() for hit in hits)

    def sentence_hits(self, sentence: int, *lexicons: str) -> tuple[Hit, ...]:
        """The guarded places of the lexicons' phrases that begin in one sentence."""
        return self._by_sentence(lexicons).get(sentence, ())

    def _by_sentence(self, lexicons: tuple[str, ...]) -> dict[int, tuple[Hit, ...]]:
        known = self._found.get(lexicons)
        if known is None:
            groups: dict[int, list[Hit]] = {}
            hits = sorted((hit for name in lexicons for hit in self.raw(name)), key=lambda hit: (hit.first, hit.last))
            for hit in hits:
                if self.said(hit) and not self.denies(hit):
                    groups.setdefault(self.sentence_of[hit.first], []).append(hit)
            known = self._found[lexicons] = {number: tuple(group) for number, group in groups.items()}
        return known

    def said(self, hit: Hit) -> bool:
        """True where the phrase is the speaker's own, not in quotation marks and not "you said ..."."""
        start, end = self.place(hit)
        return not inside(self._quoted, start, end) and not reported(self.words, hit.first, self.floor(hit))

    def denies(self, hit: Hit) -> bool:
        """True where "not" or "never" stands shortly before the phrase, in its sentence."""
        return denied(self.text, self.words, hit.first, self.floor(hit))

    def floor(self, hit: Hit) -> int:
        """The first word of the sentence that a phrase stands in."""
        return self._floors[self.sentence_of[hit.first]]

    def place(self, hit: Hit) -> tuple[int, int]:
        """Offsets of a phrase in the text."""
        return self.words[hit.first].start, self.words[hit.last].end

    def sentence_text(self, sentence: int) -> str:
        """The words of one sentence as they stand."""
        start, end = self.sentences.span(sentence)
        return self.text[start:end]

    def asks(self, sentence: int) -> bool:
        """True where a sentence ends in a question mark."""
        return "?" in self.sentence_text(sentence)[-3:]

    def around(self, start: int, end: int) -> str:
        """The sentences that hold start to end, verbatim; a long stretch is cut at words around the place."""
        low = self.sentences.span(self.sentences.index(start))[0]
        high = self.sentences.span(self.sentences.index(max(start, end - 1)))[1]
        low, high = min(low, start), max(high, end)
        if high - low <= QUOTE_CHARS:
            return self.text[low:high]
        low = max(low, start - QUOTE_CHARS // 2)
        high = min(high, low + QUOTE_CHARS)
        kept = [word for word in self.words if low <= word.start and word.end <= high]
        return self.text[kept[0].start : kept[-1].end] if kept else self.text[start : start + QUOTE_CHARS]

    @property
    def is_backchannel(self) -> bool:
        """True for up to three words, or a line of nothing but listening signals."""
        if len(self.words) <= BACKCHANNEL_WORDS:
            return True
        heard = {at for hit in self.raw("backchannel") for at in range(hit.first, hit.last + 1)}
        return len(heard) == len(self.words)

    @property
    def is_cut(self) -> bool:
        """True where the line breaks off: it ends in a dash."""
        return self.text.rstrip("\"'”’ ").endswith(("—", "–", "--", " -"))


@dataclass(frozen=True)
class Reading:
    """A whole call, read."""

    lines: tuple[Spoken, ...]
    channel: str

    @cached_property
    def spoken(self) -> tuple[Spoken, ...]:
        """The lines of the two people that hold a word."""
        return tuple(line for line in self.lines if line.speaker != "system" and line.words)

    @cached_property
    def agent(self) -> tuple[Spoken, ...]:
        """The agent's lines."""
        return tuple(line for line in self.spoken if line.speaker == "agent")

    @cached_property
    def customer(self) -> tuple[Spoken, ...]:
        """The customer's lines."""
        return tuple(line for line in self.spoken if line.speaker == "customer")

    @cached_property
    def answered(self) -> tuple[Spoken, ...]:
        """The customer's lines after which the agent still spoke: only these give an opportunity."""
        last = self.agent[-1].at if self.agent else -1
        return tuple(line for line in self.customer if line.at < last)

    @cached_property
    def timed(self) -> bool:
        """True for a phone call whose every line carries start and end."""
        return (
            self.channel == "phone"
            and bool(self.spoken)
            and all(line.start is not None and line.end is not None for line in self.spoken)
        )

    @cached_property
    def account(self) -> tuple[Spoken, ...]:
        """The customer's first account: their lines from the first of ten words on, until the agent takes over.

        Listening signals and lines of system or agent that the customer talks through do not end it.
        """
        first = next((line for line in self.answered if _tells(line)), None)
        if first is None:
            return ()
        lines = [first]
        for line in self.lines[first.at + 1 :]:
            if line.speaker == "customer" and line.words:
                lines.append(line)
            elif line.speaker == "agent" and line.words and not line.is_backchannel and not _breaks_in(line, lines[-1]):
                break
        return tuple(line for line in lines if line.at <= self.answered[-1].at)


ACCOUNT_WORDS = 10  # a first line shorter than this is a greeting, not an account
ASKING_WORDS = 20  # a shorter line that ends in a question is not an account yet
OVERLAP_S = 1.0  # less than a second of talking over one another is ordinary speech


def _tells(line: Spoken) -> bool:
    enough = ASKING_WORDS if line.text.rstrip().endswith("?") else ACCOUNT_WORDS
    return len(line.words) >= enough


def _breaks_in(line: Spoken, before: Spoken) -> bool:
    """True where an agent line starts over a second before the customer's line has ended."""
    if line.start is None or before.end is None:
        return False
    return before.end - line.start > OVERLAP_S


def interrupts(line: Spoken, before: Spoken, timed: bool) -> bool:
    """True where `line` takes the word from `before`: over a second of overlap, or a line broken off for it."""
    if line.is_backchannel:
        return False
    if timed and _breaks_in(line, before):
        return not line.raw("backchannel") or line.raw("backchannel")[0].first > 0
    gap = 0.0 if line.start is None or before.end is None else line.start - before.end
    return before.is_cut and gap <= CUT_GAP_S


CUT_GAP_S = 0.3  # a pause after a broken-off line means the speaker stopped by themselves
