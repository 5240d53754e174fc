"""What an agent does in a line, as far as wording shows it: acknowledge, apologise, commit, open a fix.

Each move names its line and place.  A move seen is wording found under its guards; a move not seen may still have
been made in other words, which is why nothing here says "missed".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from coach.engines.patterns.particulars import Particulars, numbers_in
from coach.engines.patterns.reading import Reading, Spoken
from coach.engines.patterns.wording import Hit

_LOOKING = re.compile(
    r"(?:check|look|find|found|confirm|ask|speak|spoke|track|trac|open|get|got|correct|apply|applied|deliver|collect|"
    r"change|updat|repair|fix|contact|message)"
)
_NOTING = re.compile(r"(?:log|pass|flag|escalat)")
_VAGUE = re.compile(r"(?:put|note|noting|add|writ|wrote|request)")  # "I'll put that in": on the case, or in a note
_PAPER = frozenset({"request", "query", "message", "note", "form", "ticket"})
_SKIPPED_WORDS = (
    "just now also then go ahead and personally definitely already be get make sure that it this you actually"
)
_SKIPPED = frozenset(_SKIPPED_WORDS.split())
_SKIP_AT_MOST = 4
_GENERIC = re.compile(
    r"\b(?:inconvenience|inconvenienced|trouble|hear (?:that|this|about)|about (?:that|this|it)|for (?:that|this|it|any))\b",
    re.I,
)
_LIMIT = re.compile(
    r"\b(?:i|we)(?: can(?:no|['’])t| can not|['’]m (?:not|unable)| am (?:not|unable)| don['’]?t|['’]re (?:not|unable)| couldn['’]?t)\b",
    re.I,
)
_ASIDE = re.compile(
    r"\b(?:keep|keeping|kept) you\b|\bhold\b|\bbear with\b|\binterrupt|\bmy (?:screen|system|computer)|\bthe line\b",
    re.I,
)
GENERIC_WORDS = 10  # a longer sentence may say what for in words of its own
_BEFORE_SORRY = frozenset({"i'm", "am", "so", "very", "really", "truly", "terribly", "awfully", "deeply", "genuinely", "we're", "are"})  # fmt: skip
_AFTER_SORRY = frozenset({"about", "for", "that", "to", "you", "you've", "it", "this", "we", "your"})


@dataclass(frozen=True, slots=True)
class Move:
    """A move: the line, offsets of its wording there, and whether it is whole (`full`) or half of what it could be."""

    line: Spoken
    start: int
    end: int
    full: bool

    @property
    def order(self) -> tuple[int, int]:
        """Its place in the call, for comparing."""
        return (self.line.at, self.start)

    @property
    def quote(self) -> str:
        """The sentence or sentences it stands in, verbatim."""
        return self.line.around(self.start, self.end)


def move_at(line: Spoken, hit: Hit, full: bool) -> Move:
    start, end = line.place(hit)
    return Move(line, start, end, full)


def acknowledgements(reading: Reading, told: Particulars) -> list[Move]:
    """Lines that name the customer's feeling or strain; `full` where the line also takes up a particular."""
    found = []
    for line in reading.agent:
        hits = [hit for hit in line.found("feeling", "strain") if _about_customer(line, hit)]
        stock = [hit for hit in line.found("stock_phrase") if _understands(line, hit)]
        if not hits and not stock:
            continue
        near = hits[0] if hits else stock[0]
        number = line.sentence_of[near.first]
        start, end = (
            line.sentences.span(max(0, number - 1))[0],
            line.sentences.span(min(len(line.sentences) - 1, number + 1))[1],
        )
        tied = [one for one in told.taken_in(line, start, end) if not line.asks(line.sentences.index(one.start))]
        counted = any(line.sentence_of[at] == number for at in numbers_in(line))
        full = bool(hits) and (counted or any(one.strong for one in tied) or len(tied) > 1)
        found.append(move_at(line, near, full))
    return found


