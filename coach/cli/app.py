"""The root of the command line: registers the commands and turns every error a user may meet into one line.

Heavy packages are imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import typer

from coach.cli import calls, people, practice, practice_play, review, trainer, workspace
from coach.cli.say import say_error
from coach.errors import CannotWrite, CoachError

INTERRUPTED = 130  # what typer gives for Ctrl-C

app = typer.Typer(
    name="coach",
    help="Coaching reports with proven quotes, for people who take calls from upset customers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
calls.register(app)
people.register(app)
workspace.register(app)
app.add_typer(trainer.app, name="trainer")
app.add_typer(review.app, name="review")
app.add_typer(practice.app, name="practice")
practice_play.register(practice.app)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the process's exit code."""
    _forgive_output()
    try:
        code = app(args=arguments, standalone_mode=False)
        sys.stdout.flush()
    except CoachError as error:
        say_error(error)
        return error.exit_code
    except typer.TyperException as error:
        # Usage errors can show themselves with the usage line; typer's base class cannot.
        say = getattr(error, "show", None)
        say() if say else say_error(CoachError(str(error)))
        return error.exit_code
    except typer.Abort:
        say_error(CoachError("not confirmed, nothing was changed", "answer the question, or give --yes"))
        return 1
    except KeyboardInterrupt:
        code = INTERRUPTED
    except (BrokenPipeError, SystemExit):  # `coach ... | head`; typer and rich make the second of the first
        _abandon_output()
        return 0
    except OSError as error:
        if error.filename is None:
            _abandon_output()
        what = f"{error.filename or 'the output'}: {error.strerror or error}"
        say_error(CannotWrite(what, "check the path, its permissions and the disk"))
        return 1
    if code == INTERRUPTED:
        say_error(CoachError("stopped", "what was answered is kept, the same command goes on from there"))
        return 1
    return code if isinstance(code, int) else 0


def _forgive_output() -> None:
    """Write ? for what the terminal has no letter for: a typographic quote is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _abandon_output() -> None:
    """Point standard output at nothing: the interpreter flushes it once more at its end, and would complain."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
