"""The supervisor's weekly digest: one value that holds everything the pages print.

Rates rest on one engine, model and playbook; ledgers (issues, blockers, promises, reviews) hold every call of the
week.  No person is ranked, and there is no list of the lowest.  Nothing here renders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from coach.calls.weeks import parse_week
from coach.grading.critique import CallCritique, Known
from coach.playbook.rubric import Rubric
from coach.reports import team_agenda
from coach.reports.standing import PATTERNS_LABEL, disclaimer
from coach.reports.team_agenda import checks_by_id
from coach.reports.team_parts import (
    FEWEST_CHANCES,
    FEWEST_FOR_NUMBER,
    AgendaItem,
    BlockerKind,
    Corrected,
    Coverage,
    Covered,
    DecidedContests,
    FocusMove,
    HardRun,
    Improved,
    IssueCount,
    NeedCell,
    NeedRow,
    Needs,
    Pairing,
    Promises,
    Reason,
    Recognition,
    ReviewItem,
    ReviewKind,
    StageMean,
    Training,
    WeightCheck,
)
from coach.reports.team_review import Picks, decided_contests, queue
from coach.reports.team_runs import hard_runs
from coach.reports.team_tally import Group, Judged, Tally, tally_of
from coach.reports.team_weights import weight_check

__all__ = [
    "CheckName",
    "Corrected",
    "Coverage",
    "FocusMove",
    "ReviewItem",
    "TeamDigest",
    "digest_schema",
    "team_digest",
]

MOST_ISSUES = 12


class CheckName(Known):
    """What a check id stands for."""

    check_id: str
    name: str
    plain: str
    stage_id: str
    stage: str


class TeamDigest(Known):
    """One team's week.  `team` is None for all teams together; `ai` is False for the pattern check.

    `decided` counts the verdicts among the rates of the week that rest on a person's decision, not on the grader's.
    """

    week: str
    team: str | None
    ai: bool
    engine_line: str
    agents: int
    coverage: Covered
    needs: Needs
    recognitions: tuple[Recognition, ...]
    issues: tuple[IssueCount, ...]
    blockers: tuple[BlockerKind, ...]
    promises: Promises
    reviews: tuple[ReviewKind, ...]
    improved: tuple[Improved, ...]
    agenda: tuple[AgendaItem, ...]
    pairings: tuple[Pairing, ...]
    training: tuple[Training, ...]
    hard_runs: tuple[HardRun, ...]
    stages: tuple[StageMean, ...]
    weights: WeightCheck
    checks: tuple[CheckName, ...]
    disclaimer: str
    contests: DecidedContests = DecidedContests()
    decided: int = 0

    def check(self, check_id: str) -> CheckName:
        """A check's names; its id stands for a check that the rubric no longer has."""
        unknown = CheckName(check_id=check_id, name=check_id, plain=check_id, stage_id="", stage="")
        return next((c for c in self.checks if c.check_id == check_id), unknown)


def team_digest(
    *,
    week: str,
    team: str | None,
    critiques: Iterable[CallCritique],
    history: Iterable[CallCritique],
    coverage: Coverage,
    focuses: Mapping[str, FocusMove],
    reviews: Sequence[ReviewItem],
    rubric: Rubric,
    corrected: Mapping[str, Corrected | str] | None = None,
) -> TeamDigest:
    """The digest of a week.

    `critiques` are the week's and `history` those of earlier weeks; both are read once, as they come, and calls of
    another week or team are passed over.  `focuses` are the agents' own, `reviews` what the queue holds.  `corrected`
    gives a stage's mean as people's labels correct it (PPI++), or why they do not.
    Raises BadSettings for a `week` that is no week.
    """
    week = parse_week(week)
    picks = Picks(rubric)
    tally = tally_of(week, team, _seen(critiques, picks, week, team), history)
    group = tally.main_group()
    judged = tally.groups[group] if group is not None else Judged()
    ai = group is not None and group.ai
    checks = checks_by_id(rubric)
    known = {agent: FocusMove(*move) for agent, move in focuses.items() if agent in tally.calls}
    recognitions = tuple(r for agent in sorted(judged.cells) for r in judged.recognitions(agent))
    return TeamDigest(
        week=week,
        team=team,
        ai=ai,
        engine_line=_engine_line(tally, group),
        agents=len(tally.calls),
        coverage=_covered(tally, group, coverage),
        needs=_needs(tally, judged, rubric),
        recognitions=recognitions,
        issues=_issues(tally, rubric),
        blockers=_blockers(tally, rubric),
        promises=Promises(
            total=tally.promises,
            without_when=tally.promises_without_when,
            entries=tuple(tally.promise_entries.best_first()),
        ),
        reviews=queue(picks, reviews),
        improved=team_agenda.improved(known, judged, checks),
        agenda=team_agenda.agenda(tally, judged, known, recognitions, checks),
        pairings=team_agenda.pairings(known, judged, checks) if ai else (),
        training=team_agenda.training(judged, rubric) if ai else (),
        hard_runs=tuple(run for agent in sorted(tally.hard) for run in hard_runs(agent, tally.hard[agent])),
        stages=_stages(judged, rubric, corrected or {}),
        weights=weight_check(judged),
        checks=tuple(
            CheckName(check_id=c.id, name=c.name, plain=c.reader.plain, stage_id=s.id, stage=s.name)
            for s in rubric.stages
            for c in rubric.checks_of(s)
        ),
        disclaimer=disclaimer(ai=ai or group is None),
        contests=decided_contests(reviews),
        decided=judged.decided,
    )


