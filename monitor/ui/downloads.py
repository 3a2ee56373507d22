"""Files that pages offer for download: made when asked for, given only to the session that they were offered to.

Unlike a download button of Streamlit, whose address serves whoever has it.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final
from urllib.parse import quote

import streamlit as st

from monitor.access.who import Who
from monitor.store import Scope, audit
from monitor.ui import runtime

_MOST: Final = 4096  # offers that one process remembers: the oldest go first
_MOST_OF_ONE: Final = 32  # of one session: what the pages that it has open offer. An offer holds what it is made of
_LONGEST: Final = 3600.0  # seconds since a page offered it last


@dataclass(frozen=True)
class Offer:
    """A file on offer."""

    file: str
    media_type: str
    produce: Callable[[], bytes]
    at: float = field(default_factory=time.monotonic)


Owner = tuple[str, str, Scope]
"""Whose an offer is: a session as long as it has this role and scope."""

_offers: OrderedDict[tuple[Owner, str], Offer] = OrderedDict()
_lock = Lock()


def address(who: Who, file: str, media_type: str, produce: Callable[[], bytes], key: str = "") -> str:
    """Offer a file to this session; the address at which only it gets the file.

    `produce` makes the file when it is asked for, outside of a page's run: it must not use Streamlit. The same `file`
    and `key` have the same address within a session, so that a rerun replaces its offer instead of adding one.
    """
    owner = _owner(who)
    if owner is None:
        raise ValueError("no session")
    name = hashlib.sha256(f"{who.session}\0{key}\0{file}".encode()).hexdigest()[:32]
    with _lock:
        _offers[owner, name] = Offer(file, media_type, produce)
        _offers.move_to_end((owner, name))
        _forget(owner)
    return f"download/{name}/{quote(file)}"


def _forget(owner: Owner) -> None:
    """Let go of what nobody will ask for any more, the oldest first. Under the lock."""
    own = [key for key in _offers if key[0] == owner]
    for key in own[:-_MOST_OF_ONE]:
        del _offers[key]
    long_ago = time.monotonic() - _LONGEST
    while _offers and (len(_offers) > _MOST or next(iter(_offers.values())).at < long_ago):
        _offers.popitem(last=False)


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
