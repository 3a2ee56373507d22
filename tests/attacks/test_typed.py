"""What people type, into every field of every page: no ID number in any guise is kept, and SQL stays text."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import inspect, text

from monitor.access import manage
from monitor.access.who import Who, who_is
from monitor.bulletins import editing
from monitor.filings import fields, life, milestones, roster
from monitor.personal import holds_resident_id
from monitor.quality import answers
from monitor.rosters import CELLS, Member, lines_wrong, tidied
from monitor.store import Store, accounts
from monitor.ui import navigation
from tests.attacks.client import Run, state, tab
from tests.pages.conftest import UNITS
from tests.ui.server import Server
from tests.ui.support import PASSWORD, cookie_of

GUISES = {
    "plain": "11010519491231002X",
    "lower case": "11010519491231002x",
    "full width": "１１０１０５１９４９１２３１００２Ｘ",
    "with spaces": "110105 1949 1231 002X",
    "in a sentence": "张三的证件号是11010519491231002X，请核。",
    "with hyphens": "110105-19491231-002X",
    "with signs that nobody sees": "110105\u200b19491231\u2060002X",
}
SQL = "x'); DROP TABLE unit; --"
WRITERS = {
    "province_schools": None,
    "city": "C1",
    "university": "U1",
    "county": "K1",
    "school": "S1",
    "administrator": None,
}


def _who(store: Store, role: str) -> Who:
    name = role.replace("_", "-") + (f"-{UNITS[role]}".lower() if role in UNITS else "")
    with store.connect() as connection:
        found = accounts.find(connection, name)
        assert found is not None
        return who_is(connection, store.campaign, found)


def _kept(store: Store) -> Iterator[str]:
    """Every text in the store."""
    with store.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                yield from (str(cell) for cell in row if isinstance(cell, str | bytes))


def _of(run: Run, *kinds: str, but: set[str]) -> list[str]:
    return [widget for widget, (kind, _proto) in run.widgets().items() if kind in kinds and widget not in but]


@pytest.mark.parametrize("role", WRITERS)
def test_every_field_of_every_page(role: str, world: Store, server: Server) -> None:
    """Type into all fields of a page at once, and press each button; in the page and in what the button opens. What stands
    beside every page is tried beside the first one."""
    cookie = cookie_of(world, _who(world, role).name)
    found = 0
    for number, page in enumerate(navigation.pages_of(role)):
        for typed in (GUISES["in a sentence"], SQL):
            with tab(server, page.key, cookie) as here:
                run = here.run()
                tried = {w for w in run.widgets() if "sign-out" in w or "state-q" in w} | (
                    run.beside() if number else set()
                )
                filled = [state(w, string_value=typed) for w in _of(run, "text_input", "text_area", but=tried)]
                if not filled:
                    break
                found += len(filled)
                run = here.run(*filled)
                assert not run.failed, (page.key, typed)
                for button in _of(run, "button", but=tried):
                    run = here.run(*filled, state(button, trigger_value=True))
                    assert not run.failed, (page.key, typed, button)
    assert found >= 2 * 4  # the search beside each page, those of the own password, if no others
    assert not [kept for kept in _kept(world) if len(kept) < 10_000 and holds_resident_id(kept)]
    assert "unit" in inspect(world.engine).get_table_names()


WRITTEN: dict[str, Callable[[Store, str], object]] = {
    "sentence of a bulletin": lambda store, typed: editing.checked(typed),
    "title of a bulletin": lambda store, typed: editing.checked(typed, lines=True),
    "reason of a return": lambda store, typed: life._reason(typed),
    "note of a milestone": lambda store, typed: milestones.refuse_personal(typed),
    "reason of a returned roster": lambda store, typed: roster.give_back(
        store, _who(store, "province_schools"), "C1", 0, typed
    ),
    "explanation": lambda store, typed: answers.explain(store, _who(store, "city"), "x", {}, typed),
    "title of an account": lambda store, typed: manage.add(store, "some-one", "observer", PASSWORD, title=typed),
    "name in the directory": lambda store, typed: manage.link_directory(store, "observer", typed),
    **{
        f"field {field.key}": lambda store, typed, field=field: fields.read(field, typed)  # type: ignore[misc]
        for field in fields.FIELDS.values()
    },
}


@pytest.mark.parametrize("guise", GUISES)
@pytest.mark.parametrize("where", WRITTEN)
def test_whatever_is_written_down_holds_no_id_number(where: str, guise: str, world: Store) -> None:
    with pytest.raises(Exception, match=r"身份证"):
        WRITTEN[where](world, GUISES[guise])


@pytest.mark.parametrize("guise", GUISES)
def test_no_cell_of_a_roster_holds_one(guise: str) -> None:
    for key in CELLS:
        found = lines_wrong([tidied(replace(Member("lead", "张三"), **{key: GUISES[guise]}))])
        assert "personal_id" in [problem.code for problem in found], key
