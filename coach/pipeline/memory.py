"""The store as an engine's memory: every reply is kept, and tied to the call it is about."""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar

from coach.engines.exchange import Ledger, Reply
from coach.errors import NotFound, StoreError
from coach.pipeline.progress import Stop
from coach.store import Store

_call_in_hand: ContextVar[str] = ContextVar("call_in_hand")


def in_hand(call_id: str) -> None:
    """Name the call that the questions to come are about, in this task."""
    _call_in_hand.set(call_id)


class CallLedger:
    """The store's memory of replies, which notes for each question whose call it is about: purging a call finds them.

    A store that fails stops the run: nothing more is asked that could not be kept.
    """

    def __init__(self, store: Store, stop: Stop) -> None:
        self._store = store
        self._stop = stop
        self._ledger: Ledger = store.ledger()

    def find(self, key: str) -> Reply | None:
        """The kept reply, or None.

        The question is tied to its call here, before anybody is asked: a disk that is full by then costs no answer
        that was paid for.
        """
        try:
            self._link(key)
            return self._ledger.find(key)
        except StoreError:
            self._stop.ask()
            raise

    def _link(self, key: str) -> None:
        self._store.link_replies(_call_in_hand.get(), [key])

    def keep(self, reply: Reply) -> None:
        """Keep the reply.  Raises StoreError, and has the run stopped, where this or a later one cannot be kept."""
        try:
            self._ledger.keep(reply)
        except StoreError:
            self._stop.ask()
            raise


class VisitorLedger(CallLedger):
    """The same for calls that the store may not hold, and for questions that are about no one call.

    Such a reply is kept under no call, and any purge erases it.
    """

    def _link(self, key: str) -> None:
        with suppress(NotFound, LookupError):
            super()._link(key)
