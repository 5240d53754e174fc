"""What code can see wrong with a line that a model worded for the customer; each finding is one sentence.

Bands, thanks, hidden facts, invented figures and names, speech of the agent's, and signs of being played.  What takes
meaning is asked of a model as well (`model_voice.py`); this module needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from coach.engines.patterns.grammar import DAYS
from coach.engines.patterns.particulars import numbers_in, stem
from coach.engines.patterns.reading import Spoken
from coach.engines.patterns.wording import words_of
from coach.practice.cast import LONGEST_LINE
from coach.practice.moves import Phrasebook
from coach.practice.session import Session
from coach.practice.words import LAST_ACTS, Act

Kind = Literal[
    "form", "out_of_band", "calmed_early", "speaks_as_agent", "broke_character", "invented", "revealed", "never_say"
]
KINDS: tuple[Kind, ...] = (
    "form", "out_of_band", "calmed_early", "speaks_as_agent", "broke_character", "invented", "revealed", "never_say",
)  # fmt: skip

Fault = tuple[Kind, str]

_PLAYED = re.compile(
    r"\b(?:language model|as an ai|i'?m an ai|artificial intelligence|chat ?bot|role-?play\w*|simulat\w+|persona|"
    r"my (?:role|character|instructions|prompt)|system prompt|prompt|json|training (?:session|exercise)|"
    r"this (?:scenario|exercise|rehearsal)|pretend\w*|in character|playing (?:a|the) customer)\b",
    re.IGNORECASE,
)
_STAGE = re.compile(
    r"\*[^*]+\*|\([^()]{0,80}\b(?:sigh|pause|angr|voice|crying|laugh)\w*[^()]{0,80}\)|^\s*(?:customer|agent)\s*[:-]",
    re.IGNORECASE,
)
_AGENT = re.compile(
    r"\b(?:how (?:can|may) i (?:help|assist)|thank you for (?:calling|your patience|holding)|"
    r"i(?:'ll| will| can) (?:refund|process|arrange|book you|look into (?:that|this|it) for you|transfer you|credit your)|"
    r"let me (?:check|look|pull up|see what i can)|is there anything else i can|i understand your frustration|"
    r"you (?:should|could|might) (?:say|try saying|apologi[sz]e by)|try (?:saying|asking me))\b",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:good)?bye(?: now)?[.!]?\s*$|\bi'?m (?:hanging up|putting (?:this|the) phone down)(?: now)?[.!]?\s*$",
    re.IGNORECASE,
)
_HOT = frozenset((Act.ATTACK, Act.REPEAT, Act.GO_ON, Act.PRESS, Act.TEST))
_WARM = frozenset((Act.SOFTEN, Act.AGREE))
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b")
_FREE = frozenset(
    ("I", "God", "Christ", "English", "British", "Okay", "Mum", "Dad", "Sir", "Madam", "Mr", "Mrs", "Christmas")
)
LONGEST_CHARS = 600
_SHARED = 0.6  # share of a hidden fact's own words from which a line tells it
_FEWEST = 3


def faults_of(line: str, session: Session, act: Act, fact: str, phrasebook: Phrasebook) -> list[Fault]:
    """What is wrong with a line for an act; empty where code sees nothing.  `fact` is what it may tell, or ""."""
    if not any(char.isalnum() for char in line):
        return [("form", "the line is empty")]
    if len(line) > LONGEST_CHARS or len(line.split()) > LONGEST_LINE:
        return [("form", f"it has more than {LONGEST_LINE} words")]
    spoken = phrasebook.spoken(line)
    return [
        *_form(line),
        *_band(spoken, act),
        *_character(line),
        *_revealed(line, session, fact),
        *_invented(spoken, session, fact, phrasebook),
    ]


def _form(line: str) -> Iterator[Fault]:
    if "\n" in line.strip() or _STAGE.search(line):
        yield "form", "it holds something besides the words spoken"


def _band(spoken: Spoken, act: Act) -> Iterator[Fault]:
    if act not in LAST_ACTS and _ENDS.search(spoken.text):
        yield "out_of_band", "it ends the call, which is not to end here"
    if act in _WARM:
        if spoken.found("hostile_3", "hostile_4"):
            yield "out_of_band", "it is hostile, and the customer is not any more"
        return
    if spoken.found("customer_thanks", "customer_apology", "praise"):
        yield "calmed_early", "it thanks, praises or apologises too early"
    if act in _HOT and spoken.found("settled"):
        yield "calmed_early", "it accepts too early"


def _character(line: str) -> Iterator[Fault]:
    if _PLAYED.search(line):
        yield "broke_character", "it shows that the customer is played"
    if _AGENT.search(line):
        yield "speaks_as_agent", "it speaks as the agent or tells them what to say"


def _words(text: str) -> set[str]:
    return {stem(word.key) for word in words_of(text) if len(word.key) > _FEWEST}


def _known(session: Session, fact: str) -> str:
    """All that was told, offered or said so far, the fact to tell among it."""
    card = session.card
    talk = [e.agent + " " + e.customer.text for e in session.exchanges]
    given = [h.says for h in card.scene.hidden if h.id in session.state.revealed]
    before = [line.text for line in card.before]
    exaggeration = [card.scene.exaggeration.says] if card.scene.exaggeration else []
    return " ".join(
        (
            *card.scene.told,
            card.opening,
            card.scene.wanted,
            card.scene.problem,
            *before,
            *exaggeration,
            *given,
            fact,
            *talk,
            session.pending,
        )
    )


def _revealed(line: str, session: Session, fact: str) -> Iterator[Fault]:
    known, said = _words(_known(session, fact)), _words(line)
    for hidden in session.card.scene.hidden:
        if hidden.id in session.state.revealed or hidden.says == fact:
            continue
        own = _words(hidden.says) - known
        if len(own) >= _FEWEST and len(own & said) >= _SHARED * len(own):
            yield "revealed", "it tells what nobody asked for"


def _invented(spoken: Spoken, session: Session, fact: str, phrasebook: Phrasebook) -> Iterator[Fault]:
    known_text = _known(session, fact)
    known = phrasebook.spoken(known_text)
    figures = set(numbers_in(spoken).values()) - set(numbers_in(known).values())
    if {f for f in figures if f not in _SMALL}:
        yield "invented", f"it names a figure that nobody gave: {_listed(figures)}"
    keys = {word.key for word in known.words}
    days = {word.key for word in spoken.words if word.key in DAYS} - keys
    if days:
        yield "invented", f"it names a day that nobody named: {_listed(days)}"
    names = set(_NAME.findall(spoken.text)) - _FREE
    strange = {name for name in names if name.lower() not in keys and name.lower() not in DAYS}
    if strange:
        yield "invented", f"it names somebody or something that nobody named: {_listed(strange)}"


_SMALL = frozenset(("2", "3"))  # "two minutes", "three times over": how people talk


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words)[:3])
