"""Two ways of grading over the same calls: what flips, which way, at what cost, and whether people's labels call it better.

The word is "better" or "worse" only where the interval of the difference leaves out 0, and "better" only on locked
calls: what was tuned on dev has to prove itself where nobody looked.  Checks on which people themselves disagree are
left out of the measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from coach.calibration.agreement import people_on
from coach.calibration.board import lines_of
from coach.calibration.difference import Difference, expected_inflation, judged, paired_difference
from coach.calibration.labels import Key, Labelled
from coach.calibration.levels import TORN
from coach.calibration.statistics import kappa
from coach.calibration.voices import Voice, verdict_counts, voice_of_critiques, voice_of_labels
from coach.grading.critique import CallCritique, Verdict
from coach.playbook.rubric import Rubric

Outcome = Literal["better", "worse", "cannot tell"]
Way = Literal["toward people", "away from people", "people differ", "neither", "not labelled"]


@dataclass(frozen=True)
class Side:
    """One way of grading: how it is named, its critiques by call, and what they took.

    `cost_usd` is None where no price is known; `asked` counts the requests that were sent for this comparison.
    """

    name: str
    critiques: Mapping[str, CallCritique]
    tokens_in: int = 0
    tokens_out: int = 0
    asked: int = 0
    cost_usd: float | None = None


@dataclass(frozen=True)
class Flip:
    """A verdict on which the two sides differ: both verdicts with the lines they rest on, what people say, which way."""

    check_id: str
    call_id: str
    before: str
    before_lines: tuple[tuple[str, str], ...]
    after: str
    after_lines: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    way: Way


@dataclass(frozen=True)
class Comparison:
    """The result.  `difference` is B's pooled kappa with people less A's (mean over raters), None without labels.

    `checks` counts the checks in that measure.  `why` says why there is no number, or why the word is weaker than the interval.  `torn` are the checks left out.
    `variants` counts the candidates tried on these calls and `inflation` what the best of so many equal ones would
    seem to gain by luck.
    """

    flips: tuple[Flip, ...]
    compared: int
    calls: int
    ungraded: int
    difference: Difference | None
    outcome: Outcome
    why: str
    torn: tuple[str, ...]
    checks: int
    variants: int
    inflation: float | None


def compare(
    a: Side, b: Side, labelled: Labelled, rubric: Rubric, *, locked: bool, variants: int, checks: Sequence[str] = ()
) -> Comparison:
    """Compare B with A over the calls that both graded; `checks` narrows what is looked at (all by default).

    `rubric` is B's: labels count that were made under its wording.  `locked` says that these are holdout calls.
    """
    wanted = list(checks) or [check.id for check in rubric.checks()]
    calls = sorted(a.critiques.keys() & b.critiques.keys())
    one, other = (voice_of_critiques(s.name, [s.critiques[c] for c in calls]).of_checks(wanted) for s in (a, b))
    both = one.verdicts.keys() & other.verdicts.keys()
    torn = tuple(check for check in wanted if _torn(labelled, check))
    measured = [check for check in wanted if check not in torn]
    difference = _difference(one, other, labelled, calls, measured)
    outcome, why = _outcome(difference, locked=locked)
    se = None if difference is None else difference.se
    return Comparison(
        flips=tuple(_flips(a, b, sorted(both), labelled, wanted)),
        compared=len(both),
        calls=len(calls),
        ungraded=len(one.verdicts.keys() ^ other.verdicts.keys()),
        difference=difference,
        outcome=outcome,
        why=why,
        torn=torn,
        checks=len({check for _, check in both if check in measured}),
        variants=variants,
        # A difference holds both sides' errors; each variant brings its own alone.
        inflation=None if se is None else expected_inflation(max(1, variants), se / 2**0.5),
    )


def _torn(labelled: Labelled, check_id: str) -> bool:
    people = people_on(labelled, check_id)
    return people.value is not None and people.value < TORN


def _difference(
    one: Voice, other: Voice, labelled: Labelled, calls: Sequence[str], checks: Sequence[str]
) -> Difference | None:
    """B's kappa less A's over verdicts that a rater and both sides gave; the mean over raters."""
    tables = []
    for rater, labels in labelled.raters.items():
        truth = voice_of_labels(rater, labels)
        shared = truth.verdicts.keys() & one.verdicts.keys() & other.verdicts.keys()
        if not shared:
            continue
        truth = Voice(rater, {key: truth.verdicts[key] for key in shared})
        tables.append([verdict_counts(truth, side, calls, checks) for side in (one, other)])
    if not tables:
        return None
    before, after = (np.stack([pair[side] for pair in tables]) for side in (0, 1))
    return paired_difference(before, after, kappa)


def _outcome(difference: Difference | None, *, locked: bool) -> tuple[Outcome, str]:
    if difference is None:
        return "cannot tell", "nobody has labelled these calls"
    word = judged(difference)
    if word == "better" and not locked:
        return "cannot tell", "it looks better on calls that were tuned on; the holdout decides (--part holdout)"
    return word, difference.why


def _flips(a: Side, b: Side, keys: Sequence[Key], labelled: Labelled, checks: Sequence[str]) -> list[Flip]:
    place = {check: n for n, check in enumerate(checks)}
    found = []
    for call_id, check_id in sorted(keys, key=lambda key: (place[key[1]], key[0])):
        before, after = (side.critiques[call_id].finding(check_id) for side in (a, b))
        if before is None or after is None or before.verdict is after.verdict:
            continue
        people = tuple(
            (rater, labels[call_id, check_id].verdict)
            for rater, labels in labelled.raters.items()
            if (call_id, check_id) in labels
        )
        found.append(
            Flip(
                check_id=check_id,
                call_id=call_id,
                before=before.verdict.value,
                before_lines=lines_of(before),
                after=after.verdict.value,
                after_lines=lines_of(after),
                people=people,
                way=_way(before.verdict, after.verdict, {said for _, said in people}),
            )
        )
    return found


def _way(before: Verdict, after: Verdict, people: set[str]) -> Way:
    if not people:
        return "not labelled"
    if len(people) > 1:
        return "people differ"
    (said,) = people
    if after.value == said:
        return "toward people"
    return "away from people" if before.value == said else "neither"
