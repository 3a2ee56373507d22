"""The batches that were loaded, and taking back the newest one."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor.access.who import Who
from monitor.i18n import _
from monitor.intake.headers import KINDS
from monitor.store.loads import LoadRefused
from monitor.store.read.history import batches, newest, taken_back
from monitor.store.undo import undo
from monitor.ui import figures, runtime, state, words
from monitor.ui.intake import put_away, wait_for
from monitor.ui.jobs import Job
from monitor.ui.navigation import PAGES

_JOB: Final = "batches-undo"
_ASKED: Final = "batches-asked"
_COUNTS: Final = ("rows", "loaded", "unchanged", "corrected", "must_fix", "explain", "note")


def show(who: Who) -> None:
    """The list of batches; one of them opened, the newest with its undo."""
    st.header(_("Batches"), anchor=False)
    _undoing()
    with runtime.store().connect() as connection:
        found, last = batches(connection), newest(connection)
    if found.empty:
        st.caption(_("Nothing has been imported yet."))
        return
    shown = _listing(found)
    with st.container(horizontal=True, vertical_alignment="center"):
        if last is not None:
            _undo(who, found[found["id"] == last].iloc[0])
        figures.download(who, shown, _("batches"), key="batches")
    _opened(found)
    _table(shown, found["id"].astype(str).tolist())


def _table(shown: pd.DataFrame, numbers: list[str]) -> None:
    config: dict[str, Any] = {
        name: st.column_config.NumberColumn(name, format="localized", width=58)
        for name in shown.columns
        if shown[name].dtype == "int64"
    }
    config[_("Days")] = st.column_config.TextColumn(_("Days"), width=152)
    config[_("File")] = st.column_config.ButtonColumn(
        _("File"), type="tertiary", alignment="left", key="batches-click", width=238, help=_("Click a file to open its batch"),
        on_click=state.clicked("batches-click", numbers, lambda number: state.put(batch=number)),
    )  # fmt: skip
    # What else is known stands in the batch that is opened, and in the download: the list is read without moving it aside.
    shown = shown[[name for name in shown.columns if name not in _folded()]]
    st.dataframe(shown.assign(**{_("File"): [f"{file} ›" for file in shown[_("File")]]}), hide_index=True, column_config=config,
                 height="content" if len(shown) <= 12 else 440, row_height=32, key="batches-list", alt=_("Batches, the newest first"))  # fmt: skip


def _opened(found: pd.DataFrame) -> None:
    """The batch that the address asks for: all that is known of it, and the way to its findings."""
    chosen = found[found["id"].astype(str) == state.get("batch")]
    if chosen.empty:
        return
    row = chosen.iloc[0]
    with st.container(border=True, key="batch"):
        with st.container(horizontal=True, vertical_alignment="top"):
            st.subheader(
                _("Batch {batch}: {file}").format(batch=row["id"], file=row["file"]), anchor=False, width="stretch"
            )
            st.button(_("Close"), on_click=lambda: state.put(batch=None), key="batch-close", type="tertiary", icon=":material/close:")  # fmt: skip
        st.markdown(
            _("{kind}, {days}. Imported by {who} on {at}: {rows} rows, {loaded} loaded ({corrected} of them corrections), {unchanged} unchanged.").format(
                kind=_kind(row["kind"]), days=_span(row), who=row["loaded_by"] or _("command line"), at=_moment(row["loaded_at"]),
                **{name: words.whole(row[name]) for name in ("rows", "loaded", "corrected", "unchanged")},
            )
        )  # fmt: skip
        st.caption(_("Fingerprint (SHA-256): {hash}").format(hash=row["sha256"]))
        if not pd.isna(row["undone_at"]):
            st.info(
                _("Undone on {at} by {who}.").format(
                    at=_moment(row["undone_at"]), who=row["undone_by"] or _("command line")
                )
            )
            return
        graded = {name: words.whole(row[name]) for name in ("must_fix", "explain", "note")}
        page = PAGES["quality"]
        label = _("Its findings: {must_fix} to be fixed, {explain} to be explained, {note} to be noted").format(
            **graded
        )
        st.page_link(page.file, label=label, icon=page.icon, query_params={"batch": str(row["id"]), "state": "all"})


def _kind(key: str) -> str:
    return KINDS[key].title if key in KINDS else key


def _moment(at: Any) -> str:
    return str(pd.Timestamp(at).tz_convert(runtime.campaign().timezone).strftime("%Y-%m-%d %H:%M"))


def _span(row: Any) -> str:
    """The days of a batch in words."""
    if not row["days"]:
        return _("without days")
    first, last = words.day(row["first_day"], year=True), words.day(row["last_day"], year=True)
    return (
        first
        if row["days"] == 1
        else _("{first} to {last} ({count} days)").format(first=first, last=last, count=row["days"])
    )


def _dates(row: Any) -> str:
    """The days of a batch as short as a list needs them."""
    if not row["days"]:
        return "—"
    first, last = (f"{row[name]:%Y-%m-%d}" for name in ("first_day", "last_day"))
    if first == last:
        return first
    return _("{first} to {last}").format(first=first, last=last[5:] if first[:5] == last[:5] else last)


def _folded() -> tuple[str, ...]:
    return _("Unchanged"), _("Corrected"), _("Fingerprint (SHA-256)"), _("Undone at"), _("Undone by")


def _listing(found: pd.DataFrame) -> pd.DataFrame:
    zone = runtime.campaign().timezone
    heads = {
        "rows": _("Rows"), "loaded": _("Loaded"), "unchanged": _("Unchanged"), "corrected": _("Corrected"),
        "must_fix": _("Must fix"), "explain": _("Explain"), "note": _("Note"),
    }  # fmt: skip
    shown = pd.DataFrame(
        {
            _("Batch"): found["id"],
            _("Loaded at"): found["loaded_at"].dt.tz_convert(zone).dt.strftime("%Y-%m-%d %H:%M"),
            _("By"): [name or _("command line") for name in found["loaded_by"]],
            _("Kind"): [_kind(key) for key in found["kind"]],
            _("File"): found["file"],
            _("Days"): [_dates(row) for row in found.to_dict("records")],
        }
    )
    for name in _COUNTS:
        shown[heads[name]] = found[name].astype("int64")
    stands = found["undone_at"].isna()
    shown[_("State")] = [_("in force") if here else _("undone") for here in stands]
    shown[_("Fingerprint (SHA-256)")] = found["sha256"]
    if not stands.all():
        shown[_("Undone at")] = found["undone_at"].dt.tz_convert(zone).dt.strftime("%Y-%m-%d %H:%M")
        shown[_("Undone by")] = [
            "" if here else name or _("command line") for here, name in zip(stands, found["undone_by"], strict=True)
        ]
    return shown


def _undo(who: Who, row: pd.Series) -> None:
    """Undo of one named batch, asked for twice: what is clicked late does not take back another one."""
    number = int(row["id"])
    if st.session_state.get(_ASKED) != number:
        if st.button(_("Undo batch {batch}").format(batch=number), key="batches-undo-ask", icon=":material/undo:"):
            st.session_state[_ASKED] = number
            st.rerun()
        return
    st.markdown(
        _("Undo batch {batch} ({file}, {rows} rows loaded)? All figures are then as they were before it.").format(
            batch=number, file=row["file"], rows=f"{int(row['loaded']):,}"
        )
    )
    st.markdown(_what_goes(number, row))
    # The button carries the number: a click that comes late finds another batch's button and does nothing.
    if st.button(_("Yes, undo batch {batch}").format(batch=number), key=f"batches-undo-{number}", type="primary"):
        st.session_state.pop(_ASKED)
        store, name = runtime.store(), who.name
        put_away()
        st.session_state[_JOB] = number, Job(lambda _tell: undo(store, number, name), (LoadRefused,))
        st.rerun()
    if st.button(_("Cancel"), key="batches-undo-cancel", type="tertiary"):
        st.session_state.pop(_ASKED)
        st.rerun()


def _what_goes(number: int, row: pd.Series) -> str:
    """What an undo takes back, in a sentence."""
    with runtime.store().connect() as connection:
        taken = taken_back(connection, number)
    said = _("Taken back: {days}, {loaded} rows, of which {replaced} are put back as they were; {findings} findings go").format(
        days=_span(row), loaded=words.whole(row["loaded"]), replaced=words.whole(taken.replaced), findings=words.whole(taken.findings)
    )  # fmt: skip
    if taken.explained:
        said += _(", {count} of them with their explanations").format(count=words.whole(taken.explained))
    if taken.reopened:
        said += _("; {count} older findings are open again").format(count=words.whole(taken.reopened))
    return said + _(".")


def _undoing() -> None:
    """What has become of an undo."""
    number, job = st.session_state.get(_JOB, (0, None))
    if job is None:
        return
    wait_for(job, _("Undoing batch {batch}").format(batch=number))
    st.session_state.pop(_JOB)
    if job.error is not None:
        st.error(job.error, icon=":material/error:")
    else:
        st.success(_("Batch {batch} was undone.").format(batch=number), icon=":material/check_circle:")
