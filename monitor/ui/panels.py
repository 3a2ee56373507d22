"""Parts of pages: the answer in words, key figures, where records wait, the way to the deadline, the school types."""

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor.i18n import _
from monitor.measures.status import lags
from monitor.ui import charts, figures, navigation, runtime, state, wall, words
from monitor.ui.header import Asked
from monitor.ui.theme import STATUSES, stage_word
from monitor.ui.words import verbatim

_BADGES: Final = {
    "overdue": "red",
    "stalled": "violet",
    "behind": "red",
    "not_started": "gray",
    "at_risk": "orange",
    "on_track": "green",
    "complete": "blue",
}
"""Streamlit's names for colours near those of the statuses: badges in text cannot have others."""

_FIGURES: Final = ("expected", "entered", "submitted", "approved")


def badge(status: str) -> str:
    """A status as Markdown: its sign and word on its colour."""
    return f":{_BADGES[status]}-badge[{STATUSES[status].label}]"


def countdown(asked: Asked, row: pd.Series) -> None:
    """How long it is to the deadline."""
    deadline = runtime.campaign().deadline
    left = int(row["working_days_left"])
    st.metric(
        _("Working days left"),
        left,
        delta=_("Deadline {day}").format(day=words.day(deadline)),
        delta_color="off",
        delta_arrow="off",
        help=words.countdown(deadline, asked.reader.as_of, left),
    )


def answer(asked: Asked, row: pd.Series, members: pd.DataFrame, kind: str) -> None:
    """Who is behind, in words: how many, who, and where the whole stands. `members`: the units of one kind."""
    with st.container(border=True, key="headline"), st.container(horizontal=True, gap="medium", key="headline-row"):
        with st.container(width=140):
            countdown(asked, row)
        with st.container(width="stretch"):
            if len(members):
                st.header(words.headline(members, kind), anchor=False)
                for status, said in words.worst(members):
                    st.markdown(f"{badge(status)} {said}")
                outside = words.named_by_funnel(members)
                if outside:
                    st.markdown(outside)
            st.markdown(f"{badge(row['status'])} {words.standing(row)}")
            with st.container(horizontal=True, gap="medium"):
                _to_the_lagging(asked, members)
                wall.link(asked)


def _to_the_lagging(asked: Asked, members: pd.DataFrame) -> None:
    """The way to the list of those who lag."""
    page = navigation.PAGES["lagging"]
    if len(members) and lags(members).any():
        kind = str(members["kind"].iloc[0])
        st.page_link(
            page.file,
            label=_("See who lags, why, and since when"),
            icon=page.icon,
            query_params=state.link(asked.unit, sector=asked.sector, kind=kind),
        )


def standing(asked: Asked, row: pd.Series, *, days_left: bool = True) -> None:
    """One unit's own standing, in words; with the countdown where nothing else on the page has it."""
    with st.container(border=True, key="headline"), st.container(horizontal=True, gap="medium", key="headline-row"):
        if days_left:
            with st.container(width=140):
                countdown(asked, row)
        with st.container(width="stretch"):
            st.header(
                _("{name}: completion {rate}").format(
                    name=verbatim(row["name"]), rate=words.percent(row["completion"])
                ),
                anchor=False,
            )
            st.markdown(f"{badge(row['status'])} {row['why']}")
            st.markdown(details(row))


def details(row: pd.Series) -> str:
    """Rank, schedule and bottleneck of a unit in a line."""
    parts = [
        words.place(row),
        _("{ahead} against the schedule").format(ahead=words.signed(row["ahead"])),
        _("bottleneck: {stage}").format(stage=words.bottleneck(row)),
    ]
    if pd.notna(row["to_next"]):
        passing = _("{count} more approvals to overtake {name}")
        parts.append(passing.format(count=words.whole(row["to_next"]), name=verbatim(row["next_name"])))
    return _(" · ").join(part for part in parts if part)


def key_figures(asked: Asked, row: pd.Series) -> None:
    """The figures that everyone asks for, with what they rose by since the working day before and in a week."""
    rises = asked.reader.rises(asked.unit, asked.sector)
    day, week = rises.get("day"), rises.get("week")
    titles = {
        "expected": _("Expected"),
        "entered": _("Entered"),
        "submitted": _("Submitted"),
        "approved": _("Approved"),
    }
    tiles = [(titles[name], words.whole(row[name]), _rise(name, day, week, words.signed)) for name in _FIGURES]
    tiles.append((_("Completion"), words.percent(row["completion"]), _rise("completion", day, week, words.points)))
    figures.tiles(tiles)
    if row["denominator"] and row["approved"] > row["denominator"]:
        st.warning(
            _("More approved than expected: {rate}. Check the number expected.").format(
                rate=words.percent(row["completion"])
            )
        )


def _rise(name: str, day: pd.Series | None, week: pd.Series | None, say: Callable[[Any], str]) -> list[str]:
    """What a figure rose by, in words; what is not known is left out."""
    said = [] if day is None else [_("{rise} since the day before").format(rise=say(day[name]))]
    return said if week is None else [*said, _("{rise} in 5 days").format(rise=say(week[name]))]


def summary(asked: Asked, row: pd.Series, members: pd.DataFrame, kind: str) -> None:
    """Where many units stand, in words: how many have which status, and the whole."""
    with st.container(border=True, key="headline"), st.container(horizontal=True, gap="medium", key="headline-row"):
        with st.container(width=140):
            countdown(asked, row)
        with st.container(width="stretch"):
            st.header(words.headline(members, kind), anchor=False)
            st.markdown(f"{badge(row['status'])} {words.standing(row)}")


