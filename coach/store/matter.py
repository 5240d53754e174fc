"""Large columns, a few rows at a time, in an order fixed when reading begins.

A stream holds no connection between two rows: the consumer may write meanwhile, may stop half way, and never keeps
the log from being folded into the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Row, Select, select

from coach.store.database import Database
from coach.store.schema import calls

Query = Select[*tuple[Any, ...]]

# About 3 MB of critiques in memory at once.
CHUNK = 200


def newest(query: Query, table: FromClause = calls) -> Query:
    """`query` over `calls` (or an alias of it), without the versions that a newer one has replaced."""
    return query.where(_current(table))


@cache
def _current(table: FromClause) -> ColumnElement[bool]:
    """Holds for rows that no newer version replaces; made once a table, it costs more than the query it stands in."""
    newer = calls.alias("newer")
    replaced = select(newer.c.id).where(newer.c.call_id == table.c.call_id, newer.c.version > table.c.version)
    return ~replaced.correlate(table).exists()


def streamed(database: Database, listing: Query, matter: Query, key: Column[int]) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows of `matter` in the order of the ids that `listing` gives.

    `matter` selects `key` first.  A row that was removed since the listing is left out.
    """
    with database.reading() as connection:
        ids = list(connection.execute(listing).scalars())
    for start in range(0, len(ids), CHUNK):
        wanted = ids[start : start + CHUNK]
        with database.reading() as connection:
            found = {row[0]: row for row in connection.execute(matter.where(key.in_(wanted)))}
        yield from (found[each] for each in wanted if each in found)
