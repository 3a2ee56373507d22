"""One unit's roster on the page 工作组名单: filled in by the unit, checked and accepted by the province, erased.

The people are read anew on each run and kept nowhere but in the table that is being filled in, in this tab.
"""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor.filings import roster as life
from monitor.filings.listing import written
from monitor.filings.roster import Roster, RosterRefused
from monitor.i18n import _
from monitor.intake.own_roster import LARGEST, NotRead, read_own
from monitor.rosters import CELLS, DUTIES, LONGEST, MUST_FIX, Member, Problem, lines_wrong, name_of, tidied, wrong
from monitor.ui import returned, roster_paper, runtime, state
from monitor.ui.roster import Page, badge, stage_word
from monitor.ui.words import verbatim

_EDIT: Final = "roster-edit"
_TOLD: Final = "roster-told"
_ASKED: Final = "roster-erase"
_SUBMITTING: Final = "roster-submitting"
_WIDTHS: Final = {
    "duty": 96, "person": 100, "department": 170, "post": 120, "phone": 150, "mobile": 130, "email": 190
}  # fmt: skip


def show(page: Page) -> None:
    """The roster of the unit chosen: where it stands, what it lacks, who is on it, what this account may do with it."""
    found = life.opened(runtime.store(), page.who.scope, page.code, page.at)
    with st.container():  # one place, whatever stands in it: a table that moves loses the cell that is being filled in
        _standing(page, found)
        if told := st.session_state.pop(_TOLD, None):
            st.success(told, icon=":material/check_circle:")
    if found.people is None:
        st.info(_("Names and numbers of the people on a roster are shown to the unit itself and to the province only."))
    elif life.may_fill(runtime.campaign(), page.who, found.unit):
        _fill_in(page, found)
    else:
        _problems(found.people)
        _people(found.people)
        if life.may_receive(runtime.campaign(), page.who, found.unit):
            _receive(page, found)
    if found.people or (found.people is not None and life.may_fill(runtime.campaign(), page.who, found.unit)):
        roster_paper.links(page.who, found.unit, blank=not found.people)
    _history(found)
    if found.people is not None and life.may_erase(runtime.campaign(), page.who, found.unit):
        _erase(page, found)


def _standing(page: Page, found: Roster) -> None:
    """Both copies with their days, and how far the province is."""
    campaign, row = runtime.campaign(), found.row
    if len(page.found) > 1:
        st.button(
            _("All units"), key="roster-all", type="tertiary", icon=":material/arrow_back:",
            on_click=lambda: state.put(unit=None),
        )  # fmt: skip
    st.header(_("Roster of {unit}").format(unit=verbatim(found.unit.name)), anchor=False)
    electronic, paper = written(campaign, row["electronic_at"]), row["paper_on"]
    parts = [
        _("Electronic copy") + f" {badge(row, 'electronic')} {electronic}",
        _("Paper copy") + f" {badge(row, 'paper')} {paper.isoformat() if paper else ''}",
        _("Handling") + f" **{stage_word(row)}**",
    ]
    st.markdown(" &nbsp; ".join(parts))
    if found.reason:
        st.warning(
            _("Returned by the province: {reason}").format(reason=verbatim(found.reason)), icon=":material/undo:"
        )
    if row["erased_at"] is not None:
        st.caption(_("The people on it were erased on {moment}.").format(moment=written(campaign, row["erased_at"])))


# ---- what it lacks -----------------------------------------------------------------------------------------------


def _problems(people: list[Member]) -> list[Problem]:
    """What the roster lacks, each with its remedy; what must be put right first."""
    if not people:
        st.info(_("There is nobody on the roster yet."))
        return []
    found = [*lines_wrong(people), *wrong(people, runtime.campaign().roster)]
    must = [problem.message for problem in found if problem.grade == MUST_FIX]
    may = [problem.message for problem in found if problem.grade != MUST_FIX]
    if must:
        st.error("\n".join([_("To be corrected before it can be submitted:"), *(f"- {text}" for text in must)]))
    if may:
        st.warning("\n".join([_("To be looked at:"), *(f"- {text}" for text in may)]))
    if not found:
        st.success(
            _("The roster is complete: leader, department in the lead, the departments asked for, and a contact."),
            icon=":material/check_circle:",
        )
    return found


