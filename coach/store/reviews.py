"""The review queue: what a person has to look at, and what they decided.

The store keeps items and decisions; which calls are queued, and who may decide, is settled by its callers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.sqlite import insert

from coach.errors import NotFound, StoreError
from coach.store.critiques import newest_of
from coach.store.database import Database, canonical
from coach.store.kept import Review, ReviewState
from coach.store.schema import reviews
from coach.store.scope import Scope

CONTEST = "contest"
_OF_CONTESTS = (ReviewState.UPHELD, ReviewState.DENIED)
_COLUMNS = [column for column in reviews.c if column.name not in ("call", "content")]


class Reviews:
    """The part of the store that holds the review queue."""

    _database: Database

    def enqueue(self, call_id: str, kind: str, detail: Mapping[str, Any]) -> int:
        """Queue a call for a person and give the item's id; the same call, kind and detail is the same item.

        `detail` is plain JSON (the quote among it).  An item that was decided stays decided.  Raises NotFound for a
        call that was never kept, ValueError or TypeError for a detail that is not JSON.
        """
        content = hashlib.sha256(canonical([call_id, kind, dict(detail)]).encode()).hexdigest()
        with self._database.writing() as connection:
            call = newest_of(connection, call_id)
            statement = insert(reviews).values(
                call=call.id,
                call_id=call_id,
                agent=call.agent,
                team=call.team,
                week=call.week,
                kind=kind,
                detail=dict(detail),
                content=content,
                state=ReviewState.OPEN.value,
                queued_at=datetime.now(UTC),
                decided_by="",
                reason="",
            )
            connection.execute(statement.on_conflict_do_nothing(index_elements=["content"]))
            found = connection.execute(select(reviews.c.id).where(reviews.c.content == content))
            return int(found.scalar_one())

    def queue(
        self,
        scope: Scope,
        *,
        state: ReviewState | None = None,
        weeks: Collection[str] | None = None,
        agent: str | None = None,
        kind: str | None = None,
    ) -> list[Review]:
        """The items in a scope, in the order they came; those of one `state` alone if it is given."""
        query = select(*_COLUMNS).where(scope.where(reviews)).order_by(reviews.c.id)
        for column, wanted in (
            (reviews.c.state, None if state is None else state.value),
            (reviews.c.agent, agent),
            (reviews.c.kind, kind),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        if weeks is not None:
            query = query.where(reviews.c.week.in_(list(weeks)))
        with self._database.reading() as connection:
            return [_review(row) for row in connection.execute(query)]

    def review(self, scope: Scope, review_id: int) -> Review | None:
        """One item; None where there is none in this scope."""
        query = select(*_COLUMNS).where(scope.where(reviews), reviews.c.id == review_id)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _review(row)

    def decide(
        self,
        review_id: int,
        state: ReviewState,
        *,
        by: str,
        reason: str = "",
        ruling: Mapping[str, str] | None = None,
    ) -> Review:
        """Decide an open item, or open a decided one again; gives the item as it then stands.

        An upheld contest takes the `ruling` it came to; no other decision does (ValueError).  A decision is never
        replaced by another: StoreError for an item that was decided already, and for a state that is not its kind's.
        NotFound for an item that is not there.
        """
        if (ruling is not None) != (state is ReviewState.UPHELD):
            raise ValueError("an upheld contest has a ruling, and nothing else has")
        opened = state is ReviewState.OPEN
        with self._database.writing() as connection:
            row = _existing(connection, review_id)
            if not opened:
                _ensure_fits(row, state)
            if not opened and row.state != ReviewState.OPEN.value:
                raise StoreError(
                    f"review item {review_id} was {row.state} by {row.decided_by} already", "open it again first"
                )
            changed = {
                "state": state.value,
                "decided_by": "" if opened else by,
                "decided_at": None if opened else datetime.now(UTC),
                "reason": reason,
                "ruling": None if ruling is None else dict(ruling),
                "seen_by": None,
            }
            connection.execute(update(reviews).where(reviews.c.id == review_id).values(changed))
            return _review(_existing(connection, review_id))

    def acknowledge(self, review_id: int, *, by: str) -> Review:
        """Note that somebody has seen how a contest was decided; once for each name.

        StoreError for an item that is no decided contest, NotFound for one that is not there.
        """
        with self._database.writing() as connection:
            row = _existing(connection, review_id)
            if row.kind != CONTEST or row.state == ReviewState.OPEN.value:
                what = "is not decided yet" if row.kind == CONTEST else f"is no contest ({row.kind})"
                raise StoreError(f"review item {review_id} {what}", "note the decision of a contest once it is there")
            seen = list(dict.fromkeys((*(row.seen_by or ()), by)))
            connection.execute(update(reviews).where(reviews.c.id == review_id).values(seen_by=seen))
            return _review(_existing(connection, review_id))


def _existing(connection: Connection, review_id: int) -> Row[*tuple[Any, ...]]:
    row = connection.execute(select(*_COLUMNS).where(reviews.c.id == review_id)).one_or_none()
    if row is None:
        raise NotFound(f"review item {review_id} is not in the store", "list the queue for the numbers there are")
    return row


def _ensure_fits(row: Row[*tuple[Any, ...]], state: ReviewState) -> None:
    """StoreError where a contest would be confirmed, or anything else upheld."""
    contest = row.kind == CONTEST
    if contest != (state in _OF_CONTESTS):
        kind = "a contest" if contest else f"no contest ({row.kind})"
        how = "uphold or deny it" if contest else "confirm or dismiss it"
        raise StoreError(f"review item {row.id} is {kind}", how)


def _review(row: Row[*tuple[Any, ...]]) -> Review:
    return Review(**{**row._mapping, "state": ReviewState(row.state), "seen_by": tuple(row.seen_by or ())})
