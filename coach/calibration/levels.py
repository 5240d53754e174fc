"""Which level a check or stage has reached: what the pilot and going live ask, and what cannot be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from coach.calibration.intervals import Measured
from coach.calibration.pairs import Pair, StagePair

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


def prevails(commonest: float | None) -> bool:
    """Whether the commonest verdict's share is so high that AC1 stands in for kappa."""
    return commonest is not None and commonest > PREVALENT


def chosen(pair: Pair, commonest: float | None) -> Measured:
    """The coefficient that decides: kappa, or AC1 where one verdict prevails."""
    return pair.ac1 if prevails(commonest) else pair.kappa


def mean_of(figures: Sequence[Measured]) -> Measured:
    """The mean of those that have a value; no interval is claimed for it."""
    values = [one.value for one in figures if one.value is not None]
    if not values:
        return figures[0] if figures else Measured(None, None, None, 0, "there is one rater alone")
    return Measured(sum(values) / len(values), None, None, min(one.n for one in figures), "")


def level_of(pairs: Sequence[Pair], commonest: float | None) -> tuple[Level, str]:
    """The level by the point estimates, meaned over raters; what cannot be measured is not passed."""
    people = mean_of([chosen(pair, commonest) for pair in pairs if pair.tpr is None])
    against = [pair for pair in pairs if pair.tpr is not None]
    if people.value is not None and people.value < TORN:
        return "people disagree", f"{people.value:.2f} among people: mend or drop the check"
    if not against:
        return "cannot tell", "no grader was measured"
    figures = {
        "agreement": mean_of([chosen(pair, commonest) for pair in against]),
        "TPR": mean_of([pair.tpr for pair in against if pair.tpr is not None]),
        "TNR": mean_of([pair.tnr for pair in against if pair.tnr is not None]),
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
    lacking = _lacking(figures, GO_LIVE) or _behind(figures["agreement"], people)
    return ("pilot", lacking) if lacking else ("go-live", _unsure(against, commonest))


def _behind(grader: Measured, people: Measured) -> str:
    """Why a grader is not near enough to people to go live, or ""; how near is not known while people are not."""
    if people.value is None:
        return f"how far people agree is not known: {people.why}"
    return f"over {BEHIND_PEOPLE:.2f} behind people" if (grader.value or 0) < people.value - BEHIND_PEOPLE else ""


def _unsure(against: Sequence[Pair], commonest: float | None) -> str:
    """What a level that the point estimates reach rests on: intervals that go below what even a pilot asks."""
    wanted = (("agreement", PILOT.kappa), ("TPR", PILOT.tpr), ("TNR", PILOT.tnr))
    found: dict[str, float] = {}
    for pair in against:
        for (name, least), one in zip(wanted, (chosen(pair, commonest), pair.tpr, pair.tnr), strict=True):
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


def stage_level(people: Sequence[StagePair], against: Sequence[StagePair]) -> tuple[Level, str]:
    """The level of a stage by QWK, meaned over raters, and its reason."""
    if not against:
        return "cannot tell", "no grader was measured"
    grader, human = mean_of([pair.qwk for pair in against]), mean_of([pair.qwk for pair in people])
    if grader.value is None:
        return "cannot tell", f"QWK: {grader.why}"
    if grader.value < PILOT.qwk:
        return "below", f"QWK {grader.value:.2f} under {PILOT.qwk:.2f}"
    if grader.value < GO_LIVE.qwk:
        return "pilot", f"QWK {grader.value:.2f} under {GO_LIVE.qwk:.2f}"
    behind = _behind(grader, human)
    return ("pilot", behind) if behind else ("go-live", "")
