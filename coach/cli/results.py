"""How a result of the trainer's bench is printed: on the terminal, as Markdown, as a page, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.cli.people import Format, now, put_as
from coach.cli.say import console

if TYPE_CHECKING:
    from coach.reports.bench_page import BenchPage


def show_page(told: BenchPage, as_format: Format, to: Path | None, json: Callable[[], str]) -> None:
    """Print a result of the bench in a format, or write it to a file."""
    from coach.reports.formats.bench import bench_html, bench_markdown, bench_terminal

    if as_format is Format.TERMINAL and to is None:
        console().print(bench_terminal(told))
        return
    put_as(as_format, to, html=lambda: bench_html(told, made_at=now()), md=lambda: bench_markdown(told), json=json)


def as_json(result: Any, **context: Any) -> str:
    """A result of dataclasses and plain values as JSON; numbers that are not there are null.

    `context` says of a result what it was measured with and on, under `context`.
    """
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    return orjson.dumps({"context": context, **vars(result)} if context else result, option=options).decode()
