"""How charts become specifications: what is given to the browser and to the makers of PNG and SVG.

To make a chart of many pieces takes Altair a tenth of a second. One that is the same for each unit but for its figures is
made once, with gaps where they come in; to fill it in takes a tenth of that.
"""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import pandas as pd
from altair.utils import schemapi

_GAP = "gap:"


def made(build: Callable[[], Any]) -> dict[str, Any]:
    """The specification of the alt.Chart that `build` makes, or the one that it fills in."""
    # Tests check what is made against the grammar of charts; doing so again for each person takes longer than making it.
    with _unchecked:
        found = build()
        return dict(found if isinstance(found, Mapping) else found.to_dict(validate=False))


class _Unchecked:
    """Within it Altair does not check every piece of a chart as it is made. Its switch is one for all threads: the last
    one out turns it back."""

    def __init__(self) -> None:
        self._lock, self._within = Lock(), 0

    def __enter__(self) -> None:
        self._step(1)

    def __exit__(self, *_exception: object) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        with self._lock:
            self._within += by
            (schemapi.disable_debug_mode if self._within else schemapi.enable_debug_mode)()


_unchecked = _Unchecked()


def gap(name: str) -> Any:
    """In a chart that is made once: where the value of this name comes in."""
    return f"{_GAP}{name}"


def filled(drawing: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], values: Mapping[str, Any]) -> dict[str, Any]:
    """A specification with its gaps filled in. `tables`: the data that the chart speaks of by name (alt.NamedData)."""
    whole: dict[str, Any] = _filled(drawing, values)
    return {**whole, "datasets": {name: _rows(table) for name, table in tables.items()}}


def _filled(piece: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(piece, Mapping):
        return {name: _filled(value, values) for name, value in piece.items()}
    if isinstance(piece, list):
        return [_filled(one, values) for one in piece]
    if isinstance(piece, str) and piece.startswith(_GAP):
        return values[piece.removeprefix(_GAP)]
    return piece


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as a chart reads it: days as ISO 8601 without a zone, what is not known as null."""
    columns: dict[str, list[Any]] = {}
    for name, column in table.items():
        days = pd.api.types.is_datetime64_any_dtype(column)
        plain = column.dt.strftime("%Y-%m-%dT%H:%M:%S") if days else column
        columns[str(name)] = [None if pd.isna(value) else value for value in plain.tolist()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
