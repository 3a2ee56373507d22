"""Units by the days on which they open and close: what a page asks each time must not walk through the register.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COLUMNS = ("opened", "closed")


def upgrade() -> None:
    for column in _COLUMNS:
        op.create_index(f"ix_unit_{column}", "unit", [column])


def downgrade() -> None:
    for column in _COLUMNS:
        op.drop_index(f"ix_unit_{column}", "unit")
