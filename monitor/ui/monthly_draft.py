"""Filling in a monthly report: fields that save themselves, figures put right, submission.

Each field is saved when it is left, and after a short pause while somebody types (assets/autosave.js). What could not be
saved stays on the screen with the reason beside it, and the page says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from secrets import token_hex
from typing import Any, Final

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from monitor.filings import checks, life
from monitor.filings.fields import FIELDS, SECTIONS, Field, FieldError, fields_of, read
from monitor.filings.gather import NoReport
from monitor.filings.life import Conflict, Entry, Refused
from monitor.filings.override import PATHS, computed
from monitor.filings.report import Report
from monitor.filings.words import figure_word
from monitor.i18n import _
from monitor.numbers import whole
from monitor.store import filings
from monitor.store.filings import MONTHLY
from monitor.store.scope import OutOfScope
from monitor.store.trouble import explained
from monitor.ui import guard, monthly, runtime
from monitor.ui.monthly import Desk
from monitor.ui.words import verbatim

_LOOK_EVERY: Final = 20.0  # seconds between looks at what somebody else wrote
_HEIGHTS: Final = {2: 96, 3: 124, 5: 180}
_STYLE: Final = """<style>
.st-key-monthly-fields [data-testid="InputInstructions"] { display: none; }
.st-key-monthly-fields, .st-key-monthly-submit { max-width: 1060px; }
#monthly-saved { position: fixed; right: 1.25rem; bottom: .9rem; z-index: 90; margin: 0; padding: .3rem .75rem;
  border-radius: .3rem; background: #1b6e52; color: #fff; font-size: .875rem; }
