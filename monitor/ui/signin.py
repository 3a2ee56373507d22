"""The sign-in, and the change of a password that is due.

The form is streamlit-authenticator's; whether a password is right, and what follows, is decided by monitor.access.
"""

from html import escape
from typing import Any

import streamlit as st
from streamlit_authenticator import Authenticate

from monitor.access import demo, directory, manage
from monitor.access.roles import ROLES
from monitor.access.signin import sign_in
from monitor.access.who import Who
from monitor.i18n import _
from monitor.store import accounts
from monitor.ui import runtime

_REFUSED = "_sign_in_refused"
_TICKET = "_ticket"
_VOUCHED = "_vouched"

_STYLE = """<style>
.st-key-sign-in-page { max-width: 64rem; margin: 0 auto; padding-top: 6vh; }
.st-key-sign-in-page h1 { text-wrap: balance; }
.st-key-sign-in [data-testid="InputInstructions"] { display: none; }
.st-key-sign-in form, .st-key-sign-in [data-testid="stForm"] { padding: 1.75rem 1.5rem; }
.st-key-sign-in [data-testid="stElementContainer"], .st-key-sign-in [data-testid="stFormSubmitButton"],
.st-key-sign-in [data-testid="stFormSubmitButton"] button { width: 100%; }
.st-key-sign-in [data-testid="stFormSubmitButton"] button {
  background: #1f5f99; border-color: #1f5f99; color: #fff; font-weight: 600; }
.st-key-sign-in [data-testid="stFormSubmitButton"] button:hover { background: #184c7b; border-color: #184c7b; }
</style>"""


class _NoCookies:
    """The library's own cookie, which we do not use: it could be replayed after a sign-out."""

    def get_cookie(self) -> None:
        return None

    def set_cookie(self) -> None:
        return None


class _Checked:
    """The library's controller, as far as its form calls it: the check is ours, nothing is remembered here."""

    def login(self, username: str | None = None, password: str | None = None, *_rest: Any, **_named: Any) -> bool:
        if not username or not password:
            st.session_state[_REFUSED] = _("Please enter your account and password.")
            return False
        enter(username, password)
        return False


class _Form(Authenticate):  # type: ignore[misc]
    """The library's sign-in form without the library's sessions.

    Its constructor is passed over on purpose: it would put a component on the page that reads every cookie, and
    decode a cookie that anybody may forge.
    """

    def __init__(self) -> None:
        self.path = None
        self.attrs = {"login_sleep_time": 0}
        self.cookie_controller = _NoCookies()
        self.authentication_controller = _Checked()


def enter(name: str, password: str) -> None:
    """Try to sign in; the next thing that the page shows is the way in, or why not."""
    ticket = sign_in(runtime.store(), name, password, source=_source())
    if ticket:
        st.session_state[_TICKET] = ticket
    else:
        security = runtime.campaign().security
        st.session_state[_REFUSED] = _(
            "Wrong account or password. {count} wrong passwords in a row lock an account for {minutes} minutes."
        ).format(count=security.max_failures, minutes=security.lock_minutes)


def _by_directory() -> None:
    """Sign in whom the directory has just vouched for; once a tab, for what it said is good once."""
    if not offers_directory() or not st.user.is_logged_in or st.session_state.get(_VOUCHED):
        return
    st.session_state[_VOUCHED] = True
    ticket = directory.sign_in(runtime.store(), st.user.to_dict(), source=_source())
    if ticket:
        st.session_state[_TICKET] = ticket
    else:
        st.session_state[_REFUSED] = _(
            "The directory knows you, but it opens no account here. Please ask the administrator to link your account."
        )


def offers_directory() -> bool:
    """Whether one can sign in through the office's directory."""
    return directory.secrets(runtime.campaign()) is not None


def _source() -> str:
    """The address that the browser came from, for the audit log."""
    address = st.context.ip_address
    return address if isinstance(address, str) else ""


def show() -> None:
    """The sign-in page. The address stays as it is: after signing in, it opens what it names."""
    st.html(_STYLE)
    _by_directory()
    with st.container(key="sign-in-page"):
        left, right = st.columns([11, 9], gap="large", vertical_alignment="top")
        with left:
            _introduction()
        with right, st.container(key="sign-in"):
            _form()
    if _TICKET in st.session_state:
        hand_in(st.session_state.pop(_TICKET))


