"""The tree of units, what the tables said of it, the sums over it, and the batches that brought them."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from monitor.figures import LEVELS, QUEUE
from monitor.store.schema.columns import EVERYWHERE, SPREAD, Day, Moment, big_table, count, metadata

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
Index("ix_unit_office_below", unit.c.shown_parent_id, postgresql_where=_OFFICES, sqlite_where=_OFFICES)
_MERGED = unit.c.successor_id.is_not(None)
Index("ix_unit_merged_foot", unit.c.foot_id, postgresql_where=_MERGED, sqlite_where=_MERGED)
unit_alias = Table(
    "unit_alias",
    metadata,
    Column("alias", String(200), primary_key=True),  # old code or old name
    Column("unit_id", Integer, ForeignKey("unit.id"), primary_key=True),
    info={SPREAD: EVERYWHERE},
)
unit_ancestor = big_table(
    "unit_ancestor",
    Column("unit_id", Integer, primary_key=True),
    Column("ancestor_id", Integer, primary_key=True),
    Column("depth", Integer, nullable=False),
    Index("ix_unit_ancestor_ancestor_id", "ancestor_id", "depth", "unit_id"),
    spread=EVERYWHERE,
)

# ---- what the tables said: leaves only, as imported --------------------------------------------------------------

collection = big_table(
    "collection",
    Column("unit_id", Integer, primary_key=True),
    Column("day", Day, primary_key=True),
    count("expected", nullable=True),  # null: the table did not say; the last known figure is carried
    count("entered"),
    count("submitted"),
    count("numbered", nullable=True),  # null: as above
    Column("batch_id", Integer, nullable=False),
)
review = big_table(
    "review",
    Column("unit_id", Integer, primary_key=True),
    Column("level", Integer, primary_key=True),  # 0 school, 1 county, 2 city, 3 province
    Column("day", Day, primary_key=True),
    *(count(place) for place in QUEUE),
    Column("batch_id", Integer, nullable=False),
)
statistics = big_table(
    "statistics",
    Column("unit_id", Integer, primary_key=True),
    Column("year", Integer, primary_key=True),
    count("staff"),
    count("teachers", nullable=True),
    Column("batch_id", Integer, nullable=False),
)
baseline = big_table(
    "baseline",
    Column("unit_id", Integer, primary_key=True, autoincrement=False),
    count("expected"),
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
rollup = big_table(
    "rollup",
    Column("unit_id", Integer, primary_key=True),
    Column("school_type", String(16), primary_key=True),  # a school type, or a sector: the sum of its types
    Column("day", Day, primary_key=True),
    *(count(name) for name in ROLLUP_FIGURES),
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
