"""Pieces of the page 分析: the funnel plot, the change between two days, past forecasts against what came."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor.i18n import _
from monitor.measures.change import PARTS
from monitor.measures.history import hindsight, reliability
from monitor.ui import analysis_charts, data, figures, state, tables, words
from monitor.ui.header import Asked
from monitor.ui.words import verbatim

_BELOW: Final = {"province": "county", "city": "county", "county": "school", "school": "school"}
"""Whose forecasts are looked back at, by the unit asked for; those of universities in their sector."""


View = Callable[[Asked, Any], None]
"""What shows a view: of what is asked for, with the row in which its choices stand."""


def views() -> dict[str, tuple[str, View]]:
    """What the page can show, by its name in the address."""
    return {
        "funnel": (_("Funnel plot: who stands out"), funnel),
        "change": (_("Change between two days"), change),
        "forecasts": (_("Past forecasts against the outcome"), forecasts),
    }


def chosen() -> Callable[[Asked], None]:
    """The view that the address asks for, with the choice."""
    offered = views()
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    with row, st.container(width=330):
        key = state.choose("view", _("Show"), list(offered), lambda key: offered[key][0])
    return lambda asked: offered[key][1](asked, row)


# ---- funnel ------------------------------------------------------------------------------------------------------


def funnel(asked: Asked, row: Any) -> None:
    """The completion of units by their size, between the limits that chance allows."""
    with row:
        found = (
            tables.members_looked_at(asked)[0]
            if asked.sector == "schools"
            else asked.reader.members(asked.unit, asked.sector)
        )
    kind, members = tables.main_kind(found)
    members = members[members["denominator"] > 0] if len(members) else members
    if len(members) < 2:
        st.info(_("There are not enough units below {unit} to compare.").format(unit=verbatim(asked.unit.name)))
        return
    table = analysis_charts.funnel_table(members)
    title = _("{kinds}: completion and size").format(kinds=words.title(kind))
    st.header(title, anchor=False)
    said = analysis_charts.funnel_words(table)
    st.markdown(said)
    headers = {
        "name": _("Unit"), "size": _("Expected"), "completion": _("Completion (%)"), "lower_998": _("99.8% limit, lower (%)"),
        "lower_95": _("95% limit, lower (%)"), "upper_95": _("95% limit, upper (%)"), "upper_998": _("99.8% limit, upper (%)"), "place": _("Zone"),
    }  # fmt: skip
    rates = ("completion", "lower_998", "lower_95", "upper_95", "upper_998")
    shown = table.assign(**{name: (table[name] * 100).round(2) for name in rates})
    under = _(
        "Between the dashed lines lie 95%, between the solid lines 99.8% of units of that size if they differ from the group by chance alone. Small units scatter more; only units below the 99.8% limit are named."
    )
    figures.draw(
        asked, lambda: analysis_charts.funnel(table), shown, headers,
        alt=said, name=title, key=f"funnel-{kind}", under=under,
    )  # fmt: skip


# ---- change ------------------------------------------------------------------------------------------------------


def change(asked: Asked, row: Any) -> None:
    """What the work left fell by between two days, taken apart: a waterfall of the unit, a table of those below."""
    with row:
        since = _since(asked)
    if since is None:
        st.info(_("A change needs an earlier day with figures: choose a later day."))
        return
    with st.spinner(_("Comparing every unit on the two days …")):
        found = asked.reader.change(asked.unit, asked.sector, since)
    whole = found.iloc[0]
    said = analysis_charts.change_words(whole, since, asked.reader.as_of)
    st.header(said, anchor=False)
    names = analysis_charts.parts()
    table = pd.DataFrame({"part": list(names.values()), "people": [int(whole[key]) for key in names]})
    figures.draw(
        asked, lambda: analysis_charts.waterfall(table), table, {"part": _("Part"), "people": _("People")},
        alt=said, name=f"{_('change')} {since.isoformat()}—{asked.reader.as_of.isoformat()}", key=f"change-{since}",
    )  # fmt: skip
    if len(found) > 1:
        listed = found.iloc[1:].sort_values("total", ascending=False)
        shown = listed[["name", "total", *PARTS]].rename(
            columns={"name": _("Unit"), "total": _("Remaining work fell by"), **{key: names[key] for key in PARTS}}
        )
        st.dataframe(
            shown, hide_index=True, height=figures.tall(len(shown)), row_height=figures.ROW, alt=said,
            column_config={
                name: st.column_config.NumberColumn(format="localized") for name in shown.columns[1:]
            },
        )  # fmt: skip
        figures.download(asked.who, shown, asked.file(_("change")), key="change-units")


def _since(asked: Asked) -> date | None:
    """The day that the change is counted from, with its picker: a week before, unless the address says otherwise."""
    first, _newest, _last = data.days()
    as_of = asked.reader.as_of
    if first is None or as_of <= first:
        return None
    usual = max(first, as_of - timedelta(days=7))
    try:
        current = date.fromisoformat(state.get("since"))
    except ValueError:
        current = usual
    current = current if first <= current < as_of else usual
    key = "state-since"
    st.session_state[key] = current

    def write() -> None:
        picked = st.session_state[key]
        state.put(since=picked.isoformat() if picked and picked != usual else None)

    with st.container(width=220):
        st.date_input(
            _("Since (end of day)"), key=key, min_value=first, max_value=as_of - timedelta(days=1), format="YYYY-MM-DD",
            on_change=write,
        )  # fmt: skip
    return current


# ---- past forecasts ----------------------------------------------------------------------------------------------


def forecasts(asked: Asked, _row: Any) -> None:
    """Past forecasts of this very campaign, against what is known by now."""
    kind = "university" if asked.sector == "universities" else _BELOW.get(asked.unit.kind, asked.unit.kind)
    with st.spinner(_("Repeating the forecast of every past day …")):
        found = asked.reader.past_forecasts(asked.unit, kind, asked.sector)
    st.header(_("Past forecasts and what happened"), anchor=False)
    if found.empty:
        st.info(_("No forecast could be made before this day: there are too few days with figures."))
        return
    st.markdown(_hindsight(found, asked.reader.as_of))
    kept = reliability(found["probability"], found["finished"])
    shown = pd.DataFrame(
        {
            _("Likelihood forecast"): [
                f"{low:.0%}–{high:.0%}" for low, high in zip(kept["low"], kept["high"], strict=True)
            ],
            _("Forecasts"): kept["cases"],
            _("Mean forecast (%)"): (kept["predicted"] * 100).round(1),
            _("Finished by today (%)"): (kept["happened"] * 100).round(1),
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=figures.tall(len(shown)),
        row_height=figures.ROW,
        alt=_("Reliability of past forecasts"),
    )
    own = found[found["name"] == asked.unit.name]
    if len(own):
        st.subheader(_("What was forecast for {unit}").format(unit=verbatim(asked.unit.name)), anchor=False)
        st.dataframe(
            pd.DataFrame(
                {
                    _("Forecast on"): own["made_on"].dt.strftime("%Y-%m-%d"),
                    **{
                        head: own[name].dt.strftime("%Y-%m-%d").fillna("—")
                        for name, head in (("p10", _("Early (P10)")), ("p50", _("Middle (P50)")), ("p90", _("Late (P90)")))
                    },
                    _("Finished on"): own["finished_on"].dt.strftime("%Y-%m-%d").fillna(_("not yet")),
                }
            ),
            hide_index=True, height=figures.tall(len(own)), row_height=figures.ROW, alt=_("Past forecasts of the unit"),
        )  # fmt: skip


def _hindsight(found: pd.DataFrame, as_of: date) -> str:
    """In words: how many forecasts, how many of them are decided, how they did; and that few days say little."""
    told = hindsight(found, as_of)
    said = _(
        "{cases} forecasts for {units} units on {days} past working days. Against what had happened by {day}, their mean squared error is {brier} (Brier score, lower is better); simply continuing the pace of the time gives {naive}."
    ).format(
        cases=words.whole(told["cases"]),
        days=found["made_on"].nunique(),
        units=found["unit"].nunique(),
        day=words.day(as_of),
        brier=f"{told['brier']:.3f}",
        naive=f"{told['brier_naive']:.3f}",
    )
    if told["decided"]:
        said += _(
            " Of the {decided} whose outcome is certain, {within} finished between P10 and P90 (about 80% should)."
        ).format(decided=words.whole(told["decided"]), within=words.percent(told["within"]))
    else:
        said += _(" None of their outcomes is certain yet.")
    return said + _(
        " Forecasts of neighbouring days are nearly the same: this is less evidence than the number suggests."
    )
