"""The quiz itself: which items to ask, in which order they are shown, whether an answer is right, and why.

Pure: the same items, answers, agent and day always give the same quiz.  What is kept of an answer, and when an item
is due again, comes from the caller and from `spacing.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from coach.practice.quiz_items import KINDS, Kind, Order, QuizItem, TrueFalse, options_of, texts_of
from coach.practice.spacing import due_at

HANDFUL = 5  # items of this week's own moments in one quiz

TITLES: Mapping[Kind, str] = {
    "better_line": "Pick the better line",
    "missing": "What is missing here?",
    "order": "Put these into the best order",
    "true_false": "True or false, and why?",
}
_TRUE_FALSE = re.compile(r"(t|true|f|false)[\s,.]*([1-9]?)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it was kept: `memory` is the scheduler's line after it."""

    item_id: str
    right: bool
    memory: str


def choose(
    items: Iterable[QuizItem],
    answered: Iterable[Answered],
    *,
    agent: str,
    now: datetime,
    count: int,
    focus: str = "",
    fresh: Collection[str] = (),
) -> list[QuizItem]:
    """Up to `count` items to ask, each once: those that are due, the longest due first; then moments of the agent's
    own week, then new ones about the focus check, then other new ones, then those that come due next.

    `now` carries the offset in which days are counted; `answered` holds the answers oldest first.  `fresh` names the
    items of this week's calls: of the agent's own moments only these are new.
    """
    known = {item.id: item for item in items}
    due = due_dates(known, answered)
    new = [item for item in known.values() if item.id not in due]
    own = [item for item in new if item.id in fresh]
    bank = sorted((item for item in new if not item.call_id), key=lambda item: _lot(agent, now, item.id))
    back = sorted(due, key=lambda item_id: (due[item_id], item_id))
    chosen = [
        *(known[item_id] for item_id in back if is_due(due[item_id], now)),
        *_spread(own, focus)[:HANDFUL],
        *sorted(bank, key=lambda item: focus not in item.checks),
        *(known[item_id] for item_id in back if not is_due(due[item_id], now)),
    ]
    return chosen[:count]


def due_dates(known: Collection[str], answered: Iterable[Answered]) -> dict[str, datetime]:
    """When each answered item is due, of those that are known."""
    latest = {a.item_id: a.memory for a in answered if a.item_id in known}
    return {item_id: due_at(memory) or datetime.min.replace(tzinfo=UTC) for item_id, memory in latest.items()}


def is_due(due: datetime, now: datetime) -> bool:
    """True from the beginning of the day on, in the time zone of `now`: nobody waits for an hour of the clock."""
    return due <= now or due.astimezone(now.tzinfo).date() <= now.date()


def _lot(*seed: object) -> bytes:
    words = (f"{part:%Y-%m-%d}" if isinstance(part, datetime) else str(part) for part in seed)
    return hashlib.sha256("/".join(words).encode()).digest()


def _spread(own: Sequence[QuizItem], focus: str) -> list[QuizItem]:
    """The focus check first, then as many different checks and calls as there are."""
    left, chosen = list(own), list[QuizItem]()
    while left:
        checks = [check for item in chosen for check in item.checks]
        calls = [item.call_id for item in chosen]
        best = min(
            left,
            key=lambda item: (
                focus in checks or focus not in item.checks,
                sum(checks.count(check) for check in item.checks),
                calls.count(item.call_id),
            ),
        )
        left.remove(best)
        chosen.append(best)
    return chosen


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as one agent sees it: `places[n]` is the number in the file (from 0) of what stands at place n."""

    item: QuizItem
    places: tuple[int, ...]

    @property
    def title(self) -> str:
        """The question."""
        return self.item.ask or TITLES[self.item.kind]

    @property
    def texts(self) -> tuple[str, ...]:
        """The options, reasons or moves in the order shown."""
        texts = texts_of(self.item)
        return tuple(texts[place] for place in self.places)


def show(item: QuizItem, agent: str) -> Shown:
    """The item with its options mixed, always the same way for the same agent; moves never stand in a right order."""
    places = sorted(range(len(texts_of(item))), key=lambda n: _lot(agent, item.id, n))
    if isinstance(item, Order) and not item.broken([place + 1 for place in places]):
        places.reverse()
    return Shown(item, tuple(places))


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was understood: places as shown (from 0), and true or false where that was asked."""

    picks: tuple[int, ...]
    verdict: bool | None = None


def how_to_answer(shown: Shown) -> str:
    """What an answer to this item looks like."""
    many = len(shown.places)
    if isinstance(shown.item, Order):
        return f"all {many} numbers in the best order, such as {' '.join(map(str, range(1, many + 1)))}"
    if isinstance(shown.item, TrueFalse):
        return f"t or f and the number of the reason (1 to {many}), such as t 1"
    return f"a number from 1 to {many}"


