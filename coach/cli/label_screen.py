"""The screen of `coach trainer label` (Textual): a call's turns, its checks, the text of the check at hand, and keys.

What is said is kept by `calibration/labelling.py`; this module draws it and turns keys into calls of it.  Raters are
blind: nothing of a model, of another rater or of whose call it is reaches this screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from coach.calibration.labelling import Place, Sitting
from coach.calibration.labels import LabelVerdict
from coach.cli.label_boxes import HelpBox, NoteBox
from coach.cli.label_rows import Rows
from coach.cli.label_shown import KEYS, NOTHING_JUDGED, about, check_rows, kept_text, places, turn_rows
from coach.errors import CoachError
from coach.reports.safe import one_line


class LabelApp(App[None]):
    """The screen over a sitting; `LabelApp(sitting).run()` returns when the rater leaves."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "coach trainer label"
    CSS = """
    #status { height: auto; max-height: 2; text-style: reverse; }
    #said { height: auto; max-height: 8; }
    #keys { height: auto; max-height: 6; color: $text-muted; }
    #right { width: 46%; }
    #turns, #checks, #about { border: round $border-blurred; padding: 0; background: $background; }
    #turns:focus, #checks:focus, #about:focus { border: heavy $border; }
    #turns { width: 1fr; }
    #checks { height: 42%; }
    #about { height: 1fr; }
    Rows > .rows--cursor { text-style: reverse; }
    Rows > .rows--heading { text-style: bold; color: $text-muted; }
    Rows > .rows--marked { text-style: bold; }
    #turns, #checks, #about { scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    NoteBox { align: center bottom; }
    NoteBox Input { border: none; height: 1; padding: 0; }
    HelpBox { align: center middle; }
    NoteBox > Vertical { height: auto; width: 90%; border: heavy $border; background: $background; padding: 0 1; }
    HelpBox > VerticalScroll { height: 90%; width: 90%; border: heavy $border; background: $background; padding: 0 1; }
    """

    def __init__(self, sitting: Sitting) -> None:
        super().__init__()
        self._sitting = sitting

    def on_mount(self) -> None:
        """Show the sitting."""
        self.push_screen(LabelScreen(self._sitting))

    async def action_quit(self) -> None:
        """Ctrl-Q is q: what is not kept is said first."""
        self.action_help_quit()

    def action_help_quit(self) -> None:
        """Ctrl-C as well; in a box it closes the box."""
        screen = self.screen
        if isinstance(screen, LabelScreen):
            screen.action_leave()
        else:
            screen.dismiss(None)


