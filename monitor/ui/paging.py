"""Long lists, a page at a time: which one the address asks for (`p`, from 1), and the way to the others."""

from typing import Final

import streamlit as st

from monitor.i18n import _
from monitor.ui import state, words

PAGE: Final = 50  # rows at a time


def asked() -> int:
    """The page that the address asks for, from 0; the first where it says nothing that can be understood."""
    page = state.get("p")
    return int(page) - 1 if page.isdecimal() and 0 < int(page[:6]) < 100_000 else 0


def turn(page: int, here: int, total: int, key: str) -> None:
    """The way to the other pages of a list: this one (from 0) has `here` of `total` rows. Nothing where one holds all."""
    if total <= PAGE:
        return
    after = page * PAGE
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Previous"), on_click=lambda: state.put(p=str(page) if page > 1 else None), disabled=not page, key=f"{key}-before")  # fmt: skip
        st.markdown(_("{first} to {last} of {total} rows").format(first=after + 1, last=after + here, total=words.whole(total)), width="content")  # fmt: skip
        st.button(_("Next"), on_click=lambda: state.put(p=str(page + 2)), disabled=after + here >= total, key=f"{key}-after")  # fmt: skip
