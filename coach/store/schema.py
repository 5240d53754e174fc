"""The tables, in types that SQLite and PostgreSQL both have.

Whatever a model or a person wrote freely is bytes or goes through `Plain`: PostgreSQL refuses NUL and lone
surrogates in TEXT, and a paid reply must never be lost for a character.  The tables are made by `migrations/`
alone; a test holds the two equal.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

REVISION = "0003"
"""The newest migration: an open database that names it needs no migrating."""


class Plain(TypeDecorator[str]):
    """Text of any origin: lone surrogates and NUL are written as escapes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The same text where it is sound, escaped where a database would refuse it."""
        return value and value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


class Bytes(TypeDecorator[str]):
    """Text kept byte for byte, lone surrogates included."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """UTF-8, surrogates passed through."""
        return None if value is None else value.encode("utf-8", "surrogatepass")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text as it was given."""
        return None if value is None else value.decode("utf-8", "surrogatepass")


class Instant(TypeDecorator[datetime]):
    """A moment, kept in UTC; one without an offset is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without an offset cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment with its offset; SQLite gives it back without."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

calls = Table(
    "calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call_id", Plain, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", Plain, nullable=False),
    Column("agent", Plain, nullable=False),
    Column("team", Plain, nullable=False),
    Column("week", Plain, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("channel", Plain, nullable=False),
    Column("redacted", LargeBinary, nullable=False),
    Column("imported_at", Instant, nullable=False),
    Column("source", Plain, nullable=False),
    UniqueConstraint("call_id", "version"),
    Index(None, "agent", "week"),
    Index(None, "week"),
)

# Agent, team and week of a critique are its call's: one truth for a scope to narrow by.
critiques = Table(
    "critiques",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call", ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
    Column("playbook", Plain, nullable=False),
    Column("engine", Plain, nullable=False),
    Column("model", Plain, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("graded_at", Instant, nullable=False),
    Column("critique", LargeBinary, nullable=False),
    UniqueConstraint("call", "playbook", "engine", "model", "repeats"),
)

replies = Table(
    "replies",
    metadata,
    Column("key", Plain, primary_key=True),
    Column("text", Bytes, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("engine", Plain, nullable=False),
    Column("model", Plain, nullable=False),
    Column("finish", Plain, nullable=False),
    Column("refusal", Bytes, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_cached", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("kept_at", Instant, nullable=False),
)

# No foreign key on `key`: a question is linked to its call before it is asked, so that a reply which arrived just
# before a crash can still be purged with its call.
questions = Table(
    "questions",
    metadata,
    Column("call", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Plain, primary_key=True),
    Index(None, "key"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("week", Plain, nullable=False),
    Column("engine", Plain, nullable=False),
    Column("model", Plain, nullable=False),
    Column("playbook", Plain, nullable=False),
    Column("zone", Plain, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("counts", JSON, nullable=False),
    sqlite_autoincrement=True,
)

refusals = Table(
    "refusals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("source", Plain, nullable=False),
    Column("call_id", Plain, nullable=False),
    Column("reason", Plain, nullable=False),
    Column("week", Plain, nullable=False),
    UniqueConstraint("run", "source", "call_id", "reason"),
)

focuses = Table(
    "focuses",
    metadata,
    Column("agent", Plain, primary_key=True),
    Column("week", Plain, primary_key=True),
    Column("playbook", Plain, primary_key=True),
    Column("engine", Plain, primary_key=True),
    Column("team", Plain, nullable=False),
    Column("check_id", Plain, nullable=False),
    Column("rate", Float, nullable=False),
    Column("chances", Integer, nullable=False),
    Column("since", Plain, nullable=False),
)

# Ids are never given twice: a printed page names them, and a purged item's number must not come to mean another.
reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call", ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
    Column("call_id", Plain, nullable=False),
    Column("agent", Plain, nullable=False),
    Column("team", Plain, nullable=False),
    Column("week", Plain, nullable=False),
    Column("kind", Plain, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("content", Plain, nullable=False),
    Column("state", Plain, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("decided_by", Plain, nullable=False),
    Column("decided_at", Instant),
    Column("reason", Plain, nullable=False),
    Column("ruling", JSON(none_as_null=True)),
    Column("seen_by", JSON(none_as_null=True)),
    UniqueConstraint("content"),
    Index(None, "state"),
    Index(None, "call"),
    sqlite_autoincrement=True,
)

# What a session holds of a call (its customer's words) goes with the call; so do quiz items and moments made from one.
practice_sessions = Table(
    "practice_sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call", ForeignKey("calls.id", ondelete="CASCADE")),
    Column("call_id", Plain, nullable=False),
    Column("agent", Plain, nullable=False),
    Column("team", Plain, nullable=False),
    Column("check_id", Plain, nullable=False),
    Column("persona", Plain, nullable=False),
    Column("state", Plain, nullable=False),
    Column("result", Plain, nullable=False),
    Column("level", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("saved_at", Instant, nullable=False),
    Column("session", LargeBinary, nullable=False),
    Index(None, "agent"),
    Index(None, "call"),
    sqlite_autoincrement=True,
)

quiz_answers = Table(
    "quiz_answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call", ForeignKey("calls.id", ondelete="CASCADE")),
    Column("agent", Plain, nullable=False),
    Column("team", Plain, nullable=False),
    Column("item_id", Plain, nullable=False),
    Column("correct", Integer, nullable=False),
    Column("answered_at", Instant, nullable=False),
    Column("memory", Plain, nullable=False),
    Index(None, "agent", "item_id"),
    Index(None, "call"),
)

exemplars = Table(
    "exemplars",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call", ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
    Column("call_id", Plain, nullable=False),
    Column("agent", Plain, nullable=False),
    Column("team", Plain, nullable=False),
    Column("check_id", Plain, nullable=False),
    Column("turn_id", Plain, nullable=False),
    Column("named", Integer, nullable=False),
    Column("shared_at", Instant, nullable=False),
    UniqueConstraint("call", "check_id", "turn_id"),
    Index(None, "check_id"),
)
