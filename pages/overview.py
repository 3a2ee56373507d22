"""Overview: how long there is, who is behind, what the figures are, whether they will make it."""

import streamlit as st

from monitor.ui import countymap, guard, header, panels, tables

who = guard.require("overview")
asked = header.opened("overview", who)
row = asked.reader.standing(asked.unit, asked.sector)
members = asked.reader.members(asked.unit, asked.sector)
kind, peers = tables.main_kind(members)

if peers.empty:
    panels.standing(asked, row)
else:
    panels.answer(asked, row, peers, kind)
panels.key_figures(asked, row)

left, right = st.columns([13, 10] if asked.sector == "schools" else [10, 11], gap="medium")
with left:
    if peers.empty:
        panels.stages(asked)
    elif kind == "university":
        panels.bullet(asked, peers, kind)
    elif kind == "school":
        panels.stages(asked)
        panels.school_types(asked)
    else:
        countymap.show(asked)
with right:
    if kind != "university" and len(peers):
        panels.bullet(asked, peers, kind)
    panels.burn_up(asked, row)

if asked.unit.kind == "province" and asked.sector == "schools":
    panels.universities_line(asked)
