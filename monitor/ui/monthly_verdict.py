"""What the province does with a submitted report: accept it, or return it with a reason."""

import streamlit as st

from monitor.filings import life
from monitor.filings.fields import FieldError
from monitor.filings.life import Refused
from monitor.filings.override import LONGEST
from monitor.filings.report import Report
from monitor.i18n import _
from monitor.store.filings import ACCEPTED, SUBMITTED
from monitor.store.scope import OutOfScope
from monitor.ui import monthly, returned, runtime, state
from monitor.ui.monthly import Desk
from monitor.ui.words import verbatim


def verdict(desk: Desk, found: Report) -> None:
    """Accept, return, and on to the next that waits."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.state == SUBMITTED:
            if st.button(_("Accept"), type="primary", icon=":material/check:", key="monthly-accept"):
                _judge(desk, found, None)
            _return(desk, found)
        elif found.state == ACCEPTED:
            _return(desk, found)
        _next(desk)


def _return(desk: Desk, found: Report) -> None:
    with st.popover(_("Return …"), icon=":material/reply:"), st.form("monthly-return", border=False):
        reason = st.text_area(
            _("Why it is returned (the unit reads this)"), height=120, max_chars=LONGEST, key=f"return-{desk.unit}-{desk.month}"
        )  # fmt: skip
        if st.form_submit_button(_("Return to the unit"), type="primary"):
            _judge(desk, found, reason)


def _judge(desk: Desk, found: Report, reason: str | None) -> None:
    """Accept, or return with a reason; say what was done, or why it was not."""
    store, who = runtime.store(), desk.asked.who
    try:
        if reason is None:
            life.accept(store, who, found)
        else:
            life.send_back(store, who, found, reason)
    except (FieldError, Refused) as error:
        st.error(verbatim(error), icon=":material/error:")
    except OutOfScope:
        st.error(_("This report is not for your account."), icon=":material/error:")
    else:
        told = "" if reason is None else returned.tell(who, found.unit.code)
        monthly.say(_("Accepted.") if reason is None else _("Returned; the unit sees the reason.") + told)
        st.rerun()


def _next(desk: Desk) -> None:
    """How many wait, and the next of them."""
    waiting = desk.filers[(desk.filers["life"] == SUBMITTED) & (desk.filers["code"] != desk.unit)]
    if len(waiting):
        label = _("Next to be accepted ({count})").format(count=len(waiting))
        later = waiting[waiting["code"] > desk.unit]
        code = str((later if len(later) else waiting)["code"].iloc[0])
        st.button(label, icon=":material/arrow_forward:", key="monthly-next", on_click=state.go, args=(code,), kwargs={"keep": True})  # fmt: skip
