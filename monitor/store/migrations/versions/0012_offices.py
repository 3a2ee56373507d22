"""Offices and universities by their kind, so that lists of who files what do not walk through the schools of a country.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OFFICES = sa.text("kind <> 'school'")


def upgrade() -> None:
    op.create_index("ix_unit_office", "unit", ["kind"], postgresql_where=_OFFICES, sqlite_where=_OFFICES)


def downgrade() -> None:
    op.drop_index("ix_unit_office", "unit")
