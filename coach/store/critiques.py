"""Critiques of the calls, and which questions were asked about each.

One critique an identity: call version, playbook, engine, model, repeats.  Grading again replaces it: a critique is
derived, and is rebuilt from the kept replies without paying.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.sqlite import insert

from coach.errors import NotFound, StoreError
from coach.grading.critique import CallCritique
from coach.store.calls import narrowed
from coach.store.database import Database
from coach.store.matter import Query, newest, streamed
from coach.store.schema import calls, critiques, questions
from coach.store.scope import Scope

_IDENTITY = ("call", "playbook", "engine", "model", "repeats")

_INSERT = insert(critiques)
_KEEP = _INSERT.on_conflict_do_update(
    index_elements=_IDENTITY,
    set_={"graded_at": _INSERT.excluded.graded_at, "critique": _INSERT.excluded.critique},
)


class Critiques:
    """The part of the store that holds critiques."""

    _database: Database

    def link_replies(self, call_id: str, keys: Iterable[str]) -> None:
        """Note that these request keys are about a call, best before they are asked; idempotent.

        Purging the call removes the replies under them.  Raises NotFound for a call that was never kept.
        """
        wanted = list(keys)
        with self._database.writing() as connection:
            call = newest_of(connection, call_id).id
            if wanted:
                statement = insert(questions).on_conflict_do_nothing(index_elements=["call", "key"])
                connection.execute(statement, [{"call": call, "key": key} for key in wanted])

    def keep_critique(self, critique: CallCritique) -> None:
        """Keep a critique of the version of the call that its `provenance.calls_digest` names, as its engine gave it.

        Raises NotFound where the store does not hold that version, ValueError for one with a person's ruling laid on.
        """
        if any(finding.overruled is not None for finding in critique.findings):
            raise ValueError("a ruling is laid on a critique when it is read, and never kept in one")
        provenance = critique.provenance
        version = (
            select(calls.c.id)
            .where(calls.c.call_id == critique.call_id, calls.c.digest == provenance.calls_digest)
            .order_by(calls.c.version.desc())
            .limit(1)
        )
        values = {
            "playbook": provenance.playbook,
            "engine": provenance.engine,
            "model": provenance.model,
            "repeats": provenance.repeats,
            "graded_at": datetime.now(UTC),
            "critique": critique.model_dump_json().encode(),
        }
        with self._database.writing() as connection:
            call = connection.execute(version).scalar_one_or_none()
            if call is None:
                raise NotFound(f"call {critique.call_id} is not in the store as it was graded", "import its file first")
            connection.execute(_KEEP, {"call": call, **values})

    def critique(
        self, scope: Scope, call_id: str, *, playbook: str, engine: str, model: str, repeats: int, digest: str
    ) -> CallCritique | None:
        """The critique of exactly this identity, where the newest version of the call has this digest; else None.

        None too where an older program wrote it in a form that cannot be read: then it is graded again.
        """
        query = _joined(scope, select(critiques.c.id, calls.c.week, critiques.c.critique), None, None).where(
            calls.c.call_id == call_id,
            calls.c.digest == digest,
            critiques.c.playbook == playbook,
            critiques.c.engine == engine,
            critiques.c.model == model,
            critiques.c.repeats == repeats,
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        try:
            return None if row is None else _parsed(row)
        except ValidationError:
            return None

    def critiques(
        self,
        scope: Scope,
        *,
        weeks: Collection[str] | None = None,
        agent: str | None = None,
        playbook: str | None = None,
        engine: str | None = None,
        model: str | None = None,
        repeats: int | None = None,
    ) -> Iterator[CallCritique]:
        """The critiques in a scope, by the start of their calls, a few in memory at a time.

        A call graded under several playbooks, engines, models or repeats comes once for each that is not ruled out.
        """
        listing = _joined(scope, select(critiques.c.id), weeks, agent)
        for column, wanted in (
            (critiques.c.playbook, playbook),
            (critiques.c.engine, engine),
            (critiques.c.model, model),
            (critiques.c.repeats, repeats),
        ):
            if wanted is not None:
                listing = listing.where(column == wanted)
        listing = listing.order_by(calls.c.started_at, calls.c.call_id, critiques.c.id)
        matter = select(critiques.c.id, calls.c.call_id, calls.c.week, critiques.c.critique).join_from(critiques, calls)
        for row in streamed(self._database, listing, matter, critiques.c.id):
            try:
                yield _parsed(row)
            except ValidationError:
                # The error's own text holds the call's words.
                raise StoreError(
                    f"the critique of call {row.call_id} in the store cannot be read", "grade its week again"
                ) from None


def newest_of(connection: Connection, call_id: str) -> Row[*tuple[Any, ...]]:
    """The newest version's id, agent, team and week; NotFound for a call that was never kept."""
    query = newest(select(calls.c.id, calls.c.agent, calls.c.team, calls.c.week)).where(calls.c.call_id == call_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"call {call_id} is not in the store", "import its file first")
    return row


def _joined(scope: Scope, query: Query, weeks: Collection[str] | None, agent: str | None) -> Query:
    return narrowed(scope, query.select_from(critiques.join(calls)), weeks, agent)


def _parsed(row: Row[*tuple[Any, ...]]) -> CallCritique:
    """The critique, in the week its call belongs to now: another time zone moves calls without grading again."""
    critique = CallCritique.model_validate_json(row.critique)
    return critique if critique.week == row.week else critique.model_copy(update={"week": row.week})
