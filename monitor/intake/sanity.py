"""Figures that cannot be, or that someone should explain. The rows are loaded; these findings go with them.

submitted > entered, entered > expected, a queue that does not balance (docs/definitions.md), a figure that only grows but
fell, a jump within a day. Earlier figures come from the store and from the file itself, whichever is newer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.figures import LEVEL_NAMES, LEVELS
from monitor.i18n import _
from monitor.intake.headers import KINDS
from monitor.intake.problems import FINDINGS, Finding
from monitor.store import read

RULES: Final = frozenset({"submitted_over_entered", "entered_over_expected", "queue_unbalanced", "figure_fell", "jump"})
"""Codes of the findings that are made here."""
_GROWING: Final = ("entered", "submitted", "numbered")
_KEY: Final = ["unit_id", "day"]
_SAID: Final = ["sheet", "row", "unit", "unit_name", "chain"]


@dataclass(frozen=True)
class History:
    """What the store knows, and from what on a rise is a jump.

    `days` are those that have figures: where a file's days are all new, the store need be asked far less.
    """

    connection: Connection
    days: Sequence[date]
    jump_share: float
    jump_min: int

    @classmethod
    def of(cls, connection: Connection, campaign: Campaign) -> "History":
        """The history of the store behind a connection."""
        return cls(connection, read.snapshot_days(connection), campaign.intake.jump_share, campaign.intake.jump_min)

    def known(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Those of the keys (unit_id, day) of which there may be figures."""
        return keys.select(_KEY).filter(pl.col("day").is_in(list(self.days)))


def _names() -> dict[str, str]:
    names = {key: KINDS["collection"].columns[key].name for key in KINDS["collection"].counts}
    return names | {f"approved_{level}": _("approved ({level})").format(level=LEVEL_NAMES[level]) for level in LEVELS}


def find(collection: pl.DataFrame | None, review: pl.DataFrame | None, history: History) -> list[Finding]:
    """Findings about the rows of a file.

    Args:
        collection, review: rows to load as figures.Checked.table has them.
    """
    found: list[Finding] = []
    wide = None if review is None or review.is_empty() else _wide(review)
    if collection is not None and not collection.is_empty():
        collection = _expected_carried(collection, history)
        found += _impossible(collection)
        found += _moved(collection, history, _GROWING, ("entered", "submitted"))
    else:
        collection = None
    if wide is not None:
        approved = [f"approved_{level}" for level in LEVELS if f"approved_{level}" in wide.columns]
        final = wide.with_columns(expected=pl.lit(None, pl.Int64), final=_final(wide))
        found += _moved(final, history, tuple(approved), ("final",))
    found += _unbalanced(collection, wide, history)
    return sorted(found, key=lambda item: (item.sheet, item.row or 0))


def find_after(collection: pl.DataFrame | None, review: pl.DataFrame | None, history: History) -> list[Finding]:
    """Findings about days that the file says nothing of: what it says of a day may be more than a unit has on its next one.

    They are of that next day, and name the row of the file before it. Arguments as for find(). A file of new days, as most
    are, has none.
    """
    found: list[Finding] = []
    newest = max(history.days, default=date.min)
    if collection is not None and (collection["day"] < newest).any():
        rows = _expected_carried(collection, history)
        after = _after(rows, read.collection_after, history)
        found += _of(after, _moved(_with_next(rows, after), history, _GROWING, ("entered", "submitted")))
    if review is not None and (review["day"] < newest).any():
        rows = _wide(review)
        approved = tuple(f"approved_{level}" for level in LEVELS if f"approved_{level}" in rows.columns)
        after = _after(rows, read.review_after, history).select(*_KEY, *_SAID, *approved)
        both = _with_next(rows, after).with_columns(expected=pl.lit(None, pl.Int64))
        found += _of(after, _moved(both.with_columns(final=_final(both)), history, approved, ("final",)))
    return found


