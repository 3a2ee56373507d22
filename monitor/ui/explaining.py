"""One finding of the page 数据质量 opened: what it says, what to do, what was said of it; the place to explain it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor.i18n import _
from monitor.quality import answers, rules
from monitor.store.read.findings import ANSWERED, GRADES, OPEN, Wanted
from monitor.store.scope import OutOfScope
from monitor.ui import guard, runtime, state, words
from monitor.ui.finding_data import Findings
from monitor.ui.quality import grade, plain, state_word
from monitor.ui.words import verbatim

_DRAFTS: Final = "quality-drafts"
_TOLD: Final = "quality-told"
_SHOWN: Final = 8  # findings of one row that are shown without scrolling


def told() -> None:
    """What became of the explanation that was just given."""
    said = st.session_state.pop(_TOLD, None)
    if said:
        st.success(said, icon=":material/check_circle:")


def opened(found: Findings) -> bool:
    """The row of the list that the address asks for, opened; whether there is one."""
    name = state.get("item")
    if not name:
        return False
    wanted = _wanted(found, name)
    listed = found.all(wanted) if wanted is not None else pd.DataFrame()
    if listed.empty:
        st.info(_("This finding is not there any more: the file that it came from was undone."))
        state.put(item=None)
        return False
    with st.container(border=True, key="finding"):
        _head(listed.iloc[0].to_dict())
        _days(listed)
        whole_file = wanted is not None and wanted.about == "files"
        may = answers.may_explain(found.asked.who, whole_file=whole_file)
        _answers(found, listed, may, whole_file)
        if may and (listed["state"] == OPEN).any():
            _form(found, name, listed[listed["state"] == OPEN], whole_file)
    return True


def _wanted(found: Findings, name: str) -> Wanted | None:
    """What the name in the address stands for; a unit outside of the scope is refused."""
    code, _dash, rest = name.partition("-")
    base = Wanted(found.asked.reader.as_of, code=code, on=found.wanted.on, batch_id=found.base.batch_id)
    if rest.startswith("batch-"):
        number = rest.removeprefix("batch-")
        return replace(base, about="files", batch_id=int(number)) if number.isdecimal() and len(number) < 10 else None
    try:
        unit = found.asked.reader.unit(rest)
    except OutOfScope:
        guard.out_of_scope(found.asked.who, unit=rest)
    return replace(base, about="unit", unit_id=unit.id)


def _head(row: Mapping[Any, Any]) -> None:
    code = str(row["code"])
    unit = _("{unit} ({above})").format(unit=row["unit_name"], above=row["parent"]) if row["unit_name"] else row["file"]
    with st.container(horizontal=True, vertical_alignment="top"):
        st.subheader(f"{rules.name(code)} · {unit}", anchor=False, width="stretch")
        st.button(_("Close"), on_click=lambda: state.put(item=None), key="finding-close", type="tertiary", icon=":material/close:")  # fmt: skip
    color = ("red", "orange", "blue")[GRADES.index(str(row["grade"]))]
    said = _("{meaning}. **What to do:** {remedy}.").format(meaning=rules.meaning(code), remedy=rules.remedy(code))
    st.markdown(f":{color}-badge[{grade(str(row['grade']))}] {said}")


def _days(listed: pd.DataFrame) -> None:
    """The findings: one in a sentence, several as a table of days."""
    listed = listed.sort_values(["day", "id"], ascending=False)
    if len(listed) == 1:
        row = listed.iloc[0].to_dict()
        day = words.day(row["day"], year=True)
        st.text(f"{day}  {plain(row)}" if pd.notna(row["day"]) else plain(row))
        st.caption(_("{state}; file {file}, row {row}").format(state=state_word(row["state"]), file=verbatim(row["file"]), row=words.whole(row["row"])))  # fmt: skip
        return
    shown = pd.DataFrame(
        {
            _("Day"): listed["day"].dt.strftime("%Y-%m-%d").fillna("—"),
            _("Figures"): [plain(row) for row in listed.to_dict("records")],
            _("State"): [state_word(key) for key in listed["state"]],
            _("Row"): listed["row"],
            _("File"): listed["file"],
        }
    )
    config = {
        _("Day"): st.column_config.Column(width=90),
        _("Figures"): st.column_config.Column(width=560),
        _("State"): st.column_config.Column(width=70),
        _("Row"): st.column_config.NumberColumn(format="localized", width=70),
    }
    height: Any = "content" if len(shown) <= _SHOWN else 290
    st.dataframe(shown, hide_index=True, column_config=config, height=height, row_height=32, key="finding-days", alt=_("The finding day by day"))  # fmt: skip


# ---- explanations ------------------------------------------------------------------------------------------------


def _answers(found: Findings, listed: pd.DataFrame, may: bool, whole_file: bool) -> None:
    """Explanations that stand, each with how many findings it is about; and how they came to be."""
    said = listed[listed["answered_at"].notna()]
    for number, (at, part) in enumerate(said.groupby("answered_at")):
        first = part.iloc[0].to_dict()
        st.markdown(
            _("**Explanation** ({count} findings, {who}, {at}):").format(
                count=len(part), who=first["answered_by"], at=_moment(at)
            )
        )
        st.text(str(first["answer"]))
        standing = part[part["state"] == ANSWERED]
        if may and len(standing):
            _change(found, standing, f"{number}", whole_file)
    history = found.history(listed["id"].tolist())
    _history(history, len(said.groupby("answered_at")))


def _history(history: pd.DataFrame, standing: int) -> None:
    """Everything that was ever said, where that is more than what stands."""
    steps = history.groupby(["at", "actor_title"], dropna=False)["answer"].agg(["first", "size"]).reset_index()
    if len(steps) <= standing:
        return
    with st.expander(_("Earlier explanations ({count})").format(count=len(steps) - standing)):
        for row in steps.to_dict("records"):
            what = row["first"] if isinstance(row["first"], str) else _("withdrawn")
            st.text(_("{at} {who} ({count} findings): {what}").format(at=_moment(row["at"]), who=row["actor_title"], count=row["size"], what=what))  # fmt: skip


def _moment(at: Any) -> str:
    return pd.Timestamp(at).tz_convert(runtime.campaign().timezone).strftime("%Y-%m-%d %H:%M")


def _change(found: Findings, part: pd.DataFrame, key: str, whole_file: bool) -> None:
    """A standing explanation changed, or withdrawn."""
    name = f"{state.get('item')}~{key}"
    with st.popover(_("Change or withdraw"), type="tertiary"):
        text = _text(name, str(part.iloc[0]["answer"]))
        if st.button(_("Save the changed explanation"), key=f"finding-change-{key}"):
            _save(found, name, part, text, whole_file)
        if st.button(_("Withdraw it"), key=f"finding-withdraw-{key}", type="tertiary"):
            _save(found, name, part, None, whole_file)


def _form(found: Findings, name: str, part: pd.DataFrame, whole_file: bool) -> None:
    """The place to explain all findings of the row that are open. What is typed is kept until it is saved."""
    st.markdown(_("**Explain** the {count} open findings above:").format(count=words.whole(len(part))))
    text = _text(name, "")
    if st.button(_("Save the explanation"), key="finding-explain", type="primary"):
        _save(found, name, part, text, whole_file)


def _text(name: str, given: str) -> str:
    """A field that keeps what is half typed, also while another page or finding is looked at."""
    drafts: dict[str, str] = st.session_state.setdefault(_DRAFTS, {})
    key = f"finding-text-{name}"
    if key not in st.session_state:
        st.session_state[key] = drafts.get(name, given)
    text = st.text_area(
        _("Explanation"),
        key=key,
        max_chars=answers.LONGEST,
        placeholder=_("For example: 12 teachers moved here in November; who is expected will be updated."),
        help=_("No ID numbers and no names of teachers. The explanation can be read by all offices above the unit."),
        label_visibility="collapsed",
    )
    drafts[name] = text or ""
    return text or ""


def _save(found: Findings, name: str, part: pd.DataFrame, text: str | None, whole_file: bool) -> None:
    """Write or withdraw; a refusal leaves the text as it is."""
    seen = {
        int(row["id"]): None if pd.isna(row["answered_at"]) else row["answered_at"].to_pydatetime()
        for row in part.to_dict("records")
    }
    store, who, code = runtime.store(), found.asked.who, str(part.iloc[0]["code"])
    try:
        if text is None:
            answers.withdraw(store, who, code, seen, whole_file=whole_file)
        else:
            answers.explain(store, who, code, seen, text, whole_file=whole_file)
    except answers.Refused as refused:
        st.error(verbatim(refused), icon=":material/error:")
        return
    st.session_state[_DRAFTS].pop(name, None)
    st.session_state.pop(f"finding-text-{name}", None)
    done = _("{count} findings explained.") if text is not None else _("Withdrawn: {count} findings are open again.")
    st.session_state[_TOLD] = done.format(count=words.whole(len(seen)))
    st.rerun()
