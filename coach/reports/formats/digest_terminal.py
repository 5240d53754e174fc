"""The weekly digest on a terminal: rich renderables, with every text cleaned of control sequences and markup."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from coach.reports.digest_sections import sections
from coach.reports.digest_words import Moment, Section, Table, title
from coach.reports.safe import one_line
from coach.reports.team import TeamDigest


def digest_terminal(digest: TeamDigest, *, made_at: str) -> Group:
    """What `rich.console.Console.print` prints."""
    parts: list[RenderableType] = [words(title(digest), "bold"), words(digest.engine_line, "dim")]
    for section in sections(digest):
        parts += [Text(), *section_parts(section)]
    parts += [Text(), words(digest.disclaimer, "italic"), words(f"Made {made_at}.", "dim")]
    return Group(*parts)


def section_parts(section: Section) -> Iterator[RenderableType]:
    """A section with its heading."""
    yield words(section.title, "bold cyan")
    for part in _body(section):
        yield Padding(part, (0, 0, 0, 2))


def _body(section: Section) -> Iterator[RenderableType]:
    if section.lead:
        yield words(section.lead)
    for table in section.tables:
        yield _table(table)
    for line in section.lines:
        yield words(line)
    for moment in section.moments:
        yield from _moment(moment)


def _table(table: Table) -> RichTable:
    out = RichTable(
        box=box.SIMPLE_HEAD, title=words(table.caption, "dim"), title_justify="left", pad_edge=False, expand=False
    )
    for heading, kind in table.columns:
        out.add_column(words(heading), justify="right" if kind == "num" else "left", overflow="fold")
    for row in table.rows:
        out.add_row(*(words(cell) for cell in row))
    return out


def _moment(moment: Moment) -> Iterator[Text]:
    yield words(f"{moment.head} ({moment.call_id})", "bold")
    yield words(f"  {moment.said.turn_id} {moment.said.speaker.capitalize()}: “{moment.said.text}”")
    if moment.then is not None:
        yield words(f"  {moment.then.turn_id} then the customer: “{moment.then.text}”", "dim")


def words(text: str, style: str = "") -> Text:
    """Text as it stands, without control characters: a str would have its square brackets read as markup."""
    indent = len(text) - len(text.lstrip(" "))
    return Text(" " * indent + one_line(text), style=style)
