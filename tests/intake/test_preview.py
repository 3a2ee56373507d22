"""What a file would change, unit by unit, held against a count by hand."""

from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from monitor.intake.load import Plan, changes, plan, register_after
from monitor.intake.preview import by_place
from monitor.store import Store
from monitor.store.register import load_register
from tests.pages.world import DAYS, EXPECTED, LAST, approved, fill

PATH = {"S1": ["C1", "K1", "S1"], "S2": ["C2", "K2", "S2"], "S3": ["C1", "S3"], "U1": ["U1"], "U2": ["U2"]}


def place(code: str, touched: set[str]) -> str:
    """Under which code a unit is counted: below the lowest unit that holds all that is touched; universities, and
    schools beside offices, without one."""
    shared = 0
    while all(len(PATH[one]) > shared + 1 for one in touched) and len({PATH[one][shared] for one in touched}) == 1:
        shared += 1
    path = PATH[code]
    found = path[min(shared, len(path) - 1)]
    beside = found[0] == "S" and any(len(PATH[one]) > shared + 1 for one in touched)
    return "" if found[0] == "U" or beside else found


HEADER = "统计日期,单位代码,应采集人数,已录入人数,已报送人数,已赋号人数"


def _preview(store: Store, path: Path, content: str) -> tuple[Plan, pl.DataFrame]:
    path.write_text(content, encoding="utf-8")
    planned = plan(store, store.campaign, path)
    assert not planned.refused
    with store.connect() as connection:
        before = load_register(connection)
    after = register_after(store, store.campaign, planned) or before
    return planned, by_place(planned, changes(store, planned), before, after)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=some.dictionaries(
        some.tuples(some.sampled_from(sorted(EXPECTED)), some.sampled_from([DAYS[3], LAST, date(2016, 11, 14)])),
        some.tuples(some.booleans(), some.integers(0, 60)),
        min_size=1,
    )
)
def test_rows_and_units_are_those_counted_by_hand(
    rows: dict[tuple[str, date], tuple[bool, int]], empty_store: Store, tmp_path: Path
) -> None:
    if not (tmp_path / "filled").exists():
        fill(empty_store)
        (tmp_path / "filled").touch()
    touched = {code for code, _day in rows}
    lines, expected, units, fallen = [], Counter[tuple[str, str]](), set(), set()
    for (code, day), (same, number) in rows.items():
        figure = approved(code, min(day, LAST)) if same else number
        lines.append(f"{day},{code},{EXPECTED[code]},{figure},{figure},{figure}")
        known = day <= LAST
        unchanged = known and figure == approved(code, day)
        expected[place(code, touched), "unchanged" if unchanged else "corrected" if known else "new"] += 1
        units.add(code)
        if known and figure < approved(code, day):
            fallen.add(code)
        # Cumulative figures fall where the newest day before, in the file or in the store, has more.
        earlier = [other for unit, other in rows if unit == code and other < day] + [d for d in DAYS if d < day]
        newest = max(earlier)
        previous = rows.get((code, newest))
        stood = approved(code, newest) if previous is None or previous[0] else previous[1]
        if newest > LAST and previous is not None and previous[0]:
            stood = approved(code, LAST)
        if figure < stood:
            fallen.add(code)
        # What the store has of the next day may be less than the file says of this one.
        later = [other for unit, other in rows if unit == code and other > day] + [d for d in DAYS if d > day]
        following = min(later, default=None)
        if following is not None and (code, following) not in rows and approved(code, following) < figure:
            fallen.add(code)
    _planned, found = _preview(empty_store, tmp_path / "table.csv", "\n".join([HEADER, *lines]))
    told = {row["code"]: row for row in found.to_dicts()}
    assert set(told) == {place(code, touched) for code in units}
    for city, row in told.items():
        own = {code for code in units if place(code, touched) == city}
        assert {key: row[key] for key in ("new", "corrected", "unchanged")} == {
            key: expected[city, key] for key in ("new", "corrected", "unchanged")
        }
        assert (row["units"], row["falls"]) == (len(own), len(own & fallen))


def test_a_register_table_counts_new_changed_and_known_units(empty_store: Store, tmp_path: Path) -> None:
    fill(empty_store)
    rows = ["S8,单位S8,学校,小学,K2", "S1,单位S1,学校,小学,K1", "S2,新名称,学校,小学,K2", "U3,单位U3,高校,,330000"]
    content = "\n".join(["单位代码,单位名称,单位类别,学段,上级单位代码", *rows])
    _planned, found = _preview(empty_store, tmp_path / "units.csv", content)
    told = {row["code"]: (row["new"], row["corrected"], row["unchanged"]) for row in found.to_dicts()}
    assert told == {"C1": (0, 0, 1), "C2": (1, 1, 0), "": (1, 0, 0)}


def test_a_file_that_is_no_table_changes_nothing(empty_store: Store, tmp_path: Path) -> None:
    fill(empty_store)
    path = tmp_path / "x.csv"
    path.write_bytes(b"")
    planned = plan(empty_store, empty_store.campaign, path)
    with empty_store.connect() as connection:
        register = load_register(connection)
    assert by_place(planned, changes(empty_store, planned), register, register).is_empty()
