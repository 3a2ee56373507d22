"""From the text of a cell to a value: codes, days, numbers of people. Whole columns at a time.

Every function gives the value (null where there is none) beside a reason: null where the value is good, else one of
the codes of problems.ROW_REFUSALS.
"""

import re
import unicodedata
from datetime import date, timedelta
from typing import Final

import polars as pl

from monitor.units import KIND_NAMES

_BLANK: Final = r"^[-—–－−‐_/]*$"
_SPACES: Final = r"[\s\u{200b}\u{200e}\u{200f}\u{feff}\u{a0}]+"
MAX_COUNT: Final = 100_000_000


def tidy(column: str) -> pl.Expr:
    """A text column without full-width digits and without any spaces; "" becomes null."""
    text = pl.col(column).str.normalize("NFKC").str.replace_all(_SPACES, "")
    return pl.when(text == "").then(None).otherwise(text)


def code_text(column: str) -> pl.Expr:
    """Codes as people mean them: no apostrophe in front, no formula around, no “.0” behind."""
    text = tidy(column).str.replace(r'^="?(.*?)"?$', "${1}").str.strip_chars("'’‘`\"“”")
    text = text.str.replace(r"^(\d+)\.0+$", "${1}")
    return pl.when(text.is_in(["", "-", "--", "—", "——"])).then(None).otherwise(text)


def code_column(texts: pl.Series) -> pl.Series:
    """`code_text` of a whole column; where all are plain already, as they nearly always are, nothing is done."""
    if texts.str.contains(r"^[0-9A-Za-z_-]*[0-9A-Za-z][0-9A-Za-z_-]*$").all():
        return texts
    unique = (
        pl.DataFrame({"raw": texts.unique()}).with_columns(raw_text=pl.col("raw")).with_columns(code=code_text("raw"))
    )
    joined = pl.DataFrame({"raw": texts}).join(unique, on="raw", how="left", maintain_order="left", nulls_equal=True)
    return joined["code"]


CODE_LIKE: Final = r"^[0-9A-Za-z][0-9A-Za-z_-]*[0-9][0-9A-Za-z_-]*$|^[0-9]$"
"""What may be a code at all; words are not."""
DESTROYED: Final = r"^[+-]?\d(?:\.\d+)?[eE]\+?\d{1,2}$"
"""What a spreadsheet makes of a long code: 4.13301E+09."""


_THOUSANDS: Final = re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
_BEHIND: Final = re.compile(r"(?:人次|人|名|位|个)$")
_ERROR: Final = re.compile(r"^#(?:REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!|ERROR)", re.IGNORECASE)


def parse_count(text: str) -> tuple[int | None, str | None]:
    """A number of people as it is written, or the reason why it is none ("blank" for an empty cell or a dash)."""
    plain = re.sub(r"[\s\u200b\u200e\u200f\ufeff]+", "", unicodedata.normalize("NFKC", text)).lstrip("'’‘`")
    if re.match(_BLANK, plain):
        return None, "blank"
    if _ERROR.match(plain):
        return None, "cell_error"
    plain = _BEHIND.sub("", plain).replace("−", "-")
    if _THOUSANDS.match(plain):
        plain = plain.replace(",", "")
    if match := re.match(r"^\+?(\d+)(?:\.0*)?$", plain):
        digits = match.group(1).lstrip("0") or "0"
        number = int(digits) if len(digits) <= 9 else MAX_COUNT + 1
        return (number, None) if number <= MAX_COUNT else (None, "count_too_large")
    if re.match(r"^-\d[\d.]*$|^\(\d[\d.]*\)$", plain):
        return None, "count_negative"
    if re.match(r"^\+?\d*\.\d+$", plain):
        whole = round(float(plain))
        # What a formula adds up may miss a whole number by the last of the digits that a spreadsheet keeps.
        near = len(plain) > 12 and abs(float(plain) - whole) <= 1e-9 * max(whole, 1)
        return (whole, None) if near and whole <= MAX_COUNT else (None, "count_fraction")
    return None, "count_not_a_number"


