"""The province's summary workbook (汇总表) of a month's reports: one row a filer, totals, filing states; a sheet a sector.

Sectors are never added up in one table. The figures are those of each unit's report: as submitted where it was, else as
the tables say. Totals are values, not formulas; the rates of a total are ratios of the sums.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from monitor.campaign import Campaign
from monitor.documents import monthly, reports
from monitor.documents.draft_content import BODY, HEAD, TITLE
from monitor.documents.readers import DENOMINATOR_NAMES
from monitor.filings import report, standing
from monitor.filings.deadline import report_day
from monitor.filings.gather import NoReport
from monitor.filings.listing import written
from monitor.filings.report import Report
from monitor.filings.source import ratio
from monitor.filings.source import written as written_day
from monitor.i18n import _
from monitor.store import Scope, Store, clock, read

Tell = Callable[[int, int], None]

COUNTS: Final = (
    ("institutions.total", "学校（机构）数", "总数"),
    ("institutions.started", "学校（机构）数", "已启动"),
    ("institutions.complete", "学校（机构）数", "已完成"),
    ("figures.expected", "人数", "应采集"),
    ("figures.entered", "人数", "已录入"),
    ("figures.submitted", "人数", "已报送"),
    ("figures.numbered", "人数", "已赋号"),
    ("figures.approved", "人数", "审核通过"),
    ("figures.returned", "人数", "退回"),
)
"""What is counted: the placeholder, and the two lines of its heading."""

RATES: Final = (("rates.collection", "采集率"), ("rates.review", "审核率"), ("rates.completion", "完成率"))
_SHEETS: Final = {"schools": "设区市", "universities": "高等学校"}
_WIDTHS: Final = (4.5, 20, 9, 11.5, *(8,) * 3, *(9.5,) * 6, *(8.5,) * 3, 8.5, 8.5, 16)
_A4: Final = 9


@dataclass(frozen=True)
class Row:
    """A filer. counts: by the keys of COUNTS, None where not known; base: the denominator of the completion; all None
    where there is no report."""

    code: str
    name: str
    sector: str
    state: str
    filed: str
    counts: dict[str, int | None]
    rates: dict[str, float | None]
    base: int | None
    filler: str = ""
    reviewer: str = ""
    note: str = ""


@dataclass(frozen=True)
class Summary:
    """The reports of a month (YYYY-MM). at: the moment that the filing states are of."""

    title: str
    month: str
    day: date
    at: str
    denominator: str
    rows: tuple[Row, ...]

    def of(self, sector: str) -> tuple[Row, ...]:
        """The filers of a sector."""
        return tuple(row for row in self.rows if row.sector == sector)


def gathered(
    store: Store,
    campaign: Campaign,
    scope: Scope,
    month: str,
    tell: Tell = lambda _done, _all: None,
    at: datetime | None = None,
) -> Summary:
    """The reports of all filers of the scope; the filing states as of `at`, or now.

    Raises:
        NoReport: the campaign's reports begin later, or there are no figures for any of them.
    """
    if month < campaign.reports.first_month:
        message = _("The first monthly report is that of {first}.").format(first=campaign.reports.first_month)
        raise NoReport(message, wrong_use=True)
    with store.connect() as connection:
        moment = at or clock.now(connection, campaign)
        listed = standing.standing(connection, campaign, scope, month, moment)
        filers: list[Any] = listed.to_dict("records")
        units = read.units_by_id(connection, scope, listed.index)
        rows = []
        reason: NoReport | None = None
        found_of = report.reports(connection, campaign, scope, units, month)
        for number, (filer, found) in enumerate(zip(filers, found_of, strict=True), 1):
            if isinstance(found, NoReport):
                reason = found if not found.wrong_use else reason
                rows.append(_without(campaign, filer, str(found)))
            else:
                rows.append(_row(campaign, filer, found))
            tell(number, len(filers))
    if reason is not None and all(row.base is None for row in rows):
        raise reason
    return Summary(
        title=f"{campaign.title}工作月报表汇总表",
        month=month,
        day=report_day(campaign, month),
        at=written(campaign, moment),
        denominator=campaign.denominator,
        rows=tuple(rows),
    )


def total(rows: Sequence[Row]) -> Row:
    """The sums of rows, each over those that know the figure; the rates are ratios of sums."""
    known = [row for row in rows if row.base is not None]
    counts = {key: _sum([row.counts[key] for row in known]) for key, _group, _name in COUNTS}
    base = _sum([row.base for row in known])
    approved, returned, submitted = (
        counts[key] for key in ("figures.approved", "figures.returned", "figures.submitted")
    )
    reviewed = None if approved is None or returned is None else approved + returned
    rates = {
        "rates.collection": ratio(submitted, counts["figures.expected"]),
        "rates.review": ratio(reviewed, submitted),
        "rates.completion": ratio(approved, base),
    }
    return Row("", "合计", rows[0].sector if rows else "", "", "", counts, rates, base)


def workbook(found: Summary) -> bytes:
    """The summary as a workbook for A4 across; the same summary gives the same bytes. Nothing in it is a formula."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        made = datetime(found.day.year, found.day.month, found.day.day)
        book.set_properties({"title": found.title, "created": made})
        looks = _looks(book)
        for sector, name in _SHEETS.items():
            rows = found.of(sector)
            if rows:
                _sheet(book.add_worksheet(name), found, name, rows, looks)
    return buffer.getvalue()


