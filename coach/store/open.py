"""Opening the store: folder, file, migrations, and what stands in the way of each.

Alembic is imported only where a migration is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import ArgumentError

from coach.errors import StoreError, StoreTooNew
from coach.store.database import Database
from coach.store.faults import explained
from coach.store.locks import held
from coach.store.schema import REVISION
from coach.store.store import Store


@contextmanager
def open_store(address: str | Path, *, patience: float = 30.0) -> Iterator[Store]:
    """The store at `address` (a path, or `sqlite:///path`), made and migrated as needed, closed with the block.

    `patience` is how many seconds a writer waits for another process.  Raises StoreTooNew for a database of a
    newer coach, StoreBusy for one that stays locked, StoreError for one that cannot be opened or written.
    """
    database = Database(_path(address), patience)
    try:
        _ensure_ready(database)
        yield Store(database)
    finally:
        database.close()


def _path(address: str | Path) -> Path:
    """The file behind an address; StoreError for addresses of other databases."""
    if isinstance(address, str) and ("://" in address or address.startswith(":")):
        address = _path_of_url(address)
    path = Path(address).expanduser().absolute()
    if "\0" in str(path):
        raise StoreError("the store's path holds a NUL character", "name a file")
    if not path.name or path.is_dir():
        raise StoreError(f"{path} is a folder", "name a file, such as coach.db inside it")
    return path


def _path_of_url(address: str) -> str:
    try:
        url = make_url(address)
    except ArgumentError:
        raise StoreError("the store's address cannot be read", "name a file, such as coach.db") from None
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise StoreError(
            f"a store at a {url.get_backend_name()} address cannot be opened", "name a file, such as coach.db"
        )
    return url.database


def _ensure_ready(database: Database) -> None:
    """Make folder and file, and bring the tables to `REVISION`; nothing is written where all is well."""
    path = database.path
    try:
        if path.exists():
            with database.reading() as connection:
                if _revision(connection, path) == REVISION:
                    return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with held(database.beside("opening"), busy=f"{path} is being opened", wait=True):
            path.touch(mode=0o600)
            with database.writing() as connection:
                _migrate(connection, path)
    except OSError as fault:
        raise explained(fault, path) from None


def _revision(connection: Connection, path: Path) -> str | None:
    """The revision the database names; None for an empty one; StoreError for tables that are not ours."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)
    if tables:
        raise StoreError(f"{path} is a database of another program", "name another file")
    return None


def _migrate(connection: Connection, path: Path) -> None:
    """Run the migrations that are missing, in the transaction of `connection`."""
    found = _revision(connection, path)
    if found == REVISION:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "coach.store:migrations")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreTooNew(
            f"{path} was written by a newer coach (its tables are at {found}, this program's at {REVISION})",
            "upgrade coach, or name another store",
        )
    command.upgrade(config, REVISION)
