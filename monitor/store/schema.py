"""The tables of the store, the same on SQLite and PostgreSQL. This is their one definition; migrations follow it.

Two kinds of tables: small ones (units, accounts, batches …) and big ones with a row per unit and day (collection,
review, rollup). Every key of a big table begins with unit_id, so that one unit's series is one range of the index and
the tables can be spread over servers by unit. On SQLite the big tables are WITHOUT ROWID: half the space.

Days are stored as numbers that a person can read (20161125): compact, sortable, the same on every database.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

from monitor.figures import LEVELS, QUEUE

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def day_number(day: date) -> int:
    """20161125 for 2016-11-25."""
    return day.year * 10000 + day.month * 100 + day.day


def day_of(number: int) -> date:
    """2016-11-25 for 20161125."""
    return date(number // 10000, number // 100 % 100, number % 100)


class Day(TypeDecorator[date]):
    """A calendar day, stored as the number 20161125."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | int | None, dialect: Dialect) -> int | None:
        return day_number(value) if isinstance(value, date) else value

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:
        return None if value is None else day_of(value)

    def coerce_compared_value(self, op: Any, value: Any) -> "Day":
        return self


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, stored as ISO text with microseconds, so that it reads and sorts alike everywhere."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


EPOCH = 10101
"""The day from which a unit without an opening date counts (0001-01-01, as a number)."""
FOREVER = 99991231
"""The day on which a unit without a closing date closes (as a number)."""


def _count(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable, server_default=None if nullable else "0")


SPREAD = "spread"
"""Key in a table's `info`: how it is laid over several servers (store/distribution.py); without it, it is on the first."""
EVERYWHERE = "everywhere"
"""Every server has all of the table."""


def _big(name: str, *columns: Any, spread: str = "unit_id") -> Table:
    return Table(name, metadata, *columns, sqlite_with_rowid=False, info={SPREAD: spread})


# ---- the tree of units -------------------------------------------------------------------------------------------

unit = Table(
    "unit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("code", String(32), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sector", String(16), nullable=False),
    Column("school_type", String(16), nullable=False),
    Column("level", String(16)),  # 办学层次 of a university
    Column("ownership", String(16)),  # 举办性质
    Column("run_by", String(16)),  # province, city, county (隶属)
    Column("place_code", String(32)),  # division where a university stands
    Column("parent_id", Integer, index=True),
    Column("opened", Day, index=True),
    Column("closed", Day, index=True),
    Column("successor_id", Integer, index=True),
    # Derived from the above whenever the register changes, so that reads need no walk through the tree:
    Column("shown_parent_id", Integer, index=True),  # nearest ancestor that is not merged into another; null if merged
    Column("head_id", Integer, index=True),  # the reporting unit that this unit's own figures count for; null: for none
    Column("foot_id", Integer),  # the lowest unit whose roll-up counts it
    Column("reporting", Boolean, nullable=False),  # no unit below it in the register
    Column("final_level", String(16), nullable=False),
    Column("chain", String(64), nullable=False),  # review levels, comma separated
    info={SPREAD: EVERYWHERE},
)
# Offices and universities are few among the schools of a country, and asked for by their kind.
_OFFICES = unit.c.kind != "school"
Index("ix_unit_office", unit.c.kind, postgresql_where=_OFFICES, sqlite_where=_OFFICES)
unit_alias = Table(
    "unit_alias",
    metadata,
    Column("alias", String(200), primary_key=True),  # old code or old name
    Column("unit_id", Integer, ForeignKey("unit.id"), primary_key=True),
    info={SPREAD: EVERYWHERE},
)
unit_ancestor = _big(
    "unit_ancestor",
    Column("unit_id", Integer, primary_key=True),
    Column("ancestor_id", Integer, primary_key=True),
    Column("depth", Integer, nullable=False),
    Index("ix_unit_ancestor_ancestor_id", "ancestor_id", "depth", "unit_id"),
    spread=EVERYWHERE,
)

# ---- what the tables said: leaves only, as imported --------------------------------------------------------------

collection = _big(
    "collection",
    Column("unit_id", Integer, primary_key=True),
    Column("day", Day, primary_key=True),
    _count("expected", nullable=True),  # null: the table did not say; the last known figure is carried
    _count("entered"),
    _count("submitted"),
    _count("numbered", nullable=True),  # null: as above
    Column("batch_id", Integer, nullable=False),
)
review = _big(
    "review",
    Column("unit_id", Integer, primary_key=True),
    Column("level", Integer, primary_key=True),  # 0 school, 1 county, 2 city, 3 province
    Column("day", Day, primary_key=True),
    *(_count(place) for place in QUEUE),
    Column("batch_id", Integer, nullable=False),
)
statistics = _big(
    "statistics",
    Column("unit_id", Integer, primary_key=True),
    Column("year", Integer, primary_key=True),
    _count("staff"),
    _count("teachers", nullable=True),
    Column("batch_id", Integer, nullable=False),
)
baseline = _big(
    "baseline",
    Column("unit_id", Integer, primary_key=True, autoincrement=False),
    _count("expected"),
    Column("batch_id", Integer, nullable=False),
)

