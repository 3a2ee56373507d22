"""Accounts of a directory, what it said of them, and the anchor of the audit log's last entry.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

loses = {"assertion": (), "account": ("directory_id",)}

_UNIQUE = "uq_account_directory_id"
_START = "0" * 64


def upgrade() -> None:
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("directory_id", sa.String(length=200), nullable=True))
        batch.create_unique_constraint(op.f(_UNIQUE), ["directory_id"])
    op.create_table(
        "assertion",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_assertion")),
    )
    connection = op.get_bind()
    last = connection.execute(sa.text("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")).first()
    connection.execute(
        sa.text("INSERT INTO meta (key, value) VALUES ('audit_head', :head)"),
        {"head": f"{last.id}:{last.hash}" if last else f"0:{_START}"},
    )


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'audit_head'")
    op.drop_table("assertion")
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint(op.f(_UNIQUE), type_="unique")
        batch.drop_column("directory_id")
