"""Which calls there is something to judge in.  Nothing here judges."""

from __future__ import annotations

import re
from collections.abc import Iterable

from coach.calls.transcript import Speaker, Transcript

FEWEST_TURNS = 2
FEWEST_WORDS = 30

# Scripts without spaces would make one word of a whole sentence.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def count_words(text: str) -> int:
    """Words of a text; in Chinese, Japanese and Korean each character is one."""
    return sum(1 for _ in _WORD.finditer(text))


def _spoken(counts: Iterable[int]) -> int:
    return sum(1 for count in counts if count)


def why_ungradable(transcript: Transcript) -> str | None:
    """Why this call cannot be graded, in one line, or None where it can."""
    counts: dict[Speaker, list[int]] = {who: [] for who in Speaker}
    for turn in transcript.turns:
        counts[turn.speaker].append(count_words(turn.text))
    agent, customer = _spoken(counts[Speaker.AGENT]), _spoken(counts[Speaker.CUSTOMER])
    words = sum(counts[Speaker.AGENT]) + sum(counts[Speaker.CUSTOMER])
    if not words:
        return "nobody says a word"
    if not agent or not customer:
        return f"only the {'customer' if customer else 'agent'} speaks"
    if agent < FEWEST_TURNS or customer < FEWEST_TURNS:
        return f"too few turns to judge (agent {agent}, customer {customer}; {FEWEST_TURNS} each are needed)"
    if words < FEWEST_WORDS:
        return f"too few words to judge ({words}; {FEWEST_WORDS} are needed)"
    return None
