"""One pass over a week's critiques: everything the digest counts, and the few quotes it keeps.

Memory holds aggregates (agents x checks, issues, kinds) and a bounded number of quotes; the start times of hard
calls are the one thing that grows with the calls, at a few words each.  Nothing here decides what is printed.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any, Generic, NamedTuple, TypeVar

from coach.calls.weeks import weeks_before
from coach.grading.critique import CallCritique, Proven
from coach.reports.praise import BEST
from coach.reports.recognised import recognised, what_came_after
from coach.reports.team_parts import BlockerEntry, PromiseEntry, Recognition

HOSTILE = 3  # heat from which a customer's line is hostile (rubric, heat of the customer's words)
WINDOW = 4  # weeks that rates rest on, the digest's own included
KEPT_RECOGNITIONS = 2  # an agent
KEPT_ENTRIES = 6  # quotes of one kind of blocker
KEPT_PROMISES = 40
KEPT_CALLS = 8  # call ids of one issue
KEPT_ISSUES = 400  # names of issues; the rubric lists a dozen, an engine may add new ones

Item = TypeVar("Item")


class TopK(Generic[Item]):
    """The k items with the largest keys, whatever order they come in.  Keys must not be equal."""

    def __init__(self, k: int) -> None:
        self.k = k
        self._heap: list[tuple[Any, int, Item]] = []
        self._tick = count()

    def wants(self, key: Any) -> bool:
        """True where an item of that key would be kept."""
        return len(self._heap) < self.k or key > self._heap[0][0]

    def add(self, key: Any, item: Item) -> None:
        entry = (key, next(self._tick), item)
        if len(self._heap) < self.k:
            heapq.heappush(self._heap, entry)
        elif key > self._heap[0][0]:
            heapq.heapreplace(self._heap, entry)

    def best_first(self) -> list[Item]:
        """What was kept, the largest key first."""
        return [item for _, _, item in sorted(self._heap, key=lambda e: e[0], reverse=True)]


class Group(NamedTuple):
    """What may be compared: the same kind of engine, model and playbook."""

    ai: bool
    model: str
    playbook: str


def group_of(critique: CallCritique) -> Group:
    """The group a critique's rates belong to; live, batch and recorded replies of one model are one group."""
    made = critique.provenance
    return Group(made.ai, made.model, made.playbook)


class Spread:
    """Count, mean and standard error of values that are seen once."""

    def __init__(self) -> None:
        self.n = 0
        self.mean = 0.0
        self._squares = 0.0

    def add(self, value: float) -> None:
        self.n += 1
        step = value - self.mean
        self.mean += step / self.n
        self._squares += step * (value - self.mean)

    def error(self) -> float:
        """The standard error of the mean; 0 for a single value."""
        return (self._squares / (self.n - 1) / self.n) ** 0.5 if self.n > 1 else 0.0


