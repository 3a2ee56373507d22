"""Reports of milestones are accepted, or sent back with a reason.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COLUMNS = ("verdict", "verdict_at", "reason")

loses = {"milestone": _COLUMNS}


def upgrade() -> None:
    """A downgrade takes the verdicts with it; the history keeps them."""
    for column in (
        sa.Column("verdict", sa.String(16)), sa.Column("verdict_at", sa.String(32)), sa.Column("reason", sa.Text)
    ):  # fmt: skip
        op.add_column("milestone", column)


def downgrade() -> None:
    for column in _COLUMNS:
        op.drop_column("milestone", column)
