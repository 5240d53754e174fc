"""Builds the engine that was chosen, and closes it.

    patterns   PatternsEngine
    recorded   Widen(Recall(RecordedEngine, RecordedReplies))
    live       Widen(Recall(LiveEngine, ledger)), or without a ledger Widen(LiveEngine)

Engines are imported when they are chosen: nobody pays for one they do not use.  Reads no environment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from coach.engines.exchange import Engine, Fault, Ledger, Reply, Request
from coach.engines.options import LiveOptions
from coach.engines.recall import Recall
from coach.errors import BadSettings

if TYPE_CHECKING:
    from coach.engines.live import LiveEngine

NAMES = ("patterns", "recorded", "live")


class Opened:
    """An open engine: answers like one, and has at hand what is beneath.

    `live` is the live engine (its `sent`, `spent_usd`, `notes`) or None; `memory` the Recall around it (its `recalled`
    and `asked`) or None.
    """

    def __init__(self, engine: Engine, *, memory: Recall | None = None, live: LiveEngine | None = None) -> None:
        self.engine = engine
        self.memory = memory
        self.live = live
        self.name = engine.name
        self.model = engine.model
        self.ai = engine.ai

    async def answer(self, request: Request) -> Reply | Fault:
        """Answer one request.  Raises EngineDown when no request can be answered at all."""
        return await self.engine.answer(request)

    def stop(self) -> None:
        """Ask nothing more of a model; what is in flight finishes."""
        if self.live is not None:
            self.live.stop()

    async def aclose(self) -> None:
        """Close the engine; `open_engine` does it by itself."""
        await self.engine.aclose()


def choose_name(name: str | None, live: LiveOptions | None) -> str:
    """The engine to use: the one named; else live where there is a key or a base URL; else patterns.

    Raises BadSettings for a name that is none of ours.
    """
    if not name:
        return "live" if live is not None and (live.api_key or live.base_url) else "patterns"
    if name not in NAMES:
        raise BadSettings(f"there is no engine {name!r}", f"choose one of {', '.join(NAMES)}")
    return name


@asynccontextmanager
async def open_engine(
    name: str | None = None,
    *,
    live: LiveOptions | None = None,
    recorded: Sequence[Path] = (),
    ledger: Ledger | None = None,
) -> AsyncIterator[Opened]:
    """Open the engine for as long as the block lasts.

    `live` is for the live engine, `recorded` the folders of recorded replies; `ledger` keeps what the live engine
    answers (the other two need none).  Raises BadSettings where what the chosen engine needs is missing, EngineDown
    where there are no recorded replies.
    """
    opened = _build(choose_name(name, live), live, recorded, ledger)
    try:
        yield opened
    finally:
        await opened.aclose()


def _build(name: str, live: LiveOptions | None, recorded: Sequence[Path], ledger: Ledger | None) -> Opened:
    if name == "patterns":
        from coach.engines.patterns import PatternsEngine

        return Opened(PatternsEngine())
    if name == "recorded":
        return _build_recorded(recorded)
    return _build_live(live, ledger)


def _build_recorded(folders: Sequence[Path]) -> Opened:
    from coach.engines.recorded import RecordedEngine, RecordedReplies
    from coach.engines.widen import Widen

    if not folders:
        raise BadSettings("the recorded engine needs the folder of its replies", "name it, or choose another engine")
    replies = RecordedReplies(folders)
    memory = Recall(RecordedEngine(replies.asked), replies)
    return Opened(Widen(memory), memory=memory)


def _build_live(options: LiveOptions | None, ledger: Ledger | None) -> Opened:
    from coach.engines.live import LiveEngine
    from coach.engines.widen import Widen

    if options is None or not (options.api_key or options.base_url):
        raise BadSettings(
            "the live engine needs an API key or the base URL of a server",
            "set one of them, or choose --engine patterns, which needs neither",
        )
    engine = LiveEngine(options)
    memory = Recall(engine, ledger) if ledger is not None else None
    return Opened(Widen(memory or engine), memory=memory, live=engine)
