"""Contested verdicts: what an upheld contest came to, and who has seen a decision.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns, empty for every item there is."""
    op.add_column("reviews", sa.Column("ruling", sa.JSON(), nullable=True))
    op.add_column("reviews", sa.Column("seen_by", sa.JSON(), nullable=True))
