"""Practice as it is kept: sessions, quiz answers, and moments that an agent shares.

A session is written after every line, whole, so that a crash costs nothing said.  What stands in it, and when an item
is due, is decided elsewhere.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from coach.errors import NotFound, StoreBusy
from coach.store.critiques import newest_of
from coach.store.database import Database
from coach.store.kept import Exemplar, PracticeRow, QuizRow
from coach.store.schema import exemplars, practice_sessions, quiz_answers
from coach.store.scope import Scope

_SESSION = [c for c in practice_sessions.c if c.name not in ("call", "saved_at")]
_EXEMPLAR = [c for c in exemplars.c if c.name != "call"]


class Practice:
    """The part of the store that holds practice sessions."""

    _database: Database

    def begin_session(self, row: PracticeRow) -> int:
        """Keep a new session and give its id, never given twice (`row.id` is not looked at).

        Raises NotFound where it names a call that is not in the store.
        """
        values = {c.name: getattr(row, c.name) for c in _SESSION if c.name != "id"}
        with self._database.writing() as connection:
            call = _call(connection, row.call_id)
            statement = insert(practice_sessions).values(call=call, saved_at=datetime.now(UTC), **values)
            return int(connection.execute(statement.returning(practice_sessions.c.id)).scalar_one())

    def save_session(
        self, session_id: int, session: bytes, *, before: bytes, state: str = "open", result: str = ""
    ) -> bool:
        """Keep where a session stands; False where it is gone (its call was erased), and then nothing is written.

        `before` is the session as this writer last knew it.  Raises StoreBusy where it is another by now: somebody
        else went on with it, and nothing of theirs is written over.
        """
        values = {"session": session, "state": state, "result": result, "saved_at": datetime.now(UTC)}
        here = practice_sessions.c.id == session_id
        with self._database.writing() as connection:
            mine = update(practice_sessions).where(here, practice_sessions.c.session == before)
            if connection.execute(mine.values(**values)).rowcount:
                return True
            if connection.execute(select(practice_sessions.c.id).where(here)).one_or_none() is None:
                return False
        raise StoreBusy(f"session {session_id} was gone on with elsewhere", "resume it to see where it stands")

    def sessions(
        self, scope: Scope, *, agent: str | None = None, state: str | None = None, check_id: str | None = None
    ) -> list[PracticeRow]:
        """The sessions in a scope, in the order they began."""
        query = select(*_SESSION).where(scope.where(practice_sessions)).order_by(practice_sessions.c.id)
        for column, wanted in (
            (practice_sessions.c.agent, agent),
            (practice_sessions.c.state, state),
            (practice_sessions.c.check_id, check_id),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        with self._database.reading() as connection:
            return [PracticeRow(**row._mapping) for row in connection.execute(query)]

    def session(self, scope: Scope, session_id: int) -> PracticeRow | None:
        """One session; None where there is none in this scope."""
        query = select(*_SESSION).where(scope.where(practice_sessions), practice_sessions.c.id == session_id)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else PracticeRow(**row._mapping)


class QuizAnswers:
    """The part of the store that holds what agents answered in the quiz."""

    _database: Database

    def keep_answer(self, row: QuizRow, *, team: str, call_id: str = "") -> None:
        """Add an answer; `call_id` names the call that the item was made from, and the answer goes with it."""
        values = {c: getattr(row, c) for c in ("agent", "item_id", "answered_at", "memory")}
        with self._database.writing() as connection:
            call = _call(connection, call_id)
            connection.execute(insert(quiz_answers).values(call=call, team=team, correct=int(row.correct), **values))

    def answers(self, scope: Scope, *, agent: str | None = None) -> list[QuizRow]:
        """Every answer in a scope, oldest first."""
        columns = [quiz_answers.c[name] for name in ("agent", "item_id", "correct", "answered_at", "memory")]
        query = select(*columns).where(scope.where(quiz_answers)).order_by(quiz_answers.c.id)
        if agent is not None:
            query = query.where(quiz_answers.c.agent == agent)
        with self._database.reading() as connection:
            return [QuizRow(**{**row._mapping, "correct": bool(row.correct)}) for row in connection.execute(query)]


class Exemplars:
    """The part of the store that holds moments agents share with colleagues."""

    _database: Database

    def share(self, call_id: str, check_id: str, turn_id: str, *, named: bool) -> int:
        """Share a moment and give its id; sharing it again changes whether the name is shown.

        Whether it is a moment to share (its own, met, proven) is the caller's to know.  Raises NotFound for a call
        that is not in the store.
        """
        with self._database.writing() as connection:
            call = newest_of(connection, call_id)
            values = {"call_id": call_id, "agent": call.agent, "team": call.team, "check_id": check_id}
            statement = upsert(exemplars).values(
                call=call.id, turn_id=turn_id, named=int(named), shared_at=datetime.now(UTC), **values
            )
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["call", "check_id", "turn_id"], set_={"named": statement.excluded.named}
                )
            )
            found = select(exemplars.c.id).where(
                exemplars.c.call == call.id, exemplars.c.check_id == check_id, exemplars.c.turn_id == turn_id
            )
            return int(connection.execute(found).scalar_one())

    def unshare(self, exemplar_id: int) -> None:
        """Take a shared moment back.  Raises NotFound where there is none of that number."""
        with self._database.writing() as connection:
            if not connection.execute(delete(exemplars).where(exemplars.c.id == exemplar_id)).rowcount:
                raise NotFound(f"no shared moment {exemplar_id}", "see `coach practice exemplars`")

    def exemplars(self, scope: Scope, *, check_id: str | None = None) -> list[Exemplar]:
        """The shared moments in a scope, oldest first.

        Sharing is the agent's own decision that colleagues may read this one moment, so a reader's page asks for
        them with the scope of everyone; `named` says whether the name may stand beside it.
        """
        query = select(*_EXEMPLAR).where(scope.where(exemplars)).order_by(exemplars.c.id)
        if check_id is not None:
            query = query.where(exemplars.c.check_id == check_id)
        with self._database.reading() as connection:
            return [Exemplar(**{**row._mapping, "named": bool(row.named)}) for row in connection.execute(query)]


def _call(connection: Connection, call_id: str) -> int | None:
    """The newest version of a call that is named; None where none is.  NotFound for one that is not there."""
    return int(newest_of(connection, call_id).id) if call_id else None
