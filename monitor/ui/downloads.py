"""Files that pages offer for download: made when asked for, given only to the session that they were offered to.

Unlike a download button of Streamlit, whose address serves whoever has it. An offer holds what its file is made of; it is
held by the tab that shows it, and goes with the tab.
"""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final
from urllib.parse import quote
from weakref import WeakValueDictionary

import streamlit as st

from monitor.access.who import Who
from monitor.store import Scope, audit
from monitor.ui import runtime

_MOST: Final = 32  # offers of one tab: a page that lists more than can be looked at does not hold all of them
_TAB: Final = "_offers"


@dataclass(frozen=True, eq=False)
class Offer:
    """A file on offer."""

    file: str
    media_type: str
    produce: Callable[[], bytes]


@dataclass(eq=False)
class _Tab:
    """What the page in one tab offers. In the tab's state: Streamlit lets that go a minute after the tab is gone."""

    name: str = field(default_factory=lambda: secrets.token_hex(8))
    page: str = ""
    offers: OrderedDict[str, Offer] = field(default_factory=OrderedDict)


Owner = tuple[str, str, Scope]
"""Whose an offer is: a session as long as it has this role and scope."""

_offers: WeakValueDictionary[tuple[Owner, str], Offer] = WeakValueDictionary()
_lock = Lock()


def turn_to(page: str) -> None:
    """This tab shows this page now: what another one offered cannot be clicked any more."""
    tab = _tab()
    with _lock:
        if tab.page != page:
            tab.page = page
            tab.offers.clear()


def _tab() -> _Tab:
    tab: _Tab = st.session_state.setdefault(_TAB, _Tab())
    return tab


def address(who: Who, file: str, media_type: str, produce: Callable[[], bytes], key: str = "") -> str:
    """Offer a file to this session; the address at which only it gets the file.

    `produce` makes the file when it is asked for, outside of a page's run: it must not use Streamlit. The same `file`
    and `key` have the same address within a tab, so that a rerun replaces its offer instead of adding one.
    """
    owner = _owner(who)
    if owner is None:
        raise ValueError("no session")
    tab = _tab()
    name = hashlib.sha256(f"{who.session}\0{tab.name}\0{key}\0{file}".encode()).hexdigest()[:32]
    offer = Offer(file, media_type, produce)
    with _lock:
        tab.offers[name] = _offers[owner, name] = offer
        tab.offers.move_to_end(name)
        if len(tab.offers) > _MOST:
            tab.offers.popitem(last=False)
    return f"download/{name}/{quote(file)}"


def link(label: str, who: Who, file: str, media_type: str, produce: Callable[[], bytes], key: str = "") -> None:
    """A link that looks like a button and downloads the file."""
    st.link_button(
        label, "./" + address(who, file, media_type, produce, key), icon=":material/download:", width="content"
    )


def find(who: Who, name: str) -> Offer | None:
    """What was offered to this session under this name, and may still be seen."""
    owner = _owner(who)
    with _lock:
        return _offers.get((owner, name)) if owner else None


def _owner(who: Who) -> Owner | None:
    return None if who.session is None else (who.session, who.role, who.scope)


def produced(who: Who, offer: Offer) -> bytes:
    """The file, with its line in the audit log."""
    content = offer.produce()
    with runtime.store().begin() as connection:
        audit.append(connection, who.name, "export", {"file": offer.file})
    return content
