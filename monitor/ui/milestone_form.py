"""What a unit reports of its milestones, and what others see of it: day, note, numbers, evidence, history."""

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor.filings import evidence
from monitor.filings import milestone_verdict as verdict
from monitor.filings import milestones as life
from monitor.filings.listing import written
from monitor.filings.milestones import LONGEST_NOTE, MOST, MilestoneRefused, Report
from monitor.filings.words import life_word
from monitor.i18n import _
from monitor.sections import Stage
from monitor.store import clock, milestones
from monitor.store.filings import ACCEPTED, RETURNED
from monitor.ui import downloads, returned, runtime, state
from monitor.ui.milestone_chart import plain
from monitor.ui.milestones import Page
from monitor.ui.words import verbatim

_TOLD: Final = "milestone-told"
_DONE: Final = "milestone-done"


def own(page: Page) -> None:
    """The stages that this account reports for its unit, where the page is about that unit."""
    with st.container():  # always there: what comes after keeps its place, and stays open
        if told := st.session_state.pop(_TOLD, None):
            st.success(told, icon=":material/check_circle:")
    if page.who.unit is None or page.who.unit.id != page.unit.id:
        return
    for stage in life.reportable(runtime.campaign(), page.who):
        row = _row(page, stage)
        done = row["done_on"]
        label = _("Report: {stage}").format(stage=plain(stage.called)) if done is None else _("Reported: {stage}, done on {day}").format(stage=plain(stage.called), day=done)  # fmt: skip
        back = row["verdict"] == RETURNED
        icon = (
            ":material/edit_calendar:" if done is None else ":material/reply:" if back else ":material/event_available:"
        )
        with st.expander(label, icon=icon, expanded=back, key=f"milestone-{stage.key}-own"):
            _standing(row)
            _form(page, stage, row)
            if done is not None:
                _withdraw(page, stage, row)
            _evidence(page, stage, own=True)
            _history(page, stage)


def _standing(row: Any) -> None:
    """What became of a report: with the office above, accepted, or sent back and why."""
    if row["verdict"] == RETURNED:
        st.warning(_("Returned: {reason}").format(reason=verbatim(row["reason"])), icon=":material/reply:")
    elif row["verdict"] == ACCEPTED:
        st.success(life_word(ACCEPTED), icon=":material/check:")


def _row(page: Page, stage: Stage) -> Any:
    with runtime.store().connect() as connection:
        found = milestones.standing(connection, page.who.scope, stage.key, [page.unit.kind])
    return found[found["unit"] == page.unit.id].iloc[0]


def _counted(stage: Stage) -> bool:
    """Whether a stage is a training, of which numbers are reported."""
    return bool(stage.from_below) or "training" in stage.key


def _form(page: Page, stage: Stage, row: Any) -> None:
    campaign, key = runtime.campaign(), f"milestone-{stage.key}-{row['version']}"
    with runtime.store().connect() as connection:  # what is reported now, whichever day the page looks at
        today = clock.now(connection, campaign).astimezone(campaign.timezone).date()
    with st.form(key, border=False):
        day = st.date_input(
            _("Done on"), value=row["done_on"] or today, format="YYYY-MM-DD", min_value=campaign.start, max_value=today,
            key=f"{key}-day",
        )  # fmt: skip
        numbers: list[int | None] = [None, None, None]
        if _counted(stage):
            with runtime.store().connect() as connection:
                schools = life.schools_of(connection, page.unit, stage, today)
            names = [_("Sessions held"), _("People trained"), _("Schools reached (of {total})").format(total=schools)]
            with st.container(horizontal=True):
                numbers = [
                    st.number_input(
                        name, value=None if pd.isna(row[place]) else int(row[place]), min_value=0, max_value=MOST, step=1,
                        key=f"{key}-{place}",
                    )
                    for name, place in zip(names, milestones.COUNTS, strict=True)
                ]  # fmt: skip
        note = st.text_area(
            _("Remark"), value=row["note"] if row["done_on"] else "", max_chars=LONGEST_NOTE, key=f"{key}-note"
        )
        label = _("Report") if row["done_on"] is None else _("Correct the report")
        label = _("Report again") if row["verdict"] == RETURNED else label
        if st.form_submit_button(label, type="primary", icon=":material/send:"):
            said = Report(day, note, *numbers)
            _do(
                lambda: life.report(runtime.store(), page.who, page.unit.code, stage.key, said, int(row["version"])),
                _("{stage} was reported.").format(stage=plain(stage.called)),
            )
    if row["done_on"] is None and row["version"]:
        st.caption(_("Withdrawn: {reason}").format(reason=verbatim(row["note"])))


