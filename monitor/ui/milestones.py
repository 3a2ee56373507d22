"""Pieces of the page 节点: every unit against every date, in words, as a picture and as a table; what training reached."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zlib import crc32

import pandas as pd
import streamlit as st

from monitor.access.who import Who
from monitor.filings import milestones as life
from monitor.filings.listing import written
from monitor.filings.state import STATES
from monitor.i18n import _
from monitor.store import clock, milestones, read
from monitor.store.filings import ACCEPTED, RETURNED
from monitor.store.scope import OutOfScope
from monitor.ui import (
    data,
    figures,
    filing_states,
    guard,
    milestone_chart,
    moments,
    navigation,
    runtime,
    state,
    state_table,
)
from monitor.ui.picture import Picture, noted
from monitor.ui.words import verbatim
from monitor.units import Unit

_NAMED: Final = 5
_LISTED: Final = 470
_SHORT: Final = 13


@dataclass(frozen=True)
class Page:
    """What the page shows: who asks, the moment, the unit looked at, and the units whose stages are shown.

    table: filings.milestones.table of the unit itself and of the offices (or universities) directly below it.
    """

    who: Who
    at: datetime
    sector: str
    unit: Unit
    below: list[Unit]
    table: pd.DataFrame


def opened(who: Who) -> Page:
    """The beginning of the page; or its end, where there is nothing to see."""
    campaign = runtime.campaign()
    with st.container(horizontal=True, vertical_alignment="bottom", key="header"):
        st.title(navigation.PAGES["milestones"].title, anchor=False)
        sector = moments.sector(who)
    with runtime.store().connect() as connection:
        at = moments.moment(clock.now(connection, campaign))
        day = at.astimezone(campaign.timezone).date()
        unit = _unit(who, connection)
        below = [one for one in read.children(connection, who.scope, unit.id, day, sector) if one.kind != "school"]
    finished = data.finished(who, unit, below, sector, day)
    with runtime.store().connect() as connection:
        found = life.table(connection, campaign, who.scope, at, finished)
    shown = {unit.id, *(one.id for one in below)}
    found = found[found["unit"].isin(shown)].reset_index(drop=True)
    if unit.kind == "province":
        found = found[(found["sector"] == sector) | (found["kind"] == "province")].reset_index(drop=True)
    _above(who, unit)
    st.caption(_("{unit}  |  as of {moment}").format(unit=verbatim(unit.name), moment=written(campaign, at)))
    return Page(who, at, sector, unit, below, found)


def _unit(who: Who, connection: Any) -> Unit:
    asked = state.get("unit")
    try:
        found = (
            read.unit(connection, who.scope, asked) if asked else read.root(connection, runtime.campaign(), who.scope)
        )
    except OutOfScope:
        guard.out_of_scope(who, unit=asked)
    if found is None:
        st.info(_("This account has no unit"))
        st.stop()
    return found


def _above(who: Who, unit: Unit) -> None:
    """The way back up."""
    if (state.get("unit") and who.unit is not None and unit.id != who.unit.id) or (
        who.unit is None and state.get("unit")
    ):
        st.button(
            _("All units"), key="milestones-all", type="tertiary", icon=":material/arrow_back:",
            on_click=lambda: state.put(unit=None),
        )  # fmt: skip


# ---- in words ----------------------------------------------------------------------------------------------------


def answer(page: Page) -> None:
    """Stage by stage how many units have which state, and who is late or missing."""
    if page.table.empty:
        st.info(_("No stage of the campaign is asked of these units."))
        return
    with st.container(border=True, key="headline"):
        owed = page.table[page.table["state"].isin(("missing", "late", "not_due", "on_time"))]
        st.header(
            _("{missing} of {owed} milestones are missing, {late} were late").format(
                owed=len(owed),
                missing=int((owed["state"] == "missing").sum()),
                late=int((owed["state"] == "late").sum()),
            ),
            anchor=False,
        )
        lines = [
            f"**{milestone_chart.plain(str(title))}** "
            + " ".join(
                filing_states.counted(key, int((found["state"] == key).sum()))
                for key in STATES
                if (found["state"] == key).any()
            )
            + _who_is(found)
            for title, found in page.table.groupby("title", sort=False)
        ]
        st.markdown("  \n".join(lines))


def _who_is(found: pd.DataFrame) -> str:
    bad = found[found["state"].isin(("missing", "late"))].sort_values(["state", "days_late"], ascending=[False, False])
    if bad.empty or len(found) == 1:
        return ""
    said = [
        _("{name} ({state})").format(name=verbatim(row["name"]), state=life.state_of(row).words)
        for row in bad.head(_NAMED).to_dict("records")
    ]
    more = _(" and {count} more").format(count=len(bad) - _NAMED) if len(bad) > _NAMED else ""
    return " " + _(", ").join(said) + more


# ---- what training reached ---------------------------------------------------------------------------------------


def training(page: Page) -> None:
    """Of stages that are reported from below: how many counties and schools were reached, unit by unit."""
    campaign = runtime.campaign()
    day = page.at.astimezone(campaign.timezone).date()
    for stage in life.shown_stages(campaign):
        units = [one for one in (page.unit, *page.below) if one.kind in (*stage.who, *stage.from_below)]
        if not stage.from_below or not units or page.sector != "schools":
            continue
        with runtime.store().connect() as connection:
            found = milestones.reached(
                connection, page.who.scope, stage.key, stage.from_below, [one.id for one in units], day
            )
        rows = found.reindex([one.id for one in units]).to_dict("records")
        shown = pd.DataFrame(
            {
                _("Unit"): [one.name for one in units],
                _("Counties reached"): [_of(row, "counties") for row in rows],
                _("Schools reached"): [_of(row, "schools") for row in rows],
                _("Share of schools (%)"): [_share(row) for row in rows],
                _("Sessions"): [row["sessions"] for row in rows],
                _("People trained"): [row["people"] for row in rows],
            }
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(milestone_chart.plain(stage.called), anchor=False, width="stretch")
            figures.download(
                page.who, shown, f"{milestone_chart.plain(stage.called)} {day}", key=f"reached-{stage.key}"
            )
        if not any(row["counties_total"] for row in rows):
            shown = shown.drop(columns=shown.columns[1])
        share, *numbers = shown.columns[-3:]
        st.dataframe(
            shown, hide_index=True, row_height=figures.ROW, height=figures.tall(len(shown), _SHORT, _LISTED),
            column_config={
                share: st.column_config.ProgressColumn(share, min_value=0, max_value=100, format="%.1f%%"),
                **{name: st.column_config.NumberColumn(name, format="localized") for name in numbers},
            },
            key=f"reached-{stage.key}", alt=_("Counties and schools reached by training, of all there are"),
        )  # fmt: skip


def _of(row: Any, name: str) -> str:
    return f"{row[name]:,} / {row[f'{name}_total']:,}" if row[f"{name}_total"] else "—"


def _share(row: Any) -> float | None:
    return 100 * row["schools"] / row["schools_total"] if row["schools_total"] else None


# ---- the picture and the table -----------------------------------------------------------------------------------


def picture(page: Page) -> None:
    """Every unit's stages against their dates, with the same as a table and a download."""
    if page.table.empty:
        return
    day = page.at.astimezone(runtime.campaign().timezone).date()
    frame = milestone_chart.gantt_table(_worst_first(page), day)
    alt = milestone_chart.gantt_words(frame)
    st.subheader(_("Progress against the due dates"), anchor=False)
    read = _("Bar: from the start of the stage to the day it was done; tick: due day; dashed line: {day}.").format(
        day=day
    )
    if len(frame) > milestone_chart.MOST:
        read += "\n\n" + _(
            "The picture shows {most} of {all} bars, the most pressing first; the table has all."
        ).format(most=milestone_chart.MOST, all=len(frame))
    st.caption(read)
    shown, heads = milestone_chart.as_table(frame)
    title, note = _("Milestones: progress against the due dates"), f"{noted(page.unit.name, day)}\n{read}"
    spec = figures.of_table(f"milestones-{day}", frame, lambda: milestone_chart.gantt(frame, day))
    file = _("Milestones {day}").format(day=day)
    figures.chart(page.who, Picture(spec, title, note), shown, heads, alt=alt, file=file, key="milestones")


