"""The log of the bench: every opening of the holdout and every variant that was compared, kept beside the labels.

A holdout that is looked at often enough is a dev set.  It opens three times for a version of the rubric; looking at
the same measurement again tells nothing new and is no further opening.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from coach.calibration.kept_lines import read_kept
from coach.calibration.split import Part
from coach.errors import BadLabels, CannotWrite

OPENINGS = 3  # of the holdout, for one version of the rubric (design of the calibration)
FILE = "bench.jsonl"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime


class Opening(_Entry):
    """The holdout was looked at: under which rubric, and what was measured, in words that name it wholly."""

    kind: Literal["opening"] = "opening"
    rubric: str
    what: str


class Tried(_Entry):
    """A candidate was compared on a part of the calls, and what came of it."""

    kind: Literal["tried"] = "tried"
    part: Part
    base: str
    candidate: str
    outcome: Literal["better", "worse", "cannot tell"]


_ROW: TypeAdapter[Opening | Tried] = TypeAdapter(Annotated[Opening | Tried, Field(discriminator="kind")])


class BenchLog:
    """The log in a folder.  Raises BadLabels for a line that is none of ours, CannotWrite where it cannot be kept."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE

    def entries(self) -> list[Opening | Tried]:
        """All entries, oldest first."""
        return [entry for _, entry in read_kept(self.file, _ROW, "no entry of the log")]

    def openings(self, rubric: str) -> list[Opening]:
        """The openings of the holdout under a version of the rubric."""
        return [e for e in self.entries() if isinstance(e, Opening) and e.rubric == rubric]

    def open_holdout(self, opening: Opening) -> int:
        """Log an opening and say the how-manieth it is; the same measurement again is the opening it was before.

        Raises BadLabels where the holdout was opened as often as it may be.
        """
        before = self.openings(opening.rubric)
        for number, known in enumerate(before, 1):
            if known.what == opening.what:
                return number
        if len(before) >= OPENINGS:
            dates = ", ".join(f"{known.at:%Y-%m-%d}" for known in before)
            raise BadLabels(
                f"the holdout was opened {OPENINGS} times for rubric {opening.rubric} ({dates})",
                "tune on dev, or label new calls: this holdout has told what it can",
            )
        self._append(opening)
        return len(before) + 1

    def note_tried(self, tried: Tried) -> None:
        """Log that a candidate was compared."""
        self._append(tried)

    def variants(self, part: Part, base: str, candidate: str) -> int:
        """How many different candidates were compared with this base on a part, this one among them.

        The base itself is no variant.
        """
        tried = (e for e in self.entries() if isinstance(e, Tried) and e.part is part and e.base == base)
        return len({candidate, *(e.candidate for e in tried)} - {base})

    def _append(self, entry: Opening | Tried) -> None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8", newline="\n") as out:
                out.write(entry.model_dump_json() + "\n")
                out.flush()
                os.fsync(out.fileno())
        except OSError as fault:
            raise CannotWrite(
                f"{self.file}: {fault.strerror}", "what is measured on the holdout has to be logged first"
            ) from None
