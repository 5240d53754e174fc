"""Can the grades be trusted?  Each check and stage: people among themselves, and the grader against each of them.

Targets and the limits of what may be tuned are the calibration's design; agreement within one point and AC alone are
never shown, because a judge who says "met" to everything does well on both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from coach.calibration.intervals import Measured, measured, measured_alpha
from coach.calibration.labels import Labelled
from coach.calibration.statistics import gwet_ac1, kappa, quadratic_kappa, raw_agreement, tnr, tpr
from coach.calibration.voices import (
    POINTS,
    Voice,
    hit_counts,
    point_counts,
    point_table,
    said_counts,
    stage_points,
    verdict_counts,
    voice_of_critiques,
    voice_of_labels,
)
from coach.grading.critique import CallCritique
from coach.playbook.rubric import Rubric

TORN = 0.5  # human-human kappa under which a check is to be mended or dropped, never tuned
PREVALENT = 0.85  # share of the commonest verdict from which AC1 stands in for kappa
Level = Literal["go-live", "pilot", "below", "people disagree", "cannot tell"]


@dataclass(frozen=True)
class Target:
    """What a level asks of a check: its kappa (or AC1), TPR and TNR, and of a stage its QWK."""

    kappa: float
    tpr: float
    tnr: float
    qwk: float


PILOT = Target(kappa=0.50, tpr=0.80, tnr=0.60, qwk=0.50)
GO_LIVE = Target(kappa=0.60, tpr=0.85, tnr=0.75, qwk=0.60)
BEHIND_PEOPLE = 0.10  # how far under human-human a grader may lie at go-live


@dataclass(frozen=True)
class Pair:
    """Two voices on one check: `n` calls both judged, `unanswered` those the first judged and the second did not.

    `tpr` and `tnr` take the first voice for the truth, `precision` is the share of the second's verdicts (not observable
    left out) that the first gives as well; all None between two people.
    """

    one: str
    other: str
    n: int
    unanswered: int
    kappa: Measured
    ac1: Measured
    tpr: Measured | None
    tnr: Measured | None
    precision: Measured | None


@dataclass(frozen=True)
class CheckAgreement:
    """A check: `prevalence` of met among what people judged, `commonest` verdict's share, all pairs, and its level.

    `people` come first among the pairs, then each rater with the grader.  `why` gives the level's reason.
    """

    check_id: str
    stage_id: str
    name: str
    prevalence: float | None
    commonest: float | None
    pairs: tuple[Pair, ...]
    level: Level
    why: str


@dataclass(frozen=True)
class StagePair:
    """Two voices on a stage's scores: quadratic weighted kappa over whole points, Krippendorff's alpha (interval)."""

    one: str
    other: str
    n: int
    qwk: Measured
    alpha: Measured


@dataclass(frozen=True)
class StageAgreement:
    """A stage with all pairs, and its level by QWK."""

    stage_id: str
    name: str
    pairs: tuple[StagePair, ...]
    level: Level
    why: str


@dataclass(frozen=True)
class Agreement:
    """The whole: all checks pooled (one pair each of voices), every check, every stage."""

    grader: str
    raters: tuple[str, ...]
    calls: int
    pooled: tuple[Pair, ...]
    checks: tuple[CheckAgreement, ...]
    stages: tuple[StageAgreement, ...]


def agreement(
    labelled: Labelled, critiques: Mapping[str, CallCritique], rubric: Rubric, grader: str, stages: Sequence[str] = ()
) -> Agreement:
    """Measure people among themselves and, where there are critiques, the grader against each rater.

    `stages` narrows what is measured (all by default).
    """
    calls = labelled.call_ids()
    people = [voice_of_labels(rater, labels) for rater, labels in labelled.raters.items()]
    judge = voice_of_critiques(grader, critiques.values()) if critiques else None
    kept = [stage for stage in rubric.stages if not stages or stage.id in stages]
    checks = [check for stage in kept for check in rubric.checks_of(stage)]
    points = {voice.name: stage_points(voice, rubric, calls) for voice in (*people, *([judge] if judge else []))}
    return Agreement(
        grader=grader if judge else "",
        raters=tuple(voice.name for voice in people),
        calls=len(calls),
        pooled=_pairs(people, judge, calls, [check.id for check in checks]),
        checks=tuple(
            _check(check.id, rubric.stage_of(check.id).id, check.name, people, judge, calls) for check in checks
        ),
        stages=tuple(_stage(stage.id, stage.name, people, judge, points, calls) for stage in kept),
    )


def people_on(labelled: Labelled, check_id: str) -> Measured:
    """How far people agree on a check: kappa, or AC1 where one verdict prevails; the mean over pairs of raters."""
    calls = labelled.call_ids()
    people = [voice_of_labels(rater, labels) for rater, labels in labelled.raters.items()]
    pairs = _pairs(people, None, calls, [check_id])
    return _mean([_chosen(pair, _commonest(people, check_id)) for pair in pairs])


def _pairs(
    people: Sequence[Voice], judge: Voice | None, calls: Sequence[str], checks: Sequence[str]
) -> tuple[Pair, ...]:
    among = [_pair(one, other, calls, checks, truth=False) for one, other in combinations(people, 2)]
    against = [_pair(rater, judge, calls, checks, truth=True) for rater in people] if judge else []
    return (*among, *against)


def _pair(one: Voice, other: Voice, calls: Sequence[str], checks: Sequence[str], *, truth: bool) -> Pair:
    counts = verdict_counts(one, other, calls, checks)
    wanted = {(call, check) for call in calls for check in checks}
    asked = wanted & one.verdicts.keys()
    hits = hit_counts(one, other, calls, checks) if truth else None
    return Pair(
        one=one.name,
        other=other.name,
        n=int(counts.sum()),
        unanswered=len(asked - other.verdicts.keys()),
        kappa=measured(counts, kappa),
        ac1=measured(counts, gwet_ac1),
        tpr=None if hits is None else measured(hits, tpr),
        tnr=None if hits is None else measured(hits, tnr),
        precision=measured(said_counts(one, other, calls, checks), raw_agreement) if truth else None,
    )


def _check(
    check_id: str, stage_id: str, name: str, people: Sequence[Voice], judge: Voice | None, calls: Sequence[str]
) -> CheckAgreement:
    pairs = _pairs(people, judge, calls, [check_id])
    commonest = _commonest(people, check_id)
    judged = [v for voice in people for (_, c), v in voice.verdicts.items() if c == check_id and v in _JUDGED]
    level, why = _level(pairs, commonest)
    prevalence = judged.count("met") / len(judged) if judged else None
    return CheckAgreement(check_id, stage_id, name, prevalence, commonest, pairs, level, why)


_JUDGED = ("met", "partial", "missed")


def _commonest(people: Sequence[Voice], check_id: str) -> float | None:
    said = [verdict for voice in people for (_, check), verdict in voice.verdicts.items() if check == check_id]
    return max(said.count(verdict) for verdict in set(said)) / len(said) if said else None


def _chosen(pair: Pair, commonest: float | None) -> Measured:
    return pair.ac1 if commonest is not None and commonest > PREVALENT else pair.kappa


def _mean(figures: Sequence[Measured]) -> Measured:
    """The mean of those that have a value; no interval is claimed for it."""
    values = [one.value for one in figures if one.value is not None]
    if not values:
        return figures[0] if figures else Measured(None, None, None, 0, "there is one rater alone")
    return Measured(sum(values) / len(values), None, None, min(one.n for one in figures), "")


def _level(pairs: Sequence[Pair], commonest: float | None) -> tuple[Level, str]:
    """The level by the point estimates, meaned over raters; what cannot be measured is not passed."""
    people = _mean([_chosen(pair, commonest) for pair in pairs if pair.tpr is None])
    against = [pair for pair in pairs if pair.tpr is not None]
    if people.value is not None and people.value < TORN:
        return "people disagree", f"{people.value:.2f} among people: mend or drop the check"
    if not against:
        return "cannot tell", "no grader was measured"
    figures = {
        "agreement": _mean([_chosen(pair, commonest) for pair in against]),
        "TPR": _mean([pair.tpr for pair in against if pair.tpr is not None]),
        "TNR": _mean([pair.tnr for pair in against if pair.tnr is not None]),
    }
    lacking = _lacking(figures, PILOT)
    if lacking:
        return "below", lacking
    unknown: dict[str, list[str]] = {}
    for name, figure in figures.items():
        if figure.value is None:
            unknown.setdefault(figure.why, []).append(name)
    if unknown:
        return "cannot tell", "; ".join(f"{' and '.join(names)}: {why}" for why, names in unknown.items())
    behind = people.value is not None and (figures["agreement"].value or 0) < people.value - BEHIND_PEOPLE
    lacking = _lacking(figures, GO_LIVE) or (f"over {BEHIND_PEOPLE:.2f} behind people" if behind else "")
    return ("pilot", lacking) if lacking else ("go-live", _unsure(against, commonest))


def _unsure(against: Sequence[Pair], commonest: float | None) -> str:
    """What a level that the point estimates reach rests on: intervals that go below what even a pilot asks."""
    wanted = (("agreement", PILOT.kappa), ("TPR", PILOT.tpr), ("TNR", PILOT.tnr))
    found: dict[str, float] = {}
    for pair in against:
        for (name, least), one in zip(wanted, (_chosen(pair, commonest), pair.tpr, pair.tnr), strict=True):
            if one is not None and one.low is not None and one.low < least:
                found[name] = min(one.low, found.get(name, 1.0))
    said = [f"{name} down to {low:.2f}" for name, low in found.items()]
    return f"by few calls: {', '.join(said)} not ruled out" if said else ""


def _lacking(figures: Mapping[str, Measured], target: Target) -> str:
    wanted = {"agreement": target.kappa, "TPR": target.tpr, "TNR": target.tnr}
    short = [
        f"{name} {figure.value:.2f} under {wanted[name]:.2f}"
        for name, figure in figures.items()
        if figure.value is not None and figure.value < wanted[name]
    ]
    return "; ".join(short)


def _stage(
    stage_id: str,
    name: str,
    people: Sequence[Voice],
    judge: Voice | None,
    points: Mapping[str, Mapping[tuple[str, str], float]],
    calls: Sequence[str],
) -> StageAgreement:
    among = [(one.name, other.name) for one, other in combinations(people, 2)]
    against = [(rater.name, judge.name) for rater in people] if judge else []
    pairs = tuple(_stage_pair(one, other, points, calls, stage_id) for one, other in (*among, *against))
    level, why = _stage_level(pairs[: len(among)], pairs[len(among) :])
    return StageAgreement(stage_id, name, pairs, level, why)


def _stage_pair(
    one: str, other: str, points: Mapping[str, Mapping[tuple[str, str], float]], calls: Sequence[str], stage_id: str
) -> StagePair:
    counts = point_counts(points[one], points[other], calls, stage_id)
    table = point_table([points[one], points[other]], calls, stage_id)
    return StagePair(
        one=one,
        other=other,
        n=int(counts.sum()),
        qwk=measured(counts, quadratic_kappa),
        alpha=measured_alpha(table, calls, POINTS, "interval"),
    )


def _stage_level(people: Sequence[StagePair], against: Sequence[StagePair]) -> tuple[Level, str]:
    if not against:
        return "cannot tell", "no grader was measured"
    grader, human = _mean([pair.qwk for pair in against]), _mean([pair.qwk for pair in people])
    if grader.value is None:
        return "cannot tell", f"QWK: {grader.why}"
    if grader.value < PILOT.qwk:
        return "below", f"QWK {grader.value:.2f} under {PILOT.qwk:.2f}"
    if grader.value < GO_LIVE.qwk:
        return "pilot", f"QWK {grader.value:.2f} under {GO_LIVE.qwk:.2f}"
    if human.value is not None and grader.value < human.value - BEHIND_PEOPLE:
        return "pilot", f"over {BEHIND_PEOPLE:.2f} behind people"
    return "go-live", ""
