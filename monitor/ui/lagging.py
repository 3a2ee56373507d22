"""Pieces of the page 滞后单位: which units are looked at, the answer in words, the list, the workbook."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from monitor.i18n import _
from monitor.measures.status import lags
from monitor.store import Scope, Store, read
from monitor.ui import downloads, panels, runtime, sparkline, state, words
from monitor.ui.header import Asked
from monitor.ui.media import XLSX
from monitor.ui.theme import STAGES, STATUSES, stage_word
from monitor.ui.words import verbatim
from monitor.workbooks import workbook

_MOST: Final = 200  # units that the page shows; the workbook holds them all
_WIDTHS: Final = (14, 12, 22, 9, 9, 14, 58, 30, 22, 26)
_KINDS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("province", "schools"): ("county", "city"),
    ("city", "schools"): ("county", "school"),
    ("county", "schools"): ("school",),
    ("school", "schools"): ("school",),
    ("province", "universities"): ("university",),
    ("university", "universities"): ("university",),
}
"""The kinds of units that are listed below a unit, by its kind and the sector; the usual one first."""

_STYLE: Final = """<style>
.lagging { overflow-x: auto; }
.lagging table { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.45; }
.lagging th, .lagging td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid color-mix(in srgb, currentColor 16%, transparent); }
.lagging thead th { font-weight: 600; white-space: nowrap; }
.lagging tbody th { padding-top: .8rem; font-weight: 600; }
.lagging td.short { white-space: nowrap; }
.lagging td.short.name { white-space: normal; min-width: 8.5rem; }
.lagging td.number { text-align: right; font-variant-numeric: tabular-nums; }
.lagging td.trend { white-space: nowrap; padding-block: .2rem; }
.lagging td.trend img { display: block; width: 72px; height: 28px; }
.lagging td.why { min-width: 15rem; }
.lagging td span.call { white-space: nowrap; }
.lagging td.stage { min-width: 9.5rem; }
.lagging a { color: inherit; text-underline-offset: .2em; }
@media (max-width: 640px) {
  .lagging thead { display: none; }
  .lagging tr { display: block; padding: .4rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 30%, transparent); }
  .lagging th, .lagging td, .lagging td.number { display: block; border: 0; padding: .1rem 0; text-align: left; white-space: normal; }
  .lagging td.short { display: inline-block; margin-right: .9rem; }
  .lagging td.short.name { display: block; font-weight: 600; }
  .lagging td.trend { display: flex; align-items: center; }
  .lagging td[data-head]:not(.name)::before { content: attr(data-head) "："; opacity: .75; }
}
</style>"""


@dataclass(frozen=True)
class Found:
    """What the page is about: all units of a kind (outlook.below)."""

    kind: str
    members: pd.DataFrame


def opened(asked: Asked) -> Found:
    """The units that the address asks for, with the choice between their kinds."""
    st.html(_STYLE)
    kinds = _KINDS.get((asked.unit.kind, asked.sector), ())
    if not kinds:
        st.info(_("{unit} has no units of this sector.").format(unit=verbatim(asked.unit.name)))
        st.stop()
    kind = kinds[0]
    if len(kinds) > 1:
        with st.container(width=190):
            kind = state.choose("kind", _("Showing"), kinds, lambda key: words.title(key))
    with st.spinner(_("Working through every unit and every day so far; the first time this takes a few seconds.")):
        members = asked.reader.below(asked.unit, kind, asked.sector)
    if members.empty:
        st.info(_("There are no units of this kind below {unit}.").format(unit=verbatim(asked.unit.name)))
        st.stop()
    return Found(kind, members)


def _ordered(late: pd.DataFrame) -> pd.DataFrame:
    """By the unit above, the one with most of them first; within it the worst status and the lowest completion first."""
    weighed = late.assign(
        _many=-late.groupby("over")["code"].transform("size"),
        _weight=[STATUSES[key].weight for key in late["status"]],
    )
    by = ["_many", "over", "_weight", "completion", "code"]
    return weighed.sort_values(by, na_position="first").drop(columns=["_many", "_weight"])


def _filtered(late: pd.DataFrame) -> pd.DataFrame:
    """Those of the units that lag who were asked for, with the widgets that narrow them down."""
    everything = _("All")
    shown = late
    choices: tuple[tuple[str, str, list[str], Callable[[str], str]], ...] = (
        (
            "status",
            _("Status"),
            [key for key in STATUSES if key in set(late["status"])],
            lambda key: STATUSES[key].label,
        ),
        ("stage", _("Bottleneck"), [key for key in STAGES if key in set(late["stage"].dropna())], stage_word),
    )
    with st.grid("auto", min_column_width=150, gap="small"):
        for name, label, options, say in choices:
            chosen = state.choose(name, label, options, say, everything)
            shown = shown[shown[name] == chosen] if chosen else shown
        sought = state.search(_("Search"), _("Name or code"))
    if sought:
        hit = shown["name"].str.lower().str.contains(sought, regex=False) | shown["code"].str.startswith(sought)
        shown = shown[hit | shown["over"].str.lower().str.contains(sought, regex=False)]
    return shown


def answer(asked: Asked, found: Found) -> None:
    """The same sentences that the overview begins with: how many have which status, and who."""
    with st.container(border=True, key="headline"):
        st.header(words.headline(found.members, found.kind), anchor=False)
        for status, said in words.worst(found.members):
            st.markdown(f"{panels.badge(status)} {said}")


def listed(asked: Asked, found: Found) -> None:
    """The list, grouped by the unit above, with what narrows it down, and its workbook."""
    late = _ordered(found.members[lags(found.members)])
    shown = _filtered(late) if len(late) and len(found.members) > 1 else late
    with st.container(horizontal=True, vertical_alignment="center"):
        title = _("{count} lagging").format(count=words.kind(found.kind, len(shown)))
        st.subheader(title, anchor=False, width="stretch")
        downloads.link(
            _("Download Excel"), asked.who, f"{asked.file(_('lagging units'))}.xlsx", XLSX, _book(asked, found, shown, title),
            key="lagging",
        )  # fmt: skip
    st.caption(_("Units that are overdue, stalled, behind or not started, as of this day."))
    if shown.empty:
        st.success(_("No unit is lagging.")) if late.empty else st.info(_("Nothing matches these filters."))
        return
    st.html(f'<div class="lagging">{_table(asked, shown.head(_MOST), found.kind)}</div>')
    if len(shown) > _MOST:
        st.caption(
            _("The first {most} of {count} are shown; the workbook holds all of them.").format(
                most=_MOST, count=words.whole(len(shown))
            )
        )


# ---- rows --------------------------------------------------------------------------------------------------------


def since(row: Any) -> str:
    """Since when a unit has its status."""
    if pd.isna(row["since"]):
        return "—"
    said = words.day(row["since"])
    return _("{day} or earlier").format(day=said) if row["since_open"] else said


def why(row: Any) -> str:
    """Why a unit lags: the sentence of its status; and where its rate is below its peers' by more than chance allows, so."""
    said = str(row["why"])
    if not row["named"]:
        return said
    return _("{why}; clearly below the {rate} of its peers").format(why=said, rate=words.percent(row["group_rate"]))


