"""The checks of staying steady and listening: CALM1, CALM3, LIS1, LIS2, LIS3."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.engines.patterns.analysis import Analysis
from coach.engines.patterns.claims import (
    Claim,
    Quote,
    absent,
    against,
    quote,
    quote_hit,
    quote_move,
    quote_start,
    seen,
    unseen,
)
from coach.engines.patterns.particulars import Taken
from coach.engines.patterns.reading import Spoken, interrupts
from coach.engines.patterns.wording import Hit

_AT_CUSTOMER = re.compile(r"\b(?:you|your|you're)\b", re.I)
_REFERENCE = re.compile(r"\b[A-Z]{1,4}-?\d{4,}\b|\[(?:ORDER|REF|REFERENCE|ACCOUNT)[^\]]*\]")
_REFERENCE_FIELDS = frozenset({"order number", "order reference", "order no", "reference number", "order ref"})
MISHEARD = 4  # lines after which "sorry, what was that number?" is no longer a slip of the ear
_MISHEARD = re.compile(r"\b(?:sorry|again|repeat|catch|missed)\b", re.I)
_OTHER_ONE = re.compile(
    r"\b(?:other|another|new|second|different|old|first|original|confirm|is it|is that|got a reference)\b", re.I
)


def calm1(call: Analysis) -> Claim:
    """No blame and no arguing: seen wording counts against it, its absence shows nothing."""
    where = _hot_quote(call)
    if where is None and call.calm:
        return absent("CALM1", "No word of the customer's shows annoyance or dispute.")
    lines = list(_blames(call))
    if where is None or not lines:
        return unseen("CALM1", "No blaming or arguing phrase is seen; other wording may still argue.")
    verdict = "partial" if len(lines) == 1 else "missed"
    return against("CALM1", verdict, where, lines, f"Blaming or arguing phrases in {len(lines)} of the agent's lines.")


def _blames(call: Analysis) -> Iterator[Quote]:
    for line in call.reading.agent:
        abuse = [
            hit
            for hit in line.found("hostile_4", "hostile_3")
            if _AT_CUSTOMER.search(line.sentence_text(line.sentence_of[hit.first]))
        ]
        hits = [*line.found("calm_down", "blame_argue", "as_i_said"), *abuse]
        corrected = [move for move in call.contradictions if move.line is line]
        if hits:
            yield quote_hit(line, hits[0])
        elif corrected:
            yield quote_move(corrected[0])


def calm3(call: Analysis) -> Claim:
    """Never "calm down"; sarcasm and cheer need meaning."""
    where = _hot_quote(call)
    if where is None and call.calm:
        return absent("CALM3", "No word of the customer's shows annoyance or dispute.")
    told = [quote_hit(line, hits[0]) for line in call.reading.agent if (hits := line.found("calm_down"))]
    if where is None or not told:
        return unseen("CALM3", "The customer is not told to calm down; sarcasm and cheer need meaning.")
    return against("CALM3", "missed", where, told, "The customer is told to calm down.")


def _hot_quote(call: Analysis) -> Quote | None:
    hot = [line for line in call.reading.answered if call.heat[line.at] >= 1]
    if not hot:
        return None
    hottest = max(hot, key=lambda line: call.heat[line.at])
    hits = hottest.found("hostile_4", "hostile_3", "complaint_2", "threat_leave", "annoyed_1")
    return quote_hit(hottest, hits[0]) if hits else quote_start(hottest)


def lis1(call: Analysis) -> Claim:
    """The first account is finished before the agent takes over: read from times, on the phone alone."""
    if not call.reading.timed:
        return unseen("LIS1", "The record has no times for every line, or is written.")
    account = call.reading.account
    if not account:
        return unseen("LIS1", "No account of ten words or more is seen.")
    where = quote_start(account[0])
    breaks = [quote_start(line) for line in _breaks(call, account)]
    if breaks:
        return against("LIS1", "missed", where, breaks, "The agent starts while the customer is still telling it.")
    return against("LIS1", "met", where, (), "The times show no interruption of the first account.")


def _breaks(call: Analysis, account: tuple[Spoken, ...]) -> Iterator[Spoken]:
    for line in account:
        after = call.reading.lines[line.at + 1] if line.at + 1 < len(call.reading.lines) else None
        if after is not None and after.speaker == "agent" and after.words and interrupts(after, line, timed=True):
            yield after


def lis2(call: Analysis) -> Claim:
    """A reply takes up what this customer told: words and numbers shared with earlier customer lines."""
    given = next((line for line in call.reading.answered if call.told.given(line)), None)
    if given is None:
        return unseen("LIS2", "No number, day or other particular of the customer's is seen.")
    steady = [line for line in call.reading.agent if not line.found("blame_argue", "as_i_said", "calm_down")]
    best = max(steady, key=lambda line: _weight(call.told.taken(line)), default=None)
    taken = call.told.taken(best) if best else ()
    strong = sum(one.strong for one in taken)
    if best is None or (strong < 2 and len(taken) < 3):
        return unseen("LIS2", "Few of the customer's words come back; it may be taken up in other words.")
    low, high = taken[0].start, taken[1].end
    why = f"The agent's line shares {len(taken)} particulars with what the customer told."
    return seen("LIS2", "met", quote_start(given), [quote(best, low, high)], why)


def _weight(taken: tuple[Taken, ...]) -> int:
    strong = sum(one.strong for one in taken)
    return 2 * strong + len(taken) if strong else 0


def lis3(call: Analysis) -> Claim:
    """Does not ask for a reference that the customer has already given."""
    asked = list(_asked_again(call))
    if not asked:
        return unseen("LIS3", "No field is seen to be asked for twice; other repeats need meaning.")
    given, line, hit = asked[0]
    where = quote(given, *_first_span(given))
    return against(
        "LIS3", "missed", where, [quote_hit(line, hit)], "Asks for a reference the customer has already given."
    )


def _first_span(line: Spoken) -> tuple[int, int]:
    match = _REFERENCE.search(line.text)
    return match.span() if match else (line.words[0].start, line.words[0].end)


def _asked_again(call: Analysis) -> Iterator[tuple[Spoken, Spoken, Hit]]:
    given = [line for line in call.reading.customer if _REFERENCE.search(line.text)]
    for line in call.reading.agent:
        for hit in line.raw("asks_field"):
            sentence = line.sentence_of[hit.first]
            text = line.sentence_text(sentence)
            name = " ".join(word.key for word in line.words[hit.first : hit.last + 1])
            before = next((one for one in given if one.at < line.at), None)
            asked = name in _REFERENCE_FIELDS and line.asks(sentence) and not _OTHER_ONE.search(text)
            if asked and before is not None and not _misheard(line, before):
                yield before, line, hit


def _misheard(line: Spoken, given: Spoken) -> bool:
    """True where the agent asks at once for a repeat of what was just said."""
    return line.at - given.at <= MISHEARD and bool(_MISHEARD.search(line.text))
