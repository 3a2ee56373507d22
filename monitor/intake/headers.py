"""Which columns a table of each kind has, and by which headers people write them.

The one home of column names and synonyms. config.toml adds further ones: [intake.synonyms.<kind>] column = ["header"],
where column is a key of this table or its Chinese name.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

_SUFFIXES: Final = (
    "人数",
    "数",
    "总数",
    "总人数",
    "教师数",
    "教师人数",
    "教职工数",
    "教职工人数",
    "人员数",
    "数量",
    "",
)


@dataclass(frozen=True)
class Column:
    """One column of a kind of table: its Chinese name, whether it may be missing, and what else it is called."""

    name: str
    optional: bool = False
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of table. `columns` by key, in their usual order; `counts` are the keys that hold numbers of people."""

    title: str
    columns: Mapping[str, Column]
    counts: tuple[str, ...] = ()
    identity: tuple[str, ...] = field(default=())

    @property
    def required(self) -> tuple[str, ...]:
        """Keys of the columns that every such table has (the day may stand in the title instead)."""
        return tuple(key for key, column in self.columns.items() if not column.optional and key != "day")


def _people(*stems: str) -> tuple[str, ...]:
    return tuple(stem + suffix for stem in stems for suffix in _SUFFIXES)


_DAY = Column(
    "统计日期",
    synonyms=(
        "日期", "统计时间", "截止日期", "截至日期", "截止时间", "截至时间", "数据日期", "数据时间", "快照日期",
        "统计截止日期", "统计截至日期", "数据截止日期", "数据截至日期", "统计日", "截止日", "截至日",
    ),
)  # fmt: skip
_CODE_NAMES: Final = (
    "学校标识码", "机构代码", "学校代码", "单位编码", "机构编码", "学校编码", "标识码", "单位标识码", "机构标识码", "单位编号", "学校编号", "机构编号",
    "学校机构标识码", "学校机构代码", "单位机构代码", "机构单位代码", "院校代码", "高校代码", "院校标识码", "代码",
    "编码", "单位代号", "学校代号", "行政区划代码", "区划代码", "组织机构代码", "单位码", "学校码", "单位代码学校标识码", "高等学校代码", "国标码", "学校国标码", "院校国标码", "单位标识", "学校标识",
)  # fmt: skip
_NAMES: Final = (
    "学校名称", "机构名称", "名称", "单位", "学校", "院校名称", "高校名称", "学校机构名称", "单位机构名称", "机构单位名称",
    "单位全称", "学校全称", "填报单位", "填报单位名称", "院校", "高校", "单位名", "学校名", "高等学校名称",
)  # fmt: skip
_CODE = Column("单位代码", synonyms=_CODE_NAMES)
_NAME = Column("单位名称", optional=True, synonyms=_NAMES)
_LEVEL_NAMES: Final = ("审核级别", "审核层级", "审核层次", "级次", "审核环节", "审核单位级次", "审核单位级别", "层级")

