"""Collecting refusals while whole columns are checked, and turning them into sentences at the end."""

from collections.abc import Sequence

import polars as pl

from monitor.i18n import _
from monitor.intake.headers import KINDS
from monitor.intake.messages import sentence
from monitor.intake.problems import Refusal, column_index, letters
from monitor.intake.recognise import Table
from monitor.personal import holds_resident_id, shown

LISTED = 100_000
_SCHEMA = {
    "sheet": pl.Int64,
    "row": pl.Int64,
    "key": pl.String,
    "code": pl.String,
    "value": pl.String,
    "extra": pl.String,
}


class Refused:
    """All refusals of one file's rows."""

    def __init__(self) -> None:
        self._parts: list[pl.DataFrame] = []
        self.unlisted = 0
        """Refusals that were counted only: of millions of rows no list is made."""

    def add(
        self,
        rows: pl.DataFrame,
        key: str,
        code: str | pl.Expr,
        value: str | pl.Expr | None = None,
        extra: str | pl.Expr = "",
    ) -> None:
        """Refuse `rows` (columns sheet and row at least) for their cell in column `key`.

        `code`, `value` and `extra` are constants or expressions over the rows; `value` defaults to the cell's text.
        """
        if rows.is_empty():
            return
        if value is None:
            value = pl.col(f"{key}_text") if f"{key}_text" in rows.columns else pl.col(key).cast(pl.String)

        def text(part: str | pl.Expr) -> pl.Expr:
            return (pl.lit(part) if isinstance(part, str) else part).cast(pl.String).fill_null("")

        self._parts.append(
            rows.select(
                pl.col("sheet").cast(pl.Int64),
                pl.col("row").cast(pl.Int64),
                pl.lit(key).alias("key"),
                text(code).alias("code"),
                text(value).alias("value"),
                text(extra).alias("extra"),
            )
        )

    def frame(self) -> pl.DataFrame:
        """All refusals: sheet, row, key, code, value, extra."""
        return pl.concat(self._parts) if self._parts else pl.DataFrame(schema=_SCHEMA)

    def rows(self) -> pl.DataFrame:
        """The refused rows: sheet, row."""
        return self.frame().select("sheet", "row").unique()

    def sentences(self, tables: Sequence[Table]) -> list[Refusal]:
        """The refusals in the order of the file, each with its sentence."""
        by_sheet = {table.number: table for table in tables}
        many = len({id(table.sheet) for table in tables}) > 1
        frame = (
            self.frame()
            .unique(["sheet", "row", "key", "code"], keep="first", maintain_order=True)
            .sort("sheet", "row", maintain_order=True)
        )
        found = [_refusal(by_sheet[line[0]], line, many) for line in frame.head(LISTED).iter_rows()]
        found.sort(key=lambda item: (item.sheet, item.row or 0, column_index((item.cell or "").rstrip("0123456789"))))
        more = max(frame.height - LISTED, 0) + self.unlisted
        if more:
            found.append(
                Refusal(
                    None,
                    None,
                    None,
                    "too_many_refused",
                    _("{count} more cells are refused and not listed here.").format(count=f"{more:,}"),
                    cells=more,
                )
            )
        return found


def _refusal(table: Table, line: tuple[int, int, str, str, str, str], many: bool) -> Refusal:
    sheet, row, key, code, value, extra = line
    place = table.places.get(key)
    column = table.headers.get(key)
    if code == "personal_id":
        place = int(key)
        column = table.header_at(place) if table.holds(row) else ""
        column = None if not column or holds_resident_id(column) else column
    message = sentence(code, row, column or _proper_name(table, key), value, extra, table.kind)
    if many:
        message = _("Sheet “{sheet}”: {message}").format(sheet=shown(table.sheet.name), message=message)
    cell = None if place is None else f"{letters(place)}{row}"
    return Refusal(row, cell, column, code, message, sheet, shown(value) if table.kind == "teachers" else "")


def _proper_name(table: Table, key: str) -> str:
    column = KINDS[table.kind].columns.get(key)
    return column.name if column else ""
