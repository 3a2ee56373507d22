"""How figures look: colours and signs of the states, and the grammar that all charts share.

The colours can be told apart by colour-blind people, on white and on black; none of them stands without its sign or
its word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import pandas as pd

from monitor.i18n import _
from monitor.i18n import marked as _marked


@dataclass(frozen=True)
class Status:
    """How a status is shown: its sign, its word, its colour; `weight` orders them, the worst first."""

    key: str
    sign: str
    message: str
    color: str
    weight: int

    @property
    def word(self) -> str:
        """Its name in the language in use."""
        return _(self.message)

    @property
    def label(self) -> str:
        """Sign and word."""
        return f"{self.sign} {self.word}"


STATUSES: Final[dict[str, Status]] = {
    status.key: status
    for status in (
        Status("overdue", "✖", _marked("overdue"), "#8c2d04", 0),
        Status("stalled", "■", _marked("stalled"), "#b0508f", 1),
        Status("behind", "▼", _marked("behind"), "#c14a00", 2),
        Status("not_started", "○", _marked("not started"), "#696e76", 3),
        Status("at_risk", "▲", _marked("at risk"), "#946300", 4),
        Status("on_track", "●", _marked("on track"), "#157a5d", 5),
        Status("complete", "✔", _marked("complete"), "#2b6cb0", 6),
    )
}
"""Every status that measures.status gives, the worst first."""

# Read on white and on black alike: they stand about half-way between the two.
ACCENT: Final = "#2f7cc4"
TEAL: Final = "#16866a"
AMBER: Final = "#a37000"
QUIET: Final = "#7d8590"
FAINT: Final = "#7d859040"
DEADLINE: Final = "#d1570f"

_NUMBERS: Final = alt.NumberLocale(decimal=".", thousands=",", grouping=[3], currency=["", ""], minus="-")
"""Numbers in charts have the minus of all others (monitor/numbers.py)."""

SAID: Final = "said"
"""The style of what is written beside marks: its colour is one of INKS."""

INKS: Final = {"light": "#46505c", "dark": "#b4bdc8"}
"""The colour of text in charts. Small text needs more contrast than any one colour has on both grounds."""

STAGES: Final = {
    "entry": _marked("entry"),
    "submission": _marked("submission"),
    "school_review": _marked("school review"),
    "county_review": _marked("county review"),
    "city_review": _marked("city review"),
    "province_review": _marked("province review"),
}
"""What the screen calls the stages of measures.bottleneck."""


def stage_word(stage: str | None) -> str:
    """A stage in the language in use; a dash for none."""
    return _(STAGES[stage]) if stage else "—"


def filled(rate: Any) -> float:
    """How much of a bar or of a colour a rate fills, 0 to 1; nothing where it is unknown."""
    return 0.0 if pd.isna(rate) else min(max(float(rate), 0.0), 1.0)


def status_scale() -> alt.Scale:
    """The colour of every status label."""
    return alt.Scale(
        domain=[status.label for status in STATUSES.values()], range=[status.color for status in STATUSES.values()]
    )


def finish(chart: Any, height: int | None = None) -> Any:
    """The last touch of every chart: upright labels that are not cut off, quiet lines, no frame."""
    config = alt.Config(
        axis=alt.AxisConfig(
            labelAngle=0,
            labelLimit=260,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            gridColor=FAINT,
            domainColor=QUIET,
            tickColor=QUIET,
        ),
        view=alt.ViewConfig(strokeWidth=0),
        legend=alt.LegendConfig(labelFontSize=12, titleFontSize=12, labelLimit=260),
        text=alt.MarkConfig(fontSize=12),
        locale=alt.Locale(number=_NUMBERS),
    )
    # In one call: each one copies the whole chart.
    return chart.properties(config=config) if height is None else chart.properties(config=config, height=height)


def written(spec: Mapping[str, Any], ink: str) -> dict[str, Any]:
    """A chart's specification with its texts in this colour: axes, legends, and what is written beside marks."""
    config = dict(spec.get("config", {}))
    for name in ("axis", "legend"):
        config[name] = {"labelColor": ink, "titleColor": ink, **config.get(name, {})}
    config["style"] = {SAID: {"color": ink}, **config.get("style", {})}
    return {**spec, "config": config}


def where_narrow(pixels: int, narrow: str, wide: str) -> Any:
    """A text that reads `narrow` where the chart has fewer pixels than this, `wide` elsewhere: names of fields."""
    return alt.Text(f"{wide}:N", condition={"test": f"width < {pixels}", "value": {"expr": f"datum.{narrow}"}})
