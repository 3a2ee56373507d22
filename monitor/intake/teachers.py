"""Teacher exports: one row a person, counted to schools while it is read. Nothing personal outlives the counting.

Of each row three numbers are kept until the load is planned: salted hashes of the ID number and of the personal number,
and a small number that says school and state. Names, ID numbers and all other personal columns are dropped with the block
of rows in which they came.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
import polars as pl

from monitor.figures import LEVEL_NAMES, LEVELS
from monitor.intake.ahead import ahead
from monitor.intake.figures import kept_by_predecessors, sheet_notes
from monitor.intake.problems import Finding
from monitor.intake.recognise import Table
from monitor.intake.refusals import LISTED, Refused
from monitor.intake.resolve import Calendar, check_names, one_day, resolve
from monitor.intake.rows import personal_cells
from monitor.intake.values import CODE_LIKE, DESTROYED, FILED_WORDS, LEVEL_WORDS, STATUS_WORDS, code_text, tidy
from monitor.units import Register

Numbers = np.ndarray[Any, np.dtype[Any]]

# A row's state in one number: place of its code << 10 | filed << 7 | level << 4 | status << 1 | has a personal number.
FILED: Final = {"no": 1, "yes": 2}
LEVEL: Final = {level: place for place, level in enumerate(LEVELS, 1)}
STATUS: Final = {"pending": 1, "approved": 2, "returned": 3}
_WORDS: Final = {"filed": (FILED_WORDS, FILED), "level": (LEVEL_WORDS, LEVEL), "status": (STATUS_WORDS, STATUS)}
_CHOICES: Final = {
    "filed": "已报送、未报送",
    "level": "、".join(LEVEL_NAMES.values()),
    "status": "待审核、审核通过、退回",
}
_UNREADABLE: Final = {"filed": "filed_unreadable", "level": "level_unreadable", "status": "status_unreadable"}
_UNKNOWN: Final = 7
_COMPACT: Final = 1 << 22
"""So many places of codes leave a state room in 32 bits. More ways to write a cell are not remembered."""
_KEPT: Final = ("code", "name", "id_number", "person_number", "filed", "level", "status")


def _levels_of(low: int) -> int:
    """The level that a row with such words names, as a bit (the first where it names none); none where a word is unknown."""
    filed, level, status = low // 128 % 8, low // 16 % 8, low // 2 % 8
    return 1 << level if filed in (1, 2) and level <= len(LEVELS) and status != _UNKNOWN else 0


_LEVELS_OF: Final[Numbers] = np.array([_levels_of(low) for low in range(1024)], np.uint8)
"""Of each state without its place. A row is good where its unit may name that level."""


def unpack(state: pl.Expr) -> dict[str, pl.Expr]:
    """The parts of a state."""
    return {
        "place": state // 1024,
        "filed": state // 128 % 8,
        "level": state // 16 % 8,
        "status": state // 2 % 8,
        "number": state % 2,
    }


@dataclass
class Counted:
    """The rows of one file in numbers: state and hashes of each row that counts."""

    states: list[Numbers] = field(default_factory=list)
    ids: list[Numbers] = field(default_factory=list)
    numbers: list[Numbers] = field(default_factory=list)
    rows: int = 0
    listed: int = 0
    knows_numbers: bool = True
    knows_review: bool = True
    refused: Refused = field(default_factory=Refused)
    notes: list[Finding] = field(default_factory=list)

    def refuse(self, sheet: int, rows: pl.DataFrame, key: str, code: str, extra: str = "") -> None:
        """Refuse rows (columns row and code); of millions the first ones are listed."""
        part = rows.head(max(LISTED - self.listed, 0)).with_columns(sheet=pl.lit(sheet))
        self.listed += part.height
        self.refused.unlisted += rows.height - part.height
        self.refused.add(part, key, code, code_text("code"), extra)


@dataclass
class _Rows:
    """One block without what is personal: its other cells, and in numbers whether a row has a personal number, and the hashes of
    both numbers. `personal` as personal_cells gives it."""

    frame: pl.DataFrame
    numbered: Numbers
    ids: Numbers
    numbers: Numbers
    personal: list[tuple[int, int]]


class _Ways:
    """The ways in which the cells of a column are written, and the number that each stands for. Hashes of them lie in an index
    that is made once: thousands of different ones among millions of cells are found quickly."""

    def __init__(self, salt: int) -> None:
        self._salt = salt
        self._forget()

    def _forget(self) -> None:
        self._index: pd.Index[Any] = pd.Index(np.zeros(0, np.uint64))
        self._numbers: Numbers = np.zeros(0, np.int64)

    def numbers(self, texts: pl.Series, learn: Callable[[pl.Series], list[int]]) -> Numbers:
        """The number of each cell; `learn` gives those of ways that were not seen before."""
        hashed = pd.Index(texts.hash(self._salt).to_numpy())
        at = self._index.get_indexer(hashed)
        if (at < 0).any():
            new = texts.filter(pl.Series(at < 0)).unique()
            if len(self._numbers) > _COMPACT:  # a column that is none of these: nothing in it comes again
                self._forget()
                new = texts.unique()
            self._numbers = np.concatenate([self._numbers, np.array(learn(new), np.int64)])
            self._index = self._index.append(pd.Index(new.hash(self._salt).to_numpy()))
            at = self._index.get_indexer(hashed)
        found: Numbers = self._numbers[at]
        return found


class Counter:
    """Counts the files of one export, one after the other; each file's rows are gone when `add` returns."""

    def __init__(self, register: Register, calendar: Calendar) -> None:
        self._register = register
        self._calendar = calendar
        self._salt = secrets.randbits(64)
        self._places: dict[str | None, int] = {}
        self._codes = _Ways(self._salt)
        self._words = {key: _Ways(self._salt) for key in _WORDS}
        self._levels: Numbers = np.zeros(0, np.uint8)  # of each place the levels that rows may name, as bits
        self._verdicts: dict[int, tuple[str, str, str]] = {}
        self._names = pl.DataFrame(schema={"place": pl.Int64, "name": pl.String})
        self._usual: Numbers = np.zeros(0, np.uint64)  # of each place the hash of a name that goes with it
        self.units: list[dict[str, Any]] = []
        self.files: list[Counted] = []
        self.day: date | None = None

    def add(self, tables: Sequence[Table]) -> None:
        """Count the tables of one file.

        Raises:
            FileRefused: no day, or one that cannot be; or what reading the file raises.
        """
        counted = Counted(
            knows_numbers=all("person_number" in table.places for table in tables),
            knows_review=all("status" in table.places or "level" in table.places for table in tables),
        )
        counted.notes += sheet_notes(tables)
        for table in tables:
            if self.day is None or table.title_days:  # the further files of an export go on with its day
                self.day = one_day(table, self._calendar)
            # One block is parsed, one hashed and one counted at the same time.
            for rows in ahead(map(partial(self._without_people, table), ahead(table.sheet.blocks()))):
                self._count(table, rows, counted)
        self.files.append(counted)

    def _without_people(self, table: Table, block: tuple[int, pl.DataFrame]) -> "_Rows":
        """What is counted of a block: (row number of the first, its cells). Everything personal ends here."""
        first, whole = block
        whole = whole.with_row_index("row", offset=first).with_columns(pl.col("row").cast(pl.Int64))
        personal = personal_cells(whole, frozenset({f"c{table.places['id_number']}"}))
        frame = _needed(table, whole)
        number = frame["person_number"]
        numbered = number.is_not_null() & (number.str.strip_chars().str.len_bytes() > 0)
        ids, numbers = self._hashed(frame["id_number"]), self._hashed(number)
        return _Rows(frame.drop("id_number", "person_number"), numbered.to_numpy(), ids, numbers, personal)

    def _count(self, table: Table, rows: "_Rows", counted: Counted) -> None:
        frame = rows.frame
        state = self._states(frame) + rows.numbered
        keep = self._levels[state // 1024] & _LEVELS_OF[state % 1024] != 0
        counted.rows += int(keep.sum())
        for value in [] if keep.all() else np.unique(state[~keep]).tolist():
            key, code, extra = self._verdict(value)
            if code:
                hit = state == value
                counted.rows += int(hit.sum())
                counted.refuse(table.number, frame.filter(pl.Series(hit)), key, code, extra)
        keep &= self._names_fit(frame, state, table, counted, keep)
        for row, place in rows.personal:
            line = pl.DataFrame(
                {"row": [row], "code": frame.filter(pl.col("row") == row)["code"].head(1).extend_constant(None, 1)[:1]}
            )
            counted.refuse(table.number, line, str(place), "personal_id")
        if rows.personal:
            keep &= ~frame["row"].is_in([row for row, _place in rows.personal]).to_numpy()
        # Millions of rows are kept until the last one is read: in as few bytes as they need.
        compact = state.astype(np.uint32) if len(self.units) < _COMPACT else state
        parts = (compact, rows.ids, rows.numbers)
        kept = parts if keep.all() else (numbers[keep] for numbers in parts)
        for numbers, into in zip(kept, (counted.states, counted.ids, counted.numbers), strict=True):
            into.append(numbers)

    def _hashed(self, texts: pl.Series) -> Numbers:
        """Salted hashes; 0 for empty cells. The salt is drawn anew for every load and never kept."""
        if not _plain(texts):
            texts = pl.DataFrame({"t": texts}).select(tidy("t")).to_series()
            texts = texts.str.replace_all(r"[\s'-]", "").str.to_uppercase()
        hashed: Numbers = texts.hash(self._salt).to_numpy()
        filled = texts.str.len_bytes().fill_null(0).to_numpy()
        return np.where(filled, hashed, np.uint64(0))

    def _states(self, frame: pl.DataFrame) -> Numbers:
        state = self._codes.numbers(frame["code"], self._places_of) * 1024
        for times, key in ((128, "filed"), (16, "level"), (2, "status")):
            state += self._words[key].numbers(frame[key], partial(_numbers_of, key)) * times
        return state

    def _places_of(self, texts: pl.Series) -> list[int]:
        """The places in `units` of codes, written in ways that were not seen before."""
        written = pl.DataFrame({"raw": texts}).select(code_text("raw")).to_series().to_list()
        new = [code for code in dict.fromkeys(written) if code not in self._places]
        lines = pl.DataFrame({"code": new}, schema={"code": pl.String}).with_columns(sheet=pl.lit(0), row=pl.lit(0))
        lines = resolve(lines, self._register, Refused()).with_columns(day=pl.lit(self.day, pl.Date))
        for line in kept_by_predecessors(lines, self._register).iter_rows(named=True):
            self._places[line["code"]] = len(self.units)
            self.units.append(line)
        levels = [self._levels_at(line) for line in self.units[len(self._levels) :]]
        self._levels = np.concatenate([self._levels, np.array(levels, np.uint8)])
        self._usual = np.concatenate([self._usual, np.zeros(len(levels), np.uint64)])
        return [self._places[code] for code in written]

    def _levels_at(self, unit: dict[str, Any]) -> int:
        """The levels that rows of a unit may name, as bits; none where it cannot have rows on the day."""
        assert self.day is not None
        opened, closed = unit["opened"], unit["closed"]
        if not unit["reporting"] or (opened and self.day < opened) or (closed and self.day >= closed):
            return 0
        return 1 + sum(1 << LEVEL[level] for level in unit["chain"])

    def _verdict(self, state: int) -> tuple[str, str, str]:
        if state not in self._verdicts:
            self._verdicts[state] = self._judge(state)
        return self._verdicts[state]

    def _judge(self, state: int) -> tuple[str, str, str]:
        """Why rows of a state are not good: column, code, what to say besides; no code where they are no rows of data."""
        unit = self.units[state // 1024]
        filed, level, status = state // 128 % 8, state // 16 % 8, state // 2 % 8
        code = unit["code"] or ""
        if unit["unit_id"] is None:
            looks = pl.Series([code])
            destroyed, like = bool(looks.str.contains(DESTROYED)[0]), bool(looks.str.contains(CODE_LIKE)[0])
            if not (destroyed or like) and filed in (0, _UNKNOWN):
                return "", "", ""  # a note, a signature, a total
            why = (
                "code_missing"
                if not code
                else "code_destroyed"
                if destroyed
                else "unit_unknown"
                if like
                else "code_invalid"
            )
            return "code", why, ""
        assert self.day is not None
        if not unit["reporting"]:
            return "code", "unit_has_units_below", ""
        if unit["opened"] and self.day < unit["opened"]:
            return "code", "unit_not_open", unit["opened"].isoformat()
        if unit["closed"] and self.day >= unit["closed"]:
            return "code", "unit_closed", unit["closed"].isoformat()
        for key, part in (("filed", filed), ("level", level), ("status", status)):
            if part == _UNKNOWN or (key == "filed" and part == 0):
                return key, _UNREADABLE[key], _CHOICES[key]
        return "level", "level_outside_chain", "、".join(LEVEL_NAMES[name] for name in unit["chain"])

    def _names_fit(self, frame: pl.DataFrame, state: Numbers, table: Table, counted: Counted, keep: Numbers) -> Numbers:
        """Refuse rows whose school name contradicts the code; which rows are good."""
        fits = np.ones(frame.height, bool)
        if "name" not in table.places:
            return fits
        places = state // 1024
        hashed = frame["name"].hash(self._salt).to_numpy()
        odd = keep & (hashed != self._usual[places])
        if not odd.any():
            return fits
        pairs = frame.select("row", "code", "name", place=pl.Series(places)).filter(pl.Series(odd))
        new = pairs.select("place", "name").drop_nulls().unique()
        new = new.join(self._names.join(new, on="place", how="semi"), on=["place", "name"], how="anti")
        if new.is_empty():
            return fits
        wrong = self._contradicting(new)
        right = new.join(wrong, on=["place", "name"], how="anti")
        self._names = pl.concat([self._names, right])
        usual = right.unique("place").with_columns(hash=pl.col("name").hash(self._salt))
        self._usual[usual["place"].to_numpy()] = usual["hash"].to_numpy()
        for place, name, belongs in wrong.iter_rows():
            hit = pairs.filter((pl.col("place") == place) & (pl.col("name") == name))
            counted.refuse(table.number, hit, "name", "name_contradicts", belongs)
            fits &= ~frame["row"].is_in(hit["row"].to_list()).to_numpy()
        return fits

    def _contradicting(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Those of the pairs (place, name) that contradict each other, with the unit's name in `extra`."""
        pairs = (
            pairs.sort("place", "name")
            .with_row_index("row")
            .with_columns(pl.col("row").cast(pl.Int64), sheet=pl.lit(0))
        )
        codes = pl.Series([self.units[place]["code"] for place in pairs["place"].to_list()], dtype=pl.String)
        found = Refused()
        check_names(resolve(pairs.with_columns(code=codes), self._register, Refused()), self._register, found)
        return pairs.join(found.frame().select("row", "extra"), on="row").select("place", "name", "extra")


def _needed(table: Table, whole: pl.DataFrame) -> pl.DataFrame:
    """The columns that are counted, below the header; all others are dropped here."""
    columns = {key: f"c{place}" for key, place in table.places.items() if f"c{place}" in whole.columns}
    chosen = [(pl.col(columns[key]) if key in columns else pl.lit(None, pl.String)).alias(key) for key in _KEPT]
    frame = whole.select("row", *chosen)
    # Whole blocks are passed on as they are: a filter would copy every column.
    if frame.height and frame["row"][0] <= table.last_row:
        frame = frame.filter(pl.col("row") > table.last_row)
    repeated = frame["filed"] == table.headers["filed"]
    return frame.filter(~repeated.fill_null(False)) if repeated.any() else frame


def _numbers_of(key: str, texts: pl.Series) -> list[int]:
    """The numbers of words, however they are written."""
    words, numbers = _WORDS[key]
    tidied = pl.DataFrame({"raw": texts}).select(tidy("raw")).to_series()
    return [0 if text is None else numbers.get(words.get(text, ""), _UNKNOWN) for text in tidied]


_PLAIN: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _plain(texts: pl.Series) -> bool:
    """Whether the texts hold capitals and digits alone, as numbers of people do that need no tidying."""
    whole = texts.str.join("")[0]
    return not whole or not whole.encode().translate(None, _PLAIN)


__all__ = ["FILED", "LEVEL", "STATUS", "Counted", "Counter", "unpack"]
