"""Redacted calls and their versions: kept, found, streamed, counted.

A call that comes again with other content is a new version; reads give the newest alone.  What a scope may see is
decided by the newest version's agent and team.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from pydantic import ValidationError
from sqlalchemy import Connection, distinct, func, insert, select, update

from coach.calls.transcript import Redacted
from coach.errors import StoreError
from coach.store.database import Database
from coach.store.kept import Kept, WeekCount
from coach.store.matter import Query, newest, streamed
from coach.store.schema import calls, critiques, reviews
from coach.store.scope import Scope


class Calls:
    """The part of the store that holds calls."""

    _database: Database

    def keep_call(self, redacted: Redacted, week: str, source: str) -> Kept:
        """Keep a call under its ISO week (`2026-W47`) and the file it came from; says what that did.

        An equal digest is the same call: nothing is added, and its week is set to the one given, so that a changed
        time zone moves it.  Another digest is a new version; the queue items of the call follow its agent and team.
        """
        digest = redacted.digest()
        with self._database.writing() as connection:
            row = connection.execute(
                newest(select(calls.c.id, calls.c.version, calls.c.digest, calls.c.week)).where(
                    calls.c.call_id == redacted.call_id
                )
            ).one_or_none()
            if row is not None and row.digest == digest:
                if row.week != week:
                    connection.execute(update(calls).where(calls.c.id == row.id).values(week=week))
                    _move_reviews(connection, redacted, week)
                return Kept.SAME
            connection.execute(
                insert(calls).values(
                    call_id=redacted.call_id,
                    version=1 if row is None else row.version + 1,
                    digest=digest,
                    agent=redacted.agent,
                    team=redacted.team,
                    week=week,
                    started_at=redacted.started_at,
                    channel=redacted.channel.value,
                    redacted=redacted.model_dump_json().encode(),
                    imported_at=datetime.now(UTC),
                    source=source,
                )
            )
            if row is None:
                return Kept.NEW
            _move_reviews(connection, redacted, week)
            return Kept.CHANGED

    def calls(
        self, scope: Scope, *, weeks: Collection[str] | None = None, agent: str | None = None
    ) -> Iterator[Redacted]:
        """The calls in a scope, oldest first, a few in memory at a time; narrowed to weeks and an agent if given."""
        listing = narrowed(scope, select(calls.c.id), weeks, agent).order_by(calls.c.started_at, calls.c.call_id)
        matter = select(calls.c.id, calls.c.call_id, calls.c.redacted)
        for row in streamed(self._database, listing, matter, calls.c.id):
            yield _parsed(row.call_id, row.redacted)

    def call(self, scope: Scope, call_id: str) -> Redacted | None:
        """The newest version of a call; None where there is none in this scope."""
        query = narrowed(scope, select(calls.c.redacted), None, None).where(calls.c.call_id == call_id)
        with self._database.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else _parsed(call_id, found)

    def agents(self, scope: Scope) -> list[str]:
        """The agents who have calls in this scope, sorted."""
        return self._distinct(narrowed(scope, select(calls.c.agent).distinct(), None, None))

    def teams(self, scope: Scope) -> list[str]:
        """The teams that have calls in this scope, sorted; calls without a team give none."""
        return [team for team in self._distinct(narrowed(scope, select(calls.c.team).distinct(), None, None)) if team]

    def weeks(self, scope: Scope, *, agent: str | None = None) -> list[str]:
        """The ISO weeks that have calls in this scope, oldest first."""
        return self._distinct(narrowed(scope, select(calls.c.week).distinct(), None, agent))

    def counts(self, scope: Scope, *, agent: str | None = None) -> list[WeekCount]:
        """What each week of this scope holds, oldest first."""
        graded = select(critiques.c.id).where(critiques.c.call == calls.c.id).exists()
        query = select(
            calls.c.week,
            func.count().label("calls"),
            func.count().filter(graded).label("graded"),
            func.count(distinct(calls.c.agent)).label("agents"),
        )
        with self._database.reading() as connection:
            rows = connection.execute(narrowed(scope, query, None, agent).group_by(calls.c.week).order_by(calls.c.week))
            return [WeekCount(row.week, row.calls, row.graded, row.agents) for row in rows]

    def _distinct(self, query: Query) -> list[str]:
        with self._database.reading() as connection:
            return sorted(connection.execute(query).scalars())


def narrowed(scope: Scope, query: Query, weeks: Collection[str] | None, agent: str | None) -> Query:
    """`query` over `calls`: newest versions inside the scope, of these weeks and this agent where given."""
    query = newest(query).where(scope.where(calls))
    if weeks is not None:
        query = query.where(calls.c.week.in_(list(weeks)))
    if agent is not None:
        query = query.where(calls.c.agent == agent)
    return query


def _move_reviews(connection: Connection, redacted: Redacted, week: str) -> None:
    """Queue items are seen by whoever may see the call as it is now."""
    connection.execute(
        update(reviews)
        .where(reviews.c.call_id == redacted.call_id)
        .values(agent=redacted.agent, team=redacted.team, week=week)
    )


def _parsed(call_id: str, matter: bytes) -> Redacted:
    try:
        return Redacted.model_validate_json(matter)
    except ValidationError:
        # The error's own text holds the call's words.
        raise StoreError(f"call {call_id} in the store cannot be read", "import its file again") from None
