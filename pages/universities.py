"""Universities: all of them in one list, and one of them beside it."""

import streamlit as st

from monitor.ui import guard, header, panels, state, tables
from monitor.ui.navigation import PAGES

who = guard.require("universities")
asked = header.opened("universities", who, sector="universities")
if asked.unit.kind not in ("province", "university"):
    st.switch_page(PAGES["cities"].file, query_params=state.link(asked.unit))

row = asked.reader.standing(asked.unit, "universities")
everyone = asked.reader.members(asked.reader.root(), "universities")

if everyone.empty:
    panels.standing(asked, row)
    panels.key_figures(asked, row)
    left, right = st.columns([10, 11], gap="medium")
    with left:
        panels.stages(asked)
        panels.queue(asked, row)
    with right:
        panels.burn_up(asked, row)
    st.stop()

everyone = tables.with_places(everyone, asked.reader.places())
if asked.unit.kind == "province":
    panels.summary(asked, row, everyone, "university")
    tables.section(asked, tables.filters(everyone), everyone, "university")
    panels.burn_up(asked, row)
else:
    listed, detail = st.columns([11, 10], gap="medium")
    with listed, st.container(key="unprinted-list"):
        tables.section(asked, tables.filters(everyone), everyone, "university", brief=True)
    with detail:
        panels.standing(asked, row, days_left=False)
        panels.burn_up(asked, row)
        panels.stages(asked)
        panels.queue(asked, row)
