"""Kinds by headers, synonyms, order of columns."""

import random
from datetime import date

import pytest

from monitor.campaign import Campaign
from monitor.intake.headers import KINDS, Vocabulary, plain
from monitor.intake.load import import_files
from monitor.intake.titles import days_in_title
from tests.intake.books import xlsx
from tests.intake.conftest import DAY, HEADER, ONE, TWO, Office, codes, line, table

# What the contract itself promises, and what a reasonable person expects; written down apart from the table of synonyms.
PROMISED = {
    "collection": {
        "day": ["统计日期", "日期", "截止日期", "截至日期"],
        "code": ["单位代码", "学校标识码", "机构代码", "学校代码", "单位编码", "学校（机构）标识码", "单位代码*", "单位编号", "学校编号"],
        "name": ["单位名称", "学校名称", "机构名称", "学校（机构）名称"],
        "expected": ["应采集人数", "应采集数", "应采集", "应采集人数（人）", "应采集\n人数", "应采集教师数", "应采人数", "应采集人数/人", "④应采集人数", "应采集人数①", "全校应采集人数"],
        "entered": ["已录入人数", "已录入数", "录入人数", "已录入", " 已录入 人数 "],
        "submitted": ["已报送人数", "报送人数", "已报送数", "已报送", "已报人数", "已报", "已上报人数", "上报人数", "其中：已报送人数", "累计报送人数", "5.已报送人数"],
        "numbered": ["已赋号人数", "赋号人数", "已赋号数", "已赋号"],
    },
    "review": {
        "level": ["审核级次", "审核级别", "审核层级"],
        "pending": ["待审核人数", "待审", "待审核", "待审核数", "待审人数", "未审核人数"],
        "approved": ["审核通过人数", "通过", "审核通过", "通过人数", "审核通过数"],
        "returned": ["退回人数", "不通过", "退回", "审核不通过人数", "不通过人数", "退回（不通过）"],
    },
    "statistics": {"year": ["统计年份", "年份", "年度"], "staff": ["教职工数", "教职工人数", "教职工总数"], "teachers": ["专任教师数", "专任教师"]},
    "units": {
        "kind": ["单位类别", "单位类型", "机构类别"], "school_type": ["学段", "学校类型", "办学类型"],
        "parent_code": ["上级单位代码", "上级代码", "主管单位代码"], "run_by": ["隶属", "隶属关系"], "opened": ["启用日期", "启用时间"],
        "closed": ["停用日期", "撤销日期"], "successor_code": ["并入单位代码", "并入单位"],
    },
    "teachers": {
        "id_number": ["身份证件号码", "身份证号", "身份证号码", "证件号码"], "person_number": ["个人识别号", "个人标识码"],
        "filed": ["报送状态", "上报状态"], "status": ["审核状态", "审核结果"], "person": ["姓名", "教师姓名"],
    },
    "roster": {"duty": ["职责"], "phone": ["办公电话", "联系电话"], "mobile": ["手机", "手机号码"], "email": ["邮箱", "电子邮箱"]},
}  # fmt: skip
CASES = [(kind, key, word) for kind, keys in PROMISED.items() for key, words in keys.items() for word in words]


@pytest.mark.parametrize("kind, key, word", CASES)
def test_headers_that_people_write(kind: str, key: str, word: str) -> None:
    hit = Vocabulary().find(kind, word)
    assert hit is not None and hit[0] == key


def test_no_header_stands_for_two_columns() -> None:
    for spec in KINDS.values():
        proper = [plain(column.name) for column in spec.columns.values()]
        assert len(set(proper)) == len(proper)
        for key, column in spec.columns.items():
            for word in column.synonyms:
                others = [
                    other
                    for other, more in spec.columns.items()
                    if other != key and plain(word) in map(plain, more.synonyms)
                ]
                assert not others, (spec.title, word, others)


def test_columns_in_any_order_with_others_between(office: Office) -> None:
    draw = random.Random(7)
    for _round in range(10):
        header = [*HEADER, "序号", "备注", "录入率", "负责单位"]
        order = draw.sample(range(len(header)), len(header))
        cells = [*line(ONE), "1", "无", "90%", "演示"]
        result = office.take(table([cells[place] for place in order], header=[header[place] for place in order]))
        assert codes(result) == []
    assert office.collection() == {(ONE, DAY): (100, 90, 80, None)}


