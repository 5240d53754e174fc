"""Options that several commands share, and what they come to: settings, engine, playbook, grading."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coach.errors import BadPlaybook, BadSettings, NotFound, Ungradable

if TYPE_CHECKING:
    from coach.calls.read import Defaults
    from coach.calls.transcript import Redacted
    from coach.engines.choose import Opened
    from coach.engines.exchange import Engine, Ledger
    from coach.engines.options import LiveOptions, Prices
    from coach.grading.grade import Grading
    from coach.playbook.load import Playbook
    from coach.settings import EngineSettings, Settings
    from coach.store import Store

Weeks = Annotated[
    list[str] | None, typer.Option("--week", help="ISO week, such as 2026-W47 (may be given again); none: the newest.")
]
Week = Annotated[str | None, typer.Option("--week", help="ISO week, such as 2026-W47.")]
EngineName = Annotated[str | None, typer.Option("--engine", help="patterns, recorded or live.")]
Model = Annotated[str | None, typer.Option("--model", help="Model name as the server knows it.")]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help="Address of an OpenAI-compatible server.")]
StorePath = Annotated[str | None, typer.Option("--store", help="Database file.")]
PlaybookPath = Annotated[
    str | None, typer.Option("--playbook", help="Folder with rubrics/ and prompts/ (default: the shipped playbook).")
]
_PATHS = ("store", "out", "playbook", "labels")
Repeats = Annotated[int | None, typer.Option("--repeats", help="Samples a call; shares are their mean.")]


def settings_of(**options: Any) -> Settings:
    """The settings in force, with the options that were given laid on top; an option left out is None.

    Names with two underscores go into a section: `engine__model`.
    """
    from coach.settings import read_settings

    nested: dict[str, Any] = {}
    for name, value in options.items():
        if value is None:
            continue
        section, _, key = name.partition("__")
        if key:
            nested.setdefault(section, {})[key] = value
        else:
            nested[section] = _from_here(value) if section in _PATHS else value
    return read_settings(**nested)


def _from_here(path: str) -> str:
    """A path of the command line is relative to the current folder, wherever coach.toml lies."""
    return path if "://" in path or not path else str(Path(path).expanduser().absolute())


def playbook_of(settings: Settings) -> Playbook:
    """The playbook in force."""
    from coach.playbook.load import load_playbook

    folder = settings.path(settings.playbook) if settings.playbook else None
    return load_playbook(folder, house_checks=None if settings.grading.house_checks else False)


def prices_of(settings: Settings) -> Prices | None:
    """The prices in force, or None where they are not all given."""
    from coach.engines.options import Prices

    e = settings.engine
    if e.price_in is None or e.price_out is None:
        return None
    return Prices(e.price_in, e.price_in if e.price_cached is None else e.price_cached, e.price_out)


def live_options(settings: Settings) -> LiveOptions | None:
    """What the live engine needs, or None where neither key nor server is named."""
    from coach.engines.options import LiveOptions

    e = settings.engine
    if not settings.base_url and not settings.api_key.get_secret_value():
        return None
    if not settings.model:
        if e.name not in ("", "live"):
            return None
        raise BadSettings("no model is named for the live engine", "give --model NAME, or set model in coach.toml")
    key = settings.api_key if settings.api_key.get_secret_value() else None
    return LiveOptions(
        model=settings.model,
        base_url=settings.base_url,
        api_key=key,
        concurrency=e.concurrency,
        deadline_s=e.deadline_s,
        attempts=e.attempts,
        budget_usd=e.budget_usd,
        prices=prices_of(settings),
    )


def engine_name(settings: Settings) -> str:
    """The engine in force.  Raises BadSettings where it is live and lacks a model, a key or a server."""
    from coach.engines.choose import choose_name

    live = live_options(settings)
    name = choose_name(settings.engine.name or None, live)
    if name == "live" and live is None:
        raise BadSettings(
            "the live engine needs a key or the address of a server",
            "set OPENAI_API_KEY, or give --base-url, or choose --engine patterns",
        )
    return name


@asynccontextmanager
async def open_grading(
    settings: Settings,
    playbook: Playbook,
    make_ledger: Callable[[], Ledger | None],
    recorded: Sequence[Path] = (),
) -> AsyncIterator[tuple[Grading, Opened]]:
    """The engine in force, open, and how it grades.  Only the live engine has a ledger made.

    `recorded` are the folders of recorded replies, by default that of the sample team.
    """
    from coach.engines.choose import open_engine
    from coach.grading.ask import Asking
    from coach.grading.grade import Grading
    from coach.playbook.load import shipped
    from coach.settings import EngineSettings

    name = engine_name(settings)
    live = live_options(settings) if name == "live" else None
    ledger = make_ledger() if live else None
    replies = tuple(recorded) or (shipped() / "fixtures" / "recorded",)
    async with open_engine(name, live=live, recorded=replies, ledger=ledger) as opened:
        yield (
            Grading(
                playbook=playbook,
                asking=Asking(opened.model, parameters_of(settings.engine if opened.live else EngineSettings())),
                engine=opened,
                stages_per_request=settings.grading.stages_per_request if opened.live else 1,
                repeats=settings.grading.repeats if opened.live else 1,
            ),
            opened,
        )


def parameters_of(engine: EngineSettings) -> dict[str, Any]:
    """What changes an answer beside the words.  Recorded replies were asked for with the defaults."""
    limit: dict[str, Any] = {"max_completion_tokens": engine.max_tokens}
    return limit if engine.temperature is None else {**limit, "temperature": engine.temperature}


def one_call(file: Path, defaults: Defaults) -> Redacted:
    """The one call of a file, redacted.  Raises Ungradable for a file without one, or with more."""
    from coach.calls.read import open_calls
    from coach.calls.redact import redact
    from coach.calls.transcript import Refused

    # A manifest beside the file may name files that are missing: those refusals come after the calls.
    found = list(islice(open_calls([file], defaults), 2))
    calls = [each for each in found if not isinstance(each, Refused)]
    if len(calls) > 1:
        raise Ungradable(f"{file}: holds more than one call", "name a file of one call, or use `coach batch`")
    if not calls:
        why = next((each.reason for each in found if isinstance(each, Refused)), "holds no call")
        raise Ungradable(f"{file}: {why}")
    return redact(calls[0])


@contextmanager
def open_filled_store(settings: Settings) -> Iterator[Store]:
    """The store, for a command that reads: one that is not there is said to be missing, and not made."""
    from coach.store import open_store

    address = settings.store_address
    if isinstance(address, Path) and not address.exists():
        raise NotFound(f"there is no store at {address}", "grade some calls with `coach batch PATHS`, or name --store")
    with open_store(address) as opened:
        yield opened


def weeks_of(store: Store, weeks: list[str] | None) -> list[str]:
    """The weeks that were named, each once and in order; else the newest of the store."""
    from coach.calls.weeks import parse_week
    from coach.store import Scope

    known = store.weeks(Scope.everyone())
    if not known:
        raise NotFound("the store holds no calls", "grade some with `coach batch PATHS`")
    return sorted({parse_week(week) for week in weeks}) if weeks else known[-1:]


def remembered_grading(settings: Settings, playbook: Playbook, store: Store, engine: str | None) -> Grading:
    """How the store's calls were graded last (by the named engine, if one is named), asking nothing anew.

    Raises NotFound where there was no such run, BadPlaybook where it graded with another playbook.
    """
    from coach.grading.ask import Asking, schema_hash
    from coach.grading.grade import Grading
    from coach.settings import EngineSettings
    from coach.store import Scope

    runs = [r for r in store.runs(Scope.everyone()) if engine in (None, r.engine) and r.counts.get("graded")]
    if not runs:
        raise NotFound(f"no finished batch{f' of engine {engine}' if engine else ''} in the store", "run `coach batch`")
    last, version = runs[-1], playbook.version(schema_hash())
    if last.playbook != version:
        raise BadPlaybook(
            f"the last batch used playbook {last.playbook}, this is {version}",
            "grade again with `coach batch`, or name the old one with --playbook",
            file=playbook.folder,
        )
    asking = Asking(last.model, parameters_of(EngineSettings() if last.engine == "recorded" else settings.engine))
    return Grading(
        playbook, asking, _memory_of(last.engine, last.model, store), repeats=int(last.counts.get("repeats", 1))
    )


def _memory_of(engine: str, model: str, store: Store) -> Engine:
    """An engine under the name of another: it tells what that one said, and asks nobody."""
    from coach.engines.recall import Recall
    from coach.engines.recorded import RecordedEngine, RecordedReplies
    from coach.engines.widen import Widen
    from coach.playbook.load import shipped

    silent = RecordedEngine(model)
    silent.name, silent.ai = engine, engine != "patterns"
    if not silent.ai:
        return silent
    recorded = engine == "recorded"
    return Widen(Recall(silent, RecordedReplies([shipped() / "fixtures" / "recorded"]) if recorded else store.ledger()))
