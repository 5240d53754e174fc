"""What the customer tells when asked: which hidden fact a line of the agent's asks for, if any."""

from __future__ import annotations

import re
from collections.abc import Collection

from coach.engines.patterns.particulars import stem
from coach.engines.patterns.wording import Sentences, words_of
from coach.grading.critique import Known
from coach.practice.cast import Scene
from coach.practice.customer import State
from coach.practice.words import Move

OUTCOME = "outcome"
_ASKS_OUTCOME = re.compile(
    r"\b(?:what|how|which)\b[^.?!]*\b(?:you (?:want|hope|hoping|need|expect|be happy|be looking|looking for|like (?:to|me|us))|"
    r"outcome|(?:put|make|set|makes|puts) (?:this|that|it|things) right|would (?:help|settle)|be fair)\b",
    re.IGNORECASE,
)
_ASKS_ALL = re.compile(
    r"\b(?:tell me|talk me|walk me|take me)\b|\bwhat else\b|\banything else (?:that|i should|you)\b|"
    r"\bwhat happened(?! when)\b|\bwhat(?:'s| has|'s been| is) (?:been )?going on\b|\bmore about\b|\bfrom the (?:start|beginning)\b",
    re.IGNORECASE,
)


class Fact(Known):
    """A fact to give: its id in the scene (or `outcome`) and the customer's sentence."""

    id: str
    says: str


def asked_fact(scene: Scene, state: State, text: str, moves: Collection[Move]) -> Fact | None:
    """The hidden fact that the line asks for; None where it asks for none, or for one that was given.

    A question that holds one of a fact's words asks for it.  One that asks what they want is told that once.  An open
    question about the whole ("tell me what happened") gets the next hidden fact: finding out is what it is for.
    """
    asked = _asking_words(text)
    is_open = Move.OPEN_QUESTION in moves
    if not asked and not is_open:
        return None
    hidden = [fact for fact in scene.hidden if fact.id not in state.revealed]
    for fact in hidden:
        if asked & {stem(word) for word in fact.asked_by}:
            return Fact(id=fact.id, says=fact.says)
    if OUTCOME not in state.revealed and _ASKS_OUTCOME.search(text):
        return Fact(id=OUTCOME, says=f"What I want is {scene.wanted}.")
    if is_open and hidden and _ASKS_ALL.search(text):
        return Fact(id=hidden[0].id, says=hidden[0].says)
    return None


def _asking_words(text: str) -> set[str]:
    """The words of the sentences that end in a question mark, without their endings."""
    sentences = Sentences(text)
    spans = [sentences.span(number) for number in range(len(sentences))]
    asking = [text[start:end] for start, end in spans if text[start:end].rstrip("\"'”’ ").endswith("?")]
    return {stem(word.key) for sentence in asking for word in words_of(sentence)}
