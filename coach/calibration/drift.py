"""Has the grader drifted?  The golden calls graded again and held against a kept baseline; five alarms.

Alarms (design of the calibration): a stage's mean moved by more than .25 points; more than 10 % of the checks flipped;
TNR fell by more than .10; more than 3 % of the quotes not in the transcript; the rate of not applicable moved by more
than 10 points.  A baseline names what graded it, so that a change of model, prompt or rubric is what is measured.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from coach.calibration.labels import Labelled, LabelVerdict, write_whole
from coach.calibration.voices import Voice, hit_counts, stage_points, voice_of_critiques, voice_of_labels
from coach.errors import BadLabels, NotFound
from coach.grading.critique import CallCritique
from coach.playbook.rubric import Rubric

FILE = "baseline.json"
STAGE_SHIFT = 0.25
FLIPPED = 0.10
TNR_FALL = 0.10
QUOTES_LOST = 0.03
ABSENT_SHIFT = 0.10
ENOUGH_CALLS = 24  # golden calls below which a drift cannot be told from chance (design: 24 to 30)

Share = Annotated[float, Field(ge=0, le=1)]


class Baseline(BaseModel):
    """What a grader said of the golden calls when it was accepted.

    `verdicts` are by "call check"; `quotes` and `unproven` count over all calls.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str
    model: str
    playbook: str
    at: AwareDatetime
    verdicts: dict[Annotated[str, StringConstraints(pattern=r"^\S+ \S+$")], LabelVerdict]
    quotes: int = Field(ge=0)
    unproven: int = Field(ge=0)


@dataclass(frozen=True)
class Alarm:
    """One of the five: what was measured, the bound, and whether it rings.

    `value` is None where it cannot be measured; `why` says why, and it does not ring.
    """

    name: Literal["stage mean", "flipped checks", "TNR", "lost quotes", "not applicable"]
    where: str
    before: float | None
    after: float | None
    value: float | None
    bound: float
    rings: bool
    why: str = ""


@dataclass(frozen=True)
class Flip:
    """A verdict that is another than it was."""

    call_id: str
    check_id: str
    before: str
    after: str


@dataclass(frozen=True)
class Drift:
    """The alarms, the flips behind them, and how many calls and checks were compared.

    `few` is true under `ENOUGH_CALLS` calls; `gone` are calls of the baseline that are no longer graded.
    """

    alarms: tuple[Alarm, ...]
    flips: tuple[Flip, ...]
    calls: int
    compared: int
    few: bool
    gone: tuple[str, ...]

    @property
    def rings(self) -> bool:
        """True where any alarm does."""
        return any(alarm.rings for alarm in self.alarms)


def baseline_of(critiques: Mapping[str, CallCritique], at: AwareDatetime) -> Baseline:
    """The baseline that these critiques make.  Raises NotFound where there are none."""
    first = next(iter(critiques.values()), None)
    if first is None:
        raise NotFound("no golden call was graded", "label some calls, or give --sample")
    voice = voice_of_critiques("grader", critiques.values())
    return Baseline(
        engine=first.provenance.engine,
        model=first.provenance.model,
        playbook=first.provenance.playbook,
        at=at,
        verdicts={f"{call} {check}": said for (call, check), said in sorted(voice.verdicts.items())},
        quotes=sum(critique.quotes for critique in critiques.values()),
        unproven=sum(len(critique.unproven) for critique in critiques.values()),
    )


def read_baseline(file: Path) -> Baseline:
    """A kept baseline.  Raises NotFound where there is none, BadLabels for a file that is none."""
    try:
        return Baseline.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise NotFound(f"there is no baseline at {file}", "keep one with `coach trainer drift --keep`") from None
    except (OSError, ValidationError):
        raise BadLabels(f"{file}: not a baseline", "restore it from Git, or keep a new one with --keep") from None


