"""The review queue: which calls a person should look at this week.

Critical flags and calls whose text gives orders always; the tenth of the calls with the least proof; and a random
twentieth, chosen by a hash of the call's id, so that asking again picks the same calls.  Nothing here decides a
review, and nothing here knows how the queue is kept.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil

from coach.grading.critique import CallCritique, Verdict
from coach.playbook.rubric import Rubric
from coach.reports.team_parts import DecidedContests, ReviewItem, ReviewKind
from coach.reports.team_tally import TopK

LEAST_PROVEN = 0.10  # share of the calls
AT_RANDOM = 0.05  # share of the calls
KEPT = 50  # items of one kind that are listed; `due` counts them all
KINDS = {
    "critical_flag": "Critical flags",
    "contest": "Contests",
    "instruction_like_text": "Text that gives the grader orders",
    "low_confidence": "Least proven tenth",
    "random": "Random twentieth",
    "not_equipped": "“I did not feel equipped for this one”",
    "comment": "Comments",
}


def proven_share(critique: CallCritique, asked: int) -> float:
    """How much of what was asked is sound, 0 to 1: graded, stable, and resting on exact quotes.

    `asked` is the number of checks in force; a check without a finding is not sound.
    """
    sound = 0
    for finding in critique.findings:
        if finding.verdict is Verdict.UNGRADED or finding.unstable:
            continue
        if critique.close_quotes and any(q.match == "close" for q in (*finding.evidence, *finding.counter)):
            continue
        sound += 1
    return min(1.0, sound / asked) if asked else 0.0


class Picks:
    """Collects what to review from calls seen once each; `chosen` answers at the end."""

    def __init__(self, rubric: Rubric) -> None:
        self._asked = sum(1 for _ in rubric.checks())
        self._flag_names = {flag.id: flag.name for flag in rubric.critical_flags}
        self._calls = 0
        self._counts: dict[str, int] = {"critical_flag": 0, "instruction_like_text": 0}
        self._kept: dict[str, TopK[ReviewItem]] = {
            kind: TopK(KEPT) for kind in ("critical_flag", "instruction_like_text", "low_confidence", "random")
        }

    def add(self, critique: CallCritique) -> None:
        """Look at one call."""
        self._calls += 1
        for n, flag in enumerate(critique.critical_flags):
            name = self._flag_names.get(flag.kind, flag.kind.replace("_", " "))
            self._always("critical_flag", critique, f"{name}: “{flag.quote.text}” ({flag.quote.turn_id})", n)
        if "instruction_like_text" in critique.problems:
            self._always("instruction_like_text", critique, "Graded as if the order were not there.", 0)
        share = proven_share(critique, self._asked)
        # Without a model most checks are open by design: every call would be "least proven".
        if critique.provenance.ai and share < 1:
            low = self._kept["low_confidence"]
            key = (-share, critique.call_id)
            if low.wants(key):
                sound = round(share * self._asked)
                low.add(
                    key, _item("low_confidence", critique, f"{sound} of {self._asked} checks rest on exact quotes.")
                )
        drawn = hashlib.sha256(critique.call_id.encode()).hexdigest()
        if self._kept["random"].wants((drawn,)):
            self._kept["random"].add((drawn,), _item("random", critique, "Drawn at random."))

    def _always(self, kind: str, critique: CallCritique, detail: str, n: int) -> None:
        self._counts[kind] += 1
        self._kept[kind].add((critique.started_at, critique.call_id, n), _item(kind, critique, detail))

    def chosen(self) -> dict[str, tuple[int, list[ReviewItem]]]:
        """For each kind how many are due, and those kept (50 at most), the most pressing first."""
        due = {
            **self._counts,
            "low_confidence": ceil(LEAST_PROVEN * self._calls),
            "random": ceil(AT_RANDOM * self._calls),
        }
        found = {}
        for kind, top in self._kept.items():
            items = top.best_first()[: due[kind]]
            if kind == "random":
                items.sort(key=lambda item: item.call_id)
            # Fewer calls with a doubt than a tenth: then all of those, and no sound call is called doubtful.
            found[kind] = (due[kind] if len(items) == min(due[kind], KEPT) else len(items), items)
        return found


def review_picks(critiques: Iterable[CallCritique], rubric: Rubric) -> tuple[ReviewItem, ...]:
    """What a run should put into the queue (ids empty): all kinds, 50 of each at most."""
    picks = Picks(rubric)
    for critique in critiques:
        picks.add(critique)
    return tuple(item for _, items in picks.chosen().values() for item in items)


def queue(picks: Picks, known: Sequence[ReviewItem]) -> tuple[ReviewKind, ...]:
    """The queue to print: open items of the store, and this week's picks that are not in it yet."""
    taken = {(item.kind, item.call_id) for item in known}
    rows: dict[str, tuple[int, list[ReviewItem]]] = {}
    for kind, (due, items) in picks.chosen().items():
        fresh = [item for item in items if (kind, item.call_id) not in taken]
        rows[kind] = (due - (len(items) - len(fresh)), fresh)
    for item in sorted(known, key=lambda i: (i.call_id, i.id)):
        if item.state == "open":
            due, items = rows.get(item.kind, (0, []))
            rows[item.kind] = (due + 1, [*items, item])
    order = [*KINDS, *sorted(set(rows) - set(KINDS))]
    return tuple(
        ReviewKind(
            kind=kind,
            name=KINDS.get(kind, kind.replace("_", " ").capitalize()),
            due=rows[kind][0],
            items=tuple(rows[kind][1][:KEPT]),
        )
        for kind in order
        if kind in rows and rows[kind][0]
    )


def decided_contests(known: Sequence[ReviewItem]) -> DecidedContests:
    """What became of the contests that people decided."""
    items = tuple(i for i in known if i.kind == "contest" and i.state in ("upheld", "changed", "denied"))
    states = Counter(item.state for item in items)
    return DecidedContests(
        upheld=states["upheld"], changed=states["changed"], denied=states["denied"], items=items[:KEPT]
    )


def _item(kind: str, critique: CallCritique, detail: str) -> ReviewItem:
    return ReviewItem(id="", kind=kind, call_id=critique.call_id, agent=critique.agent, detail=detail)
