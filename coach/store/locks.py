"""Locks between processes: `flock` on a side file, which dies with its process.

Two locks of one process on one file exclude each other as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coach.errors import StoreBusy
from coach.store.faults import explained


@contextmanager
def held(path: Path, *, busy: str, wait: bool = False) -> Iterator[None]:
    """Hold the lock at `path` for the block.

    Raises StoreBusy with the line `busy` where another holds it and `wait` is false.  The file stays: removing it
    would let two processes lock two files of one name.  The holder's process id stands in it, for people.
    """
    import fcntl

    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise explained(fault, path) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            holder = os.read(handle, 20).decode("ascii", "replace").strip()
            named = f" (process {holder})" if holder.isdigit() else ""
            raise StoreBusy(busy + named, "wait until it is done, or stop it") from None
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)
