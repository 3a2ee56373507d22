"""Charts and tables on the page, each with what goes with it: a text alternative, its data, its files."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor.access.who import Who
from monitor.i18n import _, language
from monitor.numbers import percent, whole
from monitor.ui import downloads, picture, specs, theme
from monitor.ui.header import Asked
from monitor.ui.kept import Key, key_hash
from monitor.ui.picture import Picture

_CSV = "text/csv; charset=utf-8"
_NUMBER = re.compile(r"—|[+-]?[\d,.]+%?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def draw(
    asked: Asked,
    build: Callable[[], Any],
    table: pd.DataFrame,
    headers: Mapping[str, str],
    *,
    alt: str,
    name: str,
    key: str,
    under: str = "",
) -> None:
    """A chart of a page of figures (see `chart`); `name`: what it is called; `under`: how it is read, said below it and
    in its files.

    `build` makes the alt.Chart, or fills in its specification; `key` tells the charts of a page apart. A chart is made once for one unit, sector, day
    and state of the data: to make and check one takes longer than all the rest of a page.
    """
    shown = Picture(kept(asked, key, build), name, f"{asked.note}\n{under}".rstrip())
    chart(asked.who, shown, table, headers, alt=alt, file=asked.file(name), key=key, under=under)


def chart(
    who: Who,
    shown: Picture,
    table: pd.DataFrame,
    headers: Mapping[str, str],
    *,
    alt: str,
    file: str,
    key: str,
    under: str = "",
) -> None:
    """A chart, what is said `under` it, and folded up the same figures as a table, and the files: CSV, PNG, SVG."""
    put(shown.spec, alt=alt, key=f"chart-{key}")
    if under:
        st.caption(under)
    fold(who, table, headers, alt=alt, file=file, key=key, shown=lambda: shown)


def put(spec: Mapping[str, Any], *, alt: str, key: str) -> None:
    """A chart alone, its texts in the colour of the look in use."""
    look = "dark" if st.context.theme.type == "dark" else "light"
    st.vega_lite_chart(spec=theme.written(spec, theme.INKS[look]), alt=alt, width="stretch", key=key)


def kept(asked: Asked, key: str, build: Callable[[], Any]) -> dict[str, Any]:
    """The specification of a chart of this unit, sector, day and state of the data."""
    return _spec(asked.reader.key, asked.unit.code, asked.sector, key, build)


@st.cache_data(max_entries=512, show_spinner=False, hash_funcs={Key: key_hash})
def _spec(key: Key, code: str, sector: str, name: str, _build: Callable[[], Any]) -> dict[str, Any]:
    return specs.made(_build)


def of_table(name: str, table: pd.DataFrame, build: Callable[[], Any]) -> dict[str, Any]:
    """The specification of a chart that shows a table and depends on nothing else: made once for the same table. `name`
    tells the charts apart."""
    return _of_table(name, language(), table, build)


@st.cache_data(max_entries=64, show_spinner=False)
def _of_table(name: str, language: str, table: pd.DataFrame, _build: Callable[[], Any]) -> dict[str, Any]:
    return specs.made(_build)


def fold(
    who: Who,
    table: pd.DataFrame,
    headers: Mapping[str, str],
    *,
    alt: str,
    file: str,
    key: str,
    shown: Callable[[], Picture] | None = None,
) -> None:
    """Figures as a table and as files, folded up: made only when somebody looks. `shown`: the same as a picture, of which
    there are files, too."""
    folded = st.expander(_("Data and download"), on_change="rerun", key=f"fold-{key}", type="compact")
    if folded.open:
        with folded:
            st.caption(alt)
            listed = table[list(headers)].rename(columns=dict(headers))
            st.dataframe(listed, hide_index=True, alt=alt, height="content" if len(listed) <= 15 else 420)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                download(who, listed, file, key=key)
                if shown is not None:
                    picture.offer(who, shown(), file, key=key)


def on_phone() -> bool:
    """Whether a phone asks: nothing else says on the server how much room there is."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


ROW: Final = 32
"""Pixels of a row of a table."""


def tall(rows: int, most: int = 15, longer: int = 520) -> int:
    """Pixels of a table with so many rows of ROW and its head: all of them where they are no more than `most`, a
    part of them at a time in `longer` pixels. Said before the table is drawn: what stands below it does not move then."""
    return ROW * (rows + 1) + 6 if rows <= most else longer


@contextmanager
def on_paper(table: pd.DataFrame, *, key: str, note: str = "") -> Iterator[None]:
    """What is drawn within is for the screen; on paper stands the same as a table that is as wide as the paper, whatever
    the window: columns of the screen that scroll are cut off there. table: under the names of the screen."""
    with st.container(key=f"paper-{key}", gap=None):
        yield
        st.html(_paper(table, note))


def whole_table(table: pd.DataFrame, alt: str, columns: dict[str, Any], *, key: str) -> None:
    """A table that is seen whole, on the screen and on paper. columns: column_config of st.dataframe."""
    with on_paper(table, key=key):
        st.dataframe(
            table, hide_index=True, height=tall(len(table)), row_height=ROW, alt=alt, column_config=columns
        )  # fmt: skip


def _paper(table: pd.DataFrame, note: str) -> str:
    texts = [[_said(value) for value in table[name]] for name in table]
    looks = ["number" if all(_NUMBER.fullmatch(text) for text in column) else "" for column in texts]
    head = "".join(f'<th class="{look}">{escape(str(name))}</th>' for name, look in zip(table, looks, strict=True))
    rows = "".join(
        "<tr>"
        + "".join(f'<td class="{look}">{escape(text)}</td>' for text, look in zip(row, looks, strict=True))
        + "</tr>"
        for row in zip(*texts, strict=True)
    )
    said = f"<p>{escape(note)}</p>" if note else ""
    return f'<div class="paper"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{said}</div>'


def _said(value: Any) -> str:
    """A value as a printed table has it: whole numbers with separators, parts of them as percentages."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return "—"
    return percent(value / 100) if isinstance(value, float) else whole(value)


def tiles(shown: Sequence[tuple[str, str, Sequence[str]]]) -> None:
    """Single figures side by side: name, value, and small lines under it."""
    parts = [
        f'<div><dt>{escape(name)}</dt><dd class="value">{escape(value)}</dd>'
        + "".join(f"<dd>{escape(line)}</dd>" for line in lines)
        + "</div>"
        for name, value, lines in shown
    ]
    st.html(f'<dl class="figures">{"".join(parts)}</dl>')


def download(who: Who, table: pd.DataFrame, file: str, *, key: str) -> None:
    """A link that downloads a table as CSV; only this session can."""
    downloads.link(_("Download CSV"), who, f"{file}.csv", _CSV, lambda: as_csv(table), key=key)


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as a CSV that a spreadsheet opens with its Chinese intact, and in which nothing is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_text(name) for name in table.columns])
    for row in table.itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if value is None or value is pd.NaT or pd.isna(value):
        return ""
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
