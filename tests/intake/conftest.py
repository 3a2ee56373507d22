"""A small register in a store of its own for every test, and ways to write tables as people do."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.campaign import Campaign
from monitor.intake.load import FileResult, import_files
from monitor.store import Store, open_store
from monitor.store.register import change_register, unit_table
from tests.databases import Databases

DAY = "2016-11-25"
ONE, TWO, THREE = "3301060001", "3301060002", "3301060003"  # county-run schools of 西湖区
CITY_RUN, PROVINCE_RUN, UNIVERSITY = "3301000001", "3300000001", "4133010335"
LATE, GONE = "3301060004", "3301060005"  # open from 2016-11-01; closed from 2016-11-20
NEW_CODE, OLD_CODE = "330213", "330283"  # one unit under two codes, without schools: it reports for itself
INTO, AWAY = "330212", "330204"  # AWAY is merged into INTO on 2016-12-01
NAMES = {
    ONE: "演示第一小学", TWO: "演示第二小学", THREE: "演示第三小学", CITY_RUN: "演示市属中学", PROVINCE_RUN: "演示省属学校",
    UNIVERSITY: "演示大学", LATE: "演示新办小学", GONE: "演示撤并小学", NEW_CODE: "奉化区", INTO: "鄞州区",
}  # fmt: skip


def _unit(code: str, name: str, kind: str, parent: str | None, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "kind": kind, "parent_code": parent, **more}


UNITS = [
    _unit("330000", "浙江省", "province", None),
    _unit("330100", "杭州市", "city", "330000"),
    _unit("330200", "宁波市", "city", "330000"),
    _unit("330106", "西湖区", "county", "330100"),
    _unit("330213", "奉化区", "county", "330200"),
    _unit("330283", "奉化市", "county", "330200", closed=date(2016, 11, 1), successor_code="330213"),
    _unit("330212", "鄞州区", "county", "330200"),
    _unit("330204", "江东区", "county", "330200", closed=date(2016, 12, 1), successor_code="330212"),
    _unit(ONE, NAMES[ONE], "school", "330106", school_type="primary"),
    _unit(TWO, NAMES[TWO], "school", "330106", school_type="primary"),
    _unit(THREE, NAMES[THREE], "school", "330106", school_type="junior"),
    _unit(CITY_RUN, NAMES[CITY_RUN], "school", "330100", school_type="senior", run_by="city"),
    _unit(PROVINCE_RUN, NAMES[PROVINCE_RUN], "school", "330000", school_type="complete", run_by="province"),
    _unit(UNIVERSITY, NAMES[UNIVERSITY], "university", "330000", school_type="university"),
    _unit(LATE, NAMES[LATE], "school", "330106", school_type="primary", opened=date(2016, 11, 1)),
    _unit(GONE, NAMES[GONE], "school", "330106", school_type="primary", closed=date(2016, 11, 20)),
]


@pytest.fixture(scope="session")
def registered(databases: Databases, campaign: Campaign) -> str:
    """The address of a store with the register above, to make copies of."""
    made = databases.migrated()
    with closing(open_store(made, campaign)) as store, store.begin() as connection:
        change_register(connection, campaign, unit_table(UNITS))
    return made


@pytest.fixture
def office(databases: Databases, registered: str, campaign: Campaign, tmp_path: Path) -> Iterator["Office"]:
    """A store with the register above, and a folder to write files in."""
    with closing(open_store(databases.copy(registered), campaign)) as store:
        yield Office(store, campaign, tmp_path)


class Office:
    """What a test does: write a file, import it, look at what is in the store."""

    def __init__(self, store: Store, campaign: Campaign, folder: Path) -> None:
        self.store, self.campaign, self.folder = store, campaign, folder

    def path(self, content: str | bytes, name: str = "table.csv") -> Path:
        """A file with this content."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def all(self, content: "str | bytes | Path", name: str = "table.csv", **options: Any) -> list[FileResult]:
        """Import one file; a result for each table in it."""
        path = content if isinstance(content, Path) else self.path(content, name)
        return import_files(self.store, self.campaign, [path], **options)

    def take(self, content: "str | bytes | Path", name: str = "table.csv", **options: Any) -> FileResult:
        """Import one file that is one table."""
        (result,) = self.all(content, name, **options)
        return result

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the store holds."""
        with self.store.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def collection(self) -> dict[tuple[str, str], tuple[Any, ...]]:
        """(code, day) → expected, entered, submitted, numbered."""
        found = self.rows(
            "SELECT u.code, c.day, expected, entered, submitted, numbered FROM collection c JOIN unit u ON u.id = c.unit_id"
        )
        return {(row[0], _iso(row[1])): row[2:] for row in found}

    def review(self) -> dict[tuple[str, str, str], tuple[int, int, int]]:
        """(code, day, level) → pending, approved, returned."""
        levels = ("school", "county", "city", "province")
        found = self.rows(
            "SELECT u.code, r.day, r.level, pending, approved, returned FROM review r JOIN unit u ON u.id = r.unit_id"
        )
        return {(row[0], _iso(row[1]), levels[row[2]]): (row[3], row[4], row[5]) for row in found}


def _iso(number: int) -> str:
    return f"{number // 10000}-{number // 100 % 100:02}-{number % 100:02}"


HEADER = ("统计日期", "单位代码", "单位名称", "应采集人数", "已录入人数", "已报送人数")


def table(*rows: Sequence[object], header: Sequence[str] = HEADER, above: Sequence[str] = ()) -> str:
    """A collection table (or another header) as csv."""
    lines = [*above, ",".join(header), *(",".join(str(cell) for cell in row) for row in rows)]
    return "\n".join(lines) + "\n"


def line(
    code: str = ONE, day: str = DAY, expected: object = 100, entered: object = 90, submitted: object = 80
) -> tuple[object, ...]:
    """A row of a collection table."""
    return (day, code, "", expected, entered, submitted)


def codes(result: FileResult) -> list[str]:
    """Codes of the refusals, in order."""
    return [item.code for item in result.refused]


def found(result: FileResult) -> list[str]:
    """Codes of the findings, in order."""
    return [item.code for item in result.findings]
