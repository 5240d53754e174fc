"""What a call shows without anybody judging: numbers that stand beside every engine's grades and never move them.

Everything is read from a redacted call and the playbook's lexicons.  A signal is None where the record lacks what it
needs: times, a customer, an agent.  Nothing here is a verdict, and nothing reads tone or guesses at feelings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from coach.calls.transcript import Channel, Redacted, RedactedTurn, Speaker
from coach.engines.exchange import Line
from coach.engines.patterns import ANALYSES
from coach.engines.patterns.analysis import Analysis
from coach.engines.patterns.overview import kindness
from coach.engines.patterns.reading import OVERLAP_S, Spoken
from coach.playbook.rubric import Lexicons

Signals = dict[str, float | int | str | bool | None]

REPEATED_WORDS = 4  # a shorter sentence is ordinary speech
REPEATED_CALLS = 3  # a sentence of the agent's own is a habit from this many calls on; a known phrase from two
_HOLD = re.compile(r"\bhold\b", re.IGNORECASE)
_LEAD_IN = frozenset({"okay", "ok", "so", "right", "well", "no", "yeah", "yes", "and", "but", "aw", "oh", "ah", "um", "now", "alright"})  # fmt: skip


@dataclass(frozen=True)
class StockPhrase:
    """A phrase that one agent says again and again: in `calls` of `of` calls; `known` where a lexicon lists it."""

    phrase: str
    calls: int
    of: int
    known: bool

    def sentence(self) -> str:
        """How it is told to the agent: "you said ... in 9 of 12 calls"."""
        return f'you said "{self.phrase}" in {self.calls} of {self.of} calls'


def analysis_of(redacted: Redacted, lexicons: Lexicons) -> Analysis:
    """A call read by the pattern engine's eyes; a call it has just graded is not read again."""
    lines = tuple(Line(t.id, t.speaker.value, t.text, t.start, t.end) for t in redacted.turns)
    return ANALYSES.of(lines, redacted.channel.value, lexicons)


def heat_of(redacted: Redacted, lexicons: Lexicons) -> list[tuple[str, int]]:
    """Heat 0 to 4 of every customer turn with words, in order: (turn id, heat)."""
    call = analysis_of(redacted, lexicons)
    return [(line.id, call.heat[line.at]) for line in call.reading.customer]


def signals(redacted: Redacted, lexicons: Lexicons) -> Signals:
    """Every signal of a call by name.

    `talk_share_agent` is the agent's share of the words; times are in seconds; `turns_to_first_ack` counts the
    agent's turns up to the first acknowledgement seen; `i_we_ratio` is I-words over we-words (at least one).
    """
    call = analysis_of(redacted, lexicons)
    heats = [level for _, level in heat_of(redacted, lexicons)]
    goodwill = [kindness(line) for line in call.reading.customer]
    opened, closed = _questions(call)
    return {
        "duration_s": _duration(redacted),
        "talk_share_agent": _talk_share(call),
        "longest_agent_turn_words": max((len(line.words) for line in call.reading.agent), default=None),
        "longest_agent_turn_s": _longest_turn(redacted),
        "overlaps": _overlaps(redacted),
        "silence_s": _silence(redacted),
        "response_gap_s": _response_gap(redacted),
        "open_questions": opened,
        "closed_questions": closed,
        "i_we_ratio": _i_we(call),
        "apologies": len(call.apologies_made),
        "turns_to_first_ack": _turns_to_ack(call),
        "exaggeration_contradicted": bool(call.contradictions),
        "customer_thanks": sum("thanks" in kinds or "praise" in kinds for kinds in goodwill),
        "customer_apologies": sum("apology" in kinds for kinds in goodwill),
        "hardest_heat": max(heats, default=None),
        "last_heat": heats[-1] if heats else None,
        "holds": _holds(redacted),
        "hold_longest_s": _longest_hold(redacted),
    }


def _duration(redacted: Redacted) -> float | None:
    """From the first time to the last that the record holds; None without times."""
    times = [t for turn in redacted.turns for t in (turn.start, turn.end) if t is not None]
    return max(times) - min(times) if times else None


def _talk_share(call: Analysis) -> float | None:
    agent = sum(len(line.words) for line in call.reading.agent)
    both = sum(len(line.words) for line in call.reading.spoken)
    return round(agent / both, 3) if both else None


def _questions(call: Analysis) -> tuple[int, int]:
    """Open and closed questions of the agent: sentences that end in a question mark, by what they contain."""
    opened = closed = 0
    for line in call.reading.agent:
        opening = {line.sentence_of[hit.first] for hit in line.raw("open_question")}
        for number in range(len(line.sentences)):
            if line.asks(number) and any(at == number for at in line.sentence_of):
                opened += number in opening
                closed += number not in opening
    return opened, closed


def _i_we(call: Analysis) -> float | None:
    if not call.reading.agent:
        return None
    ours = sum(len(line.raw("we_words")) for line in call.reading.agent)
    own = sum(len(line.raw("i_words")) for line in call.reading.agent)
    return round(own / max(1, ours), 2)


def _turns_to_ack(call: Analysis) -> int | None:
    if not call.acks:
        return None
    return sum(1 for line in call.reading.agent if line.at <= call.acks[0].line.at)


