"""Files of JSON lines beside the labels, kept in Git: read whole, each line as what it should be, or named by its number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from coach.errors import BadLabels

T = TypeVar("T")


def read_kept(file: Path, kind: TypeAdapter[T], otherwise: str) -> Iterator[tuple[str, T]]:
    """Each line with its place (`split.jsonl:3`, with the folder), oldest first; none where there is no file.

    Raises BadLabels for a file that cannot be read, and for a line that is not of the kind: `otherwise` says what it
    is then.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as fault:
        raise BadLabels(f"{file}: cannot be read: {type(fault).__name__}", "restore it from Git") from None
    for number, line in enumerate(lines, 1):
        place = f"{file}:{number}"
        try:
            yield place, kind.validate_json(line)
        except ValidationError:
            raise BadLabels(f"{place}: {otherwise}", "restore the line from Git") from None
