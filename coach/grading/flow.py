"""What code decides from the places of verified quotes: the order of acts, never their meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from coach.calls.transcript import Redacted, Speaker
from coach.grading.critique import Finding, Mark, Proven, Verdict
from coach.grading.evidence import Prover
from coach.grading.findings import EARNED, JUDGED, ungraded_finding

OVER_RELATING = 3  # relational turns after the first owned step
LAST = 0.6  # share of the turns, from the end, in which solving should show (Marinova, Singh and Singh, JMR)
SHORTEST_FOR_LATE = 10  # turns


def ack_before_fix(
    findings: Mapping[str, Finding],
    marks: Mapping[str, Proven],
    prover: Prover,
    *,
    calm_before_fix: bool,
    emergency: bool = False,
) -> Finding:
    """ACK2: the acknowledgement comes before the first fix, policy or explanation.

    Not applicable without an acknowledgement, in an emergency, and where the customer asked first and calmly for the
    fix (`calm_before_fix`).  Turn and offset decide, so that the order inside one turn counts.
    """
    ack = findings.get("ACK1")
    if ack is None or ack.verdict is Verdict.UNGRADED:
        return ungraded_finding("ACK2", "acknowledge", "the acknowledgement itself is not graded")
    if ack.verdict not in JUDGED:
        return _ack2(Verdict(ack.verdict), (), (), "No acknowledgement was called for.", None)
    if ack.verdict not in EARNED:
        return _ack2(Verdict.NOT_APPLICABLE, (), (), "There was no acknowledgement to place.", None)
    first = min((*ack.evidence, *_one(marks.get("first_ack"))), key=prover.place)
    fix = marks.get("first_fix_or_policy")
    if fix is not None and prover.place(fix) < prover.place(first):
        if emergency:
            return _ack2(Verdict.NOT_APPLICABLE, (), (), "Safety came first.", None)
        if calm_before_fix:
            return _ack2(Verdict.NOT_APPLICABLE, (), (), "The customer asked first and calmly for the fix.", None)
        return _ack2(Verdict.MISSED, (), (fix, first), "The fix or policy stands before it.", ack.opportunity or first)
    return _ack2(Verdict.MET, (first,), (), "It stands before the first fix or policy.", ack.opportunity)


def _one(mark: Proven | None) -> tuple[Proven, ...]:
    return () if mark is None else (mark,)


def _ack2(
    verdict: Verdict, evidence: tuple[Proven, ...], counter: tuple[Proven, ...], why: str, opportunity: Proven | None
) -> Finding:
    return Finding(
        check_id="ACK2",
        stage_id="acknowledge",
        verdict=verdict,
        share=verdict.value_of,
        opportunity=opportunity,
        evidence=evidence,
        counter=counter,
        reasoning=why,
    )


def calm_until(fix: Proven | None, heat: Iterable[tuple[str, int]], call: Redacted) -> bool:
    """True where every customer turn before the first fix or policy is neutral in heat."""
    if fix is None:
        return False
    order = {t.id: i for i, t in enumerate(call.turns)}
    before = [h for turn, h in heat if order[turn] < order[fix.turn_id]]
    return bool(before) and max(before) == 0


def flow_flags(
    findings: Mapping[str, Finding], marks: Mapping[str, Proven], call: Redacted, prover: Prover
) -> tuple[str, ...]:
    """The flags of the order of acts: fix_before_ack, apology_before_hearing, over_relating, late_solving."""
    flags = []
    ack2 = findings.get("ACK2")
    if ack2 is not None and ack2.verdict is Verdict.MISSED:
        flags.append("fix_before_ack")
    heard, apology = marks.get("account_complete"), marks.get("first_apology")
    if heard and apology and prover.place(apology) < prover.place(heard):
        flags.append("apology_before_hearing")
    if _over_relating(findings, marks, prover):
        flags.append("over_relating")
    if _late_solving(findings, call):
        flags.append("late_solving")
    return tuple(flags)


def _quotes(findings: Mapping[str, Finding], *ids: str) -> list[Proven]:
    return [quote for i in ids if (f := findings.get(i)) for quote in f.evidence]


def _over_relating(findings: Mapping[str, Finding], marks: Mapping[str, Proven], prover: Prover) -> bool:
    owned = _quotes(findings, "RES1")
    if not owned:
        return False
    step = min(prover.place(q) for q in owned)
    escalation = marks.get("customer_escalation")
    if escalation and prover.place(escalation) > step:
        return False
    relating = {q.turn_id for q in _quotes(findings, "ACK1", "APO1", "APO2") if prover.place(q) > step}
    return len(relating) >= OVER_RELATING


def _late_solving(findings: Mapping[str, Finding], call: Redacted) -> bool:
    spoken = [t.id for t in call.turns if t.speaker is not Speaker.SYSTEM]
    turns = {q.turn_id for q in _quotes(findings, "RES1", "RES2", "RES4", "RES6")}
    if len(spoken) < SHORTEST_FOR_LATE or not turns:
        return False
    return max(spoken.index(t) for t in turns) < (1 - LAST) * len(spoken)


def marks_of(timeline: Sequence[Mark]) -> dict[str, Proven]:
    """The first proven quote of every mark."""
    found: dict[str, Proven] = {}
    for mark in timeline:
        found.setdefault(mark.kind, mark.quote)
    return found
