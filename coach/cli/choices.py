"""Options that several commands share, and what they come to: settings, engine, playbook, grading."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coach.errors import BadPlaybook, BadSettings, NotFound

if TYPE_CHECKING:
    from coach.engines.choose import Opened
    from coach.engines.exchange import Ledger
    from coach.engines.options import LiveOptions, Prices
    from coach.grading.grade import Grading
    from coach.playbook.load import Playbook
    from coach.settings import EngineSettings, Settings
    from coach.store import Store

Week = Annotated[str | None, typer.Option("--week", help="ISO week, such as 2026-W47.")]
EngineName = Annotated[str | None, typer.Option("--engine", help="patterns, recorded or live.")]
Model = Annotated[str | None, typer.Option("--model", help="Model name as the server knows it.")]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help="Address of an OpenAI-compatible server.")]
StorePath = Annotated[str | None, typer.Option("--store", help="Database file.")]
PlaybookPath = Annotated[
    str | None, typer.Option("--playbook", help="Folder with rubrics/ and prompts/ (default: the shipped playbook).")
]
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
            nested[section] = str(Path(value).absolute()) if section in ("store", "out", "playbook") else value
    return read_settings(**nested)


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


@asynccontextmanager
async def open_grading(
    settings: Settings, playbook: Playbook, ledger: Ledger | None
) -> AsyncIterator[tuple[Grading, Opened]]:
    """The engine in force, open, and how it grades."""
    from coach.engines.choose import open_engine
    from coach.grading.ask import Asking
    from coach.grading.grade import Grading
    from coach.playbook.load import shipped
    from coach.settings import EngineSettings

    live = live_options(settings)
    recorded = shipped() / "fixtures" / "recorded"
    async with open_engine(settings.engine.name, live=live, recorded=recorded, ledger=ledger) as opened:
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


def remembered_grading(settings: Settings, playbook: Playbook, store: Store, engine: str | None) -> Grading:
    """How the store's calls were graded last (by the named engine, if one is named), asking nothing anew.

    Raises NotFound where there was no such run, BadPlaybook where it graded with another playbook.
    """
    from coach.engines.recall import Recall
    from coach.engines.recorded import RecordedEngine, RecordedReplies
    from coach.grading.ask import Asking, schema_hash
    from coach.grading.grade import Grading
    from coach.playbook.load import shipped
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
    recorded = last.engine == "recorded"
    ledger: Ledger = RecordedReplies(shipped() / "fixtures" / "recorded") if recorded else store.ledger()
    memory = Recall(RecordedEngine(last.model), ledger)
    memory.name, memory.ai = last.engine, last.engine != "patterns"
    asking = Asking(last.model, parameters_of(EngineSettings() if recorded else settings.engine))
    return Grading(playbook, asking, memory, repeats=int(last.counts.get("repeats", 1)))
