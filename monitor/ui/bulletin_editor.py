"""The editors of a draft on the page 通报, one open at a time: which one is in the address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from monitor.bulletins import editing
from monitor.bulletins.life import Desk
from monitor.bulletins.parts import HEADING1, HEADING2, TEXT, Content, Sentence, written
from monitor.i18n import _
from monitor.store.bulletins import PUBLISHED, Entry
from monitor.ui import state
from monitor.ui.bulletin import Shown, did, one_line
from monitor.ui.words import verbatim

_BASED: Final = "bulletin-revision"


@dataclass(frozen=True)
class Editor:
    """What an editor works on."""

    desk: Desk
    shown: Shown

    @property
    def based(self) -> int:
        """The revision that the editor was opened on: what somebody else changed since is not written over."""
        return int(st.session_state.setdefault(_BASED, self.shown.entry.revision))

    def change(self, action: str, changed: Callable[[Content], Content], before: str = "", after: str = "") -> None:
        """Change the draft (life.Desk.change), and close the editor."""
        self.act(lambda: self.desk.change(self.shown.entry.id, self.based, action, changed, before=before, after=after))

    def act(self, action: Callable[[], object]) -> None:
        """Do what the editor was opened for, and close it. Where somebody came between, that is said, and the next
        attempt is made on what stands there then."""

        def done() -> None:
            action()
            state.put(edit=None)

        did(done)
        st.session_state[_BASED] = self.shown.entry.revision


def opener(shown: Shown, label: str, what: str, **look: Any) -> None:
    """A button that opens an editor, and closes it again."""

    def toggle() -> None:
        state.put(edit=None if state.get("edit") == what else what)
        st.session_state[_BASED] = shown.entry.revision

    st.button(label, key=f"edit-{what}", on_click=toggle, **look)


def _cancel() -> None:
    st.button(_("Cancel"), key="cancel", on_click=state.put, kwargs={"edit": None})


# ---- one sentence ------------------------------------------------------------------------------------------------


def sentence(editor: Editor, edited: Sentence) -> None:
    """The words of a sentence, its place, and what is put behind it."""
    key, desk, stamp = edited.key, editor.desk, editor.desk.stamp()
    with st.container(border=True, key="editor"):
        st.caption(
            _("Numbers in ［ ］ are the program's. Change one only if you must: it is then marked as changed by you.")
        )
        words = st.text_area(_("Words"), editing.editable(edited.parts), height=150, key=f"words-{key}")
        with st.container(horizontal=True):
            if st.button(_("Save"), type="primary", key="save"):
                editor.change(
                    "edited", lambda now: editing.rewritten(now, key, words, desk.by, stamp), edited.text, words
                )
            _cancel()
            if edited.edit and edited.origin is not None and st.button(_("Take the program's words"), key="restore"):
                editor.change("restored", lambda now: editing.restored(now, key), edited.text)
            if st.button(_("Remove"), key="remove", icon=":material/delete:"):
                editor.change("removed", lambda now: editing.removed(now, key), edited.text)
            _place(editor, edited)
        if edited.edit:
            st.caption(_("Edited by {who}, {at}").format(who=verbatim(edited.edit.by), at=edited.edit.at))
            if edited.origin is not None:
                st.caption(_("The program's words: {words}").format(words=verbatim(written(edited.origin))))
        _add(editor, edited)


def _place(editor: Editor, edited: Sentence) -> None:
    key = edited.key
    if st.button(_("Move up"), key="up", icon=":material/arrow_upward:"):
        editor.change("moved", lambda now: editing.moved(now, key, -1), edited.text)
    if st.button(_("Move down"), key="down", icon=":material/arrow_downward:"):
        editor.change("moved", lambda now: editing.moved(now, key, 1), edited.text)
    if edited.role == TEXT:
        label = _("Join to the paragraph before") if edited.begins else _("Start a paragraph here")
        if st.button(label, key="paragraph"):
            editor.change("paragraph", lambda now: editing.begun(now, key, not edited.begins), edited.text)


def _add(editor: Editor, edited: Sentence) -> None:
    """A sentence of one's own behind this one."""
    with st.expander(_("Add a sentence behind this one")):
        kinds = {TEXT: _("Sentence"), HEADING1: _("Heading 一、"), HEADING2: _("Heading （一）")}
        role = st.segmented_control(
            _("Kind of addition"), list(kinds), format_func=kinds.__getitem__, default=TEXT, required=True, key="role"
        )
        words = st.text_area(_("Words of the new sentence"), key=f"new-{edited.key}", height=100)
        by, stamp = editor.desk.by, editor.desk.stamp()
        if st.button(_("Add"), key="add"):
            editor.change(
                "added", lambda now: editing.added(now, edited.key, role or TEXT, words, by, stamp), after=words
            )


