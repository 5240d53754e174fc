"""Which calls people label so that a team's means can be corrected: a random sample of a period, drawn once and kept.

Every call has a place in a random order, a hash of the draw's seed and the call's id; the sample is how that order
begins.  Nothing that was said, scored or labelled moves a call, so the beginning of the order up to any place is a
random sample of the period's calls, and stays one when calls come later: a new call takes its own place in the same
order (permanent random numbers, Ohlsson 1995).  The draws are kept beside the labels, in Git.
"""

from __future__ import annotations

import hashlib
import secrets
import shlex
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from coach.calibration.kept_lines import read_kept
from coach.calibration.labels import Version, write_whole
from coach.calls.transcript import Id
from coach.errors import BadLabels, BadSettings, NotFound

FILE = "samples.jsonl"
IsoWeek = Annotated[str, StringConstraints(pattern=r"^\d{4}-W\d\d$")]


class Sample(BaseModel):
    """One draw: the calls of `weeks` (of one team, or of all), from a frame of `frame` calls, in the order drawn.

    `frame_version` is the hash of the frame's sorted call ids.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime
    weeks: Annotated[tuple[IsoWeek, ...], Field(min_length=1)]
    team: str | None
    seed: Annotated[int, Field(ge=0, lt=2**64)]
    frame: Annotated[int, Field(ge=1)]
    frame_version: Version
    drawn: Annotated[tuple[Id, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Sample:
        if list(self.drawn) != _ordered(self.drawn, self.seed) or len(set(self.drawn)) < len(self.drawn):
            raise ValueError("the calls are not in the order of their seed")
        return self

    @property
    def period(self) -> str:
        """What it was drawn from, in words: "2026-W10, team north"."""
        return period_words(self.weeks, self.team)


class Members(NamedTuple):
    """A sample among the calls of today: those that belong to it in their order, those of them that came after the
    draw, and drawn calls that are gone."""

    order: tuple[str, ...]
    came: tuple[str, ...]
    gone: tuple[str, ...]


class Drawing(NamedTuple):
    """What asking for a sample came to: the sample in force, and the one there was before, if any.

    They are the same one where nothing new was drawn.
    """

    sample: Sample
    before: Sample | None


def period_words(weeks: Collection[str], team: str | None) -> str:
    """A period in words: its weeks, and its team where it has one."""
    return ", ".join(weeks) + (f", team {team}" if team is not None else "")


def label_command(sample: Sample) -> str:
    """The command that labels a sample's calls in the order drawn; who labels is left to be named."""
    weeks = " ".join(f"--week {week}" for week in sample.weeks)
    team = "" if sample.team is None else f" --team {shlex.quote(sample.team)}"
    return f"coach trainer label --drawn {weeks}{team} --rater NAME"


def frame_version(call_ids: Iterable[str]) -> str:
    """The version of a set of calls, whatever their order."""
    return hashlib.sha256("\n".join(sorted(call_ids)).encode()).hexdigest()[:12]


def read_samples(folder: Path) -> list[Sample]:
    """The draws kept in a labels folder, oldest first; none where there is no file.

    Raises BadLabels for a line that is no draw, and where one period was drawn under two seeds.
    """
    found: list[Sample] = []
    seeds: dict[tuple[tuple[str, ...], str | None], int] = {}
    for place, sample in read_kept(folder / FILE, TypeAdapter(Sample), "no sample as it was drawn"):
        if seeds.setdefault((sample.weeks, sample.team), sample.seed) != sample.seed:
            raise BadLabels(
                f"{place}: {sample.period} was drawn anew", "a second draw is no random sample: remove its lines"
            )
        found.append(sample)
    return found


def sample_of(folder: Path, weeks: Collection[str], team: str | None) -> Sample | None:
    """The sample in force of exactly this period, or None.  Raises BadLabels."""
    period = tuple(sorted(set(weeks)))
    return next((s for s in reversed(read_samples(folder)) if (s.weeks, s.team) == (period, team)), None)


def drawn_sample(folder: Path, weeks: Collection[str], team: str | None) -> Sample:
    """The sample in force of exactly this period.  Raises NotFound where none was drawn, and BadLabels."""
    hint = "draw one with `coach trainer sample`, then label it"
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder}, so no sample", f"name --labels, or {hint}")
    sample = sample_of(folder, weeks, team)
    if sample is None:
        raise NotFound(f"no sample of {period_words(weeks, team)} was drawn in {folder}", hint)
    return sample


def ensure_sample(
    folder: Path,
    call_ids: Collection[str],
    weeks: Collection[str],
    team: str | None,
    n: int,
    *,
    at: datetime,
    seed: int | None = None,
) -> Drawing:
    """The sample of a period with at least `n` of these calls, or all of them where there are fewer.

    A period that was drawn keeps its seed: asked again it gives the same sample, asked for more the same order
    further on, and calls that came since the draw are in it where their places lie before its last call.  `seed` is
    for tests.  Raises BadLabels, BadSettings, NotFound, CannotWrite.
    """
    if n < 1:
        raise BadSettings("a sample needs a call", "give --n 1 or more; 20 labels make an interval")
    if not call_ids:
        raise NotFound(f"no graded call in {period_words(weeks, team)}", "grade some with `coach batch`")
    kept = read_samples(folder)
    before = sample_of(folder, weeks, team)
    if before is not None:
        seed = before.seed
    elif seed is None:
        seed = secrets.randbits(32)
    size = max(n, len(members(before, call_ids).order)) if before is not None else n
    sample = Sample(
        at=at,
        weeks=tuple(sorted(set(weeks))),
        team=team,
        seed=seed,
        frame=len(set(call_ids)),
        frame_version=frame_version(set(call_ids)),
        drawn=tuple(_ordered(set(call_ids), seed)[:size]),
    )
    if before is not None and set(sample.drawn) <= set(before.drawn):
        return Drawing(before, before)
    write_whole(folder / FILE, "".join(one.model_dump_json() + "\n" for one in [*kept, sample]))
    return Drawing(sample, before)


def members(sample: Sample, call_ids: Collection[str]) -> Members:
    """The sample among these calls: each whose place in the order lies no further than that of the last call drawn.

    A call that was taken out of the list of drawn calls by hand belongs to it as before.
    """
    last = _place(sample.drawn[-1], sample.seed)
    drawn = frozenset(sample.drawn)
    order = [call_id for call_id in _ordered(set(call_ids), sample.seed) if _place(call_id, sample.seed) <= last]
    return Members(
        order=tuple(order),
        came=tuple(call_id for call_id in order if call_id not in drawn),
        gone=tuple(call_id for call_id in sample.drawn if call_id not in set(call_ids)),
    )


def _ordered(call_ids: Iterable[str], seed: int) -> list[str]:
    return sorted(call_ids, key=lambda call_id: _place(call_id, seed))


def _place(call_id: str, seed: int) -> tuple[bytes, str]:
    return hashlib.sha256(f"{seed} {call_id}".encode()).digest(), call_id
