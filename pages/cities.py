"""Cities: from the province down to a single school, the same list and the same panels at each step."""

import streamlit as st

from monitor.ui import guard, header, multiples, panels, state, tables
from monitor.ui.navigation import PAGES

who = guard.require("cities")
asked = header.opened("cities", who, sector="schools")
if asked.unit.kind == "university":
    st.switch_page(PAGES["universities"].file, query_params=state.link(asked.unit))

row = asked.reader.standing(asked.unit, "schools")

panels.standing(asked, row)
bar = st.container(horizontal=True, gap="small")
with bar:
    members, wide = tables.members_looked_at(asked)
lists = tables.by_kind(members)
if members.empty:
    panels.key_figures(asked, row)
else:
    with bar:
        shown = tables.filters(members)
    tables.section(asked, shown, members, lists[0][0], wide=wide)
tables.merged(asked)

left, right = st.columns([10, 11], gap="medium")
with left:
    panels.stages(asked)
    if members.empty:
        panels.queue(asked, row)
    else:
        panels.school_types(asked)
with right:
    panels.burn_up(asked, row)

multiples.show(asked, members)
with st.container(key="unprinted-lists"):
    for kind, _part in lists[1:]:
        tables.section(asked, shown, members, kind)
