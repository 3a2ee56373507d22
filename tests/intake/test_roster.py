"""Rosters through the intake: checked, loaded as a batch, taken back exactly; and no word of people beside the one table."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import text

from monitor.intake.errors import write_workbook
from monitor.intake.load import FileResult, Plan
from monitor.rosters import CELLS, Member
from monitor.store import Scope, read, rosters
from monitor.store.schema import metadata
from monitor.store.undo import undo
from tests.intake.conftest import UNIVERSITY, Office, codes, found, table

HEADER = ("单位代码", "职责", "姓名", "部门", "职务", "办公电话", "手机", "邮箱")
CITY, OTHER = "330100", "330200"
WHOLE = (
    (CITY, "组长", "演示甲", "办公室", "副局长", "0571-00000001", "", "a@example.cn"),
    (CITY, "牵头", "演示乙", "教师工作处", "处长", "（0571）00000002", "", "b@example.cn"),
    (CITY, "成员", "演示丙", "发展规划处", "科长", "0571-00000003、00000033", "—", "c@example.cn"),
    (CITY, "成员", "演示丁", "计财处", "科长", "0571-00000004", "", "d@example.cn"),
    (CITY, "成员", "演示戊", "信息中心", "主任", "0571-00000005", "", "e@example.cn"),
    (CITY, "联络员", "演示己", "教师工作处", "科员", "0571-00000006转8", "10000000006", "ｆ@example.cn"),
)
SECRETS = ("演示甲", "演示己", "00000006", "10000000006", "a@example.cn")


def people(office: Office, code: str = CITY) -> list[Member]:
    with office.store.connect() as connection:
        return rosters.all_members(connection, read.unit(connection, Scope.all(), code).id)


def state(office: Office, code: str = CITY) -> dict[str, object]:
    with office.store.connect() as connection:
        known = rosters.state(connection, read.unit(connection, Scope.all(), code).id)
    return {name: known.get(name) for name in ("electronic_at", "accepted_at", "returned_at", "reason", "paper_on")}


def take(office: Office, *rows: Sequence[object], **options: object) -> FileResult:
    return office.take(table(*rows, header=HEADER), **options)


def test_a_whole_roster(office: Office) -> None:
    result = take(office, *WHOLE)
    assert (result.kind, result.rows, result.loaded, codes(result), found(result)) == ("roster", 6, 6, [], [])
    first, *_others, last = people(office)
    assert first == Member("leader", "演示甲", "办公室", "副局长", "0571-00000001", "", "a@example.cn")
    assert last == Member("contact", "演示己", "教师工作处", "科员", "0571-00000006-8", "10000000006", "f@example.cn")
    assert [member.phone for member in people(office)][1:3] == ["0571-00000002", "0571-00000003、00000033"]
    assert people(office)[2].mobile in ("", "—", "-")
    assert isinstance(state(office)["electronic_at"], datetime)
    again = take(office, *WHOLE)
    assert (again.loaded, again.unchanged, again.batch, found(again)) == (0, 6, None, ["nothing_new"])


def test_the_day_given_is_the_day_on_which_it_came(office: Office) -> None:
    assert take(office, *WHOLE, date=date(2016, 10, 9)).dates == [date(2016, 10, 9)]
    assert state(office)["electronic_at"] == datetime(2016, 10, 9, 4, tzinfo=UTC)
    take(office, *WHOLE[:4], date=date(2016, 10, 20))
    assert state(office)["electronic_at"] == datetime(2016, 10, 9, 4, tzinfo=UTC)  # the first one counts
    assert codes(take(office, *WHOLE, date=date(2099, 1, 1))) == ["date_future"]


def test_what_a_roster_lacks_is_told_and_not_kept(office: Office) -> None:
    result = take(office, WHOLE[2], (UNIVERSITY, "组长", "演示庚", "学院", "院长", "0571-00000007", "", "g@example.cn"))
    assert sorted(found(result)) == sorted(
        ["roster_no_leader", "roster_no_contact", "roster_no_lead", "roster_department_missing", "roster_department_missing",
         "roster_no_contact", "roster_no_lead", *["roster_department_missing"] * 3]
    )  # fmt: skip
    assert result.loaded == 2
    assert office.rows("SELECT COUNT(*) FROM finding") == [(0,)]


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (0, "330106", "roster_not_owed"),
        (0, "999999", "unit_unknown"),
        (0, "", "code_missing"),
        (1, "主任", "duty_unreadable"),
        (2, "", "text_missing"),
        (3, "—", "text_missing"),
        (4, "长" * 101, "text_too_long"),
        (5, "分机不详", "phone_malformed"),
        (6, "12345", "phone_malformed"),
        (7, "f at example.cn", "email_malformed"),
        (4, "11010519491231002X", "personal_id"),
    ],
)
def test_a_row_that_is_refused_keeps_its_roster_out(office: Office, place: int, value: str, code: str) -> None:
    bad = list(WHOLE[5])
    bad[place] = value
    other = (OTHER, *WHOLE[0][1:])
    result = take(office, *WHOLE[:5], bad, other, accept_valid=True)
    named = place != 0
    assert codes(result) == (["roster_incomplete"] * 5 if named else []) + [code]
    assert (people(office) == []) is named
    assert len(people(office, OTHER)) == 1 and result.loaded == (1 if named else 6)
    assert not any(value and value in item.message for item in result.refused if place not in (0, 1))


def test_an_undo_puts_the_people_back(office: Office) -> None:
    take(office, *WHOLE, date=date(2016, 10, 9))
    before = people(office), state(office)
    with office.store.begin() as connection:
        unit_id = read.unit(connection, Scope.all(), CITY).id
        rosters.change(connection, unit_id, datetime.now(UTC), "x", "accepted", None, accepted_at=datetime(2016, 10, 11, tzinfo=UTC))  # fmt: skip
    before = people(office), state(office)
    second = take(office, *WHOLE[:3], (OTHER, *WHOLE[0][1:]))
    assert (second.loaded, second.corrected) == (4, 3)
    assert len(people(office)) == 3 and state(office)["accepted_at"] is None
    third = take(office, *WHOLE[:2])
    undo(office.store, int(third.batch or 0), "tester")
    assert len(people(office)) == 3
    undo(office.store, int(second.batch or 0), "tester")
    assert (people(office), state(office)) == before
    assert people(office, OTHER) == [] and state(office, OTHER)["electronic_at"] is None
    assert office.rows("SELECT COUNT(*) FROM roster_member WHERE replaced_by <> 0") == [(0,)]


def test_what_a_unit_wrote_itself_no_undo_takes_back(office: Office) -> None:
    take(office, *WHOLE)
    second = take(office, *WHOLE[:3])
    own = [Member("leader", "演示壬", "办公室")]
    with office.store.begin() as connection:
        rosters.write(connection, read.unit(connection, Scope.all(), CITY).id, own)
    assert office.rows("SELECT COUNT(*) FROM roster_member") == [(1,)]
    undo(office.store, int(second.batch or 0), "tester")
    assert people(office) == own


def test_people_stand_in_one_table_alone(office: Office) -> None:
    take(office, *WHOLE)
    take(office, *WHOLE[1:])
    with office.store.connect() as connection:
        for kept in metadata.sorted_tables:
            told = str(connection.execute(kept.select()).all())
            assert any(secret in told for secret in SECRETS) is (kept.name == "roster_member"), kept.name


def test_undo_after_an_erasure_brings_nobody_back(office: Office) -> None:
    take(office, *WHOLE)
    second = take(office, *WHOLE[1:])
    with office.store.begin() as connection:
        assert rosters.forget(connection, [read.unit(connection, Scope.all(), CITY).id]) == 11
    undo(office.store, int(second.batch or 0), "tester")
    assert people(office) == []
    assert office.rows("SELECT COUNT(*) FROM roster_member") == [(0,)]


def test_the_marked_workbook_repeats_nobody(office: Office) -> None:
    path = office.folder / "errors.xlsx"

    def keep(planned: Plan, results: list[FileResult]) -> None:
        write_workbook(path, planned, results)

    take(office, *WHOLE[:5], (CITY, "主任", *WHOLE[5][2:]), on_plan=keep)
    book = openpyxl.load_workbook(path)
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any("组长、牵头、成员、联络员" in cell for cell in cells)
    assert not [secret for secret in SECRETS if any(secret in cell for cell in cells)]


def test_a_roster_as_people_type_it(office: Office) -> None:
    path = Path(office.folder / "名单.xlsx")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:H1", "全国教师管理信息系统工作组名单")
        for place, name in enumerate(
            ("单位代码", "组内职责", "姓名", "处室", "职务", "联系电话", "手机号码", "电子邮箱")
        ):
            sheet.write(1, place, name)
        for row, line in enumerate(WHOLE, 2):
            for place, value in enumerate(line[1:], 1):
                sheet.write(row, place, value)
        sheet.merge_range("A3:A8", CITY)
        sheet.write(8, 0, "填表人：演示癸　联系电话：0571-00000009")
    result = office.take(path)
    assert (result.loaded, codes(result)) == (6, [])
    assert [getattr(people(office)[0], key) for key in CELLS][:2] == ["leader", "演示甲"]


def test_a_roster_is_a_file_of_its_own(office: Office) -> None:
    path = Path(office.folder / "both.xlsx")
    with xlsxwriter.Workbook(path) as book:
        for header, row in ((HEADER, WHOLE[0]), (("统计年份", "单位代码", "教职工数"), (2016, UNIVERSITY, 50))):
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, header)
            sheet.write_row(1, 0, row)
    assert codes(office.take(path)) == ["kind_ambiguous"]


def test_a_trial_run_says_the_same_and_keeps_nothing(office: Office) -> None:
    take(office, *WHOLE)
    tried = take(office, *WHOLE[:2], (OTHER, *WHOLE[0][1:]), dry_run=True)
    assert (tried.loaded, tried.corrected) == (3, 2)
    with office.store.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM roster_member")).scalar() == 6
