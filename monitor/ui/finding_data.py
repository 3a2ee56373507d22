"""What the page 数据质量 reads, and what its address asks for. Kept until figures or explanations change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor.quality import rules
from monitor.store import Scope, meta
from monitor.store.read import findings as read
from monitor.ui import paging, runtime, state
from monitor.ui.header import Asked
from monitor.ui.kept import Key, key_hash

MOST: Final = 50_000  # findings of one download
STATES: Final = (read.OPEN, read.ANSWERED, read.CLOSED)
FILTERS: Final = ("grade", "rule", "state", "on", "batch", "about")
"""What narrows the list down, by its name in the address."""

_cache = st.cache_data(max_entries=512, show_spinner=False, hash_funcs={Key: key_hash})


@dataclass(frozen=True)
class Findings:
    """Findings that a page asks for. `base`: those that its headline counts; `wanted`: those that its list shows."""

    asked: Asked
    base: read.Wanted
    wanted: read.Wanted
    version: int

    def tally(self, by: str, *, narrowed: bool = True) -> pd.DataFrame:
        """Counts by code, day, sector or child (read.finding_tally) of what the list shows, whatever its state; without
        `narrowed` of what the headline counts."""
        wanted = replace(self.wanted, state="") if narrowed else self.base
        return _tally(self.asked.reader.key, self.version, wanted, by, self.asked.unit.id)

    def beside(self) -> pd.DataFrame:
        """Counts by sector (null: whole files) of everything that the headline leaves out, and what it counts."""
        wanted = replace(self.base, sector="", about="all")
        return _tally(self.asked.reader.key, self.version, wanted, "sector", None)

    def groups(self, after: int) -> tuple[pd.DataFrame, int, int]:
        """Rows of the list from `after` on (read.finding_groups), how many there are, of how many findings."""
        return _groups(self.asked.reader.key, self.version, self.wanted, after)

    def all(self, wanted: read.Wanted | None = None) -> pd.DataFrame:
        """Findings one by one (read.findings)."""
        return one_by_one(self.asked.who.scope, wanted or self.wanted)

    def history(self, ids: list[int]) -> pd.DataFrame:
        """All that was ever said of findings (read.answers)."""
        with runtime.store().connect() as connection:
            return read.answers(connection, self.asked.who.scope, ids)


def one_by_one(scope: Scope, wanted: read.Wanted) -> pd.DataFrame:
    """Findings one by one (read.findings). Not kept: a page shows a few, a download is made once."""
    with runtime.store().connect() as connection:
        return read.findings(connection, scope, wanted, MOST)


def asked_for(asked: Asked) -> Findings:
    """What the address asks for; what it cannot ask for counts as not asked."""
    batch = state.get("batch")
    base = read.Wanted(asked.reader.as_of, asked.unit.id, sector=asked.sector)
    if batch.isdecimal() and len(batch) < 10:
        base = replace(base, batch_id=int(batch), about="all", sector="")
    elif state.get("about") == "files" and asked.who.scope.everything:
        base = replace(base, about="files")
    grade, code, chosen = state.get("grade"), state.get("rule"), state.get("state")
    wanted = replace(
        base,
        grade=grade if grade in read.GRADES else "",
        code=code if code in rules.CODES else "",
        on=_day(state.get("on")),
        state={"": read.OPEN, "all": ""}.get(chosen, chosen if chosen in STATES else read.OPEN),
    )
    with runtime.store().connect() as connection:
        version = meta.answers_version(connection)
    return Findings(asked, base, wanted, version)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@_cache
def _tally(key: Key, version: int, wanted: read.Wanted, by: str, parent: int | None) -> pd.DataFrame:
    with runtime.store().connect() as connection:
        return read.finding_tally(connection, key.scope, wanted, by, parent)


@_cache
def _groups(key: Key, version: int, wanted: read.Wanted, after: int) -> tuple[pd.DataFrame, int, int]:
    with runtime.store().connect() as connection:
        return read.finding_groups(connection, key.scope, wanted, paging.PAGE, after)


def item(row: Mapping[Any, Any]) -> str:
    """The name in the address of a row of the list: the rule, and the unit or the batch."""
    return f"{row['code']}-{row['unit_code']}" if row["unit_code"] else f"{row['code']}-batch-{int(row['batch'])}"