# --- Times: each needs what it names, else it is None.


def _spoken(redacted: Redacted) -> list[RedactedTurn]:
    return [turn for turn in redacted.turns if turn.speaker is not Speaker.SYSTEM]


def _length(turn: RedactedTurn) -> float | None:
    return None if turn.start is None or turn.end is None else max(0.0, turn.end - turn.start)


def _longest_turn(redacted: Redacted) -> float | None:
    if not redacted.timed:
        return None
    lengths = [s for turn in redacted.turns if turn.speaker is Speaker.AGENT and (s := _length(turn)) is not None]
    return round(max(lengths), 1) if lengths else None


def _overlaps(redacted: Redacted) -> int | None:
    """Agent turns that start over a second before the customer's turn has ended; None without both times."""
    if not redacted.timed or redacted.channel is Channel.CHAT:
        return None
    spoken = _spoken(redacted)
    return sum(
        1
        for before, turn in pairwise(spoken)
        if before.speaker is Speaker.CUSTOMER
        and turn.speaker is Speaker.AGENT
        and (_gap(before, turn) or 0) < -OVERLAP_S
    )


def _gap(before: RedactedTurn, turn: RedactedTurn) -> float | None:
    """Seconds from the end of one turn (in writing, from its sending) to the start of the next; below 0 on overlap."""
    since = before.end if before.end is not None else before.start
    return None if since is None or turn.start is None else turn.start - since


def _silence(redacted: Redacted) -> float | None:
    """The longest gap in which nobody speaks and no hold is marked; None without both times."""
    if not redacted.timed or redacted.channel is Channel.CHAT:
        return None
    gaps = [_gap(before, turn) for before, turn in pairwise(redacted.turns)]
    return round(max((gap for gap in gaps if gap is not None), default=0.0), 1)


def _response_gap(redacted: Redacted) -> float | None:
    """The median of the seconds the customer waits for the agent's next turn; None where no starts are known."""
    spoken = _spoken(redacted)
    gaps = [
        max(0.0, gap)
        for before, turn in pairwise(spoken)
        if before.speaker is Speaker.CUSTOMER
        and turn.speaker is Speaker.AGENT
        and (gap := _gap(before, turn)) is not None
    ]
    return round(median(gaps), 1) if gaps else None


def _hold_turns(redacted: Redacted) -> list[RedactedTurn]:
    return [turn for turn in redacted.turns if turn.speaker is Speaker.SYSTEM and _HOLD.search(turn.text)]


def _holds(redacted: Redacted) -> int | None:
    """Holds that the record marks; None where it has no lines of the system, so that a hold could not show."""
    if redacted.channel is Channel.CHAT or not any(turn.speaker is Speaker.SYSTEM for turn in redacted.turns):
        return None
    return len(_hold_turns(redacted))


def _longest_hold(redacted: Redacted) -> float | None:
    lengths = [s for turn in _hold_turns(redacted) if (s := _length(turn)) is not None]
    return round(max(lengths), 1) if lengths else None


# --- Phrases across calls.


def stock_phrases(calls: Iterable[Redacted], lexicons: Lexicons) -> list[StockPhrase]:
    """What one agent says in call after call, the most frequent first.

    Known stock phrases from two calls on; other sentences of four words or more from three calls on, without the
    first and last agent turn of a call (greeting and compliance formulas), questions for data and hold formulas.
    """
    known: Counter[str] = Counter()
    own: Counter[str] = Counter()
    shown: dict[str, str] = {}
    total = 0
    for redacted in calls:
        total += 1
        call = analysis_of(redacted, lexicons)
        known.update(_known_phrases(call.reading.agent))
        sentences = _own_sentences(call.reading.agent)
        own.update(sentences.keys())
        for key, text in sentences.items():
            shown.setdefault(key, text)
    found = [StockPhrase(phrase, n, total, known=True) for phrase, n in known.items() if n > 1]
    found += [StockPhrase(shown[key], n, total, known=False) for key, n in own.items() if n >= REPEATED_CALLS]
    return sorted(found, key=lambda one: (-one.calls, not one.known, one.phrase))


def _known_phrases(lines: Sequence[Spoken]) -> set[str]:
    """The stock phrases of a call as the agent's words, folded, so that the same phrase counts once a call."""
    return {
        " ".join(word.key for word in line.words[hit.first : hit.last + 1])
        for line in lines
        for hit in line.raw("stock_phrase")
        if line.said(hit)
    }


def _own_sentences(lines: Sequence[Spoken]) -> dict[str, str]:
    """Sentences of the agent's inner turns, folded key to text, without lead-ins, known phrases, data and holds."""
    found: dict[str, str] = {}
    for line in lines[1:-1]:
        formulas = {
            line.sentence_of[hit.first]
            for name in ("stock_phrase", "asks_field", "hold", "hold_return", "hold_permission")
            for hit in line.raw(name)
        }
        for number in range(len(line.sentences)):
            words = [word for word, at in zip(line.words, line.sentence_of, strict=True) if at == number]
            while words and words[0].key in _LEAD_IN:
                words = words[1:]
            if number not in formulas and len(words) >= REPEATED_WORDS:
                key = " ".join(word.key for word in words)
                found.setdefault(key, line.text[words[0].start : words[-1].end])
    return found
