"""The one thing of the week: which check an agent works on, and the moment that shows it.

A focus is chosen from what one engine proved in the last four weeks.  It is kept for two weeks, or until it goes
well, so that people finish what they started.  Nothing here words a page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from coach.calls.weeks import weeks_before
from coach.grading.critique import CallCritique, Finding, Known, Proven, Verdict
from coach.playbook.rubric import Check, Rubric

WINDOW = 4  # weeks a focus is chosen from
FEWEST_CHANCES = 3
KEPT_WEEKS = 2
MASTERED_RATE = 0.8
MASTERED_CHANCES = 5

_CLAIMED = (Verdict.MET, Verdict.PARTIAL, Verdict.MISSED, Verdict.UNGRADED)
_TO_SHOW = (Verdict.PARTIAL, Verdict.MISSED)


class FocusState(Known):
    """What is kept between weeks: the check and the week since which it has been the focus."""

    check_id: str
    since_week: str


class Focus(Known):
    """One check to work on in `week`, since `since_week`.

    `earned` of `chances` in the last four weeks (a partial counts one half); `rate` is their quotient, None where a
    kept focus met no chance.  `confidence` is the share of the check's claims that were graded on exact quotes.
    """

    week: str
    check_id: str
    stage_id: str
    since_week: str
    earned: float
    chances: int
    rate: float | None
    confidence: float
    kept: bool

    @property
    def state(self) -> FocusState:
        """What to keep for next week."""
        return FocusState(check_id=self.check_id, since_week=self.since_week)


def one_source(history: Iterable[CallCritique]) -> None:
    """Raises ValueError where critiques of different graders or playbooks, or with and without AI, are mixed."""
    sources = {(c.provenance.ai, c.provenance.model, c.provenance.playbook) for c in history}
    if len(sources) > 1:
        raise ValueError(f"history mixes {len(sources)} sources of grades: {sorted(sources)}")


def choose_focus(history: Sequence[CallCritique], rubric: Rubric, week: str, before: FocusState | None) -> Focus | None:
    """The check with most to gain, or the one kept from before; None below three chances in the last four weeks.

    `history` is one agent's, of one engine and playbook (else ValueError); calls after `week` are not looked at.
    Gain = weight x (1 - rate) x sqrt(chances) x confidence; the earliest stage wins a tie.
    """
    one_source(history)
    weeks = set(weeks_before(week, WINDOW))
    recent = [c for c in history if c.week in weeks]
    mastered = ""
    if before is not None and before.since_week <= week and _known(before.check_id, rubric):
        if _mastered(before, history, week):
            mastered = before.check_id
        elif before.since_week in weeks_before(week, KEPT_WEEKS):
            return _focus(before.check_id, recent, rubric, week, before.since_week)
    best, most = None, 1e-9
    for check in rubric.checks():
        gain = 0.0 if check.id == mastered else _gain(check, recent, rubric)
        if gain > most + 1e-9:
            best, most = check, gain
    if best is None:
        return None
    since = before.since_week if before and before.check_id == best.id and before.since_week <= week else week
    return _focus(best.id, recent, rubric, week, since)


def focus_moment(focus: Focus, history: Iterable[CallCritique]) -> tuple[CallCritique, Finding] | None:
    """The call and finding of the focus's week to show: partial or missed, with a proven quote.

    Findings that carry a suggestion come first, then the latest call.  None where the week has no such moment.
    """
    found = [
        (critique, finding)
        for critique in history
        if critique.week == focus.week
        and (finding := critique.finding(focus.check_id)) is not None
        and finding.counts
        and finding.verdict in _TO_SHOW
        and (finding.opportunity or finding.counter or finding.evidence)
    ]
    return max(found, key=lambda m: (bool(m[1].try_words), m[0].started_at, m[0].call_id), default=None)


def good_moment(focus: Focus, history: Iterable[CallCritique]) -> tuple[CallCritique, Finding] | None:
    """The latest call of the focus's week in which the focus was met in proven words; None where there is none."""
    found = [
        (critique, finding)
        for critique in history
        if critique.week == focus.week
        and (finding := critique.finding(focus.check_id)) is not None
        and finding.proves_met
        and finding.evidence
    ]
    return max(found, key=lambda m: (m[0].started_at, m[0].call_id), default=None)


def tally(check_id: str, critiques: Iterable[CallCritique]) -> tuple[float, int]:
    """What was earned of how many chances: the sum of shares and the number of findings that count."""
    shares = [f.share for c in critiques if (f := c.finding(check_id)) and f.counts and f.share is not None]
    return sum(shares), len(shares)


def _known(check_id: str, rubric: Rubric) -> bool:
    return any(check.id == check_id for check in rubric.checks())


def _mastered(before: FocusState, history: Sequence[CallCritique], week: str) -> bool:
    earned, chances = tally(before.check_id, (c for c in history if before.since_week <= c.week <= week))
    return chances >= MASTERED_CHANCES and earned >= MASTERED_RATE * chances


def _gain(check: Check, recent: Sequence[CallCritique], rubric: Rubric) -> float:
    earned, chances = tally(check.id, recent)
    if chances < FEWEST_CHANCES:
        return 0.0
    stage = rubric.stage_of(check.id)
    weight = stage.weight * check.weight / sum(c.weight for c in rubric.checks_of(stage))
    return weight * (1 - earned / chances) * math.sqrt(chances) * _confidence(check.id, recent)


def _confidence(check_id: str, recent: Iterable[CallCritique]) -> float:
    claims = [f for c in recent if (f := c.finding(check_id)) and f.verdict in _CLAIMED]
    return sum(f.counts and _exact(f) for f in claims) / len(claims) if claims else 0.0


def _exact(finding: Finding) -> bool:
    return all(quote.match == "exact" for quote in quotes_of(finding))


def quotes_of(finding: Finding) -> tuple[Proven, ...]:
    """Every proven quote of a finding: the opportunity's, then for and against."""
    first = () if finding.opportunity is None else (finding.opportunity,)
    return (*first, *finding.evidence, *finding.counter)


def _focus(check_id: str, recent: Sequence[CallCritique], rubric: Rubric, week: str, since: str) -> Focus:
    earned, chances = tally(check_id, recent)
    return Focus(
        week=week,
        check_id=check_id,
        stage_id=rubric.stage_of(check_id).id,
        since_week=since,
        earned=earned,
        chances=chances,
        rate=earned / chances if chances else None,
        confidence=_confidence(check_id, recent),
        kept=since != week,
    )
