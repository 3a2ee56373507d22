"""Figures in words: numbers as they are written, and the sentences that answer before anything is drawn.

Every number in a sentence is one of the frame that it is made from. Nothing here knows Streamlit.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from monitor.i18n import _
from monitor.measures.status import LAGGING
from monitor.numbers import day_written
from monitor.numbers import decimal as decimal
from monitor.numbers import percent as percent
from monitor.numbers import signed as signed
from monitor.numbers import tenths as tenths
from monitor.numbers import whole as whole
from monitor.ui.theme import STATUSES, stage_word

NAMED = (*LAGGING, "at_risk")
"""The statuses whose units a sentence names."""

_FEW = 30
"""A group of so many is small enough to name more of it."""

_KINDS = {
    "province": lambda: (_("{count} provinces"), _("one province"), _("All provinces")),
    "city": lambda: (_("{count} cities"), _("one city"), _("All cities")),
    "county": lambda: (_("{count} counties"), _("one county"), _("All counties")),
    "school": lambda: (_("{count} schools"), _("one school"), _("All schools")),
    "university": lambda: (_("{count} universities"), _("one university"), _("All universities")),
}

_SECTORS = {"schools": lambda: _("schools"), "universities": lambda: _("universities")}
_LEVELS = {
    "school": lambda: _("School"), "county": lambda: _("County"), "city": lambda: _("City level"),
    "province": lambda: _("Province"),
}  # fmt: skip
_SCHOOL_TYPES = {
    "kindergarten": lambda: _("kindergarten"),
    "primary": lambda: _("primary school"),
    "junior": lambda: _("junior secondary school"),
    "senior": lambda: _("senior secondary school"),
    "complete": lambda: _("complete secondary school"),
    "nine_year": lambda: _("nine-year school"),
    "twelve_year": lambda: _("twelve-year school"),
    "vocational": lambda: _("vocational school"),
    "special": lambda: _("special education school"),
    "other": lambda: _("other institution"),
    "university": lambda: _("university"),
}


# ---- texts -----------------------------------------------------------------------------------------------------------

_MARKUP = re.compile(r"[\\`*_\[\]$<>~|#&]")
_LISTED = re.compile(r"^(\d*)([.)+-])(?=\s)")
_JOINED = re.compile(r"(?<=:)(?=[A-Za-z/])|(?<=[Ww])(?=\.)|(?=@)")
_JOINER = "\u2060"


def verbatim(text: Any) -> str:
    """What somebody has typed, or a table holds, as Markdown shows it letter by letter.

    Signs of Markdown, HTML and formulas get a backslash. Icons (:material/home:) and addresses (http://…) are made of
    plain text that a backslash does not stop: an invisible joiner (U+2060) takes them apart.
    """
    one_line = " ".join(str(text).split("\n"))
    escaped = _LISTED.sub(r"\1\\\2", _MARKUP.sub(lambda sign: "\\" + sign.group(), one_line))
    return _JOINED.sub(_JOINER, escaped)


# ---- numbers -----------------------------------------------------------------------------------------------------


def points(difference: Any) -> str:
    """A difference of two ratios, in percentage points."""
    if pd.isna(difference):
        return "—"
    return _("{points} points").format(points=f"{float(difference) * 100:+.1f}")


def day(value: Any, *, year: bool = False) -> str:
    """A day as it is written in a sentence."""
    if value is None or pd.isna(value):
        return "—"
    return day_written(pd.Timestamp(value).date(), year=year)


def sector(key: str) -> str:
    """A sector in the language in use; figures.SECTORS are the words of tables and papers."""
    return _SECTORS[key]()


def level(key: str) -> str:
    """A review level in the language in use."""
    return _LEVELS[key]()


def school_type(key: Any) -> str:
    """A school type in the language in use."""
    return _SCHOOL_TYPES[str(key)]() if str(key) in _SCHOOL_TYPES else "—"


def kind(key: str, count: int) -> str:
    """So many units of a kind."""
    return _KINDS[key]()[1 if count == 1 else 0].format(count=count)


def title(key: str) -> str:
    """A kind of unit at the head of a list or chart."""
    return _KINDS[key]()[2]


# ---- sentences ---------------------------------------------------------------------------------------------------


def countdown(deadline: date, as_of: date, working_days_left: int) -> str:
    """How long it is to the deadline."""
    if working_days_left > 0:
        return _("{days} working days left").format(days=working_days_left)
    if as_of < deadline:
        return _("no working day left")
    return _("the deadline has been reached")


def standing(row: pd.Series) -> str:
    """A unit's completion, and why it has its status, in a sentence."""
    return _("{name}: completion {rate}; {why}.").format(
        name=verbatim(row["name"]), rate=percent(row["completion"]), why=row["why"]
    )


def counts(members: pd.DataFrame) -> list[tuple[str, int]]:
    """How many of the members have which status, the worst first."""
    found = members["status"].value_counts()
    return [(key, int(found[key])) for key in STATUSES if key in found.index]


def most_named(members: pd.DataFrame) -> int:
    """How many units a sentence about this group names; the rest is in the table."""
    return 5 if len(members) <= _FEW else 3


def worst(members: pd.DataFrame) -> list[tuple[str, str]]:
    """Who is behind, and who may fall behind: (status, sentence) for each status of NAMED that a member has.

    `members`: name, status, completion, ahead, left. The lowest completions are named, the rest is counted; those at
    risk are named only where those behind leave room.
    """
    said: list[tuple[str, str]] = []
    most = most_named(members)
    for key in NAMED:
        if key not in LAGGING and len(said) > 2:
            break
        found = members[members["status"] == key].sort_values(["completion", "left"], ascending=[True, False])
        if found.empty:
            continue
        names = _(", ").join(_named(row) for row in found.head(most).to_dict("records"))
        more = _(" and {count} more").format(count=len(found) - most) if len(found) > most else ""
        said.append((key, _("{count}: {names}{more}").format(count=len(found), names=names, more=more)))
    return said


def _named(row: Mapping[Any, Any]) -> str:
    """A unit with its completion, and how many people it is behind."""
    if pd.notna(row["ahead"]) and row["ahead"] < 0:
        return _("{name} {rate} ({count} behind schedule)").format(
            name=verbatim(row["name"]), rate=percent(row["completion"]), count=whole(-row["ahead"])
        )
    return _("{name} {rate}").format(name=verbatim(row["name"]), rate=percent(row["completion"]))


def named_by_funnel(members: pd.DataFrame) -> str:
    """Who lies below the group by more than chance allows, although not counted as behind; "" for nobody."""
    found = members[members["named"].fillna(False).astype(bool) & ~members["status"].isin(NAMED)]
    if found.empty:
        return ""
    most = most_named(members)
    names = _(", ").join(
        _("{name} {rate}").format(name=verbatim(row["name"]), rate=percent(row["completion"]))
        for row in found.sort_values("completion").head(most).to_dict("records")
    )
    more = _(" and {count} more").format(count=len(found) - most) if len(found) > most else ""
    return _("Clearly below the average of the group ({rate}): {names}{more}.").format(
        rate=percent(found["group_rate"].iloc[0]), names=names, more=more
    )


def headline(members: pd.DataFrame, member_kind: str) -> str:
    """The answer to "who is behind" in one line: how many units have which status, the worst first."""
    counted = _(", ").join(
        _("{count} {status}").format(count=count, status=STATUSES[key].word) for key, count in counts(members)
    )
    return _("{units}: {counts}").format(units=kind(member_kind, len(members)), counts=counted)


def institutions(row: pd.Series, completion: Any) -> str:
    """How many institutions are complete, have started, have not; and the completion of them all."""
    return _(
        "{total} universities: {complete} complete, {under_way} under way, {silent} not started; completion {rate}"
    ).format(
        total=whole(row["total"]),
        complete=whole(row["complete"]),
        under_way=whole(row["started"] - row["complete"]),
        silent=whole(row["total"] - row["started"]),
        rate=percent(completion),
    )


def bottleneck(row: Any, *, brief: bool = False) -> str:
    """Where records wait longest: the stage, how many, how long; `brief`: the stage and how long."""
    if pd.isna(row["stage"]):
        return "—"
    stuck = bool(row["stage_stalled"]) or pd.isna(row["stage_days"])
    if brief:
        said = _("{stage} (stuck)") if stuck else _("{stage} ({days} days)")
    else:
        said = (
            _("{stage}, {count} waiting, no outflow") if stuck else _("{stage}, {count} waiting, {days} working days")
        )
    return said.format(
        stage=stage_word(row["stage"]), count=whole(row["stage_waiting"]), days=decimal(row["stage_days"])
    )


def place(row: Any) -> str:
    """A unit's place among its peers; "" where there are none."""
    if pd.isna(row["place"]) or row["of"] < 2:
        return ""
    return _("rank {place} of {of}").format(place=whole(row["place"]), of=whole(row["of"]))


def passing(row: Any) -> str:
    """How many approvals would lift a unit past the next, and who that is; a dash for the first, and for who has nobody
    left to approve."""
    if pd.isna(row["to_next"]) or row["left"] <= 0:
        return "—"
    return _("{count} ({name})").format(count=whole(row["to_next"]), name=row["next_name"])


def sources(batches: pd.DataFrame, zone: Any) -> str:
    """The batches behind a snapshot: which file, of which day, loaded when."""
    if batches.empty:
        return "—"
    newest = batches.iloc[-1]
    loaded = newest["loaded_at"].tz_convert(zone).strftime("%Y-%m-%d %H:%M")
    files = _(", ").join(verbatim(file) for file in batches["file"].head(2)) + (
        _(" and {count} more").format(count=len(batches) - 2) if len(batches) > 2 else ""
    )
    return _("{files} (table of {day}, loaded {loaded})").format(
        files=files, day=day(newest["day"], year=True), loaded=loaded
    )


def scope(names: Sequence[str]) -> str:
    """What a page covers."""
    return _(" · ").join(names)
