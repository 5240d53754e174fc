"""The command `coach practice quiz`: questions from the guidance and from an agent's own week, explained at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol
from zoneinfo import ZoneInfo

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
from coach.cli.say import console, say_aside
from coach.errors import BadPlaybook, BadSettings, NotFound

if TYPE_CHECKING:
    from rich.console import Console

    from coach.cli.quiz_screen import Asked
    from coach.grading.grade import Grading
    from coach.pipeline.quizzing import Quizzing
    from coach.playbook.load import Playbook
    from coach.practice.quiz import Given, Shown
    from coach.practice.quiz_items import QuizItem
    from coach.settings import Settings
    from coach.store import Store

MOST = 50


def quiz(
    agent: Annotated[str, typer.Argument(help="The agent's id.")],
    count: Annotated[int, typer.Option("--count", min=1, max=MOST, help="How many items to ask.")] = 8,
    week: Week = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", help="File with one answer a line; none: you are asked.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines, one an answer.")] = False,
    progress: Annotated[bool, typer.Option("--progress", help="Print how the agent stands, and ask nothing.")] = False,
    engine: EngineName = None,
    store: StorePath = None,
    playbook: PlaybookPath = None,
) -> None:
    """Questions on the guidance and on the agent's own week; each answer is explained and kept, missed ones come back."""
    from coach.calls.weeks import parse_week

    week = None if week is None else parse_week(week)
    settings = settings_of(store=store, engine__name=engine, playbook=playbook)
    answering = None if answers is None else FromFile(answers)
    with _quizzing(settings, agent, week, engine, reading=progress) as (quizzing, book):
        if progress:
            _tell_progress(quizzing, agent, _now(settings.zone), as_json=as_json)
            return
        if week is not None and not quizzing.graded:
            say_aside(f"{agent} has no graded calls in {week}: the bank alone is asked")
        Session(quizzing, book, agent, settings.zone, answering, as_json=as_json).run(count)


@contextmanager
def _quizzing(
    settings: Settings, agent: str, week: str | None, engine: str | None, *, reading: bool
) -> Iterator[tuple[Quizzing, Playbook]]:
    """The agent's quiz over the store, which is made where there is none, unless it is only read."""
    from coach.pipeline.quizzing import Quizzing
    from coach.practice.quiz_items import load_quiz
    from coach.store import open_store

    book = playbook_of(settings)
    bank = load_quiz(book.folder)
    with open_filled_store(settings) if reading else open_store(settings.store_address) as opened:
        grading = _grading(settings, book, opened, engine)
        yield Quizzing(opened, bank, book, agent, week=week, grading=grading, team=settings.team.name), book


def _grading(settings: Settings, book: Playbook, store: Store, engine: str | None) -> Grading | None:
    """How the store's calls were graded last; None where there was no such batch: the bank serves without."""
    try:
        return remembered_grading(settings, book, store, engine)
    except NotFound as missing:
        if engine is not None:
            say_aside(f"{missing.what}: the bank alone is asked")
    except BadPlaybook as other:
        say_aside(f"{other.what}: the bank alone is asked")
    return None


def _now(zone: ZoneInfo) -> datetime:
    return datetime.now(zone)


def _tell_progress(quizzing: Quizzing, agent: str, now: datetime, *, as_json: bool) -> None:
    from coach.cli.quiz_screen import print_progress, progress_json

    found = quizzing.progress(now)
    if as_json:
        print(progress_json(agent, found))
    else:
        print_progress(console(), agent, found)


class Answering(Protocol):
    """Where answers come from: what was typed and what it means, None where the agent ends the session."""

    def next(self, shown: Shown) -> tuple[str, Given] | None: ...


class FromFile:
    """Answers from a file, a line each; empty lines and lines that start with # are passed over.

    Raises BadSettings for a file that cannot be read, a line that is no answer to its item, and a file too short.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            lines = enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        except (OSError, UnicodeDecodeError) as fault:
            why = getattr(fault, "strerror", None) or "not UTF-8 text"
            raise BadSettings(f"{file}: {why}", "name a text file with one answer a line") from None
        self._lines = [(number, line) for number, line in lines if line.strip() and not line.startswith("#")]
        self._used = 0

    def next(self, shown: Shown) -> tuple[str, Given] | None:
        """The next line's answer; None for q."""
        from coach.practice.quiz import how_to_answer, parse_answer

        if self._used == len(self._lines):
            raise BadSettings(
                f"{self._file} ends after {self._used} answers and item {shown.item.id} has none",
                f"add {how_to_answer(shown)}; the answers before it are kept, and missed items are asked once more",
            )
        number, line = self._lines[self._used]
        self._used += 1
        if _ends(line):
            return None
        given = parse_answer(shown, line)
        if given is None:
            raise BadSettings(
                f"{self._file}:{number}: {line.strip()[:40]!r} is no answer to item {shown.item.id}",
                f"write {how_to_answer(shown)}; the answers before it are kept",
            )
        return line.strip(), given

    @property
    def left(self) -> int:
        """How many lines were not used."""
        return len(self._lines) - self._used


