"""What a bulletin says, held against figures counted one by one."""

import re
from collections import Counter
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pandas as pd
import polars as pl
import pytest

from monitor import i18n
from monitor.bulletins import proof
from monitor.bulletins.compose import NoBulletin
from monitor.bulletins.facts import PLACEHOLDERS, _best_places
from monitor.bulletins.life import Desk, rendered
from monitor.bulletins.measures import MEASURES
from monitor.bulletins.parts import Content, Figure, as_json, figures_of, from_json, written
from monitor.bulletins.wording import fields, read
from monitor.campaign import Campaign
from monitor.figures import SECTORS
from monitor.filings.load import record_all
from monitor.store import loads
from monitor.store.register import change_register, load_register, unit_table
from tests.access.tree import plant
from tests.databases import Databases
from tests.pages.world import EXPECTED, LAST, approved, fill

SCHOOLS = ("S1", "S2", "S3")


@pytest.fixture(scope="module", params=SECTORS)
def content(request: pytest.FixtureRequest, desk: Desk) -> Content:
    return desk.fresh(request.param, LAST)


def text(content: Content, key: str) -> str:
    return content.sentence(key).text


def test_the_whole_in_figures(desk: Desk) -> None:
    content = desk.fresh("schools", LAST)
    people, done = sum(EXPECTED[code] for code in SCHOOLS), sum(approved(code, LAST) for code in SCHOOLS)
    assert text(content, "totals") == (
        f"截至11月11日，全省中小学应采集{people}人，已录入{done}人，已报送{done}人，终审通过{done}人；"
        f"采集率{done / people:.1%}，审核率100.0%，完成率{done / people:.1%}。"
    )
    assert text(content, "institutions") == "全省3所学校（机构）中，已启动2所，已全部完成2所。"
    assert text(content, "silent") == "尚有1所学校（机构）未录入任何信息。"
    assert "距12月16日采集审核截止还有25个工作日" in text(content, "required")
    assert f"尚有{people - done}人未完成，须日均终审通过2人" in text(content, "required")
    assert text(content, "opening").endswith(
        "现将截至2016年11月11日各地中小学（含幼儿园、中等职业学校）信息采集审核工作进展情况通报如下。"
    )


def test_the_best_in_order_and_the_last_by_name(desk: Desk) -> None:
    content = desk.fresh("schools", LAST)
    first = (approved("S1", LAST) + approved("S3", LAST)) / (EXPECTED["S1"] + EXPECTED["S3"])
    assert text(content, "best_one") == f"完成率居全省前列的设区市为：单位C1（{first:.1%}）。"
    assert text(content, "below") == "完成率低于50%的设区市有1个。"
    assert text(content, "below_named").endswith("的是：单位C2完成率0.0%，尚有40人未完成。")
    universities = desk.fresh("universities", LAST)
    one, other = sorted(("U1", "U2"), key=lambda code: -approved(code, LAST) / EXPECTED[code])
    assert approved(other, LAST) > 0, "it has a second place of five, but is the last one, too"
    assert text(universities, "best_one").endswith(f"：单位{one}（{approved(one, LAST) / EXPECTED[one]:.1%}）。")


def test_nobody_is_named_among_the_best_and_the_last(databases: Databases) -> None:
    """With two cities one of them has 3 of 40 and is named for it."""
    with databases.store() as store:
        fill(store)
        with store.connect() as connection:
            lagging = load_register(connection).resolve("S2")
        assert lagging is not None
        rows = [(lagging.id, LAST, level, 0, 3, 0) for level in lagging.chain]
        frame = pl.DataFrame(rows, ["unit_id", "day", "level", "pending", "approved", "returned"], orient="row")
        loads.load(store, loads.NewBatch("review", "续.csv", "3", "", len(frame)), loads.Tables(None, frame), [])
        content = Desk.of_the_office(store).fresh("schools", LAST)
    assert "单位C1" in text(content, "best_one") and "单位C2" not in text(content, "best_one")
    assert text(content, "below_named").endswith(f"的是：单位C2完成率{3 / EXPECTED['S2']:.1%}，尚有37人未完成。")


@pytest.mark.parametrize(("units", "places"), [(11, 5), (6, 5), (5, 2), (4, 2), (1, 0), (0, 0)])
def test_the_best_of_few_are_the_better_half(campaign: Campaign, units: int, places: int) -> None:
    """Against configuration.md: bulletin.best of them, half of them where there are no more."""
    assert campaign.bulletin.best == 5
    members = pd.DataFrame({"completion": [0.5] * units + [None]}, dtype="float64")
    scribe: Any = SimpleNamespace(view=SimpleNamespace(campaign=campaign))
    assert _best_places(scribe, members) == places


def test_nobody_is_named_by_chance(desk: Desk) -> None:
    """Both universities are under the threshold; neither is so far from the other that chance does not explain it."""
    content = desk.fresh("universities", LAST)
    assert text(content, "below") == "完成率低于50%的学校有2所。"
    assert not any(sentence.key == "below_named" for sentence in content.sentences)
    assert not any(sentence.key == "reply" for sentence in content.sentences)