def _contacts(store: Store, scope: Scope, units: Iterable[int]) -> dict[int, tuple[str, list[str]]]:
    """By unit: the unit responsible and its people, as far as this account may read them. Read anew each time."""
    with store.connect() as connection:
        people = read.contacts(connection, scope, units)
    found: dict[int, tuple[str, list[str]]] = {}
    for unit, part in people.groupby("unit"):
        said = [
            " ".join(str(value) for value in (row["person"], row["phone"], row["mobile"]) if value)
            for row in part.to_dict("records")
        ]
        found[int(str(unit))] = (str(part["responsible_name"].iloc[0]), said)
    return found


def _whom(row: Any, contacts: dict[int, tuple[str, list[str]]], unit: int) -> tuple[str, list[str]]:
    """The unit to call about a unit, and its people; without a roster the office above a school, else the unit itself."""
    office = row["over"] if row["kind"] == "school" and row["over"] else row["name"]
    return contacts.get(unit, (office, []))


def _table(asked: Asked, shown: pd.DataFrame, kind: str) -> str:
    contacts = _contacts(runtime.store(), asked.who.scope, shown.index)
    schedule, as_of = asked.reader.schedule(), asked.reader.as_of
    heads = [
        _("Unit"), _("Status"), _("Completion"), _("Trend"), _("Since"), _("Why"), _("Bottleneck"), _("Whom to call"),
    ]  # fmt: skip
    parts = []
    for over, group in shown.groupby("over", sort=False):
        if over and kind not in ("city", "university"):
            said = _("{unit}: {count}").format(unit=over, count=words.kind(kind, len(group)))
            parts.append(f'<tr><th colspan="{len(heads)}" scope="rowgroup">{escape(said)}</th></tr>')
        for unit, row in zip(group.index, group.to_dict("records"), strict=True):
            trend = sparkline.image(row["trend"], schedule, as_of, STATUSES[str(row["status"])].color)
            parts.append(_line(row, heads, _whom(row, contacts, int(unit)), trend))
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(parts)}</tbody></table>"


