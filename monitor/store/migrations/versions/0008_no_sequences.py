"""Ids of units come from the register: no database hands them out.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLES = ("baseline", "roster")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _TABLES:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN unit_id DROP DEFAULT")
            op.execute(f"DROP SEQUENCE IF EXISTS {table}_unit_id_seq")


def downgrade() -> None:
    pass  # the numbers that the sequences would have given were never used