def _frame(people: list[Member]) -> pd.DataFrame:
    rows = [[DUTIES.get(member.duty, member.duty), *(getattr(member, key) for key in CELLS[1:])] for member in people]
    return pd.DataFrame(rows, columns=list(CELLS), dtype="str")


def _people(people: list[Member]) -> None:
    if people:
        config: dict[str, Any] = {key: st.column_config.TextColumn(name_of(key), width=_WIDTHS[key]) for key in CELLS}
        st.dataframe(
            _frame(people), hide_index=True, column_config=config, height="content", row_height=32, key="roster-people",
            alt=_("The people on the roster"),
        )  # fmt: skip


# ---- filling it in -----------------------------------------------------------------------------------------------


def _fill_in(page: Page, found: Roster) -> None:
    """The table that the unit fills in, saved as it goes."""
    if found.row["accepted_at"] is not None and not _editing(found):
        _problems(found.people or [])
        _people(found.people or [])
        if st.button(_("Change the roster"), key="roster-change", icon=":material/edit:"):
            _begin(found, found.people or [])
            st.rerun()
        st.caption(_("It is accepted. After a change the province checks it again; the time of filing stays."))
        return
    if not _editing(found):
        _begin(found, found.people or [])
    edit = st.session_state[_EDIT]
    with st.container():
        _from_table(page, found)
    people = _editor(edit)
    _keep(page, found, people)
    problems = _problems(people)
    unfit = not people or any(problem.grade == MUST_FIX for problem in problems)
    _submission(page, found, people, unfit=unfit)


def _submission(page: Page, found: Roster, people: list[Member], *, unfit: bool) -> None:
    """Submitting, asked for twice: the click ends the editing of a cell, whose text comes only after it."""
    submitted = found.row["electronic_at"] is not None and found.row["returned_at"] is None
    asked = st.session_state.get(_SUBMITTING) == found.unit.code
    if asked and unfit:
        st.session_state.pop(_SUBMITTING)
        st.error(_("Not submitted: correct first what is listed above."), icon=":material/block:")
    confirmed = False
    with st.container(horizontal=True, vertical_alignment="center"):
        if not asked or unfit:
            label = _("Submit again") if submitted else _("Submit to the province")
            st.button(label, type="primary", key="roster-submit", icon=":material/send:", on_click=_ask)
            st.caption(_("Print the form, have it signed and sealed, and send it to the province on paper as well."))
            return
        st.markdown(_("Submit the {count} people above to the province?").format(count=len(people)), width="content")
        confirmed = st.button(_("Yes, submit"), type="primary", key="roster-submit-yes", icon=":material/send:")
        if st.button(_("Cancel"), type="tertiary", key="roster-submit-no"):
            st.session_state.pop(_SUBMITTING)
            st.rerun()
    if confirmed:
        st.session_state.pop(_SUBMITTING)
        _submit(page, found, people)


def _ask() -> None:
    st.session_state[_SUBMITTING] = st.session_state[_EDIT]["code"]


def _editing(found: Roster) -> bool:
    edit = st.session_state.get(_EDIT)
    return edit is not None and edit["code"] == found.unit.code


def _begin(found: Roster, people: list[Member], version: int | None = None) -> None:
    """Begin to fill in, from these people."""
    number = st.session_state.get(_EDIT, {}).get("number", 0) + 1
    st.session_state[_EDIT] = {
        "code": found.unit.code, "number": number, "frame": _frame(people), "saved": people,
        "version": found.version if version is None else version, "refused": "",
    }  # fmt: skip


def _editor(edit: dict[str, Any]) -> list[Member]:
    """The table; what stands in it now."""
    config: dict[str, Any] = {
        key: st.column_config.TextColumn(
            name_of(key) + ("" if key == "mobile" else " *"), width=_WIDTHS[key], max_chars=LONGEST[key]
        )
        for key in CELLS[1:]
    }
    config["duty"] = st.column_config.SelectboxColumn(
        name_of("duty") + " *", options=list(DUTIES.values()), width=_WIDTHS["duty"]
    )
    # Not `height="content"`: the table grows while it is filled in.
    made = st.data_editor(
        edit["frame"], num_rows="dynamic", hide_index=True, column_config=config, row_height=34, width="stretch",
        key=f"roster-table-{edit['number']}",
    )  # fmt: skip
    rows = made.fillna("").astype(str).itertuples(index=False)
    people = [tidied(Member(*row)) for row in rows]
    return [member for member in people if any(getattr(member, key) for key in CELLS)]


