"""Dealing cards from an agent's own missed moments: the scene starts at the very line that slipped.

Same customer, same facts, redacted as the call is.  Nothing of another agent's calls comes in: failures are taught
from one's own calls or from invented ones alone (R21).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from coach.calls.clean import PLACEHOLDER
from coach.calls.transcript import Redacted, RedactedTurn, Speaker
from coach.engines.patterns.wording import Sentences, words_of
from coach.grading.critique import CallCritique, Finding, Verdict
from coach.grading.gate import place_of
from coach.grading.signals import analysis_of
from coach.playbook.rubric import Lexicons, Rubric
from coach.practice.card import Card, CardLine, success_of
from coach.practice.cast import LONGEST_LINE, Cast, Hidden, Persona, Scene
from coach.practice.moves import content_of

MOST_CARDS = 5
MOST_A_CHECK = 2
FEWEST_WORDS = 5
"""Of a sentence that can be said again, one of them of the matter ("I've not got it with me" tells nothing)."""
MOST_TOLD = 8
LONGEST_TOLD = 300  # characters
MOST_HIDDEN = 6
ANGER_OF_HEAT = (5.0, 6.0, 7.0, 8.0, 9.0)
"""Where a customer starts whose last lines had heat 0 to 4."""

_KIND = re.compile(r"\b(?:thank\w*|appreciate|cheers|sorry)\b", re.IGNORECASE)  # a kind word is no fact of the matter
_SLIPPED = {Verdict.MISSED: "it was not there", Verdict.PARTIAL: "it was half there"}
_ASKED_AT_LEAST = 5  # letters of a word of a hidden fact that a question may name


def deal(
    agent: str,
    critiques: Iterable[CallCritique],
    calls: Mapping[str, Redacted],
    rubric: Rubric,
    lexicons: Lexicons,
    cast: Cast,
    *,
    first: str = "",
    most: int = MOST_CARDS,
) -> list[Card]:
    """An agent's cards: their partial and missed moments that are proven, at most `most`, two a check.

    Moments of the check `first` (the focus) come first, then the weightier check, then the later call.  `calls` holds
    the agent's redacted calls as far as they are at hand; a moment whose call is not there makes no card.  Raises
    ValueError where another agent's critique is among them.
    """
    moments = []
    for critique in critiques:
        if critique.agent != agent:
            raise ValueError("a card is dealt from one's own calls alone")
        call = calls.get(critique.call_id)
        if call is not None:
            moments += [(critique, finding, call, turn) for finding, turn in _slips(critique, call)]
    moments.sort(key=lambda m: (m[0].started_at, m[0].call_id), reverse=True)
    moments.sort(key=lambda m: (m[1].check_id != first, m[1].verdict is not Verdict.MISSED, -_weight(m[1], rubric)))
    return list(islice(_chosen(moments, rubric, lexicons, cast), most))


def card_of(
    critique: CallCritique, check_id: str, call: Redacted, rubric: Rubric, lexicons: Lexicons, cast: Cast
) -> Card | None:
    """The card of one check of one call; None where that moment did not slip or has no line to start from."""
    found = next(((f, turn) for f, turn in _slips(critique, call) if f.check_id == check_id), None)
    return None if found is None else _card(found[0], call, found[1], rubric, lexicons, cast)


def one_a_line(cards: Iterable[Card]) -> list[Card]:
    """The cards without a second that starts at the same line of the same call; the first stays."""
    places: dict[tuple[str, str], Card] = {}
    for card in cards:
        places.setdefault((card.call_id, card.turn_id), card)
    return list(places.values())


Moment = tuple[CallCritique, Finding, Redacted, str]


def _chosen(moments: Sequence[Moment], rubric: Rubric, lexicons: Lexicons, cast: Cast) -> Iterator[Card]:
    dealt: dict[str, int] = {}
    places: set[tuple[str, str]] = set()
    for _, finding, call, turn_id in moments:
        place = (call.call_id, turn_id)
        if dealt.get(finding.check_id, 0) == MOST_A_CHECK or place in places:
            continue
        card = _card(finding, call, turn_id, rubric, lexicons, cast)
        if card is not None:
            dealt[finding.check_id] = dealt.get(finding.check_id, 0) + 1
            places.add(place)
            yield card


def _slips(critique: CallCritique, call: Redacted) -> Iterator[tuple[Finding, str]]:
    for finding in critique.findings:
        if finding.verdict not in _SLIPPED or not finding.counts:
            continue
        turn_id = place_of(finding, call)
        if turn_id is not None:
            yield finding, turn_id


def _weight(finding: Finding, rubric: Rubric) -> float:
    stage = rubric.stage_of(finding.check_id)
    return stage.weight * rubric.check(finding.check_id).weight / sum(c.weight for c in rubric.checks_of(stage))


def _card(
    finding: Finding, call: Redacted, turn_id: str, rubric: Rubric, lexicons: Lexicons, cast: Cast
) -> Card | None:
    at = next(i for i, turn in enumerate(call.turns) if turn.id == turn_id)
    before = call.turns[:at]
    while before and before[-1].speaker is not Speaker.CUSTOMER:
        before = before[:-1]
    scene = _scene(call, before, at) if before else None
    if scene is None:
        return None
    check = rubric.check(finding.check_id)
    return Card(
        id=f"{call.call_id}/{finding.check_id}",
        title=f"Call {call.call_id}, from {before[-1].id}: {check.name.lower()}",
        persona=_persona(call, before, lexicons, cast),
        scene=scene,
        why=f"{check.reader.plain}: {_SLIPPED[finding.verdict]} in this call.",
        success=success_of(finding.check_id, rubric),
        call_id=call.call_id,
        turn_id=turn_id,
        before=tuple(CardLine(turn_id=t.id, speaker=t.speaker.value, text=t.text) for t in before),
        slipped=CardLine(turn_id=turn_id, speaker=call.turns[at].speaker.value, text=call.turns[at].text),
    )


def _scene(call: Redacted, before: Sequence[RedactedTurn], at: int) -> Scene | None:
    """The facts of the call: what was told before the slip may be said again, what came later only when asked for."""
    told = list(_sentences(before))[-MOST_TOLD:]
    if not told:
        return None
    later = [s for s in _sentences(call.turns[at:]) if s not in told]
    hidden = [
        Hidden(id=f"later_{chr(97 + n)}", says=says, asked_by=asked)
        for n, says in enumerate(later[:MOST_HIDDEN])
        if (asked := _asked_by(says))
    ]
    return Scene(
        id="own_call",
        title=f"Call {call.call_id}",
        channel=call.channel.value,
        situation="The customer of your own call, with the facts of that call.",
        problem="this",
        opening=told[-1],
        told=tuple(told),
        hidden=tuple(hidden),
        wanted="this put right",
        bottom_line="A next step they can believe.",
        can=("What you may offer on your own calls.",),
    )


def _sentences(turns: Iterable[RedactedTurn]) -> Iterator[str]:
    """What the customer stated in whole sentences of a fair length, without placeholders."""
    for turn in turns:
        if turn.speaker is not Speaker.CUSTOMER:
            continue
        sentences = Sentences(turn.text)
        for number in range(len(sentences)):
            start, end = sentences.span(number)
            text = turn.text[start:end]
            stated = text.endswith((".", "!")) and not PLACEHOLDER.search(text)
            fits = FEWEST_WORDS <= len(text.split()) <= LONGEST_LINE // 2 and len(text) <= LONGEST_TOLD
            if stated and fits and content_of(text) and not _KIND.search(text):
                yield text


def _asked_by(says: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w.key for w in words_of(says) if len(w.key) >= _ASKED_AT_LEAST and w.key.isalpha()))


def _persona(call: Redacted, before: Sequence[RedactedTurn], lexicons: Lexicons, cast: Cast) -> Persona:
    """The persona whose way of speaking comes nearest to this customer's, as hot as they were by then."""
    analysis = analysis_of(call, lexicons)
    ids = {turn.id for turn in before}
    lines = [line for line in analysis.reading.customer if line.id in ids]
    heats = [analysis.heat[line.at] for line in lines]
    persona = cast.persona("plain")
    for persona_id, lists in (
        ("abusive", ("hostile_4",)),
        ("wants_manager", ("escalation_request",)),
        ("threatens_to_leave", ("threat_leave",)),
    ):
        if any(line.found(*lists) for line in lines):
            persona = cast.persona(persona_id)
            break
    anger = ANGER_OF_HEAT[max(heats[-3:], default=0)]
    style = f"{persona.style} Speak as this customer does in the lines above: the same words, the same length."
    return persona.model_copy(update={"anger": max(5.0, anger), "style": style})