class FromPerson:
    """Answers from whoever sits there; what is no answer is asked for again."""

    def __init__(self, on: Console) -> None:
        self._console = on

    def next(self, shown: Shown) -> tuple[str, Given] | None:
        """What was typed; None for q, the end of input, and Ctrl-C."""
        from coach.practice.quiz import how_to_answer, is_half_answer, parse_answer

        how = how_to_answer(shown)
        try:
            while True:
                line = self._typed(f"Your answer ({how}; q ends): ")
                if is_half_answer(shown, line):
                    line = f"{line.strip()} {self._typed(f'And the reason (1 to {len(shown.places)}): ')}"
                if _ends(line):
                    return None
                given = parse_answer(shown, line)
                if given is not None:
                    return line.strip(), given
                self._console.print(f"That is no answer here: type {how}.", markup=False)
        except (EOFError, KeyboardInterrupt):
            self._console.print()
            return None

    def _typed(self, prompt: str) -> str:
        try:
            return self._console.input(prompt, markup=False)
        except UnicodeDecodeError:
            return ""


def _ends(line: str) -> bool:
    return bool(line.split()) and line.split()[-1].casefold() in ("q", "quit")


class Session:
    """One sitting: every item once, and what was missed once more.  Each answer is kept as it is given."""

    def __init__(
        self,
        quizzing: Quizzing,
        book: Playbook,
        agent: str,
        zone: ZoneInfo,
        answering: FromFile | None,
        *,
        as_json: bool,
    ) -> None:
        self._quizzing = quizzing
        self._guidance = {item.id: item.text for item in book.guidance}
        self._rulings = {ruling.id: ruling.text for ruling in book.rubric.rulings}
        self._agent = agent
        self._zone = zone
        self._as_json = as_json
        self._file = answering
        # Questions stay out of the way of JSON lines.
        self._console = _on_stderr() if as_json else console()
        self._quiet = as_json and answering is not None
        self._answering: Answering = answering or FromPerson(self._console)
        self._asked: list[Asked] = []

    def run(self, count: int) -> None:
        """Ask up to `count` items, then those that were missed once more, until all are answered or the agent ends it."""
        from coach.cli.quiz_screen import print_end

        plan = asyncio.run(self._quizzing.plan(count, _now(self._zone)))
        whole = self._round(plan, again=False)
        missed = [asked.shown.item for asked in self._asked if not asked.explained.right and asked.due]
        if whole:
            whole = self._round(missed, again=True)
        if not self._quiet:
            print_end(self._console, self._asked, _now(self._zone), stopped=not whole)
        if self._file is not None and self._file.left:
            say_aside(f"{self._file.left} answers of the file were not used")

    def _round(self, items: list[QuizItem], *, again: bool) -> bool:
        """Ask these items; False where the agent ended the session."""
        return all(self._one(item, number, len(items), again=again) for number, item in enumerate(items, 1))

    def _one(self, item: QuizItem, number: int, of: int, *, again: bool) -> bool:
        from coach.cli.quiz_screen import Asked, answer_json, print_explained, print_item
        from coach.practice.quiz import explain, show

        shown = show(item, self._agent)
        if not self._quiet:
            print_item(self._console, shown, f"{'Once more' if again else 'Item'} {number} of {of}")
        typed = self._answering.next(shown)
        if typed is None:
            return False
        line, given = typed
        explained = explain(shown, given, self._guidance, self._rulings)
        now = _now(self._zone)
        due = self._quizzing.keep(item, right=explained.right, at=now, hesitant=again)
        asked = Asked(number, of, again, shown, line, explained, due)
        self._asked.append(asked)
        if self._as_json:
            print(answer_json(asked), flush=True)
        if not self._quiet:
            print_explained(self._console, asked, now)
        return True


def _on_stderr() -> Console:
    from rich.console import Console

    from coach.settings import no_colour

    return Console(stderr=True, no_color=no_colour(), highlight=False)
