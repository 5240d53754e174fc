"""Erasing: calls and all that hangs on them, down to the bytes of the files.

Copies made elsewhere (pages, exports, backups) are not the store's to find.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, Table, delete, or_, select, true

from coach.store.database import Database
from coach.store.kept import Purged
from coach.store.locks import held
from coach.store.matter import newest
from coach.store.schema import (
    calls,
    critiques,
    exemplars,
    focuses,
    practice_sessions,
    questions,
    quiz_answers,
    refusals,
    replies,
    reviews,
    runs,
)

_DOOMED = calls.alias("doomed")
_WHOLE = calls.alias("whole")


class Purge:
    """The part of the store that forgets."""

    _database: Database

    def hold_batch(self) -> AbstractContextManager[None]:
        """Hold the store as its one batch, for a `with` block; the hold dies with the process.

        Raises StoreBusy where another batch or a purge holds it.  Reading, and single writes, go on beside it.
        """
        return held(self._database.beside("batch"), busy=f"another batch is writing to {self._database.path}")

    def purge(
        self,
        *,
        call_id: str | None = None,
        agent: str | None = None,
        before: datetime | None = None,
        everything: bool = False,
    ) -> Purged:
        """Erase one call, an agent's calls, the calls that started before a moment, or all; exactly one must be named.

        A call goes with all its versions, critiques, queue items and replies, its refusals, and the focuses of its
        agent and week (they rest on it), the practice sessions, quiz answers and shared moments made from it.  With an
        agent, all that agent's practice goes.  Replies that belong to no call are erased as well: nobody can say whose
        words they hold.  The files are then rewritten, so that no erased byte remains in them.

        Raises ValueError unless exactly one is named or for a moment without an offset, StoreBusy while a batch runs or where another process still
        reads an old state (then the rows are gone and a second purge cleans the files).
        """
        if [call_id is not None, agent is not None, before is not None, everything].count(True) != 1:
            raise ValueError("name exactly one of call_id, agent, before and everything")
        with self.hold_batch():
            with self._database.writing() as connection:
                if before is not None:
                    purged = _erase(connection, lambda t: t.c.started_at < before, refused=_refused_before(before))
                elif agent is not None:
                    purged = _erase(
                        connection,
                        lambda t: t.c.agent == agent,
                        focused=focuses.c.agent == agent,
                        practised=lambda t: t.c.agent == agent,
                    )
                elif call_id is not None:
                    purged = _erase(connection, lambda t: t.c.call_id == call_id, refused=refusals.c.call_id == call_id)
                else:
                    purged = _erase(
                        connection, lambda _: true(), refused=true(), focused=true(), practised=lambda _: true()
                    )
                    connection.execute(delete(runs))
            self._database.compact()
        return purged


def _refused_before(moment: datetime) -> ColumnElement[bool]:
    return refusals.c.run.in_(select(runs.c.id).where(runs.c.started_at < moment))


def _erase(
    connection: Connection,
    matches: Callable[[FromClause], ColumnElement[bool]],
    *,
    refused: ColumnElement[bool] | None = None,
    focused: ColumnElement[bool] | None = None,
    practised: Callable[[FromClause], ColumnElement[bool]] | None = None,
) -> Purged:
    """Delete the calls that match, and what rests on them; the last three name rows that go besides.

    Where the newest version matches, the older ones go too: else one of them would become the newest.
    """
    doomed = _DOOMED
    whole = newest(select(_WHOLE.c.call_id), _WHOLE).where(matches(_WHOLE))
    goes = or_(matches(doomed), doomed.c.call_id.in_(whole))
    ids = select(doomed.c.id).where(goes)
    asked = select(questions.c.key)
    unwanted = or_(replies.c.key.in_(asked.where(questions.c.call.in_(ids))), replies.c.key.not_in(asked))
    resting = ids.where(doomed.c.agent == focuses.c.agent, doomed.c.week == focuses.c.week).exists()
    of_call = refusals.c.call_id.in_(select(doomed.c.call_id).where(goes))
    practice = sum(
        _deleted(connection, table, _or(table.c.call.in_(ids), practised and practised(table)))
        for table in (practice_sessions, quiz_answers, exemplars)
    )
    return Purged(
        practice=practice,
        replies=_deleted(connection, replies, unwanted),
        focuses=_deleted(connection, focuses, _or(resting, focused)),
        refusals=_deleted(connection, refusals, _or(of_call, refused)),
        critiques=_deleted(connection, critiques, critiques.c.call.in_(ids)),
        reviews=_deleted(connection, reviews, reviews.c.call.in_(ids)),
        calls=_deleted(connection, calls, calls.c.id.in_(ids)),
    )


def _or(one: ColumnElement[bool], other: ColumnElement[bool] | None) -> ColumnElement[bool]:
    return one if other is None else or_(one, other)


def _deleted(connection: Connection, table: Table, where: ColumnElement[bool]) -> int:
    return int(connection.execute(delete(table).where(where)).rowcount)
