"""Pieces of the page 对账: the three denominators of a unit, the gaps of what is below it, the schools behind them."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor import i18n
from monitor.figures import DENOMINATORS
from monitor.i18n import _
from monitor.numbers import percent, signed
from monitor.progress import View
from monitor.quality import reconcile
from monitor.ui import downloads, figures, paging, runtime, state, words
from monitor.ui.header import Asked
from monitor.ui.kept import Key, key_hash
from monitor.ui.media import XLSX
from monitor.ui.words import verbatim
from monitor.workbooks import workbook

_NAMED: Final = 5
_ORDERS: Final = {"size": (None, False), "more": (False, False), "fewer": (True, False), "code": (True, True)}


def _headers() -> dict[str, str]:
    return {
        "name": _("Unit"),
        "parent": _("Superior"),
        "live": _("Expected (live)"),
        "baseline": _("Expected (baseline)"),
        "statistics": _("Official statistics"),
        "live_minus_statistics": _("Live − statistics"),
        "live_minus_baseline": _("Live − baseline"),
    }


@st.cache_data(max_entries=128, show_spinner=False, hash_funcs={Key: key_hash})
def _read(key: Key, code: str, sector: str, what: str) -> pd.DataFrame:
    store = runtime.store()
    with store.connect() as connection:
        view = View.at(connection, store.campaign, key.scope, key.as_of)
        read = {"below": reconcile.denominators, "reporting": reconcile.reporting}[what]
        return read(view, view.unit(code), sector)


def chosen_gap() -> str:
    """The gap that the address asks for: against the statistics, or the baseline."""
    return "live_minus_baseline" if state.get("gap") == "baseline" else "live_minus_statistics"


# ---- the answer --------------------------------------------------------------------------------------------------


def answer(asked: Asked) -> None:
    """The three denominators, what they differ by, and where most of that is."""
    found = _read(asked.reader.key, asked.unit.code, asked.sector, "below")
    own, below = found.iloc[0], found.iloc[1:]
    with st.container(border=True, key="headline"):
        st.header(
            _("{name}: {live} expected, {statistics} against the statistics, {baseline} against the baseline").format(
                name=verbatim(own["name"]), live=words.whole(own["live"]),
                statistics=_gap(own, "live_minus_statistics"), baseline=_gap(own, "live_minus_baseline"),
            ),
            anchor=False,
        )  # fmt: skip
        for gap, title in (("live_minus_statistics", _headers()["live_minus_statistics"]), ("live_minus_baseline", _headers()["live_minus_baseline"])):  # fmt: skip
            units = _largest(below, gap)
            if units:
                st.markdown(_("**{gap}**: {units}").format(gap=title, units=units))
        if not own["statistics"]:
            st.markdown(_("No official statistics were imported for this unit: they count as 0."))
        if not own["baseline"]:
            day = words.day(runtime.campaign().baseline_day, year=True)
            st.markdown(_("The baseline is frozen on {day}; before that it counts as 0.").format(day=day))
        rates = {"live": _("live"), "baseline": _("the baseline"), "statistics": _("the statistics")}
        said = (
            _("Rates use {denominator}. The gaps of the units below add up to those of {name} exactly.")
            if len(below)
            else _("Rates use {denominator}.")
        )
        st.caption(said.format(denominator=rates[runtime.campaign().denominator], name=verbatim(own["name"])))


def _gap(row: Any, gap: str) -> str:
    """A gap with its share of what it is held against."""
    held = row[reconcile.GAPS[gap][1]]
    if not held:
        return signed(row[gap])
    return _("{gap} ({share})").format(gap=signed(row[gap]), share=percent(row[gap] / held))


def _largest(below: pd.DataFrame, gap: str) -> str:
    """The units that the largest parts of a gap are in, whichever way."""
    moved = below[below[gap] != 0]
    largest = moved.reindex(moved[gap].abs().sort_values(ascending=False, kind="stable").index).head(_NAMED)
    named = _(", ").join(f"{verbatim(row['name'])} {signed(row[gap])}" for row in largest.to_dict("records"))
    rest = moved.drop(largest.index)
    if rest.empty:
        return named
    return named + _(", {count} more units together {gap}").format(count=len(rest), gap=signed(rest[gap].sum()))


# ---- what is directly below --------------------------------------------------------------------------------------


def below(asked: Asked) -> None:
    """The unit and what is directly below it; a click on a name goes down. A click on a head sorts."""
    found = _read(asked.reader.key, asked.unit.code, asked.sector, "below")
    if len(found) == 1:
        return
    names = ["name", *DENOMINATORS, *reconcile.GAPS]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Units directly below"), anchor=False, width="stretch")
        _download(asked, "below", _("Reconciliation"), names)
    codes = found["code"].tolist()
    shown = found[names].rename(columns=_headers())
    first = shown.columns[0]
    shown[first] = [_("Total: {name}").format(name=name) if not place else f"{name} ›" for place, name in enumerate(shown[first])]  # fmt: skip
    click = state.clicked("below-click", codes, state.go)
    _table(shown, "below", _("The three denominators of the units below"), click)


def _table(shown: pd.DataFrame, key: str, alt: str, click: Any = None) -> None:
    config: dict[str, Any] = {
        name: st.column_config.NumberColumn(name, format="localized")
        for name in shown.columns
        if pd.api.types.is_integer_dtype(shown[name])
    }
    if click is not None:
        first = str(shown.columns[0])
        config[first] = st.column_config.ButtonColumn(
            first, type="tertiary", alignment="left", key=f"{key}-click", on_click=click, width=200, pinned=True,
        )  # fmt: skip
    st.dataframe(
        shown,
        hide_index=True,
        column_config=config,
        height=figures.tall(len(shown), len(shown)),
        row_height=figures.ROW,
        key=f"gaps-{key}",
        alt=alt,
    )


# ---- the schools behind it ---------------------------------------------------------------------------------------


def schools(asked: Asked) -> None:
    """The reporting units with a gap, the largest first, page by page."""
    gap = chosen_gap()
    with st.spinner(_("Reading the figures of every school …")):
        found = _read(asked.reader.key, asked.unit.code, asked.sector, "reporting")
    moved = found[found[gap] != 0]
    names = ["name", "parent", *DENOMINATORS, *reconcile.GAPS]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(
            _("Schools behind the gap :gray[{count} of {total} with a gap, together {gap}]").format(
                count=words.whole(len(moved)), total=words.whole(len(found)), gap=signed(moved[gap].sum())
            ),
            anchor=False, width="stretch",
        )  # fmt: skip
        _download(asked, "reporting", _("Reconciliation by school"), ["code", *names])
    with st.grid("auto", min_column_width=200, gap="small"):
        against = {"statistics": _("statistics"), "baseline": _("baseline")}
        state.choose("gap", _("Gap against"), list(against), against)
        orders = {"size": _("Largest first"), "more": _("Largest surplus first"), "fewer": _("Largest shortfall first"), "code": _("Unit code")}  # fmt: skip
        order = state.choose("sort", _("Sort"), list(orders), orders)
    if moved.empty:
        st.info(_("No school has a gap."))
        return
    ordered = _ordered(moved, gap, order)
    page = min(paging.asked(), (len(ordered) - 1) // paging.PAGE)
    part = ordered.iloc[page * paging.PAGE : (page + 1) * paging.PAGE]
    _table(part[names].rename(columns=_headers()), f"schools-{page}", _("Schools whose denominators differ"))
    paging.turn(page, len(part), len(ordered), "gaps")


def _ordered(moved: pd.DataFrame, gap: str, order: str) -> pd.DataFrame:
    """Schools in one of _ORDERS."""
    ascending, by_code = _ORDERS[order]
    if by_code:
        return moved.sort_values("code")
    weighed = moved.assign(_weight=moved[gap].abs() if ascending is None else moved[gap])
    return weighed.sort_values(["_weight", "code"], ascending=[bool(ascending), True]).drop(columns="_weight")


def _download(asked: Asked, what: str, name: str, names: list[str]) -> None:
    """A table as a workbook: all of it, in its order."""
    key, code, sector, language = asked.reader.key, asked.unit.code, asked.sector, i18n.language()
    title, scope = asked.file(name), asked.scope
    heads = {"code": _("Code"), **_headers()}
    widths = [28 if column == "name" else 16 for column in names]

    def produce() -> bytes:
        i18n.use(language)
        store = runtime.store()
        with store.connect() as connection:
            view = View.at(connection, store.campaign, key.scope, key.as_of)
            read = {"below": reconcile.denominators, "reporting": reconcile.reporting}[what]
            table = read(view, view.unit(code), sector)
        note = _("{scope}, as of {day}. A unit without statistics counts as 0.").format(scope=scope, day=key.as_of)
        return workbook(table[names].rename(columns=heads), title, note, widths)

    downloads.link(_("Download Excel"), asked.who, f"{title}.xlsx", XLSX, produce, key=f"gaps-{what}-{sector}")
