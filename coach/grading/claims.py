"""What an engine says of a call: claims, nothing proven yet; the shape of every reply.

Frozen, no defaults, no dict, tuple, set or union of classes, so that the schema that pydantic writes is the strict one
of every provider.  The classes carry no docstrings: a docstring ends up in the JSON schema that the model reads.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Short = Annotated[str, StringConstraints(max_length=600)]
Name = Annotated[str, StringConstraints(max_length=60)]


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
