"""The items of the quiz: four kinds of question, read from `rubrics/practice/quiz.yaml` and checked.

Everything in that file is the trainer's to edit.  Which items are asked and whether an answer is right is decided in
`quiz.py`; items from an agent's own calls are made in `quiz_from_calls.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from coach.errors import BadPlaybook
from coach.playbook import strict_yaml
from coach.playbook.load import read_part
from coach.playbook.rubric import CheckId, GuidanceId, Part, Rubric, RulingId, Text
from coach.practice.cast import practice_folder

FILE = "quiz.yaml"
_BANK_ID = re.compile(r"[a-z][a-z0-9_]{2,48}")
Spoken = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(CUSTOMER|AGENT|NOTE): \S")]
"""A line of an exchange with who says it; NOTE is what the agent writes down."""


class Option(Part):
    """One thing to pick: it is `right`, or it says why it is `weaker`."""

    text: Text
    right: bool = False
    weaker: str = ""

    @model_validator(mode="after")
    def _right_or_weaker(self) -> Option:
        if self.right == bool(self.weaker.strip()):
            raise ValueError("an option is either right: true, or says why it is weaker")
        return self


class _Item(Part):
    """What every kind has.  `why` explains the answer; `note` stands beside it where there is more to know.

    `ask` is the question where it is not the kind's own.  `call_id` names the agent's own call that the item was made from; it is empty for an item of the bank.
    """

    id: Text
    checks: tuple[CheckId, ...] = ()
    guidance: tuple[GuidanceId, ...] = ()
    rulings: tuple[RulingId, ...] = ()
    why: Text
    ask: str = ""
    note: str = ""
    call_id: str = ""


class BetterLine(_Item):
    """Pick the better line: a situation, what the customer says, and 2 to 4 lines to answer with."""

    kind: Literal["better_line"]
    situation: Text
    customer: str = ""
    options: tuple[Option, ...] = Field(min_length=2, max_length=4)

    @model_validator(mode="after")
    def _decided(self) -> BetterLine:
        _decide(self.options)
        return self


class Missing(_Item):
    """What is missing here: a short exchange, and 3 or 4 things that could be missing in it."""

    kind: Literal["missing"]
    lines: tuple[Spoken, ...] = Field(min_length=1, max_length=6)
    options: tuple[Option, ...] = Field(min_length=3, max_length=4)

    @model_validator(mode="after")
    def _decided(self) -> Missing:
        _decide(self.options)
        return self


class Rule(Part):
    """One move comes before another (their numbers in the file, from 1), and why."""

    first: int
    then: int
    because: Text


class Order(_Item):
    """Put the moves into the best order.  An order is right when it keeps every rule; `best` is the one to show.

    The sources share few rules of order, so what no rule names is free.
    """

    kind: Literal["order"]
    situation: Text
    moves: tuple[Text, ...] = Field(min_length=3, max_length=5)
    best: tuple[int, ...]
    rules: tuple[Rule, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _ordered(self) -> Order:
        numbers = list(range(1, len(self.moves) + 1))
        if sorted(self.best) != numbers:
            raise ValueError(f"best must hold each number from 1 to {len(self.moves)} once")
        if list(self.best) == numbers:
            raise ValueError("the moves stand in their best order already: mix them, and say the order in best")
        if any(rule.first not in numbers or rule.then not in numbers for rule in self.rules):
            raise ValueError("a rule names a move that is not there")
        if broken := self.broken(self.best):
            raise ValueError(f"best breaks the rule {broken[0].first} before {broken[0].then}")
        if free := set(numbers) - {n for rule in self.rules for n in (rule.first, rule.then)}:
            raise ValueError(f"no rule names move {min(free)}, so it could stand anywhere")
        return self

    def broken(self, order: Sequence[int]) -> list[Rule]:
        """The rules that an order of the moves' numbers breaks."""
        at = {number: place for place, number in enumerate(order)}
        return [rule for rule in self.rules if at[rule.first] >= at[rule.then]]


class TrueFalse(_Item):
    """A statement, whether it is true, and 3 or 4 reasons of which one is right."""

    kind: Literal["true_false"]
    statement: Text
    answer: bool
    reasons: tuple[Option, ...] = Field(min_length=3, max_length=4)

    @model_validator(mode="after")
    def _decided(self) -> TrueFalse:
        _decide(self.reasons)
        return self


QuizItem = BetterLine | Missing | Order | TrueFalse
Kind = Literal["better_line", "missing", "order", "true_false"]
KINDS: tuple[Kind, ...] = ("better_line", "missing", "order", "true_false")


class QuizBank(Part):
    """All items of the bank, in the order of the file."""

    items: tuple[Annotated[QuizItem, Field(discriminator="kind")], ...] = Field(min_length=1)

    def fitting(self, rubric: Rubric) -> Iterator[QuizItem]:
        """The items whose checks are all in force: an item about a check that is switched off is not asked."""
        known = {check.id for check in rubric.checks()}
        return (item for item in self.items if known.issuperset(item.checks))


def options_of(item: QuizItem) -> tuple[Option, ...]:
    """What can be picked: options or reasons; none where moves are put into an order."""
    match item:
        case Order():
            return ()
        case TrueFalse():
            return item.reasons
        case _:
            return item.options


def texts_of(item: QuizItem) -> tuple[str, ...]:
    """The texts an agent picks from or puts into an order, as the file has them."""
    return item.moves if isinstance(item, Order) else tuple(option.text for option in options_of(item))


def load_quiz(folder: Path) -> QuizBank:
    """The items of a playbook's folder, the shipped ones where it has no practice files of its own.

    Raises BadPlaybook with file and line for a fault.
    """
    file = practice_folder(folder) / FILE
    bank = read_part(file, QuizBank)
    seen: set[str] = set()
    for number, item in enumerate(bank.items):
        fault = f"the id {item.id} stands twice" if item.id in seen else _fault(item)
        if fault:
            _, lines = strict_yaml.parse(file.read_text(encoding="utf-8"), file)
            line = lines[("items", number, "id")]
            raise BadPlaybook(f"{item.id}: {fault}", "mend the item", file=file, line=line)
        seen.add(item.id)
    return bank


def _fault(item: QuizItem) -> str:
    """What the bank asks of an item beyond its kind, or an empty string."""
    if not _BANK_ID.fullmatch(item.id):
        return "an id has small letters, digits and underscores, 3 to 49 of them"
    if item.call_id:
        return "an item of the bank belongs to no call"
    if not item.guidance:
        return "it names no guidance that it stands on"
    options = options_of(item)
    if options and sum(option.right for option in options) != 1:
        return "exactly one option is right"
    texts = [text.casefold() for text in texts_of(item)]
    return "two of its options are the same" if len(set(texts)) < len(texts) else ""


def _decide(options: Sequence[Option]) -> None:
    """Raises ValueError where nothing is right, or nothing is weaker."""
    if len({option.right for option in options}) < 2:
        raise ValueError("one option must be right and the others weaker")
