"""Opening: made where it is missing, migrated where it is old, refused with one line where it cannot be used."""

from __future__ import annotations

import gc
import os
import signal
import sqlite3
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from store_samples import WEEK, make_call, make_critique, make_reply

import coach.store
import coach.store.open as opening
from coach.errors import StoreBusy, StoreError, StoreTooNew
from coach.store import Scope, Store, faults, open_store
from coach.store.schema import metadata

ALL = Scope.everyone()


def run(*lines: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter that runs these lines with the path as its argument."""
    command = [sys.executable, "-c", "\n".join(lines), *([str(path)] if path else [])]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def sql(path: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Run one statement behind the store's back."""
    raw = sqlite3.connect(path)
    try:
        with raw:
            return raw.execute(statement, values).fetchall()
    finally:
        raw.close()


def test_a_new_store_has_exactly_the_tables_of_the_schema(store: Store) -> None:
    """Migrating from nothing gives what the code expects."""
    with store._database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_folder_and_file_are_for_their_owner_alone(store: Store, path: Path) -> None:
    """Redacted calls are still people's words."""
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert store.path == path


def test_opening_again_keeps_what_is_there(path: Path) -> None:
    """A second opening migrates nothing and loses nothing."""
    with open_store(path) as store:
        store.keep_call(make_call(), WEEK, "x")
    before = path.read_bytes()
    with open_store(str(path)) as store:
        assert store.call(ALL, "c-1") == make_call()
    assert path.read_bytes() == before


def test_a_file_that_was_touched_and_left_is_made_a_store(path: Path) -> None:
    """A process killed between making the file and its tables leaves an empty file."""
    path.parent.mkdir()
    path.touch()
    with open_store(path) as store:
        assert store.agents(ALL) == []


def test_a_table_of_revisions_without_one_is_migrated(path: Path) -> None:
    """An empty table of revisions means that nothing was migrated."""
    path.parent.mkdir()
    sql(path, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    with open_store(path) as store:
        assert store.agents(ALL) == []


@pytest.mark.parametrize(
    "pragma", [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)]
)
def test_the_database_is_set_up_to_lose_nothing(store: Store, pragma: tuple[str, object]) -> None:
    """Every connection has the log, the full sync, the foreign keys and the secure deletion."""
    with store._database.reading() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma[0]}").scalar_one() == pragma[1]


def test_a_newer_store_is_refused_with_both_revisions(path: Path) -> None:
    """An older program does not touch what it does not know."""
    with open_store(path):
        pass
    sql(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew, match=r"at 9999, this program's at 0003\); upgrade coach"), open_store(path):
        pass


def test_another_programs_database_is_refused(path: Path) -> None:
    """Tables that are not ours are left alone."""
    path.parent.mkdir()
    sql(path, "CREATE TABLE recipes (id INTEGER)")
    with pytest.raises(StoreError, match="of another program"), open_store(path):
        pass


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    """A text file is named as what it is, and left as it was."""
    path.parent.mkdir()
    path.write_text("Dear customer, " * 300)
    with pytest.raises(StoreError, match="is not a database; name another file"), open_store(path):
        pass
    assert path.read_text().startswith("Dear customer")


def test_a_damaged_database_is_named(path: Path) -> None:
    """Pages that were overwritten are found when they are read, and reported in one line."""
    with open_store(path) as store:
        for number in range(40):
            store.keep_call(make_call(f"c-{number}", text="word " * 900), WEEK, "x")
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged; restore it"), open_store(path) as store:
        list(store.calls(ALL))


def test_a_read_only_database_is_named(store: Store, path: Path) -> None:
    """The driver's own fault for a read-only file becomes our line."""
    raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError) as caught:
        raw.execute("DELETE FROM calls")
    raw.close()
    assert "is read-only; make the file" in str(faults.explained(caught.value, path))


def test_a_fault_without_a_row_of_its_own_is_named_by_its_code(store: Store) -> None:
    """An unforeseen fault names SQLite's code, never the statement or its values."""
    with (
        pytest.raises(StoreError, match=r"refused the operation \(SQLITE_ERROR\)") as caught,
        store._database.reading() as connection,
    ):
        connection.exec_driver_sql("SELECT secret FROM nowhere")
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_fault_without_a_code_is_named_by_its_class(path: Path) -> None:
    """Also what carries no code at all is one line."""
    assert "(InterfaceError)" in str(faults.explained(sqlite3.InterfaceError("x"), path))


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("postgresql+psycopg://host/coach", "postgresql address cannot be opened"),
        ("sqlite://", "cannot be opened"),
        (":memory:", "cannot be read"),
        ("://", "cannot be read"),
        ("/", "is a folder"),
        ("a\0b", "NUL"),
    ],
)
def test_an_address_that_is_no_file_is_refused(address: str, line: str) -> None:
    """Addresses of other databases, of memory and of folders have a line each."""
    with pytest.raises(StoreError, match=line), open_store(address):
        pass


