"""What people decided about contested verdicts, laid on a critique: the human verdict, the engine's beside it.

Pure: a critique that was kept stays as the engine gave it, and rulings are laid on each time it is read.  Who may
decide, and whether a ruling still holds for the words in force, is its callers' to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from coach.grading.critique import CallCritique, Finding, Known, Overruled, Verdict
from coach.grading.findings import EARNED, JUDGED
from coach.grading.score import call_score, stage_scores
from coach.playbook.rubric import Check, Rubric

RuledVerdict = Literal["met", "partial", "missed", "not_applicable", "not_observable"]


class Ruling(Known):
    """One person's verdict on one check of one call, in the place of an engine's.

    `definition` is the version of the check's words that it was decided under, `transcript` that of the call's;
    `decided_at` is the time in ISO 8601.
    """

    call_id: str
    check_id: str
    verdict: RuledVerdict
    by: str
    reason: str
    definition: str
    transcript: str
    decided_at: str = ""


def can_rule(check: Check, verdict: RuledVerdict) -> bool:
    """False for a partial of a check that knows none."""
    return verdict != "partial" or check.grader.partial is not None


def overrule(critique: CallCritique, rulings: Iterable[Ruling], rubric: Rubric) -> CallCritique:
    """The critique with the rulings on its call laid on, its scores worked out again; the last of two on a check holds.

    `rubric` is the one that the critique was graded under.  A check that goes with one ruled to be absent (`needs`)
    becomes not applicable, as in grading: one omission is charged once.  The same critique comes back where no
    ruling is about it.
    """
    asked = {finding.check_id for finding in critique.findings}
    mine = {r.check_id: r for r in rulings if r.call_id == critique.call_id and r.check_id in asked}
    if not mine:
        return critique
    ruled = [
        _ruled(f, Verdict(r.verdict), by=r.by, reason=r.reason, decided_at=r.decided_at)
        if (r := mine.get(f.check_id))
        else f
        for f in critique.findings
    ]
    findings = _followed(ruled, rubric)
    ai = critique.provenance.ai
    touched = {f.stage_id for f, before in zip(findings, critique.findings, strict=True) if f != before}
    again = {score.stage_id: score for score in stage_scores(rubric, findings, ai=ai)}
    stages = tuple(again[score.stage_id] if score.stage_id in touched else score for score in critique.stages)
    return critique.model_copy(
        update={
            "findings": tuple(findings),
            "stages": stages,
            "call": call_score(rubric, stages, ai=ai),
            "flow_flags": _flags(critique, findings),
        }
    )


def _ruled(finding: Finding, verdict: Verdict, **decided: str) -> Finding:
    """The finding with a person's verdict; `decided` are the fields of `Overruled` about who did, why and when."""
    short = verdict in (Verdict.PARTIAL, Verdict.MISSED)
    # What was found against the agent speaks against nothing any more: left there, it would bar the turn from praise.
    dropped = finding.counter if verdict is Verdict.MET else ()
    return finding.model_copy(
        update={
            "verdict": verdict,
            "share": verdict.value_of,
            "counter": () if dropped else finding.counter,
            "goal": finding.goal if short else "",
            "try_words": finding.try_words if short else "",
            "why_ungraded": "",
            "unstable": False,
            "overruled": Overruled(
                verdict=finding.verdict,
                share=finding.share,
                why_ungraded=finding.why_ungraded,
                counter=dropped,
                **decided,
            ),
        }
    )


def _followed(findings: Sequence[Finding], rubric: Rubric) -> list[Finding]:
    """What goes with a check that a person ruled to be absent; a check with a ruling of its own keeps it."""
    by_id = {f.check_id: f for f in findings}
    settled = []
    for finding in findings:
        parent = by_id.get(rubric.check(finding.check_id).needs or "")
        decided = None if parent is None or parent.verdict in EARNED else parent.overruled
        if parent is not None and decided is not None and finding.verdict in JUDGED and finding.overruled is None:
            why = f"It goes with {parent.check_id}."
            finding = _ruled(finding, Verdict.NOT_APPLICABLE, by="", reason=why, follows=parent.check_id)
        settled.append(finding)
    return settled if settled == list(findings) else _followed(settled, rubric)


def _flags(critique: CallCritique, findings: Sequence[Finding]) -> tuple[str, ...]:
    """The flags of the order of acts: fix_before_ack says what ACK2 says."""
    order = next((f for f in findings if f.check_id == "ACK2" and f.overruled is not None), None)
    if order is None:
        return critique.flow_flags
    rest = tuple(flag for flag in critique.flow_flags if flag != "fix_before_ack")
    return ("fix_before_ack", *rest) if order.verdict is Verdict.MISSED else rest
