"""Commands for reading: report, digest, export."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.choices import (
    EngineName,
    PlaybookPath,
    StorePath,
    Week,
    open_filled_store,
    playbook_of,
    remembered_grading,
    settings_of,
)
from coach.cli.say import console, say
from coach.errors import CannotWrite, NotFound

if TYPE_CHECKING:
    from coach.grading.critique import CallCritique
    from coach.pipeline.tell import Teller
    from coach.reports.contested import Contest


class Format(StrEnum):
    """How a report is printed."""

    TERMINAL = "terminal"
    MD = "md"
    HTML = "html"
    JSON = "json"


class ExportFormat(StrEnum):
    """What an export holds."""

    CSV = "csv"
    JSONL = "jsonl"


AsFormat = Annotated[Format, typer.Option("--format", help="How to print it.")]
ToFile = Annotated[Path | None, typer.Option("--to", help="File to write; none: the screen.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the root."""
    app.command()(report)
    app.command()(digest)
    app.command()(export)


@contextmanager
def _teller(
    store: str | None, engine: str | None, week: str | None, playbook: str | None
) -> Iterator[tuple[Teller, str]]:
    """The teller of what was graded last (or by the named engine), and the week: the one named, else the newest."""
    from coach.calls.weeks import parse_week
    from coach.pipeline.tell import Teller
    from coach.store import Scope

    week = None if week is None else parse_week(week)
    settings = settings_of(store=store, engine__name=engine, playbook=playbook)
    with open_filled_store(settings) as opened:
        grading = remembered_grading(settings, playbook_of(settings), opened, engine)
        weeks = opened.weeks(Scope.everyone())
        if not weeks:
            raise NotFound(f"{settings.store_address} holds no calls", "grade some with `coach batch PATHS`")
        yield Teller(opened, grading, settings.path(settings.labels)), week or weeks[-1]


def report(
    agent: Annotated[str, typer.Argument(help="The agent's id.")],
    week: Week = None,
    as_format: AsFormat = Format.TERMINAL,
    to: ToFile = None,
    engine: EngineName = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """One agent's own page: what worked, one thing to try, and every verdict with their words."""
    from coach.reports.formats.html import agent_html
    from coach.reports.formats.json_ import as_json
    from coach.reports.formats.markdown import agent_markdown
    from coach.reports.formats.terminal import agent_terminal

    with _teller(store, engine, week, playbook) as (teller, its_week):
        told = asyncio.run(teller.agent(agent, its_week))
    if as_format is Format.TERMINAL and to is None:
        console().print(agent_terminal(told.report))
    else:
        put_as(
            as_format,
            to,
            html=lambda: agent_html(told.report, now()),
            md=lambda: agent_markdown(told.report),
            json=lambda: as_json(told.report),
        )


def digest(
    week: Week = None,
    team: Annotated[str | None, typer.Option("--team", help="One team; none: everyone.")] = None,
    as_format: AsFormat = Format.TERMINAL,
    to: ToFile = None,
    engine: EngineName = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """The supervisor's weekly digest."""
    from coach.reports.formats.digest_html import digest_html
    from coach.reports.formats.digest_json import digest_json
    from coach.reports.formats.digest_markdown import digest_markdown
    from coach.reports.formats.digest_terminal import digest_terminal

    with _teller(store, engine, week, playbook) as (teller, its_week):
        told = teller.digest(its_week, team)
    if as_format is Format.TERMINAL and to is None:
        console().print(digest_terminal(told, made_at=now()))
    else:
        put_as(
            as_format,
            to,
            html=lambda: digest_html(told, made_at=now()),
            md=lambda: digest_markdown(told, made_at=now()),
            json=lambda: digest_json(told),
        )


def now() -> str:
    """The moment as pages print it."""
    from datetime import datetime

    return f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"


def put_as(
    as_format: Format, to: Path | None, *, html: Callable[[], str], md: Callable[[], str], json: Callable[[], str]
) -> None:
    """Print a report in a format, or write it to a file; what has no form of its own for a file is Markdown there."""
    made = {Format.HTML: html, Format.JSON: json}.get(as_format, md)
    put([made()], to)


def put(texts: Iterable[str], to: Path | None) -> None:
    """Print texts, or write them to a file that only its owner may read: they hold what agents were told."""
    if to is None:
        for text in texts:
            print(text, end="" if text.endswith("\n") else "\n")
        return
    try:
        to.touch(mode=0o600)
        with to.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(texts)
    except OSError as fault:
        raise CannotWrite(f"{to}: {fault.strerror}", "name a file that can be written") from None
    say(f"written {to}")


def export(
    to: ToFile = None,
    as_format: Annotated[ExportFormat, typer.Option("--format", help="csv: findings; jsonl: whole critiques.")] = (
        ExportFormat.CSV
    ),
    week: Week = None,
    agent: Annotated[str | None, typer.Option("--agent", help="One agent; none: all.")] = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """Everything that was graded, as a table of findings or as whole critiques, with full provenance.

    Where a person decided a contested verdict, theirs stands with the engine's beside it; grades of another rubric
    than the one in force are as the engine gave them.  Contests stand with their verdict, open and denied ones too.
    """
    from coach.calls.weeks import parse_week
    from coach.pipeline.contests_told import all_contests
    from coach.pipeline.graded import all_critiques
    from coach.reports.formats.csv_ import findings_csv
    from coach.store import Scope

    settings = settings_of(store=store, playbook=playbook)
    weeks = None if week is None else [parse_week(week)]
    with open_filled_store(settings) as opened:
        book, everyone = playbook_of(settings), Scope.everyone()
        found = all_critiques(opened, book, everyone, weeks=weeks, agent=agent)
        first = next(found, None)
        if first is None:
            whose = f" of {agent}" if agent else ""
            when = f" in {weeks[0]}" if weeks else ""
            raise NotFound(f"no graded calls{whose}{when} in the store", "`coach digest` names the weeks there are")
        whole = chain([first], found)
        contests = all_contests(opened, book.rubric, everyone, weeks)
        if as_format is ExportFormat.CSV:
            put([findings_csv(whole, contests)], to)
        else:
            put((_json_line(c, contests) for c in whole), to)


def _json_line(critique: CallCritique, contests: Iterable[Contest]) -> str:
    """A whole critique and the contests of its call, as one line of JSON."""
    mine = [c.model_dump(mode="json") for c in contests if c.call_id == critique.call_id]
    return json.dumps({**critique.model_dump(mode="json"), "contests": mine}, ensure_ascii=False) + "\n"
