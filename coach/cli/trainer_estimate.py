"""The trainer's commands for team means: a random sample to label, and the means its labels correct."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.bench import LabelsPath
from coach.cli.choices import (
    EngineName,
    PlaybookPath,
    StorePath,
    Weeks,
    open_filled_store,
    playbook_of,
    remembered_grading,
    settings_of,
    weeks_of,
)
from coach.cli.people import AsFormat, Format, ToFile
from coach.cli.results import as_json, show_page
from coach.cli.say import say, say_aside
from coach.errors import BadSettings

if TYPE_CHECKING:
    from coach.calibration.calibrated import Calibrated
    from coach.calibration.sampling import Drawing
    from coach.pipeline.estimating import Estimated

Team = Annotated[str | None, typer.Option("--team", help="One team; none: everyone.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the trainer's."""
    app.command()(sample)
    app.command()(estimate)


def sample(
    week: Weeks = None,
    team: Team = None,
    n: Annotated[int, typer.Option("--n", help="How many calls; 20 labelled ones make an interval.")] = 20,
    store: StorePath = None,
    labels: LabelsPath = None,
    playbook: PlaybookPath = None,
) -> None:
    """Draw a random sample of a period's graded calls to label; drawn once, it stays the same."""
    from coach.calibration.estimate import people_scores
    from coach.calibration.labels import read_labels
    from coach.calibration.sampling import ensure_sample, label_command
    from coach.pipeline.estimating import graded_calls, labelled_calls

    settings = settings_of(store=store, labels=labels, playbook=playbook)
    folder, rubric = settings.path(settings.labels), playbook_of(settings).rubric
    with open_filled_store(settings) as opened:
        weeks = weeks_of(opened, week)
        calls = graded_calls(opened, weeks, team)
        given = read_labels(folder)
        drawing = ensure_sample(folder, calls, weeks, team, n, at=datetime.now(UTC).replace(microsecond=0))
        people = people_scores(labelled_calls(opened, rubric, given), rubric, drawing.sample.drawn)
    _say_sample(drawing, n, len(calls), folder)
    open_stages = {
        call_id: [stage.id for stage in rubric.stages if (call_id, stage.id) not in people]
        for call_id in drawing.sample.drawn
    }
    gone = set(drawing.sample.drawn) - set(calls)
    for place, (call_id, left) in enumerate(open_stages.items(), 1):
        state = (
            "labelled" if not left else "to label" if len(left) == len(rubric.stages) else f"open: {', '.join(left)}"
        )
        say(f"{place:>4}  {call_id:20}  {'no longer in the store' if call_id in gone else state}")
    waiting = [call_id for call_id, left in open_stages.items() if left and call_id not in gone]
    if waiting:
        places = {"--labels": labels, "--store": store, "--playbook": playbook}
        more = "".join(f" {name} {shlex.quote(value)}" for name, value in places.items() if value is not None)
        say(f"{len(waiting)} of {len(open_stages)} wait; in this order: `{label_command(drawing.sample)}{more}`")
    else:
        say("all are labelled: `coach trainer estimate`")


def _say_sample(drawing: Drawing, n: int, calls: int, folder: Path) -> None:
    from coach.calibration.estimate import FEWEST
    from coach.pipeline.estimate_told import too_few

    drawn, before = drawing
    period = f"{drawn.period}: {len(drawn.drawn)} of {calls} graded calls, drawn at random {drawn.at:%Y-%m-%d}"
    say(f"{period} (seed {drawn.seed}), kept in {folder}")
    if drawn == before:
        say("The same sample as before: a period is drawn once, so that nobody can choose among samples.")
    elif before is not None:
        more = len(set(drawn.drawn) - set(before.drawn))
        say(f"{more} more in the same random order than on {before.at:%Y-%m-%d}.")
    if calls < FEWEST:
        say(f"{too_few(calls)}.")
    elif len(drawn.drawn) < n:
        say(f"The period has {calls} graded calls in all.")
    if len(drawn.drawn) > n:
        say(f"--n {n} is fewer than were drawn: none is taken back.")


def estimate(
    week: Weeks = None,
    team: Team = None,
    as_format: AsFormat = Format.TERMINAL,
    to: ToFile = None,
    scores: Annotated[
        Path | None, typer.Option("--scores", help="CSV file to write: each call's raw and calibrated scores.")
    ] = None,
    engine: EngineName = None,
    store: StorePath = None,
    labels: LabelsPath = None,
    playbook: PlaybookPath = None,
) -> None:
    """Team stage means corrected by people's labels, with intervals, and how far scores of calls can be calibrated."""
    from coach.pipeline.estimate_told import estimate_page, estimate_values
    from coach.pipeline.estimating import calibrate_period, estimate_period

    settings = settings_of(store=store, labels=labels, playbook=playbook, engine__name=engine)
    with open_filled_store(settings) as opened:
        weeks = weeks_of(opened, week)
        grading = remembered_grading(settings, playbook_of(settings), opened, engine)
        try:
            estimated = estimate_period(opened, grading, settings.path(settings.labels), weeks, team)
            calibrated = calibrate_period(opened, grading, estimated)
        except ImportError:
            what = "an estimate needs packages that are not installed"
            raise BadSettings(what, "pip install 'coach[trainer]'") from None
    page = estimate_page(grading, estimated, calibrated)
    values = estimate_values(grading, estimated, calibrated)
    show_page(page, as_format, to, lambda: as_json(values))
    if scores is not None:
        _write_scores(scores, estimated, calibrated)


def _write_scores(file: Path, estimated: Estimated, calibrated: tuple[Calibrated, ...]) -> None:
    """Write the scores where any was calibrated; else say why there are none."""
    from coach.errors import CannotWrite
    from coach.pipeline.estimate_told import no_scores, score_rows
    from coach.reports.formats.scores_csv import scores_csv

    if why := no_scores(calibrated):
        say_aside(f"no score is calibrated, {file} is not written ({why})")
        return
    try:
        file.touch(mode=0o600)
        with file.open("w", encoding="utf-8", newline="") as out:
            out.write(scores_csv(score_rows(estimated, calibrated)))
    except OSError as fault:
        raise CannotWrite(f"{file}: {fault.strerror}", "name a file that can be written") from None
    say_aside(f"written {file}")