def _row(campaign: Campaign, filer: dict[str, Any], found: Report) -> Row:
    form = reports.form_of(found)
    values: Any = form.values
    counts: dict[str, int | None] = {key: values[key] for key, _group, _name in COUNTS}
    rates: dict[str, float | None] = {key: values[key] for key, _name in RATES}
    return Row(
        filer["code"], filer["name"], filer["sector"], standing.state_of(filer).words,
        written(campaign, filer["submitted_at"])[5:], counts, rates, values[f"denominators.{campaign.denominator}"] or 0,
        found.manual.filler, found.manual.reviewer, _note(form, found),
    )  # fmt: skip


def _without(campaign: Campaign, filer: dict[str, Any], why: str) -> Row:
    """A filer of which there is no report."""
    counts: dict[str, int | None] = dict.fromkeys(key for key, _group, _name in COUNTS)
    rates: dict[str, float | None] = dict.fromkeys(key for key, _name in RATES)
    state, filed = standing.state_of(filer).words, written(campaign, filer["submitted_at"])[5:]
    return Row(filer["code"], filer["name"], filer["sector"], state, filed, counts, rates, None, note=why)


def _note(form: monthly.Form, found: Report) -> str:
    parts = []
    if form.figures_day != form.report_day:
        parts.append(f"数据截至{written_day(form.figures_day)}")
    if form.overrides:
        parts.append(f"改填{len(form.overrides)}项")
    if found.state == "returned":
        parts.append("退回修改")
    return "；".join(parts)


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _looks(book: Any) -> dict[str, Any]:
    cell = {"font_name": BODY, "font_size": 11, "border": 1, "valign": "vcenter", "shrink": True}
    count, rate = {"num_format": "#,##0", "align": "right"}, {"num_format": "0.0%", "align": "right"}
    strong = {"bold": True, "top": 2}
    return {
        "title": book.add_format({"font_name": TITLE, "font_size": 20, "align": "center", "valign": "vcenter"}),
        "line": book.add_format({"font_name": BODY, "font_size": 11, "valign": "vcenter"}),
        "line_right": book.add_format({"font_name": BODY, "font_size": 11, "valign": "vcenter", "align": "right"}),
        "head": book.add_format({**cell, "font_name": HEAD, "align": "center", "text_wrap": True, "shrink": False}),
        "text": book.add_format({**cell, "align": "left"}),
        "centre": book.add_format({**cell, "align": "center"}),
        "count": book.add_format({**cell, **count}),
        "rate": book.add_format({**cell, **rate}),
        "total_text": book.add_format({**cell, **strong, "align": "center"}),
        "total_count": book.add_format({**cell, **count, **strong}),
        "total_rate": book.add_format({**cell, **rate, **strong}),
        "note": book.add_format({"font_name": BODY, "font_size": 9, "text_wrap": True, "valign": "top"}),
    }


