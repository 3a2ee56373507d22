"""Planning: files recognised and checked against the store as it is; nothing is written."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from weakref import WeakKeyDictionary

import polars as pl

from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.intake.export import total
from monitor.intake.figures import Checked, check_figures
from monitor.intake.files import TableFile, bounds_of, read_sheets, table_files
from monitor.intake.headers import Vocabulary
from monitor.intake.problems import FileRefused, Finding, Refusal
from monitor.intake.recognise import Table, recognise
from monitor.intake.register_table import CheckedUnits, check_units
from monitor.intake.resolve import Calendar, old_units, possible
from monitor.intake.roster import check_rosters
from monitor.intake.sanity import History, find, find_after
from monitor.intake.teachers import Counter
from monitor.store import loads, meta
from monitor.store.engine import Store
from monitor.store.register import change_register, load_register, unit_table
from monitor.units import Register

FIGURE_KINDS = ("collection", "review", "statistics")
_HELD_BYTES = 64 * 1024 * 1024


@dataclass
class Plan:
    """What a file would do. Nothing is written yet.

    Attributes:
        files: the file, or the files of one teacher export that count as one load.
        kind: kind of table; None where the file could not be recognised.
        days: the days of its rows. rows: its data rows, without sums and blank rows; of each of `files` in `rows_of`.
        refused, findings: as problems.Refusal and problems.Finding, in the order of the file; of teacher exports by file.
        tables: what would be loaded, the refused rows left out.
        version: data version of the store that it was checked against.
    """

    files: list[TableFile]
    kind: str | None
    sha256: list[str]
    days: list[date] = field(default_factory=list)
    rows_of: list[int] = field(default_factory=lambda: [0])
    refused_of: list[list[Refusal]] = field(default_factory=lambda: [[]])
    findings_of: list[list[Finding]] = field(default_factory=lambda: [[]])
    tables: loads.Tables = field(default_factory=loads.Tables)
    version: int = 0
    people: pl.DataFrame | None = None
    parts: list[Table] = field(default_factory=list)
    forced_kind: str | None = None
    option: date | None = None

    @property
    def rows(self) -> int:
        """Data rows of all its files."""
        return sum(self.rows_of)

    @property
    def refused(self) -> list[Refusal]:
        """All refusals."""
        return [item for items in self.refused_of for item in items]

    @property
    def findings(self) -> list[Finding]:
        """All findings."""
        return [item for items in self.findings_of for item in items]

    @property
    def file_refused(self) -> bool:
        """Whether the file as a whole is refused: nothing of it can be loaded, whatever is accepted."""
        return any(item.row is None and item.code != "too_many_refused" for item in self.refused)

    @property
    def loadable(self) -> bool:
        """Whether there is a row that could be loaded."""
        tables = self.tables
        frames = (tables.collection, tables.review, tables.statistics, tables.units, tables.rosters)
        return not self.file_refused and any(frame is not None and not frame.is_empty() for frame in frames)

    @property
    def name(self) -> str:
        """Name of the file, or of the files."""
        return "、".join(file.name for file in self.files)

    @property
    def digest(self) -> str:
        """Fingerprint of the file; of several, that of their fingerprints."""
        return self.sha256[0] if len(self.sha256) == 1 else hashlib.sha256("".join(self.sha256).encode()).hexdigest()


# ---- the register, read once while nothing changes it ------------------------------------------------------------

_registers: WeakKeyDictionary[Store, tuple[int, Register]] = WeakKeyDictionary()


def _register(store: Store) -> tuple[int, Register]:
    """The register and the data version at which it was read."""
    with store.connect() as connection:
        version = meta.data_version(connection)
        kept = _registers.get(store)
        if kept is None or kept[0] != version:
            kept = _registers[store] = (version, load_register(connection))
    return kept


def keep_register(store: Store, plan: Plan, batch_id: int | None) -> None:
    """After a load of figures the register is as it was, and its version one higher."""
    kept = _registers.get(store)
    if batch_id is not None and kept is not None and kept[0] == plan.version:
        if plan.tables.units is None:
            _registers[store] = (plan.version + 1, kept[1])
        else:
            del _registers[store]


# ---- plan --------------------------------------------------------------------------------------------------------


def plan(store: Store, campaign: Campaign, path: Path | str, kind: str | None = None, date: date | None = None) -> Plan:
    """What one table file (not an archive of several) would do. Nothing is written; nothing is raised for a bad file.

    `kind` overrules the headers; `date` is the day of the figures where no column says it.
    """
    return plans(store, campaign, [path], kind, date)[0]


def plans(
    store: Store, campaign: Campaign, paths: Sequence[Path | str], kind: str | None = None, date: date | None = None
) -> list[Plan]:
    """What several files, and the tables in archives, would do: one plan a file, those of one teacher export together.

    Each is checked against the store as it is now; where one depends on another, load that first.
    """
    jobs = joined(jobs_of(campaign, [Path(path) for path in paths], kind), date)
    return [plan_job(store, campaign, job, kind, date) for job in jobs]


@dataclass
class Job:
    """Files to be planned as one; recognised as far as that goes. Tables of large files are read again when needed."""

    files: list[TableFile]
    tables: list[list[Table] | None] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    title_days: tuple[date, ...] = ()
    refusal: FileRefused | None = None


def jobs_of(campaign: Campaign, paths: Sequence[Path], kind: str | None) -> list[Job]:
    """The tables of some paths and of the archives among them, registers first: other tables may speak of the units in them."""
    found: list[Job] = []
    left = _HELD_BYTES
    for path in paths:
        try:
            files = table_files(path, bounds_of(campaign))
        except FileRefused as refusal:
            found.append(Job([TableFile(path.name, path)], [None], refusal=refusal))
            continue
        for file in files:
            job = _recognised(campaign, file, kind)
            if len(paths) + len(files) > 2 and file.size > left:
                job.tables = [None]
            else:
                left -= file.size
            found.append(job)
    return sorted(found, key=lambda job: job.kinds[:1] != ["units"])


def _recognised(campaign: Campaign, file: TableFile, kind: str | None) -> Job:
    try:
        tables = _tables(campaign, file, kind)
    except FileRefused as refusal:
        return Job([file], [None], refusal=refusal)
    kinds = list(dict.fromkeys(table.kind for table in tables))
    return Job([file], [tables], kinds, tuple(sorted({day for table in tables for day in table.title_days})))


def _tables(campaign: Campaign, file: TableFile, kind: str | None) -> list[Table]:
    sheets = read_sheets(file, bounds_of(campaign))
    return recognise(sheets, Vocabulary(campaign.intake.synonyms), kind, file.name)


def joined(jobs: list[Job], option: date | None) -> list[Job]:
    """Teacher exports of one day joined: an xlsx ends at 1,048,576 rows, so one export may be several files. Files that say
    no day of their own go on with the one export that does: only the first part of an export has its title."""
    result: list[Job] = []
    exports: dict[tuple[date, ...], Job] = {}
    for job in sorted(jobs, key=lambda job: not job.title_days) if option is None else jobs:
        if job.refusal is not None or job.kinds != ["teachers"]:
            continue
        day = (option,) if option else job.title_days
        if not day and len(exports) == 1:
            (day,) = exports
        if day in exports:
            exports[day].files += job.files
            exports[day].tables += job.tables
        else:
            exports[day] = job
    kept = {id(job) for job in exports.values()}
    for job in jobs:
        if job.refusal is not None or job.kinds != ["teachers"] or id(job) in kept:
            result.append(job)
    return result


def plan_job(
    store: Store, campaign: Campaign, job: Job, kind: str | None, option: date | None, register: Register | None = None
) -> Plan:
    """The plan of one job. `register` is checked against in place of the store's: one that would be after other loads."""
    made = Plan(
        job.files,
        job.kinds[0] if job.kinds else kind,
        [file.sha256() for file in job.files],
        forced_kind=kind,
        option=option,
    )
    made.rows_of = [0] * len(job.files)
    made.refused_of = [[] for _file in job.files]
    made.findings_of = [[] for _file in job.files]
    try:
        if job.refusal is not None:
            raise job.refusal
        _check(store, campaign, job, made, register)
    except FileRefused as refusal:
        made.refused_of[0].append(Refusal(None, None, None, refusal.code, refusal.message))
        made.tables = loads.Tables()
    return made


