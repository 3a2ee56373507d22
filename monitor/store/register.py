"""The register of units in the store: read whole, changed as a whole, with everything that follows from a change.

A change of the tree may move figures between units: the roll-up is kept up in the same call (store/rollup.py).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Connection, delete, insert, select, text

from monitor.campaign import Campaign
from monitor.store import bulk
from monitor.store.rollup import Effect, touch_units
from monitor.store.schema import unit_alias
from monitor.units import DERIVED, SOURCE, Register, closure, derive, tree_order

_COLUMNS = (*SOURCE, *DERIVED)
_FIGURES = ("collection", "review", "statistics")


def load_register(connection: Connection) -> Register:
    """All units and aliases of the store."""
    rows = connection.execute(text(f"SELECT {', '.join(_COLUMNS)} FROM unit ORDER BY id")).fetchall()
    schema = {**dict.fromkeys(_COLUMNS, pl.String), **SOURCE, "opened": pl.Int64, "closed": pl.Int64}
    schema |= {"shown_parent_id": pl.Int64, "head_id": pl.Int64, "foot_id": pl.Int64, "reporting": pl.Boolean}
    flag = _COLUMNS.index("reporting")  # SQLite gives it as a number
    values = [(*row[:flag], bool(row[flag]), *row[flag + 1 :]) for row in rows]
    units = pl.DataFrame(values, schema=schema, orient="row").with_columns(
        bulk.day_column("opened"), bulk.day_column("closed"), pl.col("chain").str.split(",")
    )
    aliases = connection.execute(select(unit_alias.c.alias, unit_alias.c.unit_id)).fetchall()
    given = " OR ".join(f"EXISTS (SELECT 1 FROM {table} t WHERE t.unit_id = u.id)" for table in _FIGURES)
    keeping = connection.execute(text(f"SELECT id FROM unit u WHERE successor_id IS NOT NULL AND ({given})")).scalars()
    return Register(
        units,
        pl.DataFrame([tuple(row) for row in aliases], {"alias": pl.String, "unit_id": pl.Int64}, orient="row"),
        keeping.all(),
    )


@dataclass(frozen=True)
class RegisterChange:
    """What a table did to the register, with what undo needs."""

    before: list[tuple[int, dict[str, Any] | None]]  # unit id and its row before; None: there was none
    aliases: list[tuple[str, int]]  # former names that it wrote down
    new: int
    changed: int
    unchanged: int


def change_register(connection: Connection, campaign: Campaign, table: pl.DataFrame) -> RegisterChange:
    """Add and change units as a units table says (columns of Tables.units; null: unchanged, or unknown if new).

    Units that the table leaves out stay. A changed name stays known as a former name.
    """
    register = load_register(connection)
    source = register.units.select(*SOURCE)
    merged, before = _merge(source, register, table)
    changed = [unit_id for unit_id, row in before if row is not None]
    _replace(connection, campaign, register, merged)
    aliases = _remember_names(connection, source, merged, changed)
    return RegisterChange(before, aliases, len(before) - len(changed), len(changed), table.height - len(before))


def restore_register(
    connection: Connection,
    campaign: Campaign,
    before: list[tuple[int, dict[str, Any] | None]],
    aliases: list[tuple[str, int]],
) -> None:
    """Take the register back to what it was: the rows and former names of a RegisterChange."""
    for alias, unit_id in aliases:
        connection.execute(delete(unit_alias).where(unit_alias.c.unit_id == unit_id, unit_alias.c.alias == alias))
    register = load_register(connection)
    source = register.units.select(*SOURCE)
    kept = source.filter(~pl.col("id").is_in([unit_id for unit_id, _row in before]))
    rows = [_dates({**row, "id": unit_id}) for unit_id, row in before if row is not None]
    old = pl.DataFrame(rows, schema=SOURCE, orient="row")
    _replace(connection, campaign, register, pl.concat([kept, old]).sort("id"))


def _dates(row: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(row[name]) for name in ("opened", "closed") if row[name]}
    return {name: row[name] for name in SOURCE} | days


def _merge(
    source: pl.DataFrame, register: Register, table: pl.DataFrame
) -> tuple[pl.DataFrame, list[tuple[int, dict[str, Any] | None]]]:
    """The register with the table worked in, and the rows before of all that is new or changed."""
    known = dict(zip(source["code"].to_list(), source.iter_rows(named=True), strict=True))
    own_ids = {code: int(row["id"]) for code, row in known.items()}
    rows = list(table.iter_rows(named=True))
    fresh = [row for row in rows if row["code"] not in known]
    next_id = max(own_ids.values(), default=0) + 1
    provisional = {row["code"]: next_id + offset for offset, row in enumerate(fresh)}
    ids = _ordered_ids(source, fresh, {**own_ids, **provisional}, next_id)

    def id_of(code: str | None) -> int | None:
        if code is None:
            return None
        if code in ids:
            return ids[code]
        found = register.resolve(code)
        return found.id if found else None

    before: list[tuple[int, dict[str, Any] | None]] = []
    result = {row["id"]: row for row in known.values()}
    for row in rows:
        said = {name: row.get(name) for name in SOURCE if row.get(name) is not None and name != "id"}
        for reference, name in (("parent_code", "parent_id"), ("successor_code", "successor_id")):
            if row.get(reference) is not None:
                said[name] = id_of(row[reference])
        old = known.get(row["code"])
        empty: dict[str, Any] = dict.fromkeys(SOURCE)
        now = {**(old or empty), **said, "id": ids[row["code"]]}
        now["school_type"] = now["school_type"] or ("university" if now["kind"] == "university" else "other")
        if old != now:
            before.append((now["id"], old and _json(old)))
        result[now["id"]] = now
    return pl.DataFrame(list(result.values()), schema=SOURCE, orient="row").sort("id"), before


def _ordered_ids(
    source: pl.DataFrame, fresh: list[dict[str, Any]], ids: dict[str, int], next_id: int
) -> dict[str, int]:
    """Ids of new units given in tree order, so that a county's schools lie side by side in every index."""
    if not fresh:
        return ids
    new = pl.DataFrame(
        {
            "id": [ids[row["code"]] for row in fresh],
            "code": [row["code"] for row in fresh],
            "parent_id": [ids.get(row.get("parent_code") or "") for row in fresh],
        },
        schema={"id": pl.Int64, "code": pl.String, "parent_id": pl.Int64},
    )
    order = tree_order(pl.concat([source.select("id", "code", "parent_id"), new]), new["id"].to_list())
    codes = dict(zip(new["id"].to_list(), new["code"].to_list(), strict=True))
    return {**ids, **{codes[unit_id]: next_id + place for place, unit_id in enumerate(order)}}


