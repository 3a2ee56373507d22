"""Teacher exports: one row a person, counted to schools while it is read. Nothing personal outlives the counting.

Of each row three numbers are kept until the load is planned: salted hashes of the ID number and of the personal number,
and a small number that says school and state. Names, ID numbers and all other personal columns are dropped with the block
of rows in which they came.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
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
_MANY_WORDS: Final = 50
_COMPACT: Final = 1 << 22
"""So many places of codes leave a state room in 32 bits."""
_KEPT: Final = ("code", "name", "id_number", "person_number", "filed", "level", "status")


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


class Counter:
    """Counts the files of one export, one after the other; each file's rows are gone when `add` returns."""

    def __init__(self, register: Register, calendar: Calendar) -> None:
        self._register = register
        self._calendar = calendar
        self._salt = secrets.randbits(64)
        self._places: dict[str | None, int] = {}
        self._written = pl.Series(dtype=pl.String)  # ways in which codes are written, and which unit each stands for
        self._place_of = pl.Series(dtype=pl.Int64)
        self._words: dict[str, dict[str | None, int]] = {"filed": {}, "level": {}, "status": {}}
        self._seen: Numbers = np.full(1, -1, np.int64)
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
            for first, frame in ahead(table.sheet.blocks()):
                self._block(table, first, frame, counted)
        self.files.append(counted)

    def _block(self, table: Table, first: int, whole: pl.DataFrame, counted: Counted) -> None:
        whole = whole.with_row_index("row", offset=first).with_columns(pl.col("row").cast(pl.Int64))
        personal = personal_cells(whole, frozenset({f"c{table.places['id_number']}"}))
        frame = _needed(table, whole)
        state = self._states(frame)
        bad, ignored = self._judged(state)
        data = ~np.isin(state, ignored) if ignored else np.ones(len(state), bool)
        counted.rows += int(data.sum())
        keep = data.copy()
        for value in bad:
            key, code, extra = self._verdicts[value]
            hit = state == value
            counted.refuse(table.number, frame.filter(pl.Series(hit)), key, code, extra)
            keep &= ~hit
        keep &= self._names_fit(frame, state, table, counted, keep)
        for row, place in personal:
            line = pl.DataFrame(
                {"row": [row], "code": frame.filter(pl.col("row") == row)["code"].head(1).extend_constant(None, 1)[:1]}
            )
            counted.refuse(table.number, line, str(place), "personal_id")
        if personal:
            keep &= ~frame["row"].is_in([row for row, _place in personal]).to_numpy()
        # Millions of rows are kept until the last one is read: in as few bytes as they need.
        compact = state.astype(np.uint32) if len(self.units) < _COMPACT else state
        hashes = self._hashed(frame["id_number"]), self._hashed(frame["person_number"])
        kept = (compact, *hashes) if keep.all() else (numbers[keep] for numbers in (compact, *hashes))
        for numbers, into in zip(kept, (counted.states, counted.ids, counted.numbers), strict=True):
            into.append(numbers)

    def _hashed(self, texts: pl.Series) -> Numbers:
        """Salted hashes; 0 for empty cells. The salt is drawn anew for every load and never kept."""
        if not _plain(texts):
            texts = pl.DataFrame({"t": texts}).select(tidy("t")).to_series()
            texts = texts.str.replace_all(r"[\s'-]", "").str.to_uppercase()
        hashed = texts.hash(self._salt)
        empty = texts.is_null() | (texts == "")
        kept: Numbers = pl.select(pl.when(empty).then(0).otherwise(hashed)).to_series().to_numpy()
        return kept

    def _states(self, frame: pl.DataFrame) -> Numbers:
        state: Numbers = self._code_places(frame["code"]).to_numpy() * 1024
        for shift, key in ((128, "filed"), (16, "level"), (2, "status")):
            _add_mapped(state, frame[key], self._words_of(key, frame[key]), shift)
        number = frame["person_number"]
        filled = number.is_not_null() & (number.str.strip_chars().str.len_bytes() > 0)
        state += filled.to_numpy().astype(np.int64)
        return state

    def _words_of(self, key: str, texts: pl.Series) -> dict[str | None, int]:
        """The number of each way of writing a word that there is in the cells, and of those before."""
        known = self._words[key]
        seen = sum(int(_is(texts, word).sum()) for word in known)
        if seen < len(texts):
            words, numbers = _WORDS[key]
            unique = pl.DataFrame({"raw": texts.unique()}).with_columns(text=tidy("raw"))
            for raw, text in unique.iter_rows():
                known[raw] = 0 if text is None else numbers.get(words.get(text, ""), _UNKNOWN)
            if len(known) > _MANY_WORDS:  # no column of words: what is odd now need not be remembered
                self._words[key] = {}
        return known

    def _code_places(self, texts: pl.Series) -> pl.Series:
        """For each cell the place in `units` of its code; ways of writing one that are new are looked up."""
        places = _looked_up(texts, self._written, self._place_of)
        if places.null_count():
            fresh = pl.DataFrame({"raw": texts.filter(places.is_null()).unique()}).with_columns(code=code_text("raw"))
            new = [code for code in dict.fromkeys(fresh["code"].to_list()) if code not in self._places]
            lines = pl.DataFrame({"code": new}, schema={"code": pl.String}).with_columns(sheet=pl.lit(0), row=pl.lit(0))
            lines = resolve(lines, self._register, Refused()).with_columns(day=pl.lit(self.day, pl.Date))
            for line in kept_by_predecessors(lines, self._register).iter_rows(named=True):
                self._places[line["code"]] = len(self.units)
                self.units.append(line)
            self._written = pl.concat([self._written, fresh["raw"].fill_null("")])
            added = pl.Series([self._places[code] for code in fresh["code"].to_list()], dtype=pl.Int64)
            self._place_of = pl.concat([self._place_of, added])
            places = _looked_up(texts, self._written, self._place_of)
        return places

    def _judged(self, state: Numbers) -> tuple[list[int], list[int]]:
        """The states in a block that are refused, and those that are no rows of data."""
        present = pl.Series(state).unique().to_numpy()
        at = np.searchsorted(self._seen, present)
        fresh = present[(at == len(self._seen)) | (self._seen[np.minimum(at, len(self._seen) - 1)] != present)]
        for value in fresh.tolist():
            verdict = self._judge(value)
            if verdict is not None:
                self._verdicts[value] = verdict
        if len(fresh):
            self._seen = np.sort(np.concatenate([self._seen, fresh]))
        if not self._verdicts:
            return [], []
        odd = [int(value) for value in present[np.isin(present, list(self._verdicts))]]
        bad = [value for value in odd if self._verdicts[value][0]]
        return bad, [value for value in odd if not self._verdicts[value][0]]

    def _judge(self, state: int) -> tuple[str, str, str] | None:
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
        if level and LEVELS[level - 1] not in unit["chain"]:
            return "level", "level_outside_chain", "、".join(LEVEL_NAMES[name] for name in unit["chain"])
        return None

    def _names_fit(self, frame: pl.DataFrame, state: Numbers, table: Table, counted: Counted, keep: Numbers) -> Numbers:
        """Refuse rows whose school name contradicts the code; which rows are good."""
        fits = np.ones(frame.height, bool)
        if "name" not in table.places:
            return fits
        places = state // 1024
        self._usual = np.concatenate([self._usual, np.zeros(len(self.units) - len(self._usual), np.uint64)])
        hashed = frame["name"].hash(self._salt).to_numpy()
        odd = keep & (hashed != self._usual[places])
        if not odd.any():
            return fits
        pairs = frame.select("row", "code", "name", place=pl.Series(places)).filter(pl.Series(odd))
        new = pairs.select("place", "name").drop_nulls().unique().join(self._names, on=["place", "name"], how="anti")
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


def _looked_up(texts: pl.Series, known: pl.Series, values: pl.Series) -> pl.Series:
    """For each text its value; null where it is not among the known ones. An empty cell is looked up as ""."""
    texts = texts.fill_null("") if texts.null_count() else texts
    return texts.replace_strict(known, values, default=None, return_dtype=pl.Int64)


def _is(texts: pl.Series, word: str | None) -> pl.Series:
    return texts.is_null() if word is None else texts.eq_missing(word)


def _add_mapped(sums: Numbers, texts: pl.Series, numbers: dict[str | None, int], times: int) -> None:
    """Add to each row the number of its text, so many times; there are only a few different ones: to compare with each
    is quicker than to look each row up."""
    for text, number in numbers.items():
        if number:
            sums += _is(texts, text).to_numpy() * (number * times)


_PLAIN: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _plain(texts: pl.Series) -> bool:
    """Whether the texts hold capitals and digits alone, as numbers of people do that need no tidying."""
    whole = texts.str.join("")[0]
    return not whole or not whole.encode().translate(None, _PLAIN)


__all__ = ["FILED", "LEVEL", "STATUS", "Counted", "Counter", "unpack"]
