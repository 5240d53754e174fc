"""Commands that take calls in and grade them: batch, grade, import."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coach.cli.choices import (
    BaseUrl,
    EngineName,
    Model,
    PlaybookPath,
    Repeats,
    StorePath,
    Week,
    live_options,
    open_grading,
    playbook_of,
    prices_of,
    settings_of,
)
from coach.cli.say import ProgressWatch, say
from coach.errors import BadSettings, Ungradable

if TYPE_CHECKING:
    from coach.calls.read import Defaults
    from coach.engines.choose import Opened
    from coach.pipeline import Stop, Summary
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
    defaults = _defaults(settings, agent, started_at)
    if dry_run:
        from coach.cli.forecast import forecast

        forecast(settings, tuple(paths or ()), defaults, week)
        return 0
    summary = _run(settings, tuple(paths or ()), week, defaults)
    from coach.cli.summary import say_summary

    say_summary(summary, settings)
    if summary.stopped:
        return 1
    return GAPS if strict and (summary.counts.ungraded_calls or summary.counts.refused) else 0


def _defaults(settings: Settings, agent: str, started_at: datetime | None) -> Defaults:
    from coach.calls.read import Defaults

    if started_at is not None and started_at.tzinfo is None:
        started_at = started_at.replace(tzinfo=settings.zone)
    return Defaults(agent=agent, team=settings.team.name, started_at=started_at, zone=settings.zone)


def _run(settings: Settings, paths: tuple[Path, ...], week: str | None, defaults: Defaults) -> Summary:
    from coach.calls.read import count_files
    from coach.calls.weeks import parse_week
    from coach.pipeline import Job, Stop
    from coach.store import open_store

    week = None if week is None else parse_week(week)
    book = playbook_of(settings)
    live_options(settings)  # a missing model is said before anything is written
    job = Job(
        paths=paths,
        week=week,
        defaults=defaults,
        zone=settings.zone,
        out=settings.path(settings.out),
        concurrency=settings.engine.concurrency,
        made_at=datetime.now(settings.zone).replace(microsecond=0),
        priced=prices_of(settings) is not None,
    )
    total = count_files(paths) if paths else None
    with open_store(settings.store_address) as store, store.hold_batch(), ProgressWatch(total) as watch:
        return asyncio.run(_batch(job, store, settings, book, watch, Stop()))


async def _batch(job: Any, store: Any, settings: Settings, book: Any, watch: ProgressWatch, stop: Stop) -> Summary:
    from coach.pipeline import run_batch
    from coach.pipeline.work import CallLedger

    async with open_grading(settings, book, CallLedger(store)) as (grading, opened):
        with _draining(opened, stop):
            return await run_batch(job, store, grading, opened, watch, stop)


@contextmanager
def _draining(opened: Opened, stop: Stop) -> Iterator[None]:
    """Ctrl-C and SIGTERM let what is in flight finish; a second one ends the program at once."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def drain() -> None:
        stop.asked = True
        opened.stop()
        for number in signals:
            loop.remove_signal_handler(number)

    try:
        for number in signals:
            loop.add_signal_handler(number, drain)
    except (NotImplementedError, RuntimeError):  # no signal handlers on this platform or thread
        pass
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


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
    defaults = _defaults(settings, agent or "unnamed", started_at or datetime.now(settings.zone))
    critique = asyncio.run(_grade_one(settings, file, defaults))
    if as_json:
        print(critique.model_dump_json(indent=2))
        return
    from coach.cli.one_call import show_call

    show_call(critique, playbook_of(settings).rubric)


async def _grade_one(settings: Settings, file: Path, defaults: Defaults) -> Any:
    from coach.calls.read import open_calls
    from coach.calls.redact import redact
    from coach.calls.transcript import Refused
    from coach.calls.weeks import week_of
    from coach.grading.grade import grade_call
    from coach.pipeline.work import remembering
    from coach.store import open_store

    found = next(iter(open_calls([file], defaults)), None)
    if found is None or isinstance(found, Refused):
        raise Ungradable(
            f"{file}: {found.reason if found else 'holds no call'}", "see docs/calls.md for what can be read"
        )
    call = redact(found)
    book = playbook_of(settings)
    if live_options(settings) is None or settings.engine.name in ("patterns", "recorded"):
        async with open_grading(settings, book, None) as (grading, _):
            return await grade_call(call, week_of(call.started_at, settings.zone), grading)
    with open_store(settings.store_address) as store:
        week = week_of(call.started_at, settings.zone)
        async with open_grading(settings, book, remembering(store, call, week)) as (grading, _):
            return await grade_call(call, week, grading)


def import_(
    paths: Annotated[list[Path], typer.Argument(help="Call files or folders.")],
    store: StorePath = None,
    agent: Agent = "",
    team: Team = None,
    started_at: StartedAt = None,
) -> None:
    """Read, redact and keep calls without grading them; `coach batch` without paths grades what is kept."""
    from coach.calls.read import count_files
    from coach.pipeline.work import Counts, take_in
    from coach.store import open_store

    settings = settings_of(store=store, team__name=team)
    defaults = _defaults(settings, agent, started_at)
    counts, total = Counts(), count_files(paths)
    with open_store(settings.store_address) as opened, ProgressWatch(total) as watch:
        same = sum(1 for _ in take_in(paths, defaults, opened, settings.zone, None, counts, watch))
    same -= counts.new + counts.changed
    say(f"{counts.new} new, {counts.changed} changed, {same} known already, {len(counts.refused)} refused")
    for refused in counts.refused:
        say(f"  refused {refused.source}: {refused.reason}")
    if counts.refused and not counts.new + counts.changed + same:
        raise BadSettings("no call could be taken in", "see the reasons above")


def run_demo(out: Path) -> None:
    """The sample team's weeks, graded with the recorded replies, into `out`."""
    from coach.cli.summary import say_demo
    from coach.playbook.load import shipped

    settings = settings_of(engine__name="recorded", store=str(out / "coach.db"), out=str(out / "pages"))
    summary = _run(settings, (shipped() / "fixtures" / "calls",), None, _defaults(settings, "", None))
    say_demo(summary, settings)
