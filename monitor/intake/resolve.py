"""Whose row it is: codes, old and new, to the units that count today; names held against codes; dates against both."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import polars as pl

from monitor.i18n import _
from monitor.intake.headers import flat
from monitor.intake.problems import NOTE, FileRefused, Finding
from monitor.intake.recognise import Table
from monitor.intake.refusals import Refused
from monitor.intake.values import CODE_LIKE, DESTROYED, day_column
from monitor.units import Register


@lru_cache(maxsize=4)
def _known(register: Register) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(codes with what is known of the unit that counts today; names in a comparable form by that unit)."""
    units = register.units.select(
        unit_id="id",
        unit="code",
        unit_name="name",
        reporting="reporting",
        opened="opened",
        closed="closed",
        chain="chain",
    )
    codes = register.codes.join(units, on="unit_id", how="left")
    own = (
        register.codes.filter(pl.col("via") == "")
        .join(register.units.select("code", "name"), on="code")
        .select("unit_id", "name")
    )
    names = pl.concat([own, register.names.select("unit_id", "name")]).with_columns(name=comparable("name")).unique()
    return codes, names


def comparable(column: str) -> pl.Expr:
    """A name without what two people write differently: width, spaces, brackets."""
    return pl.col(column).str.normalize("NFKC").str.replace_all(r"[\s()\[\]·•.\-—_]", "")


def resolve(rows: pl.DataFrame, register: Register, refused: Refused) -> pl.DataFrame:
    """Add unit_id, unit (today's code), unit_name, via, reporting, opened, closed, chain; refuse codes that are none.

    Rows without a unit stay, with unit_id null.
    """
    codes, _names = _known(register)
    codes = codes.join(rows, on="code", how="semi")  # of a whole country's few are asked for at a time
    rows = rows.join(codes, on="code", how="left", maintain_order="left")
    lost = rows.filter(pl.col("unit_id").is_null())
    if not lost.is_empty():
        code = pl.col("code")
        refused.add(
            lost,
            "code",
            pl.when(code.is_null())
            .then(pl.lit("code_missing"))
            .when(code.str.contains(DESTROYED))
            .then(pl.lit("code_destroyed"))
            .when(code.str.contains(CODE_LIKE))
            .then(pl.lit("unit_unknown"))
            .otherwise(pl.lit("code_invalid")),
        )
    return rows


def check_names(rows: pl.DataFrame, register: Register, refused: Refused) -> None:
    """Refuse names that contradict the code: that are none of the unit's, former ones and those of its predecessors included."""
    _codes, names = _known(register)
    pairs = rows.select("unit_id", "name").drop_nulls().unique().with_columns(written=comparable("name"))
    names = names.join(pairs, on="unit_id", how="semi")
    odd = pairs.join(names, left_on=["unit_id", "written"], right_on=["unit_id", "name"], how="anti").filter(
        pl.col("written") != ""
    )
    if not odd.is_empty():
        fits = [_with_place(register, unit, written) for unit, written in odd.select("unit_id", "written").iter_rows()]
        wrong = rows.join(odd.filter(~pl.Series(fits)), on=["unit_id", "name"], how="semi", maintain_order="left")
        refused.add(wrong, "name", "name_contradicts", extra=pl.col("unit_name"))


def _with_place(register: Register, unit_id: int, written: str) -> bool:
    """Whether a name is the unit's with the names of what is above it in front: 杭州市西湖区."""
    unit = register.unit(unit_id)
    above: list[set[str]] = []
    parent = unit.shown_parent_id
    while parent is not None and len(above) < 12:
        above.append(_names_of(register, parent))
        parent = register.unit(parent).shown_parent_id
    for name in _names_of(register, unit_id):
        if written.endswith(name):
            rest = written[: len(written) - len(name)]
            for places in above:
                rest = next((rest.removesuffix(place) for place in places if place and rest.endswith(place)), rest)
            if not rest:
                return True
    return False


def _names_of(register: Register, unit_id: int) -> set[str]:
    """A unit's name and its former ones, those of units merged into it included, in a comparable form."""
    former = register.names.filter(pl.col("unit_id") == unit_id)["name"].to_list()
    return {_plain(name) for name in (register.unit(unit_id).name, *former)}


def _plain(name: str) -> str:
    frame = pl.DataFrame({"name": [unicodedata.normalize("NFKC", name)]})
    return str(frame.select(comparable("name")).item())


OLD: Final = ("said", "unit_id", "unit", "unit_name", "sheet", "row")
"""Columns of `old_rows`: the old code or name as written, and whose it is today."""