def _check(store: Store, campaign: Campaign, job: Job, made: Plan, would_be: Register | None) -> None:
    made.version, register = _register(store)
    register = would_be or register
    calendar = Calendar(campaign.start, campaign.today(), made.option)
    if job.kinds == ["teachers"]:
        _check_export(store, campaign, job, made, register, calendar)
        return
    tables = job.tables[0] or _tables(campaign, job.files[0], made.forced_kind)
    if job.kinds == ["roster"]:
        _check_rosters(campaign, tables, made, register, calendar)
        return
    made.parts = tables
    checked, units = _checked(store, campaign, tables, register, calendar)
    by_kind = {part.kind: part.table for part in checked}
    findings = old_units(pl.concat([part.old for part in checked])) if checked else []
    findings += [finding for part in checked for finding in part.findings] + (units.findings if units else [])
    refusals = [item for part in checked for item in part.refused.sentences(tables)]
    refusals += units.refused.sentences(tables) if units else []
    findings += _figures_findings(store, campaign, by_kind.get("collection"), by_kind.get("review"))
    made.days = sorted({day for part in checked for day in part.days})
    made.rows_of = [sum(part.rows for part in checked) + (units.rows if units else 0)]
    made.refused_of = [sorted(refusals, key=_place)]
    made.findings_of = [findings]
    made.tables = loads.Tables(
        by_kind.get("collection"),
        by_kind.get("review"),
        by_kind.get("statistics"),
        units=None if units is None else unit_table(units.table.to_dicts()),
    )


