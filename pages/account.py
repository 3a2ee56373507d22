"""My account: who I am here, my password, my other sessions."""

import streamlit as st

from monitor.i18n import _
from monitor.ui import account, guard

who = guard.require("account")
st.title(_("My account"), anchor=False)
account.facts(who)
account.password(who)
account.sessions(who)