def _worst_first(page: Page) -> pd.DataFrame:
    """Where there are more bars than a picture holds: units with something missing or late first."""
    if len(page.table) <= milestone_chart.MOST:
        return page.table
    weight = page.table["state"].map(filing_states.ORDER).groupby(page.table["unit"]).transform("min")
    return page.table.assign(_weight=weight).sort_values(["_weight", "code"], kind="stable").drop(columns="_weight")


def units(page: Page) -> None:
    """One row a unit, one column a stage; a click on a name shows what the unit reported."""
    if page.table.empty or page.table["unit"].nunique() < 2:
        return
    titles = list(dict.fromkeys(page.table["title"]))
    codes = list(dict.fromkeys(_worst_first(page)["code"]))
    by = {(row["code"], row["title"]): row for row in page.table.to_dict("records")}
    names = dict(zip(page.table["code"], page.table["name"], strict=True))
    label = {key: filing_states.label(row) + _judged(row) for key, row in by.items()}
    colour = {label[key]: filing_states.COLORS[row["state"]] for key, row in by.items()}
    table = pd.DataFrame({"name": state_table.names([names[code] for code in codes])})
    for title in titles:
        table[title] = [[label[code, title]] if (code, title) in by else [] for code in codes]
    key = f"milestones-{crc32(repr(codes).encode()):08x}"
    columns = {title: state_table.chips(milestone_chart.plain(title), colour, 130) for title in titles}
    st.subheader(_("Unit by unit"), anchor=False)
    state_table.show(
        table, columns, key=key, click=state.clicked_row(f"{key}-click", codes, keep=True),
        hint=_("Click a name to see what it reported"), alt=_("States of all units and stages"),
    )  # fmt: skip


def _judged(row: Any) -> str:
    """What the province said of a report, beside its state."""
    if row["stage"] in life.ELSEWHERE:
        return ""
    return {RETURNED: _(" · returned"), ACCEPTED: _(" · accepted")}.get(row["life"], "")
