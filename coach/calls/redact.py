"""The one maker of `Redacted`: personal data masked, every turn one clean line, nothing in it that passes for a turn.

It fails closed.  Known values of the record go first, as written and as spoken; then e-mails, addresses, names that
people's own words give away; then every run of three digits or more that is not plainly an order number, an amount, a
time or a date.  What it cannot know is a name that neither the record nor the talk marks as one.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from coach.calls.clean import PLACEHOLDER, clean_line, neutralise, split_long
from coach.calls.cues import Asked, Line, asked_by, line_of
from coach.calls.instruct import gives_orders
from coach.calls.known import Known, Pattern, Span, find_known, known_of
from coach.calls.names import find_names
from coach.calls.numbers import amount_digits, find_numbers, order_digits
from coach.calls.places import find_places
from coach.calls.transcript import Record, Redacted, RedactedTurn, Speaker, Transcript, Turn
from coach.calls.wordlists import AMBIGUOUS

INSTRUCTION_LIKE = "instruction_like_text"
UNREADABLE = "unreadable_agent_turn"
DISORDERED = "times_disordered"
MIXED_TIMES = "times_missing"

_UNREADABLE = re.compile(
    r"[\[({]\s?(?:inaudible|unclear|unintelligible|indistinct|crosstalk|garbled|noise|static|\?{2,})[^\])}]{0,30}[\])}]|\?{3,}|\*{4,}",
    re.IGNORECASE,
)
# What is found goes on being looked for until nothing new is: masking one value can bring another to light.
_MOST_PASSES = 12
_EARLY = 4
_ORDER_OF_KINDS = (
    *("LINK", "EMAIL", "CARD", "IBAN", "BIRTHDATE", "ADDRESS", "AGENT", "CUSTOMER"),
    *("PRIVATE", "PHONE", "ACCOUNT", "POSTCODE", "NUMBER", "LOGIN", "NAME"),
)


@dataclass(frozen=True)
class _Piece:
    """A line of the call on its way: the turn it is of, its text, its times."""

    speaker: Speaker
    text: str
    start: float | None
    end: float | None


def _pieces(turn: Turn) -> list[_Piece]:
    """The turn as one line, or as several where it is too long for one; times are shared out by length."""
    made = [line for part in split_long(turn.text) if (line := clean_line(part))]
    if len(made) < 2 or turn.start is None or turn.end is None:
        return [_Piece(turn.speaker, line, turn.start, turn.end) for line in made]
    total, pieces, at = sum(map(len, made)), [], turn.start
    for line in made:
        until = at + (turn.end - turn.start) * len(line) / total
        pieces.append(_Piece(turn.speaker, line, round(at, 3), round(until, 3)))
        at = until
    return pieces


def _resolved(spans: Sequence[Span], text: str) -> list[Span]:
    """Spans that do not overlap, in order: overlapping ones become one, of the kind that says most.

    Placeholders that stand in the text already are cut around, never masked again.
    """
    taken = [found.span() for found in PLACEHOLDER.finditer(text)]
    merged: list[Span] = []
    for span in sorted(_cut(spans, taken), key=lambda s: (s.start, -s.end)):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            kind = min(last.kind, span.kind, key=_rank)
            merged[-1] = Span(last.start, max(last.end, span.end), kind)
        else:
            merged.append(span)
    return merged


def _below(known: Sequence[Span], spans: Sequence[Span]) -> list[Span]:
    """The spans; those that touch a known value say no more than that they are names."""
    covered = bytearray(max((s.end for s in (*known, *spans)), default=0))
    for value in known:
        covered[value.start : value.end] = b"\1" * (value.end - value.start)
    return [replace(s, kind="NAME") if 1 in covered[s.start : s.end] else s for s in spans]


def _rank(kind: str) -> int:
    return _ORDER_OF_KINDS.index(kind)


def _cut(spans: Sequence[Span], taken: Sequence[tuple[int, int]]) -> list[Span]:
    """The parts of spans that lie outside the taken places, which are in order and apart."""
    ends = [end for _, end in taken]
    parts = []
    for span in spans:
        at, place = span.start, bisect_right(ends, span.start)
        while place < len(taken) and taken[place][0] < span.end:
            parts.append(Span(at, taken[place][0], span.kind))
            at, place = taken[place][1], place + 1
        parts.append(Span(at, span.end, span.kind))
    return [part for part in parts if part.start < part.end]


def _masked(text: str, spans: Sequence[Span], counts: Counter[str]) -> str:
    made, at = [], 0
    for span in _resolved(spans, text):
        words = text[span.start : span.end]
        core = words.strip(" ,.;:!?-/'\"")
        if not any(char.isalnum() for char in core):
            continue
        lead = words.index(core)
        counts[span.kind.lower()] += 1
        made += [text[at : span.start + lead], f"[{span.kind}]"]
        at = span.start + lead + len(core)
    made.append(text[at:])
    return "".join(made)


def _blanked(text: str) -> str:
    """The text with placeholders made into signs of the same length, so that no finder takes them for words."""
    return PLACEHOLDER.sub(lambda found: "\u25a1" * len(found[0]), text)


class _Call:
    """One call being redacted: what is known of it, and what its own words have given away so far."""

    def __init__(self, record: Record) -> None:
        self.counts: Counter[str] = Counter()
        self._known: Known = known_of(record.agent_name, record.customer, record.known)
        self._orders: frozenset[str] = frozenset()

    def settle(self, pieces: list[_Piece]) -> list[_Piece]:
        """Mask until nothing more is found."""
        for _ in range(_MOST_PASSES):
            masked = self._pass(pieces)
            if masked == pieces:
                break
            pieces = masked
        return pieces

    def _lines(self, pieces: Sequence[_Piece]) -> list[Line]:
        """The lines with what was asked before each.  A word or two ("mm-hm") between question and answer is no turn."""
        lines: list[Line] = []
        asked = Asked()
        for piece in pieces:
            text = _blanked(piece.text)
            line = line_of(text, by_agent=piece.speaker is Speaker.AGENT, asked=asked, early=len(lines) < _EARLY)
            lines.append(line)
            asks = asked_by(line)
            if len(line.atoms) > 2 or asks != Asked():
                asked = asks
        return lines

    def _pass(self, pieces: list[_Piece]) -> list[_Piece]:
        lines = self._lines(pieces)
        self._orders |= {digits for line in lines for digits in (*order_digits(line), *amount_digits(line))}
        found = [find_names(line) for line in lines]
        for named in (name for names in found for name in names if name.sure):
            self._learn(named.words, named.span.kind)
        masked: list[_Piece] = []
        said_number = -9
        for at, (piece, line, names) in enumerate(zip(pieces, lines, found, strict=True)):
            dictating = at - said_number <= 3
            line = replace(line, dictating=dictating)
            numbers = find_numbers(line, self._orders)
            if numbers or (line.only_numbers and dictating) or "[NUMBER]" in piece.text or "[PHONE]" in piece.text:
                said_number = at
            known = find_known(line.text, line.atoms, self._known, by_agent=line.by_agent)
            spans = [*numbers, *find_places(line), *known, *_below(known, [name.span for name in names])]
            masked.append(replace(piece, text=_masked(piece.text, spans, self.counts)))
        return masked

    def _learn(self, words: Sequence[str], kind: str) -> None:
        """Names that the talk gave away count as known from here on; words that are also no names only as names."""
        for word in words:
            if word not in self._known.by_first:
                self._known.add(Pattern(((word, False),), kind, weak=word in AMBIGUOUS))


def _problems(transcript: Transcript, lines: Sequence[_Piece]) -> tuple[str, ...]:
    found = []
    agent = Speaker.AGENT
    if any(gives_orders(unicodedata.normalize("NFKC", line.text)) for line in lines):
        found.append(INSTRUCTION_LIKE)
    if any(line.speaker is agent and _UNREADABLE.search(line.text) for line in lines):
        found.append(UNREADABLE)
    starts = [turn.start for turn in transcript.turns]
    given = [start for start in starts if start is not None]
    if any(later < earlier for earlier, later in pairwise(given)):
        found.append(DISORDERED)
    if given and len(given) < len(starts):
        found.append(MIXED_TIMES)
    return tuple(found)


def redact(transcript: Transcript) -> Redacted:
    """The call as it may be shown: to a model, a page, a store or a log.

    Turns without a visible character are left out; a turn over 4,000 characters becomes several.  Ids are T01, T02,
    ... (T001 from 100 turns on), so that they compare in the order of speaking.
    """
    record = transcript.record
    raw = [piece for turn in transcript.turns for piece in _pieces(turn)]
    note = _pieces(Turn(speaker=Speaker.SYSTEM, text=record.note))
    call = _Call(record)
    masked = call.settle([replace(piece, text=neutralise(piece.text)) for piece in (*raw, *note)])
    spoken, noted = masked[: len(raw)], masked[len(raw) :]
    width = max(2, len(str(len(spoken))))
    turns = tuple(
        RedactedTurn(id=f"T{number:0{width}d}", speaker=p.speaker, text=p.text, start=p.start, end=p.end)
        for number, p in enumerate(spoken, start=1)
    )
    return Redacted(
        call_id=record.call_id,
        agent=record.agent,
        team=record.team,
        started_at=record.started_at,
        channel=record.channel,
        ended_by=record.ended_by,
        translated=record.translated,
        turns=turns,
        note=" ".join(piece.text for piece in noted),
        masked=dict(sorted(call.counts.items())),
        problems=_problems(transcript, [*raw, *note]),
    )
