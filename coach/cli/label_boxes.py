"""The boxes that the label screen opens: a line to write a note in, and help."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from coach.calibration.labels import LONGEST_NOTE
from coach.cli.label_shown import HELP
from coach.reports.safe import one_line


class NoteBox(ModalScreen[str | None]):
    """One line to write a note in; gives it, or None where the rater thought better of it.

    `left` is the check that was left a moment ago: the note may be meant for it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel")]

    def __init__(self, check: str, note: str, left: str = "") -> None:
        super().__init__()
        self._check, self._note, self._left = check, note, left

    def compose(self) -> ComposeResult:
        """A question and a line."""
        with Vertical():
            yield Static(f"Note on {self._check} (Enter keeps it, Escape leaves it as it was)", markup=False)
            if self._left:
                yield Static(f"Not on {self._left}, which you have just graded: that is Escape, then N", markup=False)
            yield Input(one_line(self._note), max_length=LONGEST_NOTE, select_on_focus=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the note."""
        self.dismiss(event.value)

    def action_cancel(self) -> None:
        """Leave it as it was."""
        self.dismiss(None)


class HelpBox(ModalScreen[None]):
    """The keys, and how to label."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,question_mark,f1", "dismiss")]

    def compose(self) -> ComposeResult:
        """A text to scroll."""
        with VerticalScroll():
            yield Static(HELP, markup=False)
