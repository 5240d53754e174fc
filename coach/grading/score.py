"""From verdicts to numbers: stages, calls, bands.  Nothing here reads text.

The score is what the agent did.  Outcome and heat never enter it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from coach.grading.critique import CallScore, Finding, StageScore, Verdict
from coach.playbook.rubric import Check, Polarity, Rubric, Stage

ENOUGH_CHECKS = 2  # judged checks a stage needs
ENOUGH_STAGE = 0.5  # share of the stage's weight that must be judged
ENOUGH_CALL = 0.6  # share of the call's weight that must lie in scored stages
MOST_UNGRADED = 0.25  # share of a stage's checks that may be ungraded
BANDS = ((2.5, "needs attention"), (3.75, "building"), (float("inf"), "strong"))


def band_of(score: float | None) -> str | None:
    """The word for a 1 to 5 score: under 2.5 needs attention, under 3.75 building, else strong."""
    return None if score is None else next(word for limit, word in BANDS if score < limit)


def stage_score(stage: Stage, checks: Sequence[Check], findings: Mapping[str, Finding], *, ai: bool) -> StageScore:
    """A stage's p = sum(w v) / sum(w) over judged checks, and 1 + 4 p where there is enough to score.

    `checks` are the stage's checks in force; a check without a finding counts as ungraded.  Without a model the
    number is withheld and a band over what wording can decide is marked as a partial view.
    """
    judged = [(c, f.share) for c in checks if (f := findings.get(c.id)) and f.counts and f.share is not None]
    weight = sum(c.weight for c, _ in judged)
    coverage = weight / sum(c.weight for c in checks) if checks else 0.0
    p = sum(c.weight * share for c, share in judged) / weight if weight else None
    ungraded = sum(1 for c in checks if c.id not in findings or findings[c.id].verdict is Verdict.UNGRADED)
    enough = (
        len(judged) >= ENOUGH_CHECKS
        and coverage >= ENOUGH_STAGE
        and ungraded <= MOST_UNGRADED * len(checks)
        and any(c.polarity is Polarity.PRESENCE for c, _ in judged)
    )
    score = 1 + 4 * p if p is not None and enough else None
    return StageScore(
        stage_id=stage.id,
        p=p,
        score=score if ai else None,
        judged=len(judged),
        coverage=coverage,
        band=band_of(score),
        partial_view=not ai and score is not None,
    )


def stage_scores(rubric: Rubric, findings: Iterable[Finding], *, ai: bool) -> tuple[StageScore, ...]:
    """The stages of a call in the rubric's order."""
    by_id = {f.check_id: f for f in findings}
    return tuple(stage_score(s, list(rubric.checks_of(s)), by_id, ai=ai) for s in rubric.stages)


def call_score(rubric: Rubric, scores: Sequence[StageScore], *, ai: bool) -> CallScore:
    """The call's score: every judged check with its share of its stage's weight, 1 + 4 times the mean.

    Each stage weighs what of it was judged.  So a check that leaves the denominator can only raise the mean of what
    stays when it was missed; with whole stage weights the mean could fall.  Withheld where the scored stages hold
    under 60 % of the call's weight, and always for an engine without a model.
    """
    total = sum(stage.weight for stage in rubric.stages)
    weights = {stage.id: stage.weight for stage in rubric.stages}
    judged = [(weights[s.stage_id] * s.coverage, s.p) for s in scores if s.p is not None]
    weight = sum(w for w, _ in judged)
    scored = sum(weights[s.stage_id] for s in scores if s.score is not None)
    if not ai or not weight or scored < ENOUGH_CALL * total:
        return CallScore(score=None, coverage=weight / total, band=None)
    score = 1 + 4 * sum(w * p for w, p in judged) / weight
    return CallScore(score=score, coverage=weight / total, band=band_of(score))
