"""The measures that a bulletin speaks of: what each is called, how it is written, which page shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from monitor.i18n import _
from monitor.i18n import marked as _marked
from monitor.numbers import decimal, percent, whole

PROGRESS, FILING, CAMPAIGN, COUNT = "progress", "filing", "campaign", "count"
"""Where a measure is from: the pages of figures, the monthly report, config.toml, or units counted by the bulletin."""


GROUP_NAMES: Final = {"city": "设区市", "county": "区县", "university": "学校"}
"""What those that a bulletin compares are called; it is counties where there are no cities, in a municipality."""


@dataclass(frozen=True)
class Measure:
    """A measure: its key, its name (untranslated), how a value is written, where it is from."""

    key: str
    message: str
    write: Callable[[Any], str]
    source: str

    @property
    def word(self) -> str:
        """Its name in the language in use."""
        return _(self.message)


def full_day(raw: Any) -> str:
    """A day with its year, as official papers write it."""
    day = date.fromisoformat(str(raw))
    return f"{day.year}年{day.month}月{day.day}日"


def within_year(shown: str, day: date) -> str:
    """A day or month without its year, where that is the year of `day`: bulletins name the year once."""
    return shown.removeprefix(f"{day.year}年")


def of_the_whole(name: str) -> str:
    """How the whole of a campaign is called in passing: 全省, of a municipality 全市, of an autonomous region 全区."""
    return "全市" if name.endswith("市") else "全区" if name.endswith("区") else "全省"


def _month(raw: Any) -> str:
    year, month = str(raw).split("-")
    return f"{int(year)}年{int(month)}月"


def _plain_percent(raw: Any) -> str:
    """A threshold of the campaign: 50%, not 50.0%."""
    return percent(raw).replace(".0%", "%")


_FILED: Final = {"on_time": "按时", "missing": "未报", "not_due": "未报", "exempt": "豁免", "not_required": "—"}


def _filing_state(raw: Any) -> str:
    state, _colon, days = str(raw).partition(":")
    return f"迟报{days}日" if state == "late" else _FILED[state]


MEASURES: Final[dict[str, Measure]] = {
    measure.key: measure
    for measure in (
        Measure("as_of", _marked("as of"), full_day, PROGRESS),
        Measure("day", _marked("as of"), full_day, PROGRESS),
        Measure("expected", _marked("expected"), whole, PROGRESS),
        Measure("entered", _marked("entered"), whole, PROGRESS),
        Measure("submitted", _marked("submitted to review"), whole, PROGRESS),
        Measure("approved", _marked("finally approved"), whole, PROGRESS),
        Measure("left", _marked("not complete"), whole, PROGRESS),
        Measure("collection", _marked("collection rate"), percent, PROGRESS),
        Measure("review", _marked("review rate"), percent, PROGRESS),
        Measure("completion", _marked("completion"), percent, PROGRESS),
        Measure("total", _marked("institutions"), whole, PROGRESS),
        Measure("started", _marked("institutions started"), whole, PROGRESS),
        Measure("complete", _marked("institutions complete"), whole, PROGRESS),
        Measure("silent", _marked("institutions not started"), whole, PROGRESS),
        Measure("pace", _marked("pace"), decimal, PROGRESS),
        Measure("required_pace", _marked("required pace"), whole, PROGRESS),
        Measure("should_be", _marked("due by the schedule"), whole, PROGRESS),
        Measure("behind_schedule", _marked("behind the schedule"), whole, PROGRESS),
        Measure("place", _marked("place"), whole, PROGRESS),
        Measure("working_days_left", _marked("working days left"), whole, PROGRESS),
        Measure("waiting", _marked("waiting for review"), whole, PROGRESS),
        Measure("days", _marked("working days to clear"), decimal, PROGRESS),
        Measure("filing_month", _marked("month of the report"), _month, FILING),
        Measure("owed", _marked("have to file"), whole, FILING),
        Measure("filed", _marked("have filed"), whole, FILING),
        Measure("on_time", _marked("filed on time"), whole, FILING),
        Measure("missing_count", _marked("have not filed"), whole, FILING),
        Measure("days_late", _marked("days late"), whole, FILING),
        Measure("filing", _marked("filing state"), _filing_state, FILING),
        Measure("below_count", _marked("units under the threshold"), whole, COUNT),
        Measure("below_named_count", _marked("units named"), whole, COUNT),
        Measure("counties_below_count", _marked("counties under the threshold"), whole, COUNT),
        Measure("counties_named_count", _marked("counties named"), whole, COUNT),
        Measure("best_count", _marked("how many are named first"), whole, COUNT),
        Measure("deadline", _marked("deadline"), full_day, CAMPAIGN),
        Measure("window", _marked("working days of the pace window"), whole, CAMPAIGN),
        Measure("below", _marked("threshold of completion"), _plain_percent, CAMPAIGN),
        Measure("backlog_days", _marked("threshold of backlog, working days"), whole, CAMPAIGN),
        Measure("reply_by", _marked("answer due"), full_day, CAMPAIGN),
        Measure("due", _marked("stage due"), full_day, CAMPAIGN),
        Measure("next_month", _marked("month of the next report"), _month, CAMPAIGN),
        Measure("next_due", _marked("next report due"), full_day, CAMPAIGN),
    )
}
"""Every measure by its key."""
