"""Monthly report: a unit fills it in and submits it, the province reads it and accepts or returns it."""

import streamlit as st

from monitor.filings import life
from monitor.ui import guard, header, monthly, monthly_draft, monthly_verdict

who = guard.require("monthly")
desk = monthly.opened(header.opened("monthly", who))
report = monthly.read(desk)

# What stands above changes with every answer. In one place together: fields that move down are made anew by the browser,
# and forget what is just being typed.
with st.container():
    monthly.headline(desk, report)
    monthly.notices(report)
    if desk.own and report.open:
        monthly_draft.submission(desk, report)
    if desk.live and life.may_judge(who, report.unit):
        monthly_verdict.verdict(desk, report)
match monthly.views(desk, report):
    case monthly.FILL:
        monthly_draft.fill_in(desk, report)
    case monthly.HISTORY:
        monthly.history(desk, report)
    case _:
        monthly.form(desk, report)