def test_who_has_filed_and_who_has_not(desk: Desk) -> None:
    content = desk.fresh("schools", LAST)
    assert text(content, "filed") == "10月月报表应报2个设区市，截至11月11日已报1个，其中按时报送1个。"
    assert text(content, "missing") == "尚未报送的有1个：单位C2。"
    assert text(content, "next_report").startswith("请各设区市于11月25日前报送11月月报表")
    content = desk.fresh("universities", LAST)
    assert text(content, "late") == "迟报的有：单位U1（迟报2日）。"
    assert text(desk.fresh("universities", date(2016, 10, 26)), "missing").startswith("尚未报送的有2所")


def test_backlogs_are_named_with_the_days_that_they_take(desk: Desk) -> None:
    assert text(desk.fresh("schools", LAST), "no_backlog") == "各设区市审核环节均没有10个工作日以上的积压。"


def test_every_number_is_a_figure_that_says_where_it_came_from(content: Content) -> None:
    for sentence in content.sentences:
        words = "".join(part for part in sentence.parts if isinstance(part, str))
        assert not re.search(r"\d", re.sub(r"单位[CKSU]\d", "", words)), sentence.text
        for figure in figures_of(sentence.parts):
            assert figure.measure in MEASURES and figure.unit and figure.day == LAST and figure.raw is not None
    for annex in content.annexes:
        for row in annex.rows:
            for heading, cell in zip(annex.columns, row, strict=True):
                assert isinstance(cell, Figure) or cell == "—" or heading in ("设区市", "县（市、区）", "学校")
    of_tables = [figure for figure in content.figures() if MEASURES[figure.measure].source == "progress"]
    assert of_tables and all(figure.batches for figure in of_tables if figure.unit)


def test_the_proof_lists_every_number_once(content: Content) -> None:
    listed = [number.figure for number in proof.numbers(content)]
    assert Counter(listed) == Counter(content.figures())


def test_tables_add_up(content: Content) -> None:
    table = content.annexes[0]
    for place, heading in enumerate(table.columns):
        if heading in ("应采集", "已报送", "终审通过", "未完成"):
            whole, *parts = (row[place].raw for row in table.rows if isinstance(row[place], Figure))
            assert whole == sum(parts)
    assert len(table.rows) == 3  # the whole and its two


def test_the_same_snapshot_makes_the_same_bytes_whatever_the_screen_speaks(desk: Desk) -> None:
    once = desk.fresh("schools", LAST)
    with i18n.spoken("en"):
        again = desk.fresh("schools", LAST)
        assert again == once
        for kind in ("docx", "pdf"):
            assert rendered(again, kind) == rendered(once, kind)
    assert rendered(desk.fresh("schools", date(2016, 11, 10)), "docx") != rendered(once, "docx")


def test_kept_as_json_exactly(content: Content) -> None:
    assert from_json(as_json(content)) == content


def test_without_tables_there_is_no_bulletin(desk: Desk) -> None:
    with pytest.raises(NoBulletin, match="2016-10-16"):
        desk.fresh("schools", date(2016, 10, 16))


def test_after_the_deadline_it_speaks_of_what_is_overdue(desk: Desk) -> None:
    content = desk.fresh("schools", date(2016, 12, 16))
    assert text(content, "overdue") == "采集审核已于12月16日截止，全省尚有39人未完成。"
    keys = {sentence.key for sentence in content.sentences}
    assert not keys & {"required", "pace", "hurry"} and "finish" in keys


@pytest.mark.parametrize("sector", SECTORS)
def test_the_wording_uses_only_what_there_is(sector: str, campaign: Campaign) -> None:
    words = read(campaign, sector)
    for phrase in words.phrases:
        assert set(fields(phrase.words) + fields(phrase.item)) <= PLACEHOLDERS, phrase.key
    assert written((words.title,))


def test_a_county_directly_below_the_province_counts_once(databases: Databases) -> None:
    """Its school S4 has 10 of 50 approved: named once, in a row of its own in both tables, and those add up."""
    with databases.store() as store:
        fill(store)
        rows = [
            {"code": "K7", "name": "单位K7", "kind": "county", "parent_code": store.campaign.root},
            {"code": "S4", "name": "单位S4", "kind": "school", "parent_code": "K7", "school_type": "primary"},
        ]
        with store.begin() as connection:
            change_register(connection, store.campaign, unit_table(rows))
            school = load_register(connection).resolve("S4")
        assert school is not None
        collection = pl.DataFrame(
            [(school.id, LAST, 50, 10, 10, 10)],
            ["unit_id", "day", "expected", "entered", "submitted", "numbered"],
            orient="row",
        )
        review = pl.DataFrame(
            [(school.id, LAST, level, 0, 10, 0) for level in school.chain],
            ["unit_id", "day", "level", "pending", "approved", "returned"],
            orient="row",
        )
        loads.load(store, loads.NewBatch("collection", "续.csv", "3", "", 1), loads.Tables(collection, review), [])
        content = Desk.of_the_office(store).fresh("schools", LAST)
    assert text(content, "counties_below") == "完成率低于50%的县（市、区）有2个。"
    assert text(content, "counties_named").count("单位K7（20.0%，尚有40人）") == 1
    cities, counties = ([[written((cell,)) for cell in row] for row in annex.rows] for annex in content.annexes)
    assert [row[1] for row in cities] == ["合计", "单位C1", "单位C2", "单位K7"]
    assert cities[3][:6] == ["—", "单位K7", "50", "10", "10", "40"]
    for place in (2, 3, 4, 5):
        total, *each = (int(row[place].replace("−", "-")) for row in cities)
        assert total == sum(each)
    assert [(row[1], row[2]) for row in counties] == [
        ("单位K1", "单位C1"),
        ("单位K7", "省直辖"),
        ("单位K2", "单位C2"),
    ]


