"""A result of the trainer's bench on a terminal, in Markdown and as an HTML page."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from coach.reports.bench_page import BenchPage
from coach.reports.formats.digest_terminal import section_parts, words
from coach.reports.formats.html import page
from coach.reports.formats.markdown import text


def bench_terminal(told: BenchPage) -> Group:
    """What `rich.console.Console.print` prints."""
    parts: list[RenderableType] = [words(told.title, "bold"), words(told.source, "dim")]
    parts += [words(remark) for remark in told.remarks]
    for section in told.sections:
        parts += [Text(), *section_parts(section)]
    return Group(*parts, Text(), words(told.disclaimer, "italic"))


def bench_markdown(told: BenchPage) -> str:
    """The page as Markdown text."""
    return text("bench.md.j2", told=told)


def bench_html(told: BenchPage, *, made_at: str) -> str:
    """The page as HTML; `made_at` is printed as it is, so that equal results give equal bytes."""
    return page("bench.html.j2", told=told, engine_line=told.source, disclaimer=told.disclaimer, made_at=made_at)
