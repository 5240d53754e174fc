"""What a run counts, whom it tells, and how it is brought to an end.  Nothing here prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from coach.calls.transcript import Refused
from coach.grading.critique import CallCritique


class Watch(Protocol):
    """Who is told how a run goes; the command line draws a bar, a test keeps a list."""

    def refused(self, refused: Refused) -> None:
        """One file or call was not taken in."""
        ...

    def passed(self) -> None:
        """One call was read and is not to be graded: it lies in another week, or is only imported."""
        ...

    def graded(self, critique: CallCritique, *, known: bool) -> None:
        """One call has its critique; `known` where the store had it already."""
        ...


class Stop:
    """Ends a run: what is in flight is kept, nothing more is begun.

    Asked for by a person (Ctrl-C), or by the run itself when its store or engine fails.
    """

    def __init__(self) -> None:
        self.asked = False
        self._then: list[Callable[[], None]] = []

    def when_asked(self, act: Callable[[], None]) -> None:
        """Have `act` called at the moment the run is stopped."""
        self._then.append(act)

    def ask(self) -> None:
        """Stop the run; a second time does nothing."""
        if not self.asked:
            self.asked = True
            for act in self._then:
                act()


@dataclass(frozen=True, order=True)
class ForPeople:
    """Something in a call that a person has to look at; in the order in which calls started."""

    started_at: float
    call_id: str
    kind: str
    detail: tuple[tuple[str, str], ...]


@dataclass
class Counts:
    """What a run did.  `known` calls were graded before; `elsewhere` lie outside the week asked for."""

    calls_in: int = 0
    new: int = 0
    changed: int = 0
    elsewhere: int = 0
    graded: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)
    ungraded_stages: int = 0
    ungraded_calls: int = 0
    unproven: int = 0
    quotes: int = 0
    close: int = 0
    weeks: set[str] = field(default_factory=set)
    other_weeks: set[str] = field(default_factory=set)
    for_people: list[ForPeople] = field(default_factory=list)

    def add(self, critique: CallCritique, *, known: bool) -> None:
        """Count one critique."""
        self.graded += 1
        self.known += known
        self.ungraded_stages += len(critique.ungraded)
        self.ungraded_calls += bool(critique.ungraded)
        self.unproven += len(critique.unproven)
        self.quotes += critique.quotes
        self.close += critique.close_quotes
        self.weeks.add(critique.week)
        self.for_people += for_people(critique)


def for_people(critique: CallCritique) -> list[ForPeople]:
    """What no program may decide: critical flags, and text that gives the grader orders."""
    at, call_id = critique.started_at.timestamp(), critique.call_id
    found = [
        ForPeople(
            at,
            call_id,
            "critical_flag",
            (("flag", flag.kind), ("turn", flag.quote.turn_id), ("quote", flag.quote.text)),
        )
        for flag in critique.critical_flags
    ]
    if "instruction_like_text" in critique.problems:
        detail = (("problem", "text that gives the grader orders"),)
        found.append(ForPeople(at, call_id, "instruction_like_text", detail))
    return found
