"""The first screen of an agent's report: seven items, about 180 words in all.

What worked, one thing, its moment, a line to try, why, how to practise; the agent's own view stands in
`agent_view.py`.  Sentences are about moves, never about persons.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from coach.calls.clean import PLACEHOLDER
from coach.calls.transcript import Redacted, Speaker
from coach.grading.critique import CallCritique, Finding, Proven, Verdict
from coach.grading.gate import TriedLine, place_of
from coach.playbook.rubric import Rubric
from coach.reports.agent_parts import Moment, OneThing, Practise, TryLine, Worked
from coach.reports.contested import WORDS
from coach.reports.focus import FEWEST_CHANCES, WINDOW, Focus, tally
from coach.reports.line import Line, shortened
from coach.reports.praise import Praise, Standing
from coach.reports.standing import landing

QUOTE_WORDS = 17  # of a quote on the first screen; the whole quote stands with the call
NEXT_WORDS = 11
BEFORE_WORDS = 13
MOST_NAMED = 3  # calls in one line
FEWEST_PRAISED = 5  # words of a quote; a shorter one opens the page only where there is no other
CUSTOMER = Speaker.CUSTOMER.value
_WORD = re.compile(r"[^\W\d_]{2,}")
_REFERENCE = re.compile(r"\S*\d\S*")

Calls = Mapping[str, Redacted]


def line_of(quote: Proven, words: int = QUOTE_WORDS) -> Line:
    """A proven quote as a line of the first screen."""
    return Line(turn_id=quote.turn_id, speaker=quote.speaker, text=shortened(quote.text, words))


def next_line(call: Redacted | None, turn_id: str, speaker: Speaker, words: int = NEXT_WORDS) -> Line | None:
    """The next line in words of that speaker after a turn: one of placeholders and references alone is passed over.

    None where there is none, or the call's words are not at hand.
    """
    turns = list(call.turns) if call else []
    at = next((i for i, turn in enumerate(turns) if turn.id == turn_id), len(turns))
    found = next((turn for turn in turns[at + 1 :] if turn.speaker is speaker and _in_words(turn.text)), None)
    return None if found is None else Line(turn_id=found.id, speaker=speaker.value, text=shortened(found.text, words))


def _in_words(text: str) -> bool:
    """True where something is left of a line without its placeholders and references."""
    return _WORD.search(_REFERENCE.sub(" ", PLACEHOLDER.sub(" ", text))) is not None


def worked(week: Sequence[CallCritique], calls: Calls, rubric: Rubric, *, ai: bool) -> Worked:
    """The moment to open with: a proven quote of the agent's, never from where a call went wrong (see `Praise`)."""
    moments = [
        (_worth(c, f, q, rubric, standing), c, f, q)
        for c in week
        for praise in (Praise(c),)
        for f in c.findings
        for q in _praised(f)
        if (standing := praise.standing(q)) is not None
    ]
    if moments:
        _, critique, finding, quote = max(moments, key=lambda m: (m[0], m[1].started_at, m[1].call_id))
        plain = rubric.check(finding.check_id).reader.plain
        return Worked(
            kind="quoted",
            lead=f"{plain}." if ai else f"Wording seen for: {plain}.",
            call_id=critique.call_id,
            quote=line_of(quote),
            after=next_line(calls.get(critique.call_id), quote.turn_id, Speaker.CUSTOMER),
        )
    tried = next((f for c in reversed(week) for f in c.findings if f.verdict is Verdict.PARTIAL and f.counts), None)
    if tried is not None:
        plain = rubric.check(tried.check_id).reader.plain
        return Worked(kind="attempted", lead=f"No proven quote to open with this week. Attempted: {_lower(plain)}.")
    if not week:
        return Worked(kind="nothing", lead="No call was graded this week.")
    return Worked(kind="nothing", lead="No proven quote to open with this week; every call stands below.")


def _praised(finding: Finding) -> tuple[Proven, ...]:
    if not finding.proves_met:
        return ()
    return tuple(q for q in finding.evidence if q.speaker == Speaker.AGENT.value)


def _worth(
    critique: CallCritique, finding: Finding, quote: Proven, rubric: Rubric, standing: Standing
) -> tuple[Standing, bool, bool, bool, bool, int, int]:
    """How much a moment says, to be compared.

    How it stands in its call, a calmer line after it, more than a few words, the grader's own pick, exact words, a
    hot call, a weighty check.
    """
    enough = len(quote.text.split()) >= FEWEST_PRAISED
    calmer = any(t.change == "calmer" and t.after and t.after.turn_id == quote.turn_id for t in critique.turning_points)
    best = critique.best_moment is not None and critique.best_moment.turn_id == quote.turn_id
    heat = max((level for _, level in critique.heat), default=0)
    weight = rubric.stage_of(finding.check_id).weight * rubric.check(finding.check_id).weight
    return standing, calmer, enough, best, quote.match == "exact", heat, weight


def one_thing(focus: Focus | None, recent: Sequence[CallCritique], rubric: Rubric, *, ai: bool) -> OneThing:
    """The focus in plain words and how this week went, or what a focus would need."""
    if focus is not None:
        reader = rubric.check(focus.check_id).reader
        lead = reader.plain if ai else f"{reader.plain} (as far as wording shows)"
        earned, chances = tally(focus.check_id, (c for c in recent if c.week == focus.week))
        return OneThing(
            focus=focus,
            lead=lead,
            aim=reader.aim,
            better=landing(reader, earned, chances),
            decided=_decided(focus.check_id, recent),
        )
    seen = {c.id: sum(1 for call in recent if (f := call.finding(c.id)) and f.counts) for c in rubric.checks()}
    if max(seen.values(), default=0) >= FEWEST_CHANCES:
        return OneThing(focus=None, lead="No single thing stands out: every check with three chances or more was met.")
    lead = (
        f"No focus yet: one needs {FEWEST_CHANCES} chances at the same check within {WINDOW} weeks, and "
        f"{_counted(len(recent), 'graded call')} so far gave fewer."
    )
    return OneThing(focus=None, lead=lead)


