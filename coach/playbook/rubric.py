"""What good looks like: the types a playbook's rubric is read into.

Every part has two texts: what a *grader* sees (`grader`: rules, anchors, examples) and what a *reader* sees
(`reader`: the aim, the reason, lines to try).  Weights and research stand outside `grader` and never reach one.
This module does not read files (`load.py`) and does not know what a critique is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
GuidanceId = Annotated[str, StringConstraints(pattern=r"^G\d{2,3}$")]
RulingId = Annotated[str, StringConstraints(pattern=r"^[RK]\d{1,2}$")]
CheckId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}\d{1,2}$")]
MarkName = Literal[
    "account_complete", "first_ack", "first_apology", "first_fix_or_policy", "first_owned_step", "customer_escalation"
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,30}$")]


class Part(BaseModel):
    """Frozen; an unknown field in the file is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Polarity(StrEnum):
    """`presence`: something should be there.  `absence`: something should not."""

    PRESENCE = "presence"
    ABSENCE = "absence"


class Example(Part):
    """A micro-example of our own: one to four lines `CUSTOMER: ...` / `AGENT: ...` and the verdict they earn."""

    lines: tuple[Text, ...] = Field(min_length=1, max_length=4)
    verdict: Literal["met", "partial", "missed"]
    because: Text


class GraderText(Part):
    """What a grader reads of a check, in this order."""

    opportunity: Text
    not_applicable: Text
    met: Text
    partial: Text | None
    missed: Text
    rules: tuple[Text, ...] = ()
    examples: tuple[Example, ...] = Field(min_length=2, max_length=2)


class ReaderText(Part):
    """What people read of a check: `plain` names it, `aim` says what the move is for, `why` gives the reason.

    `better` completes the sentence "It would land better to ...".  `bank` holds the trainer's own lines to try,
    used where no engine's suggestion has passed the gate.
    """

    plain: Text
    aim: Text
    better: Text
    why: Text
    bank: tuple[Text, ...] = Field(min_length=1)
    training: Text


class Check(Part):
    """One thing a reader can point at in the transcript.  `weight` is relative inside its stage.

    `needs` names the check without which this one has no opportunity: one omission is charged once.
    `customer_opportunity` asks that its opportunity is proven with a line of the customer's.
    """

    id: CheckId
    name: Text
    weight: int = Field(ge=1, le=10)
    polarity: Polarity
    by_code: bool = False
    house: bool = False
    needs: CheckId | None = None
    customer_opportunity: bool = False
    grader: GraderText
    reader: ReaderText
    guidance: tuple[GuidanceId, ...]
    rulings: tuple[RulingId, ...] = ()


class Stage(Part):
    """A part of a call with its checks.  `weight` is a share of the call's 100.

    `marks` are the places of the call's timeline that are asked for together with this stage.  Where the record
    stops early, a `missed` of a stage that `stops_with_record` becomes not observable.
    """

    id: Slug
    name: Text
    weight: int = Field(ge=1, le=100)
    marks: tuple[MarkName, ...] = ()
    stops_with_record: bool = False
    reader: Text
    checks: tuple[Check, ...] = Field(min_length=1)


class NamedText(Part):
    """An id with a name for people and a definition for the grader."""

    id: Slug
    name: Text
    text: Text


class NoteItem(Part):
    """One of the things a CRM note should hold (graded only when a note is supplied)."""

    id: Slug
    name: Text
    text: Text


class Ruling(Part):
    """How a disagreement of the source articles is settled."""

    id: RulingId
    text: Text


class Rubric(Part):
    """The whole of `rubrics/deescalation.yaml`.

    `house_checks` switches our own additions (CALM4) on or off: an off check is neither asked nor scored.
    """

    id: Slug
    title: Text
    language: Text
    house_checks: bool
    stages: tuple[Stage, ...] = Field(min_length=1)
    note_items: tuple[NoteItem, ...]
    critical_flags: tuple[NamedText, ...]
    blockers: tuple[NamedText, ...]
    recurring_issues: tuple[NamedText, ...]
    rulings: tuple[Ruling, ...]
    wellbeing: tuple[Text, ...]
    reframing: tuple[Text, ...]
    self_review: tuple[Text, ...]

    def checks(self) -> Iterator[Check]:
        """The checks in force, in the order of the file."""
        for stage in self.stages:
            yield from self.checks_of(stage)

    def checks_of(self, stage: Stage) -> Iterator[Check]:
        """The checks of one stage that are in force."""
        return (check for check in stage.checks if self.house_checks or not check.house)

    def stage_of(self, check_id: str) -> Stage:
        """The stage that holds a check; KeyError for an id the rubric does not have."""
        for stage in self.stages:
            if any(check.id == check_id for check in stage.checks):
                return stage
        raise KeyError(check_id)

    def check(self, check_id: str) -> Check:
        """A check by its id; KeyError for an id the rubric does not have."""
        return next(check for check in self.stage_of(check_id).checks if check.id == check_id)

    def stage(self, stage_id: str) -> Stage:
        """A stage by its id; KeyError for an id the rubric does not have."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)


Embodiment = Literal["criterion", "prompt", "report", "role-play", "digest", "quiz", "config", "dropped"]


class GuidanceItem(Part):
    """One of the hundred pieces of advice, in our own words, and what embodies it.

    `covered_by` names check ids, `prompt:<template>` or `report:<section>` / `digest:<section>`;
    `quiz:bank` and `practice:<part>`; what later work brings is `open:digest`.
    """

    id: GuidanceId
    text: Text
    embody: tuple[Embodiment, ...] = Field(min_length=1)
    covered_by: tuple[Text, ...]
    rulings: tuple[RulingId, ...] = ()


Lexicons = Mapping[str, tuple[str, ...]]