def write_baseline(file: Path, baseline: Baseline) -> None:
    """Keep a baseline, a verdict a line, so that Git shows what changed.  Raises CannotWrite."""
    write_whole(file, json.dumps(baseline.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n")


def drift(before: Baseline, after: Baseline, labelled: Labelled, rubric: Rubric) -> Drift:
    """What moved between two gradings of the golden calls; the labels are needed for TNR alone."""
    old, new = _voice(before), _voice(after)
    both = sorted(old.verdicts.keys() & new.verdicts.keys())
    flips = tuple(
        Flip(*key, old.verdicts[key], new.verdicts[key]) for key in both if old.verdicts[key] != new.verdicts[key]
    )
    calls = sorted({call for call, _ in both})
    gone = sorted({call for call, _ in old.verdicts} - {call for call, _ in new.verdicts})
    alarms = (
        *_stage_alarms(old, new, rubric, calls),
        _bounded("flipped checks", "", None, None, len(flips) / len(both) if both else None, FLIPPED),
        _tnr_alarm(old, new, labelled, rubric, calls),
        _quote_alarm(before, after),
        _absent_alarm(old, new, both),
    )
    return Drift(alarms, flips, len(calls), len(both), len(calls) < ENOUGH_CALLS, tuple(gone))


def _voice(baseline: Baseline) -> Voice:
    verdicts = {}
    for key, said in baseline.verdicts.items():
        call_id, _, check_id = key.partition(" ")
        verdicts[call_id, check_id] = said
    return Voice("grader", verdicts)


def _bounded(
    name: Literal["stage mean", "flipped checks", "TNR", "lost quotes", "not applicable"],
    where: str,
    before: float | None,
    after: float | None,
    value: float | None,
    bound: float,
    why: str = "",
) -> Alarm:
    return Alarm(name, where, before, after, value, bound, value is not None and abs(value) > bound, why)


def _stage_alarms(old: Voice, new: Voice, rubric: Rubric, calls: Sequence[str]) -> list[Alarm]:
    """The shift of each stage's mean, over the calls that both scored."""
    were, are = (stage_points(voice, rubric, calls) for voice in (old, new))
    alarms = []
    for stage in rubric.stages:
        both = [(were[key], are[key]) for key in sorted(were.keys() & are.keys()) if key[1] == stage.id]
        if not both:
            alarms.append(_bounded("stage mean", stage.name, None, None, None, STAGE_SHIFT, "no call scored in both"))
            continue
        one, other = (sum(values) / len(both) for values in zip(*both, strict=True))
        alarms.append(_bounded("stage mean", stage.name, one, other, other - one, STAGE_SHIFT))
    return alarms


def _tnr_alarm(old: Voice, new: Voice, labelled: Labelled, rubric: Rubric, calls: Sequence[str]) -> Alarm:
    """TNR over all checks and raters: of what people call partial or missed, the share the grader calls so."""
    checks = [check.id for check in rubric.checks()]
    rates = []
    for judge in (old, new):
        right = wrong = 0
        for rater, labels in labelled.raters.items():
            hits = hit_counts(voice_of_labels(rater, labels), judge, calls, checks).sum(axis=0)
            right, wrong = right + int(hits[1, 1]), wrong + int(hits[1, 0])
        rates.append(right / (right + wrong) if right + wrong else None)
    one, other = rates
    if one is None or other is None:
        return _bounded("TNR", "", one, other, None, TNR_FALL, "no partial or missed label on these calls")
    # A rise is no alarm.
    return Alarm("TNR", "", one, other, other - one, TNR_FALL, one - other > TNR_FALL)


def _quote_alarm(before: Baseline, after: Baseline) -> Alarm:
    one, other = (b.unproven / (b.quotes + b.unproven) if b.quotes + b.unproven else None for b in (before, after))
    why = "" if other is not None else "no quote was given"
    return _bounded("lost quotes", "", one, other, other, QUOTES_LOST, why)


def _absent_alarm(old: Voice, new: Voice, both: Sequence[tuple[str, str]]) -> Alarm:
    if not both:
        return _bounded("not applicable", "", None, None, None, ABSENT_SHIFT, "nothing was compared")
    one, other = (sum(v.verdicts[key] == "not_applicable" for key in both) / len(both) for v in (old, new))
    return _bounded("not applicable", "", one, other, other - one, ABSENT_SHIFT)