# ---- sums over leaves, kept up with every load -------------------------------------------------------------------

RUNNING_FIGURES = (  # what stands at the end of the day
    "expected",
    "entered",
    "submitted",
    "numbered",
    "numbered_known",  # leaves whose numbered is known: tells 0 from unknown
    "approved",
    "returned",
    *(f"{place}_{level}" for level in LEVELS for place in QUEUE),
    "total",
    "started",
    "complete",
    "baseline",
    "statistics",
)
DAY_FIGURES = (  # what fell on the day itself
    "reported",  # leaves with figures of their own that day
    "events",  # all that may have changed something; a day without any has no row
)
ROLLUP_FIGURES = (*RUNNING_FIGURES, *DAY_FIGURES)
rollup = _big(
    "rollup",
    Column("unit_id", Integer, primary_key=True),
    Column("school_type", String(16), primary_key=True),  # a school type, or a sector: the sum of its types
    Column("day", Day, primary_key=True),
    *(_count(name) for name in ROLLUP_FIGURES),
)

# ---- batches, their undo and their findings ----------------------------------------------------------------------

batch = Table(
    "batch",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("file", String(300), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("loaded_at", Moment, nullable=False),
    Column("loaded_by", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("loaded", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("corrected", Integer, nullable=False),
    Column("undone_at", Moment),
    Column("undone_by", String(64)),
)
batch_day = Table(
    "batch_day",
    metadata,
    Column("batch_id", Integer, primary_key=True),
    Column("day", Day, primary_key=True, index=True),
)
batch_row = Table(  # what undo needs: the rows that the batch replaced, as they were
    "batch_row",
    metadata,
    Column("batch_id", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("table_name", String(16), nullable=False),
    Column("unit_id", Integer, nullable=False, index=True),
    Column("level", Integer),
    Column("day", Integer),  # a day number, or a year
    Column("before", JSON),  # null: there was no such row
)
finding = Table(
    "finding",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("batch_id", Integer, nullable=False, index=True),
    Column("code", String(40), nullable=False),
    Column("grade", String(16), nullable=False),
    Column("unit_id", Integer, index=True),
    Column("day", Day),
    Column("row", Integer),
    Column("message", Text, nullable=False),
    Column("figures", JSON),
    Column("closed_batch_id", Integer),
    Column("answer", Text),  # the explanation as it stands; how it came to be is in finding_answer
    Column("answered_by", String(64)),
    Column("answered_at", Moment),
)
finding_answer = Table(  # every explanation that was ever given, and every withdrawal: append-only
    "finding_answer",
    metadata,
    Column("finding_id", Integer, ForeignKey("finding.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("actor_title", String(100), nullable=False),  # how it was shown then
    Column("answer", Text),  # null: withdrawn
)

# ---- filings -----------------------------------------------------------------------------------------------------

filing = Table(
    "filing",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("unit_id", Integer, nullable=False),
    Column("form", String(32), nullable=False),  # monthly, roster …
    Column("period", String(16), nullable=False),  # 2016-10
    Column("content", JSON),  # the draft: what people typed, field by field
    Column("submitted_at", Moment),  # the first submission decides
    Column("state", String(16), nullable=False),  # draft, submitted, returned, accepted
    Column("version", Integer, nullable=False, server_default="0"),  # raised by every change
    Column("saved_at", Moment),
    Column("saved_by", String(64)),
    UniqueConstraint("unit_id", "form", "period"),
)
filing_event = Table(  # what became of a filing: append-only
    "filing_event",
    metadata,
    Column("filing_id", Integer, ForeignKey("filing.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),  # an account's name, "" for a list that was loaded
    Column("actor_title", String(100), nullable=False),  # how it was shown then
    Column("state", String(16), nullable=False),  # the state that it led to
    Column("reason", Text),
    Column("version", Integer, nullable=False),  # of the filing
    Column("content", JSON),  # what was submitted, frozen: figures and all
)

form_template = Table(  # forms that an administrator put in place of the shipped ones; every version stays
    "form_template",
    metadata,
    Column("form", String(32), primary_key=True),
    Column("format", String(8), primary_key=True),  # xlsx or docx
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("chosen", Boolean, nullable=False),  # in use; where none is, the shipped one is
    Column("file", String(200), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("added_by", String(64), nullable=False),
)

# ---- rosters of working groups -----------------------------------------------------------------------------------

roster = Table(  # where a unit stands with its roster; who is on it is in roster_member alone
    "roster",
    metadata,
    Column("unit_id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),  # raised by every change: two people at one roster notice each other
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("electronic_at", Moment),  # the first electronic submission decides
    Column("electronic_by", String(64)),
    Column("paper_on", Day),  # the day on which the signed copy came in
    Column("paper_by", String(64)),
    Column("checked_at", Moment),
    Column("checked_by", String(64)),
    Column("accepted_at", Moment),
    Column("accepted_by", String(64)),
    Column("returned_at", Moment),  # null again when it is submitted anew
    Column("returned_by", String(64)),
    Column("reason", Text),  # why it was returned
    Column("erased_at", Moment),
)
roster_member = Table(  # the one table with personal data of the people in charge; an erasure empties it of a unit
    "roster_member",
    metadata,
    Column("unit_id", Integer, primary_key=True),
    # 0: the roster as it is; a batch: the rows that this batch replaced, kept for its undo and read by nobody else.
    Column("replaced_by", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("batch_id", Integer),  # the batch that wrote it; null: filled in by the unit
    Column("duty", String(16), nullable=False),  # leader, lead, member, contact
    Column("person", String(60), nullable=False),
    Column("department", String(100), nullable=False),
    Column("post", String(100), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("mobile", String(40)),
    Column("email", String(120), nullable=False),
)
roster_event = Table(  # what became of a roster, without a word about the people on it
    "roster_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("unit_id", Integer, nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("event", String(24), nullable=False),
    Column("detail", JSON),
)

# ---- milestones --------------------------------------------------------------------------------------------------

milestone = Table(  # what a unit reports of a stage, as it stands; earlier versions are in milestone_event
    "milestone",
    metadata,
    Column("unit_id", Integer, primary_key=True),
    Column("stage", String(40), primary_key=True),  # a key of config.toml
    Column("version", Integer, nullable=False),
    Column("done_on", Day),  # the day on which it was done; null: withdrawn
    Column("note", Text, nullable=False),
    Column("sessions", Integer),  # of a training: how many were held, how many people came, how many schools
    Column("people", Integer),
    Column("schools", Integer),
    Column("reported_at", Moment),  # the first report that was not withdrawn
    Column("reported_by", String(64)),
    Column("verdict", String(16)),  # accepted, returned; null: not judged since it was reported or corrected
    Column("verdict_at", Moment),
    Column("reason", Text),  # of a return
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", String(64), nullable=False),
)
milestone_event = Table(
    "milestone_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("unit_id", Integer, nullable=False, index=True),
    Column("stage", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("event", String(24), nullable=False),
    Column("detail", JSON),
)
milestone_file = Table(  # evidence: kept in the store, so that a backup holds it
    "milestone_file",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("unit_id", Integer, nullable=False, index=True),
    Column("stage", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("added_by", String(64), nullable=False),
)

# ---- bulletins ---------------------------------------------------------------------------------------------------

bulletin = Table(
    "bulletin",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sector", String(16), nullable=False),
    Column("as_of", Day, nullable=False),
    Column("state", String(16), nullable=False),  # draft, published
    Column("revision", Integer, nullable=False),  # raised by every change of the draft
    Column("content", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String(64), nullable=False),
    # What follows is written once, when it is published; nothing of the row changes after that.
    Column("number", String(100), unique=True),  # 〔2016〕3号
    Column("year", Integer),
    Column("serial", Integer),
    Column("withdraws_id", Integer),  # the bulletin that this one withdraws
    Column("docx", LargeBinary),
    Column("pdf", LargeBinary),
    Column("sha256", String(64)),  # of content and files; the audit log has it, too
    Column("published_at", Moment),
    Column("published_by", String(64)),
)
bulletin_event = Table(
    "bulletin_event",
    metadata,
    Column("bulletin_id", Integer, ForeignKey("bulletin.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(24), nullable=False),
    Column("detail", JSON),
)

# ---- chases ------------------------------------------------------------------------------------------------------

chase = Table(  # one entry a unit, obligation and stage; `round` counts how often the same came up again
    "chase",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("unit_id", Integer, nullable=False),
    Column("obligation", String(64), nullable=False),  # monthly:2016-11, collection, finding:<rule> …
    Column("stage", String(24), nullable=False),
    Column("round", Integer, nullable=False),
    Column("superior_id", Integer, nullable=False, index=True),  # the unit directly above: it chases, it gets a copy
    Column("state", String(16), nullable=False),  # draft, sending, sent, done, dropped
    Column("facts", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("channel", String(16)),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("closed_at", Moment),
    UniqueConstraint("unit_id", "obligation", "stage", "round"),
)
chase_event = Table(  # what became of a chase, line by line; nothing is taken back
    "chase_event",
    metadata,
    Column("chase_id", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(16), nullable=False),
    Column("detail", Text),
)

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
