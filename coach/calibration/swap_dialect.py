"""The same call in another way of speaking: two kinds of informal regional English, and English as a second language.

The rules are mechanical and far from what people of a region really say; they stand for "not the standard", and each
leaves acts, facts and who did what as they were.  Nothing here is about what a person wrote or misheard.
"""

from __future__ import annotations

import random
import re

from coach.calibration.rewriting import Rule, each_turn, replaced, rewritten, rule
from coach.calls.transcript import Redacted, RedactedTurn

_VERBS = (
    "ask|be|book|bring|buy|call|cancel|change|check|come|cost|do|email|end|explain|fill|find|fix|get|give|go|happen|have|"
    "help|keep|know|leave|let|look|lose|make|mend|need|open|pay|pick|put|raise|read|refund|ring|say|see|send|set|show|"
    "sort|speak|start|stay|stop|take|talk|tell|try|turn|use|wait|watch|write"
)
_MONOSYLLABLES = r"(?!(?:bring|king|ping|ring|sing|spring|sting|string|swing|thing|wing)\b)"
_LIKE_THINGS = r"(?=[a-z]{3,}s\b)(?!was\b|is\b|does\b|has\b)"
_SHARED = (
    rule(rf"\bgoing to (?=(?:{_VERBS})\b)", "gonna "),
    rule(rf"\bwant to (?=(?:{_VERBS})\b)", "wanna "),
    rule(rf"\bgot to (?=(?:{_VERBS})\b)", "gotta "),
    rule(r"\bkind of\b", "kinda"),
    rule(r"\bsort of\b", "sorta"),
    rule(r"\b(should|could|would) have (?=(?:been|had|gone|done|told|said|got|[a-z]+ed)\b)", r"\g<1>a "),
    rule(r"\bI saw\b", "I seen"),
    rule(r"\b(?:isn't|aren't|haven't|hasn't)(?! (?:it|he|she|they|you|we|I|there)\b)(?= [a-z])", "ain't", 0.7),
    rule(r"\b(he|she|it|that) doesn't\b", r"\1 don't"),
    rule(rf"\bthose {_LIKE_THINGS}", "them "),
)
NORTHERN: tuple[Rule, ...] = (
    rule(r"\b(was|were|been|am|are|is|be|'m|'re|'s)( still| just)? sitting\b", r"\1\2 sat"),
    rule(r"\b(was|were|been|am|are|is|be|'m|'re|'s)( still| just)? standing\b", r"\1\2 stood"),
    rule(r"\bisn't it(?=[?.,])", "innit"),
    *_SHARED,
    rule(r"\bI don't know\b", "I dunno"),
    rule(r"\bbecause\b", "cos"),
    rule(r"\bgive me\b", "gimme"),
    rule(r"\bnothing\b", "nowt", 0.7),
    rule(r"\banything\b", "owt", 0.7),
    rule(r"\bsomething\b", "summat", 0.7),
    rule(r"\bmyself\b", "meself"),
    rule(r"\bhimself\b", "hisself"),
    rule(r"\bmy (?!own\b)(?=[a-z])", "me ", 0.6),
    rule(r"\b(I|he|she|it) was(?= [a-z])", r"\1 were", 0.6),
    rule(r"\bvery (?!much\b|first\b|same\b|well\b)(?=[a-z])", "dead "),
    rule(r"\bI think\b", "I reckon"),
    rule(r"\bhello\b(?!\?)", "hiya"),
    rule(r"(?<!to )(?<!would )\bthank you\b", "ta", 0.5),
    rule(r"\byes\b", "aye"),
    rule(rf"\b{_MONOSYLLABLES}([a-z]{{2,}}in)g\b", r"\1'", 0.5, cased=True),
)
SOUTHERN: tuple[Rule, ...] = (
    rule(rf"\b(I'm|I am|we're|you're|they're|he's|she's|it's) going to (?=(?:{_VERBS})\b)", r"\1 fixin' to "),
    *_SHARED,
    rule(r"\byou guys\b", "y'all"),
    rule(r"\byou (?=people\b)", "y'all "),
    rule(r"\bbecause\b", "'cause"),
    rule(r"\bthem\b(?! [a-z]+s\b)", "'em", 0.5),
    rule(r"\b(we|they|you) were(?= [a-z])", r"\1 was"),
    rule(r"\bI did (?=it\b|that\b)", "I done "),
    rule(r"(n't [a-z]+ )any (?=[a-z])", r"\1no "),
    rule(r"\bmight be able to\b", "might could"),
    rule(r"\bvery (?!much\b|first\b|same\b|well\b)(?=[a-z])", "mighty "),
    rule(r"\breally (?=sorry|good|bad|quick|nice|busy)", "real "),
    rule(r"\bI (?:think|suppose)\b", "I reckon"),
    rule(r"\bhello\b(?!\?)", "howdy"),
    rule(r"\b(thank|see|tell|help|ask|for) you\b(?! [a-z]+ing\b)", r"\1 ya", 0.5),
    rule(rf"\b{_MONOSYLLABLES}([a-z]{{2,}}in)g\b", r"\1'", 0.7, cased=True),
)

