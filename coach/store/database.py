"""One SQLite database: its connections, its transactions, its reserve on a full disk.

Reads see one snapshot each and block nobody; writes go one after another and are on the disk when the block ends.
What is read or written is the matter of the modules beside.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from coach.store.faults import explained

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
)

canonical = partial(json.dumps, sort_keys=True, allow_nan=False, separators=(",", ":"))
"""JSON of one spelling, plain ASCII; ValueError for what is not a number."""


class Database:
    """The file at `path`.  `patience` is how many seconds a writer waits for another before StoreBusy."""

    def __init__(self, path: Path, patience: float) -> None:
        self.path = path
        self._patience = patience
        self._writer = threading.Lock()
        self._engine = create_engine(
            URL.create("sqlite+pysqlite", database=str(path)),
            hide_parameters=True,
            json_serializer=canonical,
            connect_args={"timeout": patience},
        )
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)

    def beside(self, suffix: str) -> Path:
        """A side file of the database: same folder, same name with a suffix."""
        return self.path.with_name(f"{self.path.name}.{suffix}")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database; faults come out as StoreError."""
        with self.explaining(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that alone may write; all of it is on the disk when the block ends, or none of it.

        Raises StoreBusy where another process holds the database for longer than the patience.
        """
        with self.explaining(), self.committing() as connection:
            yield connection

    @contextmanager
    def committing(self) -> Iterator[Connection]:
        """As `writing`, with the driver's own exceptions."""
        with self._writer, self._engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def compact(self) -> None:
        """Rewrite the file without the space of deleted rows, and empty its log.

        Raises StoreBusy where another process still reads an old state: the log then holds what was deleted.
        """
        with self.explaining(), self._writer:
            connection = self._engine.raw_connection()
            try:
                cursor = connection.cursor()
                for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    cursor.execute(statement)
                    row: Any = cursor.fetchone()
                    if row is not None and row[0]:
                        raise sqlite3_busy()
                cursor.close()
            finally:
                connection.close()

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Turn faults of the driver into StoreError, without statement or values.

        A value that no column takes (a moment without an offset) is the caller's ValueError or TypeError, as it was.
        """
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as fault:
            beneath = getattr(fault, "orig", None)
            if isinstance(beneath, (ValueError, TypeError)):
                raise beneath from None
            raise explained(fault, self.path) from None

    def close(self) -> None:
        """Close every connection; the last one of all processes folds the log into the file."""
        self._engine.dispose()


def sqlite3_busy() -> sqlite3.OperationalError:
    """The driver's error for a busy database, for the one pragma that reports it as a row instead."""
    fault = sqlite3.OperationalError("database is locked")
    fault.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return fault


def _prepare(connection: Any, _record: Any) -> None:
    """Our own BEGIN, and the pragmas; a connection that cannot take them is closed at once."""
    connection.isolation_level = None
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise


def _begin(connection: Connection) -> None:
    """A writer takes its lock at the start: a lock taken half way can fail without waiting."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