@pytest.mark.parametrize(("sector", "whole"), [("schools", "全省中小学"), ("universities", "全省高等学校")])
def test_before_anything_is_handed_to_review_the_whole_is_told_all_the_same(
    databases: Databases, sector: str, whole: str
) -> None:
    """On the first day there is no rate of review; how many there are is said without it."""
    with databases.store() as store:
        plant(store)
        with store.connect() as connection:
            register = load_register(connection)
        rows = [(unit.id, LAST, 70, 3, 0, 0) for code in ("S1", "U1") if (unit := register.resolve(code))]
        frame = pl.DataFrame(rows, ["unit_id", "day", "expected", "entered", "submitted", "numbered"], orient="row")
        loads.load(store, loads.NewBatch("collection", "首日.csv", "1", "", 2), loads.Tables(frame), [])
        content = Desk.of_the_office(store).fresh(sector, LAST)
    assert text(content, "totals_before") == f"截至11月11日，{whole}应采集70人，已录入3人，尚无人员信息报送审核。"
    assert "totals" not in {sentence.key for sentence in content.sentences}


def test_a_municipality_compares_its_districts(databases: Databases, campaign: Campaign) -> None:
    """No cities: its three districts have places, are praised and named; it speaks of 全市 and of no 设区市."""
    done = {"D1": 90, "D2": 60, "D3": 10}
    with databases.store() as store:
        rows: list[dict[str, Any]] = [{"code": campaign.campaign.root, "name": "演示市", "kind": "province"}]
        for code in done:
            rows.append({"code": code, "name": f"{code}区", "kind": "county", "parent_code": campaign.campaign.root})
            rows.append(
                {"code": f"S{code}", "name": code, "kind": "school", "parent_code": code, "school_type": "primary"}
            )
        with store.begin() as connection:
            change_register(connection, store.campaign, unit_table(rows))
            register = load_register(connection)
        schools = {code: unit for code in done if (unit := register.resolve(f"S{code}"))}
        collection = pl.DataFrame(
            [(unit.id, LAST, 100, 95, 95, done[code]) for code, unit in schools.items()],
            ["unit_id", "day", "expected", "entered", "submitted", "numbered"],
            orient="row",
        )
        review = pl.DataFrame(
            [(unit.id, LAST, level, 0, done[code], 0) for code, unit in schools.items() for level in unit.chain],
            ["unit_id", "day", "level", "pending", "approved", "returned"],
            orient="row",
        )
        loads.load(store, loads.NewBatch("collection", "表.csv", "1", "", 3), loads.Tables(collection, review), [])
        content = Desk.of_the_office(store).fresh("schools", LAST)
    assert written(content.title).startswith("关于全市中小学")
    assert text(content, "best_one") == "完成率居全市前列的区县为：D1区（90.0%）。"
    assert text(content, "below") == "完成率低于50%的区县有1个。"
    assert text(content, "below_named") == (
        "其中，明显落后于全市平均水平、予以通报的是：D3区完成率10.0%，尚有90人未完成。"
    )
    (table,) = content.annexes
    assert table.title == "各区县信息采集审核进展情况表" and table.columns[1] == "区县"
    assert [[written((cell,)) for cell in row[:2]] for row in table.rows] == [
        ["—", "合计"], ["1", "D1区"], ["2", "D2区"], ["3", "D3区"],
    ]  # fmt: skip
    everything = written(content.title) + "".join(sentence.text for sentence in content.sentences)
    assert "全省" not in everything and "设区市" not in everything


def test_what_is_filed_at_midnight_is_not_known_the_evening_before(databases: Databases) -> None:
    """C1 files at 26 October 00:00: on the evening of the 25th both are missing, on the 26th it is a day late."""
    with databases.store() as store:
        fill(store)
        record_all(store, [("C1", "2016-10", datetime(2016, 10, 26, tzinfo=store.campaign.timezone))], "")
        evening, after = (Desk.of_the_office(store).fresh("schools", date(2016, 10, day)) for day in (25, 26))
    assert text(evening, "filed") == "10月月报表应报2个设区市，截至10月25日已报0个，其中按时报送0个。"
    assert text(evening, "missing") == "尚未报送的有2个：单位C1、单位C2。"
    assert text(after, "late") == "迟报的有：单位C1（迟报1日）。" and text(after, "missing").endswith("1个：单位C2。")