class Judged:
    """The rates of one group.  `cells[agent][check]` is [earned, chances] over the window; `decided` counts the week's
    verdicts that rest on a person's decision.

    `this_week[agent][check]` holds (earned, chances) of the digest's own week, once that week is read.
    """

    def __init__(self) -> None:
        self.calls = self.decided = 0
        self.cells: dict[str, dict[str, list[float]]] = {}
        self.this_week: dict[str, dict[str, tuple[float, int]]] = {}
        self.stages: dict[str, Spread] = defaultdict(Spread)
        self.scores: dict[str, list[float]] = {}
        self._recognised: dict[str, TopK[tuple[bool, Recognition]]] = {}

    def end_week(self) -> None:
        """Keep what the week itself brought apart, before earlier weeks are added to the cells."""
        self.this_week = {a: {c: (e, int(n)) for c, (e, n) in cells.items()} for a, cells in self.cells.items()}

    def chances(self, agent: str, check_id: str) -> tuple[int, int]:
        """The chances of an agent at a check: in the window before the week, and in the week."""
        both = int(self.cells.get(agent, {}).get(check_id, (0.0, 0))[1])
        now = self.in_week(agent, check_id)[1]
        return both - now, now

    def in_week(self, agent: str, check_id: str) -> tuple[float, int]:
        """What an agent earned of how many chances at a check in the week."""
        return self.this_week.get(agent, {}).get(check_id, (0.0, 0))

    def add_cells(self, critique: CallCritique) -> tuple[float, int]:
        """Count the findings that belong in a score; (earned, chances) of this call."""
        cells = self.cells.setdefault(critique.agent, {})
        total, chances = 0.0, 0
        for finding in critique.findings:
            share = finding.share
            if share is None or finding.unstable:
                continue
            total += share
            chances += 1
            cell = cells.get(finding.check_id)
            if cell is None:
                cells[finding.check_id] = [share, 1]
            else:
                cell[0] += share
                cell[1] += 1
        return total, chances

    def add_week(self, critique: CallCritique, earned: float, chances: int) -> None:
        """Count a call of the digest's own week: stage means, weighted against equal weights, recognitions."""
        self.calls += 1
        self.decided += sum(f.overruled is not None and not f.overruled.follows for f in critique.findings)
        for stage in critique.stages:
            if stage.score is not None:
                self.stages[stage.stage_id].add(stage.score)
        if critique.call.score is not None and chances:
            sums = self.scores.setdefault(critique.agent, [0, 0.0, 0.0])
            sums[0] += 1
            sums[1] += critique.call.score
            sums[2] += 1 + 4 * earned / chances
        self._recognise(critique)

    def _recognise(self, critique: CallCritique) -> None:
        hard = is_hard(critique)
        strong = critique.call.band == "strong"
        if not (hard or strong):
            return
        top = self._recognised.setdefault(critique.agent, TopK(KEPT_RECOGNITIONS))
        rest = (strong and hard, hard, critique.started_at, critique.call_id)
        if not top.wants((BEST, *rest)):
            return
        found = recognised(critique, hard=hard, strong=strong)
        if found is None:
            return
        standing, why, quote = found
        then = what_came_after(critique, quote)
        recognition = Recognition(agent=critique.agent, call_id=critique.call_id, why=why, quote=quote, then=then)
        top.add((standing, *rest), (standing.place > 0, recognition))

    def recognitions(self, agent: str) -> list[Recognition]:
        """The agent's moments, best first; one that a hotter line followed only where there is nothing else."""
        kept = self._recognised[agent].best_first() if agent in self._recognised else []
        return [recognition for calm, recognition in kept if calm] or [recognition for _, recognition in kept[:1]]


