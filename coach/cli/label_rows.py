"""A list of rows for the label screen: wrapped text under a hanging head, a cursor, marks; nothing in it is markup.

Every row's text is drawn as the characters it holds: words of a call are data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from coach.reports.safe import one_line

NARROWEST = 8  # cells of text, however narrow the screen
_WRAPPING = Console(width=80, force_terminal=False)


@dataclass(frozen=True)
class Row:
    """`mark` and `head` stand before `text`; its further lines begin `indent` cells in.

    A heading cannot hold the cursor.
    """

    text: str
    head: str = ""
    indent: int = 0
    mark: str = ""
    heading: bool = False


@lru_cache(maxsize=4096)
def _wrapped(row: Row, width: int) -> tuple[str, ...]:
    """The lines of a row.  Its head is wrapped as part of the first word, so that it stays before it."""
    head = row.mark + row.head
    rest = max(cell_len(head) - row.indent, 0)
    text = "_" * rest + one_line(row.text)
    first, *others = Text(text).wrap(_WRAPPING, max(width - row.indent, rest + NARROWEST)) or [Text(text)]
    return (head + first.plain[rest:], *(" " * row.indent + line.plain for line in others))


class Rows(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows with a cursor: `>` stands before the row that has it, whatever the colours.

    `moved` is called with a row's index at once when a key or the mouse has put the cursor there.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--cursor", "rows--heading", "rows--marked"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "by(-1)", show=False),
        Binding("down", "by(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
    ]

    def __init__(self, *, id: str, moved: Callable[[int], None] | None = None) -> None:
        super().__init__(id=id)
        self.cursor = 0
        self.rows: Sequence[Row] = ()
        self._moved = moved
        self._lines: list[tuple[int, str]] = []
        self._tops: list[int] = []

    def show(self, rows: Sequence[Row], cursor: int, *, from_top: bool = False) -> None:
        """Put these rows in the place of all, with the cursor on one; the view stays where it is unless told."""
        self.rows, self.cursor = rows, cursor
        self._lay_out()
        if from_top:
            self.scroll_to(y=0, animate=False, force=True)
        self._into_view()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        self._lines, self._tops = [], []
        for at, row in enumerate(self.rows):
            self._tops.append(len(self._lines))
            self._lines += [(at, line) for line in _wrapped(row, width - 1)]
        self.virtual_size = Size(width, len(self._lines))
        self.refresh()

    def _height(self, at: int) -> int:
        until = self._tops[at + 1] if at + 1 < len(self._tops) else len(self._lines)
        return until - self._tops[at]

    def _into_view(self) -> None:
        if self.rows:
            # The heading above belongs to the first row under it.
            top = self.cursor - 1 if self.cursor and self.rows[self.cursor - 1].heading else self.cursor
            height = self._tops[self.cursor] + self._height(self.cursor) - self._tops[top]
            region = Region(0, self._tops[top], self.scrollable_content_region.width, height)
            self.scroll_to_region(region, animate=False, force=True, immediate=True)

    def on_resize(self) -> None:
        """Wrap anew."""
        self._lay_out()
        self._into_view()

    def render_line(self, y: int) -> Strip:
        """One line on the screen."""
        number, width = self.scroll_offset.y + y, self.scrollable_content_region.width
        if number >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        at, text = self._lines[number]
        cursor = ">" if at == self.cursor and number == self._tops[at] else " "
        strip = Strip([Segment(cursor + text, self._style(at))])
        return strip.adjust_cell_length(width, self._style(at)).apply_meta({"row": at})

    def _style(self, at: int) -> Style:
        if self.rows[at].heading:
            return self.get_component_rich_style("rows--heading")
        if at == self.cursor:
            return self.get_component_rich_style("rows--cursor")
        return self.get_component_rich_style("rows--marked") if self.rows[at].mark.strip() else self.rich_style

    def action_by(self, step: int) -> None:
        """A row down or up; through a row that is higher than the screen, half a screen at a time."""
        if not self.rows:
            return
        view, top = self.scrollable_content_region.height, self._tops[self.cursor]
        hidden = (
            top + self._height(self.cursor) - (self.scroll_offset.y + view) if step > 0 else self.scroll_offset.y - top
        )
        if hidden > 0:
            by = min(hidden, max(view // 2, 1))
            self.scroll_to(y=self.scroll_offset.y + step * by, animate=False, force=True)
            return
        self._put(self.cursor + step, step)

    def action_page(self, step: int) -> None:
        """A screen down or up."""
        if self.rows:
            line = self._tops[self.cursor] + step * max(self.scrollable_content_region.height - 1, 1)
            at, _ = self._lines[min(max(line, 0), len(self._lines) - 1)]
            self._put(at if at != self.cursor else at + step, step)

    def action_end(self, step: int) -> None:
        """To the last row, or to the first."""
        self._put(len(self.rows) - 1 if step > 0 else 0, -step)

    def _put(self, at: int, step: int) -> None:
        """The cursor on the row there, or on the next one in that direction that is no heading; none: it stays."""
        while 0 <= at < len(self.rows) and self.rows[at].heading:
            at += step
        if not 0 <= at < len(self.rows) or at == self.cursor:
            return
        self.cursor = at
        self._into_view()
        self.refresh()
        if self._moved is not None:
            self._moved(at)

    def on_click(self, event: events.Click) -> None:
        """The cursor follows the mouse."""
        at = event.style.meta.get("row")
        if isinstance(at, int) and at < len(self.rows) and not self.rows[at].heading:
            self._put(at, 1)
