"""Teacher exports, counted by a plain loop and by the program; nothing personal anywhere."""

import random
from collections import Counter as Tally
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from monitor import i18n
from monitor.intake import delimited, refusals, teachers
from monitor.intake.errors import write_workbook
from monitor.intake.export import _counts
from monitor.intake.load import import_files
from tests.intake.books import xlsx
from tests.intake.conftest import (
    CITY_RUN,
    DAY,
    LATE,
    NAMES,
    NEW_CODE,
    OLD_CODE,
    ONE,
    THREE,
    TWO,
    UNIVERSITY,
    Office,
    codes,
    found,
    line,
    table,
)
from tests.test_personal import number

HEAD = (
    "学校代码",
    "学校名称",
    "姓名",
    "身份证件号码",
    "个人识别号",
    "报送状态",
    "审核级次",
    "审核状态",
    "报送时间",
    "审核时间",
)
TITLE = "教师明细（截至2016年11月25日）"
CHAINS = {
    ONE: ("学校", "县级"),
    TWO: ("学校", "县级"),
    THREE: ("学校", "县级"),
    CITY_RUN: ("学校", "市级"),
    UNIVERSITY: ("学校", "省级"),
}
KEYS = {"学校": "school", "县级": "county", "市级": "city", "省级": "province"}
_next = iter(range(10**9))


def person(
    code: str = ONE, filed: str = "已报送", level: str = "", status: str = "待审核", **more: str
) -> tuple[str, ...]:
    seed = next(_next)
    own = more.get("own", "")
    return (
        code,
        more.get("name", ""),
        more.get("who", f"演示{seed}"),
        more.get("id", number(seed)),
        own,
        filed,
        level,
        status,
        "2016-11-01",
        "",
    )


def export(*people: tuple[str, ...], title: str = TITLE, head: tuple[str, ...] = HEAD) -> str:
    return table(*people, header=head, above=(title, "") if title else ())


def counted(people: list[tuple[str, ...]]) -> tuple[dict[str, Tally[str]], dict[tuple[str, str], Tally[str]]]:
    """By the rules of the contract, person by person: figures by school, and places by school and level."""
    schools: dict[str, Tally[str]] = {}
    places: dict[tuple[str, str], Tally[str]] = {}
    for code, _name, _who, _id, own, filed, level, status, *_rest in people:
        school = schools.setdefault(code, Tally())
        school["entered"] += 1
        school["numbered"] += bool(own)
        chain = CHAINS[code]
        for name in chain:
            places.setdefault((code, name), Tally())
        if filed != "已报送":
            continue
        school["submitted"] += 1
        at = chain.index(level) if level else 1
        for lower in chain[:at]:
            places[code, lower]["approved"] += 1
        if status == "审核通过":
            places[code, chain[at]]["approved"] += 1
            if at + 1 < len(chain):
                places[code, chain[at + 1]]["pending"] += 1
        else:
            places[code, chain[at]]["pending" if status == "待审核" else "returned"] += 1
    return schools, places


def crowd(seed: int, size: int) -> list[tuple[str, ...]]:
    draw = random.Random(seed)
    people = []
    for _someone in range(size):
        code = draw.choice(list(CHAINS))
        filed = draw.choice(["已报送", "已报送", "未报送"])
        level = draw.choice(["", *CHAINS[code]])
        status = draw.choice(["待审核", "审核通过", "退回"]) if filed == "已报送" else ""
        people.append(person(code, filed, level if status else "", status, own=draw.choice(["", str(next(_next))])))
    return people


def check(office: Office, people: list[tuple[str, ...]]) -> None:
    schools, places = counted(people)
    assert office.collection() == {
        (code, DAY): (None, tally["entered"], tally["submitted"], tally["numbered"]) for code, tally in schools.items()
    }
    assert office.review() == {
        (code, DAY, KEYS[level]): (tally["pending"], tally["approved"], tally["returned"])
        for (code, level), tally in places.items()
    }


@pytest.mark.parametrize("form", ["csv", "gb18030", "xlsx"])
def test_people_are_counted_to_schools(office: Office, form: str) -> None:
    people = crowd(1, 400)
    if form == "xlsx":
        result = office.take(xlsx([[TITLE], list(HEAD), *map(list, people)]), "export.xlsx")
    else:
        result = office.take(export(*people).encode("utf-8" if form == "csv" else form))
    assert (result.kind, result.rows, result.loaded, codes(result), found(result)) == ("teachers", 400, 400, [], [])
    check(office, people)