def test_an_address_may_be_a_url(path: Path) -> None:
    """`sqlite:///` and a path mean that path."""
    with open_store(f"sqlite:///{path}"):
        assert path.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file where a folder should be is one line with the system's reason."""
    (tmp_path / "file").touch()
    with (
        pytest.raises(StoreError, match=r"cannot be opened: Not a directory|File exists"),
        open_store(tmp_path / "file" / "coach.db"),
    ):
        pass


def test_a_side_file_that_cannot_be_made_is_named(path: Path) -> None:
    """A folder in the place of the lock is one line."""
    with open_store(path) as store:
        store._database.beside("batch").mkdir()
        with pytest.raises(StoreError, match="batch cannot be opened"), store.hold_batch():
            pass


def test_another_writer_is_waited_for_no_longer_than_asked(store: Store, path: Path) -> None:
    """A database that another process holds is busy; readers go on."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="another process is writing"):
        store.keep_call(make_call(), WEEK, "x")
    assert store.agents(ALL) == []
    raw.close()
    store.keep_call(make_call(), WEEK, "x")


def test_one_batch_at_a_time(store: Store, path: Path) -> None:
    """A second batch is told who holds the store; afterwards it may."""
    with store.hold_batch(), open_store(path) as other:
        other.keep_call(make_call(), WEEK, "x")
        with pytest.raises(StoreBusy, match=rf"another batch .*\(process {os.getpid()}\)"), other.hold_batch():
            pass
    with store.hold_batch():
        pass


def test_the_hold_dies_with_its_process(store: Store, path: Path) -> None:
    """A killed batch leaves nothing that has to be cleaned up."""
    killed = run(
        "import os, signal, sys",
        "from coach.store import open_store",
        "with open_store(sys.argv[1]) as store, store.hold_batch():",
        "    os.kill(os.getpid(), signal.SIGKILL)",
        path=path,
    )
    assert killed.returncode == -signal.SIGKILL
    with store.hold_batch():
        assert store.agents(ALL) == []


def test_a_lock_file_without_a_number_is_no_obstacle(store: Store) -> None:
    """What stands in the lock file is for people alone."""
    with store.hold_batch():
        store._database.beside("batch").write_text("")
        with pytest.raises(StoreBusy, match=r"coach\.db; wait until it is done"), store.hold_batch():
            pass


def test_two_processes_may_open_a_new_store_at_once(path: Path) -> None:
    """One of them migrates, the others wait for it; none fails."""
    line = "import sys; from coach.store import open_store\nwith open_store(sys.argv[1]) as store: print(store.path)"
    started = [
        subprocess.Popen([sys.executable, "-c", line, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    ended = [(process.communicate(timeout=60), process.returncode) for process in started]
    assert [code for _, code in ended] == [0] * 4, ended


def test_a_store_that_another_process_has_just_migrated_is_left_alone(store: Store, path: Path) -> None:
    """Whoever waited for the lock finds nothing to do."""
    with store._database.writing() as connection:
        before = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
        opening._migrate(connection, path)
        assert connection.exec_driver_sql("PRAGMA schema_version").scalar_one() == before


def test_importing_the_room_imports_no_database() -> None:
    """Help and the like never pay for SQLAlchemy; Alembic is imported only to migrate."""
    done = run("import sys, coach.store", "print('sqlalchemy' in sys.modules, 'sqlite3' in sys.modules)")
    assert done.stdout.split() == ["False", "False"], done.stderr


def test_a_store_that_needs_no_migration_imports_no_alembic(path: Path) -> None:
    """The revision is compared with a constant first."""
    with open_store(path):
        pass
    lines = ["import sys", "from coach.store import open_store", "with open_store(sys.argv[1]): pass"]
    done = run(*lines, "print('alembic' in sys.modules)", path=path)
    assert done.stdout.strip() == "False", done.stderr


def test_a_name_the_room_does_not_have_is_an_error() -> None:
    """Lazy names are two; any other is missing as usual."""
    with pytest.raises(AttributeError, match="no attribute 'Shop'"):
        _ = coach.store.Shop


def test_nothing_is_left_open(path: Path) -> None:
    """A store that was closed leaves no connection behind, not even after a stream that was given up or a fault."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", ResourceWarning)
        with open_store(path) as store:
            for number in range(3):
                store.keep_call(make_call(f"c-{number}"), WEEK, "x")
            store.keep_critique(make_critique(make_call("c-0")))
            store.ledger().keep(make_reply())
            next(store.calls(ALL))
        path.with_name("no.db").write_text("no database " * 99)
        with pytest.raises(StoreError), open_store(path.with_name("no.db")):
            pass
        gc.collect()
    assert [str(each.message) for each in seen] == []
    assert not path.with_name("coach.db-wal").exists()
