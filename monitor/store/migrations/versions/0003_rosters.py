"""Rosters of working groups, and milestones.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

loses = {"milestone": (), "milestone_event": (), "milestone_file": (), "roster": (), "roster_event": (), "roster_member": ()}


def upgrade() -> None:
    _milestones()
    _rosters()


def _milestones() -> None:
    op.create_table(
        "milestone",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("schools", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.String(32), nullable=True),
        sa.Column("reported_by", sa.String(length=64), nullable=True),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "stage", name=op.f("pk_milestone")),
    )
    op.create_table(
        "milestone_event",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_event")),
    )
    op.create_index(op.f("ix_milestone_event_unit_id"), "milestone_event", ["unit_id"], unique=False)
    op.create_table(
        "milestone_file",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.String(32), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_file")),
    )
    op.create_index(op.f("ix_milestone_file_unit_id"), "milestone_file", ["unit_id"], unique=False)


def _rosters() -> None:
    op.create_table(
        "roster",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.Column("electronic_at", sa.String(32), nullable=True),
        sa.Column("electronic_by", sa.String(length=64), nullable=True),
        sa.Column("paper_on", sa.Integer(), nullable=True),
        sa.Column("paper_by", sa.String(length=64), nullable=True),
        sa.Column("checked_at", sa.String(32), nullable=True),
        sa.Column("checked_by", sa.String(length=64), nullable=True),
        sa.Column("accepted_at", sa.String(32), nullable=True),
        sa.Column("accepted_by", sa.String(length=64), nullable=True),
        sa.Column("returned_at", sa.String(32), nullable=True),
        sa.Column("returned_by", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_roster")),
    )
    op.create_table(
        "roster_event",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_event")),
    )
    op.create_index(op.f("ix_roster_event_unit_id"), "roster_event", ["unit_id"], unique=False)
    op.create_table(
        "roster_member",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("replaced_by", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("post", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("mobile", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "replaced_by", "seq", name=op.f("pk_roster_member")),
    )


def downgrade() -> None:
    op.drop_table("roster_member")
    op.drop_index(op.f("ix_roster_event_unit_id"), table_name="roster_event")
    op.drop_table("roster_event")
    op.drop_table("roster")
    op.drop_index(op.f("ix_milestone_file_unit_id"), table_name="milestone_file")
    op.drop_table("milestone_file")
    op.drop_index(op.f("ix_milestone_event_unit_id"), table_name="milestone_event")
    op.drop_table("milestone_event")
    op.drop_table("milestone")