def digest_schema() -> dict[str, object]:
    """The JSON schema of a digest."""
    return TeamDigest.model_json_schema(mode="serialization")


def _seen(critiques: Iterable[CallCritique], picks: Picks, week: str, team: str | None) -> Iterator[CallCritique]:
    """The week's calls, each shown to the review picks on its way."""
    for critique in critiques:
        if critique.week == week and team in (None, critique.team):
            picks.add(critique)
            yield critique


def _engine_line(tally: Tally, group: Group | None) -> str:
    if group is None:
        return "No call was graded."
    if not group.ai:
        return PATTERNS_LABEL
    engines = ", ".join(sorted(tally.engines[group]))
    return f"Graded by {group.model} through engine {engines}; playbook {group.playbook}."


def _covered(tally: Tally, group: Group | None, coverage: Coverage) -> Covered:
    graded = tally.calls.total()
    refused: dict[str, list[str]] = {}
    for source, reason in coverage.refused:
        refused.setdefault(reason, []).append(source)
    return Covered(
        calls_in=coverage.calls_in,
        graded=graded,
        refused=tuple(
            Reason(reason=reason, count=len(sources), examples=tuple(sorted(sources)[:5]))
            for reason, sources in sorted(refused.items(), key=lambda r: (-len(r[1]), r[0]))
        ),
        ungraded=tuple(Reason(reason=r, count=n) for r, n in _most_first(tally.ungraded)),
        unproven=tally.unproven,
        quotes=tally.quotes,
        close=tally.close,
        unscored=tally.unscored[group] if group is not None else 0,
        apart=graded - (tally.groups[group].calls if group is not None else 0),
        cost=coverage.cost_of(*tally.tokens) if coverage.cost_of else None,
        tokens=tally.tokens[0] + tally.tokens[2],
        outcomes=tuple((o, tally.outcomes[o]) for o in ("resolved", "partly", "open", "unknown") if tally.outcomes[o]),
    )


def _needs(tally: Tally, judged: Judged, rubric: Rubric) -> Needs:
    order = [check.id for check in rubric.checks()]
    seen = [c for c in order if any(cells.get(c, (0, 0))[1] >= FEWEST_CHANCES for cells in judged.cells.values())]
    rows = tuple(
        NeedRow(agent=agent, cells=tuple(_cell(c, *judged.cells[agent].get(c, (0.0, 0))) for c in seen))
        for agent in sorted(judged.cells)
    )
    return Needs(
        since=tally.window[0],
        until=tally.week,
        checks=tuple(seen),
        rows=tuple(row for row in rows if any(cell.rate is not None for cell in row.cells)),
        thin=tuple(c for c in order if c not in seen),
    )


def _cell(check_id: str, earned: float, chances: float) -> NeedCell:
    rate = round(earned / chances, 4) if chances >= FEWEST_CHANCES else None
    return NeedCell(check_id=check_id, earned=round(earned, 2), chances=int(chances), rate=rate)


def _issues(tally: Tally, rubric: Rubric) -> tuple[IssueCount, ...]:
    names = {issue.id: issue.name for issue in rubric.recurring_issues}
    found = []
    for issue, calls in _most_first(tally.issues)[:MOST_ISSUES]:
        kept = tally.issue_calls[issue].best_first()
        found.append(
            IssueCount(
                issue=issue,
                name=names.get(issue, issue.replace("_", " ").capitalize()),
                listed=issue in names,
                calls=calls,
                before=tally.issues_before[issue] if tally.earlier else None,
                call_ids=tuple(call_id for call_id, _ in kept),
                example=next((quote for _, quote in kept if quote is not None), None),
            )
        )
    return tuple(found)


def _blockers(tally: Tally, rubric: Rubric) -> tuple[BlockerKind, ...]:
    names = {blocker.id: blocker.name for blocker in rubric.blockers}
    return tuple(
        BlockerKind(
            kind=kind,
            name=names.get(kind, kind.replace("_", " ").capitalize()),
            count=count,
            entries=tuple(tally.blocker_entries[kind].best_first()),
        )
        for kind, count in _most_first(tally.blockers)
    )


def _stages(judged: Judged, rubric: Rubric, corrected: Mapping[str, Corrected | str]) -> tuple[StageMean, ...]:
    return tuple(_stage_mean(stage.id, judged, corrected.get(stage.id, "")) for stage in rubric.stages)


def _stage_mean(stage_id: str, judged: Judged, corrected: Corrected | str) -> StageMean:
    spread = judged.stages[stage_id]
    mean = low = high = None
    if spread.n >= FEWEST_FOR_NUMBER:
        reach = 1.96 * spread.error()
        mean = round(spread.mean, 6)
        low, high = round(max(1.0, spread.mean - reach), 6), round(min(5.0, spread.mean + reach), 6)
    return StageMean(
        stage_id=stage_id,
        calls=spread.n,
        mean=mean,
        low=low,
        high=high,
        corrected=None if isinstance(corrected, str) else corrected,
        uncorrected=corrected if isinstance(corrected, str) else "",
    )


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda c: (-c[1], c[0]))
