"""The folded part of an agent's report: every call of the week with its findings, quotes and anger arc.

Shows what did not count as well: claims that were not found, stages nobody graded.  Critical flags stay out until a
person has confirmed them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from coach.calls.transcript import Redacted
from coach.grading.critique import CallCritique, Finding, Overruled, Proven, Verdict
from coach.playbook.rubric import NamedText, Rubric
from coach.reports.agent_parts import Arc, CallPart, FindingLine, Named, ShownQuote
from coach.reports.contested import PATTERN_WORDS, WORDS, Contest, grader_of, spoken
from coach.reports.draft_note import draft_note

MOVES = {
    "first_ack": "acknowledged",
    "first_apology": "apologised",
    "first_fix_or_policy": "fix or policy",
    "first_owned_step": "owned a step",
}
FLOW = {
    "fix_before_ack": "A fix or policy came before the acknowledgement.",
    "apology_before_hearing": "An apology came before the account was heard out.",
    "over_relating": "Several more acknowledgements or apologies followed after the first owned step.",
    "late_solving": "After the first part of the call no further solving step was found.",
}
OUTCOMES = {
    "resolved": "settled",
    "partly": "partly settled",
    "open": "still open",
    "unknown": "outcome not known",
}
GOODWILL = {"thanks": "thanks", "praise": "praise", "apology": "an apology"}
SHOWN = (Verdict.MET, Verdict.PARTIAL, Verdict.MISSED, Verdict.UNGRADED)
"""The verdicts that stand in the list; others are named in one line, but where a person decided."""
STILL_UNHAPPY = 2  # heat of the last customer line


def call_part(
    critique: CallCritique,
    call: Redacted | None,
    rubric: Rubric,
    *,
    suggest: frozenset[str] | None,
    contests: Sequence[Contest] = (),
) -> CallPart:
    """One call as its agent reads it; `suggest` names the checks whose suggestions are shown, None for all.

    `contests` are this call's.
    """
    ai = critique.provenance.ai
    shown = {f.check_id for f in critique.findings if _listed(f)}
    return CallPart(
        call_id=critique.call_id,
        started_at=critique.started_at,
        channel=critique.channel,
        band=critique.call.band,
        partial_view=not ai,
        outcome=OUTCOMES.get(critique.outcome, critique.outcome),
        handled_well=handled_well_but_unhappy(critique),
        arc=_arc(critique, call),
        findings=tuple(
            _finding(f, rubric, ai=ai, suggest=suggest is None or f.check_id in suggest, contests=contests)
            for f in critique.findings
            if _listed(f)
        ),
        no_chance=_plain(critique, Verdict.NOT_APPLICABLE, rubric),
        not_observable=_plain(critique, Verdict.NOT_OBSERVABLE, rubric),
        unproven=critique.unproven,
        unproven_words=_unproven(len(critique.unproven)),
        ungraded=tuple(f"{_stage_name(u.stage_id, rubric)}: {u.reason}" for u in critique.ungraded),
        flow=tuple(FLOW.get(flag, flag) for flag in critique.flow_flags),
        problems=tuple(p.replace("_", " ") for p in critique.problems),
        blockers=tuple(_named(b.kind, b.what, b.quote, rubric.blockers) for b in critique.blockers),
        promises=tuple(
            Named(name=p.when or "no time named", text=f"{p.who}: {p.what}", quote=p.quote) for p in critique.promises
        ),
        goodwill=tuple(_goodwill(mark.kind, mark.quote) for mark in critique.goodwill),
        note=draft_note(critique, rubric),
        note_found=critique.note,
        contests=tuple(
            c.model_copy(update={"plain": _plain_name(c.check_id, rubric)}) for c in contests if c.check_id not in shown
        ),
    )


def handled_well_but_unhappy(critique: CallCritique) -> bool:
    """True where the effort is strong and the customer left unsettled or still heated: two different things."""
    last = critique.heat[-1][1] if critique.heat else 0
    return critique.call.band == "strong" and (critique.outcome == "open" or last >= STILL_UNHAPPY)


def _listed(finding: Finding) -> bool:
    return finding.verdict in SHOWN or finding.overruled is not None


def _arc(critique: CallCritique, call: Redacted | None) -> Arc:
    moves = tuple((m.quote.turn_id, MOVES[m.kind]) for m in critique.timeline if m.kind in MOVES)
    heard = [turn for turn, _ in critique.heat] + [turn for turn, _ in moves]
    turns = tuple(turn.id for turn in call.turns) if call else tuple(sorted(set(heard), key=lambda t: (len(t), t)))
    return Arc(heat=critique.heat, moves=moves, turns=turns)


def _finding(finding: Finding, rubric: Rubric, *, ai: bool, suggest: bool, contests: Iterable[Contest]) -> FindingLine:
    over = finding.overruled
    by = grader_of(ai=ai) if over else ""
    return FindingLine(
        check_id=finding.check_id,
        plain=rubric.check(finding.check_id).reader.plain,
        verdict=finding.verdict.value,
        words=_verdict_words(finding, ai=ai),
        counts=finding.counts,
        quotes=(
            *_shown("chance", () if finding.opportunity is None else (finding.opportunity,), by),
            *_shown("done", finding.evidence, by),
            *_shown("against", (*finding.counter, *(over.counter if over else ())), by),
        ),
        reasoning=_reasoning(finding, ai=ai),
        goal=finding.goal if suggest else "",
        try_words=finding.try_words if suggest else "",
        contests=tuple(c for c in contests if c.check_id == finding.check_id),
        engine_verdict=over.verdict.value if over else "",
        decided=_taken_along(over, rubric, ai=ai) if over else "",
    )


def _taken_along(over: Overruled, rubric: Rubric, *, ai: bool) -> str:
    """What took a check along that nobody decided about itself, and what the engine said of it."""
    if not over.follows:
        return ""
    said = spoken(over.verdict.value, ai=ai)
    return (
        f"It goes with “{_plain_name(over.follows, rubric)}” ({over.follows}): without that it has no chance. "
        f"{grader_of(ai=ai).capitalize()} said “{said}”."
    )


def _reasoning(finding: Finding, *, ai: bool) -> str:
    """The engine's reasoning; where a person decided, said to be that, so that it is not taken for the person's."""
    if finding.overruled is None:
        return finding.reasoning or (f"Not graded: {finding.why_ungraded}." if finding.why_ungraded else "")
    why = finding.reasoning or finding.overruled.why_ungraded
    return f"{grader_of(ai=ai).capitalize()}'s reasoning: {why}" if why else ""


def _shown(role: str, quotes: Iterable[Proven], found_by: str) -> tuple[ShownQuote, ...]:
    return tuple(ShownQuote.model_validate({"role": role, "quote": q, "found_by": found_by}) for q in quotes)


def _verdict_words(finding: Finding, *, ai: bool) -> str:
    if finding.overruled is not None:
        follows = finding.overruled.follows
        return f"{WORDS[finding.verdict]}, {f'goes with {follows}' if follows else 'a person decided'}"
    if finding.unstable:
        return "answers differed, so it does not count"
    if not ai and finding.counter:
        return "wording seen that speaks against it"
    return (WORDS if ai else PATTERN_WORDS)[finding.verdict]


def _plain(critique: CallCritique, verdict: Verdict, rubric: Rubric) -> tuple[str, ...]:
    return tuple(
        f"{rubric.check(f.check_id).reader.plain} ({f.check_id})"
        for f in critique.findings
        if f.verdict is verdict and not _listed(f)
    )


def _plain_name(check_id: str, rubric: Rubric) -> str:
    """A check in words; its id for one that the rubric no longer has."""
    return next((check.reader.plain for check in rubric.checks() if check.id == check_id), check_id)


def _unproven(n: int) -> str:
    if not n:
        return ""
    if n == 1:
        return "1 claim was not found in the transcript and does not count."
    return f"{n} claims were not found in the transcript and do not count."


def _stage_name(stage_id: str, rubric: Rubric) -> str:
    return next((stage.name for stage in rubric.stages if stage.id == stage_id), stage_id)


def _named(kind: str, text: str, quote: Proven, names: Iterable[NamedText]) -> Named:
    return Named(name=next((n.name for n in names if n.id == kind), kind), text=text, quote=quote)


def _goodwill(kind: str, quote: Proven) -> Named:
    what, _, how = kind.partition("_")
    text = "picked up" if how == "received" else "could be picked up with a word"
    return Named(name=f"The customer offered {GOODWILL.get(what, what)}", text=text, quote=quote)


def calls_of(calls: Mapping[str, Redacted], critiques: Iterable[CallCritique]) -> dict[str, Redacted]:
    """The redacted calls that belong to these critiques."""
    return {c.call_id: calls[c.call_id] for c in critiques if c.call_id in calls}
