"""How the values behind the placeholders are read from what a report is made of."""

from collections.abc import Callable, Mapping
from typing import Any

from monitor.figures import DENOMINATORS, LEVEL_NAMES, LEVELS, QUEUE, SCHOOL_TYPES
from monitor.filings.source import Override, Source, Value, as_date, decimal, ratio, whole, written

Read = Callable[[Source], Value]
Item = Mapping[str, Value]
"""The values of one repeated row, by the placeholder's name."""

TYPE_FIGURES = ("total", "started", "complete", "expected", "entered", "submitted", "numbered", "approved", "returned")
PLACE_NAMES = {"pending": "待审核", "approved": "审核通过", "returned": "退回"}
FIGURE_NAMES = {
    "total": "学校总数",
    "started": "已启动学校数",
    "complete": "已完成学校数",
    "expected": "应采集人数",
    "entered": "已录入人数",
    "submitted": "已报送人数",
    "numbered": "已赋号人数",
    "approved": "审核通过人数",
    "returned": "退回人数",
}
"""Parts of the families, in the words of the forms."""

DENOMINATOR_NAMES = {"live": "应采集人数", "baseline": "基准日人数", "statistics": "教育事业统计人数"}


class PutRight(int):
    """A figure that the filer put in place of the computed one: forms mark it."""


def text(*path: str) -> Read:
    """The entry of the status document at `path`, as text."""
    return lambda source: None if source.at(*path) is None else str(source.at(*path))


def count(*path: str) -> Read:
    """The entry of the status document at `path`, as a whole number."""
    return lambda source: whole(source.at(*path))


def returned(source: Source) -> Value:
    """People returned at the final level: what the review rate has beside the approved ones."""
    submitted, approved = (whole(source.at("figures", figure)) for figure in ("submitted", "approved"))
    if submitted is None or approved is None:
        return None
    review = decimal(source.at("rates", "review"))
    return 0 if review is None else round(review * submitted) - approved


def number(*path: str) -> Read:
    """The entry of the status document at `path`, as an unrounded number."""
    return lambda source: decimal(source.at(*path))


def day(*path: str) -> Read:
    """The entry of the status document at `path`, as a day."""
    return lambda source: as_date(source.at(*path))


def before(*path: str) -> Read:
    """The entry of the previous report day's document at `path`, as a whole number."""
    return lambda source: whole(source.before(*path))


def rise(figure: str) -> Read:
    """A figure less that of the previous report day; None where one of the two is not known."""

    def read(source: Source) -> Value:
        now, then = whole(source.at("figures", figure)), whole(source.before("figures", figure))
        return None if now is None or then is None else now - then

    return read


def completion_before(source: Source) -> Value:
    """The completion on the previous report day."""
    return decimal(source.before("rates", "completion"))


def completion_rise(source: Source) -> Value:
    """The completion less that of the previous report day, in percentage points."""
    now, then = decimal(source.at("rates", "completion")), decimal(source.before("rates", "completion"))
    return None if now is None or then is None else (now - then) * 100


def typed(school_type: str, figure: str) -> Read:
    """A figure of one school type."""
    return lambda source: source.typed(school_type, figure)


def entered(field: str) -> Read:
    """What somebody entered in a manual field; None while it is empty."""

    def read(source: Source) -> Value:
        entry: Value = getattr(source.manual, field)
        return None if entry == "" else entry

    return read


def filed(source: Source) -> Value:
    """The day on which the report is filled in; while it is open, the blanks of a form to write it into."""
    return source.manual.filed or "　　　　年　　月　　日"


def nothing(source: Source) -> Value:
    """What a mark shows."""
    return None


def figures_day(source: Source) -> Value:
    """The day of the newest table behind the figures, never later than the day they were asked for."""
    asked = as_date(source.document["as_of"])
    return min(filter(None, (asked, source.figures_day)))


def figures_day_note(source: Source) -> Value:
    """Why the figures are not those of the report day; None where they are."""
    shown = figures_day(source)
    return None if shown == source.report_day else f"（{written(source.report_day)}无数据，按最近一次数据填报）"


def previous_note(source: Source) -> Value:
    """The previous report day in the form's words, or that there is none."""
    then = as_date(source.before("as_of"))
    return "上月（无数据）" if then is None else f"上月（截至{written(then)}）"


def groups(source: Source) -> dict[str, tuple[Item, ...]]:
    """The items of each repeated group: each_type the school types that the unit has, each_level its review levels,
    each_override the figures that the filer put in place of computed ones."""
    types = [key for key in SCHOOL_TYPES if any(source.typed(key, figure) for figure in TYPE_FIGURES)]
    return {
        "each_type": tuple(_type_item(source, key) for key in types),
        "each_level": tuple(_level_item(source, level) for level in _levels(source)),
        "each_override": tuple(_override_item(override) for override in source.overrides),
    }


def _type_item(source: Source, key: str) -> Item:
    figures: dict[str, int | None] = {figure: source.typed(key, figure) for figure in TYPE_FIGURES}
    base = source.typed(key, DENOMINATORS[source.campaign.denominator])
    return {
        "each_type.name": SCHOOL_TYPES[key],
        **{f"each_type.{figure}": value for figure, value in figures.items()},
        "each_type.collection": ratio(figures["submitted"], figures["expected"]),
        "each_type.completion": ratio(figures["approved"], base),
    }


def _level_item(source: Source, level: str) -> Item:
    given = {override.name: PutRight(override.value) for override in source.overrides}
    places = {
        f"each_level.{place}": given.get(f"levels.{level}.{place}", whole(source.at("figures", "levels", level, place)))
        for place in QUEUE
    }
    return {"each_level.name": LEVEL_NAMES[level], **places}


def _override_item(override: Override) -> Item:
    return {
        "each_override.name": _figure_name(override.name),
        "each_override.value": PutRight(override.value),
        "each_override.computed": override.computed,
        "each_override.reason": override.reason,
    }


def _figure_name(name: str) -> str:
    """A figure that may be put right (filings.override.PATHS), in the words of the forms."""
    *_family, group, figure = name.split(".")
    return LEVEL_NAMES[group] + PLACE_NAMES[figure] if name.startswith("levels.") else FIGURE_NAMES[figure]


def _levels(source: Source) -> list[str]:
    """The levels that records of the unit pass: those of the chains within it, and any that has figures."""
    chains = source.campaign.review_levels
    kind: Any = source.at("unit", "kind")
    if source.sector == "universities":
        own = set(chains.university)
    else:
        own = {*chains.county_school} | ({*chains.city_school} if kind in ("city", "province") else set())
        own |= {*chains.province_school} if kind == "province" else set()
    held = {level for level in LEVELS if any(source.at("figures", "levels", level, place) for place in QUEUE)}
    return [level for level in LEVELS if level in own | held]
