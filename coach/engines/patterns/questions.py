"""How an agent finds out and checks: open questions, summings-up, and setting the customer's number right."""

from __future__ import annotations

import re
from itertools import pairwise

from coach.engines.patterns.moves import Move, move_at
from coach.engines.patterns.particulars import Particulars, in_range, numbers_in
from coach.engines.patterns.reading import Reading, Spoken
from coach.engines.patterns.wording import Hit


def open_questions(reading: Reading) -> list[Move]:
    """Open questions about what happened; greetings, form data and logistics are left out."""
    found = []
    for line in reading.agent[1:]:
        fields = {line.sentence_of[hit.first] for hit in line.raw("asks_field")}
        for hit in line.found("open_question"):
            sentence = line.sentence_of[hit.first]
            if sentence in fields or not _truly_asks(line, hit, sentence):
                continue
            found.append(move_at(line, hit, True))
            break
    return found


_LOGISTICS = re.compile(
    r"\b(?:help you|how are you|sound|suit|best (?:time|day)|prefer|call you|anything else|time would|day would|like me to|called|spell)\b",
    re.I,
)


def _truly_asks(line: Spoken, hit: Hit, sentence: int) -> bool:
    text = line.sentence_text(sentence)
    if _LOGISTICS.search(text):
        return False
    opener = line.words[hit.first].key
    if opener in {"when", "who", "where", "which"}:
        return False
    asked = line.asks(sentence) or (opener in {"tell", "talk", "walk", "describe"} and hit.first - line.floor(hit) <= 4)
    return asked and hit.first - line.floor(hit) <= 6


_CORRECTS = re.compile(r"\b(?:showing|shows|says|only|not been|actually|it was|wasn't|isn't|it's not)\b", re.I)
_TIME_UNITS = frozenset(
    {"minute", "minutes", "mins", "hour", "hours", "day", "days", "week", "weeks", "times", "calls"}
)


def contradictions(reading: Reading) -> list[Move]:
    """Agent lines that answer a customer's number of minutes, days or times with another number of their own."""
    found = []
    for line, after in pairwise(reading.spoken):
        if line.speaker != "customer" or after.speaker != "agent":
            continue
        given = numbers_in(line)
        claimed = {value for at, value in given.items() if _unit_near(line, at)}
        own = numbers_in(after)
        keys = [word.key for word in after.words]
        echo = [at for at, value in own.items() if value in claimed and not in_range(own, keys, at)]
        other = [at for at, value in own.items() if value not in given.values() and not in_range(own, keys, at)]
        if echo and other and _CORRECTS.search(after.text):
            low, high = min(echo[0], other[0]), max(echo[0], other[0])
            found.append(Move(after, after.words[low].start, after.words[high].end, True))
    return found


def _unit_near(line: Spoken, at: int) -> bool:
    return bool(_TIME_UNITS & {word.key for word in line.words[at : at + 4]})


def recaps(reading: Reading, told: Particulars) -> list[Move]:
    """Summings-up with two or more of the customer's particulars; `full` where the recap asks whether it is right."""
    found = []
    for line in reading.agent:
        hits = line.found("recap")
        taken = told.taken(line)
        if not hits or len(taken) < 2 or not any(one.strong for one in taken):
            continue
        checks = any(line.asks(line.sentence_of[hit.first]) for hit in hits)
        start = line.place(hits[0])[0]
        found.append(Move(line, min(start, taken[0].start), max(one.end for one in taken), checks))
    return found