def _withdraw(page: Page, stage: Stage, row: Any) -> None:
    key = f"milestone-back-{stage.key}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input(_("Reason of a withdrawal"), key=f"{key}-reason", max_chars=200)
        if st.button(_("Withdraw the report"), key=key, icon=":material/undo:"):
            _do(
                lambda: life.withdraw(
                    runtime.store(), page.who, page.unit.code, stage.key, int(row["version"]), reason
                ),
                _("The report was withdrawn."),
            )


def _do(act: Callable[[], Any], told: str, then: Callable[[], str] = str) -> None:
    try:
        act()
    except MilestoneRefused as refusal:
        st.error(verbatim(refusal), icon=":material/block:")
        return
    st.session_state[_TOLD] = told + then()
    st.session_state[_DONE] = st.session_state.get(_DONE, 0) + 1
    st.rerun()


# ---- evidence ----------------------------------------------------------------------------------------------------


def _evidence(page: Page, stage: Stage, *, own: bool) -> None:
    """The files of evidence, with their downloads; for its unit the place where they are handed in."""
    store, who, unit = runtime.store(), page.who, page.unit
    with store.connect() as connection:
        found = milestones.files(connection, who.scope, unit.id, stage.key)
    for row in found.to_dict("records"):
        with st.container(horizontal=True, vertical_alignment="center"):
            downloads.link(
                f"{row['name']} ({max(1, row['size'] // 1024):,} KB)", who, row["name"], row["media_type"],
                _producer(page, row["id"]), key=f"evidence-{row['id']}",
            )  # fmt: skip
            if own and st.button(_("Remove"), key=f"evidence-remove-{row['id']}", type="tertiary"):
                number = int(row["id"])
                _do(
                    lambda number=number: evidence.remove(store, who, unit.code, stage.key, number),  # type: ignore[misc]
                    _("The file was removed."),
                )
    bounds = runtime.campaign().evidence
    if not own or len(found) >= bounds.max_files:
        return
    key = f"evidence-{stage.key}-{st.session_state.get(_DONE, 0)}"  # never an uploader that still holds a file that was taken
    given = st.file_uploader(
        _("Evidence ({kinds})").format(kinds="、".join(evidence.KINDS)), type=list(evidence.KINDS), key=key,
        max_upload_size=bounds.max_mb,
    )  # fmt: skip
    if given is not None:  # kept as it is chosen: a second button is one that people forget
        content = given.getvalue()
        with st.spinner(_("Checking and keeping the file …")):
            _do(
                lambda: evidence.add(store, who, unit.code, stage.key, given.name, content),
                _("The file was added."),
            )


def _producer(page: Page, number: int) -> Callable[[], bytes]:
    """Reads the file when it is asked for, in the scope of who was offered it."""
    store, scope = runtime.store(), page.who.scope

    def produce() -> bytes:
        with store.connect() as connection:
            return milestones.content(connection, scope, int(number))

    return produce


# ---- what others see ---------------------------------------------------------------------------------------------


