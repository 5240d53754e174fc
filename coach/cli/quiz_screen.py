"""How the quiz looks: items, answers with their reasons, and progress, for a terminal and as JSON lines.

Every text goes through one line of plain characters and into rich as text, never as markup: some come from calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coach.practice.quiz import Explained, Progress, Shown, Tally
from coach.practice.quiz_items import BetterLine, Kind, Missing, Order, TrueFalse
from coach.reports.safe import one_line

KIND_NAMES: dict[Kind, str] = {
    "better_line": "Better line",
    "missing": "What is missing",
    "order": "Best order",
    "true_false": "True or false",
}
_LABELS = {"CUSTOMER: ": "Customer: ", "AGENT: ": "Agent: ", "NOTE: ": "Note: "}


@dataclass(frozen=True)
class Asked:
    """One answered item: `number` of `of`, `again` where it had been missed before; `due` None where nothing is kept."""

    number: int
    of: int
    again: bool
    shown: Shown
    answer: str
    explained: Explained
    due: datetime | None


def plain(text: str, style: str = "") -> Text:
    """Text as it stands, on one line and without rich's markup."""
    return Text(one_line(text), style=style)


def _body(text: str, style: str = "", *, deep: int = 2) -> Padding:
    return Padding(plain(text, style), (0, 0, 0, deep), expand=False)


def print_item(console: Console, shown: Shown, heading: str) -> None:
    """The question with its numbered options."""
    console.print()
    console.print(plain(f"{heading}: {shown.title}", "bold"))
    for part in _matter(shown):
        console.print(part)
    quoted = isinstance(shown.item, BetterLine)
    for number, text in enumerate(shown.texts, 1):
        line = Table.grid(padding=(0, 1))
        line.add_column(width=4, justify="right")
        line.add_column()
        line.add_row(Text(str(number), style="cyan"), plain(f"“{text}”" if quoted else text))
        console.print(line)


def _matter(shown: Shown) -> Iterator[RenderableType]:
    """What the question is about."""
    item = shown.item
    match item:
        case TrueFalse():
            yield _body(item.statement)
        case Missing():
            for line in item.lines:
                label = next(label for label in _LABELS if line.startswith(label))
                yield _body(_LABELS[label] + line.removeprefix(label))
        case BetterLine() | Order():
            yield _body(item.situation)
            if isinstance(item, BetterLine) and item.customer:
                yield _body(f"Customer: “{item.customer}”")


def print_explained(console: Console, asked: Asked, now: datetime) -> None:
    """Right or not, what is best, why, what is weaker, the guidance and the house's ruling."""
    explained = asked.explained
    console.print(plain(_verdict(asked), "bold green" if explained.right else "bold yellow"))
    console.print(_body(explained.why))
    if explained.note:
        console.print(_body(explained.note, "dim"))
    for weaker in explained.weaker:
        yours = " (yours)" if weaker.picked else ""
        mark = f"{weaker.number}{yours} is weaker" if weaker.number else weaker.text
        console.print(_body(f"{mark}: {weaker.because}", "" if weaker.picked else "dim"))
    for item_id, text in explained.guidance:
        console.print(_body(f"Guidance {item_id}: {text}", "dim"))
    for ruling_id, text in explained.rulings:
        lead = "Where the sources disagree, house rule" if ruling_id.startswith("R") else "House rule"
        console.print(_body(f"{lead} {ruling_id}: {text}", "dim"))
    console.print(_body(_comes_back(asked, now), "dim"))


def _verdict(asked: Asked) -> str:
    explained, item = asked.explained, asked.shown.item
    numbers = [str(number) for number, _ in explained.best]
    truth = "" if explained.verdict is None else "It is true. " if explained.verdict else "It is false. "
    if isinstance(item, Order):
        best = f"The best order: {' '.join(numbers)}."
        return f"Right. {best}" if explained.right else f"Not this order. {best}"
    best = f"{truth}{' and '.join(numbers)} {'is' if len(numbers) == 1 else 'are'} best."
    if explained.half:
        return f"Half right: {truth.lower()}The reason is {numbers[0]}."
    return f"Right. {truth}".strip() if explained.right else f"Not this one. {best}"


def _comes_back(asked: Asked, now: datetime) -> str:
    if asked.due is None:
        return "The call behind this item was erased from the store, so the answer is not kept."
    if not asked.explained.right and not asked.again:
        return "It comes back at the end."
    return f"It comes back {due_words(asked.due, now)}."


def due_words(due: datetime, now: datetime) -> str:
    """A day as people say it."""
    day = due.astimezone(now.tzinfo).date()
    days = (day - now.date()).days
    if days < 1:
        return "in the next session"
    return "tomorrow" if days == 1 else f"in {days} days, on {day:%Y-%m-%d}"


def print_end(console: Console, asked: list[Asked], now: datetime, *, stopped: bool) -> None:
    """How the session went, what is kept, and when to come back."""
    first = [each for each in asked if not each.again]
    if not asked:
        console.print(plain("No answer was given, so nothing is kept."))
        return
    right = sum(each.explained.right for each in first)
    console.print()
    ended = "Stopped here. " if stopped else ""
    latest = {each.shown.item.id: each.due for each in asked if each.due is not None}
    kept = " Every answer is kept." if all(each.due for each in asked) else ""
    console.print(plain(f"{ended}{right} of {len(first)} right at the first try.{kept}", "bold"))
    if latest:
        soonest = min(latest.values())
        words = due_words(soonest, now)
        many = sum(due_words(due, now) == words for due in latest.values())
        console.print(plain(f"{many} of these {'comes' if many == 1 else 'come'} back {words}.", "dim"))


def print_progress(console: Console, agent: str, progress: Progress) -> None:
    """The table of one agent's progress."""
    table = Table(title=plain(f"Quiz, {agent}: {progress.answers} answers so far"), title_justify="left")
    for name in ("", "items", "asked", "right last time", "due today"):
        table.add_column(name, justify="left" if not name else "right")
    for kind, tally in progress.kinds.items():
        table.add_row(KIND_NAMES[kind], *_numbers(tally))
    table.add_section()
    table.add_row("All", *_numbers(progress.whole))
    console.print(table)


def _numbers(tally: Tally) -> tuple[str, ...]:
    return str(tally.items), str(tally.seen), str(tally.right), str(tally.due)


def answer_json(asked: Asked) -> str:
    """One answered item on one line: the item as shown, the answer, the verdict, the explanation, what is kept."""
    item = asked.shown.item
    matter = item.model_dump(include={"id", "kind", "checks", "situation", "customer", "lines", "statement", "call_id"})
    explanation = asdict(asked.explained)
    return _line(
        {
            "number": asked.number,
            "of": asked.of,
            "again": asked.again,
            "item": {**matter, "question": asked.shown.title, "options": list(asked.shown.texts)},
            "answer": asked.answer,
            "right": explanation.pop("right"),
            "half": explanation.pop("half"),
            "explanation": explanation,
            "due": None if asked.due is None else asked.due.isoformat(),
        }
    )


def progress_json(agent: str, progress: Progress) -> str:
    """An agent's progress on one line."""
    return _line({"agent": agent, **asdict(progress)})


def _line(value: Any) -> str:
    return json.dumps(_clean(value), ensure_ascii=False)


def _clean(value: Any) -> Any:
    match value:
        case str():
            return one_line(value)
        case dict():
            return {key: _clean(each) for key, each in value.items()}
        case list() | tuple():
            return [_clean(each) for each in value]
        case _:
            return value
