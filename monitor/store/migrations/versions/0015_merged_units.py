"""Merged units by the unit under which they count, so that each answer can look for those below it.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MERGED = sa.text("successor_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_unit_merged_foot", "unit", ["foot_id"], postgresql_where=_MERGED, sqlite_where=_MERGED)


def downgrade() -> None:
    op.drop_index("ix_unit_merged_foot", "unit")