def _keep(page: Page, found: Roster, people: list[Member]) -> None:
    """Save what has changed; say when, or why it could not be."""
    edit = st.session_state[_EDIT]
    if people != edit["saved"]:
        try:
            edit["version"] = life.save(runtime.store(), page.who, found.unit.code, people, edit["version"])
        except life.ChangedMeanwhile as refusal:
            _collision(found, str(refusal))
        except RosterRefused as refusal:
            st.error(verbatim(refusal), icon=":material/block:")
            st.caption(_("Not saved."))
            return
        else:
            edit["saved"] = people
            found.row["version"] = edit["version"]
    elif edit["version"] != found.version and edit["saved"] != found.people:
        _collision(found, _("Somebody else has changed this roster meanwhile."))
    else:
        edit["version"] = found.version
    st.caption(_("Saved as you type; the province receives it when you submit."))


def _collision(found: Roster, message: str) -> None:
    st.error(verbatim(message), icon=":material/sync_problem:")
    if st.button(_("Reload"), key="roster-again", icon=":material/refresh:"):
        st.session_state.pop(_EDIT)
        st.rerun()
    st.stop()


def _submit(page: Page, found: Roster, people: list[Member]) -> None:
    try:
        life.submit(runtime.store(), page.who, found.unit.code, people, st.session_state[_EDIT]["version"])
    except RosterRefused as refusal:
        st.error(verbatim(refusal), icon=":material/block:")
        return
    st.session_state.pop(_EDIT)
    st.session_state[_TOLD] = _("The roster was submitted to the province.")
    st.rerun()


def _from_table(page: Page, found: Roster) -> None:
    """The form filled in elsewhere, or a table with its columns, read into the one that is filled in."""
    with st.expander(_("Fill in from a file: the form itself, or a table (.xlsx, .xls, .docx, .csv)")):
        st.caption(
            _("The form of this page, filled in in Excel or Word; or any table with the columns {columns}. It takes the place of what stands below.").format(
                columns="、".join(name_of(key) for key in CELLS)
            )
        )  # fmt: skip
        number = st.session_state[_EDIT]["number"]
        upload = st.file_uploader(
            _("Table"), type=["xlsx", "xls", "docx", "csv"], key=f"roster-upload-{number}",
            label_visibility="collapsed", max_upload_size=LARGEST // 2**20,
        )  # fmt: skip
        if upload is None or not st.button(_("Read in"), key=f"roster-read-{number}", icon=":material/table_view:"):
            return
        try:
            with st.spinner(_("Reading the roster …")), tempfile.TemporaryDirectory(prefix="monitor-upload-") as folder:
                path = Path(folder) / "roster"
                path.write_bytes(upload.getvalue())
                people = read_own(runtime.store(), runtime.campaign(), path, found.unit)
        except NotRead as refusal:
            st.error("  \n".join(verbatim(line) for line in str(refusal).split("\n")), icon=":material/error:")
            return
        edit = st.session_state[_EDIT]
        saved, version = edit["saved"], edit["version"]
        _begin(found, people, version)
        st.session_state[_EDIT]["saved"] = saved  # so that it is saved with the next run
        st.rerun()


# ---- the province ------------------------------------------------------------------------------------------------