def count_columns(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """For each key two columns: `key` (Int64) and `key?` (the reason that there is no value; "blank" where empty)."""
    made = []
    for key in keys:
        texts = frame[key]
        numbers = texts.cast(pl.Int64, strict=False)
        good = numbers.is_between(0, MAX_COUNT) & ~texts.str.starts_with("-")
        odd = texts.filter(texts.is_not_null() & ~good.fill_null(False)).unique()
        reasons = pl.select(pl.when(texts.is_null()).then(pl.lit("blank"))).to_series()
        if len(odd):
            parsed = [parse_count(text) for text in odd.to_list()]
            table = pl.DataFrame(
                {"text": odd, "value": [value for value, _why in parsed], "why": [why for _value, why in parsed]},
                schema={"text": pl.String, "value": pl.Int64, "why": pl.String},
            )
            joined = pl.DataFrame({"text": texts}).join(table, on="text", how="left", maintain_order="left")
            numbers = pl.select(pl.when(good.fill_null(False)).then(numbers).otherwise(joined["value"])).to_series()
            reasons = pl.select(pl.coalesce(reasons, joined["why"])).to_series()
        made += [numbers.alias(key), reasons.alias(f"{key}?")]
    return frame.with_columns(made)


_DIGITS: Final = {"〇": "0", "○": "0", "零": "0", **{c: str(i) for i, c in enumerate("一二三四五六七八九", 1)}}
_CHINESE: Final = re.compile(
    r"([二〇○零一三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)


def arabic(line: str) -> str:
    """Days in Chinese numerals (二〇一六年十一月二十五日) in Arabic ones."""

    def tens(text: str) -> str:
        head, ten, tail = text.partition("十")
        if not ten:
            return _DIGITS.get(text, text)
        return str(int(_DIGITS.get(head, "1") if head else "1") * 10 + int(_DIGITS.get(tail, "0") if tail else "0"))

    def replace(match: re.Match[str]) -> str:
        year = "".join(_DIGITS.get(c, c) for c in match.group(1))
        return f"{year}年{tens(match.group(2))}月{tens(match.group(3))}日"

    return _CHINESE.sub(replace, line)


_FORMS: Final = (
    re.compile(
        r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?:T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|\+08:?00)?$"
    ),
    re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\.0+)?$"),
)
_SERIAL: Final = re.compile(r"^(\d{5})(?:\.\d+)?$")
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


def parse_day(text: str, date1904: bool = False) -> date | None:
    """One day as people and spreadsheets write it; None where it is none."""
    plain = re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text)).strip("'’‘`")
    plain = arabic(plain)
    plain = re.sub(r"(?:星期|周)[一二三四五六日天]$|\((?:星期|周)[一二三四五六日天]\)$", "", plain)
    for form in _FORMS:
        if match := form.match(plain):
            try:
                return date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                return None
    if match := _SERIAL.match(plain):
        return (_EPOCH_1904 if date1904 else _EPOCH_1900) + timedelta(days=int(match[1]))
    return None


def day_column(texts: pl.Series, date1904: bool) -> tuple[pl.Series, pl.Series]:
    """The days of a column, and the reason where there is none ("blank", date_unreadable, cell_error)."""
    unique = texts.unique().to_list()
    days: dict[str | None, date | None] = {}
    reasons: dict[str | None, str | None] = {}
    for text in unique:
        blank = text is None or not text.strip() or bool(re.fullmatch(r"[\s\-—–－]*", text))
        days[text] = None if blank or text is None else parse_day(text, date1904)
        if blank:
            reasons[text] = "blank"
        elif days[text] is None:
            reasons[text] = "cell_error" if text is not None and text.startswith("#") else "date_unreadable"
        else:
            reasons[text] = None
    if len(unique) == 1:
        one = unique[0]
        return (
            pl.Series([days[one]], dtype=pl.Date).new_from_index(0, len(texts)),
            pl.Series([reasons[one]], dtype=pl.String).new_from_index(0, len(texts)),
        )
    table = pl.DataFrame(
        {"text": unique, "day": [days[text] for text in unique], "why": [reasons[text] for text in unique]},
        schema={"text": pl.String, "day": pl.Date, "why": pl.String},
    )
    joined = pl.DataFrame({"text": texts}).join(table, on="text", how="left", nulls_equal=True, maintain_order="left")
    return joined["day"], joined["why"]


