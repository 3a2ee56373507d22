"""Pieces of the page 表样: which templates are in use, a new one, and back to an earlier one."""

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from monitor.access.who import Who
from monitor.documents import formats, templates
from monitor.documents.spelling import braced
from monitor.documents.template import MAX_BYTES, TemplateError, read_template
from monitor.i18n import _
from monitor.store import templates as kept
from monitor.ui import downloads, runtime
from monitor.ui.words import verbatim

_ROUND: Final = "templates-round"
_SAID: Final = "templates-said"


def heading() -> None:
    """What the page is for, and what the last click led to."""
    st.title(_("Form templates"), anchor=False)
    st.caption(_("The monthly report and the roster are filled into these files. A PDF is made from the workbook."))
    said = st.session_state.pop(_SAID, None)
    if said:
        st.success(said)


def hand_in(who: Who) -> None:
    """A new template: checked, and put to use."""
    key = f"templates-file-{st.session_state.setdefault(_ROUND, 0)}"
    given = st.file_uploader(
        _("A template with placeholders (.xlsx or .docx)"), type=["xlsx", "docx"], key=key,
        max_upload_size=MAX_BYTES // 2**20,
    )  # fmt: skip
    _placeholders()
    if given is None:
        return
    content = given.getvalue()
    with st.spinner(_("Checking the template …")):
        found = templates.check(runtime.campaign(), content)
    if not found.fit:
        st.error(_("This template cannot be used:"))
        lines = [str(problem) for problem in found.problems]
        lines += [
            _("Missing: {placeholder}").format(placeholder=f"`{braced(item.name)}` {item.meaning}")
            for item in found.missing
        ]
        st.markdown("\n".join(f"- {line}" for line in lines))
        return
    form = _forms()[templates.form_of(content)]
    said = _("{form}: the template holds {count} placeholders and can be used.")
    st.info(said.format(form=form, count=len(found.used)))
    if st.button(_("Put it to use"), type="primary"):
        try:
            version = templates.add(runtime.store(), runtime.campaign(), given.name, content, who.name)
        except TemplateError as error:
            st.error(verbatim(error))
            return
        st.session_state[_ROUND] += 1
        _again(_("{file} is in use as version {version}.").format(file=version.file, version=version.version))


def versions(who: Who) -> None:
    """Every version of each form and kind, the shipped one too, with its download and the way back to it."""
    for form, name in _forms().items():
        with runtime.store().connect() as connection:
            found = kept.versions(connection, form)
        for kind, title in (("xlsx", _("Workbook (xlsx, pdf)")), ("docx", _("Document (docx)"))):
            own = [version for version in found if version.format == kind]
            st.header(_("{form}: {kind}").format(form=name, kind=title), anchor=False)
            _row(who, form, kind, None, not any(version.chosen for version in own))
            for version in own:
                _row(who, form, kind, version, version.chosen)


def _forms() -> dict[str, str]:
    return {templates.FORM: _("Monthly report"), templates.ROSTER: _("Roster")}


def _row(who: Who, form: str, kind: str, version: kept.Version | None, chosen: bool) -> None:
    campaign, number = runtime.campaign(), version.version if version else 0
    path = templates.shipped(campaign, kind, form)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if version is None:
            words, file, write = _("Shipped with the program"), path.name, partial(read_template, path)
        else:
            moment = version.added_at.astimezone(campaign.timezone).strftime("%Y-%m-%d %H:%M")
            words = _("Version {version}, {file}, {moment}, {who}").format(
                version=number, file=version.file, moment=moment, who=version.added_by
            )
            file, write = version.file, partial(_kept, form, kind, number)
        mark = _("in use now")
        st.markdown(f"{words} :green-badge[✔ {mark}]" if chosen else words, width="stretch")
        downloads.link(_("Download"), who, file, formats.MEDIA[kind], write, key=f"template-{form}-{kind}-{number}")
        if not chosen and st.button(_("Use this one"), key=f"template-use-{form}-{kind}-{number}"):
            templates.choose(runtime.store(), kind, number or None, who.name, form)
            _again(_("{file} is in use.").format(file=file))


def _kept(form: str, kind: str, number: int) -> bytes:
    with runtime.store().connect() as connection:
        return kept.content(connection, form, kind, number) or b""


def _placeholders() -> None:
    with st.expander(_("Placeholders that a template may hold")):
        rows = [
            (title, braced(name), item.meaning, "✔" if item.required else "")
            for form, title in _forms().items()
            for name, item in templates.words(form).items()
        ]
        table = pd.DataFrame(rows, columns=[_("Form"), _("Placeholder"), _("Meaning"), _("Needed")])
        st.dataframe(table, hide_index=True, height=320, alt=_("Placeholders that a template may hold"))


def _again(said: str) -> None:
    st.session_state[_SAID] = said
    st.rerun()
