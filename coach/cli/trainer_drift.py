"""`coach trainer drift`: the golden calls graded again, held against a kept baseline; exit code 3 on an alarm."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from coach.cli.bench import (
    GATE,
    CallPaths,
    LabelsPath,
    Sample,
    bench_settings,
    labels_folder,
    open_bench,
)
from coach.cli.bench_grading import graded
from coach.cli.choices import BaseUrl, EngineName, Model, PlaybookPath, StorePath, playbook_of
from coach.cli.people import AsFormat, Format, ToFile
from coach.cli.results import as_json, show_page
from coach.cli.running import run_async
from coach.cli.say import say


def register(app: typer.Typer) -> None:
    """Add this command to the trainer's."""
    app.command()(drift)


def drift(
    paths: CallPaths = None,
    sample: Sample = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep today's grades as the baseline, and alarm at nothing.")
    ] = False,
    as_format: AsFormat = Format.TERMINAL,
    to: ToFile = None,
    labels: LabelsPath = None,
    engine: EngineName = None,
    model: Model = None,
    base_url: BaseUrl = None,
    playbook: PlaybookPath = None,
    store: StorePath = None,
) -> int:
    """Grade the golden calls again and say what moved since the baseline; for a scheduled job: exit code 3 on an alarm.

    All labelled calls are graded, locked ones too: drift compares the grader with itself and tells nothing to tune on.
    """
    from coach.calibration.drift import FILE, baseline_of, read_baseline, write_baseline
    from coach.calibration.drift import drift as drift_of
    from coach.pipeline.drift_told import drift_page

    settings = bench_settings(sample, labels, engine, model, base_url, playbook, store)
    book = playbook_of(settings)
    file = labels_folder(settings, sample=False) / FILE
    before = None if keep else read_baseline(file)
    bench = open_bench(settings, book, paths, sample=sample)
    critiques = run_async(graded(settings, book, bench)).critiques
    after = baseline_of(critiques, datetime.now(UTC).replace(microsecond=0))
    if before is None:
        write_baseline(file, after)
        say(f"written {file}: {len(after.verdicts)} verdicts of {len(bench.calls)} calls, {after.engine} {after.model}")
        return 0
    found = drift_of(before, after, bench.labelled, book.rubric)
    show_page(drift_page(found, before, after), as_format, to, lambda: as_json(found))
    return GATE if found.rings else 0
