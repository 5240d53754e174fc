"""Every error a user may meet, drawn as a tree.  One handler, at the root of the command line, prints them.

    CoachError                 exit 1: one line, what is wrong and what to do
    |-- BadCall                a call file that cannot be read or graded: the run goes on without it
    |   |-- UnknownFormat      nothing of ours reads this file
    |   `-- Ungradable         read, but there is nothing to judge (empty, one-sided, no agent named)
    |-- BadPlaybook            a rubric, lexicon or template that does not hold; carries file and line
    |-- BadManifest            manifest.csv cannot be used
    |-- BadLabels              a file of people's labels, or what was made with it, cannot be used
    |-- BadSettings            coach.toml, the environment or an option holds a value we cannot use
    |-- EngineDown             the engine cannot be used at all: bad key, unknown model, nobody answers
    |-- StoreError             the database cannot be opened or written
    |   |-- StoreTooNew        written by a newer version of coach
    |   `-- StoreBusy          another batch is writing to it
    |-- NotFound               an agent, a week or a call that the store does not hold
    `-- CannotWrite            a page or file could not be written (read-only, disk full)

What one call or one stage suffers is a value (`Refused`, `Ungraded`), not an exception: a run goes on.
"""

from __future__ import annotations

from pathlib import Path


class CoachError(Exception):
    """What went wrong and what to do about it, in one line each.

    `what` states the fault, `hint` the way out.  `exit_code` is the process's.
    """

    exit_code = 1

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what}; {self.hint}" if self.hint else self.what


class BadCall(CoachError):
    """A call file that cannot be read or graded; the rest of the run goes on."""


class UnknownFormat(BadCall):
    """No format of ours reads this file."""


class Ungradable(BadCall):
    """The call was read, but there is nothing in it to judge."""


class BadPlaybook(CoachError):
    """A rubric, lexicon or template does not hold.

    The place is part of `what`: `rubrics/deescalation.yaml:41: ...`.
    """

    def __init__(self, what: str, hint: str = "", *, file: Path | str | None = None, line: int | None = None) -> None:
        place = "" if file is None else f"{file}:{line}: " if line else f"{file}: "
        super().__init__(place + what, hint)
        self.file = file
        self.line = line


class BadManifest(CoachError):
    """manifest.csv cannot be used."""


class BadLabels(CoachError):
    """A file of people's labels, or what was made with it, cannot be used as it stands."""


class BadSettings(CoachError):
    """coach.toml, the environment or an option holds a value we cannot use."""


class EngineDown(CoachError):
    """The engine cannot be used at all: bad key, unknown model, spent quota, nobody answers."""


class StoreError(CoachError):
    """The database cannot be opened, read or written."""


class StoreTooNew(StoreError):
    """The database was written by a newer version of coach."""


class StoreBusy(StoreError):
    """Another batch holds the store."""


class NotFound(CoachError):
    """An agent, a week or a call that the store does not hold."""


class CannotWrite(CoachError):
    """A page or file could not be written: read-only, disk full, no such folder."""
