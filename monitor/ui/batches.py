"""The batches that were loaded, and taking back the newest one."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from monitor.access.who import Who
from monitor.i18n import _
from monitor.intake.headers import KINDS
from monitor.store.loads import LoadRefused
from monitor.store.read.history import batches, newest
from monitor.store.undo import undo
from monitor.ui import figures, runtime
from monitor.ui.intake import put_away, wait_for
from monitor.ui.jobs import Job

_JOB: Final = "batches-undo"
_ASKED: Final = "batches-asked"
_COUNTS: Final = ("rows", "loaded", "corrected", "must_fix", "explain", "note")


def show(who: Who) -> None:
    """The list of batches with the undo of the newest."""
    st.subheader(_("Batches"), anchor=False)
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
    numbers: dict[str, Any] = {
        name: st.column_config.NumberColumn(name, format="localized")
        for name in shown.columns
        if shown[name].dtype == "int64"
    }
    st.dataframe(shown, hide_index=True, column_config=numbers, height="content" if len(shown) <= 12 else 440, row_height=32,
                 key="batches-list", alt=_("Batches, the newest first"))  # fmt: skip


def _listing(found: pd.DataFrame) -> pd.DataFrame:
    zone = runtime.campaign().timezone
    heads = {
        "rows": _("Rows"), "loaded": _("Loaded"), "corrected": _("Corrected"),
        "must_fix": _("Must fix"), "explain": _("Explain"), "note": _("Note"),
    }  # fmt: skip
    shown = pd.DataFrame(
        {
            _("Batch"): found["id"],
            _("Loaded at"): found["loaded_at"].dt.tz_convert(zone).dt.strftime("%Y-%m-%d %H:%M"),
            _("By"): [name or _("command line") for name in found["loaded_by"]],
            _("Kind"): [KINDS[key].title if key in KINDS else key for key in found["kind"]],
            _("File"): found["file"],
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
