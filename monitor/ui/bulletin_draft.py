"""A draft on the page 通报: each sentence with what can be done to it, what is out of date, the way to publication."""

from typing import Final

import streamlit as st

from monitor.bulletins.life import Desk
from monitor.bulletins.parts import Sentence
from monitor.i18n import _
from monitor.ui import bulletin, bulletin_editor, state
from monitor.ui.bulletin import Shown
from monitor.ui.bulletin_editor import Editor

_NAMED: Final = 6  # so many figures out of date are told one by one


def show(desk: Desk, shown: Shown) -> None:
    """The draft: what is out of date, its sentences, its tables, what can be done with it."""
    editor = Editor(desk, shown)
    _standing(editor)
    content = shown.content
    stale = frozenset(entry.was.identity for entry in shown.outdated.figures) if shown.outdated else frozenset()
    st.caption(_("Numbers with a dotted line are the program's: point at one to see where it came from. ✎ edits."))
    with st.container(key="sentences", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<div class="bulletin">{bulletin.opening(content)}</div>', width="stretch")
            bulletin_editor.opener(
                shown, "✎", "head", type="tertiary", help=_("Edit title, addressees, signature and date")
            )
        if state.get("edit") == "head":
            bulletin_editor.head(editor)
        for sentence, number in bulletin.numbered_sentences(content):
            _sentence(editor, sentence, number, stale)
        st.html(f'<div class="bulletin">{bulletin.closing(content)}</div>')
    with st.expander(_("Annexes ({count})").format(count=len(content.annexes))):
        st.html(f'<div class="bulletin">{bulletin.tables(content)}</div>')


def _sentence(editor: Editor, sentence: Sentence, number: str, stale: frozenset[object]) -> None:
    with st.container(horizontal=True, vertical_alignment="top"):
        st.html(f'<div class="bulletin">{bulletin.block(sentence, number, stale)}</div>', width="stretch")
        if sentence.recheck:
            st.markdown(":red-badge[" + _("▲ check again") + "]", width="content")
        if sentence.edit:
            st.markdown(
                ":orange-badge[" + (_("✎ edited") if sentence.origin else _("✎ added")) + "]",
                width="content",
                help=_("by {who}, {at}").format(who=sentence.edit.by, at=sentence.edit.at),
            )
        bulletin_editor.opener(editor.shown, "✎", sentence.key, type="tertiary", help=_("Edit this sentence"))
    if state.get("edit") == sentence.key:
        bulletin_editor.sentence(editor, sentence)


# ---- out of date, publication ------------------------------------------------------------------------------------


def _standing(editor: Editor) -> None:
    """Whether the draft can be published, and the buttons that go with it."""
    shown = editor.shown
    if shown.refusal:
        st.error(shown.refusal, icon=":material/block:")
    elif shown.outdated:
        _outdated(editor.desk, shown)
    rechecks = sum(sentence.recheck for sentence in shown.content.sentences)
    if rechecks:
        st.warning(
            _(
                "{count} edited sentences no longer fit the data: other units would be named. Edit them, or take the program's words."
            ).format(count=rechecks),
            icon=":material/rule:",
        )
    with st.container(horizontal=True):
        ready = not shown.outdated and not rechecks and not shown.refusal
        bulletin_editor.opener(
            shown,
            _("Publish…"),
            "publish",
            type="primary",
            icon=":material/publish:",
            disabled=not ready,
        )
        bulletin_editor.opener(shown, _("Delete the draft…"), "discard", icon=":material/delete:")
    if state.get("edit") == "publish" and ready:
        bulletin_editor.publication(editor)
    if state.get("edit") == "discard":
        bulletin_editor.removal(editor)


def _out_of_date(text: int, table: int, sentences: int) -> str:
    """What is out of date, in words; that nothing is, where only what the draft rests on is another."""
    if not (text or table or sentences):
        return _(
            "Something that the draft rests on has changed since it was written (data, filings, settings or wording), but no number and no sentence of it. Recompute it, then it can be published."
        )
    return _("The data have changed since the draft was written: {text} numbers of the text and {table} of the tables are out of date; {sentences} sentences would be worded otherwise.").format(
        text=text, table=table, sentences=sentences
    )  # fmt: skip


def _outdated(desk: Desk, shown: Shown) -> None:
    assert shown.outdated is not None
    entry, found = shown.entry, shown.outdated
    text = [stale for stale in found.figures if stale.key]
    lines = [_out_of_date(len(text), len(found.figures) - len(text), len(found.sentences))]
    lines += [
        _("{was} → {now} ({source})").format(
            was=stale.was.computed, now=stale.now.shown if stale.now else "—", source=bulletin.source(stale.was)
        )
        for stale in text[:_NAMED]
    ]
    st.warning("  \n".join(lines), icon=":material/update:")
    if st.button(_("Recompute, keep my edits"), type="primary", icon=":material/refresh:", key="recompute"):
        with st.spinner(_("Recomputing …")):
            bulletin.did(lambda: desk.recompute(entry.id, entry.revision))
