"""Pieces of the page 数据导入: files handed in, what they would change, the result, the batches."""

from typing import Any, Final, Literal

import pandas as pd
import streamlit as st

from monitor.access.who import Who
from monitor.i18n import _
from monitor.intake.headers import KINDS
from monitor.intake.load import FileResult
from monitor.intake.preview import OWN, UNIVERSITIES
from monitor.intake.problems import EXPLAIN, MUST_FIX, NOTE
from monitor.ui import downloads, guard, runtime
from monitor.ui.importing import LOADED, Checked, Import
from monitor.ui.jobs import Job
from monitor.ui.media import XLSX
from monitor.ui.words import sector as sector_word

_IMPORT: Final = "intake-import"
_ROUND: Final = "intake-round"
_CHANGED: Final = "intake-changed"
_MOST_LISTED: Final = 2000
_COUNTED: Final = ("units", "new", "corrected", "unchanged", "falls", "findings")

_GRADES: Final = {MUST_FIX: 0, EXPLAIN: 1, NOTE: 2}


def _grade(key: str) -> str:
    return {MUST_FIX: _("✖ Must fix"), EXPLAIN: _("▲ Explain"), NOTE: _("○ Note")}[key]


def current() -> Import | None:
    """The import that this tab is at."""
    found: Import | None = st.session_state.get(_IMPORT)
    return found


# ---- files handed in ---------------------------------------------------------------------------------------------


def hand_in(who: Who) -> Import | None:
    """The place where files are handed in; the import that they are on, from an earlier run too."""
    campaign, here = runtime.campaign(), current()
    busy = here is not None and here.job.running
    key = f"intake-files-{st.session_state.setdefault(_ROUND, 0)}"
    left, right = st.columns([3, 1], gap="medium")
    with right:
        kind, day = _options(busy)
    with left:
        given = st.file_uploader(
            _("Tables (.xlsx, .xls, .csv, or a .zip of them)"), type=["xlsx", "xls", "csv", "zip"], key=key,
            accept_multiple_files=True, max_upload_size=campaign.intake.max_file_mb, disabled=busy,
            on_change=_mark_changed,
        )  # fmt: skip
        _hint()
    if st.session_state.pop(_CHANGED, False) and not busy:
        _drop()
        if given:
            st.session_state[_IMPORT] = Import(runtime.store(), campaign, given, who.name, kind, day)
    return current()


def _options(busy: bool) -> tuple[str | None, Any]:
    """What overrules the file: the kind of its tables, the day of its figures."""
    kind = st.selectbox(
        _("Kind of table"), ["", *KINDS], format_func=lambda key: KINDS[key].title if key else _("By its headers"),
        key="intake-kind", disabled=busy, on_change=_mark_changed,
    )  # fmt: skip
    day = st.date_input(
        _("Day of the figures, where the file has none"), value=None, key="intake-day", format="YYYY-MM-DD",
        min_value=runtime.campaign().start, max_value=runtime.campaign().today(), disabled=busy, on_change=_mark_changed,
    )  # fmt: skip
    return kind or None, day


def _hint() -> None:
    st.caption(
        _(
            "Tables that are recognised: {kinds}; each file up to {size} MB. You see what would change first; nothing is written until you confirm."
        ).format(
            kinds=_(", ").join(kind.title for kind in KINDS.values()),
            size=runtime.campaign().intake.max_file_mb,
        )
    )


def _mark_changed() -> None:
    st.session_state[_CHANGED] = True


def _drop() -> None:
    here = st.session_state.pop(_IMPORT, None)
    if here is not None:
        here.close()


def put_away() -> None:
    """Let go of an import that has come to its end, or is not wanted any more: an empty place for files again."""
    _drop()
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def wait_for(job: Job[Any], title: str) -> None:
    """Nothing where short work has ended; else what it says, until it has ended, and then the page again."""
    if not job.wait():
        _progress(job, title)
        st.stop()


@guard.fragment(run_every=1.0)
def _progress(job: Job[Any], title: str) -> None:
    if not job.running:
        st.rerun()
    with st.status(title, expanded=True):
        for line in job.said[-6:]:
            st.write(line)
        st.caption(_("You may leave this page; the work goes on."))


# ---- what they would change --------------------------------------------------------------------------------------


def steps(who: Who, here: Import) -> None:
    """The import from the check to the result."""
    wait_for(here.job, _("Checking") if here.loading is None else _("Importing"))
    if here.stage == LOADED:
        _result(who, here)
        return
    outcome = here.checking.result
    if outcome is None:
        st.error(here.checking.error or "", icon=":material/error:")
        return
    if here.version() != outcome.version:
        here.recheck()
        steps(who, here)
        return
    if here.round:
        st.warning(
            _("The data have changed since the files were checked; they were checked again. Please look once more.")
        )
    _verdict(outcome.files)
    _confirm(here, outcome.files)
    for number, checked in enumerate(outcome.files):
        _preview(who, checked, number, opened=len(outcome.files) == 1)


