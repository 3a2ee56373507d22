"""Monthly report: who has filed, and the filled form of one unit and month."""

import streamlit as st

from monitor.ui import guard, header, monthly

who = guard.require("monthly")
report = monthly.opened(header.opened("monthly", who))

if len(report.listed) > 1:
    monthly.answer(report)
    listed, form = st.columns([10, 14], gap="medium")
    with listed:
        monthly.filers(report)
    with form:
        monthly.form(report)
else:
    monthly.form(report)
