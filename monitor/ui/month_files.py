"""All of a month's reports as files: the summary workbook, and the forms in one archive, made while one waits."""

from datetime import datetime
from typing import Final

import streamlit as st

from monitor.access.who import Who
from monitor.documents import batch, formats, summary, templates
from monitor.documents.pdf import PdfError
from monitor.documents.template import TemplateError
from monitor.filings.deadline import report_day
from monitor.filings.gather import NoReport
from monitor.i18n import _
from monitor.store import Scope, Store
from monitor.ui import apart, downloads, guard
from monitor.ui.jobs import Job, Tell

_JOB: Final = "month-files"
_ZIP: Final = "application/zip"
_CHOICES: Final = ("summary", "xlsx", "docx", "pdf")


def offer(who: Who, month: str, at: datetime) -> None:
    """What to make of the month; then its progress; then the download."""
    words = {
        "summary": _("Summary workbook"), "xlsx": _("All forms (xlsx)"), "docx": _("All forms (docx)"), "pdf": _("All forms (pdf)"),
    }  # fmt: skip
    with st.expander(_("Files of the whole month")):
        made: tuple[str, str, Job[bytes]] | None = st.session_state.get(_JOB)
        if made and made[1] == month:
            _made(who, made[0], month, words[made[0]], made[2])
        busy = made is not None and made[2].running
        with st.container(horizontal=True, gap="small"):
            for key in _CHOICES:
                if st.button(words[key], key=f"month-files-{key}", disabled=busy):
                    st.session_state[_JOB] = (key, month, _start(who, key, month, at))
                    st.rerun()


def _made(who: Who, key: str, month: str, title: str, job: Job[bytes]) -> None:
    if job.running:
        _progress(job, title)
    elif job.error is not None:
        st.error(job.error)
    elif job.result is not None:
        year, number = (int(part) for part in month.split("-"))
        name = f"{year}年{number}月_月报表" + ("汇总表.xlsx" if key == "summary" else f"_{key}.zip")
        content = job.result
        media = formats.MEDIA["xlsx"] if key == "summary" else _ZIP
        downloads.link(_("Download {file}").format(file=name), who, name, media, lambda: content, key="month-files")


@guard.fragment(run_every=1.0)
def _progress(job: Job[bytes], title: str) -> None:
    if not job.running:
        st.rerun()
    done, total = (int(part) for part in job.said[-1].split("/")) if job.said else (0, 1)
    st.progress(done / max(total, 1), text=_("{title}: {done} of {total}").format(title=title, done=done, total=total))


def _start(who: Who, key: str, month: str, at: datetime) -> Job[bytes]:
    return Job(apart.apart(_make, (NoReport, TemplateError, PdfError), who.scope, key, month, at), (apart.Refused,))


def _make(store: Store, tell: Tell, scope: Scope, key: str, month: str, at: datetime) -> bytes:
    """The file, in a process of its own (ui.apart)."""

    def told(done: int, total: int) -> None:
        tell(f"{done}/{total}")

    campaign = store.campaign
    if key == "summary":
        return summary.workbook(summary.gathered(store, campaign, scope, month, told, at))
    with store.connect() as connection:
        in_use = templates.chosen(connection, campaign)
    day = report_day(campaign, month)
    files = batch.files(store, campaign, scope, month, (key,), in_use, told)
    return batch.archive(files, datetime(day.year, day.month, day.day))