_DAYS = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
# Without its article "a few" would say something else, and "a hundred" would be no number; in "outside of that the fee
# is" the article alone tells where a new part begins.
_ARTICLE = re.compile(
    r"(?<!that )(?<!this )\b(?:the|an?) (?!(?:few|little|lot|bit|couple|hundred|thousand|million|dozen|half|quarter|while|one|two)\b)([a-z])",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(
    rf"\b(?:yesterday|last|ago|already|before|earlier|since|{_DAYS}|(?:January|February|March|April|May|June|July|August|"
    r"September|October|November|December))\b"
)
_SENTENCE = re.compile(r"[^.!?]+[.!?]*\s*")
_PRESENT = {
    "came": "come", "went": "go", "rang": "ring", "told": "tell", "bought": "buy", "paid": "pay", "said": "say",
    "got": "get", "gave": "give", "took": "take", "sent": "send", "made": "make", "saw": "see", "waited": "wait",
    "called": "call", "asked": "ask", "ordered": "order", "phoned": "phone", "tried": "try", "needed": "need",
}  # fmt: skip
_SLIPS = re.compile(rf"\b(I|we|they|he|she) ({'|'.join(_PRESENT)})\b", re.IGNORECASE)
SECOND_LANGUAGE: tuple[Rule, ...] = (
    rule(
        r"\b(he|she|it) (say|want|need|come|look|work|make|take|give|keep|know|live|ring|cost|mean|show|start|stop|sound)s\b",
        r"\1 \2",
        0.7,
    ),
    rule(r"\b(he|she|it|that) doesn't\b", r"\1 don't"),
    rule(r"\bI (want|need)\b(?! (?:how|what|why|that|you)\b)", r"I am \1ing", 0.3),
    rule(r"\bI'm (?!going\b|nothing\b)(?=[a-z]{3,}ing\b)", "I ", 0.4),
    rule(rf"\bon (?={_DAYS})", "in ", 0.6, cased=True),
    rule(r"\b(two|three|four|five|six|seven|eight|nine|ten|twenty|thirty) ([a-z]{2,}[^\Ws])s\b", r"\1 \2", 0.4),
    rule(r"\bdidn't come\b", "didn't came"),
    rule(r"\bdidn't get\b", "didn't got"),
    rule(r"\bdidn't tell\b", "didn't told"),
    rule(r"\binformation\b", "informations"),
)


def northern(call: Redacted) -> Redacted:
    """The call as if both spoke an informal English of the north of England."""
    return each_turn(call, "northern", lambda turn, chance: rewritten(turn.text, NORTHERN, chance))


def southern(call: Redacted) -> Redacted:
    """The call as if both spoke an informal English of the south of the United States."""
    return each_turn(call, "southern", lambda turn, chance: rewritten(turn.text, SOUTHERN, chance))


def second_language(call: Redacted) -> Redacted:
    """The call as if English were nobody's first language: articles dropped, endings and simple tenses slipped."""
    return each_turn(call, "second_language", _slipped)


def _slipped(turn: RedactedTurn, chance: random.Random) -> str:
    text = rewritten(turn.text, SECOND_LANGUAGE, chance)
    text = _SENTENCE.sub(lambda found: _past_as_present(found[0], chance), text)
    return replaced(text, _ARTICLE, _without_article, chance)


def _past_as_present(sentence: str, chance: random.Random) -> str:
    """Past verbs as present ones, only where the sentence itself says that it is past."""
    if not _LONG_AGO.search(sentence):
        return sentence

    def slip(found: re.Match[str], chance: random.Random) -> str:
        return f"{found[1]} {_PRESENT[found[2].lower()]}" if chance.random() < 0.6 else found[0]

    return replaced(sentence, _SLIPS, slip, chance)


def _without_article(found: re.Match[str], chance: random.Random) -> str:
    if chance.random() >= 0.6:
        return found[0]
    return found[1].upper() if found[0][0].isupper() else found[1]
