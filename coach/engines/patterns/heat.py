"""How heated a customer's words are: 0 neutral, 1 mildly annoyed, 2 plain complaint, 3 contempt, 4 abuse.

VADER's polarity is one feature among several; what moves it nearer to people's ratings are the playbook's lexicons,
denials, accusations ("you"), shouting and the turn before.  Worry, sadness and illness are not heat: their words are
taken out before VADER sees a line.  Weights were fitted on public brand-support threads rated by three people and
rounded; `bench/heat.py` measures them.  Only words are read here: not tone, not the agent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol, cast

from coach.engines.patterns.reading import Spoken

VADER_CHARS = 2_000  # VADER's cost grows with the square of a line's length
USUAL_WORDS = 15  # counts are compared at this length, so that a long account is not hot for its length alone
CARRIED = 0.25  # how much of the turn before stays in a turn
CALM_MEAN = 1.9  # the mean rating of the threads the weights come from
LEVELS = (1.2, 1.85)  # scores from which a turn counts as 1 and 2; 3 and 4 need words
PLAIN = 1.7  # below this score a turn without any sign of annoyance is neutral

_NOT_ANGER = re.compile(
    r"\b(?:worr\w*|sad\w*|scared|afraid|anxi\w*|nervous\w*|sorry|di(?:ed|es|ying)|dead|death|ill|illness|sick(?! of)\w*|"
    r"hospital\w*|cancer|cr(?:y|ied|ying)|funeral|grie(?:f|v\w*)|lonely|pain\w*|hurt\w*|emergency|alarm)\b",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"!{2,}|\?!|!\?|\?{2,}")
_CAPS = re.compile(r"\b[A-Z]{4,}\b(?!-)")
_ANGRY_FACES = re.compile("[😠😡🤬😤😩😒🙄]")
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9 _#-]*\]|https?://\S+")
_DENIALS = frozenset({"not", "no", "never", "nothing", "nobody", "none", "cannot", "nor"})
_YOU = frozenset({"you", "your", "you're", "you've", "yours", "yourselves", "u", "ur"})
_EFFORT = frozenset({"tried", "called", "call", "rang", "told", "spoke", "asked", "emailed", "contacted", "waited", "waiting", "said"})  # fmt: skip
_SPANS = frozenset({"minutes", "minute", "mins", "hour", "hours", "hrs", "day", "days", "week", "weeks", "month", "months", "since"})  # fmt: skip
_WHY = frozenset({"why", "how"})


class _Analyser(Protocol):
    def polarity_scores(self, text: str) -> dict[str, float]: ...


@lru_cache(maxsize=1)
def _vader() -> _Analyser:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # its word list costs a tenth of a second

    return cast(_Analyser, SentimentIntensityAnalyzer())


def vader_heat(text: str) -> float:
    """What VADER alone makes of a text: -1 glad to 1 bitter."""
    return -_vader().polarity_scores(text[:VADER_CHARS])["compound"]


def heat_scores(lines: Sequence[Spoken]) -> list[float]:
    """A score for each customer line, in the order of speaking, roughly 0 to 4; for ranking, not for showing."""
    scores: list[float] = []
    before = CALM_MEAN
    for line in lines:
        own = _own_score(line)
        scores.append(max(0.0, own + CARRIED * (before - CALM_MEAN)))
        before = own
    return scores


def heat_levels(lines: Sequence[Spoken]) -> list[int]:
    """The heat of each customer line, 0 to 4; contempt (3) and abuse (4) need their words, however bitter a line is."""
    return [_level(line, score) for line, score in zip(lines, heat_scores(lines), strict=True)]


def _level(line: Spoken, score: float) -> int:
    if line.found("hostile_4"):
        return 4
    level = sum(score >= floor for floor in LEVELS)
    if line.found("hostile_3") and level >= 2 and not line.found("customer_thanks", "praise", "settled"):
        return 3  # "I thought they'd say I made it up": the words without any bitterness are a story told
    return level if score >= PLAIN or _signalled(line) else 0


def _signalled(line: Spoken) -> bool:
    """True where something besides its length speaks for annoyance."""
    if line.found("complaint_2", "annoyed_1", "threat_leave") or _SHOUTED.search(line.text):
        return True
    return (
        _polarity(line.text)["compound"] < -0.2
        or _count(line, _DENIALS) > 0
        or _ANGRY_FACES.search(line.text) is not None
    )


def _own_score(line: Spoken) -> float:
    length = len(line.words)
    scale = max(1.0, math.sqrt(length / USUAL_WORDS))
    polarity = _polarity(line.text)
    score = 0.9 + 0.27 * math.log1p(min(length, USUAL_WORDS))
    score += -0.43 * polarity["compound"] + 0.5 * polarity["neg"]
    score += 0.65 * min(2, len(line.found("hostile_4"))) + 0.5 * min(2, len(line.found("hostile_3")))
    score += 0.35 * min(2, len(line.found("complaint_2"))) + 0.25 * min(2, len(line.found("threat_leave")))
    score += 0.3 * _scaled(line, _DENIALS, scale) + 0.28 * _scaled(line, _YOU, scale)
    score += 0.24 * _scaled(line, _EFFORT, scale) + 0.2 * _scaled(line, _SPANS, scale)
    score += 0.17 * _scaled(line, _WHY, scale) - 0.2 * min(2, line.text.count("?"))
    score += 0.43 * min(2, len(_SHOUTED.findall(line.text))) + 0.11 * min(3, len(_CAPS.findall(_plain(line.text))))
    score += 0.15 * len(_ANGRY_FACES.findall(line.text)[:3])
    return score - 0.7 * min(2, len(line.found("customer_thanks", "settled", "praise")))


def _scaled(line: Spoken, words: frozenset[str], scale: float) -> float:
    return min(2.0, _count(line, words) / scale)


def _count(line: Spoken, words: frozenset[str]) -> int:
    denials = words is _DENIALS
    return sum(1 for word in line.words if word.key in words or (denials and word.key.endswith("n't")))


def _plain(text: str) -> str:
    return _PLACEHOLDER.sub(" ", text)


@lru_cache(maxsize=4096)
def _polarity(text: str) -> dict[str, float]:
    return _vader().polarity_scores(_NOT_ANGER.sub(" ", _plain(text))[:VADER_CHARS])
