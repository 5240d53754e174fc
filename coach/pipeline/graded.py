"""What the store keeps of one way of grading: its critiques, and the focuses chosen from them.

A store holds every engine's, model's and playbook's side by side; who tells people something tells it from one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from coach.grading.critique import CallCritique
from coach.grading.grade import Grading
from coach.store import Focus, Scope, Store


def critiques_of(store: Store, grading: Grading, scope: Scope, weeks: Collection[str]) -> Iterator[CallCritique]:
    """The critiques of this way of grading, by the start of their calls, a few in memory at a time."""
    return store.critiques(
        scope,
        weeks=weeks,
        playbook=grading.version(),
        engine=grading.engine.name,
        model=grading.engine.model,
        repeats=grading.repeats,
    )


def focuses_of(store: Store, grading: Grading, scope: Scope) -> list[Focus]:
    """The kept focuses of this way of grading, by agent and week."""
    return store.focuses(scope, playbook=grading.version(), engine=grading.engine.name)