def _verdict(files: list[Checked]) -> None:
    """The answer to whether these files can be loaded, in a sentence."""
    refused = sum(checked.refused for checked in files)
    writes, same = sum(checked.writes for checked in files), sum(checked.rows("unchanged") for checked in files)
    if not refused and writes:
        st.success(
            _("{files} files checked: {rows} rows would be loaded, {corrected} of them corrections; {same} rows are loaded already.").format(
                files=len(files), rows=f"{writes:,}", same=f"{same:,}", corrected=f"{sum(c.rows('corrected') for c in files):,}"
            ),
            icon=":material/check_circle:",
        )  # fmt: skip
    elif not refused:
        st.info(_("Everything in these files is loaded already; there is nothing to import."))
    elif not writes:
        st.error(_("Nothing can be imported from these files; the reasons are given below."), icon=":material/error:")
    else:
        st.warning(
            _("{refused} refusals. A file with refused rows is not imported as it is: correct it and hand it in again, or import only its good rows.").format(
                refused=f"{refused:,}"
            ),
            icon=":material/warning:",
        )  # fmt: skip


def _confirm(here: Import, files: list[Checked]) -> None:
    """The buttons that load. A second click finds that it is loading already.

    They act here, not in callbacks: a callback runs before the page has asked who is there. What was clicked before the
    files were checked again is another button, and does nothing.
    """
    refused = any(checked.refused for checked in files)
    whole = sum(checked.writes for checked in files if not checked.refused)
    good = sum(checked.writes for checked in files)
    with st.container(horizontal=True):
        if whole and not refused and _button(_("Import all ({rows} rows)"), whole, f"intake-all-{here.round}"):
            _load(here, accept_valid=False)
        if (
            refused
            and good > whole
            and _button(_("Import only the good rows ({rows} rows)"), good, f"intake-valid-{here.round}")
        ):
            _load(here, accept_valid=True)
        if (
            refused
            and whole
            and _button(_("Import only the files without refusals ({rows} rows)"), whole, f"intake-whole-{here.round}")
        ):
            _load(here, accept_valid=False)
        if st.button(_("Discard and choose again"), key="intake-drop", type="tertiary"):
            put_away()
            st.rerun()


def _button(label: str, rows: int, key: str) -> bool:
    kind: Literal["primary", "secondary"] = "secondary" if "whole" in key else "primary"
    return st.button(label.format(rows=f"{rows:,}"), type=kind, key=key, icon=":material/upload:")


def _load(here: Import, *, accept_valid: bool) -> None:
    here.load(accept_valid)
    st.rerun()


def _preview(who: Who, checked: Checked, number: int, *, opened: bool) -> None:
    with st.expander(_title(checked), expanded=opened or bool(checked.refused)):
        _workbook(who, checked, number)
        if checked.refused:
            _refusals(checked, number)
        if len(checked.places):
            _changes(checked, number)
        _findings(checked, number)


def _workbook(who: Who, checked: Checked, number: int) -> None:
    """The marked workbook, where there is one."""
    if checked.workbook is not None:
        file = checked.results[0].file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        name = _("{file} check result.xlsx").format(file=file)
        downloads.link(_("Download the marked workbook"), who, name, XLSX, checked.workbook.read_bytes, key=f"{number}")


def _title(checked: Checked) -> str:
    first = checked.results[0]
    kind = KINDS[first.kind].title if first.kind else _("not recognised")
    rows = sum(result.rows for result in checked.results)
    parts = [checked.name, kind, _days(first), _("{rows} rows").format(rows=f"{rows:,}")]
    if checked.refused:
        parts.append(_("{count} refusals").format(count=f"{checked.refused:,}"))
    return _("  |  ").join(part for part in parts if part)


def _days(result: FileResult) -> str:
    days = result.dates
    if len(days) < 3:
        return _(", ").join(day.isoformat() for day in days)
    return _("{first} to {last} ({count} days)").format(first=days[0], last=days[-1], count=len(days))


def _changes(checked: Checked, number: int) -> None:
    """What the file would change: in a sentence, and unit by unit with a line for all."""
    frame = checked.places.to_pandas()
    whole = {name: int(frame[name].sum()) for name in _COUNTED}
    said = _("It covers {units} units: {new} new rows, {corrected} corrected, {unchanged} unchanged. ").format(
        **{name: f"{count:,}" for name, count in whole.items()}
    )
    if whole["falls"]:
        said += _("Figures fall in {falls} units: check these first.").format(falls=f"{whole['falls']:,}")
    else:
        said += _("No figure falls.")
    st.markdown(said)
    own = {UNIVERSITIES: sector_word("universities"), OWN: _("Schools beside them")}
    names = [name or own[str(kind)] for name, kind in zip(frame["name"], frame["kind"], strict=True)]
    heads = (
        _("Units"), _("New rows"), _("Corrected rows"), _("Unchanged rows"), _("Units with a fall"),
        _("To be fixed or explained"),
    )  # fmt: skip
    shown = pd.DataFrame({_("Unit"): [_("Total"), *names]})
    for name, head in zip(_COUNTED, heads, strict=True):
        shown[head] = [whole[name], *frame[name]]
    _table(shown, f"changes-{number}", _("What the file would change, unit by unit"), numbers=list(shown.columns[1:]))


