"""The checks of clarifying, resolving and closing: CLA1, CLA3, RES1, RES5, CLO2."""

from __future__ import annotations

from coach.engines.patterns.analysis import Analysis
from coach.engines.patterns.claims import Claim, Quote, absent, quote_hit, quote_move, quote_start, seen, unseen
from coach.engines.patterns.moves import Move
from coach.engines.patterns.particulars import numbers_in
from coach.engines.patterns.questions import open_questions, recaps
from coach.engines.patterns.reading import Spoken
from coach.engines.patterns.wording import Hit

LAST_SHARE, LAST_LINES = 0.2, 4  # the closing part of a call: a fifth of the agent's lines, and no fewer than four
CURT_WORDS = 12  # more words than this before a hold may hold a reason of their own
_SOON = frozenset({"soon", "shortly", "asap", "now", "moment", "second", "before", "between", "within"})


def cla1(call: Analysis) -> Claim:
    """An open question about what happened, put before the first step."""
    step = next((move.order for move in call.commitments if move.full), None)
    asked = [move for move in open_questions(call.reading) if step is None or move.order < step]
    heard = [move for move in asked if any(line.at > move.line.at for line in call.reading.answered)]
    if not heard:
        return unseen("CLA1", "No open question is seen; closed ones may have been enough.")
    return seen(
        "CLA1", "met", call.account_quote(), [quote_move(heard[0])], "An open question about the problem is seen."
    )


def cla3(call: Analysis) -> Claim:
    """A summing-up with two of the customer's particulars, checked with them, before the first step."""
    step = next((move.order for move in call.commitments if move.full), None)
    early = [move for move in recaps(call.reading, call.told) if move.full and (step is None or move.order < step)]
    if not early:
        return unseen("CLA3", "No summing-up with a check is seen in known wording.")
    return seen(
        "CLA3", "met", call.account_quote(), [quote_move(early[0])], "Sums up the customer's particulars and checks."
    )


def res1(call: Analysis) -> Claim:
    """ "I will" with an act that can be checked is met; "we" or "they" with one, or noting alone, is partial."""
    whole = [move for move in call.commitments if move.full]
    found = whole or call.commitments
    if not found:
        return unseen("RES1", "No commitment is seen in known wording.")
    why = "The agent binds itself to an act." if whole else "A step is named, without the agent as its owner."
    return seen("RES1", "met" if whole else "partial", call.account_quote(), [quote_move(found[0])], why)


def res5(call: Analysis) -> Claim:
    """Holds are announced with a reason or a length; a hold after a few bare words is missed."""
    holds = [line for line in call.holds if any(one.at < line.at for one in call.reading.agent)]
    if not holds:
        return absent("RES5", "No hold is seen in the record.")
    if call.reading.channel != "phone":
        return unseen("RES5", "In writing a wait cannot be told from an ordinary pause.")
    told = [(hold, _told(call, hold)) for hold in holds]
    bare = [hold for hold, quotes in told if not quotes]
    if not bare:
        evidence = [one for _, quotes in told for one in quotes]
        return seen("RES5", "met", quote_start(holds[0]), evidence, "Holds are announced with a reason or a length.")
    curt = [hold for hold in bare if len(_before(call, hold)[-1].words) <= CURT_WORDS]
    if not curt:
        return unseen("RES5", "Something is said before the hold; whether it gives a reason needs meaning.")
    return seen(
        "RES5", "missed", quote_start(curt[0]), (), "A hold is seen after a few words without reason or length."
    )


def _before(call: Analysis, hold: Spoken) -> list[Spoken]:
    return [line for line in call.reading.agent if line.at < hold.at]


def _told(call: Analysis, hold: Spoken) -> list[Quote]:
    """The agent's words in the two lines before a hold that give a reason or a length."""
    found = []
    for line in _before(call, hold)[-2:]:
        hits = [*line.found("hold_reason"), *_lengths(line)]
        if hits:
            found.append(quote_hit(line, hits[0]))
    return found


def _lengths(line: Spoken) -> list[Hit]:
    units = {"minute", "minutes", "mins", "min", "seconds", "hour"}
    return [
        hit for hit in line.found("time_expression") if {w.key for w in line.words[hit.first : hit.last + 1]} & units
    ]


def clo2(call: Analysis) -> Claim:
    """A next step with who, what and when in the closing part of the call."""
    agent = call.reading.agent
    closing = {line.at for line in agent[-max(LAST_LINES, round(len(agent) * LAST_SHARE)) :]}
    late = [move for move in call.commitments if move.line.at in closing and when_of(move) is not None]
    if not late:
        return unseen("CLO2", "No step with a time is seen at the end; it may stand earlier or in other words.")
    whole = [move for move in late if move.full]
    why = "Names who, what and when." if whole else "Names a step and a time, without the agent as its owner."
    return seen("CLO2", "met" if whole else "partial", call.account_quote(), [quote_move((whole or late)[0])], why)


def when_of(move: Move) -> str | None:
    """The time named in a commitment's sentence, in the agent's words ("by Friday", "at three"), or None."""
    line = move.line
    sentence = line.sentences.index(move.start)
    numbers = numbers_in(line)
    spans = [(hit.first, hit.last) for hit in line.sentence_hits(sentence, "time_expression") if _is_when(line, hit)]
    clock = [
        (at - 1, at) for at in numbers if at and line.sentence_of[at] == sentence and line.words[at - 1].key in _CLOCK
    ]
    named = sorted([*spans, *clock], key=lambda span: (span[0] - span[1], span[0]))
    if not named:
        return None
    first, last = named[0]
    while first > 0 and line.words[first - 1].key in _LEADS and line.sentence_of[first - 1] == sentence:
        first -= 1
    return line.text[line.words[first].start : line.words[last].end][:WHEN_CHARS]


def _is_when(line: Spoken, hit: Hit) -> bool:
    """True unless the phrase is "soon" or a bare connecting word."""
    return line.words[hit.last].key not in _SOON


WHEN_CHARS = 60
_CLOCK = frozenset({"at", "by", "before", "half", "till", "until"})
_LEADS = frozenset({"by", "at", "before", "within", "in", "on", "the", "next", "this", "half", "until", "till", "two", "three", "five", "ten"})  # fmt: skip
