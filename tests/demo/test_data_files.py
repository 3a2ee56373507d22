"""The data files that the demonstration, and every campaign in the province, stands on."""

from datetime import date

import polars as pl

from .conftest import Demo, read_table


def _divisions(demo: Demo) -> pl.DataFrame:
    return read_table(demo.campaign.path(demo.campaign.data.divisions))


def _layout(demo: Demo) -> dict[str, tuple[int, int]]:
    frame = pl.read_csv(demo.campaign.path("data/layout.csv"), schema_overrides={"code": pl.String})
    assert frame.columns == ["code", "row", "col"]
    assert frame["code"].is_unique().all()
    return {code: (row, column) for code, row, column in frame.iter_rows()}


def _counties_in_force(demo: Demo, day: date) -> set[str]:
    counties = _divisions(demo).filter(pl.col("单位类别") == "县(市、区)")
    return set(counties.filter(pl.col("停用日期").is_null() | (pl.col("停用日期") > day))["单位代码"])


def test_divisions(demo: Demo) -> None:
    divisions = _divisions(demo)
    kinds = dict(divisions["单位类别"].value_counts().iter_rows())
    assert kinds == {"省": 1, "设区市": 11, "县(市、区)": 91}
    assert divisions["单位代码"].is_unique().all() and divisions["单位代码"].str.contains(r"^33\d{4}$").all()
    codes = set(divisions["单位代码"])
    assert set(divisions["上级单位代码"].drop_nulls()) <= codes
    assert divisions["启用日期"].null_count() == divisions.height
    county = divisions.filter(pl.col("单位类别") == "县(市、区)")
    assert (county["单位代码"].str.slice(0, 4) + "00" == county["上级单位代码"]).all()


def test_counties_by_date(demo: Demo) -> None:
    """奉化 has a new code from November, 江东 is gone from December: 90 counties, then 89."""
    old = _divisions(demo).filter(pl.col("停用日期").is_not_null()).select("单位代码", "停用日期", "并入单位代码")
    assert set(old.rows()) == {("330283", date(2016, 11, 1), "330213"), ("330204", date(2016, 12, 1), "330212")}
    november, december = _counties_in_force(demo, date(2016, 11, 25)), _counties_in_force(demo, date(2016, 12, 1))
    assert (len(november), len(december)) == (90, 89)
    assert november - december == {"330204"}


def test_institutions(demo: Demo) -> None:
    frame = read_table(demo.campaign.path(demo.campaign.data.institutions))
    cities = set(_divisions(demo).filter(pl.col("单位类别") == "设区市")["单位代码"])
    assert frame.height == 107 and frame["单位代码"].is_unique().all() and frame["单位名称"].is_unique().all()
    assert frame["单位代码"].str.contains(r"^\d{10}$").all()
    assert set(frame["上级单位代码"]) == {demo.campaign.root} and set(frame["单位类别"]) == {"高校"}
    assert frame["所在地代码"].cast(pl.String).is_in(list(cities)).all()
    assert set(frame["办学层次"]) == {"本科", "专科"}
    assert set(frame["举办性质"]) == {"公办", "民办", "中外合作办学"}
    assert frame.filter(pl.col("独立学院") == 1)["举办性质"].unique().to_list() == ["民办"]


def test_layout_has_a_cell_of_its_own_for_every_county_and_city(demo: Demo) -> None:
    layout = _layout(demo)
    cities = set(_divisions(demo).filter(pl.col("单位类别") == "设区市")["单位代码"])
    assert set(layout) == cities | _counties_in_force(demo, date(2016, 12, 1))
    assert len(set(layout.values())) == len(layout)
    assert min(row for row, _column in layout.values()) == min(column for _row, column in layout.values()) == 0


def test_tiles_of_a_city_hang_together(demo: Demo) -> None:
    layout = _layout(demo)
    for city in {code[:4] for code in layout}:
        cells = {cell for code, cell in layout.items() if code[:4] == city}
        reached = [cells.pop()]
        for row, column in reached:  # grows while it is walked
            beside = {(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)} & cells
            cells -= beside
            reached.extend(beside)
        assert not cells, city


def test_layout_lies_as_on_the_map(demo: Demo) -> None:
    """Cities by their middle: who lies north and west of whom."""
    layout = _layout(demo)

    def middle(city: str) -> tuple[float, float]:
        cells = [cell for code, cell in layout.items() if code[:4] == city]
        return sum(row for row, _ in cells) / len(cells), sum(column for _, column in cells) / len(cells)

    north_to_south = ["3305", "3301", "3307", "3311"]
    west_to_east = ["3308", "3307", "3310"], ["3305", "3304"], ["3301", "3306", "3302", "3309"], ["3311", "3303"]
    rows = [middle(city)[0] for city in north_to_south]
    assert rows == sorted(rows)
    for cities in west_to_east:
        columns = [middle(city)[1] for city in cities]
        assert columns == sorted(columns)
