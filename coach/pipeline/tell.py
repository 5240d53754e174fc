"""What to tell people: each agent's report and the digests of a week, from what the store holds.

Joins rooms that do not know each other (store, reports and practice).  With an open engine it has suggested lines gated; without
one it uses what the gate said before.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.calls.transcript import Redacted, Speaker
from coach.calls.weeks import weeks_before
from coach.errors import NotFound
from coach.grading.critique import CallCritique, Finding, Mark
from coach.grading.gate import TriedLine, tried_line
from coach.grading.grade import Grading
from coach.grading.signals import stock_phrases
from coach.pipeline.contests import UNSHOWN
from coach.pipeline.contests_told import review_items, told_contests
from coach.pipeline.estimating import corrections
from coach.pipeline.graded import critiques_of, focuses_of
from coach.pipeline.intake import EVERYONE
from coach.pipeline.memory import in_hand
from coach.pipeline.practice_told import PracticeTold
from coach.reports.agent import agent_report
from coach.reports.agent_parts import AgentReport
from coach.reports.contested import Contest
from coach.reports.exemplars import Exemplars
from coach.reports.focus import Focus, FocusState, choose_focus, focus_moment, tally
from coach.reports.team import Coverage, FocusMove, TeamDigest, team_digest
from coach.reports.team_tally import WINDOW
from coach.store import Focus as KeptFocus
from coach.store import ReviewState, Scope, Store

HISTORY = 12  # weeks that an agent's report looks back
MOST_AT_ONCE = 8  # agents told at once: each has its whole history in memory


@dataclass(frozen=True)
class ToldAgent:
    """One agent's report and the critiques of its week, for the pages."""

    report: AgentReport
    critiques: tuple[CallCritique, ...]
    contests: tuple[Contest, ...] = ()


