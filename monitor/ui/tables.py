"""Lists of units: one table for cities, counties, schools and universities; a click on a row opens the unit."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from zlib import crc32

import pandas as pd
import streamlit as st

from monitor.figures import SCHOOL_TYPES
from monitor.i18n import _
from monitor.numbers import rounded
from monitor.ui import figures, state, words
from monitor.ui.header import Asked
from monitor.ui.theme import ACCENT, STATUSES
from monitor.ui.words import verbatim

SORTS: Final[dict[str, tuple[list[str], list[bool]]]] = {
    "rank": (["completion", "code"], [False, True]),
    "worst": (["completion", "code"], [True, True]),
    "status": (["_weight", "completion"], [True, True]),
    "ahead": (["ahead", "code"], [True, True]),
    "left": (["left", "code"], [False, True]),
    "finish": (["p50", "completion"], [False, True]),
    "code": (["code"], [True]),
}
"""The orders of a list, by their name in the address."""


def sorts() -> dict[str, str]:
    """The orders of a list in words."""
    return {
        "rank": _("Completion ↓"),
        "worst": _("Completion ↑"),
        "status": _("Status"),
        "ahead": _("Furthest behind"),
        "left": _("Most remaining"),
        "finish": _("Latest finish"),
        "code": _("Unit code"),
    }


KINDS: Final = ("province", "city", "county", "university", "school")
"""Kinds in the order in which lists show them: offices before the schools that stand beside them."""

# Whom to call, and about what, comes first: a laptop shows as much of a school's row without moving it sideways.
_COMMON: Final = (
    "status", "completion", "trend", "left", "ahead", "p50", "stage", "pace", "required_pace", "approved", "expected",
    "contribution", "to_next",
)  # fmt: skip
_OFFICE: Final = ["place", "name", *_COMMON, "entered", "submitted", "total", "started", "complete"]
COLUMNS: Final = {
    "province": _OFFICE,
    "city": _OFFICE,
    "county": _OFFICE,
    "school": ["place", "name", "school_type", *_COMMON, "entered", "submitted"],
    "university": ["place", "name", *_COMMON, "level", "ownership", "city", "entered", "submitted"],
}
"""The columns of each kind's list."""

_ON_PAPER: Final = (
    "place", "name", "over", "school_type", "status", "completion", "approved", "expected", "left", "ahead", "pace",
    "required_pace", "p50", "stage",
)  # fmt: skip
"""The columns that paper has room for."""

PRINTED: Final = 15
"""Rows of a list that are printed: a unit's page is one sheet."""

WIDE: Final = ["place", "name", "over", "home_place", *COLUMNS["county"][2:]]
"""The columns of a list of all counties of the province."""

BRIEF: Final = ["place", "name", "status", "completion", "left", "p50"]
"""The columns of a list that stands beside one of its units."""