#monthly-saved[data-failed] { background: #8c2d04; }
#monthly-saved[data-open] { background: #7a4f00; }
#monthly-saved[data-open] .is, #monthly-saved:not([data-open]) .typing { display: none; }
</style>"""


@dataclass
class Draft:
    """What a tab knows of a draft. seen: the version of each field that is on the screen; unsaved: what was typed and
    could not be saved, with the reason in `errors` or what the other wrote in `conflicts`; told: what others changed."""

    seen: dict[str, int] = field(default_factory=dict)
    unsaved: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, Entry] = field(default_factory=dict)
    told: dict[str, Entry] = field(default_factory=dict)


def _draft(code: str, month: str) -> Draft:
    found: Draft = st.session_state.setdefault(f"_monthly-{code}-{month}", Draft())
    return found


def _box(code: str, month: str, key: str) -> str:
    return f"monthly-{code}-{month}-{key}"


# ---- the page --------------------------------------------------------------------------------------------------------


def fill_in(desk: Desk, found: Report) -> None:
    """The fields in the order of the form, between them the figures; at the end the submission once more."""
    st.html(_STYLE)
    draft = _draft(desk.unit, desk.month)
    _take_over(desk, found)
    with st.container(key="monthly-fields"):
        entries = life.entries(found.filing)
        news = st.container()
        titles = _titles()
        for number, section in enumerate(SECTIONS):
            st.subheader(titles[section], anchor=False)
            _section(desk, found, draft, [one for one in fields_of(found.source.sector) if one.section == section], entries)  # fmt: skip
            if number == 1:
                _figures(desk, found)
        with news:  # known only once every field has been looked at
            _tell(draft)
    _status(found, draft)
    _watch(desk.unit, desk.month, found.filing.version)


def _titles() -> dict[str, str]:
    return {
        "organisation": _("1. Organisation"),
        "training": _("2. Training"),
        "safety": _("6. Use of the system and security"),
        "problems": _("7. Problems"),
        "next_month": _("8. Next month"),
        "people": _("Who answers for it"),
    }


def _section(desk: Desk, found: Report, draft: Draft, fields: list[Field], entries: dict[str, Entry]) -> None:
    if fields[0].section == "people":
        st.caption(_("Who fills in answers for it, who reviews answers for it: two different people."))
    if fields[0].kind == "text":
        for one in fields:
            _field(desk, found, draft, one, entries.get(one.key))
        return
    with st.grid("auto", min_column_width=220, gap="small"):
        for one in fields:
            with st.container():
                _field(desk, found, draft, one, entries.get(one.key))


def _field(desk: Desk, found: Report, draft: Draft, one: Field, entry: Entry | None) -> None:
    box, stored = _box(desk.unit, desk.month, one.key), _text(entry)
    version = entry.version if entry else 0
    if one.key in draft.unsaved:
        st.session_state.setdefault(box, draft.unsaved[one.key])
    elif box not in st.session_state or version > draft.seen.get(one.key, 0):
        if box in st.session_state and entry is not None:
            draft.told[one.key] = entry
        st.session_state[box] = stored
        draft.seen[one.key] = version
    label = one.label if one.required else _("{field} (optional)").format(field=one.label)
    given: dict[str, Any] = {"key": box, "on_change": _save, "args": (desk.unit, desk.month, one.key)}
    known = getattr(found.manual, one.key)
    if one.kind == "count" and not stored and known is not None:
        given["placeholder"] = _("{count}, from the milestones").format(count=f"{known:,}")
    if one.kind == "text":
        st.text_area(label, height=_HEIGHTS[one.rows], **given)
    else:
        st.text_input(label, autocomplete="off", **given)
    if one.key in draft.conflicts:
        _conflict(desk, draft, one)
    elif one.key in draft.errors:
        st.error(draft.errors[one.key], icon=":material/error:")
    for remark in checks.missing(found) if one.key == "reviewer" and found.manual.reviewer else []:
        if remark.field == one.key:
            st.error(remark.message, icon=":material/error:")


def _text(entry: Entry | None) -> str:
    return "" if entry is None or entry.value is None else str(entry.value)


# ---- saving ----------------------------------------------------------------------------------------------------------


def _save(code: str, month: str, key: str) -> None:
    """A field was changed."""
    typed = st.session_state[_box(code, month, key)]
    draft = _draft(code, month)
    _write(code, month, key, typed, draft.seen.get(key, 0))


def _write(code: str, month: str, key: str, typed: str, seen: int) -> None:
    draft = _draft(code, month)
    draft.unsaved[key] = typed
    draft.errors.pop(key, None)
    draft.conflicts.pop(key, None)
    draft.told.clear()
    try:
        who = guard.current()
        if who is None:
            return
        saved = life.save_field(runtime.store(), who, code, month, key, typed, seen)
    except Conflict as told:
        draft.conflicts[key] = told.theirs
    except (FieldError, Refused, NoReport) as told:
        draft.errors[key] = _("Not saved. {reason}").format(reason=told)
    except OutOfScope:
        draft.errors[key] = _("Not saved. This report is not for your account.")
    except SQLAlchemyError as error:
        words = _("Not saved: the database does not answer. Keep this page open and try again in a moment.")
        trouble = explained(error)
        draft.errors[key] = _("Not saved. {reason}").format(reason=trouble) if trouble else words
    else:
        del draft.unsaved[key]
        entry = life.entries(saved).get(key)
        draft.seen[key] = entry.version if entry else 0


def _conflict(desk: Desk, draft: Draft, one: Field) -> None:
    """Two people wrote into one field: both texts, and the choice."""
    theirs, mine = draft.conflicts[one.key], draft.unsaved[one.key]
    with st.container(border=True):
        st.warning(
            _("{who} changed “{field}” at {time}. Your text is not saved yet; please choose.").format(
                who=theirs.title, field=one.label, time=f"{theirs.at:%H:%M}"
            ),
            icon=":material/group:",
        )
        left, right = st.columns(2)
        for column, title, text in ((left, _("Theirs"), _text(theirs)), (right, _("Yours"), mine)):
            with column:
                st.caption(title)
                st.text(text or _("(empty)"))
        where = (desk.unit, desk.month, one.key)
        left.button(_("Take theirs"), key=f"theirs-{one.key}", on_click=_take_theirs, args=where)
        right.button(_("Keep mine"), key=f"mine-{one.key}", on_click=_keep_mine, args=where)


def _take_theirs(code: str, month: str, key: str) -> None:
    draft = _draft(code, month)
    theirs = draft.conflicts.pop(key)
    draft.unsaved.pop(key, None)
    draft.seen[key] = theirs.version
    st.session_state[_box(code, month, key)] = _text(theirs)


def _keep_mine(code: str, month: str, key: str) -> None:
    draft = _draft(code, month)
    _write(code, month, key, draft.unsaved[key], draft.conflicts[key].version)


def _tell(draft: Draft) -> None:
    """What somebody else changed, and is on the screen now."""
    for key, entry in draft.told.items():
        message = _("{who} changed “{field}” at {time}; the page shows the new text.")
        st.info(
            message.format(who=entry.title, field=FIELDS[key].label, time=f"{entry.at:%H:%M}"),
            icon=":material/group:",
        )


def _status(found: Report, draft: Draft) -> None:
    """What is saved, truthfully: the script marks what is typed and not sent yet."""
    saved = found.filing.saved_at
    if draft.unsaved:
        words = _("{count} fields are not saved").format(count=len(draft.unsaved))
    elif saved is None:
        words = _("Nothing typed yet; everything saves itself")
    else:
        at: datetime = saved.astimezone(runtime.campaign().timezone)
        words = _("All is saved ({time})").format(time=f"{at:%H:%M:%S}")
    failed = ' data-failed="yes"' if draft.unsaved else ""
    st.html(
        f'<p id="monthly-saved" role="status" data-run="{token_hex(4)}"{failed}><span class="is">{escape(words)}</span>'
        f'<span class="typing">{escape(_("Typing … not saved yet"))}</span></p><script src="assets/autosave.js"></script>',
        unsafe_allow_javascript=True,
    )


@guard.fragment(run_every=_LOOK_EVERY)
def _watch(code: str, month: str, version: int) -> None:
    """Tell, without touching what is being typed, that somebody else works on the same draft."""
    who = guard.current(used=False)
    if who is None or who.unit is None:
        return
    with runtime.store().connect() as connection:
        now = filings.find(connection, who.scope, who.unit.id, MONTHLY, month)
    draft = _draft(code, month)
    others = [key for key, entry in life.entries(now).items() if entry.version > max(version, draft.seen.get(key, 0))]
    if not others and now.state in (filings.DRAFT, filings.RETURNED):
        return
    names = _(", ").join(FIELDS[key].label for key in others) or _("the report")
    st.warning(_("Somebody else has just changed: {fields}.").format(fields=names), icon=":material/group:")
    if st.button(_("Show the changes"), key="monthly-refresh"):
        st.rerun()


def _take_over(desk: Desk, found: Report) -> None:
    """Offer what stays the same from month to month."""
    if desk.month == runtime.campaign().reports.first_month or any(getattr(found.manual, key) for key in life.LASTING):
        return
    label = _("Take over working group, plan, funds and names from last month")
    if st.button(label, icon=":material/content_copy:", key="monthly-take-over"):
        taken = life.take_over(runtime.store(), desk.asked.who, desk.unit, desk.month)
        monthly.say(
            _("Taken over from last month: {count} fields. Please check them.").format(count=len(taken))
            if taken
            else _("Nothing was filled in last month.")
        )
        st.rerun()


# ---- figures ---------------------------------------------------------------------------------------------------------


def _figures(desk: Desk, found: Report) -> None:
    """The computed figures, and a way to put one right."""
    st.subheader(_("3.–5. Collection, review, change: filled in from the tables"), anchor=False)
    names = [name for name in PATHS if not name.startswith("levels.") or computed(found.computed, name)]
    right = {one.name: one for one in found.overrides}
    shown = [_("{figure} {value}").format(figure=figure_word(name), value=_value(found, right, name)) for name in names]
    st.markdown("　".join(f":small[{one}]" for one in shown))
    monthly.overrides(found)
    with st.expander(_("Put a figure right (with a reason)")):
        name = st.selectbox(_("Figure"), names, format_func=figure_word, key="right-name")
        st.caption(_("In the tables: {value}").format(value=whole(computed(found.computed, name))))
        entry = life.entries(found.filing, "overrides").get(name)
        with st.form("right", border=False):
            typed = st.text_input(_("The right figure"), key=f"right-value-{name}")
            reason = st.text_area(_("Reason (printed beside the figure)"), key=f"right-reason-{name}", height=80)
            sent = st.form_submit_button(_("Put right"))
        back = name in right and st.button(_("Take back: use the figure of the tables"), key="right-back")
        seen = entry.version if entry else 0
        if sent:
            _attempt(lambda: _put_right(desk, found, name, typed, reason, seen), _("The figure is put right."))
        if back:
            _attempt(lambda: _put_right(desk, found, name, None, "", seen), _("The figure of the tables stands again."))


def _value(found: Report, right: dict[str, Any], name: str) -> str:
    text = whole(computed(found.computed, name))
    return f"**{whole(right[name].value)}**（{_('tables')} {text}）" if name in right else f"**{text}**"


def _put_right(desk: Desk, found: Report, name: str, typed: str | None, reason: str, seen: int) -> None:
    value = None if typed is None else read(FIELDS["training_people"], typed)
    if typed is not None and value is None:
        raise FieldError(_("Please enter a whole number such as 12, without words."))
    who = desk.asked.who
    life.put_right(runtime.store(), who, found, name, value if isinstance(value, int) else None, reason, seen)  # fmt: skip


def _attempt(act: Callable[[], Any], done: str) -> None:
    """Do it and say so; or say why not."""
    try:
        act()
    except (FieldError, Refused, NoReport) as error:
        st.error(verbatim(error), icon=":material/error:")
    except OutOfScope:
        st.error(_("This report is not for your account."), icon=":material/error:")
    else:
        monthly.say(done)
        st.rerun()


# ---- submission ------------------------------------------------------------------------------------------------------


def submission(desk: Desk, found: Report) -> None:
    """What is missing, and the one button."""
    lacking, draft = checks.missing(found), _draft(desk.unit, desk.month)
    if lacking:
        fields = [FIELDS[one.field].label for one in lacking if not getattr(found.manual, one.field)]
        said = [_("Missing: {fields}.").format(fields=_(", ").join(fields))] if fields else []
        said += [one.message for one in lacking if getattr(found.manual, one.field)]
        st.markdown(" ".join(said))
    if draft.unsaved:
        st.markdown(_("Not saved yet: {fields}. See below.").format(fields=_(", ").join(FIELDS[key].label for key in draft.unsaved)))  # fmt: skip
    again = found.state == filings.RETURNED
    label = _("Submit again") if again else _("Submit to the province")
    ready = not lacking and not draft.unsaved
    if st.button(label, type="primary", icon=":material/send:", key="monthly-submit", disabled=not ready):
        _confirm(desk, found)


def _confirm(desk: Desk, found: Report) -> None:
    @guard.dialog(_("Submit the report?"))
    def ask() -> None:
        manual = found.manual
        st.markdown(
            _(
                "{unit}, {month}. Filled in by {filler}, reviewed by {reviewer}. After that it can be changed only if the province returns it."
            ).format(
                unit=verbatim(desk.row["name"]),
                month=monthly.month_word(desk.month),
                filler=verbatim(manual.filler),
                reviewer=verbatim(manual.reviewer),
            )
        )
        if st.button(_("Yes, submit"), type="primary", key="monthly-submit-yes"):
            _attempt(lambda: life.submit(runtime.store(), desk.asked.who, found), _("Submitted."))

    ask()