def _refusals(checked: Checked, number: int) -> None:
    """Refused rows with their remedy; a whole file that is refused is one sentence."""
    items = [(result.file, item) for result in checked.results for item in result.refused]
    for file, item in items:
        if item.row is None and item.cells == 1:
            named = _("{file}: {message}").format(file=file, message=item.message)
            st.error(named if len(checked.results) > 1 else item.message, icon=":material/error:")
    rows = [(file, item) for file, item in items if item.row is not None]
    if not rows:
        return
    count = sum(item.cells for _file, item in items)
    st.markdown(_("**Refused rows ({count})**").format(count=f"{count:,}"))
    shown = pd.DataFrame(
        [(file, item.row, item.column or "", item.cell or "", item.message) for file, item in rows[:_MOST_LISTED]],
        columns=[_("File"), _("Row"), _("Column"), _("Cell"), _("Reason and remedy")],
    )
    if len(checked.results) == 1:  # of several files of one export, each has a row 5 of its own
        shown = shown.drop(columns=shown.columns[0])
    wide = shown.columns[-1]
    _table(shown, f"refused-{number}", _("Refused rows"), numbers=[_("Row")], wide=wide)
    _more(count)


def _findings(checked: Checked, number: int) -> None:
    found = sorted(
        (item for result in checked.results for item in result.findings), key=lambda item: _GRADES[item.grade]
    )
    if not found:
        return
    st.markdown(
        _("**Findings ({count})**: loaded all the same, and kept until they are answered").format(
            count=f"{len(found):,}"
        )
    )
    shown = pd.DataFrame(
        [(_grade(item.grade), item.unit or "", item.day, item.row, item.message) for item in found[:_MOST_LISTED]],
        columns=[_("Grade"), _("Unit code"), _("Day"), _("Row"), _("Explanation")],
    )
    shown[shown.columns[3]] = shown[shown.columns[3]].astype("Int64")
    _table(shown, f"findings-{number}", _("Findings"), numbers=[shown.columns[3]], wide=shown.columns[4])
    _more(len(found))


def _more(count: int) -> None:
    if count > _MOST_LISTED:
        st.caption(_("{count} more are in the marked workbook.").format(count=f"{count - _MOST_LISTED:,}"))


def _table(shown: pd.DataFrame, key: str, alt: str, *, numbers: list[str], wide: str = "") -> None:
    narrow = {name: 96 if name not in numbers else 60 for name in shown.columns} if wide else {}
    config: dict[str, Any] = {name: st.column_config.Column(name, width=width) for name, width in narrow.items()}
    for name in numbers:
        config[name] = st.column_config.NumberColumn(name, format="localized", width=narrow.get(name))
    if wide:
        config[wide] = st.column_config.TextColumn(wide, width=760)
    st.dataframe(
        shown,
        hide_index=True,
        column_config=config,
        key=key,
        alt=alt,
        height="content" if len(shown) <= 14 else 460,
        row_height=32,
    )


# ---- the result --------------------------------------------------------------------------------------------------


def _result(who: Who, here: Import) -> None:
    job = here.loading
    assert job is not None
    if job.error is not None:
        st.error(job.error, icon=":material/error:")
    results = job.result or []
    loaded = sum(result.loaded for result in results)
    if loaded:
        st.success(_("Imported: {rows} rows.").format(rows=f"{loaded:,}"), icon=":material/check_circle:")
    elif job.error is None:
        st.info(_("Nothing was imported."))
    if results:
        _results(results)
    for number, checked in enumerate(here.checking.result.files if here.checking.result else []):
        _workbook(who, checked, number)
    if st.button(_("Import other files"), key="intake-again", icon=":material/refresh:"):
        put_away()
        st.rerun()


def _results(results: list[FileResult]) -> None:
    shown = pd.DataFrame(
        [
            (
                result.file, KINDS[result.kind].title if result.kind else "—", _days(result), result.rows, result.loaded,
                result.corrected, result.unchanged, result.refusals, result.batch,
            )
            for result in results
        ],
        columns=[
            _("File"), _("Kind"), _("Days"), _("Rows"), _("Loaded"), _("Corrected"), _("Unchanged"), _("Refused"), _("Batch"),
        ],
    )  # fmt: skip
    shown[shown.columns[-1]] = shown[shown.columns[-1]].astype("Int64")
    _table(shown, "intake-results", _("Result, file by file"), numbers=list(shown.columns[3:]))
