"""One agent's quiz over a store: the bank and the agent's own moments, what was answered, and what to ask today.

Joins rooms that do not know each other (store and practice).  An own moment is made anew from its call each time, so
it is gone as soon as the call is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from coach.calls.transcript import Redacted
from coach.calls.weeks import weeks_before
from coach.errors import NotFound
from coach.grading.critique import CallCritique
from coach.grading.gate import tried_line
from coach.grading.grade import Grading
from coach.pipeline.graded import critiques_of, focuses_of
from coach.playbook.load import Playbook
from coach.practice.quiz import Answered, Progress, choose, progress
from coach.practice.quiz_from_calls import Gated, items_from_calls, short_moments
from coach.practice.quiz_items import QuizBank, QuizItem
from coach.practice.spacing import after_answer
from coach.store import QuizRow, Scope, Store

WINDOW = 4  # weeks whose moments can come back


class Quizzing:
    """What one agent is asked.  `grading` says whose critiques count; without one the bank alone serves.

    Raises NotFound for an agent whom a store with calls knows neither from calls nor from answers.
    """

    def __init__(
        self,
        store: Store,
        bank: QuizBank,
        playbook: Playbook,
        agent: str,
        *,
        week: str | None = None,
        grading: Grading | None = None,
        team: str = "",
    ) -> None:
        self._store = store
        self._playbook = playbook
        self._agent = agent
        self._grading = grading
        scope = Scope.of_agent(agent)
        self._answered = [Answered(a.item_id, a.correct, a.memory) for a in store.answers(scope)]
        self._weeks = store.weeks(scope)
        if not self._weeks and not self._answered:
            _ensure_known(store, agent)
        self.week = week or (self._weeks[-1] if self._weeks else "")
        window = weeks_before(self.week, WINDOW) if self.week else []
        self._calls: Mapping[str, Redacted] = {c.call_id: c for c in store.calls(scope, weeks=window)}
        self._team = next((c.team for c in reversed(self._calls.values())), team)
        self._critiques = self._graded(scope, window)
        self._bank = list(bank.fitting(playbook.rubric))
        this_week = {critique.call_id for critique in self._critiques if critique.week == self.week}
        self._fresh = {item.id for item in self._own() if item.call_id in this_week}

    def _graded(self, scope: Scope, weeks: Sequence[str]) -> list[CallCritique]:
        """The critiques of this way of grading, for the calls at hand."""
        if self._grading is None:
            return []
        return [c for c in critiques_of(self._store, self._grading, scope, weeks) if c.call_id in self._calls]

    def _own(self, gated: Gated | None = None) -> list[QuizItem]:
        return items_from_calls(self._agent, self._critiques, self._calls, self._playbook.rubric, gated)

    @property
    def focus(self) -> str:
        """The check that the agent works on in this week, or an empty string."""
        if self._grading is None:
            return ""
        kept = focuses_of(self._store, self._grading, Scope.of_agent(self._agent))
        return next((f.check_id for f in reversed(kept) if f.week <= self.week), "")

    @property
    def weeks(self) -> list[str]:
        """The weeks in which the agent has calls."""
        return self._weeks

    @property
    def graded(self) -> bool:
        """True where the week holds graded calls of the agent's."""
        return any(critique.week == self.week for critique in self._critiques)

    async def plan(self, count: int, now: datetime) -> list[QuizItem]:
        """Up to `count` items to ask now.  A moment whose suggested line passed the gate shows it, and comes first."""
        gated = await self._gated()
        own = sorted(self._own(gated), key=lambda item: (item.call_id, item.checks[0]) not in gated)
        return choose(
            [*self._bank, *own],
            self._answered,
            agent=self._agent,
            now=now,
            count=count,
            focus=self.focus,
            fresh=self._fresh,
        )

    async def _gated(self) -> dict[tuple[str, str], str]:
        """The lines that were put back into their call and graded again, by call and check; asks a memory alone."""
        found: dict[tuple[str, str], str] = {}
        if self._grading is None:
            return found
        asking, engine = self._grading.asking, self._grading.engine
        for critique in self._critiques:
            call = self._calls[critique.call_id]
            for finding in short_moments(critique, self._playbook.rubric):
                tried = await tried_line(critique, finding, call, self._playbook, asking, engine)
                if tried is not None and tried.source == "engine":
                    found[critique.call_id, finding.check_id] = tried.words
        return found

    def keep(self, item: QuizItem, *, right: bool, at: datetime, hesitant: bool = False) -> datetime | None:
        """Keep an answer and give when the item is due again; None where its call was erased: then nothing is kept."""
        before = next((a.memory for a in reversed(self._answered) if a.item_id == item.id), "")
        memory, due = after_answer(before, right=right, at=at, hesitant=hesitant)
        row = QuizRow(agent=self._agent, item_id=item.id, correct=right, answered_at=at, memory=memory)
        try:
            self._store.keep_answer(row, team=self._team, call_id=item.call_id)
        except NotFound:
            return None
        self._answered.append(Answered(item.id, right, memory))
        return due

    def progress(self, now: datetime) -> Progress:
        """How the agent stands today."""
        return progress([*self._bank, *self._own()], self._answered, now)


def _ensure_known(store: Store, agent: str) -> None:
    """A store without calls knows nobody, and then everybody may practise."""
    known = store.agents(Scope.everyone())
    if known:
        raise NotFound(f"no agent {agent!r} in the store", f"agents: {', '.join(known[:12])}")