def _after(rows: pl.DataFrame, read_after: Callable[..., pl.DataFrame], history: History) -> pl.DataFrame:
    """The next own days of a file's units that are no days of theirs in the file: their figures, and what _SAID names of the newest
    row of the file before each."""
    after = read_after(history.connection, rows.select(_KEY)).sort(_KEY).unique(["unit_id", "next_day"], keep="last")
    after = after.join(rows, left_on=["unit_id", "next_day"], right_on=_KEY, how="anti")
    return after.join(rows.select(*_KEY, *_SAID), on=_KEY).drop("day").rename({"next_day": "day"})


def _with_next(rows: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The rows of units that have days to follow, and those days."""
    own = rows.join(after, on="unit_id", how="semi").select(after.columns)
    return pl.concat([own, after], how="vertical_relaxed")


def _of(after: pl.DataFrame, found: list[Finding]) -> list[Finding]:
    days = set(after.select(_KEY).iter_rows())
    return [item for item in found if (item.unit_id, item.day) in days]


def _expected_carried(rows: pl.DataFrame, history: History) -> pl.DataFrame:
    """Where the file does not say how many are expected, what was known of that day or before."""
    unsaid = rows.filter(pl.col("expected").is_null())
    if unsaid.is_empty():
        return rows
    known = read.collection_on(history.connection, unsaid.select(_KEY)).select(*_KEY, carried="expected")
    rows = rows.join(known, on=_KEY, how="left", maintain_order="left")
    return rows.with_columns(expected=pl.coalesce("expected", "carried")).drop("carried")


def _wide(review: pl.DataFrame) -> pl.DataFrame:
    """One row a unit and day, a column for each place and level (null where the file says nothing of it)."""
    first = review.group_by(_KEY, maintain_order=True).agg(pl.col("sheet", "row", "unit", "unit_name", "chain").first())
    for level in LEVELS:
        part = review.filter(pl.col("level") == level)
        if not part.is_empty():
            names = {place: f"{place}_{level}" for place in ("pending", "approved", "returned")}
            first = first.join(part.select(*_KEY, *names).rename(names), on=_KEY, how="left", maintain_order="left")
    return first


def _final(wide: pl.DataFrame) -> pl.Expr:
    """What is approved at each unit's own final level."""
    last = pl.col("chain").list.last()
    branches = [
        pl.when(last == level).then(pl.col(f"approved_{level}"))
        for level in LEVELS
        if f"approved_{level}" in wide.columns
    ]
    return pl.coalesce(branches) if branches else pl.lit(None, pl.Int64)


def _make(code: str, line: dict[str, Any], message: str, values: dict[str, int | str]) -> Finding:
    return Finding(
        code, FINDINGS[code], line["unit"], line["unit_id"], line["day"], line["row"], message, values, line["sheet"]
    )


def _impossible(rows: pl.DataFrame) -> list[Finding]:
    found = []
    for line in rows.filter(pl.col("submitted") > pl.col("entered")).iter_rows(named=True):
        message = _("{unit} {name}: {submitted} submitted, but only {entered} entered. Check both figures.")
        values = {"submitted": line["submitted"], "entered": line["entered"]}
        found.append(
            _make(
                "submitted_over_entered",
                line,
                message.format(unit=line["unit"], name=line["unit_name"], **values),
                values,
            )
        )
    for line in rows.filter(pl.col("entered") > pl.col("expected")).iter_rows(named=True):
        message = _("{unit} {name}: {entered} entered, but only {expected} expected. Check who is in scope.")
        values = {"entered": line["entered"], "expected": line["expected"]}
        found.append(
            _make(
                "entered_over_expected",
                line,
                message.format(unit=line["unit"], name=line["unit_name"], **values),
                values,
            )
        )
    return found


def _moved(rows: pl.DataFrame, history: History, growing: tuple[str, ...], jumping: tuple[str, ...]) -> list[Finding]:
    """Figures that fell, and figures that jumped, since the newest day before."""
    if rows.is_empty():
        return []
    rows = _with_previous(rows, history, tuple(dict.fromkeys((*growing, *jumping))))
    fell = pl.any_horizontal((pl.col(name) < pl.col(f"{name}~")).fill_null(False) for name in growing)
    gap = (pl.col("day") - pl.col("day~")).dt.total_days().clip(1)
    base = pl.coalesce("expected", "expected~")
    limit = pl.max_horizontal(base * history.jump_share, pl.lit(float(history.jump_min))) * gap
    jumps = {name: ((pl.col(name) - pl.col(f"{name}~")) > limit).fill_null(False) for name in jumping}
    names = _names()
    found = []
    for line in rows.filter(fell).iter_rows(named=True):
        pairs = {
            name: (line[f"{name}~"], line[name])
            for name in growing
            if _both(line, name) and line[name] < line[f"{name}~"]
        }
        said = "；".join(
            _("{figure} from {before} to {now}").format(figure=names[name], before=a, now=b)
            for name, (a, b) in pairs.items()
        )
        message = _(
            "{unit} {name}: figures fell since {day}: {figures}. Correct them, or explain them (for example: records were withdrawn)."
        ).format(unit=line["unit"], name=line["unit_name"], day=line["day~"], figures=said)
        found.append(_make("figure_fell", line, message, _values(pairs)))
    for line in (
        rows.filter(pl.any_horizontal(jumps.values()))
        .with_columns(**{f"{n}^": e for n, e in jumps.items()})
        .iter_rows(named=True)
    ):
        pairs = {name: (line[f"{name}~"], line[name]) for name in jumping if line[f"{name}^"]}
        shown = names | {"final": names[f"approved_{line['chain'][-1]}"]}
        said = "；".join(
            _("{figure} from {before} to {now}").format(figure=shown[name], before=a, now=b)
            for name, (a, b) in pairs.items()
        )
        message = _(
            "{unit} {name}: figures rose unusually since {day}: {figures}. Check them, or explain them."
        ).format(unit=line["unit"], name=line["unit_name"], day=line["day~"], figures=said)
        found.append(_make("jump", line, message, _values(pairs)))
    return found


def _both(line: dict[str, Any], name: str) -> bool:
    return line[name] is not None and line[f"{name}~"] is not None


def _values(pairs: dict[str, tuple[int, int]]) -> dict[str, int | str]:
    values: dict[str, int | str] = {}
    for name, (before, now) in pairs.items():
        key = "approved" if name == "final" else name
        values |= {key: now, f"{key}_before": before}
    return values


def _with_previous(rows: pl.DataFrame, history: History, names: tuple[str, ...]) -> pl.DataFrame:
    """Each row with the figures of the newest day before it, as <name>~ and day~: the file's own earlier day, or the store's."""
    keys = rows.select(_KEY)
    first, last = keys["day"].min(), keys["day"].max()
    if not any(first <= day < last for day in history.days):  # type: ignore[operator]
        keys = keys.group_by("unit_id").agg(pl.col("day").min())  # between the file's own days the store has nothing
    if "final" in names:
        levels = [name.removeprefix("approved_") for name in names if name != "final"]
        known = read.approved_before(history.connection, keys, levels).rename({"review_day": "day@"})
        known = known.join(rows.select("unit_id", "chain").unique("unit_id"), on="unit_id", how="left")
        known = known.with_columns(final=_final(known))
    else:
        known = read.collection_before(history.connection, keys).rename({"collection_day": "day@"})
    carried = ["expected", *names]
    known = known.select(*_KEY, "day@", *(pl.col(name).alias(f"{name}@") for name in carried))
    rows = rows.sort(_KEY).join(known, on=_KEY, how="left", maintain_order="left")
    own = [
        pl.col("day").shift(1).over("unit_id").alias("day#"),
        *(pl.col(name).shift(1).over("unit_id").alias(f"{name}#") for name in carried),
    ]
    if rows["unit_id"].is_duplicated().any():
        rows = rows.with_columns(own)
        newer = pl.col("day#").is_not_null() & (pl.col("day@").is_null() | (pl.col("day#") >= pl.col("day@")))
        made = [
            pl.when(newer)
            .then(pl.coalesce(f"{name}#", f"{name}@"))
            .otherwise(pl.coalesce(f"{name}@", f"{name}#"))
            .forward_fill()
            .over("unit_id")
            .alias(f"{name}~")
            for name in ("day", *carried)
        ]
    else:
        made = [pl.col(f"{name}@").alias(f"{name}~") for name in ("day", *carried)]
    return rows.with_columns(made)


def _unbalanced(collection: pl.DataFrame | None, wide: pl.DataFrame | None, history: History) -> list[Finding]:
    """Queues that do not balance on a day that has both tables: submitted against the first level, level against level."""
    parts = [
        frame.select(*_KEY, "unit", "unit_name", "chain", "sheet", "row")
        for frame in (collection, wide)
        if frame is not None
    ]
    if not parts:
        return []
    rows = pl.concat(parts).unique(_KEY, keep="first", maintain_order=True)
    places = [f"{place}_{level}" for level in LEVELS for place in ("pending", "approved", "returned")]
    rows = _with_stored(rows, collection, wide, history)
    for frame, names in ((collection, ["submitted"]), (wide, places)):
        said = [name for name in names if frame is not None and name in frame.columns]
        if frame is not None and said:
            rows = rows.join(frame.select(*_KEY, *said), on=_KEY, how="left", maintain_order="left")
        rows = rows.with_columns(
            (pl.coalesce(name, f"{name}@") if name in said else pl.col(f"{name}@")).alias(name) for name in names
        )
    found = []
    for chain in rows["chain"].unique().to_list():
        found += _of_chain(rows.filter(pl.col("chain") == pl.lit(chain, pl.List(pl.String))), list(chain))
    return found


def _with_stored(
    rows: pl.DataFrame, collection: pl.DataFrame | None, wide: pl.DataFrame | None, history: History
) -> pl.DataFrame:
    """Rows with what the store has of their days and the file does not say: submitted@, <place>_<level>@."""
    unsaid = [history.known(rows), history.known(rows)]
    if collection is not None:
        unsaid[0] = unsaid[0].join(collection, on=_KEY, how="anti")
    if wide is not None:
        said = [
            pl.col(f"pending_{level}").is_not_null() | ~pl.col("chain").list.contains(level)
            for level in LEVELS
            if f"pending_{level}" in wide.columns
        ]
        absent = [~pl.col("chain").list.contains(level) for level in LEVELS if f"pending_{level}" not in wide.columns]
        unsaid[1] = unsaid[1].join(wide.filter(pl.all_horizontal(*said, *absent)), on=_KEY, how="anti")
    submitted = read.collection_on(history.connection, unsaid[0]).select(*_KEY, pl.col("submitted").alias("submitted@"))
    review = read.review_on(history.connection, unsaid[1])
    review = review.rename({name: f"{name}@" for name in review.columns if name not in _KEY})
    rows = rows.join(submitted, on=_KEY, how="left", maintain_order="left")
    return rows.join(review, on=_KEY, how="left", maintain_order="left")


def _of_chain(rows: pl.DataFrame, chain: list[str]) -> list[Finding]:
    """Units whose records pass the levels of `chain`: one finding a unit and day, for the first level that is off."""
    checks = []
    above = "submitted"
    for level in chain:
        held = pl.col(f"pending_{level}") + pl.col(f"approved_{level}") + pl.col(f"returned_{level}")
        checks.append((above, level, (held != pl.col(above)).fill_null(False)))
        above = f"approved_{level}"
    off = rows.filter(pl.any_horizontal(check for _above, _level, check in checks))
    off = off.with_columns(check.alias(f"off_{level}") for _above, level, check in checks)
    names = _names()
    found = []
    for line in off.iter_rows(named=True):
        source, level = next((source, level) for source, level, _check in checks if line[f"off_{level}"])
        places = {place: line[f"{place}_{level}"] for place in ("pending", "approved", "returned")}
        message = _(
            "{unit} {name}: the queue does not balance at {level}: {source} {given}, but pending {pending} + approved {approved}"
            " + returned {returned} = {held}. Check both tables."
        ).format(
            unit=line["unit"], name=line["unit_name"], level=LEVEL_NAMES[level], source=names[source], given=line[source],
            held=sum(places.values()), **places,
        )  # fmt: skip
        found.append(
            _make(
                "queue_unbalanced",
                line,
                message,
                {source: line[source], **{f"{p}_{level}": v for p, v in places.items()}},
            )
        )
    return found
