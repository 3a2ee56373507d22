"""csv: encodings, delimiters, quotes, blank lines; row numbers are records."""

import codecs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.intake import delimited
from tests.intake.conftest import DAY, HEADER, ONE, TWO, Office, codes, line, table

TEXT = table(line(ONE), line(TWO, entered=70, submitted=60))
EXPECTED = {(ONE, DAY): (100, 90, 80, None), (TWO, DAY): (100, 70, 60, None)}


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("gb18030"),
        TEXT.replace("\n", "\r\n").encode("gb18030"),
        TEXT.replace("\n", "\r").encode(),
    ],
    ids=["utf-8", "utf-8-bom", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gb18030-crlf", "cr"],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(office: Office, content: bytes, delimiter: str) -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "统计日期" in text:
            mark = codecs.BOM_UTF16_BE if content.startswith(codecs.BOM_UTF16_BE) else b""
            content = mark + text.removeprefix("\ufeff").replace(",", delimiter).encode(
                "utf-16-be" if mark else encoding
            )
            break
    result = office.take(content)
    assert codes(result) == []
    assert office.collection() == EXPECTED


def test_a_line_break_inside_quotes_is_one_record(office: Office) -> None:
    header = '统计日期,单位代码,"应采集\n人数",已录入人数,已报送人数,"备注,说明"'
    rows = [
        f'{DAY},{ONE},100,90,80,"两行\n备注"',
        "",
        f'{DAY},9999999999,100,90,80,"a""b"',
        f"{DAY},{TWO},约300,70,60,",
    ]
    result = office.take("\n".join([header, *rows]) + "\n")
    assert [(item.row, item.code) for item in result.refused] == [(4, "unit_unknown"), (5, "count_not_a_number")]


def test_row_numbers_are_those_of_a_spreadsheet(office: Office) -> None:
    lines = ["\n", "采集进度\n", "\n", table().strip() + "\n", "\n", ",".join(map(str, line(ONE, expected="x"))) + "\n"]
    result = office.take("".join(lines))
    assert [(item.row, item.cell) for item in result.refused] == [(6, "D6")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="gb18030", exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=6),
            min_size=3,
            max_size=5,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_both_readers_agree_with_the_standard_library(rows: list[list[str]]) -> None:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    frame = delimited._parse(out.getvalue().encode(), ",", max(len(row) for row in rows))
    read = [[cell or "" for cell in row] for row in frame.iter_rows()]
    width = max(len(row) for row in [*rows, *read])
    assert [row + [""] * (width - len(row)) for row in read] == [row + [""] * (width - len(row)) for row in rows]


def test_a_line_that_is_longer_than_the_others(office: Office) -> None:
    text = table(line(ONE), (*line(TWO, entered=70, submitted=60), "多", "出", "来"))
    office.take(text)
    assert office.collection() == EXPECTED


def test_the_hint_of_excel_about_the_delimiter(office: Office) -> None:
    office.take("sep=;\n" + TEXT.replace(",", ";"))
    assert office.collection() == EXPECTED


def test_a_long_file_is_read_in_blocks(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 200)
    monkeypatch.setattr(delimited, "PART", 200)
    rows = [line(ONE, f"2016-{month}-{day:02}", 100, day, day) for month in (10, 11) for day in range(1, 25)]
    quoted = table(*rows).replace(f"{ONE},,", f'{ONE},"演示\n第一\n小学",', 3)
    for content in (quoted.encode(), quoted.encode("gb18030"), quoted.encode("utf-16")):
        office.take(content, accept_valid=True)
        assert {key: row[1] for key, row in office.collection().items()} == {(ONE, row[0]): row[4] for row in rows}


def test_a_title_with_more_commas_than_the_table_has_semicolons(office: Office) -> None:
    rows = table(line()).replace(",", ";")
    result = office.take("浙江省,采集,进度,表,a,b,c,d,e,f\n" + rows)
    assert (result.loaded, codes(result)) == (1, [])


def test_invisible_characters_in_a_header(office: Office) -> None:
    assert office.take("\ufeff\ufeff" + table(line()).replace("单位代码", "单位\u200b代码\ufeff")).loaded == 1


def test_odd_marks_at_the_beginning_of_a_file(office: Office) -> None:
    quoted = "\ufeff" + TEXT.replace(HEADER[0], f'"{HEADER[0]}"')
    for content in (
        codecs.BOM_UTF8 + TEXT.encode("gb18030"), codecs.BOM_UTF8 * 2 + TEXT.encode(), quoted.encode("gb18030"),
        (TEXT + "\ufeff" + TEXT).encode(),
    ):  # fmt: skip
        assert codes(office.take(content)) == []
        assert office.collection() == EXPECTED
