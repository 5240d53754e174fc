"""Options that the trainer's commands share, and what they come to: calls, labels, split, log and gradings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.choices import open_filled_store, settings_of
from coach.cli.say import say_aside
from coach.errors import NotFound

if TYPE_CHECKING:
    from coach.calibration.bench_log import BenchLog
    from coach.calibration.labels import Labelled
    from coach.calibration.split import Split
    from coach.calls.transcript import Redacted, Refused
    from coach.playbook.load import Playbook
    from coach.settings import Settings

CallPaths = Annotated[list[Path] | None, typer.Argument(help="Call files or folders; none: the store's calls.")]
LabelsPath = Annotated[str | None, typer.Option("--labels", help="Folder of people's labels.")]
Sample = Annotated[
    bool, typer.Option("--sample", help="The sample team: its calls, its golden labels, the recorded replies.")
]
RepliesPath = Annotated[
    Path | None, typer.Option("--replies", help="Folder of recorded replies besides the shipped ones.")
]
Stages = Annotated[
    list[str] | None,
    typer.Option("--stage", help="Only this stage (may be given again); all: every stage, without the overview."),
]


GATE = 3
"""The exit code where all was measured and the answer fails a gate: worse, drifted; 1 is kept for errors."""


class Which(StrEnum):
    """Which of the labelled calls."""

    DEV = "dev"
    HOLDOUT = "holdout"
    ALL = "all"


PartOption = Annotated[
    Which, typer.Option("--part", help="dev; holdout and all open the locked calls, and that is logged.")
]


@dataclass(frozen=True)
class Bench:
    """What a measurement rests on: calls by id, the labels that count, each call's part, and where openings are logged.

    `remarks` say which labels do not count, for whoever reads the result later.
    """

    calls: dict[str, Redacted]
    labelled: Labelled
    split: Split
    log: BenchLog
    folder: Path
    remarks: tuple[str, ...] = ()

    def of_part(self, which: Which) -> Bench:
        """The same of one part of the calls."""
        if which is Which.ALL:
            return self
        ids = [call_id for call_id in self.calls if self.split[call_id] == which.value]
        if not ids:
            other = "holdout" if which is Which.DEV else "dev"
            count = "the one call is" if len(self.calls) == 1 else f"all {len(self.calls)} calls are"
            raise NotFound(f"none of these calls is {which.value}: {count} {other}", f"name more, or --part {other}")
        kept = {call_id: self.calls[call_id] for call_id in ids}
        return replace(self, calls=kept, labelled=self.labelled.narrowed(ids))


def bench_settings(
    sample: bool,
    labels: str | None,
    engine: str | None,
    model: str | None,
    base_url: str | None,
    playbook: str | None,
    store: str | None,
    repeats: int | None = None,
) -> Settings:
    """The settings of a measurement; the sample team is graded with its recorded replies unless told otherwise."""
    return settings_of(
        labels=labels,
        engine__name=engine or ("recorded" if sample and not base_url else None),
        engine__model=model,
        engine__base_url=base_url,
        playbook=playbook,
        store=store,
        grading__repeats=repeats,
    )


def sample_calls() -> Path:
    """The folder of the sample team's calls."""
    from coach.playbook.load import shipped

    return shipped() / "fixtures" / "calls"


def labels_folder(settings: Settings, *, sample: bool) -> Path:
    """Where the labels lie: the golden set of the sample team, or the workspace's folder."""
    from coach.playbook.load import shipped

    return shipped() / "fixtures" / "golden" if sample else settings.path(settings.labels)


def read_files(settings: Settings, files: Sequence[Path]) -> tuple[dict[str, Redacted], list[Refused]]:
    """The calls of files and folders, by id, and what was refused; whose a call is and when it was plays no part."""
    from coach.calls.read import Defaults, open_calls
    from coach.calls.redact import redact
    from coach.calls.transcript import Refused

    found: dict[str, Redacted] = {}
    refused = []
    defaults = Defaults(agent="unnamed", started_at=datetime(1970, 1, 1, tzinfo=UTC), zone=settings.zone)
    for each in open_calls(files, defaults):
        if isinstance(each, Refused):
            refused.append(each)
        else:
            call = redact(each)
            found[call.call_id] = call
    return found, refused


def read_calls(
    settings: Settings, paths: Sequence[Path] | None, *, sample: bool, only: Collection[str] = ()
) -> dict[str, Redacted]:
    """The calls of the paths, of the sample team, or of the store in force; refused files are said, a line each.

    Of a store `only` these are read, where any are named: it may hold more calls than memory does.
    """
    from coach.store import Scope

    found: dict[str, Redacted] = {}
    if sample or paths:
        found, refused = read_files(settings, [sample_calls()] if sample else list(paths or ()))
        # Of the sample two calls of one side are refused as ever: nobody has to mend those.
        for each in () if sample else refused:
            say_aside(f"{each.source}: {each.reason}")
    else:
        with open_filled_store(settings) as store:
            everyone = Scope.everyone()
            asked = (store.call(everyone, call_id) for call_id in sorted(only)) if only else store.calls(everyone)
            found = {call.call_id: call for call in asked if call is not None}
        if not found and only:
            raise NotFound("the store holds none of the labelled calls", "name their files, or import them")
    if not found:
        raise NotFound("there are no calls", "name call files or folders, or give --sample")
    return found


