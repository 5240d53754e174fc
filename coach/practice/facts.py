"""What the customer tells when asked: which hidden fact a line of the agent's asks for, if any."""

from __future__ import annotations

import re
from collections.abc import Collection

from coach.engines.patterns.particulars import stem
from coach.engines.patterns.wording import Sentences, words_of
from coach.grading.critique import Known
from coach.practice.cast import Scene
from coach.practice.customer import State
from coach.practice.moves import content_of
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
    """A fact to give: its id in the scene (`outcome`; empty for one that is told freely) and the customer's sentence."""

    id: str
    says: str


def facts_left(scene: Scene, state: State) -> list[Fact]:
    """What the customer has not told yet: the hidden facts in their order, and last what they want."""
    left = [Fact(id=fact.id, says=fact.says) for fact in scene.hidden if fact.id not in state.revealed]
    return left if OUTCOME in state.revealed else [*left, Fact(id=OUTCOME, says=f"What I want is {scene.wanted}.")]


def asked_fact(
    scene: Scene, state: State, text: str, moves: Collection[Move], asks_for: str | None = None
) -> Fact | None:
    """The hidden fact that the line asks for; None where it asks for none, or for one that was given.

    `asks_for` names it where somebody who understands the line has said so ("" for none).  Else the words of the
    question decide: one that holds a word of a fact asks for it (of a hidden one first), one that asks what they want is
    told that once, and an open question about the whole ("tell me what happened") gets the next hidden fact: finding
    out is what it is for.
    """
    left = facts_left(scene, state)
    if asks_for is not None:
        return next((fact for fact in left if fact.id == asks_for), None)
    asked = _asking_words(text)
    is_open = Move.OPEN_QUESTION in moves
    if not asked and not is_open:
        return None
    words = {fact.id: {stem(word) for word in fact.asked_by} for fact in scene.hidden}
    for fact in left:
        if asked & words.get(fact.id, set()):
            return fact
    if left and left[-1].id == OUTCOME and _ASKS_OUTCOME.search(text):
        return left[-1]
    told = max(scene.told, key=lambda says: len(content_of(says) & asked))
    if content_of(told) & asked:
        return Fact(id="", says=told)
    hidden = [fact for fact in left if fact.id != OUTCOME]
    return hidden[0] if is_open and hidden and _ASKS_ALL.search(text) else None


def _asking_words(text: str) -> set[str]:
    """The words of the sentences that end in a question mark, without their endings."""
    sentences = Sentences(text)
    spans = [sentences.span(number) for number in range(len(sentences))]
    asking = [text[start:end] for start, end in spans if text[start:end].rstrip("\"'”’ ").endswith("?")]
    return {stem(word.key) for sentence in asking for word in words_of(sentence)}
