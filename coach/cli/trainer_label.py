"""The command `coach trainer label`: calls graded by hand, on a screen or in a spreadsheet, blind to any model."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.choices import PlaybookPath, StorePath, open_filled_store, playbook_of, settings_of, weeks_of
from coach.cli.say import console, say, say_aside, say_error
from coach.errors import BadLabels, BadSettings, NotFound

if TYPE_CHECKING:
    from coach.calibration.rater_file import RaterFile
    from coach.calls.transcript import Redacted, Refused
    from coach.playbook.rubric import Rubric
    from coach.settings import Settings

MOST = 2_000  # calls of one sitting: all of them lie in memory, and nobody grades more

Rater = Annotated[str, typer.Option("--rater", help="Who grades: small letters, digits, - and _, such as reader-a.")]
_LACKING = {
    "turns": "the turns of earlier labels stay",
    "note": "the notes of earlier labels stay",
    "version": "taken as judged by the texts of today",
}
LabelWeeks = Annotated[
    list[str] | None, typer.Option("--week", help="Only calls of this ISO week, such as 2026-W47; may be given again.")
]
LabelsPath = Annotated[str | None, typer.Option("--labels", help="Folder of the labels, a file a rater.")]


def label(
    rater: Rater,
    paths: Annotated[list[Path] | None, typer.Argument(help="Call files or folders; none: the store's calls.")] = None,
    labels: LabelsPath = None,
    call: Annotated[list[str] | None, typer.Option("--call", help="Only this call; may be given again.")] = None,
    check: Annotated[list[str] | None, typer.Option("--check", help="Only this check; may be given again.")] = None,
    week: LabelWeeks = None,
    sample: Annotated[bool, typer.Option("--sample", help="Grade the sample calls.")] = False,
    drawn: Annotated[
        bool, typer.Option("--drawn", help="Grade the calls that `coach trainer sample` drew, in the order drawn.")
    ] = False,
    team: Annotated[str | None, typer.Option("--team", help="With --drawn: the sample of one team.")] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write guide, calls and a sheet there, for a spreadsheet.")
    ] = None,
    import_: Annotated[Path | None, typer.Option("--import", help="Take in a filled sheet (CSV).")] = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> int:
    """Grade calls by hand, check by check, without seeing what a model or another rater says.

    Every verdict is in the rater's file at once; the same command goes on from there.
    """
    from coach.calibration.labelling import chosen_checks
    from coach.calibration.rater_file import RaterFile
    from coach.playbook.load import shipped

    if export and import_:
        raise BadSettings("--export and --import are two steps", "give one of them")
    if (sample and paths) or (drawn and (sample or paths)):
        raise BadSettings(f"--{'drawn' if drawn else 'sample'} names calls, and so do the others", "give one of them")
    if team is not None and not drawn:
        raise BadSettings("--team chooses a drawn sample", "give it with --drawn")
    if not export and not import_:
        _check_terminal()
    settings = settings_of(labels=labels, store=store, playbook=playbook)
    rubric = playbook_of(settings).rubric
    chosen_checks(rubric, check or ())
    file = RaterFile(settings.path(settings.labels), rater)
    if drawn:
        calls = _drawn(settings, week, team, call or ())
    else:
        files = [shipped() / "fixtures" / "calls"] if sample else paths or []
        calls = _calls(settings, files, week or (), call or ())
    if export:
        _export(export, calls, rubric, file, check or ())
    elif import_:
        _import(import_, calls, rubric, file)
    else:
        return _sit(calls, rubric, file, check or ())
    return 0


def _check_terminal() -> None:
    """The screen draws on standard error and reads standard input."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)) or console().is_dumb_terminal:
        raise BadSettings(
            "the label screen needs a terminal", "run it in one, or give --export DIR and label in a spreadsheet"
        )


def _drawn(settings: Settings, weeks: list[str] | None, team: str | None, only: Sequence[str]) -> list[Redacted]:
    """The calls of a drawn sample, in the order drawn."""
    from coach.calibration.sampling import period_words
    from coach.pipeline.estimating import drawn_calls

    with open_filled_store(settings) as opened:
        period = weeks_of(opened, weeks)
        found = drawn_calls(opened, settings.path(settings.labels), period, team)
    calls = [one for one in found if not only or one.call_id in only]
    _check_calls(calls, f" drawn from {period_words(period, team)}", only)
    return calls


def _calls(settings: Settings, files: Sequence[Path], weeks: Sequence[str], only: Sequence[str]) -> list[Redacted]:
    """The calls to label, in the order of their files or of the store; what was refused of them is said."""
    from coach.calls.weeks import parse_week

    wanted = sorted({parse_week(week) for week in weeks})
    refused: list[Refused] = []
    with _found(settings, files, wanted) as found:
        kept = (one for one in _taken(found, refused) if not only or one.call_id in only)
        calls = list(islice(kept, MOST + 1))
    _say_refused(refused, wanted, only, missing=set(only) - {one.call_id for one in calls})
    _check_calls(calls, f" of {', '.join(wanted)}" if wanted else "", only)
    return calls


