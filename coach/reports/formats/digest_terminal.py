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
    parts: list[RenderableType] = [_text(title(digest), "bold"), _text(digest.engine_line, "dim")]
    for section in sections(digest):
        parts.append(Text())
        parts.append(_text(section.title, "bold cyan"))
        parts.extend(Padding(part, (0, 0, 0, 2)) for part in _body(section))
    parts += [Text(), _text(digest.disclaimer, "italic"), _text(f"Made {made_at}.", "dim")]
    return Group(*parts)


def _body(section: Section) -> Iterator[RenderableType]:
    if section.lead:
        yield _text(section.lead)
    for table in section.tables:
        yield _table(table)
    for line in section.lines:
        yield _text(line)
    for moment in section.moments:
        yield from _moment(moment)


def _table(table: Table) -> RichTable:
    out = RichTable(
        box=box.SIMPLE_HEAD, title=_text(table.caption, "dim"), title_justify="left", pad_edge=False, expand=False
    )
    for heading, kind in table.columns:
        out.add_column(_text(heading), justify="right" if kind == "num" else "left", overflow="fold")
    for row in table.rows:
        out.add_row(*(_text(cell) for cell in row))
    return out


def _moment(moment: Moment) -> Iterator[Text]:
    yield _text(f"{moment.head} ({moment.call_id})", "bold")
    yield _text(f"  {moment.said.turn_id} {moment.said.speaker.capitalize()}: “{moment.said.text}”")
    if moment.then is not None:
        yield _text(f"  {moment.then.turn_id} then the customer: “{moment.then.text}”", "dim")


def _text(words: str, style: str = "") -> Text:
    # A Text, never a str: rich would read square brackets of a transcript as markup.
    indent = len(words) - len(words.lstrip(" "))
    return Text(" " * indent + one_line(words), style=style)
