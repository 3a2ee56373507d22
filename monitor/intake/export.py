"""From the counted rows of a teacher export to figures by school, with what is said of duplicates and odd states."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from monitor.figures import LEVELS
from monitor.i18n import _
from monitor.intake.figures import no_rows
from monitor.intake.problems import FINDINGS, Finding
from monitor.intake.refusals import Refused
from monitor.intake.resolve import OLD, old_units
from monitor.intake.teachers import FILED, STATUS, Counter, Numbers, unpack

_UNIT: Final = ("unit_id", "unit", "unit_name", "chain")


@dataclass
class Export:
    """What all files of one export say together.

    Attributes:
        collection, review: as figures.Checked.table has them; expected is null (carried). review is None where the export
            does not say how far the reviews are.
        people: file (place among the files), unit_id, people: how many rows of which file went to which school.
        rows, refused, findings: by file.
    """

    day: date
    collection: pl.DataFrame
    review: pl.DataFrame | None
    people: pl.DataFrame
    rows: list[int]
    refused: list[Refused]
    findings: list[list[Finding]]


def total(counter: Counter) -> Export:
    """The sums over all files that the counter was given.

    Raises:
        FileRefused: there is no row of data in them.
    """
    files = counter.files
    if not sum(file.rows for file in files) or counter.day is None:
        raise no_rows()
    of_files = [_taken([file.states]) for file in files]
    by_file = [_counts(numbers) for numbers in of_files]
    states = _taken([of_files])
    units = _units(counter)
    findings: list[list[Finding]] = [[*file.notes] for file in files]
    ids = _taken([file.ids for file in files])
    extra = _repeats(ids)
    findings[0] += _twice("id_number_twice", ids, _all_of(ids, extra), extra, states, units, counter.day)
    del ids
    findings[0] += _numbers_twice(_taken([file.numbers for file in files]), extra, states, units, counter.day)
    knows = all(file.knows_numbers for file in files)
    sums = _sums([*by_file, _counts(states[extra]).with_columns(-pl.col("people"))], units)
    reviewed = all(file.knows_review for file in files)
    findings[0] += _odd_states(sums, counter.day) if reviewed else [_review_not_given()]
    people = pl.concat(_people(number, counts) for number, counts in enumerate(by_file))
    for place, found in enumerate(findings):
        found += _old_codes(people.filter(pl.col("file") == place), counter)
    people = (
        people.join(units.select("place", "unit_id"), on="place")
        .group_by("file", "unit_id")
        .agg(pl.col("people").sum())
    )
    rows, refused = [file.rows for file in files], [file.refused for file in files]
    review = _review(sums, counter.day) if reviewed else None
    return Export(counter.day, _collection(sums, counter.day, knows), review, people, rows, refused, findings)


def _review_not_given() -> Finding:
    """The note of an export that says nothing of reviews: unknown is not nobody."""
    message = _("The teacher export has no column 审核状态: the figures of the review stay as they are.")
    return Finding("review_not_given", FINDINGS["review_not_given"], None, None, None, None, message)


def _counts(numbers: Numbers) -> pl.DataFrame:
    """How many rows there are of each state: state, people."""
    known = pl.Series(numbers).sort().to_numpy()
    ends = np.append(np.flatnonzero(known[1:] != known[:-1]) + 1, len(known)) if len(known) else np.zeros(0, np.int64)
    return pl.DataFrame({"state": known[ends - 1].astype(np.int64), "people": np.diff(ends, prepend=0)})


def _people(file: int, counts: pl.DataFrame) -> pl.DataFrame:
    """How many rows of a file stand at each place: file, place, people."""
    found = counts.group_by(place=pl.col("state") // 1024).agg(pl.col("people").sum())
    return found.select(pl.lit(file, pl.Int64).alias("file"), "place", "people")


def _taken(of_files: list[list[Numbers]]) -> Numbers:
    """The numbers of all files in one array; the parts are let go: of millions there is no room for two of each."""
    parts = [part for parts in of_files for part in parts]
    for parts_of_file in of_files:
        parts_of_file.clear()
    return parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _units(counter: Counter) -> pl.DataFrame:
    """place, and the unit that counts today for it."""
    known = [(place, unit) for place, unit in enumerate(counter.units) if unit["unit_id"] is not None]
    names = {"unit_id": pl.Int64, "unit": pl.String, "unit_name": pl.String}
    columns = {"place": pl.Series([place for place, _unit in known], dtype=pl.Int64)}
    columns |= {key: pl.Series([unit[key] for _place, unit in known], dtype=kind) for key, kind in names.items()}
    # Thousands of lists of levels are slow to make one by one, and there are only a handful of different ones.
    columns["chain"] = pl.Series([",".join(unit["chain"]) for _place, unit in known], dtype=pl.String).str.split(",")
    return pl.DataFrame(columns)


def _old_codes(people: pl.DataFrame, counter: Counter) -> list[Finding]:
    """The note of a file in which old codes stand; people: place and how many rows have its code."""
    lines = [
        {
            **{key: counter.units[place][key] for key in OLD[1:4]},
            "said": counter.units[place]["code"],
            "sheet": 0,
            "n": rows,
        }
        for place, rows in people.select("place", "people").sort("place").iter_rows()
        if counter.units[place]["via"]
    ]
    old = pl.DataFrame(lines, {name: pl.Int64 if name in ("unit_id", "sheet", "row", "n") else pl.String for name in (*OLD, "n")})  # fmt: skip
    return old_units(old, int(old["n"].sum()))


def _repeats(hashes: Numbers) -> Numbers:
    """Where a hash stands for the second time or later, in the order of the rows."""
    known = pl.Series(hashes).sort().to_numpy()
    twice = np.unique(known[1:][(known[1:] == known[:-1]) & (known[1:] != 0)])
    if not len(twice):
        return np.zeros(0, np.int64)
    at = np.flatnonzero(pl.Series(hashes).is_in(pl.Series(twice)).to_numpy())
    again = ~pl.Series(hashes[at]).is_first_distinct().to_numpy()
    later: Numbers = at[again]
    return later


def _all_of(hashes: Numbers, extra: Numbers) -> Numbers:
    """Where any of the hashes at `extra` stands."""
    if not len(extra):
        return extra
    return np.flatnonzero(pl.Series(hashes).is_in(pl.Series(np.unique(hashes[extra]))).to_numpy())


def _twice(
    code: str, hashes: Numbers, where: Numbers, extra: Numbers, states: Numbers, units: pl.DataFrame, day: date
) -> list[Finding]:
    """One finding for each school that shares numbers: how many, and how many of its rows were not counted."""
    if not len(where):
        return []
    left_out = np.zeros(len(states), bool)
    left_out[extra] = True
    frame = pl.DataFrame({"place": states[where] // 1024, "hash": hashes[where], "left": left_out[where]}).join(
        units, on="place"
    )
    by_unit = frame.group_by("unit_id").agg(
        pl.col("unit", "unit_name").first(), numbers=pl.col("hash").n_unique(), left=pl.col("left").sum()
    )
    by_unit = by_unit.sort("unit")
    found = []
    for line in by_unit.iter_rows(named=True):
        if code == "id_number_twice":
            message = _(
                "{unit} {name}: {numbers} ID numbers occur more than once in the export (here or at another school); {left} rows here were not"
                " counted. One person, one number: check who belongs where."
            )
        else:
            message = _(
                "{unit} {name}: {numbers} personal numbers are shared by different people (here or at another school). Check them and have them"
                " corrected."
            )
        text = message.format(unit=line["unit"], name=line["unit_name"], numbers=line["numbers"], left=line["left"])
        values: dict[str, int | str] = {"numbers": line["numbers"], "left_out": line["left"]}
        found.append(Finding(code, FINDINGS[code], line["unit"], line["unit_id"], day, None, text, values))
    return found


def _numbers_twice(own: Numbers, repeated: Numbers, states: Numbers, units: pl.DataFrame, day: date) -> list[Finding]:
    """Personal numbers that several people have; a person who stands twice counts as one."""
    if len(repeated):
        own = own.copy()
        own[repeated] = 0
    extra = _repeats(own)
    return _twice("person_number_twice", own, _all_of(own, extra), extra[:0], states, units, day)


def _sums(counts: list[pl.DataFrame], units: pl.DataFrame) -> pl.DataFrame:
    """People by unit and state, with where each state stands in the unit's chain: `at` (0 is its first level)."""
    # States that only people counted elsewhere have stay, with nobody: a school that is in the export has figures, zeros too.
    frame = pl.concat(counts).group_by("state").agg(pl.col("people").sum()).sort("state")
    frame = frame.with_columns(**unpack(pl.col("state"))).join(units, on="place", maintain_order="left")
    length = pl.col("chain").list.len().cast(pl.Int64)
    given = pl.coalesce(
        pl.when(pl.col("level") == number).then(
            pl.col("chain").list.eval(pl.element() == level).list.arg_max().cast(pl.Int64)
        )
        for number, level in enumerate(LEVELS, 1)
    )
    return frame.with_columns(at=pl.coalesce(given, pl.min_horizontal(pl.lit(1), length - 1)), last=length - 1)