def reports(page: Page) -> None:
    """What a unit reported, for those who look at it from above."""
    if page.who.unit is not None and page.who.unit.id == page.unit.id and page.who.may("file"):
        return
    campaign = runtime.campaign()
    mine = (
        {stage.key for stage in life.reportable(campaign, page.who)}
        if page.who.unit and page.who.unit.id == page.unit.id
        else set()
    )
    for stage in life.shown_stages(campaign):
        asked = page.unit.kind in (*stage.who, *stage.from_below) and stage.key not in life.ELSEWHERE
        if not asked or stage.key in mine:
            continue
        row = _row(page, stage)
        if not row["version"]:
            continue
        label, key = _("{unit}: {stage}"), f"milestone-{stage.key}-{page.unit.code}"
        with st.expander(label.format(unit=verbatim(page.unit.name), stage=plain(stage.called)), key=key):
            if row["done_on"] is None:
                st.caption(_("Withdrawn: {reason}").format(reason=verbatim(row["note"])))
            else:
                said = _("Done on {day}, reported at {moment}").format(
                    day=row["done_on"], moment=written(campaign, row["reported_at"])
                )
                st.markdown(f"{said}  \n{row['note']}")
                _standing(row)
            _evidence(page, stage, own=False)
            _verdict(page, stage, row)
            _history(page, stage)


def _verdict(page: Page, stage: Stage, row: Any) -> None:
    """Accept or return, for the office above, where the report waits for it or was accepted."""
    if state.get("day") or row["done_on"] is None or row["verdict"] == RETURNED:
        return
    who, code, version = page.who, page.unit.code, int(row["version"])
    if not verdict.may_judge(who, page.unit, stage):
        return
    key = f"milestone-verdict-{stage.key}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if row["verdict"] is None and st.button(
            _("Accept"), key=f"{key}-accept", type="primary", icon=":material/check:"
        ):
            _do(lambda: verdict.accept(runtime.store(), who, code, stage.key, version), _("Accepted."))
        with (
            st.popover(_("Return …"), icon=":material/reply:", key=f"{key}-back"),
            st.form(f"{key}-form", border=False),
        ):
            reason = st.text_area(
                _("Why it is returned (the unit reads this)"), max_chars=LONGEST_NOTE, key=f"{key}-reason"
            )
            if st.form_submit_button(_("Return to the unit"), type="primary"):
                _do(
                    lambda: verdict.send_back(runtime.store(), who, code, stage.key, version, reason),
                    _("Returned; the unit sees the reason."), lambda: returned.tell(who, code),
                )  # fmt: skip


def _history(page: Page, stage: Stage) -> None:
    with runtime.store().connect() as connection:
        found = milestones.history(connection, page.who.scope, page.unit.id, stage.key)
    if found.empty:
        return
    events = {
        "reported": _("reported"), "corrected": _("corrected"), "withdrawn": _("withdrawn"),
        "accepted": _("accepted"), "returned": _("returned"), "file_added": _("file added"), "file_removed": _("file removed"),
    }  # fmt: skip
    campaign = runtime.campaign()
    shown = pd.DataFrame(
        [
            (written(campaign, at), actor or _("command line"), events.get(event, event), _detail(detail))
            for at, actor, event, detail in found.itertuples(index=False)
        ],
        columns=[_("When"), _("Who"), _("What"), _("Detail")],
    )
    st.caption(_("History: earlier versions stay."))
    st.dataframe(shown, hide_index=True, height="content" if len(shown) <= 8 else 300, key=f"milestone-history-{stage.key}",
                 alt=_("History of the report"))  # fmt: skip


def _detail(detail: dict[str, Any] | None) -> str:
    names = {
        "done_on": _("done on"), "sessions": _("Sessions"), "people": _("People trained"), "schools": _("Schools reached"),
        "note": _("Remark"), "file": _("file"), "reason": _("Reason"),
    }  # fmt: skip
    return _("; ").join(f"{names[key]} {value}" for key, value in (detail or {}).items() if key in names)
