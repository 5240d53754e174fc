"""What a practice session looks like at the terminal: the talk, the feedback, a kept session.

In test mode the anger is never shown while the talk goes on.  Every word of a call or a player is printed as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from coach.practice.moods import ENDINGS, GOAL_WORDS, VERDICT_WORDS, again_command, plain
from coach.reports.peer_kit import TIPS
from coach.reports.safe import one_line

if TYPE_CHECKING:
    from rich.console import Console, Group, RenderableType
    from rich.text import Text

    from coach.pipeline.rehearse import Record, Sitting
    from coach.practice.feedback import Feedback
    from coach.practice.session import Exchange, Session

BEFORE_SHOWN = 6
_BARS = "▁▂▃▄▅▆▇█"
_COLOURS = {"met": "green", "partial": "yellow", "missed": "red"}


class Screen(Protocol):
    """Shows a session while it is played."""

    def begin(self, commands: str) -> None: ...
    def answered(self) -> None: ...
    def rewound(self) -> None: ...
    def tell(self, words: str) -> None: ...
    def paused(self) -> None: ...
    def feedback(self, feedback: Feedback) -> None: ...
    def thinking(self, words: str = "") -> AbstractContextManager[None]: ...


class TalkScreen:
    """A talk, a line a turn."""

    def __init__(self, console: Console, sitting: Sitting, where: str) -> None:
        self._console = console
        self._sitting = sitting
        self._where = where
        self._told: set[str] = set()

    def begin(self, commands: str) -> None:
        """The scene, what would make it go well, and the customer's first line."""
        session = self._sitting.session
        self._console.print(_scene(session, self._sitting.id))
        if commands:
            for tip in TIPS:
                self._console.print(_dim(tip))
            self._console.print(_dim(f"Type what you would say. {commands}"))
        self._console.print()
        self._console.print(_customer(session.card.opening))
        self._gauge(session.anger_path[:1])
        for exchange in session.exchanges:
            self._console.print(_you(exchange))
            self._exchange(exchange, session)

    def answered(self) -> None:
        """The customer's answer, and in learning mode anger and a hint; what was said too, where nobody typed it here."""
        session = self._sitting.session
        if not self._console.is_terminal:
            self._console.print(_you(session.exchanges[-1]))
        self._exchange(session.exchanges[-1], session)
        self._tell_notes()

    def _tell_notes(self) -> None:
        for note in self._sitting.session.notes:
            if note not in self._told:
                self._told.add(note)
                self._console.print(_dim(note))

    def _exchange(self, exchange: Exchange, session: Session) -> None:
        self._console.print(_customer(exchange.customer.text))
        if session.test_mode:
            return
        at = session.exchanges.index(exchange) + 1
        self._gauge(session.anger_path[: at + 1])
        if exchange.hint:
            self._console.print(_styled(f"Hint: {exchange.hint}", "yellow"))

    def _gauge(self, path: Sequence[float]) -> None:
        if not self._sitting.session.test_mode:
            self._console.print(_dim(gauge(path)))

    def rewound(self) -> None:
        """Where the talk stands after going back."""
        session = self._sitting.session
        self._console.print(_dim(f"Back to your line {len(session.exchanges) + 1}. The customer had said:"))
        self._console.print(_customer(session.said_by_customer()[-1]))
        self._gauge(session.anger_path)

    def tell(self, words: str) -> None:
        """One line beside the talk."""
        self._console.print(_dim(words))

    def paused(self) -> None:
        """How to go on later."""
        number = self._sitting.id
        if number:
            self.tell(
                f"Paused and kept as session {number}: `coach practice play --session {number}{self._where}` goes on."
            )
        else:
            self.tell("Stopped; this session is not kept, because its call was erased.")

    def feedback(self, feedback: Feedback) -> None:
        """The feedback at the end."""
        self._console.print()
        self._tell_notes()
        self._console.print(shown_feedback(feedback, self._sitting.id, self._where))

    def thinking(self, words: str = "") -> AbstractContextManager[None]:
        """A sign that somebody is at work, on a terminal alone."""
        return self._spinner(words) if self._console.is_terminal else nullcontext()

    @contextmanager
    def _spinner(self, words: str) -> Iterator[None]:
        with self._console.status(words or "..."):
            yield


def gauge(path: Sequence[float]) -> str:
    """The anger now as a bar of ten, with how it changed: `anger ██████░░░░ 6.2 (fell)`."""
    now = path[-1]
    full = round(now)
    change = "" if len(path) < 2 else f" ({'fell' if now < path[-2] else 'rose' if now > path[-2] else 'the same'})"
    return f"anger {'█' * full}{'░' * (10 - full)} {now:.1f}{change}"


def sparkline(path: Sequence[float]) -> str:
    """A path of anger as one bar a line."""
    return "".join(_BARS[min(7, int(value / 10 * 8))] for value in path)