# ---- title, addressees, signature, date; withdrawal ---------------------------------------------------------------


def head(editor: Editor) -> None:
    """What stands above and below the sentences."""
    content = editor.shown.content
    with st.container(border=True, key="editor"):
        title = st.text_area(_("Title (a line break where the title should break)"), content.title, height=80)
        addressees = st.text_input(_("Addressees"), content.addressees)
        with st.container(horizontal=True):
            signed = st.text_input(_("Signature"), content.signed)
            dated = st.date_input(_("Date of the document"), content.dated, format="YYYY-MM-DD")
        with st.container(horizontal=True):
            if st.button(_("Save"), type="primary", key="save"):

                def headed(now: Content) -> Content:
                    return editing.headed(
                        now, title=title, addressees=addressees, signed=signed, dated=dated or content.dated
                    )

                editor.change("headed", headed, content.title, title)
            _cancel()
        _withdrawal(editor)


def _withdrawal(editor: Editor) -> None:
    """Which published bulletin this one withdraws."""
    entry, desk = editor.shown.entry, editor.desk
    standing = _published(editor)
    if not standing:
        return
    st.divider()
    current = next((key for key, other in standing.items() if other.number == editor.shown.content.withdraws), None)

    def word(key: int | None) -> str:
        return _("withdraws none") if key is None else f"{standing[key].number} {one_line(standing[key].title)}"

    choices = [None, *standing]
    chosen = st.selectbox(_("Withdraws"), choices, index=choices.index(current), format_func=word, key="withdraws")
    if chosen != current:
        st.warning(_("Not set yet: press the button below."), icon=":material/pending:")
        if st.button(_("Set the withdrawal"), key="withdraw", type="primary"):
            editor.act(lambda: desk.withdraw(entry.id, editor.based, chosen))


def _published(editor: Editor) -> dict[int, Entry]:
    """The bulletins of the sector that stand, by their id."""
    sector = editor.shown.entry.sector
    return {
        other.id: other
        for other in editor.desk.entries()
        if other.state == PUBLISHED and other.sector == sector and not other.withdrawn_by
    }


# ---- publication, removal ----------------------------------------------------------------------------------------


def publication(editor: Editor) -> None:
    """The last look before a bulletin is published."""
    content, entry, desk = editor.shown.content, editor.shown.entry, editor.desk
    proposed, _number = desk.next_number(content)
    with st.container(border=True, key="editor"):
        serial = int(st.number_input(_("Serial of the year"), min_value=1, value=proposed, step=1, width=160))
        st.markdown(
            _("It is published as **{number}**, dated {day}.").format(
                number=desk.number(content, serial), day=content.dated
            )
        )
        if content.withdraws:
            st.markdown(_("It withdraws {number}.").format(number=verbatim(content.withdraws)))
        elif _published(editor):
            st.markdown(_("It withdraws no other bulletin: all that are published stand."))
        edited = [figure.shown for figure in content.figures() if figure.edit]
        if edited:
            st.warning(
                _("{count} numbers were written by hand: {numbers}").format(
                    count=len(edited), numbers=_(", ").join(edited)
                ),
                icon=":material/edit:",
            )
        st.markdown(_("After that nobody can change it; it can only be withdrawn by another bulletin."))
        with st.container(horizontal=True):
            if st.button(_("Publish"), type="primary", key="publish-now"):
                with st.spinner(_("Setting the documents …")):
                    editor.act(lambda: desk.publish(entry.id, editor.based, serial))
            _cancel()


def removal(editor: Editor) -> None:
    """The question before a draft is deleted."""
    entry = editor.shown.entry

    def discard() -> None:
        editor.desk.discard(entry.id, editor.based)
        state.put(id=None, view=None)

    with st.container(border=True, key="editor"):
        st.markdown(_("The draft goes with all its edits. Published bulletins are not touched."))
        with st.container(horizontal=True):
            if st.button(_("Delete"), type="primary", key="discard-now"):
                editor.act(discard)
            _cancel()
