"""The first tables.

Revision ID: 0001
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Calls and what hangs on them, then what stands alone."""
    _calls()
    _of_calls()
    _replies()
    _runs()
    _focuses()


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _instant(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        *_words("call_id"),
        *_numbers("version"),
        *_words("digest", "agent", "team", "week"),
        _instant("started_at"),
        *_words("channel"),
        sa.Column("redacted", sa.LargeBinary(), nullable=False),
        _instant("imported_at"),
        *_words("source"),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.UniqueConstraint("call_id", "version", name="uq_calls_call_id_version"),
    )
    op.create_index("ix_calls_agent_week", "calls", ["agent", "week"])
    op.create_index("ix_calls_week", "calls", ["week"])


def _of_calls() -> None:
    op.create_table(
        "critiques",
        sa.Column("id", sa.Integer(), nullable=False),
        *_numbers("call"),
        *_words("playbook", "engine", "model"),
        *_numbers("repeats"),
        _instant("graded_at"),
        sa.Column("critique", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_critiques"),
        sa.ForeignKeyConstraint(["call"], ["calls.id"], name="fk_critiques_call", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "call", "playbook", "engine", "model", "repeats", name="uq_critiques_call_playbook_engine_model_repeats"
        ),
    )
    op.create_table(
        "questions",
        *_numbers("call"),
        *_words("key"),
        sa.PrimaryKeyConstraint("call", "key", name="pk_questions"),
        sa.ForeignKeyConstraint(["call"], ["calls.id"], name="fk_questions_call", ondelete="CASCADE"),
    )
    op.create_index("ix_questions_key", "questions", ["key"])
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        *_numbers("call"),
        *_words("call_id", "agent", "team", "week", "kind"),
        sa.Column("detail", sa.JSON(), nullable=False),
        *_words("content", "state"),
        _instant("queued_at"),
        *_words("decided_by"),
        _instant("decided_at", nullable=True),
        *_words("reason"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.ForeignKeyConstraint(["call"], ["calls.id"], name="fk_reviews_call", ondelete="CASCADE"),
        sa.UniqueConstraint("content", name="uq_reviews_content"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reviews_state", "reviews", ["state"])
    op.create_index("ix_reviews_call", "reviews", ["call"])


def _replies() -> None:
    op.create_table(
        "replies",
        *_words("key"),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        *_words("engine", "model", "finish"),
        sa.Column("refusal", sa.LargeBinary(), nullable=False),
        *_numbers("tokens_in", "tokens_cached", "tokens_out", "attempts"),
        _instant("kept_at"),
        sa.PrimaryKeyConstraint("key", name="pk_replies"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        *_words("week", "engine", "model", "playbook", "zone"),
        _instant("started_at"),
        _instant("finished_at", nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        *_numbers("run"),
        *_words("source", "call_id", "reason", "week"),
        sa.PrimaryKeyConstraint("id", name="pk_refusals"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_refusals_run", ondelete="CASCADE"),
        sa.UniqueConstraint("run", "source", "call_id", "reason", name="uq_refusals_run_source_call_id_reason"),
    )


def _focuses() -> None:
    op.create_table(
        "focuses",
        *_words("agent", "week", "playbook", "engine", "team", "check_id"),
        sa.Column("rate", sa.Float(), nullable=False),
        *_numbers("chances"),
        *_words("since"),
        sa.PrimaryKeyConstraint("agent", "week", "playbook", "engine", name="pk_focuses"),
    )
