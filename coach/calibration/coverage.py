"""Which part of the product covers which piece of the guidance, and what is not covered.

`coverage` looks at names alone: a check, a template that grading reaches, or a section and signal of the lists below.
It does not judge whether a check says what the guidance means; that is for people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from coach.errors import BadPlaybook
from coach.playbook.load import GRADING_TEMPLATES, Playbook
from coach.playbook.rubric import GuidanceItem

Kind = Literal["check", "prompt", "report", "digest", "signal", "quiz", "practice", "open"]
State = Literal["covered", "open", "set_aside", "fault"]

NAMES: Mapping[str, frozenset[str]] = {
    "report": frozenset(
        (
            "strength",
            "focus",
            "moment",
            "try_instead",
            "why",
            "practise",
            "your_view",
            "checks",
            "arc",
            "wellbeing",
            "reframing",
            "self_review",
            "stock_phrases",
            "told_you",
            "outcome",
            "trend",
            "recover",
            "note",
            "effort",
            "equipped",
        )
    ),
    "digest": frozenset(
        (
            "coverage",
            "heatmap",
            "recognitions",
            "recurring_issues",
            "blockers",
            "promises",
            "review_queue",
            "improved",
            "one_to_one",
            "pairing",
            "training",
            "hard_calls",
            "stage_means",
        )
    ),
    "signal": frozenset(
        (
            "open_closed_questions",
            "stock_phrases",
            "exaggeration_contradicted",
            "interruptions",
            "customer_thanks",
            "heat",
        )
    ),
    "quiz": frozenset(("bank",)),
    "practice": frozenset(
        (
            "customer",
            "cards",
            "rewind",
            "peer",
            "personas",
            "briefing",
            "exaggeration",
            "exemplars",
            "feedback",
        )
    ),
    # Role-play and quiz exist; playbooks that a trainer copied before still call them open, and stay sound.
    "open": frozenset(("role-play", "quiz", "digest")),
}
"""The names a `covered_by` entry may use after its colon, by what stands before it."""

_LISTED = ", ".join(f"{before}:" for before in NAMES if before != "open")
ITEMS = tuple(f"G{number:02d}" for number in range(1, 101))
NEEDS_A_COVER = frozenset(("criterion", "prompt", "report"))
NEEDS_NOTHING = frozenset(("config", "dropped"))


@dataclass(frozen=True)
class Cover:
    """One entry of `covered_by`: its name as written, what kind of thing it is, and why it does not hold (or "")."""

    name: str
    kind: Kind
    fault: str = ""

    @property
    def real(self) -> bool:
        """True where something that exists today covers the item."""
        return not self.fault and self.kind != "open"


@dataclass(frozen=True)
class Covered:
    """A guidance item and what covers it.

    `state`: `covered` by something real, `open` for later work alone, `set_aside` where it asks for nothing to be
    built (settings, dropped), or `fault`.  `faults` says what does not hold, an entry's or the item's own.
    """

    id: str
    text: str
    embody: tuple[str, ...]
    covers: tuple[Cover, ...]
    faults: tuple[str, ...]

    @property
    def state(self) -> State:
        """The one word for this item."""
        if self.faults:
            return "fault"
        if any(cover.real for cover in self.covers):
            return "covered"
        return "open" if self.covers else "set_aside"

    @property
    def open(self) -> tuple[str, ...]:
        """What later work is to bring, whether or not something real stands beside it."""
        return tuple(cover.name for cover in self.covers if cover.kind == "open")


@dataclass(frozen=True)
class Summary:
    """Counts over all items: a state each, the entries by kind, and the items that wait for later work as well."""

    items: int
    states: Mapping[str, int]
    kinds: Mapping[str, int]
    with_open: int


def coverage(playbook: Playbook) -> list[Covered]:
    """Every item of the guidance in the order of its number; one that the file lacks is a fault."""
    known = {item.id: item for item in playbook.guidance}
    named_by: dict[str, list[str]] = {}
    for check in _checks(playbook):
        for item_id in playbook.rubric.check(check).guidance:
            named_by.setdefault(item_id, []).append(check)
    prompts = _prompts(playbook)
    found = []
    for item_id in sorted({*ITEMS, *known}, key=lambda i: int(i[1:])):
        item = known.get(item_id)
        if item is None:
            found.append(Covered(item_id, "", (), (), ("not in rubrics/guidance.yaml",)))
        else:
            found.append(_covered(item, named_by.get(item_id, []), _checks(playbook), prompts))
    return found


def summary(covered: Iterable[Covered]) -> Summary:
    """The counts over what `coverage` gave."""
    items = list(covered)
    states = Counter[str]({"covered": 0, "open": 0, "set_aside": 0, "fault": 0})
    states.update(item.state for item in items)
    kinds = Counter[str](cover.kind for item in items for cover in item.covers if not cover.fault)
    return Summary(len(items), dict(states), dict(kinds), sum(1 for item in items if item.open))


def _checks(playbook: Playbook) -> list[str]:
    """All checks of the file: one that the house has switched off still stands for its guidance."""
    return [check.id for stage in playbook.rubric.stages for check in stage.checks]


def _prompts(playbook: Playbook) -> frozenset[str]:
    """The templates that grading reaches, with and without their ending; a broken root is lint's to report."""
    reached: set[str] = set()
    for root in GRADING_TEMPLATES:
        try:
            reached.update(playbook.templates.reached(root))
        except BadPlaybook:
            reached.add(root)
    return frozenset((*reached, *(name.removesuffix(".j2") for name in reached)))


def _covered(item: GuidanceItem, named_by: list[str], checks: list[str], prompts: frozenset[str]) -> Covered:
    covers = tuple(_cover(name, item.id, named_by, checks, prompts) for name in item.covered_by)
    faults = [f"{cover.name}: {cover.fault}" for cover in covers if cover.fault]
    faults += [
        f"{check} lists it, but covered_by does not name {check}" for check in named_by if check not in item.covered_by
    ]
    marked = sorted(NEEDS_A_COVER.intersection(item.embody))
    if marked and not any(cover.real for cover in covers):
        faults.append(f"marked {', '.join(marked)} and covered by nothing that exists")
    elif not covers and not NEEDS_NOTHING.issuperset(item.embody):
        faults.append(f"marked {', '.join(item.embody)} and covered by nothing, not even later work")
    return Covered(item.id, item.text, item.embody, covers, tuple(faults))


def _cover(name: str, item_id: str, named_by: list[str], checks: list[str], prompts: frozenset[str]) -> Cover:
    before, colon, after = name.partition(":")
    if not colon:
        if name not in checks:
            return Cover(name, "check", "the rubric has no such check")
        return Cover(name, "check", "" if name in named_by else f"the check's guidance does not list {item_id}")
    if before == "prompt":
        return Cover(name, "prompt", "" if after in prompts else "grading reaches no such template")
    if before in NAMES:
        return Cover(name, cast(Kind, before), "" if after in NAMES[before] else f"there is no {before} of that name")
    return Cover(name, "open", f"neither a check nor prompt:, {_LISTED} or open:")
