"""A period's team means from what the store and the labels folder hold: frame, sample, the judge's scores, people's.

The digest asks `corrections`; a folder without a drawn sample costs it one look at the disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coach.calibration import sampling
from coach.calibration.labels import Key, Label, Labelled, read_labels, sound_labels
from coach.calibration.sampling import Members, Sample, drawn_sample, members, period_words, sample_of
from coach.calls.transcript import Redacted
from coach.errors import BadLabels, NotFound
from coach.grading.critique import CallCritique
from coach.grading.grade import Grading
from coach.pipeline.graded import engine_critique_of, engine_critiques_of
from coach.pipeline.intake import EVERYONE
from coach.playbook.rubric import Rubric
from coach.reports.team_parts import Corrected
from coach.store import Scope, Store

if TYPE_CHECKING:
    from coach.calibration.calibrated import Calibrated
    from coach.calibration.estimate import StageEstimate


@dataclass(frozen=True)
class Frame:
    """The calls of a period as one way of grading judged them: the weeks of the calls, and stage scores by call and
    stage.  What people decided about a contest is left out: people's labels are to correct the judge's own scores."""

    weeks: Mapping[str, str]
    scores: Mapping[Key, float]


@dataclass(frozen=True)
class Estimated:
    """A period's estimate and all it rests on.

    `undrawn` labelled calls of the period are not in the sample, `unknown` labelled calls not in the store: neither
    plays a part in the means.
    """

    sample: Sample
    members: Members
    frame: Frame
    labelled: Labelled
    people: Mapping[Key, float | None]
    stages: tuple[StageEstimate, ...]
    undrawn: tuple[str, ...]
    unknown: tuple[str, ...]


def graded_calls(store: Store, weeks: Sequence[str], team: str | None) -> list[str]:
    """The calls of a period that were graded in whatever way: what a sample is drawn from.

    Raises NotFound for a team or a period that the store holds no graded call of.
    """
    found = {critique.call_id for critique in store.critiques(_scope(store, team), weeks=weeks)}
    if not found:
        raise _nothing(store, weeks, team)
    return sorted(found)


def drawn_calls(store: Store, folder: Path, weeks: Sequence[str], team: str | None) -> list[Redacted]:
    """The calls of a period's drawn sample in the order drawn, those that came since in their places.

    Raises NotFound where no sample was drawn, and BadLabels.
    """
    sample = drawn_sample(folder, weeks, team)
    order = members(sample, graded_calls(store, weeks, team)).order
    return [call for call_id in order if (call := store.call(EVERYONE, call_id)) is not None]


def frame_of(store: Store, grading: Grading, weeks: Sequence[str], team: str | None) -> Frame:
    """The calls of a period as this way of grading judged them itself.  Raises NotFound where there is none."""
    its_weeks: dict[str, str] = {}
    scores: dict[Key, float] = {}
    for critique in engine_critiques_of(store, grading, _scope(store, team), weeks):
        its_weeks[critique.call_id] = critique.week
        scores |= _scores(critique)
    if not its_weeks:
        raise _nothing(store, weeks, team, f" (engine {grading.engine.name})")
    return Frame(its_weeks, scores)


def _scope(store: Store, team: str | None) -> Scope:
    if team is None:
        return EVERYONE
    if team not in (teams := store.teams(EVERYONE)):
        raise NotFound(f"no team {team!r} in the store", f"teams: {', '.join(teams) or 'none'}")
    return Scope.of_team(team)


def _nothing(store: Store, weeks: Sequence[str], team: str | None, more: str = "") -> NotFound:
    known = ", ".join(store.weeks(EVERYONE if team is None else Scope.of_team(team))[-6:]) or "none yet"
    return NotFound(
        f"no graded calls in {period_words(weeks, team)}{more}",
        f"weeks with calls: {known}; grade them with `coach batch --week`",
    )


def _scores(critique: CallCritique) -> dict[Key, float]:
    return {(critique.call_id, s.stage_id): s.score for s in critique.stages if s.score is not None}


def labelled_calls(store: Store, rubric: Rubric, labels: Mapping[str, Iterable[Label]]) -> Labelled:
    """The labels that count, of the calls that the store holds."""
    ids = sorted({label.call_id for given in labels.values() for label in given})
    calls: dict[str, Redacted] = {}
    for call_id in ids:
        call = store.call(EVERYONE, call_id)
        if call is not None:
            calls[call_id] = call
    return sound_labels(labels, calls, rubric, others=True)


def estimate_period(
    store: Store, grading: Grading, folder: Path, weeks: Sequence[str], team: str | None = None
) -> Estimated:
    """The stage means of a period with a drawn sample, corrected by the labels in a folder.

    Raises NotFound where no sample was drawn or no call graded, BadLabels, and ImportError where the packages of the
    extra are missing.
    """
    from coach.calibration.estimate import estimate_stages, people_scores

    sample = drawn_sample(folder, weeks, team)
    frame = frame_of(store, grading, weeks, team)
    labels = read_labels(folder)
    rubric = grading.playbook.rubric
    labelled = labelled_calls(store, rubric, labels)
    found = members(sample, frame.weeks)
    people = people_scores(labelled, rubric, labelled.call_ids())
    ids = {label.call_id for given in labels.values() for label in given}
    return Estimated(
        sample=sample,
        members=found,
        frame=frame,
        labelled=labelled,
        people=people,
        stages=estimate_stages(rubric, frame.scores, list(frame.weeks), found.order, people),
        undrawn=tuple(c for c in labelled.call_ids() if c in frame.weeks and c not in found.order),
        unknown=tuple(sorted(ids - set(labelled.calls))),
    )


def calibrate_period(store: Store, grading: Grading, estimated: Estimated) -> tuple[Calibrated, ...]:
    """Every stage's scores of the period calibrated, by all labelled calls of the store that were graded this way.

    For a map from the judge's score to people's it plays no part which calls were drawn, nor in which week they were.
    Raises ImportError where the packages of the extra are missing.
    """
    from coach.calibration.calibrated import calibrate

    scores = dict(estimated.frame.scores)
    for call_id, call in estimated.labelled.calls.items():
        if call_id not in estimated.frame.weeks and (critique := engine_critique_of(store, grading, call)) is not None:
            scores |= _scores(critique)
    return tuple(
        calibrate(
            stage.id,
            {call_id: score for (call_id, of), score in scores.items() if of == stage.id},
            {
                call_id: score
                for (call_id, of), score in estimated.people.items()
                if of == stage.id and score is not None
            },
        )
        for stage in grading.playbook.rubric.stages
    )


def corrections(
    store: Store, grading: Grading, folder: Path | None, week: str, team: str | None
) -> dict[str, Corrected | str]:
    """A week's stage means as people's labels correct them, or why they do not; empty where no sample was drawn.

    Never raises for what is wrong with the labels: the digest has other things to tell.
    """
    if folder is None or not (folder / sampling.FILE).is_file():
        return {}
    stages = [stage.id for stage in grading.playbook.rubric.stages]
    try:
        if sample_of(folder, [week], team) is None:
            return {}
        found = estimate_period(store, grading, folder, [week], team).stages
    except BadLabels:
        return dict.fromkeys(stages, "the labels cannot be used, `coach trainer estimate` says why")
    except NotFound:
        return {}
    except ImportError:
        return dict.fromkeys(stages, "correcting needs pip install 'coach[trainer]'")
    return {one.stage_id: _corrected(one) for one in found}


def _corrected(one: StageEstimate) -> Corrected | str:
    if one.corrected is None:
        return one.why
    mean, low, high = (round(value, 6) for value in one.corrected)
    return Corrected(mean=mean, low=low, high=high, labels=one.labels)
