"""The root of the command line: registers the commands and turns every error a user may meet into one line.

Heavy packages are imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from coach.cli import calls, people, trainer, workspace
from coach.cli.say import say_error
from coach.errors import CannotWrite, CoachError

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
app.add_typer(people.review, name="review")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the process's exit code."""
    try:
        code = app(args=arguments, standalone_mode=False)
    except CoachError as error:
        say_error(error)
        return error.exit_code
    except typer.TyperException as error:
        # Usage errors can show themselves with the usage line; typer's base class cannot.
        say = getattr(error, "show", None)
        say() if say else say_error(CoachError(str(error)))
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        say_error(CoachError("stopped", "what was answered is kept, the same command goes on from there"))
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        what = f"{error.filename or 'a file'}: {error.strerror or error}"
        say_error(CannotWrite(what, "check the path, its permissions and the disk"))
        return 1
    return code if isinstance(code, int) else 0
