"""The rewrite gate: a suggested line is shown only after it was put back into the call and graded again.

Kept only if its check rises, no check that quotes the replaced turn drops, and it promises nothing new; otherwise a
line of the trainer's own bank is shown.  The grading of the changed call starts from nothing: same prompt, no memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from coach.calls.clean import clean_line, neutralise
from coach.calls.transcript import Redacted, Speaker
from coach.engines.exchange import Engine
from coach.grading.ask import Asking, Part, requests
from coach.grading.critique import CallCritique, Finding, Known, Ungraded, Verdict
from coach.grading.evidence import Prover
from coach.grading.findings import EARNED, findings_of
from coach.grading.hear import hear
from coach.playbook.load import Playbook
from coach.playbook.rubric import Lexicons

LATER_WORD = 6  # letters of a word that is taken for a particular
LONGEST_LINE = 400  # characters of a suggestion
_WORD = re.compile(r"\w+(?:['’]\w+)*")


class TriedLine(Known):
    """A line to try at one place of one call: from the engine if it passed the gate, else from the trainer's bank.

    `turn_id` is the agent turn it would replace or follow.  `why` says what the gate found.
    """

    call_id: str
    check_id: str
    turn_id: str
    words: str
    source: Literal["engine", "bank"]
    why: str


def place_of(finding: Finding, call: Redacted) -> str | None:
    """The agent turn that another line for this finding would replace, None where the call has no such turn.

    That is the counter-quote's turn; else the turn of the evidence that answers the opportunity; else the first agent
    turn from the opportunity on.  A turn before the opportunity is none: nobody answers what was not yet said.
    """
    if finding.counter:
        return finding.counter[0].turn_id
    ids = [t.id for t in call.turns]
    chance = 0 if finding.opportunity is None else ids.index(finding.opportunity.turn_id)
    said = next((q.turn_id for q in finding.evidence if ids.index(q.turn_id) >= chance), None)
    if said is not None or finding.opportunity is None:
        return said
    return next((t.id for t in call.turns[chance:] if t.speaker is Speaker.AGENT), None)


def with_line(call: Redacted, turn_id: str, words: str) -> Redacted:
    """The call as it would read with `words` said in that turn."""
    turns = tuple(t.model_copy(update={"text": words}) if t.id == turn_id else t for t in call.turns)
    return call.model_copy(update={"turns": turns})


def at_stake(critique: CallCritique, turn_id: str, target: str) -> tuple[str, ...]:
    """The checks that the replaced turn bears on: the target, its stage, and every check that quotes the turn."""
    stage = next(f.stage_id for f in critique.findings if f.check_id == target)
    return tuple(
        f.check_id
        for f in critique.findings
        if f.check_id != "ACK2" and (f.stage_id == stage or turn_id in {q.turn_id for q in (*f.evidence, *f.counter)})
    )


def promises_unknown(words: str, call: Redacted, lexicons: Lexicons) -> bool:
    """True where the words name a figure or a time (a single word of the list `time_expression`) that no turn holds."""
    times = {entry for entry in lexicons.get("time_expression", ()) if " " not in entry}
    known = {word for turn in call.turns for word in _WORD.findall(turn.text.casefold())}
    said = set(_WORD.findall(words.casefold())) - known
    return any(word in times or any(c.isdigit() for c in word) for word in said)


def told_later(words: str, call: Redacted, turn_id: str) -> bool:
    """True where the words take up what the customer tells only after that turn: nobody can answer it there.

    Words of six letters or more and figures count; the turn's own words and all before it are known.
    """
    at = next(i for i, turn in enumerate(call.turns) if turn.id == turn_id)
    known = {word for turn in call.turns[: at + 1] for word in _WORD.findall(turn.text.casefold())}
    later = {
        word
        for turn in call.turns[at + 1 :]
        if turn.speaker is Speaker.CUSTOMER
        for word in _WORD.findall(turn.text.casefold())
    }
    said = {word.removesuffix("'s") for word in _WORD.findall(words.casefold())} & later - known
    return any(len(word) >= LATER_WORD or any(c.isdigit() for c in word) for word in said)


async def tried_line(
    critique: CallCritique, finding: Finding, call: Redacted, playbook: Playbook, asking: Asking, engine: Engine
) -> TriedLine | None:
    """The line to show for a partial or missed finding: gated where a model suggested one, else the bank's first.

    None where the call has no turn of the agent's to put it.
    """
    turn_id = place_of(finding, call)
    if turn_id is None:
        return None
    words = neutralise(clean_line(finding.try_words))
    if not engine.ai or not words or len(words) > LONGEST_LINE:
        return _from_bank(critique, finding, turn_id, playbook, "no suggestion to test")
    if promises_unknown(words, call, playbook.lexicons):
        return _from_bank(critique, finding, turn_id, playbook, "it names a number or a time that the call does not")
    if told_later(words, call, turn_id):
        return _from_bank(critique, finding, turn_id, playbook, "it uses what the customer tells only later")
    checks = at_stake(critique, turn_id, finding.check_id)
    part = Part(f"gate:{finding.check_id}", checks, ())
    changed = with_line(call, turn_id, words)
    request = requests(changed, playbook, asking, [part])[0]
    heard = await hear(request, engine, playbook, part)
    if isinstance(heard, Ungraded):
        return _from_bank(critique, finding, turn_id, playbook, f"the gate had no answer: {heard.reason}")
    after = findings_of(heard.findings, checks, playbook.rubric, Prover(changed))
    fault = _why_not(critique, finding, after)
    if fault:
        return _from_bank(critique, finding, turn_id, playbook, fault)
    return TriedLine(
        call_id=critique.call_id,
        check_id=finding.check_id,
        turn_id=turn_id,
        words=words,
        source="engine",
        why="put back into the call and graded again: its check rises and no other drops",
    )


def _why_not(critique: CallCritique, finding: Finding, after: Iterable[Finding]) -> str:
    """Why a suggestion is not shown, or an empty string."""
    for new in after:
        old = critique.finding(new.check_id)
        if new.check_id == finding.check_id:
            if new.share is None or finding.share is None or new.share <= finding.share:
                return "its own check did not rise"
        elif old is not None and old.share is not None and new.share is not None and new.share < old.share:
            return f"{new.check_id} dropped"
        elif old is not None and old.verdict in EARNED and new.verdict is Verdict.UNGRADED:
            return f"{new.check_id} could not be graded again"
    return ""


def _from_bank(critique: CallCritique, finding: Finding, turn_id: str, playbook: Playbook, why: str) -> TriedLine:
    return TriedLine(
        call_id=critique.call_id,
        check_id=finding.check_id,
        turn_id=turn_id,
        words=playbook.rubric.check(finding.check_id).reader.bank[0],
        source="bank",
        why=why,
    )
