"""Chases: what a unit was asked for, and what became of it.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

loses = {"chase": (), "chase_event": ()}


def upgrade() -> None:
    op.create_table(
        "chase",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("obligation", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=24), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("superior_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("sent_at", sa.String(32), nullable=True),
        sa.Column("closed_at", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chase")),
        sa.UniqueConstraint("unit_id", "obligation", "stage", "round", name=op.f("uq_chase_unit_id_obligation_stage_round")),
    )
    op.create_index(op.f("ix_chase_superior_id"), "chase", ["superior_id"])
    op.create_table(
        "chase_event",
        sa.Column("chase_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("chase_id", "seq", name=op.f("pk_chase_event")),
    )


def downgrade() -> None:
    op.drop_table("chase_event")
    op.drop_index(op.f("ix_chase_superior_id"), table_name="chase")
    op.drop_table("chase")