@pytest.mark.parametrize(
    "kind, header, row",
    [
        ("collection", HEADER, line()),
        ("review", ("统计日期", "单位代码", "审核级次", "待审", "通过", "不通过"), (DAY, ONE, "学校", 1, 2, 3)),
        ("statistics", ("统计年份", "单位代码", "教职工数"), (2016, ONE, 50)),
        ("units", ("单位代码", "单位名称", "单位类别", "上级单位代码"), (ONE, "演示第一小学", "学校", "330106")),
        (
            "teachers",
            ("学校代码", "姓名", "身份证件号码", "报送状态", "审核状态", "截至"),
            (ONE, "甲", "", "已报送", "", ""),
        ),
        (
            "roster",
            ("单位代码", "职责", "姓名", "部门", "职务", "办公电话", "邮箱"),
            ("330100", "组长", "甲", "人事处", "处长", "0571-00000001", "a@example.cn"),
        ),
    ],
)
def test_every_kind_is_recognised_by_its_headers(
    office: Office, kind: str, header: tuple[str, ...], row: tuple[object, ...]
) -> None:
    result = office.take(table(row, header=header, above=("截至2016年11月25日",)))
    assert result.kind == kind
    assert codes(result) == []


def test_missing_columns_are_named(office: Office) -> None:
    result = office.take(table((DAY, ONE, 100, 90), header=("统计日期", "单位代码", "应采集人数", "已录入人数")))
    assert codes(result) == ["columns_missing"]
    assert "已报送人数" in result.refused[0].message and "应采集人数" not in result.refused[0].message


def test_no_table_at_all(office: Office) -> None:
    assert codes(office.take("会议通知\n请各地按时报送\n")) == ["kind_unknown"]


def test_a_header_that_fits_two_kinds_needs_the_option(office: Office) -> None:
    header = (*HEADER, "审核级次", "待审", "通过", "不通过")
    row = (*line(), "学校", 5, 70, 5)
    assert codes(office.take(table(row, header=header))) == ["kind_ambiguous"]
    assert office.take(table(row, header=header), kind="review").kind == "review"
    assert office.review() == {(ONE, DAY, "school"): (5, 70, 5)}
    assert office.collection() == {}


def test_the_option_overrules_the_headers(office: Office) -> None:
    result = office.take(table(line()), kind="review")
    assert (result.kind, codes(result)) == ("review", ["columns_missing"])


def test_a_column_that_says_where_a_unit_is_names_no_unit(office: Office) -> None:
    header = (HEADER[0], "地区", *HEADER[1:2], *HEADER[3:])
    assert codes(office.take(table((DAY, "西湖区", ONE, 100, 90, 80), header=header))) == []


def test_a_column_twice(office: Office) -> None:
    result = office.take(table((*line(), 95), header=(*HEADER, "已录入人数")))
    assert codes(result) == ["column_twice"]
    proper = office.take(table((*line(), 95), header=(*HEADER, "录入人数")))  # the proper name counts before a synonym
    assert (codes(proper), office.collection()[ONE, DAY]) == ([], (100, 90, 80, None))


def test_the_campaign_adds_headers(office: Office, campaign: Campaign) -> None:
    synonyms = {"collection": {"expected": ["花名册人数"], "已录入人数": ["系统内人数"]}}
    own = campaign.model_copy(update={"intake": campaign.intake.model_copy(update={"synonyms": synonyms})})
    text = table(line(), header=(*HEADER[:3], "花名册人数", "系统内人数", "报送人数"))
    assert codes(office.take(text)) == ["columns_missing"] or codes(office.take(text)) == ["kind_unknown"]
    (result,) = import_files(office.store, own, [office.path(text)])
    assert (codes(result), office.collection()) == ([], {(ONE, DAY): (100, 90, 80, None)})


@pytest.mark.parametrize("synonyms", [{"nothing": {"code": ["x"]}}, {"collection": {"nothing": ["x"]}}])
def test_headers_for_columns_that_there_are_not(synonyms: dict[str, dict[str, list[str]]]) -> None:
    with pytest.raises(ValueError, match=r"intake\.synonyms"):
        Vocabulary(synonyms)


def test_a_sheet_of_sums_beside_the_table_is_not_read(office: Office) -> None:
    summary = [["单位名称", "应采集人数", "已录入人数", "已报送人数"], ["西湖区", 160, 140, 120]]
    result = office.take(xlsx(summary, [[*HEADER], [*line(ONE)], [*line(TWO)]]), "table.xlsx")
    assert (codes(result), result.rows) == ([], 2)


@pytest.mark.parametrize(
    "title",
    [
        "2016年信息采集进度表（截至11月25日）", "2016年9月1日至11月25日", "2016年11月1日—25日", "2016.11.1-11.25", "2016/11/1至11/25",
        "填报日期：11月26日　2016年度　截至11月25日",
    ],
)  # fmt: skip
def test_a_day_without_a_year_is_of_the_year_that_the_title_names(title: str) -> None:
    assert days_in_title([[title]]) == [date(2016, 11, 25)]


@pytest.mark.parametrize("title", ["截至11月25日", "2015年、2016年对比（截至11月25日）", "截至11.25"])
def test_a_day_of_no_year_is_none(title: str) -> None:
    assert days_in_title([[title]]) == []