def by_kind(members: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Members apart by kind, in the order of KINDS."""
    found = [] if members.empty else [(kind, members[members["kind"] == kind]) for kind in KINDS]
    return [(kind, part) for kind, part in found if len(part)]


def main_kind(members: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """The members that stand for what a page is about: the offices, or else the schools."""
    found = by_kind(members)
    return found[0] if found else ("", members)


def with_places(members: pd.DataFrame, places: Mapping[str, str]) -> pd.DataFrame:
    """Members with `city`, the name of where they are ("" where that is not known)."""
    return members.assign(city=[places.get(str(code), "") for code in members["place_code"]])


def _orders(members: pd.DataFrame) -> list[str]:
    """The orders of a list, the usual one first: offices by rank, as they are published; institutions, of which many
    are looked through for those to call, by status."""
    first = "rank" if main_kind(members)[0] in ("province", "city", "county") else "status"
    return [first, *(name for name in SORTS if name != first)]


def filters(members: pd.DataFrame) -> pd.DataFrame:
    """The filters that make sense for these members, kept in the address; the members that remain, in the order chosen."""
    everything = _("All")
    shown = members
    with st.grid("auto", min_column_width=150, gap="small"):
        found = state.search(_("Search"), _("Name or code"))
        if found:
            hit = shown["name"].str.lower().str.contains(found, regex=False) | shown["code"].str.startswith(found)
            shown = shown[hit]
        present = set(members["status"])
        options = [key for key in STATUSES if key in present]
        shown = _narrowed(shown, "status", _("Status"), options, lambda key: STATUSES[key].label, everything)
        if main_kind(members)[0] == "school":
            types = [key for key in SCHOOL_TYPES if key in set(members.loc[members["kind"] == "school", "school_type"])]
            chosen = state.choose("type", _("School type"), types, words.school_type, everything)
            shown = shown[(shown["school_type"] == chosen) & (shown["kind"] == "school")] if chosen else shown
        if "city" in members:
            for name, column, label in (
                ("level", "level", _("Level")),
                ("ownership", "ownership", _("Ownership")),
                ("place", "city", _("City")),
            ):
                values = sorted({str(value) for value in members[column] if value and not pd.isna(value)})
                shown = _narrowed(shown, name, label, values, str, everything, column)
        sort = state.choose("sort", _("Sort"), _orders(members), sorts())
    return ordered(shown, sort)


def _narrowed(
    shown: pd.DataFrame,
    name: str,
    label: str,
    options: list[str],
    say: Callable[[str], str],
    everything: str,
    column: str = "",
) -> pd.DataFrame:
    chosen = state.choose(name, label, options, say, everything)
    return shown[shown[column or name] == chosen] if chosen else shown


def members_looked_at(asked: Asked) -> tuple[pd.DataFrame, bool]:
    """The units that the page lists, and whether they are those of the whole province at once: directly below the unit,
    or, where the address asks for it, all counties of the province, ranked among one another."""
    if asked.unit.kind != "province":
        return asked.reader.members(asked.unit, asked.sector), False
    with st.container(width=260):
        kind = state.choose("kind", _("Showing"), ("city", "county"), lambda key: words.title(key))
    if kind == "county":
        return asked.reader.ranked_widely(asked.unit, kind, asked.sector), True
    return asked.reader.members(asked.unit, asked.sector), False


def section(
    asked: Asked, part: pd.DataFrame, members: pd.DataFrame, kind: str, *, brief: bool = False, wide: bool = False
) -> None:
    """The units of one kind with their heading and their download. `members`: all, of which `part` is what the
    filters left."""
    columns = WIDE if wide else COLUMNS[kind]
    part = part[part["kind"] == kind]
    total = int((members["kind"] == kind).sum())
    count = _("{count} of {total}").format(count=len(part), total=total) if len(part) < total else str(total)
    title = words.title(kind)
    if kind != main_kind(members)[0]:
        title = _("Schools directly under {name}").format(name=verbatim(asked.unit.name))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{title} :gray[{count}]", anchor=False, width="stretch")
        figures.download(asked.who, exported(part, columns), asked.file(title), key=f"list-{kind}")
    if part.empty:
        st.info(_("Nothing matches these filters."))
        return
    said = _("{kinds} of {name} with completion, status and forecast").format(kinds=title, name=asked.unit.name)
    show(asked, part, BRIEF if brief else columns, key=f"list-{kind}", alt=said)


def merged(asked: Asked) -> None:
    """Below the lists: what was merged into the unit and still counts in it, so that lists and this add up to it."""
    for row in asked.reader.merged(asked.unit, asked.sector).to_dict("records"):
        st.caption(
            _("{name} ({code}) was merged into this unit on {day}: until then its own figures count here as well (expected {expected}, approved {approved}), besides those of the list.").format(
                name=verbatim(row["name"]), code=verbatim(row["code"]), day=words.day(row["closed"], year=True),
                expected=words.whole(row["expected"]), approved=words.whole(row["approved"]),
            )
        )  # fmt: skip


def ordered(members: pd.DataFrame, sort: str) -> pd.DataFrame:
    """Members in one of SORTS."""
    columns, ascending = SORTS[sort]
    weighed = members.assign(_weight=[STATUSES[key].weight for key in members["status"]])
    return weighed.sort_values(columns, ascending=ascending, na_position="last").drop(columns="_weight")


def listing(members: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Members as a table shows them, and as a download has them: `columns` of COLUMNS under the names of the screen.

    Rates are in percent, days are dates; the trend is a list.
    """
    shown = pd.DataFrame(index=members.index)
    for name in columns:
        shown[name] = _VALUES.get(name, lambda frame, name=name: frame[name])(members)
    return shown


def _labels(members: pd.DataFrame) -> list[str]:
    return [STATUSES[key].label for key in members["status"]]


def _places(members: pd.DataFrame) -> pd.Series:
    return pd.Series(members["place"], dtype="Int64")


def _percent(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: frame[name].astype(float) * 100


_VALUES: Final[Mapping[str, Callable[[pd.DataFrame], Any]]] = {
    "place": _places,
    "home_place": lambda frame: pd.Series(frame["home_place"], dtype="Int64"),
    "status": _labels,
    "school_type": lambda frame: [words.school_type(key) for key in frame["school_type"]],
    "completion": _percent("completion"),
    "collection": _percent("collection"),
    "p50": lambda frame: pd.to_datetime(frame["p50"]).dt.strftime("%Y-%m-%d").fillna("—"),
    "contribution": lambda frame: frame["contribution"].astype(float) / 100,
    "to_next": lambda frame: [words.passing(row) for row in frame.to_dict("records")],
    "stage": lambda frame: [words.bottleneck(row, brief=True) for row in frame.to_dict("records")],
    "pace": lambda frame: frame["pace"].astype(float).map(lambda pace: float(rounded(pace, 1)), na_action="ignore"),
}


def headers() -> dict[str, str]:
    """The names of the columns on the screen."""
    return {
        "place": _("Rank"),
        "name": _("Unit"),
        "over": _("Superior unit"),
        "home_place": _("Rank in the city"),
        "code": _("Code"),
        "level": _("Level"),
        "ownership": _("Ownership"),
        "city": _("City"),
        "school_type": _("School type"),
        "status": _("Status"),
        "completion": _("Completion"),
        "trend": _("Trend"),
        "expected": _("Expected"),
        "entered": _("Entered"),
        "submitted": _("Submitted"),
        "approved": _("Approved"),
        "left": _("Remaining"),
        "ahead": _("vs schedule"),
        "pace": _("Pace"),
        "required_pace": _("Required pace"),
        "p50": _("Likely finish"),
        "stage": _("Bottleneck"),
        "contribution": _("Contribution (points)"),
        "to_next": _("To overtake the next"),
        "total": _("Institutions"),
        "started": _("Started"),
        "complete": _("Complete"),
        "why": _("Why"),
    }


def _in_whole(members: pd.DataFrame) -> bool:
    """Whether paces of these members are shown in whole people: digits of a column stand below one another only where
    all of them have a decimal or none, and thousands are read apart only without."""
    return bool((members["pace"].astype(float).abs() >= 1000).any())


def _order(columns: list[str], phone: bool) -> list[str]:
    """The columns from left to right. Beside the name, which stays where it is, a phone has room for two or three."""
    first = ["name", "status", "completion"]
    return [*first, *(name for name in columns if name not in first)] if phone else columns


def _config(members: pd.DataFrame, key: str, click: Callable[[], None], *, phone: bool) -> dict[str, Any]:
    # The name stays in sight while the rest is moved sideways.
    head = headers()
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    top = float(max(100.0, (members["completion"].astype(float).max() or 0) * 100)) if len(members) else 100.0
    config: dict[str, Any] = {
        name: number(head[name], format="localized", width=72)
        for name in ("expected", "entered", "submitted", "approved", "left", "total", "started", "complete")
    }
    pace = "localized" if _in_whole(members) else "%.1f"
    config |= {name: text(head[name]) for name in ("code", "over", "level", "ownership", "city", "why")}
    return config | {
        "place": number(
            head["place"], width=46, pinned=not phone,
            help=_("By completion, among the units of the same kind"),
        ),
        "school_type": text(head["school_type"], width=72),
        "home_place": number(head["home_place"], width=72),
        "name": st.column_config.ButtonColumn(
            head["name"], type="tertiary", alignment="left", key=key, on_click=click,
            help=_("Click a name to open it"), pinned=True,
        ),
        "status": st.column_config.MultiselectColumn(
            head["status"],
            options=[status.label for status in STATUSES.values()],
            color=[status.color for status in STATUSES.values()],
            width=86,
        ),
        "completion": st.column_config.ProgressColumn(
            head["completion"], format="%.1f%%", min_value=0, max_value=top, color=ACCENT, width=96,
            help=_("Approved at the final level / expected; more than 100% is shown as it is"),
        ),
        "trend": st.column_config.LineChartColumn(head["trend"], y_min=0, y_max=top, width=62, color=ACCENT),
        "ahead": number(
            head["ahead"], format="localized", width=86, help=_("Approved, less what should be approved today"),
        ),
        "pace": number(head["pace"], format=pace, width=72, help=_("Approved per working day over the recent window")),
        "required_pace": number(head["required_pace"], format="localized"),
        "p50": text(head["p50"], width=92),
        "stage": text(head["stage"], width=152),
        "contribution": number(
            head["contribution"], format="%.2f", width=104,
            help=_("Approved / expected of all in this list: what each adds to the completion of them all"),
        ),
        "to_next": text(head["to_next"], width=150, help=_("Further approvals that take the unit past the next one")),
    }  # fmt: skip


def show(asked: Asked, members: pd.DataFrame, columns: list[str], *, key: str, alt: str) -> None:
    """The list on the page. A click on a name puts that unit into the address."""
    codes = members["code"].tolist()
    # What the list holds is part of its key: a row that was clicked is the same row only in the same list.
    key = f"{key}-{crc32(repr((codes, columns)).encode()):08x}"
    # Universities stand beside their list, which stays as it is; elsewhere the next list is another one.
    click = state.clicked_row(f"{key}-click", codes, keep=asked.sector == "universities")
    phone = figures.on_phone()
    shown = listing(members, columns)
    shown["status"] = [[label] for label in shown["status"]]
    shown["name"] = [f"{name} ›" for name in shown["name"]]
    if "pace" in columns and _in_whole(members):
        shown["pace"] = shown["pace"].round()
    with figures.on_paper(printed(members, columns), key=key, note=_left_out(len(members))):
        st.dataframe(
            shown,
            hide_index=True,
            column_config=_config(members, f"{key}-click", click, phone=phone),
            column_order=_order(columns, phone),
            height=figures.tall(len(members)),
            row_height=figures.ROW,
            key=key,
            alt=alt,
        )


def printed(members: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The beginning of a list as paper has it: as many rows as the screen shows at once, in words."""
    first, head = members.head(PRINTED), headers()
    say: dict[str, Callable[[Any], str]] = {
        "completion": words.percent, "ahead": words.signed, "pace": words.tenths,
        **dict.fromkeys(("place", "approved", "expected", "left", "required_pace"), words.whole),
    }  # fmt: skip
    wanted = [name for name in columns if name in _ON_PAPER]
    shown = listing(first, wanted)
    return pd.DataFrame(
        {head[name]: [say[name](value) for value in first[name]] if name in say else shown[name] for name in wanted}
    )


def _left_out(count: int) -> str:
    return _("The first {most} of {count}.").format(most=PRINTED, count=count) if count > PRINTED else ""


def exported(members: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The list as a download has it: with the code and the reason, under the names of the screen."""
    wanted = ["code", *(name for name in columns if name != "trend"), "why"]
    return listing(members, wanted).rename(columns=headers())
