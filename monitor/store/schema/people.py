"""Accounts and their sessions, the audit log, what the store says of itself."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, Text

from monitor.store.schema.columns import Moment, metadata

# ---- people ------------------------------------------------------------------------------------------------------

account = Table(
    "account",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("title", String(100), nullable=False),
    Column("role", String(24), nullable=False),
    Column("unit_id", Integer, ForeignKey("unit.id")),
    Column("password", String(100), nullable=False),  # bcrypt
    Column("must_change", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column(
        "directory_id", String(200), unique=True
    ),  # who this is in the office's directory; null: signs in here alone
    Column("language", String(8)),  # that it reads; null: the program's own
)
assertion = Table(  # what the directory has said of somebody and opened a session: good once
    "assertion",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)
session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_name", String(64), ForeignKey("account.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(40), nullable=False),
    Column("detail", JSON),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)


DATA_VERSION = "data_version"
"""Key in `meta` of the number that every change of figures raises: what is cached is cached for one version."""
