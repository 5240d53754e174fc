"""The trainer's measurements: agree (can the grades be trusted) and compare (is the new wording better)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.bench import (
    Bench,
    CallPaths,
    LabelsPath,
    PartOption,
    Sample,
    Stages,
    Which,
    as_json,
    bench_settings,
    known_checks,
    open_bench,
    open_bench_grading,
    open_part,
    show_page,
    stages_of,
)
from coach.cli.choices import (
    BaseUrl,
    EngineName,
    Model,
    PlaybookPath,
    Repeats,
    StorePath,
    engine_name,
    playbook_of,
    prices_of,
)
from coach.cli.people import AsFormat, Format, ToFile
from coach.cli.running import run_async
from coach.cli.sides import Named, named_side

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from coach.calibration.comparison import Comparison, Side
    from coach.pipeline.bench import Graded
    from coach.playbook.load import Playbook
    from coach.settings import Settings


def register(app: typer.Typer) -> None:
    """Add these commands to the trainer's."""
    app.command()(agree)
    app.command()(compare)


def agree(
    paths: CallPaths = None,
    sample: Sample = False,
    part: PartOption = Which.DEV,
    stages: Stages = None,
    people_only: Annotated[bool, typer.Option("--people", help="Raters among themselves, without the grader.")] = False,
    as_format: AsFormat = Format.TERMINAL,
    to: ToFile = None,
    labels: LabelsPath = None,
    engine: EngineName = None,
    model: Model = None,
    base_url: BaseUrl = None,
    playbook: PlaybookPath = None,
    repeats: Repeats = None,
    store: StorePath = None,
) -> None:
    """How far the grader agrees with each rater, and the raters with each other: every check and stage, with intervals."""
    from coach.calibration.agreement import agreement
    from coach.pipeline.agreement_told import agreement_page

    settings = bench_settings(sample, labels, engine, model, base_url, playbook, store, repeats)
    book = playbook_of(settings)
    whole = open_bench(settings, book, paths, sample=sample)
    wanted = stages_of(book, stages)
    name = "people" if people_only else _grader(settings)
    what = f"agree {name if people_only else _named(settings, book)}"
    bench, where = open_part(whole, part, book.rubric_version[:12], what, what)
    critiques = {} if people_only else run_async(_graded(settings, book, bench, wanted)).critiques
    found = agreement(bench.labelled, critiques, book.rubric, name, wanted)
    show_page(agreement_page(found, where), as_format, to, lambda: as_json(found))


def compare(
    a: Annotated[str, typer.Argument(help="What stands: shipped, a playbook's folder, an engine, or KEY=VALUE,...")],
    b: Annotated[str, typer.Argument(help="The candidate, named alike.")],
    paths: CallPaths = None,
    sample: Sample = False,
    part: PartOption = Which.DEV,
    stages: Stages = None,
    checks: Annotated[
        list[str] | None, typer.Option("--check", help="Compare this check alone (may be given again).")
    ] = None,
    fail_on_worse: Annotated[
        bool, typer.Option("--fail-on-worse", help="Exit with 1 where the candidate is worse (a gate for CI).")
    ] = False,
    as_format: AsFormat = Format.TERMINAL,
    to: ToFile = None,
    labels: LabelsPath = None,
    engine: EngineName = None,
    store: StorePath = None,
) -> int:
    """Two playbooks, models or engines over the same calls: what flips, which way, at what cost; better, worse, cannot tell.

    "Better" is said on the holdout alone.
    """
    from coach.pipeline.comparison_told import comparison_page

    named = [named_side(text, sample=sample, engine=engine, store=store, labels=labels) for text in (a, b)]
    books = [playbook_of(one.settings) for one in named]
    wanted = stages_of(books[1], stages)
    looked_at = known_checks(books[1], checks)
    whole = open_bench(named[1].settings, books[1], paths, sample=sample, required=False)
    names = [_named(one.settings, book, one.sample) for one, book in zip(named, books, strict=True)]
    what = f"compare {names[0]} with {names[1]}"
    bench, where = open_part(whole, part, books[1].rubric_version[:12], what, what)
    sides = [run_async(_side(one, book, bench, wanted)) for one, book in zip(named, books, strict=True)]
    found = _compare(bench, part, sides, names, looked_at or _checks_of(books[1], wanted), books[1])
    told = comparison_page(found, sides[0], sides[1], books[1].rubric, where)
    show_page(told, as_format, to, lambda: as_json(found))
    return 1 if fail_on_worse and found.outcome == "worse" else 0


def _checks_of(book: Playbook, stages: Sequence[str]) -> list[str]:
    return [c.id for s in book.rubric.stages if not stages or s.id in stages for c in book.rubric.checks_of(s)]


def _compare(
    bench: Bench, part: Which, sides: list[Side], names: list[str], checks: Sequence[str], book: Playbook
) -> Comparison:
    from coach.calibration.bench_log import Tried
    from coach.calibration.comparison import compare as compare_sides
    from coach.calibration.split import Part

    on = Part.HOLDOUT if part is Which.HOLDOUT else Part.DEV
    found = compare_sides(
        sides[0],
        sides[1],
        bench.labelled,
        book.rubric,
        locked=part is Which.HOLDOUT,
        variants=bench.log.variants(on, [names[1]]),
        checks=checks,
    )
    at = datetime.now(UTC).replace(microsecond=0)
    bench.log.note_tried(Tried(at=at, part=on, base=names[0], candidate=names[1], outcome=found.outcome))
    return found


def _grader(settings: Settings) -> str:
    """The engine with the model it asks, as results name it."""
    name = engine_name(settings)
    return f"live {settings.model}" if name == "live" else name


def _named(settings: Settings, book: Playbook, sample: int = 0) -> str:
    from coach.grading.ask import schema_hash

    again = f", sample {sample}" if sample else ""
    return f"{_grader(settings)}, playbook {book.version(schema_hash())}{again}"


async def _graded(
    settings: Settings,
    book: Playbook,
    bench: Bench,
    stages: Sequence[str],
    replies: Path | None = None,
    sample: int = 0,
) -> Graded:
    from coach.pipeline.bench import grade_bench

    async with open_bench_grading(settings, book, stages, replies, sample) as (grading, opened):
        return await grade_bench(list(bench.calls.values()), grading, opened, settings.engine.concurrency)


async def _side(named: Named, book: Playbook, bench: Bench, stages: Sequence[str]) -> Side:
    from coach.calibration.comparison import Side

    graded = await _graded(named.settings, book, bench, stages, named.replies, named.sample)
    priced = prices_of(named.settings) is not None
    return Side(
        name=_named(named.settings, book, named.sample),
        critiques=graded.critiques,
        tokens_in=graded.tokens_in,
        tokens_out=graded.tokens_out,
        asked=graded.asked,
        cost_usd=graded.cost_usd if priced else None,
    )
