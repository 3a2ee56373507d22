"""The life of a filing: its version, who saved it when, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

loses = {"filing_event": (), "filing": ("version", "saved_at", "saved_by")}


def upgrade() -> None:
    with op.batch_alter_table("filing") as table:
        table.add_column(sa.Column("version", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("saved_at", sa.String(32), nullable=True))
        table.add_column(sa.Column("saved_by", sa.String(length=64), nullable=True))
    op.create_table(
        "filing_event",
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("actor_title", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_event_filing_id")),
        sa.PrimaryKeyConstraint("filing_id", "seq", name=op.f("pk_filing_event")),
    )
    # What was recorded before was submitted, by a list.
    op.execute(
        "INSERT INTO filing_event (filing_id, seq, at, actor, actor_title, state, version)"
        " SELECT id, 1, submitted_at, '', '', state, 0 FROM filing WHERE submitted_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("filing_event")
    with op.batch_alter_table("filing") as table:
        for column in ("saved_by", "saved_at", "version"):
            table.drop_column(column)
