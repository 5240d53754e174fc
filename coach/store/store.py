"""The store: one class over the parts that hold calls, critiques, runs, focuses, reviews, practice and replies.

Made by `open_store` alone.
"""

from __future__ import annotations

from pathlib import Path

from coach.store.calls import Calls
from coach.store.critiques import Critiques
from coach.store.database import Database
from coach.store.ledger import ReplyLedger
from coach.store.practice import Exemplars, Practice, QuizAnswers
from coach.store.purge import Purge
from coach.store.reviews import Reviews
from coach.store.runs import Focuses, Runs


class Store(Calls, Critiques, Runs, Focuses, Reviews, Practice, QuizAnswers, Exemplars, Purge):
    """Everything that is kept, in one database.

    Writes are on the disk when they return.  Every read takes a `Scope` first.  Methods raise StoreError (StoreBusy
    where another process writes for too long) and may be called from several threads.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def path(self) -> Path:
        """The database's file."""
        return self._database.path

    def ledger(self) -> ReplyLedger:
        """The kept replies, for `Recall`; puts disk space aside first, so make it before asking anybody."""
        return ReplyLedger(self._database)
