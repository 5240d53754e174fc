"""Scripted agents: a file with a line a turn, for tests, demonstrations and the five agents of `fixtures/practice/`."""

from __future__ import annotations

from pathlib import Path

from coach.errors import BadSettings


def read_script(file: Path) -> list[str]:
    """The lines of a script: a line a turn; empty lines and those that begin with # are left out.

    Raises BadSettings for a file that cannot be read or holds no line.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "not UTF-8 text"
        raise BadSettings(f"{file}: {why}", "name a text file with a line a turn") from None
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise BadSettings(f"{file}: holds no line", "write a line a turn")
    return lines
