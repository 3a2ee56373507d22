"""Answers of widgets that no page of ours would send: values outside the options, widgets of other pages."""

from typing import Any

import pytest
from sqlalchemy import func, select
from streamlit.proto.WidgetStates_pb2 import WidgetState

from monitor.store import Store
from monitor.store.schema import account, audit, metadata, session
from monitor.ui import navigation
from tests.attacks.client import state, tab
from tests.pages.conftest import UNITS
from tests.ui.server import Server
from tests.ui.support import cookie_of

WRONG: dict[str, list[dict[str, Any]]] = {
    "selectbox": [{"string_value": "单位C2"}, {"string_value": "' OR 1=1 --"}, {"int_value": 999}, {"int_value": -1}],
    "multiselect": [{"string_array_value": ["单位C2", "K2", "x" * 1000]}],
    "button_group": [{"int_array_value": [999]}, {"int_array_value": [-1]}, {"string_array_value": ["C2"]}],
    "radio": [{"int_value": 999}, {"string_value": "C2"}],
    "date_input": [{"string_array_value": ["1066-10-14"]}, {"string_array_value": ["9999-12-31"]}, {"string_array_value": ["x"]}],
    "number_input": [{"double_value": 1e308}, {"double_value": float("nan")}, {"int_value": -5}],
    "text_input": [{"string_value": "x" * 100_000}, {"string_value": "'; DROP TABLE unit; --"}, {"string_value": "\x00\ud7ff"}],
    "text_area": [{"string_value": "<script>alert(1)</script>" * 1000}],
    "checkbox": [{"int_value": 7}, {"string_value": "true"}],
    "slider": [{"double_array_value": [-1e9, 1e9]}],
    "button": [{"string_value": "C2"}],
    "dataframe": [{"string_value": '{"selection":{"rows":[99999],"columns":["x"],"cells":[]}}'}, {"string_value": "{"}],
}  # fmt: skip
"""What is sent to a widget of a kind: of the right type outside of what is offered, and of another type."""


def _name(role: str) -> str:
    return role.replace("_", "-") + (f"-{UNITS[role]}".lower() if role in UNITS else "")


def _written(store: Store) -> dict[str, int]:
    """How many rows each table has, but for those in which every use leaves its trace."""
    with store.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
            if table not in (audit, session, account)
        }


@pytest.mark.parametrize("page", [page.key for page in navigation.REGISTRY if page.key != "account"])
def test_values_outside_of_the_options_show_and_change_nothing(page: str, world: Store, server: Server) -> None:
    role = "city" if navigation.PAGES[page].open_to("city") else "university"
    role = role if navigation.PAGES[page].open_to(role) else "administrator"
    before = _written(world)
    with tab(server, page, cookie_of(world, _name(role))) as here:
        widgets = here.run().widgets()
        for widget, (kind, _proto) in widgets.items():
            for wrong in WRONG.get(kind, []):
                run = here.run(state(widget, **wrong))
                assert not run.shows_the_inside, (kind, widget, wrong)
                if role == "city":
                    assert "单位K2" not in run.said and "单位U2" not in run.said, (kind, wrong)
            here.run(query="")  # back to where a person would be
    assert _written(world) == before


@pytest.fixture(scope="module")
def offered(world: Store, server: Server) -> dict[str, set[str]]:
    """Every button that any role has on a page, by page."""
    found: dict[str, set[str]] = {}
    for owner in ("administrator", "province_schools", "city", "university"):
        for page in navigation.pages_of(owner):
            with tab(server, page.key, cookie_of(world, _name(owner))) as here:
                buttons = [widget for widget, (kind, _proto) in here.run().widgets().items() if kind == "button"]
                found.setdefault(page.key, set()).update(buttons)
    return found


@pytest.mark.parametrize("role", ["observer", "school"])
def test_buttons_of_other_pages_and_roles_do_nothing(
    role: str, offered: dict[str, set[str]], world: Store, server: Server
) -> None:
    """Every button that any role has on any page, pressed by somebody who is not offered it."""
    before = _written(world)
    for page, buttons in offered.items():
        with tab(server, page, cookie_of(world, _name(role))) as here:
            own = set(here.run().widgets())
            foreign = [state(widget, trigger_value=True) for widget in sorted(buttons - own)]
            assert not here.run(*foreign).failed
    assert _written(world) == before


def test_a_state_that_is_none_is_no_error(world: Store, server: Server) -> None:
    with tab(server, "cities", cookie_of(world, "city-c1")) as here:
        for made in (WidgetState(id=""), WidgetState(id="$$ID-x-None", string_value="x"), WidgetState(id="x" * 10_000)):
            assert not here.run(made).shows_the_inside
        assert not here.run(page="../../etc/passwd").shows_the_inside
    with tab(server, "cities", cookie_of(world, "city-c1")) as here:
        assert not here.run().failed
