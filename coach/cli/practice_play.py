"""`coach practice play`: a session at the terminal, from a script, or from a pipe; saved after every line."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.choices import (
    BaseUrl,
    EngineName,
    Model,
    PlaybookPath,
    StorePath,
    open_grading,
    playbook_of,
    settings_of,
)
from coach.cli.practice import CardId, CheckId, PersonaId, SceneId, chosen_card
from coach.cli.running import run_async
from coach.cli.say import console
from coach.errors import BadSettings, CoachError

if TYPE_CHECKING:
    from coach.cli.practice_screen import Screen
    from coach.pipeline.rehearse import Rehearsal, Sitting
    from coach.settings import Settings
    from coach.store import Store

COMMANDS = "/back N try another line at N, /pause, /end for the feedback, /help"
NOBODY = "me"  # who plays where nobody is named
PATIENCE_S = 30.0  # seconds for one request of the talk
ATTEMPTS = 2
HELP = (
    "/back N goes back to your line N, so that you can say another; what followed is kept beside.",
    "/pause keeps the session for later (Ctrl-D and Ctrl-C do the same).",
    "/end ends it and gives the feedback. Everything else is said to the customer.",
)


class Grader(StrEnum):
    """Who may grade a session in place of the engine that plays."""

    PATTERNS = "patterns"


@dataclass(frozen=True)
class Wish:
    """What a player asked for on the command line."""

    agent: str | None
    card: str | None
    persona: str | None
    scene: str | None
    check: str | None
    resume: int | None
    go_on: bool
    again: int | None
    again_from: int | None
    level: int | None
    test_mode: bool
    store: str | None


def register(group: typer.Typer) -> None:
    """Add the command to its group."""
    group.command()(play)


def play(
    agent: Annotated[str | None, typer.Argument(help="Who plays: the agent's id; none: me.")] = None,
    card: CardId = None,
    persona: PersonaId = None,
    scene: SceneId = None,
    check: CheckId = None,
    test: Annotated[bool, typer.Option("--test", help="Test mode: no hints, and the anger is never shown.")] = False,
    level: Annotated[int | None, typer.Option("--level", min=1, max=5, help="Difficulty; none: your own.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with your last paused session.")] = False,
    session: Annotated[int | None, typer.Option("--session", help="Go on with this session.")] = None,
    again: Annotated[int | None, typer.Option("--again", help="A second go at this session's scene.")] = None,
    start: Annotated[int | None, typer.Option("--from", min=1, help="With --again: from this line of yours.")] = None,
    script: Annotated[Path | None, typer.Option("--script", help="File with a line a turn, played as it is.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every turn's moves, state and act as a JSON line.")] = False,
    engine: EngineName = None,
    model: Model = None,
    base_url: BaseUrl = None,
    grader: Annotated[
        Grader | None, typer.Option("--grader", help="Who grades at the end; none: the engine that plays.")
    ] = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """Rehearse a call: you are the agent, the program is the customer; feedback at the end, always."""
    from coach.practice.scripts import read_script

    settings = settings_of(
        store=store, playbook=playbook, engine__name=engine, engine__model=model, engine__base_url=base_url
    )
    lines = None if script is None else read_script(script)
    wish = Wish(
        agent=agent,
        card=card,
        persona=persona,
        scene=scene,
        check=check,
        resume=session,
        go_on=resume or session is not None,
        again=again,
        again_from=start,
        level=level,
        test_mode=test,
        store=store,
    )
    if start is not None and again is None:
        raise BadSettings("--from goes with --again", "name the session whose scene to play again")
    if [wish.go_on, again is not None, any((card, persona, scene, check))].count(True) > 1:
        raise BadSettings("several scenes are named", "give a card or an invented scene, --resume, or --again")
    try:
        run_async(_play(settings, wish, lines, grader, as_json=as_json))
    except KeyboardInterrupt:
        goes_on = f"`coach practice play {agent or NOBODY} --resume` goes on"
        raise CoachError("stopped", f"the session is kept with all that was said, {goes_on}") from None


async def _play(
    settings: Settings, wish: Wish, script: list[str] | None, grader: Grader | None, *, as_json: bool
) -> None:
    from coach.cli.practice_json import JsonScreen
    from coach.cli.practice_screen import TalkScreen

    where = f" --store {wish.store}" if wish.store else ""
    with _store(settings, there=wish.go_on or wish.again is not None) as store:
        async with _rehearsal(settings, store, grader) as rehearsal:
            sitting = _sitting(settings, rehearsal, store, wish)
            screen: Screen = JsonScreen(sitting) if as_json else TalkScreen(console(), sitting, where)
            lines = _scripted(script) if script is not None else _typed(quiet=as_json)
            screen.begin(COMMANDS if script is None else "")
            await _unanswered(rehearsal, sitting, screen)
            # One that ended just before a crash has nothing left to say.
            paused = not sitting.session.ended and await _talk(rehearsal, sitting, screen, lines)
            if paused:
                screen.paused()
                return
            await _end(rehearsal, sitting, screen)


@contextmanager
def _store(settings: Settings, *, there: bool) -> Iterator[Store]:
    """The store; a first practice makes it, going on with a session needs the one that is `there`."""
    from coach.cli.choices import open_filled_store
    from coach.store import open_store

    if there:
        with open_filled_store(settings) as opened:
            yield opened
        return
    with open_store(settings.store_address) as opened:
        yield opened


@asynccontextmanager
async def _rehearsal(settings: Settings, store: Store, grader: Grader | None) -> AsyncIterator[Rehearsal]:
    """Who grades, listens and speaks: the live engine where it is configured, else wording and templates."""
    from coach.cli.choices import engine_name, parameters_of
    from coach.pipeline.rehearse import Rehearsal
    from coach.practice.asking import Model as PracticeModel
    from coach.practice.cast import load_cast
    from coach.settings import EngineSettings

    patterns = settings.model_copy(update={"engine": EngineSettings(name="patterns")})
    if engine_name(settings) == "recorded":  # it holds replies to the sample calls and to nothing else
        settings = patterns
    book = playbook_of(settings)
    # No ledger: what is said in practice belongs to no call, and the next purge would erase it unasked.
    async with (
        open_grading(settings, book, lambda: None) as (grading, _),
        open_grading(_impatient(settings), book, lambda: None) as (_, playing),
        open_grading(patterns, book, lambda: None) as (by_wording, _),
    ):
        model = PracticeModel(playing, playing.model, parameters_of(settings.engine)) if playing.live else None
        judge = by_wording if grader is Grader.PATTERNS else grading
        yield Rehearsal(store, book, load_cast(book.folder), judge, by_wording, settings.zone, model)


def _impatient(settings: Settings) -> Settings:
    """For the talk itself: somebody waits for each line, and a template line is soon there."""
    engine = settings.engine
    quick = {"deadline_s": min(PATIENCE_S, engine.deadline_s), "attempts": min(ATTEMPTS, engine.attempts)}
    return settings.model_copy(update={"engine": engine.model_copy(update=quick)})


def _sitting(settings: Settings, rehearsal: Rehearsal, store: Store, wish: Wish) -> Sitting:
    """The session to play: one that waits, a second go, or a new one."""
    from coach.pipeline.rehearse import Sitting, kept_session, record_of

    now = datetime.now(UTC)
    if wish.go_on:
        row = kept_session(store, wish.agent if wish.resume else wish.agent or NOBODY, wish.resume)
        if row.state != "open":
            raise BadSettings(f"session {row.id} is over", f"play its scene again with --again {row.id}")
        return Sitting(row.id, record_of(row).session, row.session)
    if wish.again is not None:
        before = record_of(kept_session(store, wish.agent, wish.again)).session
        return rehearsal.again(before, now, start=wish.again_from or 1, level=wish.level, test_mode=wish.test_mode)
    agent = wish.agent or NOBODY
    card = chosen_card(settings, agent, wish.card, wish.persona, wish.scene, wish.check)
    return rehearsal.start(card, agent, now, team=settings.team.name, level=wish.level, test_mode=wish.test_mode)


async def _unanswered(rehearsal: Rehearsal, sitting: Sitting, screen: Screen) -> None:
    """A session that ended between a line and its answer goes on with the answer."""
    if sitting.session.pending:
        with screen.thinking():
            await rehearsal.catch_up(sitting)
        screen.answered()


async def _talk(rehearsal: Rehearsal, sitting: Sitting, screen: Screen, lines: AsyncIterator[str]) -> bool:
    """Line after line until the session ends; True where it is to be gone on with later."""
    async for text in lines:
        word, _, rest = text.strip().partition(" ")
        if text.strip() in ("/pause", "/quit", "/exit"):
            return True
        if text.strip() in ("/end", "/feedback"):
            return False
        try:
            if word == "/back":
                _back(sitting, rest)
                rehearsal.save(sitting)
                screen.rewound()
            elif word == "/help":
                for line in HELP:
                    screen.tell(line)
            elif word.startswith("/"):
                screen.tell(f"no command {text.strip()[:40]!r}; {COMMANDS}")
            else:
                with screen.thinking():
                    await rehearsal.say(sitting, text)
                screen.answered()
        except BadSettings as fault:
            screen.tell(str(fault))
        if sitting.session.ended:
            return False
    return False


def _back(sitting: Sitting, number: str) -> None:
    from coach.practice.playing import rewind

    if not re.fullmatch(r"[0-9]{1,4}", number.strip()):
        raise BadSettings("which line?", "write /back and the number of one of your lines, such as /back 2")
    sitting.session = rewind(sitting.session, int(number))


async def _end(rehearsal: Rehearsal, sitting: Sitting, screen: Screen) -> None:
    from coach.practice.playing import stop

    sitting.session = stop(sitting.session)
    with screen.thinking("grading the session ..."):
        feedback = await rehearsal.finish(sitting)
    if feedback is None:
        screen.tell("nothing was said, so there is nothing to give feedback on")
    else:
        screen.feedback(feedback)


async def _scripted(lines: list[str]) -> AsyncIterator[str]:
    for line in lines:
        yield line


async def _typed(*, quiet: bool) -> AsyncIterator[str]:
    """What a person types: with history and editing on a terminal, a line at a time from a pipe."""
    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield line.rstrip("\n")
        return
    from prompt_toolkit import PromptSession
    from prompt_toolkit.formatted_text import FormattedText
    from prompt_toolkit.history import InMemoryHistory

    prompt: PromptSession[str] = PromptSession(history=InMemoryHistory())
    words = FormattedText([] if quiet else [("bold", "You: ")])
    while True:
        try:
            yield await prompt.prompt_async(words)
        except (EOFError, KeyboardInterrupt):
            yield "/pause"