def old_rows(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The rows in which an old code stands, or today's code with an old name."""
    old_code = pl.col("via").is_not_null() & (pl.col("via") != "")
    if "name" not in rows.columns or register.names.is_empty():
        return rows.filter(old_code).select(pl.col("code").alias("said"), *OLD[1:])
    pairs = rows.select("unit_id", "unit_name", "name").drop_nulls().unique()
    pairs = pairs.join(register.names.select("unit_id", former=comparable("name")), on="unit_id")
    pairs = pairs.with_columns(written=comparable("name"), today=comparable("unit_name"))
    written, former, today = pl.col("written"), pl.col("former"), pl.col("today")
    # Also with the places in front: 宁波市奉化市.
    said_so = (written == former) & (written != today)
    pairs = pairs.filter(said_so | (written.str.ends_with(former) & ~written.str.ends_with(today)))
    named = rows.join(pairs.select("unit_id", "name", old=pl.lit(True)).unique(), on=["unit_id", "name"], how="left", maintain_order="left")  # fmt: skip
    said = pl.when(old_code).then(pl.col("code")).otherwise(pl.col("name").str.strip_chars())
    return named.filter(old_code | pl.col("old").fill_null(False)).select(said.alias("said"), *OLD[1:])


def old_units(old: pl.DataFrame, rows: int | None = None) -> list[Finding]:
    """The one note of a file about its `old_rows`; `rows` is how many there are where `old` holds only one for each code."""
    if old.is_empty():
        return []
    pairs = old.unique(["said", "unit"], keep="first", maintain_order=True)
    said = "、".join(
        f"{written} → {unit} {name}"
        for written, unit, name in pairs.select("said", "unit", "unit_name").head(5).iter_rows()
    )
    if pairs.height > 5:
        said += "…"
    first = old.row(0, named=True)
    one = pairs["unit"].n_unique() == 1
    message = _("Former codes and names were counted for the units that they are now: {pairs} ({rows} rows).").format(
        pairs=said, rows=rows or old.height
    )
    return [
        Finding(
            "old_unit", NOTE, first["unit"] if one else None, first["unit_id"] if one else None, None, first["row"], message,
            {"codes": pairs.height, "rows": rows or old.height}, first["sheet"],
        )
    ]  # fmt: skip


# ---- days --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Calendar:
    """The days that a table may carry, and the day that the user gave."""

    start: date
    today: date
    option: date | None = None


def days(rows: pl.DataFrame, tables: Sequence[Table], calendar: Calendar, refused: Refused) -> pl.DataFrame:
    """Add `day`: from the column, else the day given, else the title. Rows whose day cannot be read are refused, day null.

    Raises:
        FileRefused: no day anywhere; the title contradicts the column or the day given; the one day of a table cannot be.
    """
    parts = [(table, rows.filter(pl.col("sheet") == table.number)) for table in tables]
    read = [_days_of(part, table, calendar, refused) for table, part in parts if not part.is_empty()]
    return _in_bounds(pl.concat(read), calendar, refused)


def _in_bounds(rows: pl.DataFrame, calendar: Calendar, refused: Refused) -> pl.DataFrame:
    day = pl.col("day")
    refused.add(rows.filter(day > calendar.today), "day", "date_future", day, calendar.today.isoformat())
    refused.add(rows.filter(day < calendar.start), "day", "date_before_start", day, calendar.start.isoformat())
    return rows


def _days_of(rows: pl.DataFrame, table: Table, calendar: Calendar, refused: Refused) -> pl.DataFrame:
    option = calendar.option
    written, why = day_column(rows["day"], table.sheet.date1904)
    rows = rows.with_columns(day_text=pl.col("day"), day=written, why=why)
    if why.eq_missing("blank").all():
        return rows.with_columns(day=pl.lit(one_day(table, calendar))).drop("why")
    refused.add(rows.filter(pl.col("why") == "blank"), "day", "date_blank")
    refused.add(rows.filter(pl.col("why").is_not_null() & (pl.col("why") != "blank")), "day", pl.col("why"))
    if option is not None:
        other = rows.filter(pl.col("day").is_not_null() & (pl.col("day") != option))
        refused.add(other, "day", "date_contradicts_option", extra=option.isoformat())
    newest = rows["day"].max()
    readable = rows["why"].is_null().all()  # else the newest day may be the one that cannot be read
    if table.title_days and readable and isinstance(newest, date) and newest not in table.title_days:
        raise _contradiction(
            table.title_days[0], newest, _("the column “{column}”").format(column=flat(table.headers["day"]))
        )
    _check_option(table, option)
    return rows.drop("why")


def _check_option(table: Table, option: date | None) -> None:
    if option is not None and table.title_days and option not in table.title_days:
        raise _contradiction(table.title_days[0], option, _("the day that was given"))


def one_day(table: Table, calendar: Calendar) -> date:
    """The day of a table without a column of days: the day given, else the title's.

    Raises:
        FileRefused: there is none, there are several, or it lies after today or before the campaign.
    """
    _check_option(table, calendar.option)
    return possible(calendar.option or _title_day(table), calendar)


def possible(day: date, calendar: Calendar) -> date:
    """The day, if a table may carry it.

    Raises:
        FileRefused: it lies after today or before the campaign.
    """
    if day > calendar.today:
        raise FileRefused(
            "date_future",
            _("The day of the table, {day}, is later than today ({today}). Correct it.").format(
                day=day, today=calendar.today
            ),
        )
    if day < calendar.start:
        raise FileRefused(
            "date_before_start",
            _("The day of the table, {day}, is before the first day of the campaign ({start}). Correct it.").format(
                day=day, start=calendar.start
            ),
        )
    return day


def _title_day(table: Table) -> date:
    if not table.title_days:
        raise FileRefused(
            "date_missing",
            _(
                "The file does not say which day its figures are of. Add a column “统计日期” or a title such as 截至2016年11月25日, or give the day."
            ),
        )
    if len(table.title_days) > 1:
        said = "、".join(day.isoformat() for day in table.title_days)
        raise FileRefused(
            "date_in_title_unclear",
            _("The title names several days: {days}. Give the day of the figures.").format(days=said),
        )
    return table.title_days[0]


def _contradiction(title: date, other: date, where: str) -> FileRefused:
    return FileRefused(
        "date_contradiction",
        _("The title says {title}, but {where} says {other}. Correct one of them.").format(
            title=title, where=where, other=other
        ),
    )


def check_open(rows: pl.DataFrame, refused: Refused) -> None:
    """Refuse days outside the time in which the unit that counts today is open."""
    day = pl.col("day")
    known = pl.col("unit") + " " + pl.col("unit_name")
    refused.add(rows.filter(day < pl.col("opened")), "day", "unit_not_open", known, pl.col("opened"))
    refused.add(rows.filter(day >= pl.col("closed")), "day", "unit_closed", known, pl.col("closed"))