def open_bench(
    settings: Settings, playbook: Playbook, paths: Sequence[Path] | None, *, sample: bool, required: bool = True
) -> Bench:
    """Calls with the labels people gave them; what was set aside is said in one line a reason.

    Raises NotFound where nothing is labelled; without `required` the calls then come without labels.
    """
    from coach.calibration.bench_log import BenchLog
    from coach.calibration.labels import read_labels, sound_labels
    from coach.calibration.split import Part, ensure_split, extended, read_split

    folder = labels_folder(settings, sample=sample)
    labels = read_labels(folder)
    if required and not any(labels.values()):
        raise NotFound(
            f"no labels in {folder}", "grade some calls by hand with `coach trainer label`, or give --sample"
        )
    of_labels = {label.call_id for given in labels.values() for label in given}
    calls = read_calls(settings, paths, sample=sample, only=of_labels if required else ())
    labelled = sound_labels(labels, calls, playbook.rubric)
    remarks = _set_aside(labelled)
    for remark in remarks:
        say_aside(remark)
    counted = {call_id: calls[call_id] for call_id in labelled.call_ids()}
    if not counted and not required:
        counted = calls
    if not counted:
        raise NotFound(f"none of the labels in {folder} count for these calls", "the reasons stand above")
    known = read_split(folder)
    kept = any(labels.values()) and not sample
    split = ensure_split(folder, counted.values()) if kept else extended(known, counted.values())
    if kept and len(split) > len(known):
        new = [part for call_id, part in split.items() if call_id not in known]
        say_aside(
            f"{len(new)} calls split for good: {new.count(Part.DEV)} dev, {new.count(Part.HOLDOUT)} locked ({folder})"
        )
    # The shipped golden set is nobody's to write to: what is looked at is logged in the workspace.
    log = BenchLog(settings.path(settings.labels))
    return Bench(counted, labelled, split, log, folder, remarks)


def _set_aside(labelled: Labelled) -> tuple[str, ...]:
    """The labels that do not count, a line a rater and reason."""
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for one in labelled.set_aside:
        about = f"{one.label.call_id} {one.label.check_id}"
        reasons.setdefault((one.label.rater, one.why, one.hint), []).append(about)
    lines = []
    for (rater, why, hint), listed in reasons.items():
        shown = ", ".join(listed[:3]) + (" ..." if len(listed) > 3 else "")
        count = "1 label" if len(listed) == 1 else f"{len(listed)} labels"
        lines.append(f"{count} of {rater} not counted, {why} ({shown}); {hint}")
    return tuple(lines)


def known_checks(playbook: Playbook, checks: Sequence[str] | None) -> tuple[str, ...]:
    """The named checks, whatever their case.  Raises NotFound for one that the playbook does not have."""
    known = [check.id for check in playbook.rubric.checks()]
    wanted = tuple(check.upper() for check in checks or ())
    for check in wanted:
        if check not in known:
            raise NotFound(f"no check {check!r} in the playbook", f"checks: {', '.join(known)}")
    return wanted


def stages_of(playbook: Playbook, named: Sequence[str] | None) -> tuple[str, ...]:
    """The stages to grade alone; empty: everything.  Raises NotFound for a stage that the playbook does not have."""
    known = tuple(stage.id for stage in playbook.rubric.stages)
    if not named or "all" in named:
        return known if named else ()
    for stage in named:
        if stage not in known:
            raise NotFound(f"there is no stage {stage!r}", f"choose among: {', '.join(known)}, all")
    return tuple(stage for stage in known if stage in named)


def open_part(bench: Bench, which: Which, rubric: str, what: str) -> tuple[Bench, str]:
    """The calls of a part, and a line that says which; looking at a grader's work on locked calls is logged first.

    `rubric` is the version that stands, `what` names the measurement (the same words are the same one); empty where
    no grader is looked at, which tells nothing to tune on.  Raises BadLabels where the holdout was opened as often as
    it may be.
    """
    from coach.calibration.bench_log import OPENINGS, Opening

    part = bench.of_part(which)
    named = {Which.DEV: "dev", Which.HOLDOUT: "holdout", Which.ALL: "dev and holdout"}[which]
    if which is Which.DEV or not what:
        return part, f"{len(part.calls)} {named} calls"
    number = bench.log.open_holdout(Opening(at=datetime.now(UTC).replace(microsecond=0), rubric=rubric, what=what))
    return part, f"{len(part.calls)} {named} calls (opening {number} of {OPENINGS} for this rubric, logged)"


def say_faults(playbook: Playbook) -> None:
    """One line where a playbook of one's own that is measured has faults."""
    from coach.calibration.lint import lint
    from coach.playbook.load import shipped

    faults = [] if playbook.folder == shipped() else lint(playbook.folder)
    if faults:
        count = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
        say_aside(f"{playbook.folder} has {count} ({faults[0]}); see `coach trainer lint`")