def _checked(
    store: Store, campaign: Campaign, tables: list[Table], register: Register, calendar: Calendar
) -> tuple[list[Checked], CheckedUnits | None]:
    """The tables of one file checked kind by kind; figures against the register as its own register tables leave it."""
    by_kind: dict[str, list[Table]] = {}
    for table in tables:
        by_kind.setdefault(table.kind, []).append(table)
    if not by_kind.keys() <= {"units", *FIGURE_KINDS}:
        raise FileRefused(
            "kind_ambiguous",
            _("A teacher export, and a roster, must be a file of its own. Move the other tables to another file."),
        )
    units = None
    if "units" in by_kind:
        units = check_units(by_kind.pop("units"), register, campaign.root)
        if by_kind and not units.table.is_empty():
            with store.begin(keep=False) as connection:
                change_register(connection, campaign, unit_table(units.table.to_dicts()))
                register = load_register(connection)
    return [check_figures(kind, of_kind, register, calendar) for kind, of_kind in by_kind.items()], units


def _check_rosters(campaign: Campaign, tables: list[Table], made: Plan, register: Register, calendar: Calendar) -> None:
    """Rosters: without a day of their own; the day given is the one on which they came in."""
    came = None if calendar.option is None else possible(calendar.option, calendar)
    checked = check_rosters(tables, register, campaign)
    made.days = [came] if came else []
    made.rows_of = [checked.rows]
    made.refused_of = [sorted(checked.refused.sentences(tables), key=_place)]
    made.findings_of = [checked.findings]
    made.tables = loads.Tables(rosters=checked.table, came_on=came)


def _place(item: Refusal) -> tuple[int, int]:
    return item.sheet, item.row or 1 << 60


def _figures_findings(
    store: Store, campaign: Campaign, collection: pl.DataFrame | None, review: pl.DataFrame | None
) -> list[Finding]:
    if collection is None and review is None:
        return []
    with store.connect() as connection:
        history = History.of(connection, campaign)
        return find(collection, review, history) + find_after(collection, review, history)


def _check_export(
    store: Store, campaign: Campaign, job: Job, made: Plan, register: Register, calendar: Calendar
) -> None:
    counter = Counter(register, calendar)
    for place, file in enumerate(job.files):
        tables = job.tables[place] or _tables(campaign, file, made.forced_kind)
        job.tables[place] = None  # the rows are let go as soon as they are counted
        counter.add(tables)
        made.refused_of[place] = counter.files[-1].refused.sentences(tables)
    export = total(counter)
    made.days = [export.day]
    made.rows_of = export.rows
    made.findings_of = export.findings
    made.findings_of[0] += _figures_findings(store, campaign, export.collection, export.review)
    made.people = export.people
    made.tables = loads.Tables(collection=export.collection, review=export.review)


def plan_again(store: Store, campaign: Campaign, planned: Plan) -> Plan:
    """The same files planned anew, against the store as it is now."""
    jobs = [_recognised(campaign, file, planned.forced_kind) for file in planned.files]
    refusal = next((job.refusal for job in jobs if job.refusal), None)
    kinds = list(dict.fromkeys(kind for job in jobs for kind in job.kinds))
    merged = Job(planned.files, [tables for job in jobs for tables in job.tables], kinds, refusal=refusal)
    return plan_job(store, campaign, merged, planned.forced_kind, planned.option)