def _json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def _replace(connection: Connection, campaign: Campaign, register: Register, source: pl.DataFrame) -> None:
    """Make the register `source`, with closure and roll-up."""
    old, new = register.units, derive(source, campaign.review_levels)
    old_paths, new_paths = closure(old), closure(new)
    moved = _moved(old, new, old_paths, new_paths)
    if not moved:
        return
    heads = [
        head
        for frame in (old, new)
        for head in frame.filter(pl.col("id").is_in(moved))["head_id"].drop_nulls().to_list()
    ]
    touch_units(connection, heads)
    effect = Effect(connection, campaign.baseline_day)
    _write_units(connection, old, new, moved)
    _write_closure(connection, old_paths, new_paths)
    effect.apply()


def _moved(old: pl.DataFrame, new: pl.DataFrame, old_paths: pl.DataFrame, new_paths: pl.DataFrame) -> list[int]:
    """Units of which anything differs: a column, or what they hang under."""
    flat = [pl.col("chain").list.join(",")]
    columns = [frame.select(*_COLUMNS).with_columns(flat) for frame in (old, new)]
    by_row = [a.join(b, on=_COLUMNS, how="anti", nulls_equal=True)["id"] for a, b in (columns, columns[::-1])]
    keys = ["unit_id", "ancestor_id", "depth"]
    by_path = [a.join(b, on=keys, how="anti")["unit_id"] for a, b in ((old_paths, new_paths), (new_paths, old_paths))]
    return sorted(set(pl.concat([*by_row, *by_path]).to_list()))


def _write_units(connection: Connection, old: pl.DataFrame, new: pl.DataFrame, moved: list[int]) -> None:
    known, kept = set(old["id"].to_list()), set(new["id"].to_list())
    rows = new.filter(pl.col("id").is_in(moved)).with_columns(pl.col("chain").list.join(","))
    bulk.insert_frame(connection, "unit", rows.filter(~pl.col("id").is_in(list(known))).select(*_COLUMNS))
    changed = bulk.with_day_numbers(rows.filter(pl.col("id").is_in(list(known))))
    settings = ", ".join(f"{name} = :{name}" for name in _COLUMNS if name != "id")
    if not changed.is_empty():
        connection.execute(text(f"UPDATE unit SET {settings} WHERE id = :id"), changed.select(*_COLUMNS).to_dicts())
    gone = sorted(known - kept)
    if gone:
        bulk.temporary(connection, "unit_gone", {"id": "INTEGER"}, "id")
        bulk.insert(connection, "unit_gone", ("id",), ((unit_id,) for unit_id in gone))
        connection.execute(text("DELETE FROM unit_alias WHERE unit_id IN (SELECT id FROM unit_gone)"))
        connection.execute(text("DELETE FROM unit WHERE id IN (SELECT id FROM unit_gone)"))


def _write_closure(connection: Connection, old: pl.DataFrame, new: pl.DataFrame) -> None:
    keys = ["unit_id", "ancestor_id", "depth"]
    gone = old.join(new, on=keys, how="anti")
    if not gone.is_empty():
        keys_of = {"unit_id": "INTEGER", "ancestor_id": "INTEGER"}
        bulk.temporary(connection, "path_gone", keys_of, ", ".join(keys_of))
        bulk.insert_frame(connection, "path_gone", gone.select("unit_id", "ancestor_id").unique())
        connection.execute(
            text(
                "DELETE FROM unit_ancestor WHERE EXISTS (SELECT 1 FROM path_gone g"
                " WHERE g.unit_id = unit_ancestor.unit_id AND g.ancestor_id = unit_ancestor.ancestor_id)"
            )
        )
    bulk.insert_frame(connection, "unit_ancestor", new.join(old, on=keys, how="anti").select(*keys))


def _remember_names(
    connection: Connection, old: pl.DataFrame, new: pl.DataFrame, changed: list[int]
) -> list[tuple[str, int]]:
    names = dict(zip(new["id"].to_list(), new["name"].to_list(), strict=True))
    known = {tuple(row) for row in connection.execute(select(unit_alias.c.alias, unit_alias.c.unit_id))}
    former = old.filter(pl.col("id").is_in(changed)).select("name", "id").iter_rows()
    rows = [row for row in former if names[row[1]] != row[0] and row not in known]
    if rows:
        connection.execute(insert(unit_alias), [{"alias": alias, "unit_id": unit_id} for alias, unit_id in rows])
    return rows


def unit_table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a units table as a frame with the columns that `change_register` takes."""
    names = [name for name in SOURCE if name not in ("id", "parent_id", "successor_id")]
    schema = {name: SOURCE[name] for name in names} | {"parent_code": pl.String, "successor_code": pl.String}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")
