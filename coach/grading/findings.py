"""From claims to findings: every verdict with its proof, or `ungraded` with the reason.

The rules of the evidence: presence checks prove what is there, absence checks prove what should not be, a missed
presence check proves its opportunity, and not applicable goes with an absent opportunity alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from coach.calls.transcript import Channel, EndedBy, Redacted, Speaker
from coach.grading.claims import Claim
from coach.grading.critique import Finding, Proven, Unproven, Verdict
from coach.grading.evidence import Prover
from coach.playbook.rubric import Check, Polarity, Rubric

JUDGED = (Verdict.MET, Verdict.PARTIAL, Verdict.MISSED)
EARNED = (Verdict.MET, Verdict.PARTIAL)


def findings_of(claims: Sequence[Claim], asked: Iterable[str], rubric: Rubric, prover: Prover) -> list[Finding]:
    """One finding for every asked check, once each, whatever the engine answered."""
    wanted = list(asked)
    counts = Counter(claim.check_id for claim in claims)
    by_id = {claim.check_id: claim for claim in claims}
    for stranger in sorted(counts.keys() - set(wanted)):
        prover.unproven.append(
            Unproven(where=stranger, turn_id="", claimed=stranger[:60], why="a check that was not asked for")
        )
    return [_answered(check_id, by_id, counts, rubric, prover) for check_id in wanted]


def _answered(
    check_id: str, by_id: Mapping[str, Claim], counts: Mapping[str, int], rubric: Rubric, prover: Prover
) -> Finding:
    stage = rubric.stage_of(check_id).id
    if counts[check_id] != 1:
        why = "answered more than once" if counts[check_id] else "not answered"
        return ungraded_finding(check_id, stage, why)
    return _finding(by_id[check_id], rubric.check(check_id), stage, prover)


def ungraded_finding(check_id: str, stage_id: str, why: str) -> Finding:
    """A check that nobody could grade."""
    return Finding(
        check_id=check_id,
        stage_id=stage_id,
        verdict=Verdict.UNGRADED,
        share=None,
        opportunity=None,
        evidence=(),
        counter=(),
        reasoning="",
        why_ungraded=why,
    )


def _finding(claim: Claim, check: Check, stage: str, prover: Prover) -> Finding:
    opportunity = prover.prove(
        claim.opportunity_quote, check.id, Speaker.CUSTOMER if check.customer_opportunity else None
    )
    evidence = prover.prove_all(claim.evidence, check.id, Speaker.AGENT)
    counter = prover.prove_all(claim.counter_evidence, check.id, Speaker.AGENT)
    why = _why_void(claim, check, opportunity, evidence, counter)
    verdict = Verdict.UNGRADED if why else Verdict(claim.verdict)
    suggestion = claim.suggestion if verdict in (Verdict.PARTIAL, Verdict.MISSED) else None
    return Finding(
        check_id=check.id,
        stage_id=stage,
        verdict=verdict,
        share=verdict.value_of,
        opportunity=opportunity,
        evidence=evidence,
        counter=counter,
        reasoning=claim.reasoning,
        goal=suggestion.goal if suggestion else "",
        try_words=suggestion.try_words if suggestion else "",
        why_ungraded=why,
    )


def _why_void(
    claim: Claim, check: Check, opportunity: Proven | None, evidence: tuple[Proven, ...], counter: tuple[Proven, ...]
) -> str:
    """Why a claim does not hold, or an empty string."""
    verdict = Verdict(claim.verdict)
    expected = {"absent": Verdict.NOT_APPLICABLE, "not_observable": Verdict.NOT_OBSERVABLE}.get(claim.opportunity)
    if (expected is not None and verdict is not expected) or (expected is None and verdict not in JUDGED):
        return f"contradicts itself: opportunity {claim.opportunity}, verdict {verdict.value}"
    if verdict not in JUDGED:
        return ""
    if check.customer_opportunity and opportunity is None:
        return "the customer's line it answers to is not proven"
    if verdict is Verdict.PARTIAL and check.grader.partial is None:
        return "this check has no partial"
    if check.polarity is Polarity.PRESENCE:
        if verdict in EARNED and not evidence:
            return "no quote of the agent's proves it"
        if verdict is Verdict.MISSED and opportunity is None:
            return "the opportunity it is said to have missed is not proven"
    elif verdict is not Verdict.MET and not counter:
        return "no quote of the agent's breaks it"
    return ""


def settle(findings: Sequence[Finding], call: Redacted, rubric: Rubric) -> list[Finding]:
    """What the record and the other findings change: dependants of an absent act, records that stop early.

    Only verdicts that lower a score are lifted here; nothing is made worse.
    """
    by_id = {f.check_id: f for f in findings}
    agent_turns = sum(1 for t in call.turns if t.speaker is Speaker.AGENT)
    stopped = stops_early(call)
    settled = [_settled(f, by_id, rubric, call, agent_turns, stopped=stopped) for f in findings]
    return settled if settled == list(findings) else settle(settled, call, rubric)


def _settled(
    finding: Finding, by_id: Mapping[str, Finding], rubric: Rubric, call: Redacted, agent_turns: int, *, stopped: bool
) -> Finding:
    check, stage = rubric.check(finding.check_id), rubric.stage_of(finding.check_id)
    parent = by_id.get(check.needs or "")
    if parent is not None and parent.verdict not in (*EARNED, Verdict.UNGRADED) and finding.verdict in JUDGED:
        return _set_aside(finding, Verdict.NOT_APPLICABLE)
    if check.id == "LIS1" and finding.verdict in JUDGED and (call.channel is Channel.CHAT or not call.timed):
        return _set_aside(finding, Verdict.NOT_OBSERVABLE)
    if stage.id == "close" and agent_turns < 2 and finding.verdict in JUDGED:
        return _set_aside(finding, Verdict.NOT_OBSERVABLE)
    if stage.stops_with_record and stopped and finding.verdict is Verdict.MISSED:
        return _set_aside(finding, Verdict.NOT_OBSERVABLE)
    return finding


def _set_aside(finding: Finding, verdict: Verdict) -> Finding:
    return finding.model_copy(update={"verdict": verdict, "share": None, "goal": "", "try_words": ""})


def stops_early(call: Redacted) -> bool:
    """True where the record ends before the agent could end it: cut, moved, an unreadable agent turn, or a
    customer's last question that nobody had the turn to answer."""
    if call.ended_by in (EndedBy.CUT, EndedBy.MOVED) or "unreadable_agent_turn" in call.problems:
        return True
    spoken = [t for t in call.turns if t.speaker is not Speaker.SYSTEM]
    last = spoken[-1] if spoken else None
    unanswered = last is not None and last.speaker is Speaker.CUSTOMER and last.text.rstrip().endswith("?")
    return unanswered and call.ended_by is not EndedBy.AGENT


def merge_samples(samples: Sequence[Sequence[Finding]]) -> list[Finding]:
    """One finding a check out of k gradings of the same call: the share is the mean, not the majority.

    The verdict shown is the most frequent (the first of equals); a check whose samples hold both met and missed, or
    of which less than three in five agree, is `unstable`: shown, and left out of scores.
    """
    if len(samples) == 1:
        return list(samples[0])
    merged = []
    for same in zip(*samples, strict=True):
        verdict, votes = Counter(f.verdict for f in same).most_common(1)[0]
        shown = next(f for f in same if f.verdict is verdict)
        shares = [f.share for f in same if f.share is not None]
        torn = {Verdict.MET, Verdict.MISSED} <= {f.verdict for f in same} or votes < 0.6 * len(same)
        share = sum(shares) / len(shares) if shares and verdict in JUDGED else None
        merged.append(shown.model_copy(update={"share": share, "unstable": torn}))
    return merged