def parse_answer(shown: Shown, text: str) -> Given | None:
    """What somebody typed, or None where it is no answer to this item."""
    line, many = text.strip(), len(shown.places)
    verdict = None
    if isinstance(shown.item, TrueFalse):
        found = _TRUE_FALSE.fullmatch(line)
        if found is None:
            return None
        verdict, line = found[1].lower().startswith("t"), found[2]
    if not re.fullmatch(r"[1-9](?:[\s,.]*[1-9])*\.?", line, re.ASCII):
        return None
    picks = tuple(int(digit) - 1 for digit in re.findall(r"[1-9]", line))
    expected = many if isinstance(shown.item, Order) else 1
    if len(picks) != expected or len(set(picks)) != expected or max(picks) >= many:
        return None
    return Given(picks, verdict)


def is_half_answer(shown: Shown, text: str) -> bool:
    """True for a bare t or f: the reason is still to be named."""
    found = _TRUE_FALSE.fullmatch(text.strip())
    return isinstance(shown.item, TrueFalse) and found is not None and not found[2]


@dataclass(frozen=True, slots=True)
class Weaker:
    """What is weaker and why: an option with its number as shown, or (number 0) a rule of order that was broken."""

    number: int
    text: str
    because: str
    picked: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """What is said after an answer, as plain values.

    `half` is a right verdict for another reason: it counts as not right.  `best` holds the right options, or the best
    order, with their numbers as shown; `verdict` whether a statement is true.  `guidance` and `rulings` are ids with
    their texts.
    """

    right: bool
    half: bool
    verdict: bool | None
    best: tuple[tuple[int, str], ...]
    why: str
    note: str
    weaker: tuple[Weaker, ...]
    guidance: tuple[tuple[str, str], ...]
    rulings: tuple[tuple[str, str], ...]


def explain(shown: Shown, given: Given, guidance: Mapping[str, str], rulings: Mapping[str, str]) -> Explained:
    """Whether the answer is right, what is best, and why; an id that the playbook does not have is left out."""
    item = shown.item
    verdict = item.answer if isinstance(item, TrueFalse) else None
    weaker = _broken(shown, item, given) if isinstance(item, Order) else _weaker(shown, given)
    well_picked = not any(each.picked for each in weaker)
    return Explained(
        right=well_picked and given.verdict == verdict,
        half=verdict is not None and given.verdict == verdict and not well_picked,
        verdict=verdict,
        best=_best(shown),
        why=item.why,
        note=item.note,
        weaker=weaker,
        guidance=tuple((g, guidance[g]) for g in item.guidance if g in guidance),
        rulings=tuple((r, rulings[r]) for r in item.rulings if r in rulings),
    )


def _best(shown: Shown) -> tuple[tuple[int, str], ...]:
    if isinstance(shown.item, Order):
        at = [shown.places.index(number - 1) for number in shown.item.best]
        return tuple((place + 1, shown.texts[place]) for place in at)
    options = options_of(shown.item)
    return tuple((n, options[place].text) for n, place in enumerate(shown.places, 1) if options[place].right)


def _weaker(shown: Shown, given: Given) -> tuple[Weaker, ...]:
    options = options_of(shown.item)
    return tuple(
        Weaker(place + 1, option.text, option.weaker, place in given.picks)
        for place, option in enumerate(options[number] for number in shown.places)
        if not option.right
    )


def _broken(shown: Shown, item: Order, given: Given) -> tuple[Weaker, ...]:
    """The rules that the given order breaks."""
    order = [shown.places[pick] + 1 for pick in given.picks]
    return tuple(
        Weaker(0, f"“{item.moves[rule.first - 1]}” before “{item.moves[rule.then - 1]}”", rule.because, picked=True)
        for rule in item.broken(order)
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """How an agent stands with some items: asked at least once, right the last time, due today."""

    items: int
    seen: int
    right: int
    due: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How an agent stands with the whole quiz and with each kind; `answers` counts every answer ever given."""

    answers: int
    whole: Tally
    kinds: Mapping[Kind, Tally]


def progress(items: Iterable[QuizItem], answered: Sequence[Answered], now: datetime) -> Progress:
    """An agent's progress over the items there are: an answer to one that is gone counts among `answers` alone."""
    known = {item.id: item for item in items}
    last = {a.item_id: a.right for a in answered}
    due = due_dates(known, answered)

    def tally(ids: Collection[str]) -> Tally:
        seen = [item_id for item_id in ids if item_id in due]
        return Tally(len(ids), len(seen), sum(last[i] for i in seen), sum(is_due(due[i], now) for i in seen))

    kinds = {kind: tally([i for i, item in known.items() if item.kind == kind]) for kind in KINDS}
    return Progress(len(answered), tally(known), kinds)
