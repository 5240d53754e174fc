"""What the database says when it fails, as one clear line; statements and their values never appear in it.

Only SQLite's faults are told apart.  `sqlite3` errors carry the extended result code; its low byte is the class.
"""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from coach.errors import StoreBusy, StoreError

FULL_HINT = "free some space and run the same command again: replies already received are kept"

_LINES: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("the disk that holds {path} is full", FULL_HINT),
    sqlite3.SQLITE_READONLY: ("{path} is read-only", "make the file and its folder writable, or name another store"),
    sqlite3.SQLITE_NOTADB: ("{path} is not a database", "name another file, or move this one away"),
    sqlite3.SQLITE_CORRUPT: ("{path} is damaged", "restore it from a copy, or move it away and import the calls again"),
    sqlite3.SQLITE_CANTOPEN: ("{path} cannot be opened", "check that the folder exists and that you may write in it"),
    sqlite3.SQLITE_PERM: ("{path} cannot be opened", "check that you may read and write it"),
    sqlite3.SQLITE_IOERR: ("{path} cannot be read or written", "check the disk; put the store on a local one"),
}

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_full(fault: BaseException) -> bool:
    """True where the database ran out of disk."""
    return _code(fault) == sqlite3.SQLITE_FULL


def explained(fault: BaseException, path: Path) -> StoreError:
    """The StoreError (or StoreBusy) for a fault of the driver or the file system.  Takes no text from its values."""
    if isinstance(fault, OSError):
        return _of_system(fault, path)
    code = _code(fault)
    if code in _BUSY:
        return StoreBusy(f"another process is writing to {path}", "wait until it is done and try again")
    what, hint = _LINES.get(code, ("{path} refused the operation", ""))
    if code not in _LINES:
        name = getattr(_origin(fault), "sqlite_errorname", type(_origin(fault)).__name__)
        what += f" ({name})"
    return StoreError(what.format(path=path), hint)


def _of_system(fault: OSError, path: Path) -> StoreError:
    if fault.errno == errno.ENOSPC:
        what, hint = _LINES[sqlite3.SQLITE_FULL]
        return StoreError(what.format(path=path), hint)
    reason = fault.strerror or type(fault).__name__
    return StoreError(f"{path} cannot be opened: {reason}", "name a folder in which you may write")


def _origin(fault: BaseException) -> BaseException:
    """The driver's own exception beneath SQLAlchemy's."""
    beneath = getattr(fault, "orig", None)
    return beneath if isinstance(beneath, BaseException) else fault


def _code(fault: BaseException) -> int:
    """SQLite's primary result code, or -1.  "file is not a database" comes without a code in some builds."""
    code = getattr(_origin(fault), "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else -1
