"""What the account page shows."""

import streamlit as st

from monitor.access import manage
from monitor.access.roles import ROLES
from monitor.access.who import Who
from monitor.i18n import _
from monitor.ui import runtime, signin


def facts(who: Who) -> None:
    """Name, role and unit."""
    rows = {
        _("Account"): who.name,
        _("Display name"): who.title,
        _("Role"): ROLES[who.role].title,
        _("Unit"): _("{name} ({code})").format(name=who.unit.name, code=who.unit.code) if who.unit else "—",
    }
    with st.container(border=True, width=480):
        for label, value in rows.items():
            left, right = st.columns([1, 3], gap="small")
            left.caption(label)
            right.text(value)


def password(who: Who) -> None:
    """The form that changes it."""
    st.header(_("Change password"), anchor=False)
    signin.change_form(who)


def sessions(who: Who) -> None:
    """The way out of every browser."""
    st.header(_("Sign out everywhere"), anchor=False)
    st.caption(_("Ends your sessions in every browser, this one too."))
    if st.button(_("Sign out everywhere"), icon=":material/logout:", key="sign-out-everywhere"):
        manage.sign_out_everywhere(runtime.store(), who.name, by=who.name)
        st.rerun()
