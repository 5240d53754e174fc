"""Commands that take calls in and grade them: batch, grade, import."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.choices import (
    BaseUrl,
    EngineName,
    Model,
    PlaybookPath,
    Repeats,
    StorePath,
    Week,
    one_call,
    open_grading,
    playbook_of,
    settings_of,
)
from coach.cli.say import ProgressWatch, say, say_aside
from coach.errors import NotFound

if TYPE_CHECKING:
    from coach.calls.read import Defaults
    from coach.calls.transcript import Redacted
    from coach.engines.exchange import Ledger
    from coach.grading.critique import CallCritique
    from coach.pipeline import Counts
    from coach.playbook.load import Playbook
    from coach.settings import Settings

PathsArgument = Annotated[list[Path] | None, typer.Argument(help="Call files or folders; none: the store's calls.")]
Agent = Annotated[str, typer.Option("--agent", help="Agent of calls whose file and manifest name none.")]
Team = Annotated[str | None, typer.Option("--team", help="Team of calls whose file and manifest name none.")]
StartedAt = Annotated[
    datetime | None, typer.Option("--started-at", help="Start of calls whose file and manifest name none.")
]
GAPS = 3  # exit code: done, but calls were left ungraded (with --strict)


def register(app: typer.Typer) -> None:
    """Add these commands to the root."""
    app.command()(batch)
    app.command()(grade)
    app.command("import")(import_)


def batch(
    paths: PathsArgument = None,
    week: Week = None,
    engine: EngineName = None,
    model: Model = None,
    base_url: BaseUrl = None,
    out: Annotated[str | None, typer.Option("--out", help="Folder for the pages.")] = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
    budget: Annotated[float | None, typer.Option("--budget", help="Most this run may cost, in US dollars.")] = None,
    concurrency: Annotated[int | None, typer.Option("--concurrency", help="Most requests in flight at once.")] = None,
    repeats: Repeats = None,
    agent: Agent = "",
    team: Team = None,
    started_at: StartedAt = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count calls, tokens and cost; ask nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 where anything was left ungraded.")] = False,
) -> int:
    """Grade calls and write every agent's page and the team digest.

    The same command again asks only what was not answered before.
    """
    settings = settings_of(
        engine__name=engine,
        engine__model=model,
        engine__base_url=base_url,
        engine__budget_usd=budget,
        engine__concurrency=concurrency,
        grading__repeats=repeats,
        team__name=team,
        out=out,
        store=store,
        playbook=playbook,
    )
    from coach.calls.weeks import parse_week

    defaults = defaults_of(settings, agent, started_at)
    files = tuple(paths or ())
    week = None if week is None else parse_week(week)
    if dry_run:
        from coach.cli.forecast import forecast

        forecast(settings, files, defaults, week)
        return 0
    from coach.cli.choices import engine_name
    from coach.cli.running import run_job
    from coach.cli.summary import say_summary

    if (model or budget) and engine_name(settings) != "live":
        say_aside("--model and --budget are for the live engine, which needs OPENAI_API_KEY or --base-url")
    summary = run_job(settings, files, week, defaults)
    say_summary(summary, settings)
    if summary.stopped:
        return 1
    if not summary.counts.graded:
        raise nothing_graded(summary.counts, week)
    return GAPS if strict and (summary.counts.ungraded_calls or summary.counts.refused) else 0


def defaults_of(settings: Settings, agent: str, started_at: datetime | None) -> Defaults:
    """What holds for calls of which neither file nor manifest says so."""
    from coach.calls.read import Defaults

    if started_at is not None and started_at.tzinfo is None:
        started_at = started_at.replace(tzinfo=settings.zone)
    return Defaults(agent=agent, team=settings.team.name, started_at=started_at, zone=settings.zone)


def nothing_graded(counts: Counts, week: str | None) -> NotFound:
    """Why a batch that went through graded nothing."""
    if not counts.calls_in:
        where = f"no calls of {week}" if week else "no calls"
        return NotFound(f"the store holds {where}", "name the files: `coach batch PATHS`")
    if counts.elsewhere:
        others = ", ".join(sorted(counts.other_weeks)[-6:])
        return NotFound(f"no call of {week} among {counts.calls_in}", f"they lie in {others}")
    return NotFound(f"none of {counts.calls_in} calls could be taken in", "the reasons stand above")


def grade(
    file: Annotated[Path, typer.Argument(help="One call.")],
    engine: EngineName = None,
    model: Model = None,
    base_url: BaseUrl = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
    agent: Agent = "",
    started_at: StartedAt = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole critique as JSON.")] = False,
) -> None:
    """Grade one call and print what was found, check by check.  Replies of a model are kept; the grade is not."""
    settings = settings_of(
        engine__name=engine, engine__model=model, engine__base_url=base_url, store=store, playbook=playbook
    )
    from coach.cli.running import run_async

    book = playbook_of(settings)
    call = one_call(file, defaults_of(settings, agent or "unnamed", started_at or datetime.now(settings.zone)))
    critique = run_async(_grade_one(settings, call, book))
    if as_json:
        print(critique.model_dump_json(indent=2))
        return
    from coach.cli.one_call import show_call

    show_call(critique, book.rubric)


async def _grade_one(settings: Settings, call: Redacted, book: Playbook) -> CallCritique:
    from contextlib import ExitStack

    from coach.calls.weeks import week_of
    from coach.grading.grade import grade_call
    from coach.store import open_store

    with ExitStack() as kept:
        # Replies are kept under no call: any purge erases them.
        def make_ledger() -> Ledger:
            return kept.enter_context(open_store(settings.store_address)).ledger()

        async with open_grading(settings, book, make_ledger) as (grading, _):
            return await grade_call(call, week_of(call.started_at, settings.zone), grading)


def import_(
    paths: Annotated[list[Path], typer.Argument(help="Call files or folders.")],
    store: StorePath = None,
    agent: Agent = "",
    team: Team = None,
    started_at: StartedAt = None,
) -> None:
    """Read, redact and keep calls without grading them; `coach batch` without paths grades what is kept."""
    from coach.calls.read import count_files
    from coach.pipeline.intake import take_in
    from coach.pipeline.progress import Counts
    from coach.store import open_store

    settings = settings_of(store=store, team__name=team)
    defaults = defaults_of(settings, agent, started_at)
    counts, total, taken = Counts(), count_files(paths), 0
    with open_store(settings.store_address) as opened, ProgressWatch(total) as watch:
        for _ in take_in(paths, defaults, opened, settings.zone, None, counts, watch):
            taken += 1
            watch.passed()
    same = taken - counts.new - counts.changed
    say(f"{counts.new} new, {counts.changed} changed, {same} known already, {len(counts.refused)} refused")
    for refused in counts.refused:
        say(f"  refused {refused.source}: {refused.reason}")
    if not taken:
        raise NotFound("no call could be taken in", "see the reasons above" if counts.refused else "name call files")
