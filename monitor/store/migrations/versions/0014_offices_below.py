"""Offices and universities by the office above them, so that a province of a country finds its own without the others'.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OFFICES = sa.text("kind <> 'school'")


def upgrade() -> None:
    op.create_index(
        "ix_unit_office_below", "unit", ["shown_parent_id"], postgresql_where=_OFFICES, sqlite_where=_OFFICES
    )


def downgrade() -> None:
    op.drop_index("ix_unit_office_below", "unit")