class Tally:
    """The whole pass.  `add` takes a call of the digest's week, `add_earlier` one of the weeks before."""

    def __init__(self, week: str) -> None:
        self.week = week
        self.window = weeks_before(week, WINDOW)
        self.last_week = self.window[-2]
        self.groups: dict[Group, Judged] = defaultdict(Judged)
        self.calls: Counter[str] = Counter()
        self.blocked: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.ungraded: Counter[str] = Counter()
        self.engines: dict[Group, Counter[str]] = defaultdict(Counter)
        self.unproven = self.quotes = self.close = 0
        self.tokens = (0, 0, 0)  # in, of which cached, out
        self.unscored: Counter[Group] = Counter()
        self.issues: Counter[str] = Counter()
        self.issues_before: Counter[str] = Counter()
        self.earlier = 0
        self.issue_calls: dict[str, TopK[tuple[str, Proven | None]]] = {}
        self.blockers: Counter[str] = Counter()
        self.blocker_entries: dict[str, TopK[BlockerEntry]] = {}
        self.promises = self.promises_without_when = 0
        self.promise_entries: TopK[PromiseEntry] = TopK(KEPT_PROMISES)
        self.hard: dict[str, list[tuple[datetime, float, str]]] = defaultdict(list)

    def add(self, critique: CallCritique) -> None:
        """Count a call of the week."""
        group = group_of(critique)
        judged = self.groups[group]
        judged.add_week(critique, *judged.add_cells(critique))
        self.engines[group][critique.provenance.engine] += 1
        if critique.call.score is None:
            self.unscored[group] += 1
        self.calls[critique.agent] += 1
        self.outcomes[critique.outcome] += 1
        self.unproven += len(critique.unproven)
        read, cached, written = self.tokens
        self.tokens = (
            read + critique.tokens_in,
            cached + critique.tokens_cached,
            written + critique.tokens_out,
        )
        self.quotes += critique.quotes
        self.close += critique.close_quotes
        for stage in critique.ungraded:
            self.ungraded[stage.reason] += 1
        self._add_ledgers(critique)
        if is_hard(critique):
            self.hard[critique.agent].append((critique.started_at, _seconds(critique), critique.call_id))

    def add_earlier(self, critique: CallCritique) -> None:
        """Count a call of an earlier week: rates inside the window, and last week's issues."""
        if critique.week >= self.week:
            return
        if critique.week in self.window:
            self.groups[group_of(critique)].add_cells(critique)
        if critique.week == self.last_week:
            self.earlier += 1
            if critique.recurring_issue:
                self.issues_before[critique.recurring_issue] += 1

    def _add_ledgers(self, critique: CallCritique) -> None:
        key = (critique.started_at, critique.call_id)
        issue = critique.recurring_issue
        if issue and (issue in self.issues or len(self.issues) < KEPT_ISSUES):
            self.issues[issue] += 1
            calls = self.issue_calls.setdefault(issue, TopK(KEPT_CALLS))
            calls.add(key, (critique.call_id, critique.issue_quote))
        for n, blocker in enumerate(critique.blockers):
            self.blockers[blocker.kind] += 1
            self.blocked[critique.agent] += 1
            top = self.blocker_entries.setdefault(blocker.kind, TopK(KEPT_ENTRIES))
            if top.wants((*key, n)):
                top.add((*key, n), BlockerEntry(call_id=critique.call_id, what=blocker.what, quote=blocker.quote))
        self._add_promises(critique)

    def _add_promises(self, critique: CallCritique) -> None:
        settled = critique.outcome == "resolved"
        for n, promise in enumerate(critique.promises):
            self.promises += 1
            self.promises_without_when += not promise.when
            key = (not settled, not promise.when, critique.started_at, critique.call_id, n)
            if self.promise_entries.wants(key):
                self.promise_entries.add(
                    key,
                    PromiseEntry(
                        call_id=critique.call_id,
                        agent=critique.agent,
                        who=promise.who,
                        what=promise.what,
                        when=promise.when or None,
                        outcome=critique.outcome,
                        quote=promise.quote,
                    ),
                )

    def main_group(self) -> Group | None:
        """The group the week's rates rest on: a model before wording, then the one with most calls."""
        counted = [(group.ai, judged.calls, group) for group, judged in self.groups.items() if judged.calls]
        return max(counted)[2] if counted else None


def is_hard(critique: CallCritique) -> bool:
    """True where the customer was hostile at least once: read from the customer's words, never from the agent."""
    return any(heat >= HOSTILE for _, heat in critique.heat)


def _seconds(critique: CallCritique) -> float:
    """How long the call took, or 0 where its record has no times."""
    value = critique.signals.get("duration_s")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def tally_of(week: str, team: str | None, critiques: Iterable[CallCritique], history: Iterable[CallCritique]) -> Tally:
    """Both streams in one pass each.  Calls of another week or team are passed over."""
    tally = Tally(week)
    for critique in critiques:
        if critique.week == week and team in (None, critique.team):
            tally.add(critique)
    for judged in tally.groups.values():
        judged.end_week()
    for critique in history:
        if team in (None, critique.team):
            tally.add_earlier(critique)
    return tally