def _receive(page: Page, found: Roster) -> None:
    """The paper copy, the check, acceptance and return."""
    store, who, code, row = runtime.store(), page.who, found.unit.code, found.row
    st.markdown("**" + _("Handling by the province") + "**")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=200):
            day: date | None = st.date_input(
                _("Paper copy received on"), value=row["paper_on"] or page.at.date(), format="YYYY-MM-DD",
                min_value=runtime.campaign().start, max_value=page.at.date(), key=f"roster-paper-{code}",
            )  # fmt: skip
        if st.button(_("Record the paper copy"), key="roster-paper-note", icon=":material/draft:"):
            _done(lambda: life.mark_paper(store, who, code, day), _("The paper copy was recorded."))
        if row["paper_on"] is not None and st.button(_("Undo the record"), key="roster-paper-back", type="tertiary"):
            _done(lambda: life.mark_paper(store, who, code, None), _("The record was undone."))
    if row["electronic_at"] is None or row["returned_at"] is not None:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if row["checked_at"] is None and st.button(
            _("Checked and in order"), key="roster-check", icon=":material/rule:"
        ):
            _done(lambda: life.check(store, who, code, found.version), _("The roster was marked as checked."))
        if row["accepted_at"] is None and st.button(
            _("Accept"), key="roster-accept", type="primary", icon=":material/task_alt:"
        ):
            _done(lambda: life.accept(store, who, code, found.version), _("The roster was accepted."))
        reason = st.text_input(_("Reason of a return"), key=f"roster-reason-{code}", max_chars=200)
        if st.button(_("Return"), key="roster-return", icon=":material/undo:"):
            _done(
                lambda: life.give_back(store, who, code, found.version, reason), _("The roster was returned."),
                lambda: returned.tell(who, code),
            )  # fmt: skip


def _done(act: Any, told: str, then: Callable[[], str] = str) -> None:
    try:
        act()
    except RosterRefused as refusal:
        st.error(verbatim(refusal), icon=":material/block:")
        return
    st.session_state[_TOLD] = told + then()
    st.rerun()


# ---- history, erasing --------------------------------------------------------------------------------------------


def _history(found: Roster) -> None:
    if found.history.empty:
        return
    words = {
        "saved": _("filled in"), "submitted": _("submitted"), "imported": _("imported"),
        "import_undone": _("import undone"), "paper": _("paper copy received"),
        "paper_withdrawn": _("record of the paper copy undone"), "checked": _("checked"), "accepted": _("accepted"),
        "returned": _("returned"), "erased": _("people erased"),
    }  # fmt: skip
    campaign = runtime.campaign()
    lines = [
        (written(campaign, at), actor or _("command line"), words.get(event, event), _detail(detail))
        for at, actor, event, detail in _without_repeats(found.history)
    ]
    with st.expander(_("History ({count})").format(count=len(lines))):
        shown = pd.DataFrame(lines, columns=[_("When"), _("Who"), _("What"), _("Detail")])
        st.dataframe(
            shown, hide_index=True, height="content" if len(shown) <= 12 else 430, alt=_("History of the roster")
        )


def _without_repeats(history: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Of savings one after the other by the same person the last: a table saves itself with every cell."""
    rows = [tuple(row) for row in history.itertuples(index=False)]
    return [
        row for place, row in enumerate(rows) if row[2] != "saved" or place == 0 or rows[place - 1][1:3] != row[1:3]
    ]


def _detail(detail: dict[str, Any] | None) -> str:
    parts = []
    if detail and "members" in detail:
        parts.append(_("{count} people").format(count=detail["members"]))
    parts += [str(detail[key]) for key in ("day", "reason") if detail and detail.get(key)]
    return _(", ").join(parts)


def _erase(page: Page, found: Roster) -> None:
    """Erasing the people, asked for twice."""
    if not found.people and not found.reason:
        return
    code = found.unit.code
    with st.expander(_("Erase personal data")):
        st.markdown(
            _("Erases names, posts, telephone numbers and addresses of everybody on this roster, also what was kept to undo imports. That the roster was filed, and when, stays. It cannot be undone.")
        )  # fmt: skip
        if st.session_state.get(_ASKED) != code:
            if st.button(
                _("Erase the people on this roster"), key="roster-erase-ask", icon=":material/delete_forever:"
            ):
                st.session_state[_ASKED] = code
                st.rerun()
            return
        st.markdown(
            "**" + _("Really erase everybody on the roster of {unit}?").format(unit=verbatim(found.unit.name)) + "**"
        )
        with st.container(horizontal=True):
            if st.button(_("Yes, erase"), key=f"roster-erase-{code}", type="primary"):
                _erased(page, code)
            if st.button(_("Cancel"), key="roster-erase-cancel", type="tertiary"):
                st.session_state.pop(_ASKED)
                st.rerun()


def _erased(page: Page, code: str) -> None:
    for key in [key for key in st.session_state if str(key).startswith("roster-")]:
        st.session_state.pop(key)
    _done(lambda: life.erase(runtime.store(), page.who, code), _("The people on the roster were erased."))
