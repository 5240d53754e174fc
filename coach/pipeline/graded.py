"""What the store keeps of one way of grading: its critiques, and the focuses chosen from them.

A store holds every engine's, model's and playbook's side by side; who tells people something tells it from one of them.
Here, and nowhere else, what people decided is laid on what an engine said: whoever tells, reads critiques here; whoever
measures an engine reads it without.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from coach.calls.transcript import Redacted
from coach.grading.critique import CallCritique
from coach.grading.grade import Grading
from coach.pipeline.contests import laid_on, rulings_of
from coach.pipeline.intake import EVERYONE
from coach.playbook.load import Playbook
from coach.store import Focus, Scope, Store


def critiques_of(store: Store, grading: Grading, scope: Scope, weeks: Collection[str]) -> Iterator[CallCritique]:
    """The critiques of this way of grading, rulings laid on, by the start of their calls, a few in memory at a time."""
    book = grading.playbook
    rulings = rulings_of(store, book.rubric, scope, weeks)
    return (laid_on(critique, rulings, book) for critique in engine_critiques_of(store, grading, scope, weeks))


def engine_critiques_of(store: Store, grading: Grading, scope: Scope, weeks: Collection[str]) -> Iterator[CallCritique]:
    """The critiques of this way of grading as the engine gave them, for whoever measures the engine against people."""
    return store.critiques(
        scope,
        weeks=weeks,
        playbook=grading.version(),
        engine=grading.engine.name,
        model=grading.engine.model,
        repeats=grading.repeats,
    )


def critique_of(store: Store, grading: Grading, call: Redacted) -> CallCritique | None:
    """The critique of the newest version of a call by this way of grading, rulings laid on; None where there is none."""
    book = grading.playbook
    found = engine_critique_of(store, grading, call)
    return found and laid_on(found, rulings_of(store, book.rubric, EVERYONE, call_id=call.call_id), book)


def engine_critique_of(store: Store, grading: Grading, call: Redacted) -> CallCritique | None:
    """The same as the engine gave it."""
    return store.critique(
        EVERYONE,
        call.call_id,
        playbook=grading.version(),
        engine=grading.engine.name,
        model=grading.engine.model,
        repeats=grading.repeats,
        digest=call.digest(),
    )


def all_critiques(
    store: Store, book: Playbook, scope: Scope, *, weeks: Collection[str] | None = None, agent: str | None = None
) -> Iterator[CallCritique]:
    """The critiques of every way of grading in a scope; rulings are laid on those of this playbook's rubric."""
    rulings = rulings_of(store, book.rubric, scope, weeks)
    return (laid_on(critique, rulings, book) for critique in store.critiques(scope, weeks=weeks, agent=agent))


def focuses_of(store: Store, grading: Grading, scope: Scope) -> list[Focus]:
    """The kept focuses of this way of grading, by agent and week."""
    return store.focuses(scope, playbook=grading.version(), engine=grading.engine.name)
