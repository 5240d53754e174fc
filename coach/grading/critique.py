"""What a call earned: the claims of an engine, and what became of them.

`StageCritique` is what an engine says: claims, unproven.  `CallCritique` is what the product says: findings whose
quotes were found in the transcript, claims that did not hold, stages that nobody could grade, and where it all
comes from.  The classes of a reply carry no docstrings: a docstring ends up in the JSON schema that the model reads.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Short = Annotated[str, StringConstraints(max_length=600)]
Name = Annotated[str, StringConstraints(max_length=60)]

# --- What an engine says: frozen, no defaults, no dict, tuple, set or union of classes, so that the schema that
# --- pydantic writes is the strict one of every provider.


class Claimed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Quote(Claimed):
    turn_id: Name
    text: Short


class Suggestion(Claimed):
    goal: Short
    try_words: Short


class Claim(Claimed):
    check_id: Name
    opportunity: Literal["present", "absent", "not_observable"]
    opportunity_quote: Quote | None
    evidence: Annotated[list[Quote], Field(max_length=4)]
    counter_evidence: Annotated[list[Quote], Field(max_length=4)]
    reasoning: Short
    verdict: Literal["met", "partial", "missed", "not_applicable", "not_observable"]
    suggestion: Suggestion | None


class TimelineMark(Claimed):
    mark: Literal[
        "account_complete",
        "first_ack",
        "first_apology",
        "first_fix_or_policy",
        "first_owned_step",
        "customer_escalation",
    ]
    quote: Quote


class FlagClaim(Claimed):
    flag: Name
    quote: Quote


class HeatMark(Claimed):
    turn_id: Name
    heat: Annotated[int, Field(ge=0, le=4)]
    third_party: bool


class TurningPoint(Claimed):
    quote: Quote
    after_agent: Quote | None
    change: Literal["calmer", "hotter"]


class PromiseClaim(Claimed):
    quote: Quote
    who: Name
    what: Short
    when: Name | None


class BlockerClaim(Claimed):
    kind: Name
    what: Short
    quote: Quote


class OutcomeClaim(Claimed):
    outcome: Literal["resolved", "partly", "open", "unknown"]
    quote: Quote | None


class IssueClaim(Claimed):
    issue: Name
    quote: Quote


class GoodwillClaim(Claimed):
    kind: Literal["thanks", "praise", "apology"]
    quote: Quote
    received: bool


class NoteClaim(Claimed):
    item: Name
    present: bool
    quote: Short | None


class Overview(Claimed):
    heat: Annotated[list[HeatMark], Field(max_length=200)]
    turning_points: Annotated[list[TurningPoint], Field(max_length=3)]
    promises: Annotated[list[PromiseClaim], Field(max_length=12)]
    blockers: Annotated[list[BlockerClaim], Field(max_length=6)]
    outcome: OutcomeClaim
    recurring_issue: IssueClaim | None
    urgency: Literal["none", "stated_deadline", "money", "safety"]
    goodwill: Annotated[list[GoodwillClaim], Field(max_length=6)]
    note: Annotated[list[NoteClaim], Field(max_length=6)]


class StageCritique(Claimed):
    stage_id: Name
    findings: Annotated[list[Claim], Field(max_length=40)]
    timeline: Annotated[list[TimelineMark], Field(max_length=20)]
    best_moment: Quote | None
    change_moment: Quote | None
    critical_flags: Annotated[list[FlagClaim], Field(max_length=7)]
    transcript_problems: Annotated[list[Short], Field(max_length=6)]
    overview: Overview | None


# --- What the product says.


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


class Finding(Known):
    """One check of one call: a verdict with its proof.

    `verdict` is `ungraded` where the claim's evidence did not hold; `why_ungraded` says so.  `share` is the mean
    over repeated samples (equal to the verdict's value when asked once), None outside the judged three.
    `unstable` findings are shown and do not count.
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
