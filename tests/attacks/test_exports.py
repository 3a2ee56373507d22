"""What is handed out holds no formula, whatever names and notes say; errors tell a number and nothing of the inside."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import text, update

from monitor.access import sessions
from monitor.store import Store
from monitor.store.schema import account, batch, unit
from monitor.ui import downloads, navigation
from tests.attacks.client import request, tab
from tests.databases import Databases
from tests.pages.conftest import UNITS, Open
from tests.pages.world import fill
from tests.ui.server import serving
from tests.ui.support import cookie_of, make_account

FORMULA = '=HYPERLINK("http://evil.example","x")+cmd|\' /C calc\'!A0'
ID = "11010519491231002X"


@pytest.fixture(scope="module")
def spiked(databases: Databases) -> Iterator[Store]:
    """The small campaign with a formula for every name."""
    with databases.store() as opened:
        fill(opened)
        with opened.begin() as connection:
            connection.execute(update(unit).values(name=FORMULA + unit.c.code))
            connection.execute(update(batch).values(file=FORMULA))
        yield opened


def _cells(name: str, content: bytes) -> Iterator[object]:
    """Every cell of a table that is a formula to whoever opens it; the files of an archive too."""
    if name.endswith(".xlsx"):
        for sheet in load_workbook(io.BytesIO(content)):
            for row in sheet.iter_rows():
                yield from (cell.value for cell in row if cell.data_type == "f")
    elif name.endswith(".csv"):
        for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
            yield from (cell for cell in line if re.match(r"[=@\t\r]|[+-](?![\d.,]+%?$)", cell))
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for one in archive.namelist():
                yield from _cells(one, archive.read(one))


def test_no_export_of_any_page_holds_a_formula(spiked: Store, open_page: Open) -> None:
    seen: set[str] = set()
    for role in ("province_schools", "city", "university"):
        downloads._offers.clear()
        opened = [open_page(spiked, page.key, role) for page in navigation.pages_of(role)]
        assert not any(app.exception for app in opened)
        with spiked.begin() as connection:
            connection.execute(update(account).values(title=FORMULA))
        tables = [offer for offer in downloads._offers.values() if offer.file.endswith((".xlsx", ".csv", ".zip"))]
        for offer in tables:
            content = offer.produce()
            assert list(_cells(offer.file, content)) == [], offer.file
            if content:
                seen.add(re.sub(r"[^\w]+", " ", offer.file.replace(FORMULA, ""))[:40])
    assert len(seen) >= 10, seen  # that there was something to look at


def test_an_error_is_a_number_for_the_person_and_a_trace_for_the_log(empty_store: Store, tmp_path: Path) -> None:
    """A table is taken away under the running program."""
    fill(empty_store)
    name = make_account(empty_store, "city", UNITS["city"])
    sessions.ensure_key(empty_store)
    with serving(empty_store, tmp_path) as server:
        cookie = cookie_of(empty_store, name)
        with tab(server, "cities", cookie) as here:
            before = here.run()
            assert not before.failed
            path = next(t.removeprefix(".") for t in before.said.splitlines() if t.startswith("./download/"))
            with empty_store.begin() as connection:
                for table in ("rollup", "collection", "review", "audit"):
                    connection.execute(text(f"ALTER TABLE {table} RENAME TO gone_{table}"))
                connection.execute(text("UPDATE meta SET value = '99' WHERE key = 'data_version'"))
            after = here.run(query=f"q={ID}&unit=C1")
        number = re.search(r"编号\D*([0-9a-f]{8})", after.said)
        assert number and not after.shows_the_inside
        answer = request(server, "GET", path, cookie=cookie)
        said = answer.body.decode()
        assert (
            answer.status == 500 and re.search(r"编号 ?[0-9a-f]{8}", said) and "gone" not in said and "SQL" not in said
        )
    log = server.log.read_text(encoding="utf-8")
    assert (
        f"error {number.group(1)}" in log and "Traceback" in log and ("no such table" in log or "UndefinedTable" in log)
    )
    for personal in (ID, cookie, "Correct-Horse"):
        assert personal not in log