def _introduction() -> None:
    campaign = runtime.campaign()
    with runtime.store().connect() as connection:
        nobody = not accounts.any_at_all(connection)
        offered = demo.offered(connection)
    with st.container(gap="xsmall"):
        st.caption(campaign.campaign.issuer)
        st.title(campaign.campaign.called, anchor=False)
        st.markdown(_("Progress of collection and review, and the monthly reports, in one place."))
    if nobody:
        st.info(_("There is no account yet. Make the first one on the server:"), icon=":material/person_add:")
        st.code("python -m monitor user add admin --role administrator", language="bash")
    elif offered:
        _demonstration(offered)


def _demonstration(offered: list[demo.Offer]) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(_("**Demonstration** · all schools and figures are invented. Choose a role to enter:"))
        for start in range(0, len(offered), 2):
            for column, offer in zip(st.columns(2, gap="small"), offered[start : start + 2], strict=False):
                if column.button(ROLES[offer.role].title, key=f"demo-{offer.role}", width="stretch"):
                    enter(offer.name, offer.password)
        with st.expander(_("Accounts and password"), icon=":material/key:"):
            st.markdown(_("Password of all accounts: `{password}`").format(password=offered[0].password))
            st.markdown("\n".join(f"- `{offer.name}` {offer.title}" for offer in offered))


def _form() -> None:
    fields = {
        "Form name": _("Sign in"),
        "Username": _("Account"),
        "Password": _("Password"),
        "Login": _("Sign in"),
    }
    _Form().login(location="main", fields=fields, key="sign-in-form")
    refused = st.session_state.pop(_REFUSED, None)
    if refused:
        st.error(refused, icon=":material/error:")
    if offers_directory():
        _directory()


def _directory() -> None:
    """The way through the office's directory. The browser keeps the address that is open: the way back leads to the start."""
    title = runtime.campaign().directory.title or _("the office's directory")
    if st.button(_("Sign in with {directory}").format(directory=title), key="directory", width="stretch"):
        st.login()
    if _TICKET not in st.session_state and not st.session_state.get(_VOUCHED):
        _bridge('data-act="remember"', "")


def hand_in(ticket: str) -> None:
    """Let the browser exchange the ticket for its cookie and open its address again."""
    _bridge(f'data-act="open" data-ticket="{escape(ticket, quote=True)}"', _("Signing in …"))


def leave() -> None:
    """Let the browser give its cookie back and open the start page."""
    _bridge('data-act="close"', _("Signing out …"))


def _bridge(attributes: str, words: str) -> None:
    said = f'<p role="status">{escape(words)}</p>' if words else ""
    script = f'<script id="monitor-bridge" src="session/bridge.js" {attributes}></script>'
    st.html(said + script, unsafe_allow_javascript=True)


def show_change(who: Who) -> None:
    """The page on which a password that was given by somebody else is changed."""
    st.html(_STYLE)
    with st.container(key="sign-in-page"):
        st.title(_("Choose your own password"), anchor=False)
        st.markdown(_("You signed in with a password that somebody else knows. Please choose a new one."))
        change_form(who)


def change_form(who: Who) -> None:
    """Old password, new one twice."""
    security = runtime.campaign().security
    with st.container(key="sign-in", width=480), st.form("change-password", enter_to_submit=True):
        old = st.text_input(_("Old password"), type="password", autocomplete="current-password")
        new = st.text_input(_("New password"), type="password", autocomplete="new-password")
        again = st.text_input(_("New password once more"), type="password", autocomplete="new-password")
        st.caption(
            _("At least {count} characters of three kinds: lower case, upper case, digits, other signs.").format(
                count=security.min_password_length
            )
        )
        sent = st.form_submit_button(_("Change password"), type="primary")
    if sent:
        _change(who, old, new, again)


def _change(who: Who, old: str, new: str, again: str) -> None:
    if new != again:
        st.error(_("The two new passwords differ."), icon=":material/error:")
        return
    try:
        ticket = manage.change_password(runtime.store(), who, old, new)
    except manage.AccountError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.success(_("The password is changed. Other browsers are signed out."), icon=":material/check:")
    hand_in(ticket)