KINDS: Final[Mapping[str, Kind]] = {
    "units": Kind(
        "单位名册",
        {
            "code": _CODE,
            "name": Column("单位名称", synonyms=_NAMES),
            "kind": Column("单位类别", synonyms=("单位类型", "机构类别", "机构类型", "类别", "单位种类", "类型")),
            "school_type": Column(
                "学段", optional=True, synonyms=("学校类型", "学校类别", "办学类型", "学校办学类型", "办学学段", "学段类别")
            ),
            "parent_code": Column(
                "上级单位代码",
                synonyms=(
                    "上级代码", "上级单位编码", "上级机构代码", "上级编码", "主管单位代码", "所属单位代码", "上级单位标识码",
                    "上级单位", "隶属单位代码", "上级主管单位代码", "主管部门代码",
                ),
            ),
            "run_by": Column("隶属", optional=True, synonyms=("隶属关系", "隶属层级", "隶属级次")),
            "level": Column("办学层次", optional=True),
            "ownership": Column("举办性质", optional=True, synonyms=("办学性质", "举办者性质")),
            "place_code": Column("所在地代码", optional=True, synonyms=("所在地区划代码",)),
            "opened": Column("启用日期", optional=True, synonyms=("启用时间", "启用日", "成立日期", "设立日期")),
            "closed": Column("停用日期", optional=True, synonyms=("停用时间", "停用日", "撤销日期", "注销日期")),
            "successor_code": Column(
                "并入单位代码",
                optional=True,
                synonyms=("并入代码", "并入单位", "并入学校代码", "并入单位编码", "并入单位标识码", "并入学校标识码"),
            ),
        },
    ),
    "collection": Kind(
        "采集进度表",
        {
            "day": _DAY,
            "code": _CODE,
            "name": _NAME,
            "expected": Column("应采集人数", synonyms=_people("应采集", "应采", "应录入", "应采集信息")),
            "entered": Column("已录入人数", synonyms=_people("已录入", "录入", "已录", "已录入信息")),
            "submitted": Column(
                "已报送人数", synonyms=_people("已报送", "报送", "已报", "已上报", "上报", "已提交", "提交", "已报送信息")
            ),
            "numbered": Column("已赋号人数", optional=True, synonyms=_people("已赋号", "赋号", "已赋码", "赋码")),
        },
        counts=("expected", "entered", "submitted", "numbered"),
    ),
    "review": Kind(
        "审核进度表",
        {
            "day": _DAY,
            "code": _CODE,
            "name": _NAME,
            "level": Column("审核级次", synonyms=_LEVEL_NAMES),
            "pending": Column("待审核人数", synonyms=_people("待审核", "待审", "未审核", "未审", "审核中", "在审", "待审批")),
            "approved": Column(
                "审核通过人数",
                synonyms=_people("审核通过", "通过", "已通过", "通过审核", "审核已通过", "已审核通过", "审核合格", "审批通过"),
            ),
            "returned": Column(
                "退回人数",
                synonyms=_people(
                    "退回", "审核退回", "已退回", "被退回", "不通过", "审核不通过", "未通过", "审核未通过", "驳回", "已驳回",
                    "审核不合格", "退回修改",
                ),
            ),
        },
        counts=("pending", "approved", "returned"),
    ),
    "statistics": Kind(
        "教育事业统计",
        {
            "year": Column("统计年份", synonyms=("年份", "统计年度", "年度", "统计年", "学年", "统计学年", "学年度")),
            "code": _CODE,
            "name": _NAME,
            "staff": Column(
                "教职工数", synonyms=("教职工人数", "教职工总数", "教职工", "教职员工数", "教职员工人数", "教职员工总数", "教职工合计")
            ),
            "teachers": Column(
                "专任教师数", optional=True, synonyms=("专任教师人数", "专任教师", "专任教师总数", "其中专任教师", "其中专任教师数")
            ),
        },
        counts=("staff", "teachers"),
    ),
    "teachers": Kind(
        "教师明细",
        {
            "code": Column("学校代码", synonyms=("单位代码", *_CODE_NAMES)),
            "name": Column("学校名称", optional=True, synonyms=("单位名称", *_NAMES)),
            "person": Column("姓名", synonyms=("教师姓名", "教职工姓名", "人员姓名")),
            "id_number": Column(
                "身份证件号码",
                synonyms=(
                    "身份证号码", "身份证号", "身份证件号", "证件号码", "证件号", "身份证", "居民身份证号码", "居民身份证号",
                    "公民身份号码", "有效证件号码",
                ),
            ),
            "person_number": Column(
                "个人识别号",
                optional=True,
                synonyms=(
                    "个人标识码", "个人标识号", "教师个人识别号", "教师识别号", "教师编号", "个人编号", "个人识别码", "教师个人标识码",
                ),
            ),
            "filed": Column("报送状态", synonyms=("上报状态", "提交状态", "是否报送", "信息报送状态")),
            "level": Column("审核级次", optional=True, synonyms=_LEVEL_NAMES),
            "status": Column("审核状态", optional=True, synonyms=("审核结果", "审核情况", "当前审核状态", "信息审核状态")),
            "filed_at": Column("报送时间", optional=True, synonyms=("上报时间", "提交时间", "报送日期")),
            "reviewed_at": Column("审核时间", optional=True, synonyms=("审核日期", "审核完成时间")),
        },
    ),
    "roster": Kind(
        "工作组名单",
        {
            "code": _CODE,
            "duty": Column("职责", synonyms=("组内职责", "工作组职责", "担任职责", "组内分工", "工作组职务", "组内职务", "小组职务", "职责分工", "工作分工", "分工")),
            "person": Column("姓名", synonyms=("成员姓名", "人员姓名")),
            "department": Column("部门", synonyms=("所在部门", "处室", "科室", "工作部门", "所在处室", "所在科室", "部门处室", "部门科室", "单位部门", "单位及部门", "所在单位及部门")),
            "post": Column("职务", synonyms=("行政职务", "职务职称", "岗位")),
            "phone": Column("办公电话", synonyms=("联系电话", "电话", "固定电话", "座机", "办公室电话", "联系方式")),
            "mobile": Column("手机", optional=True, synonyms=("手机号", "手机号码", "移动电话", "联系手机")),
            "email": Column("邮箱", synonyms=("电子邮箱", "电子邮件", "邮件", "E-mail", "Email", "邮箱地址", "电子信箱", "联系邮箱")),
            "name": _NAME,
        },
    ),
}  # fmt: skip
"""Kinds of tables (docs/tables.md), each with its columns by key."""

