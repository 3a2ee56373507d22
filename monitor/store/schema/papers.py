"""What people hand in and send out: filings, rosters, milestones, bulletins, chases."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from monitor.store.schema.columns import Day, Moment, metadata

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
    Column("obligation", String(64), nullable=False),  # filing:2016-11, milestone:work_plan, collection, findings
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
