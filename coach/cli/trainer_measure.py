"""The trainer's measurements: agree (can the grades be trusted) and compare (is the new wording better)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.bench import (
    GATE,
    Bench,
    CallPaths,
    LabelsPath,
    PartOption,
    Sample,
    Stages,
    Which,
    bench_settings,
    known_checks,
    open_bench,
    open_part,
    say_faults,
    stages_of,
)
from coach.cli.bench_grading import graded
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
from coach.cli.results import as_json, show_page
from coach.cli.running import run_async
from coach.cli.sides import Named, named_side
from coach.errors import BadSettings, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.calibration.comparison import Comparison, Side
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
    if people_only and len(whole.labelled.raters) < 2:
        raise NotFound("there is one rater alone", "have a second one label the calls, or leave out --people")
    wanted = stages_of(book, stages)
    name = "people" if people_only else _named(settings, book)
    bench, where = open_part(whole, part, book.rubric_version[:12], "" if people_only else f"agree {name}")
    say_faults(book)
    critiques = {} if people_only else run_async(graded(settings, book, bench, wanted)).critiques
    found = agreement(bench.labelled, critiques, book.rubric, _grader(settings), wanted)
    context = {"grader": name, "part": part.value, "where": where, "not_counted": bench.remarks}
    told = agreement_page(found, where, bench.remarks)
    show_page(told, as_format, to, lambda: as_json(found, **context))


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
        bool, typer.Option("--fail-on-worse", help="Exit with 3 where the candidate is worse (a gate for CI).")
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
    looked_at = _checks_of(books[1], wanted, checks)
    _refuse_deaf(named, books)
    whole = open_bench(named[1].settings, books[1], paths, sample=sample, required=False)
    names = [_named(one.settings, book, one.sample) for one, book in zip(named, books, strict=True)]
    # Openings count for what stands: else every edit of the rubric would come with openings of its own.
    bench, where = open_part(whole, part, books[0].rubric_version[:12], f"compare {names[0]} with {names[1]}")
    say_faults(books[1])
    sides = [run_async(_side(one, book, bench, wanted)) for one, book in zip(named, books, strict=True)]
    found = _compare(bench, part, sides, names, looked_at, books[1])
    told = comparison_page(found, sides[0], sides[1], books[1].rubric, where, bench.remarks)
    context = {"a": _told(sides[0]), "b": _told(sides[1]), "part": part.value, "not_counted": bench.remarks}
    show_page(told, as_format, to, lambda: as_json(found, checks=looked_at, **context))
    return GATE if fail_on_worse and found.outcome == "worse" else 0


def _checks_of(book: Playbook, stages: Sequence[str], checks: Sequence[str] | None) -> list[str]:
    """The checks to compare: those named, or all of the stages that are graded.

    Raises NotFound for one that is not graded with these stages.
    """
    graded = [c.id for s in book.rubric.stages if not stages or s.id in stages for c in book.rubric.checks_of(s)]
    named = known_checks(book, checks)
    for check in named:
        if check not in graded:
            raise NotFound(f"{check} is in none of these stages", f"add --stage {book.rubric.stage_of(check).id}")
    return [check for check in graded if not named or check in named]


def _refuse_deaf(named: Sequence[Named], books: Sequence[Playbook]) -> None:
    """Two wordings cannot be compared with an engine that reads none."""
    if any(engine_name(one.settings) != "patterns" for one in named):
        return
    if books[0].version("") != books[1].version("") and books[0].lexicon_version == books[1].lexicon_version:
        raise BadSettings(
            "the pattern check reads neither the rubric's texts nor prompts: no edit of them can change its verdicts",
            "name a model (--engine live or a server), or compare word lists",
        )


def _told(side: Side) -> dict[str, object]:
    """A side for a machine: how it was graded and what that took."""
    return {"name": side.name, "tokens_in": side.tokens_in, "tokens_out": side.tokens_out, "cost_usd": side.cost_usd}


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
        variants=bench.log.variants(on, names[0], names[1]),
        checks=checks,
    )
    at = datetime.now(UTC).replace(microsecond=0)
    bench.log.note_tried(Tried(at=at, part=on, base=names[0], candidate=names[1], outcome=found.outcome))
    return found


def _grader(settings: Settings) -> str:
    """The engine with the model it asks, as results name it."""
    name = engine_name(settings)
    return {"live": f"live {settings.model}", "patterns": "patterns (no AI)"}.get(name, name)


def _named(settings: Settings, book: Playbook, sample: int = 0) -> str:
    from coach.grading.ask import schema_hash

    again = f", sample {sample}" if sample else ""
    return f"{_grader(settings)}, playbook {book.version(schema_hash())}{again}"


async def _side(named: Named, book: Playbook, bench: Bench, stages: Sequence[str]) -> Side:
    from coach.calibration.comparison import Side

    made = await graded(named.settings, book, bench, stages, named.replies, named.sample)
    priced = prices_of(named.settings) is not None
    return Side(
        name=_named(named.settings, book, named.sample),
        critiques=made.critiques,
        tokens_in=made.tokens_in,
        tokens_out=made.tokens_out,
        asked=made.asked,
        cost_usd=made.cost_usd if priced else None,
    )