def _sheet(sheet: Any, found: Summary, name: str, rows: Sequence[Row], looks: dict[str, Any]) -> None:
    last = len(_WIDTHS) - 1
    year, month = found.month.split("-")
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, last, found.title, looks["title"])
    sheet.merge_range(1, 0, 1, 7, f"口径：{name}　　月份：{year}年{int(month)}月", looks["line"])
    sheet.merge_range(
        1, 8, 1, last, f"数据截至：{written_day(found.day)}　　报送状态截至：{found.at}", looks["line_right"]
    )
    _heads(sheet, looks)
    for number, row in enumerate(rows, 1):
        _write(sheet, 3 + number, number, row, looks, "")
    end = 4 + len(rows)
    _write(sheet, end, None, total(rows), looks, "total_")
    words = (
        "注：采集率＝已报送÷应采集；审核率＝（审核通过＋退回）÷已报送，按终审级次计；完成率＝审核通过÷"
        f"{DENOMINATOR_NAMES[found.denominator]}。合计的比率为合计数之比。“—”表示无数据或不适用。"
        "已报送的按报送时的数据，其余按现有数据。"
    )
    sheet.merge_range(end + 1, 0, end + 1, last, words, looks["note"])
    sheet.set_row(end + 1, 26)
    sheet.freeze_panes(4, 2)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 3)
    sheet.print_area(0, 0, end + 1, last)
    sheet.center_horizontally()
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _heads(sheet: Any, looks: dict[str, Any]) -> None:
    sheet.set_row(0, 34)
    sheet.set_row(1, 20)
    sheet.set_row(2, 20)
    sheet.set_row(3, 20)
    first = 4
    for column, name in enumerate(("序号", "单位", "报送状态", "报送时间")):
        sheet.merge_range(2, column, 3, column, name, looks["head"])
    groups: dict[str, list[int]] = {}
    for column, (_key, group, name) in enumerate(COUNTS, first):
        groups.setdefault(group, []).append(column)
        sheet.write_string(3, column, name, looks["head"])
    for group, columns in groups.items():
        sheet.merge_range(2, columns[0], 2, columns[-1], group, looks["head"])
    behind = first + len(COUNTS)
    names = [name for _key, name in RATES] + ["填报人", "审核人", "备注"]
    for column, name in enumerate(names, behind):
        sheet.merge_range(2, column, 3, column, name, looks["head"])


def _write(sheet: Any, at: int, number: int | None, row: Row, looks: dict[str, Any], kind: str) -> None:
    """A row of the table; kind: "total_" for the totals."""
    sheet.set_row(at, 22)
    centre, text = (looks["total_text"],) * 2 if kind else (looks["centre"], looks["text"])
    sheet.write(at, 0, number, centre)
    for column, (words, look) in enumerate(
        ((row.name, text), (row.state, centre), (row.filed or ("" if kind else "—"), centre)), 1
    ):
        sheet.write_string(at, column, words, look)
    column = 4
    values = [(row.counts[key], "count") for key, _group, _name in COUNTS] + [
        (row.rates[key], "rate") for key, _n in RATES
    ]
    for value, look in values:
        if value is None:
            sheet.write_string(at, column, "—", centre)
        else:
            sheet.write_number(at, column, value, looks[kind + look])
        column += 1
    for words, look in ((row.filler, centre), (row.reviewer, centre), (row.note, text)):
        sheet.write_string(at, column, words, look)
        column += 1