def _filed() -> pl.Expr:
    return pl.col("filed") == FILED["yes"]


def _collection(sums: pl.DataFrame, day: date, knows_numbers: bool) -> pl.DataFrame:
    people = pl.col("people")
    numbered = people.filter(pl.col("number") == 1).sum() if knows_numbers else pl.lit(None, pl.Int64).first()
    frame = sums.group_by(_UNIT, maintain_order=True).agg(
        entered=people.sum(), submitted=people.filter(_filed()).sum(), numbered=numbered
    )
    return frame.select(
        pl.lit(0).alias("sheet"), pl.lit(None, pl.Int64).alias("row"), *_UNIT, pl.lit(day).alias("day"),
        pl.lit(None, pl.Int64).alias("expected"), "entered", "submitted", "numbered",
    )  # fmt: skip


def _review(sums: pl.DataFrame, day: date) -> pl.DataFrame:
    """A person at a higher level is approved at the lower ones; one approved below the last waits at the next."""
    status, at, people = pl.col("status"), pl.col("at"), pl.col("people")
    approved, returned = status == STATUS["approved"], status == STATUS["returned"]
    parts = []
    for place in range(len(LEVELS)):
        here = sums.filter(_filed() & (pl.col("chain").list.len() > place))
        waiting = ((at == place) & ~approved & ~returned) | ((at == place - 1) & approved)
        parts.append(
            here.group_by(_UNIT, maintain_order=True).agg(
                level=pl.col("chain").first().list.get(place, null_on_oob=True),
                pending=people.filter(waiting).sum(),
                approved=people.filter((at > place) | ((at == place) & approved)).sum(),
                returned=people.filter((at == place) & returned).sum(),
            )
        )
    frame = pl.concat(parts)
    # A school with nobody submitted has zeros at all of its levels.
    every = sums.select(_UNIT).unique(maintain_order=True).with_columns(level="chain").explode("level")
    frame = every.join(
        frame.drop("unit", "unit_name", "chain"), on=["unit_id", "level"], how="left", maintain_order="left"
    )
    return frame.select(
        pl.lit(0).alias("sheet"), pl.lit(None, pl.Int64).alias("row"), *_UNIT, pl.lit(day).alias("day"), "level",
        *(pl.col(name).fill_null(0) for name in ("pending", "approved", "returned")),
    )  # fmt: skip


def _odd_states(sums: pl.DataFrame, day: date) -> list[Finding]:
    """People reviewed without having been submitted; people submitted without a review status."""
    found = []
    sums = sums.filter(pl.col("people") > 0)
    reviewed = sums.filter(~_filed() & pl.col("status").is_in([STATUS["approved"], STATUS["returned"]]))
    for line in reviewed.group_by(_UNIT).agg(pl.col("people").sum()).sort("unit").iter_rows(named=True):
        message = _(
            "{unit} {name}: {people} people have a review result but are not submitted; they count as not submitted. Check their status."
        ).format(unit=line["unit"], name=line["unit_name"], people=line["people"])
        code = "status_without_filing"
        found.append(
            Finding(code, FINDINGS[code], line["unit"], line["unit_id"], day, None, message, {"people": line["people"]})
        )
    blank = int(sums.filter(_filed() & (pl.col("status") == 0))["people"].sum() or 0)
    if blank:
        message = _("{people} people are submitted but have no review status; they count as pending.").format(
            people=blank
        )
        found.append(
            Finding("status_blank", FINDINGS["status_blank"], None, None, day, None, message, {"people": blank})
        )
    return found
