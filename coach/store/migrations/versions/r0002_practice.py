"""Practice: sessions, quiz answers, shared moments.

Revision ID: 0002
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables; what rests on a call goes with it."""
    op.create_table(
        "practice_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=True),
        *_words("call_id", "agent", "team", "check_id", "persona", "state", "result"),
        sa.Column("level", sa.Integer(), nullable=False),
        _instant("started_at"),
        _instant("saved_at"),
        sa.Column("session", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_practice_sessions"),
        sa.ForeignKeyConstraint(["call"], ["calls.id"], name="fk_practice_sessions_call", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_practice_sessions_agent", "practice_sessions", ["agent"])
    op.create_index("ix_practice_sessions_call", "practice_sessions", ["call"])
    op.create_table(
        "quiz_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=True),
        *_words("agent", "team", "item_id"),
        sa.Column("correct", sa.Integer(), nullable=False),
        _instant("answered_at"),
        *_words("memory"),
        sa.PrimaryKeyConstraint("id", name="pk_quiz_answers"),
        sa.ForeignKeyConstraint(["call"], ["calls.id"], name="fk_quiz_answers_call", ondelete="CASCADE"),
    )
    op.create_index("ix_quiz_answers_agent_item_id", "quiz_answers", ["agent", "item_id"])
    op.create_index("ix_quiz_answers_call", "quiz_answers", ["call"])
    op.create_table(
        "exemplars",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        *_words("call_id", "agent", "team", "check_id", "turn_id"),
        sa.Column("named", sa.Integer(), nullable=False),
        _instant("shared_at"),
        sa.PrimaryKeyConstraint("id", name="pk_exemplars"),
        sa.ForeignKeyConstraint(["call"], ["calls.id"], name="fk_exemplars_call", ondelete="CASCADE"),
        sa.UniqueConstraint("call", "check_id", "turn_id", name="uq_exemplars_call_check_id_turn_id"),
    )
    op.create_index("ix_exemplars_check_id", "exemplars", ["check_id"])


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _instant(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
