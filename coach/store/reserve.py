"""Disk space put aside while there is some, and given back when there is none.

It buys the room in which replies that are already paid for are still written; it does not make a full disk usable.
"""

from __future__ import annotations

import os
from pathlib import Path

# Room for 256 replies in flight of 16 KiB each.
SIZE = 4 * 1024 * 1024


def ensure_reserve(path: Path) -> None:
    """Put `SIZE` bytes aside at `path` if they are not; raises OSError where the disk has no such room."""
    if path.exists() and path.stat().st_size == SIZE:
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        # Random bytes: a file system that compresses, or makes holes of zeros, would put nothing aside.
        left = os.urandom(SIZE)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    except OSError:
        path.unlink()
        raise
    finally:
        os.close(handle)


def free_reserve(path: Path) -> bool:
    """Give the space back; False where there was none to give."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