def _check_calls(calls: Sequence[Redacted], where: str, only: Sequence[str]) -> None:
    """There are some, not too many, and all that were named."""
    if not calls:
        named = f"none of the calls{where} is {', '.join(only)}" if only else f"no call{where} to label"
        raise NotFound(named, "name call files or folders, another --week, or --sample")
    missing = sorted(set(only) - {one.call_id for one in calls})
    if missing:
        raise NotFound(f"there is no call {missing[0]}{where}", "correct the id, or name its file")
    if len(calls) > MOST:
        raise NotFound(f"there are more than {MOST} calls{where}", "choose some with --week, --call or paths")


@contextmanager
def _found(settings: Settings, files: Sequence[Path], weeks: list[str]) -> Iterator[Iterable[Redacted | Refused]]:
    from coach.store import Scope

    if files:
        yield _from_files(settings, files, weeks)
        return
    with open_filled_store(settings) as opened:
        yield opened.calls(Scope.everyone(), weeks=weeks or None)


def _from_files(settings: Settings, files: Sequence[Path], weeks: Sequence[str]) -> Iterator[Redacted | Refused]:
    """Who took the call is not shown, and when only matters to choose a week."""
    from coach.calls.read import Defaults, open_calls
    from coach.calls.redact import redact
    from coach.calls.transcript import Refused
    from coach.calls.weeks import week_of

    start = None if weeks else datetime.now(UTC)
    defaults = Defaults(agent="unnamed", team=settings.team.name, started_at=start, zone=settings.zone)
    for found in open_calls(files, defaults):
        if isinstance(found, Refused):
            yield found
        elif not weeks or week_of(found.record.started_at, settings.zone) in weeks:
            yield redact(found)


def _taken(found: Iterable[Redacted | Refused], refused: list[Refused]) -> Iterator[Redacted]:
    """The calls; the others are put into `refused`."""
    from coach.calls.transcript import Refused

    for one in found:
        if isinstance(one, Refused):
            refused.append(one)
        else:
            yield one


def _say_refused(
    refused: Sequence[Refused], weeks: Sequence[str], only: Sequence[str], *, missing: Collection[str]
) -> None:
    """Say what was refused of what was asked for; of everything, where a call that was asked for is missing."""
    for one in refused:
        asked = not only or missing or one.call_id in only
        if asked and (not weeks or one.week in ("", *weeks)):
            say_aside(f"refused {one.source}: {one.reason}")


def _sit(calls: Sequence[Redacted], rubric: Rubric, file: RaterFile, only: Sequence[str]) -> int:
    from coach.calibration.labelling import Sitting

    try:
        from coach.cli.label_screen import LabelApp
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "textual":
            raise
        raise BadSettings(
            "the label screen needs the package textual",
            "pip install 'coach[trainer]', or give --export DIR and label in a spreadsheet",
        ) from None
    sitting = Sitting(calls, rubric, file, now=_now, only=only)
    app = LabelApp(sitting)
    app.run()
    progress = sitting.progress()
    say(f"{progress.labelled} of {progress.checks} labelled by {file.rater}: {file.path}")
    return app.return_code or 0


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _export(folder: Path, calls: Sequence[Redacted], rubric: Rubric, file: RaterFile, only: Sequence[str]) -> None:
    from coach.calibration.label_sheets import write_sheets
    from coach.calibration.labels import sound_labels

    # Stale labels stay out: read back, they would pass for labels of today's words.
    sound = sound_labels({file.rater: file.labels()}, {one.call_id: one for one in calls}, rubric, others=True)
    given = {key: one for key, one in sound.raters[file.rater].items() if not only or one.check_id in only}
    written = write_sheets(folder, calls, rubric, given, only)
    count = "1 call" if len(calls) == 1 else f"{len(calls)} calls"
    say(f"{count}, {len(given)} labels filled in already: {written[-1]}")
    say(
        f"Read {written[0]}, fill in verdict, turns and note, save as CSV, and give it to --import with the same calls."
    )


def _import(sheet: Path, calls: Sequence[Redacted], rubric: Rubric, file: RaterFile) -> None:
    from coach.calibration.label_sheets import read_sheet

    by_id = {one.call_id: one for one in calls}
    given = {one.key: one for one in file.labels()}
    filled = read_sheet(sheet, by_id, rubric, rater=file.rater, at=_now(), given=given)
    if filled.faults:
        for fault in filled.faults:
            say_error(fault)
        rows = "1 row" if len(filled.faults) == 1 else f"{len(filled.faults)} rows"
        raise BadLabels(f"{rows} of {sheet} cannot be used, and nothing was taken in", "mend them and import again")
    merged = file.merge(filled.labels)
    say(f"{merged.new} new, {merged.changed} changed, {merged.unchanged} unchanged, {filled.empty} without a verdict")
    say(f"{file.path} has {len(file.labels())} labels")
    for name in filled.lacking:
        say_aside(f"no column {name} in {sheet}: {_LACKING[name]}")