def _text(words: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(one_line(words), style=style)


def _dim(words: str) -> Text:
    return _text(words, "dim")


def _styled(words: str, style: str) -> Text:
    return _text(words, style)


def _labelled(label: str, words: str, style: str) -> Text:
    from rich.text import Text

    return Text.assemble((f"{label}: ", f"bold {style}"), one_line(words))


def _customer(words: str) -> Text:
    return _labelled("Customer", words, "magenta")


def _you(exchange: Exchange) -> Text:
    return _labelled("You", exchange.agent, "cyan")


def _scene(session: Session, number: int) -> RenderableType:
    from rich.console import Group
    from rich.panel import Panel

    card = session.card
    lines = [_text(card.scene.situation)]
    if card.before:
        lines += [_dim("The call so far (your own, redacted):")]
        earlier = card.before[-BEFORE_SHOWN - 1 : -1]
        lines += [_text(f"  {line.turn_id} {line.speaker.capitalize()}: {line.text}") for line in earlier]
        if card.slipped:
            lines += [_dim(f"Here you said then: {card.slipped.text}")]
    lines += [_text("You may: " + " ".join(card.scene.can))]
    if card.scene.cannot:
        lines += [_text("You may not: " + " ".join(card.scene.cannot))]
    if card.success:
        lines += [_styled(f"To try: {card.success.words}", "bold")]
    mode = "Test mode: no hints, and the anger is not shown." if session.test_mode else ""
    lines += [_dim(f"Level {session.level} of 5. {mode}".strip())]
    title = f"Session {number}. {one_line(card.title)}" if number else one_line(card.title)
    return Panel(Group(*lines), title=_text(title), title_align="left", width=96)


def shown_feedback(feedback: Feedback, number: int, where: str = "") -> Group:
    """The feedback on the screen; `where` is what printed commands need besides (` --store X`)."""
    from rich.console import Group

    path = feedback.path
    parts: list[RenderableType] = [
        _styled("Feedback (practice: it enters no score of your calls)", "bold"),
        _text(ENDINGS[feedback.ending]),
        _text(f"Anger  {sparkline(path)}  {path[0]:.1f} to {path[-1]:.1f} over {len(path) - 1} of your lines"),
    ]
    if feedback.goal:
        parts.append(_text(f"To try: {feedback.goal} {GOAL_WORDS[feedback.goal_met]}"))
    parts += [_text(""), _told("Strength", feedback.strength), _told("One thing", feedback.one_thing)]
    parts += [_told("Raised the anger", one) for one in feedback.raised]
    parts.append(_text(""))
    parts += [_check(one) for one in feedback.checks]
    parts.append(_dim(f"Graded by {feedback.graded_by}, as any call; the grader never saw the anger."))
    parts += [_dim(f"Not graded, {one}") for one in feedback.ungraded]
    parts += [_styled(words, "yellow") for words in feedback.disagreements]
    if number:
        parts.append(_text(f"A second go: {again_command(number, feedback.again_from)}{where}"))
    if feedback.next_level:
        parts.append(_text(f"Your next session: level {feedback.next_level} of 5"))
    return Group(*parts)


def _told(label: str, told: Any) -> Text:
    where = f" (your line {told.line})" if told.line else ""
    quote = f" “{told.quote}”" if told.quote else ""
    return _labelled(f"{label}{where}", f"{told.words}{quote}", "green" if label == "Strength" else "yellow")


def _check(check: Any) -> Text:
    from rich.text import Text

    text = Text("  ")
    text.append(f"{VERDICT_WORDS[check.verdict.value]:11}", style=_COLOURS[check.verdict.value])
    text.append(f"{check.plain} ({check.check_id})")
    if check.quote:
        text.append(f"  “{one_line(check.quote)}”", style="italic dim")
    return text


def shown_record(record: Record, number: int) -> Group:
    """A kept session: the talk with its anger, what rewinding left behind, and the feedback."""
    from rich.console import Group

    session = record.session
    parts: list[RenderableType] = [_scene(session, number), _customer(session.card.opening)]
    for at, exchange in enumerate(session.exchanges, 1):
        moves = "; ".join(plain(one.move for one in exchange.moves)) or "no move seen"
        parts += [_you(exchange), _dim(f"  {moves}"), _dim(f"  {gauge(session.anger_path[: at + 1])}")]
        parts += [_customer(exchange.customer.text)]
        parts += [_styled(f"Hint: {exchange.hint}", "yellow")] if exchange.hint else []
    if session.left:
        times = "once" if len(session.left) == 1 else f"{len(session.left)} times"
        parts.append(_dim(f"Gone back {times}; what was left behind is in --format json."))
    parts += [_dim(note) for note in session.notes]
    if record.feedback:
        parts += [_text(""), shown_feedback(record.feedback, number)]
    return Group(*parts)
