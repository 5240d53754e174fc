"""What a call earned: findings with their proof, claims that did not hold, and where it all comes from.

What an engine says stands in `claims.py`; what is here was proven by code, or is said to be unproven.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Verdict(StrEnum):
    """The six verdicts.  The last three leave the score's denominator; `ungraded` is set by code alone."""

    MET = "met"
    PARTIAL = "partial"
    MISSED = "missed"
    NOT_APPLICABLE = "not_applicable"
    NOT_OBSERVABLE = "not_observable"
    UNGRADED = "ungraded"

    @property
    def value_of(self) -> float | None:
        """1, .5 or 0 for the judged three; None for the rest."""
        return {"met": 1.0, "partial": 0.5, "missed": 0.0}.get(self.value)


class Known(BaseModel):
    """Frozen values of our own."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Proven(Known):
    """A quote that was found: the transcript's own words, and their place.

    `text` is the transcript's, never the engine's copy.  `start` and `end` are character offsets in the turn.
    `match` is `exact` after folding, or `close` (token order coverage of .85 or more).
    """

    turn_id: str
    speaker: str
    text: str
    start: int
    end: int
    match: Literal["exact", "close"]


class Overruled(Known):
    """What an engine said of a check before a person decided otherwise, and who decided it why.

    `share` and `why_ungraded` are the engine's; `counter` holds its quotes against the agent that a verdict of met took
    out of the finding.  `follows` is the check that it goes with where nobody decided about this one itself; `by` is
    then empty.  `decided_at` is the time of the decision, in ISO 8601.
    """

    verdict: Verdict
    share: float | None
    by: str
    reason: str
    why_ungraded: str = ""
    counter: tuple[Proven, ...] = ()
    follows: str = ""
    decided_at: str = ""


class Finding(Known):
    """One check of one call: a verdict with its proof.

    `verdict` is `ungraded` where the claim's evidence did not hold; `why_ungraded` says so.  `share` is the mean
    over repeated samples (equal to the verdict's value when asked once), None outside the judged three.
    `unstable` findings are shown and do not count.  `overruled` stands where a person decided the verdict
    (`rulings.py`): it is laid on when a critique is read, and no kept critique holds it.
    """

    check_id: str
    stage_id: str
    verdict: Verdict
    share: float | None
    opportunity: Proven | None
    evidence: tuple[Proven, ...]
    counter: tuple[Proven, ...]
    reasoning: str
    goal: str = ""
    try_words: str = ""
    why_ungraded: str = ""
    unstable: bool = False
    overruled: Overruled | None = None

    @property
    def engine_verdict(self) -> Verdict:
        """What the engine said, whether or not a person decided otherwise."""
        return self.verdict if self.overruled is None else self.overruled.verdict

    @property
    def proves_met(self) -> bool:
        """True where its quotes are words that met the check: a person's met may rest on words that nobody quoted."""
        return self.counts and self.verdict is Verdict.MET and self.engine_verdict is Verdict.MET

    @property
    def counts(self) -> bool:
        """True where the finding belongs in a score."""
        return self.share is not None and not self.unstable


class Unproven(Known):
    """A claim whose quote is not in the transcript where it should be: shown as such, never dropped."""

    where: str
    turn_id: str
    claimed: str
    why: str


class Ungraded(Known):
    """A stage without an answer, and why: a value, never a zero."""

    stage_id: str
    reason: str
    detail: str


class Mark(Known):
    """A proven mark of the timeline, flag, moment or goodwill: `kind` and the quote."""

    kind: str
    quote: Proven


class Promise(Known):
    """A promise that the agent made, in their own words."""

    who: str
    what: str
    when: str | None
    quote: Proven


class Blocker(Known):
    """What stood in the way of a resolution; out of the score."""

    kind: str
    what: str
    quote: Proven


class Turning(Known):
    """A customer line where the heat changed, and the agent's move it followed (after, not because)."""

    change: str
    quote: Proven
    after: Proven | None


class NoteFinding(Known):
    """Whether the CRM note holds one of the things it should; graded only when a note is supplied."""

    item: str
    present: bool
    quote: str


class StageScore(Known):
    """`p` is the weighted share of what was earned, 0 to 1; `score` = 1 + 4 p, None where there is too little to score.

    `coverage` is the weight judged over the weight of the stage's checks in force.
    """

    stage_id: str
    p: float | None
    score: float | None
    judged: int
    coverage: float
    band: str | None
    partial_view: bool = False


class CallScore(Known):
    """The weighted mean of the scored stages; `score` and `band` are None where under 60 % of the weight is scored."""

    score: float | None
    coverage: float
    band: str | None


class Provenance(Known):
    """Where a critique comes from.  A trend compares equal `playbook` values alone."""

    engine: str
    model: str
    ai: bool
    playbook: str
    rubric: str
    prompts: str
    schema_hash: str
    repeats: int
    calls_digest: str
    program: str


class CallCritique(Known):
    """All that is known of one call after grading: claims kept apart from what was proven.

    `quotes` counts the proven quotes, `close_quotes` those of them that are close.  The tokens are those of all
    replies that the grade rests on, as the server counted them, recalled ones too (`tokens_cached` is part of
    `tokens_in`).
    """

    call_id: str
    agent: str
    team: str
    week: str
    started_at: datetime
    channel: str
    findings: tuple[Finding, ...]
    unproven: tuple[Unproven, ...]
    ungraded: tuple[Ungraded, ...]
    stages: tuple[StageScore, ...]
    call: CallScore
    timeline: tuple[Mark, ...]
    best_moment: Proven | None
    change_moment: Proven | None
    critical_flags: tuple[Mark, ...]
    flow_flags: tuple[str, ...]
    heat: tuple[tuple[str, int], ...]
    turning_points: tuple[Turning, ...]
    promises: tuple[Promise, ...]
    blockers: tuple[Blocker, ...]
    outcome: str
    outcome_quote: Proven | None
    recurring_issue: str
    issue_quote: Proven | None
    urgency: str
    goodwill: tuple[Mark, ...]
    note: tuple[NoteFinding, ...]
    problems: tuple[str, ...]
    signals: dict[str, float | int | str | bool | None]
    close_quotes: int
    quotes: int
    provenance: Provenance
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0

    def finding(self, check_id: str) -> Finding | None:
        """The finding for a check, or None where it was not asked."""
        return next((f for f in self.findings if f.check_id == check_id), None)