class Teller:
    """Tells weeks from a store, for one way of grading.

    The engine of `grading` has suggested lines gated; one that only remembers tells what the gate said before.
    `labels` is the folder of people's labels: where a sample of a week was drawn there, its digest's stage means are
    corrected by them.
    """

    def __init__(self, store: Store, grading: Grading, labels: Path | None = None) -> None:
        self._store = store
        self._grading = grading
        self._labels = labels
        self._playbook = grading.playbook
        self._practice = PracticeTold(store, grading)

    async def agents(self, week: str, *, width: int = 1) -> AsyncIterator[ToldAgent]:
        """The report of every agent who has graded calls in a week, by id, for a folder of pages.  Keeps each focus.

        Up to `width` agents are told at once, so that their suggested lines are gated side by side.
        """
        telling: deque[asyncio.Task[ToldAgent | None]] = deque()
        width = min(width, MOST_AT_ONCE) if self._grading.engine.ai else 1
        try:
            for name in self._agents_in(week):
                telling.append(asyncio.create_task(self._told(name, week, linked=True)))
                if len(telling) >= width and (told := await telling.popleft()):
                    yield told
            while telling:
                if told := await telling.popleft():
                    yield told
        finally:
            await asyncio.gather(*telling, return_exceptions=True)

    def _agents_in(self, week: str) -> list[str]:
        """The agents who have calls in a week, graded or not."""
        return [name for name in self._store.agents(EVERYONE) if week in self._store.weeks(Scope.of_agent(name))]

    def count_agents(self, week: str) -> int:
        """How many agents have calls in a week."""
        return len(self._agents_in(week))

    def digests(self, week: str) -> Iterator[TeamDigest]:
        """The digest of everyone, then one a team where there are two teams or more."""
        yield self.digest(week)
        teams = [t for t in self._store.teams(EVERYONE) if any(True for _ in self._critiques(Scope.of_team(t), [week]))]
        if len(teams) > 1:
            for team in teams:
                yield self.digest(week, team)

    def _critiques(self, scope: Scope, weeks: Sequence[str]) -> Iterator[CallCritique]:
        return critiques_of(self._store, self._grading, scope, weeks)

    async def agent(self, agent: str, week: str) -> ToldAgent:
        """One agent's report.  Raises NotFound for an agent or week without graded calls."""
        told = await self._told(agent, week, linked=False) if agent.strip() else None
        if told is None:
            raise self._nothing_of(agent, week)
        return told

    def exemplars(self) -> Exemplars | None:
        """The moments that agents share, as far as they still hold; None where that is nothing."""
        return self._practice.exemplars()

    async def _told(self, agent: str, week: str, *, linked: bool) -> ToldAgent | None:
        scope = Scope.of_agent(agent)
        history = list(self._critiques(scope, weeks_before(week, HISTORY)))
        mine = [c for c in history if c.week == week]
        if not mine:
            return None
        calls = {call.call_id: call for call in self._store.calls(scope, weeks=weeks_before(week, WINDOW))}
        before = self._focus_before(scope, agent, week)
        focus = choose_focus(history, self._playbook.rubric, week, before)
        moment = focus_moment(focus, history) if focus else None
        tried = await self._tried(moment, calls)
        if focus is not None:
            self._keep(focus, agent, mine[-1].team)
        role_plays = self._practice.role_plays(agent, week, focus, moment, history, calls)
        contests = told_contests(self._store, self._playbook.rubric, scope, week, mine)
        report = agent_report(
            agent=agent,
            week=week,
            history=history,
            calls=calls,
            rubric=self._playbook.rubric,
            stock=stock_phrases(map(_agents_side, calls.values()), self._playbook.lexicons),
            focus_before=before,
            tried=tried,
            confirmed_flags=self._confirmed(scope, week, mine),
            contests=contests,
            practice_command=role_plays[0].command if role_plays else "",
            role_plays=role_plays,
            practised=self._practice.practised(agent, focus),
            colleagues=self._practice.colleagues(agent, focus, linked=linked),
        )
        return ToldAgent(report, tuple(mine), contests)

    def _nothing_of(self, agent: str, week: str) -> NotFound:
        known = self._store.agents(EVERYONE)
        if agent not in known:
            listed = ", ".join(known[:12]) or "none yet"
            if not agent.strip():
                return NotFound("no agent is named", f"agents: {listed}")
            return NotFound(f"no agent {agent!r} in the store", f"agents: {listed}")
        weeks = ", ".join(self._store.weeks(Scope.of_agent(agent))[-6:])
        return NotFound(
            f"{agent} has no graded calls in {week} (engine {self._grading.engine.name})",
            f"weeks with calls: {weeks}; grade them with `coach batch --week`",
        )

    def _focus_before(self, scope: Scope, agent: str, week: str) -> FocusState | None:
        """The focus of the latest earlier week that had one."""
        kept = [f for f in self._focuses(scope) if f.agent == agent and f.week < week]
        return FocusState(check_id=kept[-1].check_id, since_week=kept[-1].since) if kept else None

    def _focuses(self, scope: Scope) -> list[KeptFocus]:
        return focuses_of(self._store, self._grading, scope)

    def _keep(self, focus: Focus, agent: str, team: str) -> None:
        self._store.keep_focus(
            KeptFocus(
                agent=agent,
                team=team,
                week=focus.week,
                playbook=self._grading.version(),
                engine=self._grading.engine.name,
                check_id=focus.check_id,
                rate=focus.rate or 0.0,
                chances=focus.chances,
                since=focus.since_week,
            )
        )

    async def _tried(self, moment: tuple[CallCritique, Finding] | None, calls: dict[str, Redacted]) -> TriedLine | None:
        if moment is None:
            return None
        critique, finding = moment
        in_hand(critique.call_id)
        grading = self._grading
        return await tried_line(
            critique, finding, calls[critique.call_id], self._playbook, grading.asking, grading.engine
        )

    def _confirmed(self, scope: Scope, week: str, mine: Sequence[CallCritique]) -> list[Mark]:
        """The critical flags that a person confirmed; the agent sees no others."""
        confirmed = {
            (r.call_id, r.detail.get("flag"), r.detail.get("quote"))
            for r in self._store.queue(scope, state=ReviewState.CONFIRMED, weeks=[week])
            if r.kind == "critical_flag"
        }
        return [f for c in mine for f in c.critical_flags if (c.call_id, f.kind, f.quote.text) in confirmed]

    def digest(self, week: str, team: str | None = None) -> TeamDigest:
        """The digest of a week, of everyone or of one team.  Raises NotFound for a week without graded calls."""
        scope = EVERYONE if team is None else Scope.of_team(team)
        digest = team_digest(
            week=week,
            team=team,
            critiques=self._critiques(scope, [week]),
            history=self._critiques(scope, weeks_before(week, WINDOW)[:-1]),
            coverage=self._coverage(scope, week, team),
            focuses=self._moves(scope, week),
            reviews=review_items(self._store, self._playbook.rubric, scope, week, unshown=UNSHOWN),
            rubric=self._playbook.rubric,
            corrected=corrections(self._store, self._grading, self._labels, week, team),
        )
        if not digest.agents and team is not None and team not in (teams := self._store.teams(EVERYONE)):
            raise NotFound(f"no team {team!r} in the store", f"teams: {', '.join(teams) or 'none'}")
        if not digest.agents:
            weeks = ", ".join(self._store.weeks(scope)[-6:]) or "none yet"
            raise NotFound(
                f"no graded calls in {week} (engine {self._grading.engine.name})",
                f"weeks with calls: {weeks}; grade them with `coach batch --week`",
            )
        return digest

    def _coverage(self, scope: Scope, week: str, team: str | None) -> Coverage:
        """Calls in and refused.  A refused call has no team: the digest of everyone names it."""
        calls = sum(count.calls for count in self._store.counts(scope) if count.week == week)
        refused = self._refused(week) if team is None else ()
        return Coverage(calls_in=calls + len(refused), refused=refused)

    def _refused(self, week: str) -> tuple[tuple[str, str], ...]:
        found = self._store.refusals(EVERYONE, week=week)
        return tuple(dict.fromkeys((Path(r.source).name, r.reason) for r in found))

    def _moves(self, scope: Scope, week: str) -> dict[str, FocusMove]:
        """What each agent worked on before this week: how it went when that was chosen, and how it goes this week."""
        kept = [f for f in self._focuses(scope) if f.week < week]
        chosen = {(f.agent, f.week): f for f in kept}
        latest = {f.agent: f for f in kept}
        mine: dict[str, list[tuple[float, int]]] = {agent: [] for agent in latest}
        for critique in self._critiques(scope, [week]) if latest else ():
            if critique.agent in latest:
                mine[critique.agent].append(tally(latest[critique.agent].check_id, [critique]))
        moves = {}
        for agent, focus in latest.items():
            first = chosen.get((agent, focus.since), focus)
            earned, chances = sum(e for e, _ in mine[agent]), sum(n for _, n in mine[agent])
            then = first.rate if first.chances else None
            moves[agent] = FocusMove(focus.check_id, focus.since, then, earned / chances if chances else None)
        return moves


def _agents_side(call: Redacted) -> Redacted:
    """A call with the agent's turns alone: phrases are looked for in these, and reading a turn takes time."""
    return call.model_copy(update={"turns": tuple(t for t in call.turns if t.speaker is Speaker.AGENT)})