def bullet(asked: Asked, members: pd.DataFrame, kind: str, most: int = 12) -> None:
    """Units against where they should be today. Of more than `most`, those furthest behind."""
    table = charts.bullet_table(members)
    title = _("{kinds} against the schedule").format(kinds=words.title(kind))
    if len(table) > most:
        table = table.tail(most).iloc[::-1].reset_index(drop=True)
        title = _("{title}: the {count} lowest").format(title=title, count=most)
    st.subheader(title, anchor=False)
    if table.empty:
        st.caption(_("No unit has figures yet."))
        return
    headers = {
        "name": _("Unit"),
        "status": _("Status"),
        "completion": _("Completion (%)"),
        "due": _("Due today (%)"),
        "approved": _("Approved"),
        "should_be": _("Should be approved"),
        "ahead": _("vs schedule"),
    }
    figures.draw(
        asked, lambda: charts.bullet(table), _in_percent(table), headers,
        alt=charts.bullet_words(table), name=title, key="bullet",
    )  # fmt: skip


def _in_percent(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{name: (table[name] * 100).round(2) for name in ("completion", "due")})


def burn_up(asked: Asked, row: pd.Series) -> None:
    """A unit's way to the deadline, with the forecast."""
    st.subheader(_("Progress and forecast"), anchor=False)
    series, schedule = asked.reader.series(asked.unit, asked.sector), asked.reader.schedule()
    if series.empty:
        st.caption(_("There are no figures up to this day."))
        return
    deadline = runtime.campaign().deadline
    headers = {
        "day": _("Day"), "entered": _("Entered"), "submitted": _("Submitted"), "approved": _("Approved"),
        "denominator": _("Expected"), "should_be": _("Should be approved"),
    }  # fmt: skip
    figures.draw(
        asked, lambda: charts.burn_up(series, schedule, row, asked.reader.as_of, deadline),
        charts.burn_up_table(series, schedule), headers,
        alt=charts.burn_up_words(row, deadline), name=_("burn-up"), key="burn-up",
    )  # fmt: skip


def stages(asked: Asked) -> None:
    """Where records wait: each stage with its stock, its outflow, and how long it takes."""
    st.subheader(_("Backlog by stage"), anchor=False)
    found = asked.reader.stages(asked.unit, asked.sector)
    if found.empty:
        st.caption(_("There are no figures up to this day."))
        return
    table = pd.DataFrame(
        {
            _("Stage"): [stage_word(stage) for stage in found["stage"]],
            _("Waiting"): found["waiting"].astype("Int64"),
            _("Cleared per working day"): [words.tenths(count) for count in found["outflow"]],
            _("Days to clear"): [
                _("no outflow") if stuck else words.tenths(days)
                for stuck, days in zip(found["stalled"], found["days"], strict=True)
            ],
        }
    )
    number = st.column_config.NumberColumn
    said = _("Stages of {name}").format(name=asked.unit.name)
    columns = {
        _("Waiting"): number(format="localized"),
        **dict.fromkeys(
            (_("Cleared per working day"), _("Days to clear")), st.column_config.TextColumn(alignment="right")
        ),
    }
    figures.whole_table(table, said, columns, key="stages")


def school_types(asked: Asked) -> None:
    """A unit's figures by school type."""
    found = asked.reader.by_school_type(asked.unit, asked.sector)
    if len(found) < 2:
        return
    st.subheader(_("By school type"), anchor=False)
    found = found.sort_values("completion")
    table = pd.DataFrame(
        {
            _("School type"): [words.school_type(key) for key in found.index],
            _("Completion"): found["completion"].astype(float) * 100,
            _("Approved"): found["approved"],
            _("Expected"): found["expected"],
            _("Institutions"): found["total"],
            _("Not started"): found["total"] - found["started"],
        }
    )
    number = st.column_config.NumberColumn
    said = _("{name} by school type").format(name=asked.unit.name)
    columns = {
        _("Completion"): st.column_config.ProgressColumn(
            format="%.1f%%", min_value=0, max_value=max(100.0, float(table[_("Completion")].max() or 0)), width=130
        ),
        **{name: number(format="localized") for name in table.columns[2:]},
    }
    figures.whole_table(table, said, columns, key="school-types")


def queue(asked: Asked, row: pd.Series) -> None:
    """A unit's records at each of its review levels."""
    st.subheader(_("At the review levels"), anchor=False)
    rows = {}
    for level in asked.unit.chain:
        rows[stage_word(f"{level}_review")] = [
            int(row[f"{place}_{level}"]) for place in ("pending", "approved", "returned")
        ]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[_("Pending"), _("Approved"), _("Returned")])
    table.insert(0, _("Review level"), table.index)
    number = st.column_config.NumberColumn(format="localized")
    said = _("Review levels of {name}").format(name=asked.unit.name)
    figures.whole_table(table, said, dict.fromkeys(table.columns[1:], number), key="queue")


def universities_line(asked: Asked) -> None:
    """All universities in one line, with the way to their page."""
    if "universities" not in asked.who.scope.sectors or "universities" not in navigation.PAGES:
        return
    row = asked.reader.standing(asked.unit, "universities")
    if not row["total"]:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"{badge(row['status'])} **{words.institutions(row, row['completion'])}**", width="stretch")
        page = navigation.PAGES["universities"]
        st.page_link(page.file, label=page.title, icon=page.icon, query_params=state.link())
