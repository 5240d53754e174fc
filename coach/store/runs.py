"""Batches, what they refused, and the agents' focuses from week to week.

Runs and refusals belong to no agent or team: only a scope of everyone sees them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.sqlite import insert

from coach.calls.transcript import Refused
from coach.errors import NotFound
from coach.store.database import Database
from coach.store.kept import Focus, Run
from coach.store.schema import focuses, refusals, runs
from coach.store.scope import Scope

_FOCUS = ("agent", "week", "playbook", "engine")


class Runs:
    """The part of the store that holds runs and refusals."""

    _database: Database

    def start_run(self, *, week: str, engine: str, model: str, playbook: str, zone: str) -> int:
        """Note that a batch begins; gives the run's id, never given twice."""
        values = {"week": week, "engine": engine, "model": model, "playbook": playbook, "zone": zone}
        with self._database.writing() as connection:
            statement = plain_insert(runs).values(started_at=datetime.now(UTC), counts={}, **values)
            return int(connection.execute(statement.returning(runs.c.id)).scalar_one())

    def finish_run(self, run_id: int, counts: Mapping[str, int | float]) -> None:
        """Note what a run counted and that it ended; NotFound for a run that never began."""
        with self._database.writing() as connection:
            done = connection.execute(
                update(runs).where(runs.c.id == run_id).values(finished_at=datetime.now(UTC), counts=dict(counts))
            )
            _found(done.rowcount, run_id)

    def keep_refusals(self, run_id: int, refused: Iterable[Refused]) -> None:
        """Keep what a run did not take in and why; the same refusal once a run."""
        rows = [{"run": run_id, **each.model_dump()} for each in refused]
        with self._database.writing() as connection:
            _found(len(connection.execute(select(runs.c.id).where(runs.c.id == run_id)).all()), run_id)
            if rows:
                connection.execute(insert(refusals).on_conflict_do_nothing(), rows)

    def runs(self, scope: Scope, *, week: str | None = None) -> list[Run]:
        """The runs, oldest first, of one week if given; none for a scope narrower than everyone."""
        query = select(runs).where(scope.whole()).order_by(runs.c.id)
        if week is not None:
            query = query.where(runs.c.week == week)
        with self._database.reading() as connection:
            return [Run(**row._mapping) for row in connection.execute(query)]

    def refusals(self, scope: Scope, *, run_id: int | None = None, week: str | None = None) -> list[Refused]:
        """What was refused, of one run or one week if given; none for a scope narrower than everyone.

        A week's refusals are those of calls that started in it, and those without a start from runs over that week.
        """
        query = (
            select(refusals.c.source, refusals.c.call_id, refusals.c.reason, refusals.c.week)
            .join_from(refusals, runs)
            .where(scope.whole())
            .order_by(refusals.c.id)
        )
        if run_id is not None:
            query = query.where(refusals.c.run == run_id)
        if week is not None:
            unknown = and_(refusals.c.week == "", runs.c.week == week)
            query = query.where(or_(refusals.c.week == week, unknown))
        with self._database.reading() as connection:
            return [Refused(**row._mapping) for row in connection.execute(query)]


class Focuses:
    """The part of the store that holds what each agent works on."""

    _database: Database

    def keep_focus(self, focus: Focus) -> None:
        """Keep an agent's focus of a week; the one kept before under that playbook and engine is replaced."""
        statement = insert(focuses).values(**asdict(focus))
        rest = {name: statement.excluded[name] for name in focuses.c.keys() if name not in _FOCUS}  # noqa: SIM118
        with self._database.writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=_FOCUS, set_=rest))

    def focus(self, scope: Scope, agent: str, week: str, *, playbook: str, engine: str) -> Focus | None:
        """The agent's focus of that week under that playbook and engine, or None."""
        found = self.focuses(scope, agent=agent, weeks=[week], playbook=playbook, engine=engine)
        return found[0] if found else None

    def focuses(
        self,
        scope: Scope,
        *,
        agent: str | None = None,
        weeks: Collection[str] | None = None,
        playbook: str | None = None,
        engine: str | None = None,
    ) -> list[Focus]:
        """The focuses in a scope, by agent and week."""
        query = select(focuses).where(scope.where(focuses)).order_by(focuses.c.agent, focuses.c.week)
        for column, wanted in (
            (focuses.c.agent, agent),
            (focuses.c.playbook, playbook),
            (focuses.c.engine, engine),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        if weeks is not None:
            query = query.where(focuses.c.week.in_(list(weeks)))
        with self._database.reading() as connection:
            return [_focus(row) for row in connection.execute(query)]


def _focus(row: Row[*tuple[Any, ...]]) -> Focus:
    return Focus(**row._mapping)


def _found(count: int, run_id: int) -> None:
    if not count:
        raise NotFound(f"run {run_id} is not in the store", "start it first")