_OWN_SIDE = frozenset({"i'm", "i", "i've", "i'd", "i'll", "we", "we're", "we've", "we'll", "my", "me", "they're", "they", "he", "she", "thanks", "thank"})  # fmt: skip
_THEIR_SIDE = frozenset({"you", "you've", "you're", "your", "you'd"})
_NOT_YET = frozenset({"i'll", "we'll", "won't"})
_AHEAD = frozenset({"will", "you'll", "if", "could", "can", "please", "might", "would", "don't", "for", "it'll"})


def _about_customer(line: Spoken, hit: Hit) -> bool:
    """True where the sentence speaks of the customer's side, and not of what is still to come."""
    floor = line.floor(hit)
    before = [word.key for word in line.words[floor : hit.first]]
    near = before[-5:]
    sentence = line.sentence_of[hit.first]
    if (
        line.asks(sentence)
        or _AHEAD & set(near[-4:])
        or _NOT_YET & set(before)
        or line.sentence_hits(sentence, "hold", "hold_return")
    ):
        return False
    speaks_of = [word for word in before if word in _OWN_SIDE or word in _THEIR_SIDE]
    if speaks_of:
        return speaks_of[-1] in _THEIR_SIDE
    opening = set(before[:4])
    return bool(opening & {"that's", "that", "it's", "must", "sounds", "it", "which", "is"}) and len(before) <= 8


_NO_FEELING = re.compile(
    r"inconvenien|appreciate that|patience|feedback|important|business|serious|value|strive|bear with|hear you well",
    re.I,
)


def _understands(line: Spoken, hit: Hit) -> bool:
    """True where a stock phrase is about the customer's trouble: not patience, inconvenience or the house."""
    start, end = line.place(hit)
    return not _NO_FEELING.search(line.text[start : end + 8]) and not line.asks(line.sentence_of[hit.first])


def apologies(reading: Reading, told: Particulars) -> list[Move]:
    """Apologies to the customer; `full` where the sentence or the next says what for, in this call's terms.

    "Sorry?", "sorry, could you ...", an apology for a hold or for what the agent cannot do are none.
    """
    found = []
    for line in reading.agent:
        negated = {at for hit in line.raw("apology_negated") for at in range(hit.first, hit.last + 1)}
        seen: set[int] = set()
        for hit in line.found("apology"):
            sentence = line.sentence_of[hit.first]
            if sentence in seen or hit.first in negated or not _apologises(line, hit):
                continue
            seen.add(sentence)
            start, end = line.place(hit)
            reach = _says_what_for(line, sentence, told)
            found.append(Move(line, start, max(end, reach), reach > 0))
    return sorted(found, key=lambda move: move.order)


def _apologises(line: Spoken, hit: Hit) -> bool:
    text = line.sentence_text(line.sentence_of[hit.first])
    if "?" in text[-3:] or _LIMIT.search(text) or _ASIDE.search(text):
        return False
    key = line.words[hit.last].key
    if key != "sorry":
        return True
    before = line.words[hit.last - 1].key if hit.last else ""
    after = line.words[hit.last + 1].key if hit.last + 1 < len(line.words) else ""
    return before in _BEFORE_SORRY or (after in _AFTER_SORRY and "," not in line.text[line.words[hit.last].end :][:1])


def _says_what_for(line: Spoken, sentence: int, told: Particulars) -> int:
    """Where in the sentence or the next the reason ends, in this call's terms; 0 where none is seen."""
    last = min(sentence + 1, len(line.sentences) - 1)
    taken = told.taken_in(line, line.sentences.span(sentence)[0], line.sentences.span(last)[1])
    strain = line.sentence_hits(sentence, "strain")
    if any(one.strong for one in taken) or len(taken) > 1 or (strain and taken):
        return taken[-1].end
    return 0


def is_generic(move: Move) -> bool:
    """True where an apology's own words fit any complaint ("for the inconvenience")."""
    text = move.line.sentence_text(move.line.sentences.index(move.start))
    return bool(_GENERIC.search(text)) and len(text.split()) <= GENERIC_WORDS


