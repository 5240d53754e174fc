"""Markdown, for a chat message, a ticket or a repository.

Every value is escaped where it is printed, so that text of a transcript stays text; a template that has put
something together from escaped parts marks it with `kept`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from coach.reports.agent_parts import AgentReport
from coach.reports.formats.html import day
from coach.reports.safe import markdown_text


class Kept(str):
    """Text that is Markdown already."""

    __slots__ = ()


def quoted(said: Any, who: str = "") -> Kept:
    """A line of the transcript as a block quote: turn id (where it has one), speaker and words."""
    speaker = who or said.speaker.capitalize()
    place = f"`{markdown_text(said.turn_id)}` " if said.turn_id else ""
    return Kept(f"> {place}{markdown_text(speaker)}: “{markdown_text(said.text)}”")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("coach.reports", "pages"),
        autoescape=False,  # noqa: S701  (finalize escapes for Markdown, where HTML escaping would not do)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_escaped,
    )
    environment.globals["quoted"] = quoted
    environment.filters["kept"] = Kept
    environment.filters["day"] = day
    return environment


def _escaped(value: Any) -> Any:
    return markdown_text(value) if isinstance(value, str) and not isinstance(value, Kept) else value


def text(template: str, **values: Any) -> str:
    """A Markdown template of `pages/` rendered with `values`, never with more than one empty line in a row."""
    lines = [line.rstrip() for line in _environment().get_template(template).render(**values).split("\n")]
    kept = [line for i, line in enumerate(lines) if line or (i and lines[i - 1])]
    return "\n".join(kept).strip() + "\n"


def agent_markdown(report: AgentReport) -> str:
    """The agent's report as Markdown."""
    return text("agent.md.j2", report=report)
