"""How much the weights decide: agents in the order of their means, under the rubric's weights and under equal ones.

Only the correlation leaves this module; the order itself is never shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from coach.reports.team_parts import FEWEST_FOR_NUMBER, WeightCheck
from coach.reports.team_tally import Judged

FEWEST_AGENTS = 4  # below that a rank correlation says nothing
STEADY = 0.95  # under it the trainer is warned (rubric: weights are judgement)


def weight_check(judged: Judged) -> WeightCheck:
    """Spearman's correlation over agents with five scored calls or more; None for fewer than four such agents."""
    means = [(w / n, e / n) for n, w, e in judged.scores.values() if n >= FEWEST_FOR_NUMBER]
    rho = spearman([m[0] for m in means], [m[1] for m in means]) if len(means) >= FEWEST_AGENTS else None
    return WeightCheck(agents=len(means), spearman=rho, warn=rho is not None and rho < STEADY)


def spearman(one: Sequence[float], other: Sequence[float]) -> float | None:
    """The rank correlation of two rows of equal length, ties sharing their mean rank; None where a row is constant."""
    a, b = ranks(one), ranks(other)
    mean = (len(a) + 1) / 2
    across = sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b)
    if not across:
        return None
    together = sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    return round(float(together / across**0.5), 4)


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values (to nine places) share the mean of theirs."""
    rounded = [round(value, 9) for value in values]
    ordered = sorted(rounded)
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for place, value in enumerate(ordered, 1):
        first.setdefault(value, place)
        last[value] = place
    return [(first[value] + last[value]) / 2 for value in rounded]
