"""Pieces of the page 数据质量: how much is to be fixed, where and by whom; the findings; one of them."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor import i18n
from monitor.figures import SECTORS
from monitor.i18n import _
from monitor.quality import rules
from monitor.quality.listing import listing, note, widths
from monitor.store.read.findings import ANSWERED, CLOSED, GRADES, OPEN
from monitor.ui import downloads, figures, paging, runtime, state, words
from monitor.ui.finding_data import FILTERS, Findings, item, one_by_one
from monitor.ui.media import XLSX
from monitor.ui.words import verbatim
from monitor.workbooks import workbook

_BADGES: Final = {"must_fix": "red", "explain": "orange", "note": "blue"}
_NAMED: Final = 5  # units that a line of the headline names
_LOW: Final = 12  # rows of a breakdown that are shown without scrolling


def grade(key: str) -> str:
    """A grade with its sign."""
    return {"must_fix": _("✖ Must fix"), "explain": _("▲ Explain"), "note": _("○ Note")}[key]


def state_word(key: str) -> str:
    """A state of findings."""
    return {OPEN: _("open"), ANSWERED: _("explained"), CLOSED: _("corrected"), "all": _("all")}[key]


# ---- the answer --------------------------------------------------------------------------------------------------


def answer(found: Findings) -> None:
    """How many must be fixed or explained, where, and by whom."""
    counts = found.tally("child", narrowed=False)
    with st.container(border=True, key="headline"):
        st.header(_headline(found, counts), anchor=False)
        for key in GRADES:
            part = counts[(counts["grade"] == key) & (counts["open"] > 0)]
            if len(part):
                said = _("{count}: {where}. {whom}").format(
                    count=words.whole(part["open"].sum()), where=_where(found, part), whom=_whom(key)
                )
                st.markdown(f":{_BADGES[key]}-badge[{grade(key)}] {said}")
        st.markdown(_beside(found, counts))


def _headline(found: Findings, counts: pd.DataFrame) -> str:
    name = verbatim(found.asked.unit.name)
    if found.base.batch_id is not None:
        name = _("Batch {batch}").format(batch=found.base.batch_id)
    elif found.base.about == "files":
        name = _("Whole files")
    opened = counts.groupby("grade")["open"].sum()
    if not opened.sum():
        return _("{name}: nothing is waiting to be fixed or explained").format(name=name)
    return _("{name}: {must_fix} to be fixed, {explain} to be explained, {note} to be noted").format(
        name=name, **{key: words.whole(opened.get(key, 0)) for key in GRADES}
    )


def _where(found: Findings, part: pd.DataFrame) -> str:
    """The units directly below that the most open findings are in."""
    own = _("whole files") if found.base.about == "files" else found.asked.unit.name
    listed = part.assign(name=part["unit_name"].replace("", own)).sort_values(
        ["open", "unit_code"], ascending=[False, True]
    )
    named = _(", ").join(
        f"{verbatim(row['name'])} {words.whole(row['open'])}" for row in listed.head(_NAMED).to_dict("records")
    )
    rest = listed.iloc[_NAMED:]
    more = _(" and {count} more units {findings}").format(count=len(rest), findings=words.whole(rest["open"].sum()))
    return named + (more if len(rest) else "")


def _whom(key: str) -> str:
    return {
        "must_fix": _("The unit that reported corrects the figures; they are imported again."),
        "explain": _("The unit or its county, city or provincial coordinator corrects or explains."),
        "note": _("To be noted; nothing has to be done."),
    }[key]


def _beside(found: Findings, counts: pd.DataFrame) -> str:
    """What the counts leave out."""
    parts = [
        _("{count} explained").format(count=words.whole(counts[ANSWERED].sum())),
        _("{count} corrected by later tables").format(count=words.whole(counts[CLOSED].sum())),
    ]
    if found.base.about == "units" and found.asked.unit.kind == "province":
        others = found.beside()
        for sector in SECTORS:
            if sector != found.asked.sector and sector in found.asked.who.scope.sectors:
                count = others[others["key"] == sector]["open"].sum()
                parts.append(_("{sector}: {count} open").format(sector=words.sector(sector), count=words.whole(count)))
        files = others[others["key"].isna()]["open"].sum()
        if found.asked.who.scope.everything and files:
            parts.append(_("about whole files: {count} open").format(count=words.whole(files)))
    return _(" · ").join(parts)


# ---- breakdowns --------------------------------------------------------------------------------------------------


def breakdowns(found: Findings) -> None:
    """What the list shows, counted by rule, and by unit or by day. A click narrows the list down."""
    if found.tally("code").empty:
        return
    left, right = st.columns(2, gap="medium")
    with left:
        _by_rule(found)
    with right:
        by = state.choose("view", _("Counted"), ["unit", "day"], {"unit": _("by unit"), "day": _("by day")})
        (_by_unit if by == "unit" else _by_day)(found)


def _narrow(**values: str | None) -> None:
    state.put(p=None, item=None, **values)


def _by_rule(found: Findings) -> None:
    # As tall as the choice beside it: the two tables begin side by side.
    with st.container(height=40, border=False, vertical_alignment="center"):
        st.subheader(_("By rule"), anchor=False)
    counts = found.tally("code").sort_values("open", ascending=False)
    counts["_order"] = [GRADES.index(key) for key in counts["grade"]]
    counts = counts.sort_values(["_order", "open"], ascending=[True, False])
    shown = pd.DataFrame(
        {
            _("Grade"): [grade(key) for key in counts["grade"]],
            _("Rule"): [f"{rules.name(code)} ›" for code in counts["key"]],
            _("Open"): counts[OPEN],
            _("Units"): counts["units"],
            _("Explained"): counts[ANSWERED],
            _("Corrected"): counts[CLOSED],
        }
    )
    click = state.clicked("rules-click", counts["key"].tolist(), lambda code: _narrow(rule=code))
    _table(shown, "rules", _("Findings by rule"), shown.columns[1], "rules-click", click)


def _by_unit(found: Findings) -> None:
    counts = found.tally("child")
    wide = counts.pivot_table(index=["unit_code", "unit_name"], columns="grade", values=OPEN, aggfunc="sum")
    wide = wide.reindex(columns=list(GRADES)).fillna(0).astype("int64")
    wide["answered"] = counts.groupby(["unit_code", "unit_name"])[ANSWERED].sum()
    wide = wide.sort_values([*GRADES], ascending=False).reset_index().replace({"unit_name": ""}, found.asked.unit.name)
    shown = pd.DataFrame(
        {
            _("Unit"): [f"{name} ›" if code else name for code, name in zip(wide["unit_code"], wide["unit_name"], strict=True)],
            **{_title(key): wide[key] for key in GRADES},
            _("Explained"): wide["answered"],
        }
    )  # fmt: skip

    def into(code: str) -> None:
        if code:
            _narrow(unit=code)

    click = state.clicked("units-click", wide["unit_code"].tolist(), into)
    _table(shown, "units", _("Findings by unit"), shown.columns[0], "units-click", click)


def _title(key: str) -> str:
    return {"must_fix": _("Must fix"), "explain": _("Explain"), "note": _("Note")}[key]


def _by_day(found: Findings) -> None:
    counts = found.tally("day").dropna(subset=["key"])
    wide = counts.pivot_table(index="key", columns="grade", values=OPEN, aggfunc="sum")
    wide = wide.reindex(columns=list(GRADES)).fillna(0).astype("int64").sort_index(ascending=False).reset_index()
    days = [_iso(number) for number in wide["key"]]
    shown = pd.DataFrame({_("Day"): [f"{day} ›" for day in days], **{_title(key): wide[key] for key in GRADES}})
    click = state.clicked("days-click", days, lambda day: _narrow(on=day))
    _table(shown, "days", _("Findings by day"), shown.columns[0], "days-click", click)


def _iso(number: Any) -> str:
    return f"{int(number) // 10000}-{int(number) // 100 % 100:02d}-{int(number) % 100:02d}"


def _table(
    shown: pd.DataFrame,
    key: str,
    alt: str,
    button: str,
    button_key: str,
    click: Any,
    widths: dict[str, int] | None = None,
) -> None:
    """A table with a column of buttons; numbers with separators."""
    config: dict[str, Any] = {
        name: st.column_config.NumberColumn(name, format="localized")
        for name in shown.columns
        if pd.api.types.is_integer_dtype(shown[name])
    }
    for name, width in (widths or {}).items():
        config[name] = st.column_config.Column(name, width=width)
    config[button] = st.column_config.ButtonColumn(
        button, type="tertiary", alignment="left", key=button_key, on_click=click, width=(widths or {}).get(button)
    )
    height = figures.tall(len(shown), paging.PAGE if widths else _LOW, 450)
    st.dataframe(shown, hide_index=True, column_config=config, height=height, row_height=figures.ROW, key=key, alt=alt)


# ---- the list ----------------------------------------------------------------------------------------------------


def filters(found: Findings) -> None:
    """What narrows the list down, kept in the address."""
    everything = _("All")
    with st.grid("auto", min_column_width=150, gap="small"):
        state.choose("state", _("State"), [OPEN, ANSWERED, CLOSED, "all"], state_word)
        state.choose("grade", _("Grade"), GRADES, grade, everything)
        codes = sorted(set(found.tally("code")["key"]), key=rules.CODES.index)
        state.choose("rule", _("Rule"), _with(codes, state.get("rule")), rules.name, everything)
        days = sorted({_iso(key) for key in found.tally("day")["key"].dropna()}, reverse=True)
        state.choose("on", _("Day"), _with(days, state.get("on")), str, everything)
        if any(state.get(name) for name in FILTERS):
            st.button(_("Clear all filters"), on_click=lambda: _narrow(**dict.fromkeys(FILTERS)), key="quality-all", type="tertiary", icon=":material/filter_alt_off:")  # fmt: skip
        files = found.asked.who.scope.everything and not state.get("about")
        if files and found.base.batch_id is None and found.asked.unit.kind == "province":
            st.button(_("About whole files"), on_click=lambda: _narrow(about="files"), key="quality-files", type="tertiary")  # fmt: skip


def _with(offered: list[str], current: str) -> list[str]:
    """What is offered, with what the address asks for even where nothing is there any more."""
    return [*offered, current] if current and current not in offered else offered


def table(found: Findings) -> None:
    """The findings, those of one rule about one unit as one row, page by page."""
    after = paging.asked() * paging.PAGE
    rows, total, findings = found.groups(after)
    if total and rows.empty:
        state.put(p=None)
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Findings :gray[{count}]").format(count=words.whole(findings)), anchor=False, width="stretch")
        if total:
            _download(found)
    if rows.empty:
        st.info(_("No finding matches these filters."))
        return
    shown = _rows(rows)
    items = [item(row) for row in rows.to_dict("records")]
    click = state.clicked("findings-click", items, lambda name: state.put(item=name))
    widths = {shown.columns[0]: 84, shown.columns[1]: 150, shown.columns[2]: 220, shown.columns[3]: 90, shown.columns[4]: 60, shown.columns[5]: 150, shown.columns[6]: 560}  # fmt: skip
    _table(
        shown, f"findings-{after}", _("Findings by rule and unit"), shown.columns[2], "findings-click", click, widths
    )
    paging.turn(after // paging.PAGE, len(rows), total, "quality")


def _rows(rows: pd.DataFrame) -> pd.DataFrame:
    records = rows.to_dict("records")
    return pd.DataFrame(
        {
            _("Grade"): [grade(key) for key in rows["grade"]],
            _("Rule"): [rules.name(code) for code in rows["code"]],
            _("Unit"): [
                f"{row['unit_name'] or _('Batch {batch}').format(batch=int(row['batch']))} ›" for row in records
            ],
            _("Superior"): rows["parent"],
            _("Number of findings"): rows[[OPEN, ANSWERED, CLOSED]].sum(axis=1).astype("int64"),
            _("Days"): [_span(row) for row in records],
            _("Newest"): [plain(row) for row in records],
        }
    )


def plain(row: Mapping[Any, Any]) -> str:
    """The sentence of a finding without the unit at its head, where that stands beside it."""
    message = str(row["message"])
    head = f"{row['unit_code']} {row['unit_name']}"
    return message[len(head) :].lstrip("：: ") if message.startswith(head) else message


def _span(row: Mapping[Any, Any]) -> str:
    first, last = words.day(row["first_day"]), words.day(row["last_day"])
    return first if first == last else _("{first} to {last}").format(first=first, last=last)


def _download(found: Findings) -> None:
    """What the list shows as a workbook, one row a finding; read when it is asked for."""
    scope, wanted, language, zone = found.asked.who.scope, found.wanted, i18n.language(), runtime.campaign().timezone
    title = found.asked.file(_("Data quality"))

    def produce() -> bytes:
        i18n.use(language)
        listed = listing(one_by_one(scope, wanted), zone)
        return workbook(listed, title, note(len(listed)), widths())

    downloads.link(_("Download Excel"), found.asked.who, f"{title}.xlsx", XLSX, produce, key=f"quality-{hash(wanted)}")
