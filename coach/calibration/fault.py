"""What lint says of a playbook: one line a fault, with its place.  Nothing here looks for faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coach.errors import BadPlaybook

Place = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class LintFault:
    """One fault of a playbook.  `file` is relative to the playbook's folder, `line` 0 where no line is to blame."""

    file: str
    line: int
    what: str
    hint: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}; {self.hint}"


@dataclass(frozen=True)
class Source:
    """A YAML file of a playbook: its name, its plain value and the line of every path in it."""

    file: str
    value: Any = None
    lines: Mapping[Place, int] = field(default_factory=dict)

    def fault(self, place: Place, what: str, hint: str) -> LintFault:
        """A fault at the line of `place`, or of the nearest thing around it that has one."""
        line = next((self.lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self.lines), 0)
        return LintFault(self.file, line, what, hint)


def of_error(error: BadPlaybook, folder: Path) -> LintFault:
    """A BadPlaybook as a fault: its place taken out of the text, and its file named from `folder`."""
    file, line = str(error.file or folder), error.line or 0
    what = error.what.removeprefix(f"{file}:{line}: " if line else f"{file}: ")
    return LintFault(_inside(file, folder), line, what, error.hint)


def _inside(file: str, folder: Path) -> str:
    """The file as seen from the folder; a template's own name stands below prompts/."""
    path = Path(file)
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return file if path.is_absolute() else f"prompts/{path.as_posix()}"