def words(*groups: tuple[str, tuple[str, ...]]) -> dict[str, str]:
    """A look-up from what people write to what the program calls it."""
    return {word: value for value, many in groups for word in many}


LEVEL_WORDS: Final = words(
    ("school", ("学校", "校级", "学校级", "本校", "高校", "学校审核", "校级审核", "学校初审", "校级初审")),
    (
        "county",
        (
            "县级",
            "区县级",
            "县区级",
            "县",
            "区县",
            "县(市、区)级",
            "县(市、区)",
            "区级",
            "县市区级",
            "县级审核",
            "县(市区)级",
            "县区",
            "县市区",
            "区县级审核",
            "县(区)级",
            "区(县)级",
            "县(区)",
            "区(县)",
            "县级初审",
            "县级终审",
        ),
    ),
    ("city", ("市级", "设区市", "地市级", "市", "地市", "设区市级", "市级审核", "市级终审")),
    ("province", ("省级", "省", "省级审核", "省级终审")),
)
"""审核级次 as the tables write it."""

KIND_WORDS: Final = words(*KIND_NAMES.items())
"""单位类别 as the tables write it."""

_VOCATIONAL: Final = (
    *("中等职业", "中职", "中等职业学校", "职业高中", "职业高中学校", "职高", "中等职业教育", "中专", "技工学校"),
    *("调整后中等职业学校", "中等技术学校", "中等师范学校", "成人中等专业学校", "成人中专"),
)
# With the names of the education statistics (学校办学类型): what a register that is taken from them says.
TYPE_WORDS: Final = words(
    ("kindergarten", ("幼儿园", "学前教育", "学前")),
    ("primary", ("小学", "小学校", "普通小学", "小学教学点", "教学点")),
    ("junior", ("初中", "初级中学", "普通初中", "职业初中")),
    ("senior", ("普通高中", "高中", "高级中学", "普通高级中学")),
    ("complete", ("完全中学", "完中")),
    ("nine_year", ("九年一贯制", "九年一贯制学校", "9年一贯制")),
    ("twelve_year", ("十二年一贯制", "十二年一贯制学校", "12年一贯制")),
    ("vocational", _VOCATIONAL),
    ("special", ("特殊教育", "特教", "特殊教育学校", "盲人学校", "聋人学校", "培智学校", "弱智学校", "其他特教学校")),
    ("other", ("其他", "其它", "工读学校", "专门学校")),
    ("university", ("高等学校", "高校", "高等教育")),
)
"""学段 as the tables write it."""

RUN_BY_WORDS: Final = words(
    ("province", ("省属", "省", "省级", "省直属", "省直")),
    ("city", ("市属", "市", "市级", "市直属", "市直")),
    (
        "county",
        (
            "县属",
            "县",
            "县级",
            "区属",
            "县(区)属",
            "区县属",
            "县(市、区)属",
            "县(市区)属",
            "县市区属",
            "县直属",
            "县直",
        ),
    ),
)
"""隶属 as the tables write it."""

FILED_WORDS: Final = words(
    ("yes", ("已报送", "已上报", "已提交", "已报", "是", "报送")),
    ("no", ("未报送", "未上报", "未提交", "否", "草稿", "待报送", "未报")),
)
"""报送状态 as the tables write it."""

STATUS_WORDS: Final = words(
    ("pending", ("待审核", "待审", "未审核", "审核中")),
    ("approved", ("审核通过", "通过", "已通过", "审核已通过", "已审核通过", "通过审核", "终审通过")),
    (
        "returned",
        ("退回", "不通过", "退回(不通过)", "审核不通过", "审核退回", "已退回", "未通过", "驳回", "审核未通过"),
    ),
)
"""审核状态 as the tables write it."""


def word_column(column: str, table: dict[str, str]) -> pl.Expr:
    """A column of words as the program's values; null where the word is unknown or the cell blank."""
    return tidy(column).replace_strict(table, default=None, return_dtype=pl.String)