def _line(row: dict[Any, Any], heads: list[str], whom: tuple[str, list[str]], trend: str) -> str:
    page = "universities" if row["kind"] == "university" else "cities"
    link = (
        f'<a href="./{page}?{escape(urlencode(state.link(str(row["code"]))))}" target="_self">{escape(row["name"])}</a>'
    )
    status = STATUSES[row["status"]]
    office, people = whom
    # Who is responsible for itself is named in its row already.
    named = people if people and office == row["name"] else [office, *people]
    called = [f'<span class="call">{escape(said)}</span>' for said in named]
    cells = [
        ("short name", link),
        ("short", f'<span style="color:{status.color}">{escape(status.sign)}</span> {escape(status.word)}'),
        ("short number", escape(words.percent(row["completion"]))),
        ("trend", trend),
        ("short", escape(since(row))),
        ("why", escape(why(row))),
        ("stage", escape(words.bottleneck(row))),
        ("whom", " ".join(called)),
    ]
    return "<tr>" + "".join(
        f'<td class="{look}" data-head="{escape(head)}">{cell}</td>' for (look, cell), head in zip(cells, heads, strict=True)
    ) + "</tr>"  # fmt: skip


# ---- workbook ----------------------------------------------------------------------------------------------------


def _book(asked: Asked, found: Found, shown: pd.DataFrame, title: str) -> Callable[[], bytes]:
    """What makes the workbook when it is asked for: the people to call are read then, and kept nowhere."""
    store, scope = runtime.store(), asked.who.scope
    head = _("{title}: {scope}").format(title=title, scope=asked.scope)
    note = _("As of {day}. {headline}").format(
        day=words.day(asked.reader.as_of, year=True), headline=words.headline(found.members, found.kind)
    )
    return lambda: workbook(
        listing(shown, _contacts(store, scope, shown.index)), head, note, _WIDTHS, rates=(_("Completion"),)
    )


def listing(shown: pd.DataFrame, contacts: dict[int, tuple[str, list[str]]]) -> pd.DataFrame:
    """Lagging units (outlook.below) as the workbook has them, one row a unit; the completion is a ratio."""
    rows = []
    for unit, row in zip(shown.index, shown.to_dict("records"), strict=True):
        office, people = _whom(row, contacts, int(unit))
        rows.append(
            (
                str(row["over"]), str(row["code"]), str(row["name"]), STATUSES[str(row["status"])].word,
                row["completion"], since(row), why(row), words.bottleneck(row), office, _("; ").join(people),
            )
        )  # fmt: skip
    heads = [
        _("Superior unit"), _("Code"), _("Unit"), _("Status"), _("Completion"), _("Since"), _("Why"), _("Bottleneck"),
        _("Unit to call"), _("Contact"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=heads)
