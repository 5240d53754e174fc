"""Can the grades be trusted?  Each check and stage: people among themselves, and the grader against each of them.

Targets and the limits of what may be tuned are the calibration's design; agreement within one point and AC alone are
never shown, because a judge who says "met" to everything does well on both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from coach.calibration.intervals import Measured, measured
from coach.calibration.labels import Labelled
from coach.calibration.levels import Level, level_of, mean_of, prevails, stage_level
from coach.calibration.pairs import Pair, StagePair, pairs_of, stage_pair
from coach.calibration.statistics import gwet_ac1, kappa
from coach.calibration.voices import Voice, stage_points, verdict_counts, voice_of_critiques, voice_of_labels
from coach.grading.critique import CallCritique
from coach.playbook.rubric import Rubric


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
        pooled=pairs_of(people, judge, calls, [check.id for check in checks]),
        checks=tuple(
            _check(check.id, rubric.stage_of(check.id).id, check.name, people, judge, calls) for check in checks
        ),
        stages=tuple(_stage(stage.id, stage.name, people, judge, points, calls) for stage in kept),
    )


def people_on(labelled: Labelled, check_id: str) -> Measured:
    """How far people agree on a check: kappa, or AC1 where one verdict prevails; the mean over pairs of raters."""
    calls = labelled.call_ids()
    people = [voice_of_labels(rater, labels) for rater, labels in labelled.raters.items()]
    measure = gwet_ac1 if prevails(_commonest(people, check_id)) else kappa
    return mean_of(
        [
            measured(verdict_counts(one, other, calls, [check_id]), measure, interval=False)
            for one, other in combinations(people, 2)
        ]
    )


def _check(
    check_id: str, stage_id: str, name: str, people: Sequence[Voice], judge: Voice | None, calls: Sequence[str]
) -> CheckAgreement:
    pairs = pairs_of(people, judge, calls, [check_id])
    commonest = _commonest(people, check_id)
    judged = [v for voice in people for (_, c), v in voice.verdicts.items() if c == check_id and v in _JUDGED]
    level, why = level_of(pairs, commonest)
    prevalence = judged.count("met") / len(judged) if judged else None
    return CheckAgreement(check_id, stage_id, name, prevalence, commonest, pairs, level, why)


_JUDGED = ("met", "partial", "missed")


def _commonest(people: Sequence[Voice], check_id: str) -> float | None:
    said = [verdict for voice in people for (_, check), verdict in voice.verdicts.items() if check == check_id]
    return max(said.count(verdict) for verdict in set(said)) / len(said) if said else None


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
    pairs = tuple(stage_pair(one, other, points, calls, stage_id) for one, other in (*among, *against))
    level, why = stage_level(pairs[: len(among)], pairs[len(among) :])
    return StageAgreement(stage_id, name, pairs, level, why)
