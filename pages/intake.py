"""Import data: hand in tables, see what they would change, confirm; and the batches, the newest of which can be undone."""

import streamlit as st

from monitor.ui import batches, guard, intake
from monitor.ui.navigation import PAGES

who = guard.require("intake")
st.title(PAGES["intake"].title, anchor=False)

here = intake.hand_in(who)
if here is not None:
    intake.steps(who, here)
batches.show(who)