def _decided(check_id: str, recent: Sequence[CallCritique]) -> str:
    """In which of the calls behind a focus a person decided about its check."""
    ids = [c.call_id for c in recent if (f := c.finding(check_id)) is not None and f.overruled is not None]
    if not ids:
        return ""
    more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
    return f"A person decided about this in call{'' if len(ids) == 1 else 's'} {', '.join(ids[:MOST_NAMED])}{more}."


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def moment_of(found: tuple[CallCritique, Finding] | None, calls: Calls) -> Moment | None:
    """Situation, own words and what the customer said next, from proven quotes and the call's own turns."""
    if found is None:
        return None
    critique, finding = found
    call = calls.get(critique.call_id)
    own = _own(finding, call)
    situation = line_of(finding.opportunity, BEFORE_WORDS) if finding.opportunity else None
    if own is not None and (situation is None or not _precedes(situation, own, call)):
        situation = _before(call, own.turn_id)
    return Moment(
        call_id=critique.call_id,
        started_at=critique.started_at,
        situation=situation,
        own=own,
        impact=next_line(call, own.turn_id, Speaker.CUSTOMER) if own else None,
        went_well=finding.verdict is Verdict.MET,
        decided=f"A person decided: {WORDS[finding.verdict]}." if finding.overruled else "",
    )


def _own(finding: Finding, call: Redacted | None) -> Line | None:
    """The agent's words at the place where another line would go: the quote there, else the turn's beginning."""
    turn_id = place_of(finding, call) if call is not None else None
    quotes = [q for q in (*finding.counter, *finding.evidence, *_chance(finding)) if q.speaker == Speaker.AGENT.value]
    there = next((q for q in quotes if turn_id in (None, q.turn_id)), None)
    if there is not None:
        return line_of(there)
    turn = call.turn(turn_id) if call is not None and turn_id is not None else None
    if turn is None:
        return None
    return Line(turn_id=turn.id, speaker=turn.speaker.value, text=shortened(turn.text, QUOTE_WORDS))


def _chance(finding: Finding) -> tuple[Proven, ...]:
    return () if finding.opportunity is None else (finding.opportunity,)


def _precedes(one: Line, other: Line, call: Redacted | None) -> bool:
    order = {turn.id: at for at, turn in enumerate(call.turns)} if call else {}
    return order.get(one.turn_id, 0) < order.get(other.turn_id, 1)


def _before(call: Redacted | None, turn_id: str) -> Line | None:
    last = None
    for turn in call.turns if call else ():
        if turn.id == turn_id:
            return last
        if turn.speaker is Speaker.CUSTOMER:
            last = Line(turn_id=turn.id, speaker=CUSTOMER, text=shortened(turn.text, BEFORE_WORDS))
    return None


def try_line(
    focus: Focus | None,
    moment: Moment | None,
    tried: TriedLine | None,
    rubric: Rubric,
    week: Sequence[CallCritique],
) -> TryLine | None:
    """The line to try: the gated one where it belongs to this moment, else the trainer's first.

    None in a week in which the focus went well, whether or not words of it can be shown.
    """
    if focus is None or (moment is not None and moment.went_well):
        return None
    earned, chances = tally(focus.check_id, week)
    if moment is None and chances and earned == chances:
        return None
    if tried is not None and tried.check_id == focus.check_id and moment and tried.call_id == moment.call_id:
        lead = "Put back into this call and graded again: it holds." if tried.source == "engine" else _BANK
        return TryLine(words=shortened(tried.words, 40), turn_id=tried.turn_id, source=tried.source, lead=lead)
    turn = moment.own.turn_id if moment and moment.own else ""
    return TryLine(words=rubric.check(focus.check_id).reader.bank[0], turn_id=turn, source="bank", lead=_BANK)


_BANK = "From the trainer's bank; fill the brackets."


def practise(focus: Focus | None, moment: Moment | None, command: str) -> Practise | None:
    """Five minutes that start at the moment's own line.

    `command` is printed with {call_id}, {turn_id} and {check_id} filled in; one that names a place is not printed
    where there is no such line.
    """
    if focus is None:
        return None
    start = moment.situation if moment else None
    if start is None:
        steps = "Five minutes in pairs: one plays an upset customer, the other makes the move; then swap."
        command = "" if "{call_id}" in command or "{turn_id}" in command else command
    else:
        steps = f"Five minutes in pairs: one reads {start.turn_id} aloud, the other answers; carry on, then swap."
    where = {"{call_id}": moment.call_id if moment else "", "{turn_id}": start.turn_id if start else ""}
    return Practise(start=start, steps=steps, command=filled(command, {**where, "{check_id}": focus.check_id}))


def filled(command: str, values: Mapping[str, str]) -> str:
    """The command with its places filled in."""
    for name, value in values.items():
        command = command.replace(name, value)
    return command


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def turned(choices: Sequence[str], *seed: str) -> str:
    """One of the choices, another one from week to week, always the same for the same seed."""
    number = int.from_bytes(hashlib.sha256("/".join(seed).encode()).digest()[:4], "big")
    return choices[number % len(choices)] if choices else ""
