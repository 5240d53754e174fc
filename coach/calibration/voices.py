"""Who says what of the calls, in one shape: a rater's labels and an engine's findings become voices to be counted.

A voice has a verdict for every call and check it judged.  Two voices over the same calls make counts, a table of
verdicts a call; all measures of agreement are functions of those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coach.calibration.labels import VERDICTS, Key, Label
from coach.calibration.statistics import Counts, count_by_call
from coach.grading.critique import CallCritique, Finding, Verdict
from coach.grading.score import stage_score
from coach.playbook.rubric import Rubric

POINTS = (1, 2, 3, 4, 5)
_PLACE: dict[str, int] = {verdict: place for place, verdict in enumerate(VERDICTS)}


@dataclass(frozen=True)
class Voice:
    """A rater or an engine: its name, and its verdict on each call and check it judged."""

    name: str
    verdicts: Mapping[Key, str]

    def of_checks(self, checks: Iterable[str]) -> Voice:
        """The same on these checks alone."""
        kept = frozenset(checks)
        return Voice(self.name, {key: said for key, said in self.verdicts.items() if key[1] in kept})


def voice_of_labels(rater: str, labels: Mapping[Key, Label]) -> Voice:
    """A rater's voice."""
    return Voice(rater, {key: label.verdict for key, label in labels.items()})


def voice_of_critiques(name: str, critiques: Iterable[CallCritique]) -> Voice:
    """An engine's voice; what it left ungraded it did not judge."""
    return Voice(
        name,
        {
            (critique.call_id, finding.check_id): finding.verdict.value
            for critique in critiques
            for finding in critique.findings
            if finding.verdict is not Verdict.UNGRADED
        },
    )


def verdict_counts(one: Voice, other: Voice, calls: Sequence[str], checks: Sequence[str]) -> Counts:
    """How often two voices said what, by call, over the five verdicts in the order of `VERDICTS`."""
    shared = (
        (call_id, one.verdicts[call_id, check_id], other.verdicts[call_id, check_id])
        for call_id in calls
        for check_id in checks
        if (call_id, check_id) in one.verdicts and (call_id, check_id) in other.verdicts
    )
    return count_by_call(shared, VERDICTS, calls)


def hit_counts(truth: Voice, judge: Voice, calls: Sequence[str], checks: Sequence[str]) -> Counts:
    """Right and wrong by call where the truth is met (row 0), partial or missed (row 1); columns as the judge said.

    A judge who holds such a check for not applicable is wrong; one who cannot tell has not answered and is left out.
    """
    whole = verdict_counts(truth, judge, calls, checks)
    met, partial, missed, absent = (_PLACE[v] for v in ("met", "partial", "missed", "not_applicable"))
    broken = [partial, missed]
    hits = np.zeros((len(calls), 2, 2))
    hits[:, 0, 0] = whole[:, met, met]
    hits[:, 0, 1] = whole[:, met, [partial, missed, absent]].sum(axis=1)
    hits[:, 1, 1] = whole[:, broken][:, :, broken].sum(axis=(1, 2))
    hits[:, 1, 0] = whole[:, broken][:, :, [met, absent]].sum(axis=(1, 2))
    return hits


def said_counts(truth: Voice, judge: Voice, calls: Sequence[str], checks: Sequence[str]) -> Counts:
    """As `verdict_counts`, without what the judge calls not observable: a share of these that agree is its precision."""
    counts = verdict_counts(truth, judge, calls, checks)
    counts[:, :, _PLACE["not_observable"]] = 0
    return counts


def stage_points(voice: Voice, rubric: Rubric, calls: Sequence[str]) -> dict[Key, float]:
    """The stage scores (1 to 5) a voice's verdicts come to, by call and stage; too little judged gives none.

    Worked out as a model's are: with the rubric's weights over the checks that the voice judged.
    """
    found: dict[Key, float] = {}
    for stage in rubric.stages:
        checks = list(rubric.checks_of(stage))
        for call_id in calls:
            findings = {
                check.id: _finding(check.id, stage.id, voice.verdicts[call_id, check.id])
                for check in checks
                if (call_id, check.id) in voice.verdicts
            }
            score = stage_score(stage, checks, findings, ai=True).score
            if score is not None:
                found[call_id, stage.id] = score
    return found


def _finding(check_id: str, stage_id: str, said: str) -> Finding:
    verdict = Verdict(said)
    return Finding(
        check_id=check_id,
        stage_id=stage_id,
        verdict=verdict,
        share=verdict.value_of,
        opportunity=None,
        evidence=(),
        counter=(),
        reasoning="",
    )


def point_counts(one: Mapping[Key, float], other: Mapping[Key, float], calls: Sequence[str], stage_id: str) -> Counts:
    """How two voices' scores of a stage meet, by call, each rounded to a whole point from 1 to 5."""
    shared = (
        (call_id, str(round(one[call_id, stage_id])), str(round(other[call_id, stage_id])))
        for call_id in calls
        if (call_id, stage_id) in one and (call_id, stage_id) in other
    )
    return count_by_call(shared, [str(point) for point in POINTS], calls)


def point_table(voices: Sequence[Mapping[Key, float]], calls: Sequence[str], stage_id: str) -> Counts:
    """The scores of a stage in whole points, a row a voice and a column a call, NaN where a voice has none."""
    return np.array([[round(p) if (p := points.get((c, stage_id))) else np.nan for c in calls] for points in voices])