class _About(VerticalScroll, inherit_bindings=False):
    """The text of the check; left and right are the screen's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", show=False),
        Binding("down", "scroll_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]


class LabelScreen(Screen[None]):
    """Turns on the left, checks and the text of the check at hand on the right, what happened and the keys below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "judge('met')"),
        Binding("p", "judge('partial')"),
        Binding("x,s", "judge('missed')"),
        Binding("a", "judge('not_applicable')"),
        Binding("o", "judge('not_observable')"),
        Binding("c", "clear"),
        Binding("space", "pick"),
        Binding("n", "note"),
        Binding("N", "note_on_judged"),
        Binding("b", "back"),
        Binding("u", "undo"),
        Binding("left", "check(-1)"),
        Binding("right", "check(1)"),
        Binding("left_square_bracket", "call(-1)"),
        Binding("right_square_bracket", "call(1)"),
        Binding("j", "open"),
        Binding("question_mark,f1", "help"),
        Binding("q", "leave"),
    ]

    def __init__(self, sitting: Sitting) -> None:
        super().__init__()
        self._sitting = sitting
        self._rows_of, self._checks_of = places(sitting)
        self._shown: Place | None = None
        self._warned = False
        self._judged: Place | None = None
        self._left = ""

    def compose(self) -> ComposeResult:
        """The panes."""
        yield Static(id="status", markup=False)
        with Horizontal():
            yield Rows(id="turns")
            with Vertical(id="right"):
                yield Rows(id="checks", moved=self._chosen)
                with _About(id="about"):
                    yield Static(id="text", markup=False)
        yield Static(id="said", markup=False)
        yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Draw the first call."""
        self.query_one("#turns").focus()
        self.query_one("#checks").border_title = "Checks"
        progress = self._sitting.progress()
        if progress.labelled == progress.checks:
            self._draw("Every check is labelled already.")
        else:
            self._draw(f"{progress.labelled} labelled before." if progress.labelled else "")

    def _chosen(self, row: int) -> None:
        self._sitting.go(self._checks_of[row])
        self._draw("")

    def _draw(self, said: str) -> None:
        """Everything as the sitting has it now, and one line on what happened."""
        sitting = self._sitting
        progress = sitting.progress()
        self._warned, self._left = False, ""
        self._put(
            "#status",
            f" {sitting.file.rater}   call {progress.call} of {progress.calls}   labelled {progress.labelled_here} of "
            f"{progress.checks_here} here, {progress.labelled} of {progress.checks} in all",
        )
        self._put("#said", f" {one_line(said)}")
        self._draw_turns()
        self.query_one("#checks", Rows).show(check_rows(sitting, self._checks_of), self._rows_of[sitting.at.check])
        pane = self.query_one("#about", _About)
        pane.border_title = sitting.check.id
        self.query_one("#text", Static).update(about(sitting))
        if self._shown != sitting.at:
            pane.scroll_home(animate=False, force=True)
        self._shown = sitting.at

    def _draw_turns(self) -> None:
        sitting, turns = self._sitting, self.query_one("#turns", Rows)
        call = sitting.call
        fresh = self._shown is None or self._shown.call != sitting.at.call
        turns.border_title = f"{call.call_id}: {call.channel.value}, ended by {call.ended_by.value}"
        turns.show(turn_rows(sitting), 0 if fresh else turns.cursor, from_top=fresh)

    def _put(self, where: str, text: str) -> None:
        self.query_one(where, Static).update(text)

    def _try(self, change: Callable[[], str]) -> None:
        """Do it and say what came of it, or why it was not done."""
        try:
            said = change()
        except CoachError as error:
            said = f"Not done: {error}"
        self._draw(said)

    def action_judge(self, verdict: LabelVerdict) -> None:
        """A verdict for the check at hand; then the next one of the call that has none."""
        at, check = self._sitting.at, self._sitting.check.id
        self._try(lambda: self._judge(verdict))
        # What is pressed next may be meant for the check that was just left.
        self._left = check if self._sitting.at != at else ""

    def _judge(self, verdict: LabelVerdict) -> str:
        sitting = self._sitting
        at, before = sitting.at, sitting.said().labels if sitting.state() == "labelled" else ()
        label = sitting.judge(verdict)
        self._judged = at
        kept = kept_text(label, before)
        if before:
            return kept
        if sitting.go_on():
            return f"{kept} Now {sitting.check.id} (N: note on {label.check_id}, b: back)."
        progress = sitting.progress()
        if progress.labelled == progress.checks:
            return f"{kept} Every check of every call is labelled; q leaves."
        if progress.labelled_here == progress.checks_here:
            return f"{kept} This call is done; ] goes to the next."
        return f"{kept} j goes to the next check without a label."

    def action_pick(self) -> None:
        """Pick the turn under the cursor, or let it go."""
        self._try(self._pick)

    def _pick(self) -> str:
        turn = self._sitting.call.turns[self.query_one("#turns", Rows).cursor]
        picked = self._sitting.pick(turn.id)
        instead = f" Meant for {self._left}? space, then b." if self._left else ""
        return (
            f"{turn.id} {'picked for' if picked else 'let go from'} {self._sitting.check.id}{self._unsure()}{instead}"
        )

    def _unsure(self) -> str:
        return "." if self._sitting.state() == "labelled" else "; kept with the verdict."

    def action_clear(self) -> None:
        """Take the verdict away."""
        check = self._sitting.check.id
        self._try(lambda: f"{check}: verdict taken away." if self._sitting.clear() else f"{check} has no verdict.")

    def action_undo(self) -> None:
        """Take the last change back."""
        sitting = self._sitting
        self._try(lambda: f"Taken back: {sitting.check.id}." if sitting.undo() else "There is nothing to take back.")

    def action_note(self) -> None:
        """Ask for a note on the check at hand."""
        self._ask_note(self._sitting.at, self._left)

    def action_note_on_judged(self) -> None:
        """Ask for a note on the check that got the last verdict; the check at hand stays."""
        if self._judged is None:
            self._draw(NOTHING_JUDGED)
        else:
            self._ask_note(self._judged)

    def action_back(self) -> None:
        """Go to the check that got the last verdict."""
        if self._judged is not None:
            self._sitting.at = self._judged
        self._draw("" if self._judged is not None else NOTHING_JUDGED)

    def _ask_note(self, at: Place, left: str = "") -> None:
        box = NoteBox(self._sitting.checks[at.check].id, self._sitting.said(at).note, left)
        self.app.push_screen(box, lambda note: None if note is None else self._try(lambda: self._note(note, at)))

    def _note(self, note: str, at: Place) -> str:
        sitting, here = self._sitting, self._sitting.at
        sitting.at = at
        try:
            sitting.note(note)
            return f"Note on {sitting.check.id}{self._unsure()}"
        finally:
            sitting.at = here

    def action_check(self, by: int) -> None:
        """The check after, or before."""
        self._sitting.go(self._sitting.at.check + by)
        self._draw("")

    def action_call(self, by: int) -> None:
        """The call after, or before."""
        last = "There is no call after this one." if by > 0 else "There is no call before this one."
        self._draw("" if self._sitting.go_to_call(by) else last)

    def action_open(self) -> None:
        """The next check without a label."""
        self._draw("" if self._sitting.go_to_open() else "Every check of every call is labelled.")

    def action_help(self) -> None:
        """The keys and how to label."""
        self.app.push_screen(HelpBox())

    def action_leave(self) -> None:
        """Leave; where turns or a note have no verdict yet, only when asked twice."""
        unkept = self._sitting.unkept()
        if not unkept or self._warned:
            self.app.exit()
            return
        checks = "1 check has" if unkept == 1 else f"{unkept} checks have"
        self._draw(f"{checks} turns or a note and no verdict: they are not kept. q again leaves.")
        self._warned = True