@pytest.mark.parametrize("most", [teachers._COMPACT, 1])
def test_a_long_export_is_counted_in_blocks(office: Office, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Whether what was read is remembered from block to block, or there is too much of it."""
    monkeypatch.setattr(teachers, "_COMPACT", most)
    monkeypatch.setattr(delimited, "BLOCK", 4096)
    monkeypatch.setattr(delimited, "PART", 4096)
    people = crowd(2, 300)
    assert office.take(export(*people)).rows == 300
    check(office, people)


def test_what_ends_a_long_export_is_said_in_the_language_of_who_reads(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks are read in another thread, which has no language of its own."""
    monkeypatch.setattr(delimited, "BLOCK", 4096)
    monkeypatch.setattr(delimited, "PART", 4096)
    broken = export(*crowd(2, 300)) + '"never closed\n'
    for language, said in (("zh_CN", "引号"), ("en", "quotation mark")):
        with i18n.spoken(language):
            (refusal,) = office.take(broken).refused
        assert refusal.code == "file_unclosed_quote" and said in refusal.message


def test_the_queue_balances(office: Office) -> None:
    office.take(export(*crowd(3, 200)))
    review = office.review()
    for (code, day), (_expected, _entered, submitted, _numbered) in office.collection().items():
        above = submitted
        for level in CHAINS[code]:
            assert sum(review[code, day, KEYS[level]]) == above
            above = review[code, day, KEYS[level]][1]


def test_expected_is_carried_and_schools_left_out_keep_their_figures(office: Office) -> None:
    office.take(table(line(ONE, "2016-11-24"), line(TWO, "2016-11-24")))
    office.take(export(person(ONE)))
    figures = office.collection()
    assert figures[ONE, DAY] == (None, 1, 1, 0)
    assert (TWO, DAY) not in figures and figures[TWO, "2016-11-24"] == (100, 90, 80, None)


def test_without_the_column_of_numbers_it_is_unknown(office: Office) -> None:
    head = HEAD[:4] + HEAD[5:]
    row = person(ONE)
    office.take(export(row[:4] + row[5:], head=head))
    assert office.collection() == {(ONE, DAY): (None, 1, 1, None)}


@pytest.mark.parametrize("status", ["不通过", "退回（不通过）", "审核不通过", "退回"])
def test_returned_in_every_dress(office: Office, status: str) -> None:
    office.take(export(person(status=status)))
    assert office.review()[ONE, DAY, "county"] == (0, 0, 1)


def test_the_day_comes_from_the_option_or_the_title(office: Office) -> None:
    from datetime import date

    assert codes(office.take(export(person(), title=""))) == ["date_missing"]
    assert office.take(export(person(), title=""), date=date(2016, 11, 25)).dates == [date(2016, 11, 25)]
    assert codes(office.take(export(person()), date=date(2016, 11, 24))) == ["date_contradiction"]


def test_old_codes_count_for_their_successor(office: Office) -> None:
    result = office.take(export(person(OLD_CODE, name="奉化市"), person(NEW_CODE)))
    (note,) = [finding for finding in result.findings if finding.code == "old_unit"]
    assert f"{OLD_CODE} → {NEW_CODE} 奉化区" in note.message and "1 行" in note.message
    assert office.collection() == {(NEW_CODE, DAY): (None, 2, 2, 0)}


@pytest.mark.parametrize(
    "row, code, cell",
    [
        (person("9999999999"), "unit_unknown", "A4"), (person("3.30106E+09"), "code_destroyed", "A4"), (person(""), "code_missing", "A4"),
        (person("330106"), "unit_has_units_below", "A4"), (person(filed="也许"), "filed_unreadable", "F4"), (person(filed=""), "filed_unreadable", "F4"),
        (person(status="在途"), "status_unreadable", "H4"), (person(level="国家级"), "level_unreadable", "G4"),
        (person(level="市级"), "level_outside_chain", "G4"), (person(name="演示第二小学"), "name_contradicts", "B4"),
        (person(who=number(99)), "personal_id", "C4"),
    ],
)  # fmt: skip
def test_rows_that_are_refused(office: Office, row: tuple[str, ...], code: str, cell: str) -> None:
    result = office.take(export(row, person(TWO)))
    assert [(item.row, item.cell, item.code) for item in result.refused] == [(4, cell, code)]
    assert (result.rows, result.loaded) == (2, 0)
    rest = office.take(export(row, person(TWO)), accept_valid=True)
    assert list(office.collection()) == [(TWO, DAY)]
    assert rest.loaded == 1


def test_a_school_that_is_not_open_yet(office: Office) -> None:
    text = export(person(LATE), title="截至2016年10月20日")
    assert codes(office.take(text)) == ["unit_not_open"]


def test_notes_and_totals_are_skipped(office: Office) -> None:
    text = export(person(), person()) + "\n合计,,2人,,,,,,,\n填报人：甲,,,,,,,,,\n"
    assert office.take(text).rows == 2


def test_the_same_id_number_twice_counts_once(office: Office) -> None:
    same = number(5)
    people = [
        person(ONE, id=same),
        person(TWO, id=same),
        person(TWO),
        person(THREE, id=same.lower()),
        person(ONE, id=f" {same}"),
    ]
    result = office.take(export(*people))
    assert office.collection() == {
        (ONE, DAY): (None, 1, 1, 0), (TWO, DAY): (None, 1, 1, 0), (THREE, DAY): (None, 0, 0, 0),
    }  # fmt: skip
    twice = [item for item in result.findings if item.code == "id_number_twice"]
    assert {item.grade for item in twice} == {"must_fix"}
    assert {item.unit: item.values for item in twice} == {
        ONE: {"numbers": 1, "left_out": 1}, TWO: {"numbers": 1, "left_out": 1}, THREE: {"numbers": 1, "left_out": 1},
    }  # fmt: skip
    assert same not in str(result.to_json())


def test_a_school_whose_people_all_count_elsewhere_has_nobody(office: Office) -> None:
    """It is in the export: what it had before is not its figure any more."""
    same = number(7)
    office.take(export(person(ONE), person(ONE), person(TWO), title="教师明细（截至2016年11月24日）"))
    result = office.take(export(person(TWO, id=same), person(ONE, id=same)))
    assert office.collection()[ONE, DAY] == (None, 0, 0, 0)
    assert office.collection()[TWO, DAY] == (None, 1, 1, 0)
    assert (result.rows, result.loaded) == (2, 2)


def test_a_personal_number_of_two_people(office: Office) -> None:
    result = office.take(export(person(ONE, own="77"), person(TWO, own="77"), person(TWO, own="78")))
    assert [(item.code, item.unit) for item in result.findings] == [
        ("person_number_twice", ONE),
        ("person_number_twice", TWO),
    ]
    assert office.collection()[TWO, DAY] == (None, 2, 2, 2)


def test_several_files_of_one_export_are_one_load(office: Office) -> None:
    same = number(6)
    parts = [[person(ONE, id=same), *crowd(4, 50)], [*crowd(5, 50), person(ONE, id=same)]]
    paths = [office.path(export(*part), f"part{place}.csv") for place, part in enumerate(parts)]
    results = import_files(office.store, office.campaign, paths)
    assert [result.file for result in results] == ["part0.csv", "part1.csv"]
    assert [result.rows for result in results] == [51, 51]
    assert {result.batch for result in results} == {1}
    check(office, parts[0] + parts[1][:-1])
    again = import_files(office.store, office.campaign, paths)
    assert [(result.loaded, result.unchanged, result.batch) for result in again] == [(0, 51, None), (0, 51, None)]


def test_of_very_many_refusals_the_first_are_listed_and_all_are_counted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (teachers, refusals):
        monkeypatch.setattr(module, "LISTED", 7)
    result = office.take(export(*[person("9999999999") for _ in range(20)], person(ONE)))
    *listed, rest = result.refused
    assert [item.row for item in listed] == [*range(4, 11)] and rest.row is None
    assert rest.code == "too_many_refused" and "13" in rest.message and result.refusals == 20
    assert office.take(export(*[person("9999999999") for _ in range(20)], person(ONE)), accept_valid=True).loaded == 1


def test_a_person_reviewed_but_not_submitted(office: Office) -> None:
    result = office.take(export(person(filed="未报送", status="审核通过"), person(filed="未报送", status="待审核")))
    assert [(item.code, item.values) for item in result.findings] == [("status_without_filing", {"people": 1})]
    assert office.collection() == {(ONE, DAY): (None, 2, 0, 0)}


def test_more_entered_than_the_expected_of_earlier(office: Office) -> None:
    office.take(table(line(ONE, "2016-11-24", 1, 1, 1)))
    assert "entered_over_expected" in found(office.take(export(person(), person(), person())))


def everything(folder: Path) -> bytes:
    return b"".join(
        path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and "export" not in path.name
    )


def test_nothing_personal_is_kept_anywhere(office: Office, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    people = [
        person(who="姓名绝密甲", id=number(70), own="88776655"),
        person(who="姓名绝密乙", id=number(70)),
        person("9999999999", who="姓名绝密丙", id=number(71)),
        person(filed="姓名绝密丁"),
    ]
    plans: list[tuple[Any, Any]] = []
    text = export(*people) + f"\n姓名绝密戊{number(72)},,,,,,,,,\n"
    path = office.path(text, "export.csv")
    results = import_files(
        office.store, office.campaign, [path], accept_valid=True, on_plan=lambda plan, done: plans.append((plan, done))
    )
    for plan, done in plans:
        write_workbook(tmp_path / "errors.xlsx", plan, done)
    book = openpyxl.load_workbook(tmp_path / "errors.xlsx")
    cells = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    said = str([result.to_json() for result in results]) + cells + "".join(capfd.readouterr())
    office.store.close()
    stored = everything(office.folder)
    for secret in ["绝密", number(70), number(71), number(72), "88776655"]:
        assert secret not in said
        assert secret.encode() not in stored
    assert [cell.value for cell in book.worksheets[0][1]] == ["行", "学校代码", "说明"]
    assert "9999999999" in cells and NAMES[ONE] not in cells.split("说明")[0]


def test_without_review_states_the_review_stays_as_it_is(office: Office) -> None:
    """审核状态 may be left out: what an export does not say is unknown, not zero."""
    office.take(export(person(status="审核通过"), person()))
    before = office.review()
    head = HEAD[:6]
    people = [person()[:6], person(filed="未报送")[:6], person()[:6]]
    result = office.take(export(*people, head=head, title="教师明细（截至2016年11月28日）"))
    assert (result.kind, codes(result), found(result), result.loaded) == ("teachers", [], ["review_not_given"], 3)
    assert office.collection()[ONE, "2016-11-28"][1:3] == (3, 2)
    assert office.review() == before


def test_further_files_of_an_export_need_no_title(office: Office) -> None:
    first = office.path(export(person(), person()), "b.csv")
    second = office.path(export(person(TWO), title=""), "a.csv")
    results = import_files(office.store, office.campaign, [second, first])
    assert [(result.file, codes(result), result.loaded) for result in results] == [("b.csv", [], 2), ("a.csv", [], 1)]
    assert {key: figures[1] for key, figures in office.collection().items()} == {(ONE, DAY): 2, (TWO, DAY): 1}
    alone = office.take(export(person(), title=""))
    assert codes(alone) == ["date_missing"]


def test_people_of_a_school_that_is_merged_later_count_once(office: Office) -> None:
    """A school with figures of its own keeps them up to its closing: what an export says of it is no second count."""
    office.take(table(line(ONE, "2016-11-21"), line(TWO, "2016-11-21")))
    head = ("单位代码", "单位名称", "单位类别", "上级单位代码", "停用日期", "并入单位代码")
    office.take(table((ONE, "", "学校", "330106", "2016-12-01", TWO), header=head))
    office.take(export(person(ONE), person(TWO), person(TWO)))
    entered = {key: figures[1] for key, figures in office.collection().items() if key[1] == DAY}
    assert entered == {(ONE, DAY): 1, (TWO, DAY): 2}


@pytest.mark.parametrize("states", [[7, 7, 3, 7], [5_000_000_000, 3, 3], []])
def test_states_are_counted_few_of_many_codes_or_many_of_few(states: list[int]) -> None:
    counted = _counts(np.array(states, np.int64))
    assert dict(counted.iter_rows()) == Tally(states)


def test_a_word_written_in_more_ways_than_are_remembered_counts_as_ever(office: Office) -> None:
    """Words are told apart by what was seen before: neither many ways to write one, nor odd ones between, change the sums."""
    ways = [" " * n + word for n in range(60) for word in ("已报送", "已上报", "未报送")]
    result = office.take(export(*(person(filed=way) for way in ways)))
    assert codes(result) == []
    assert office.collection()[ONE, DAY][1:3] == (180, 120)
