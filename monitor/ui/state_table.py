"""Lists of units with their filing states: a name that is clicked, states as chips of their colour, further columns."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor.i18n import _
from monitor.ui import figures

_SHORT: Final = 13  # a list as long as this is shown whole, a longer one scrolls
_LISTED: Final = 480


def names(units: Iterable[str]) -> list[str]:
    """Names as they stand in a column that is clicked."""
    return [f"{name} ›" for name in units]


def chips(title: str, labels: Mapping[str, str], width: int) -> Any:
    """A column of states. labels: what may stand in it, with its colour."""
    return st.column_config.MultiselectColumn(title, options=list(labels), color=list(labels.values()), width=width)


def show(
    table: pd.DataFrame, columns: Mapping[str, Any], *, key: str, click: Callable[[], None], hint: str, alt: str
) -> None:  # fmt: skip
    """The list; its column `name` is the one that is clicked (names), with a hint of what that does. key: stands for what
    the list holds: a row that was clicked is the same row only in the same list. `click` finds it under `<key>-click`."""
    name = st.column_config.ButtonColumn(
        _("Unit"), type="tertiary", alignment="left", key=f"{key}-click", on_click=click, help=hint, width=205, pinned=True,
    )  # fmt: skip
    st.dataframe(
        table, hide_index=True, column_config={"name": name, **columns}, row_height=figures.ROW, key=key, alt=alt,
        height=figures.tall(len(table), _SHORT, _LISTED),
    )  # fmt: skip