PERSONAL: Final = {
    "teachers": ("person", "id_number", "person_number"),
    "roster": ("person", "phone", "mobile", "email"),
}
"""Columns whose cells are never repeated in a message."""

_BRACKETS: Final = re.compile(r"[(\[【〔<《][^)\]】〕>》]*[)\]】〕>》]")
_NOISE: Final = re.compile(r"[\s:*＊_\-—·•\"'“”‘’()\[\]/\\、,;。.]+")
_NUMBERING: Final = re.compile(r"^(?:[((]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、))]|\d{1,2}(?=[^\d.]))")
_BEHIND: Final = re.compile(r"(?:[/:](?:人次|人|名|个)|(?<=\D)\d{1,2})$")
_BEFORE: Final = re.compile(r"^(?:其中|累计|截至目前|目前|实际|现有|全校|本校|本单位)+")


def plain(header: str) -> str:
    """A header without what people add to it: spaces, line breaks, brackets, a star, a number, the unit of measure (/人)."""
    text = unicodedata.normalize("NFKC", header).strip()
    text = _BEHIND.sub("", _NUMBERING.sub("", text).strip())
    bare = _NOISE.sub("", _BRACKETS.sub("", text))
    return (bare or _NOISE.sub("", text)).lower()


def flat(header: str) -> str:
    """A header on one line, as a sentence may repeat it."""
    return " ".join(re.sub(r"\s*[\r\n]+\s*", "", header).split())


def _full(header: str) -> str:
    """A header with the words in brackets kept: 学校（机构）标识码."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header)).lower()


Synonyms = Mapping[str, Mapping[str, Iterable[str]]]


class Vocabulary:
    """All accepted headers, the project's and the campaign's.

    Args:
        further: kind → column (key or Chinese name) → further headers, as config.toml writes them.

    Raises:
        ValueError: `further` names a kind or column that there is not.
    """

    def __init__(self, further: Synonyms | None = None) -> None:
        self._words: dict[str, dict[str, tuple[str, int]]] = {}
        for kind, spec in KINDS.items():
            words: dict[str, tuple[str, int]] = {}
            for key, column in spec.columns.items():
                words[plain(column.name)] = (key, 0)
            for key, column in spec.columns.items():
                for rank, word in enumerate(column.synonyms, 1):
                    words.setdefault(plain(word), (key, rank))
            self._words[kind] = words
        for kind, columns in (further or {}).items():
            for name, headers in columns.items():
                key = self._key(kind, name)
                for header in headers:
                    self._words[kind][plain(header)] = (key, 1)
                    self._words[kind][_full(header)] = (key, 1)

    @staticmethod
    def _key(kind: str, name: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"[intake.synonyms.{kind}]: {', '.join(KINDS)}")
        columns = KINDS[kind].columns
        for key, column in columns.items():
            if name in (key, column.name):
                return key
        raise ValueError(f"[intake.synonyms.{kind}] {name}: {', '.join(columns)}")

    def find(self, kind: str, header: str) -> tuple[str, int] | None:
        """The column key that a header stands for in tables of `kind`, and its rank: 0 for the proper name, then synonyms."""
        words = self._words[kind]
        bare = plain(header)
        return words.get(bare) or words.get(_full(header)) or words.get(_BEFORE.sub("", bare))


@cache
def default_vocabulary() -> Vocabulary:
    """The project's own headers alone."""
    return Vocabulary()
