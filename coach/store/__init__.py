"""What we keep: calls, critiques, paid replies, runs, focuses, the review queue and practice, in one database.

    with open_store("coach.db") as store:
        store.keep_call(redacted, week="2026-W47", source="c-4501.txt")
        for critique in store.critiques(Scope.of_agent("maya"), weeks=["2026-W47"]): ...

Every read takes a `Scope`: whose calls this reader may see.  Only redacted calls come in.  What the kept things mean
is decided elsewhere.  SQLAlchemy is imported when `open_store` or `Store` is first asked for, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coach.store.kept import Exemplar, Focus, Kept, PracticeRow, Purged, QuizRow, Review, ReviewState, Run, WeekCount
from coach.store.scope import Scope

if TYPE_CHECKING:
    from coach.store.open import open_store
    from coach.store.store import Store

__all__ = [
    "Exemplar",
    "Focus",
    "Kept",
    "PracticeRow",
    "Purged",
    "QuizRow",
    "Review",
    "ReviewState",
    "Run",
    "Scope",
    "Store",
    "WeekCount",
    "open_store",
]


def __getattr__(name: str) -> Any:
    """The two names that need the database library, imported on first use (PEP 562)."""
    if name == "open_store":
        from coach.store.open import open_store

        return open_store
    if name == "Store":
        from coach.store.store import Store

        return Store
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
