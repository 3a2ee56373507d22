"""What the lines above a table say of its figures: their day, or their year."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Final

from monitor.intake.values import arabic

_DAY: Final = re.compile(
    r"(?<!\d)(?:(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?|(\d{4})\s*([-/.])\s*(\d{1,2})\s*\5\s*(\d{1,2})|((?:19|20)\d{2})(\d{2})(\d{2}))(?!\d)"
)
_SHORT: Final = re.compile(r"(?<![\d年])(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_END_DAY: Final = re.compile(
    r"^\s*(?:至|到|-|—|~|–)+\s*(?:(\d{1,2})\s*日|(\d{1,2})\s*([-/.])\s*(\d{1,2})(?!\d|\s*[-/.]\s*\d))"
)
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年")
_AS_OF: Final = re.compile(r"(?:截至|截止|截止到|截至到|截止至)[^\d]{0,12}$")
_ABOUT: Final = re.compile(r"(?:统计|数据|快照)[^\d]{0,8}$")
_OTHER: Final = re.compile(r"(?:制表|打印|填报|填表|导出|印发|上报|报送|制作|生成|更新|下载|起|自|从)[^\d]{0,8}$")


def days_in_title(rows: Sequence[Sequence[str]]) -> list[date]:
    """The days that the lines above a header name as the day of the figures.

    A day after 截至 counts before one after 统计, that before any other; days of printing or filing count only where there
    is no other. Of a range (…至…) the end counts.
    """
    lines = [
        arabic(unicodedata.normalize("NFKC", " ".join(dict.fromkeys(cell for cell in row if cell)))) for row in rows
    ]
    years = sorted({year for line in lines for year in _YEAR.findall(line)})
    ranked = [item for line in lines for item in _ranked(_with_years(line, years))]
    best = min((rank for rank, _day in ranked), default=0)
    return [day for rank, day in ranked if rank == best]


def _with_years(line: str, years: list[str]) -> str:
    """Days without a year (2016年进度表（截至11月25日）, 2016年9月1日至11月25日, …1日至25日) with the one that is meant: that of
    the day before in the same line, else the only one that the title names."""
    written = line
    for match in reversed(list(_SHORT.finditer(line))):
        before = [day.group(1) for day in _DAY.finditer(line[: match.start()]) if day.group(1)]
        year = before[-1] if before else years[0] if len(years) == 1 else None
        if year is not None:
            written = f"{written[: match.start()]}{year}年{match.group()}{written[match.end() :]}"
    for match in reversed(list(_DAY.finditer(written))):
        end = _END_DAY.match(written[match.end() :])
        if end and end.group(1) and match.group(1):
            last = f"{match.group(1)}年{match.group(2)}月{end.group(1)}日"
        elif end and end.group(3) and end.group(3) == match.group(5):
            last = f"{match.group(4)}年{end.group(2)}月{end.group(4)}日"
        else:
            continue
        written = f"{written[: match.end()]}至{last}{written[match.end() + end.end() :]}"
    return written


def _ranked(line: str) -> list[tuple[int, date]]:
    found: list[tuple[int, date, int]] = []
    for match in _DAY.finditer(line):
        groups = match.groups()
        parts = groups[0:3] if groups[0] else (groups[3], groups[5], groups[6]) if groups[3] else groups[7:10]
        try:
            day = date(*(int(part) for part in parts))
        except ValueError:
            continue
        before = line[: match.start()]
        if found and re.fullmatch(
            r"\s*(?:\d\d:\d\d(?::\d\d)?)?\s*(?:至|到|-|--|—|——|~|–)+\s*", line[found[-1][2] : match.start()]
        ):
            found[-1] = (found[-1][0], day, match.end())
            continue
        rank = 0 if _AS_OF.search(before) else 1 if _ABOUT.search(before) else 3 if _OTHER.search(before) else 2
        found.append((rank, day, match.end()))
    return [(rank, day) for rank, day, _end in found]


_YEARS: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:\s*[-/—–~至]\s*((?:19|20)?\d{2}))?(?!\d)\s*(学?年)?")


def years_in(text: str, bare: bool = False) -> tuple[int, ...]:
    """The years that a title names (2016年, 2016学年; of 2016-2017 both), days aside; `bare`: also without 年, as file names
    have them."""
    line = arabic(unicodedata.normalize("NFKC", text))
    found = []
    for match in _YEARS.finditer(_DAY.sub(" ", line)):
        if match.group(3) or bare:
            found.append(int(match.group(1)))
            if match.group(2):
                found.append(int(match.group(1)[: 4 - len(match.group(2))] + match.group(2)))
    return tuple(dict.fromkeys(found))