def commitments(reading: Reading) -> list[Move]:
    """The agent binds itself to an act or reports one done; `full` for "I" with an act that can be checked."""
    found = []
    for line in reading.agent:
        full = [move for hit in line.found("commit_i") if (move := _own_act(line, hit)) is not None]
        half = [
            move_at(line, hit, False)
            for hit in line.found("commit_we")
            if not line.asks(line.sentence_of[hit.first]) and not _conditional(line, hit) and not _offered(line, hit)
        ]
        found += sorted([*full, *half], key=lambda move: move.order)
    return found


def _own_act(line: Spoken, hit: Hit) -> Move | None:
    opener = " ".join(word.key for word in line.words[hit.first : hit.last + 1])
    if not _binds(opener) or line.asks(line.sentence_of[hit.first]) or _conditional(line, hit):
        return None
    verbs = {act.first: act for act in line.raw("action_verb")}
    for at in range(hit.last + 1, min(hit.last + 2 + _SKIP_AT_MOST, len(line.words))):
        word = line.words[at].key
        if line.sentence_of[at] != line.sentence_of[hit.first]:
            return None
        if at in verbs and word not in _SKIPPED:
            return _act(line, hit, verbs[at], opener)
        if word not in _SKIPPED:
            return None
    return None


def _binds(opener: str) -> bool:
    """ "I can", "let me" and "I'd like to" are offers, not commitments."""
    return opener.startswith(
        ("i'll", "i will", "i'm", "i am going", "i've", "i have", "i just", "i shall", "i promise")
    )


def _act(line: Spoken, hit: Hit, verb: Hit, opener: str) -> Move | None:
    word = line.words[verb.first].key
    done, ongoing = opener.startswith(("i've", "i have", "i just")), opener in {"i'm", "i'm just", "i'm now"}
    if (
        _LOOKING.match(word)
        or _VAGUE.match(word)
        or (ongoing and not word.endswith("ing"))
        or (done and word.endswith("ing"))
    ):
        return None
    after = [other.key for other in line.words[verb.last + 1 : verb.last + 4]]
    if {"hold", "through"} & set(after) or (word.startswith(("call", "order")) and after[:1] in (["from"], ["number"])):
        return None
    if word.startswith(("stop", "send", "mov")) and after[:2] in (
        ["you", "there"],
        ["you", "to"],
        ["you", "over"],
        ["you", "back"],
    ):
        return None
    start = line.words[hit.first].start
    reach = [
        at
        for at in range(verb.last, min(verb.last + 3, len(line.words)))
        if line.sentence_of[at] == line.sentence_of[verb.last]
    ]
    end = line.words[reach[-1]].end
    return Move(line, start, end, not _NOTING.match(word) and ("you" in after or not _PAPER & set(after)))


def _offered(line: Spoken, hit: Hit) -> bool:
    """True where the agent offers something of their own in the same sentence: "I can have it there, the driver will"."""
    keys = [word.key for word in line.words[line.floor(hit) : hit.first]]
    return any(keys[at : at + 2] == ["i", "can"] for at in range(len(keys)))


def _conditional(line: Spoken, hit: Hit) -> bool:
    """True for "if I'll ...", "do you want me to say I'll ...": a commitment only supposed."""
    before = [word.key for word in line.words[max(line.floor(hit), hit.first - 2) : hit.first]]
    return bool({"if", "unless", "whether", "say", "hope"} & set(before))


def fixes(reading: Reading) -> list[Move]:
    """Fix, policy or explanation opened in a statement; questions and requests for data are none."""
    found = []
    for line in reading.agent:
        fields = {line.sentence_of[hit.first] for hit in line.raw("asks_field")}
        for hit in line.found("fix_policy"):
            sentence = line.sentence_of[hit.first]
            seeing = hit.first > 0 and line.words[hit.first - 1].key in {"see", "find", "check"}
            if not line.asks(sentence) and sentence not in fields and not seeing:
                found.append(move_at(line, hit, True))
                break
    return found
