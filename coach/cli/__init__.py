"""The command line: commands, progress, and the one handler of errors."""

from __future__ import annotations


def main() -> None:
    """Run the program and leave with its exit code (0 done, 1 mendable error, 2 usage, 3 done with gaps)."""
    from coach.cli.app import run

    raise SystemExit(run())
