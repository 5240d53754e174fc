"""What the program says on the screen, and only there: lines, a progress bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import textwrap
import time
from types import TracebackType
from typing import TYPE_CHECKING

from coach.errors import CoachError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from coach.calls.transcript import Refused
    from coach.grading.critique import CallCritique

EVERY_S = 5.0  # seconds between plain progress lines


def plain(text: str) -> str:
    """Text fit for one line of a terminal: control characters and line breaks become spaces."""
    return "".join(c if c.isprintable() else " " for c in text)


def say_error(error: CoachError) -> None:
    """One line on standard error: what; what to do."""
    print(f"coach: {plain(str(error))}", file=sys.stderr)


def say_aside(text: str) -> None:
    """One line on standard error that is no error: something the user may not have meant."""
    print(f"coach: {plain(text)}", file=sys.stderr)


def say(text: str = "") -> None:
    """One line on standard output."""
    print(plain(text))


def say_wrapped(text: str, indent: int) -> None:
    """One line on standard output, broken between words on a terminal, where what follows is indented."""
    if not sys.stdout.isatty():
        say(text)
        return
    width = max(40, shutil.get_terminal_size().columns)
    line = plain(text)
    own = len(line) - len(line.lstrip())
    print(textwrap.fill(line, width, subsequent_indent=" " * (own + indent), break_on_hyphens=False) or line)


def console() -> Console:
    """A rich console on standard output, without colour where the environment asks for none."""
    from rich.console import Console

    from coach.settings import no_colour

    return Console(no_color=no_colour(), highlight=False)


class ProgressWatch:
    """Draws a run: a bar with counts, rate and time left on a terminal, a plain line now and then elsewhere."""

    def __init__(self, total: int | None, *, quiet: bool = False) -> None:
        self._total = total
        self._quiet = quiet
        self._done = 0
        self._started = self._said = time.monotonic()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> ProgressWatch:
        if not self._quiet and sys.stderr.isatty():
            self._bar, self._task = self._draw()
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _draw(self) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        return bar, bar.add_task("calls", total=self._total, rate="")

    def refused(self, refused: Refused) -> None:  # noqa: ARG002  the signature is Watch's
        """One file or call was not taken in."""
        self._step()

    def passed(self) -> None:
        """One call was read and is not to be graded."""
        self._step()

    def graded(self, critique: CallCritique, *, known: bool) -> None:  # noqa: ARG002  the same
        """One call has its critique."""
        self._step()

    def _step(self) -> None:
        self._done += 1
        now = time.monotonic()
        rate = self._done / max(now - self._started, 1e-6)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._done, rate=f"{rate:.1f}/s")
        elif not self._quiet and now - self._said >= EVERY_S:
            self._said = now
            # A file may hold many calls: once there were more than files, nobody knows how many are left.
            known = self._total if self._total and self._total >= self._done else None
            left = f", {(known - self._done) / rate:.0f} s left" if known else ""
            of = f" of {known}" if known else ""
            print(f"{self._done}{of} calls, {rate:.1f}/s{left}", file=sys.stderr, flush=True)
