"""Replies as they came, under the key of their question: the memory of every engine.

`keep` returns when the reply is on the disk.  Nothing is parsed here, and a reply is never replaced.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from coach.engines.exchange import Reply, Usage
from coach.errors import StoreError
from coach.store.database import Database
from coach.store.faults import FULL_HINT, explained, is_full
from coach.store.reserve import ensure_reserve, free_reserve
from coach.store.schema import replies

_COLUMNS = [column for column in replies.c if column.name != "kept_at"]


class ReplyLedger:
    """A `coach.engines.exchange.Ledger` on the store's table.  May be used from several threads.

    Raises StoreError at its making where the disk has no room for the reserve: nothing was paid for yet.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reserve = database.beside("reserve")
        self._full = False
        try:
            ensure_reserve(self._reserve)
        except OSError as fault:
            raise explained(fault, database.path) from None

    def find(self, key: str) -> Reply | None:
        """The kept reply, or None."""
        query: Select[Any] = select(*_COLUMNS).where(replies.c.key == key)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Reply(
            key=row.key,
            text=row.text,
            raw=row.raw,
            engine=row.engine,
            model=row.model,
            finish=row.finish,
            refusal=row.refusal,
            usage=Usage(row.tokens_in, row.tokens_cached, row.tokens_out),
            attempts=row.attempts,
        )

    def keep(self, reply: Reply) -> None:
        """Keep a reply; a key that is there already stays as it was.  See `keep_many` for a full disk."""
        self.keep_many([reply])

    def keep_many(self, batch: Iterable[Reply]) -> None:
        """Keep several replies in one commit: all of them are on the disk when this returns.

        On a full disk the reserve is freed and the replies are committed all the same; then StoreError is raised,
        from now on after every commit, so that a run stops asking and only drains what is in flight.
        """
        rows = [_row(reply) for reply in batch]
        if not rows:
            return
        with self._database.explaining():
            try:
                self._commit(rows)
            except DBAPIError as fault:
                if not is_full(fault) or not free_reserve(self._reserve):
                    raise
                self._full = True
                self._commit(rows)
        if self._full:
            raise StoreError(f"the disk that holds {self._database.path} is full", FULL_HINT)

    def _commit(self, rows: list[dict[str, object]]) -> None:
        with self._database.committing() as connection:
            connection.execute(insert(replies).on_conflict_do_nothing(index_elements=["key"]), rows)


def _row(reply: Reply) -> dict[str, object]:
    return {
        "key": reply.key,
        "text": reply.text,
        "raw": reply.raw,
        "engine": reply.engine,
        "model": reply.model,
        "finish": reply.finish,
        "refusal": reply.refusal,
        "tokens_in": reply.usage.tokens_in,
        "tokens_cached": reply.usage.tokens_cached,
        "tokens_out": reply.usage.tokens_out,
        "attempts": reply.attempts,
        "kept_at": datetime.now(UTC),
    }
