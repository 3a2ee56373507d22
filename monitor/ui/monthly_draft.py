"""Filling in a monthly report: fields that save themselves, figures put right, submission.

Each field is saved when it is left, and after a short pause while somebody types (assets/autosave.js, monthly_saving).
What could not be saved stays on the screen with the reason beside it, and the page says so.
"""

import json
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Any, Final

import streamlit as st

from monitor.filings import checks, life
from monitor.filings.fields import FIELDS, SECTIONS, Field, FieldError, fields_of, read
from monitor.filings.gather import NoReport
from monitor.filings.life import Entry, Refused
from monitor.filings.override import PATHS, computed
from monitor.filings.report import Report
from monitor.filings.words import figure_word
from monitor.i18n import _
from monitor.numbers import whole
from monitor.store import filings
from monitor.store.filings import MONTHLY
from monitor.store.scope import OutOfScope
from monitor.ui import guard, monthly, runtime
from monitor.ui.monthly import Desk
from monitor.ui.monthly_saving import Draft, Typed, draft, show, take_mine, take_theirs, text
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


# ---- the page --------------------------------------------------------------------------------------------------------


def fill_in(desk: Desk, found: Report) -> None:
    """The fields in the order of the form, between them the figures. What comes and goes has places of its own: a field
    that moves is made anew by the browser, and forgets what is just being typed."""
    st.html(_STYLE)
    here = draft(desk.unit, desk.month)
    with st.container():
        _take_over(desk, found)
    with st.container(key="monthly-fields"):
        entries = life.entries(found.filing)
        news = st.container()
        titles = _titles()
        for number, section in enumerate(SECTIONS):
            st.subheader(titles[section], anchor=False)
            _section(desk, found, here, [one for one in fields_of(found.source.sector) if one.section == section], entries)  # fmt: skip
            if number == 1:
                _figures(desk, found)
        with news:  # known only once every field has been looked at
            _tell(here)
        with st.container():
            submission(desk, found, "-below")
    _status(found, here)
    _watch(desk.unit, desk.month, found.filing.version)


def _titles() -> dict[str, str]:
    return {
        "organisation": _("1. Organisation"),
        "training": _("2. Training"),
        "safety": _("6. Use of the system and security"),
        "problems": _("7. Problems"),
        "next_month": _("8. Next month"),
        "people": _("Filler and reviewer"),
    }


def _section(desk: Desk, found: Report, here: Draft, fields: list[Field], entries: dict[str, Entry]) -> None:
    if fields[0].section == "people":
        st.caption(_("The filler answers for what is filled in, the reviewer for the review: two different people."))
    if fields[0].kind == "text":
        for one in fields:
            with st.container():
                _field(found, here, one, entries.get(one.key))
        return
    with st.grid("auto", min_column_width=220, gap="small"):
        for one in fields:
            with st.container():
                _field(found, here, one, entries.get(one.key))


def _field(found: Report, here: Draft, one: Field, entry: Entry | None) -> None:
    typed = show(here, one.key, entry)
    label = one.label if one.required else _("{field} (optional)").format(field=one.label)
    given: dict[str, Any] = {"key": here.box(one.key)}
    known = getattr(found.manual, one.key)
    if one.kind == "count" and not text(entry) and known is not None:
        given["placeholder"] = _("{count}, from the milestones").format(count=f"{known:,}")
    if one.kind == "text":
        st.text_area(label, height=_HEIGHTS[one.rows], **given)
    else:
        st.text_input(label, autocomplete="off", **given)
    if typed.theirs is not None:
        _conflict(here, one, typed.theirs)
    elif typed.error:
        st.error(typed.error, icon=":material/error:")
    for remark in checks.missing(found) if one.key == "reviewer" and found.manual.reviewer else []:
        if remark.field == one.key:
            st.error(remark.message, icon=":material/error:")


# ---- saving ----------------------------------------------------------------------------------------------------------


def _conflict(here: Draft, one: Field, theirs: Entry) -> None:
    """Two people wrote into one field: both texts, and the choice."""
    mine = here.fields[one.key].refused
    with st.container(border=True):
        st.warning(
            _("{who} changed “{field}” at {time}. Your text is not saved yet; please choose.").format(
                who=theirs.title, field=one.label, time=f"{theirs.at:%H:%M}"
            ),
            icon=":material/group:",
        )
        left, right = st.columns(2)
        for column, title, words in ((left, _("Theirs"), text(theirs)), (right, _("Yours"), mine)):
            with column:
                st.caption(title)
                st.text(words or _("(empty)"))
        left.button(_("Take theirs"), key=f"theirs-{one.key}", on_click=take_theirs, args=(here, one.key))
        right.button(_("Keep mine"), key=f"mine-{one.key}", on_click=take_mine, args=(here, one.key))


def _tell(here: Draft) -> None:
    """What somebody else changed, and is on the screen now."""
    for key, entry in here.told.items():
        message = _("{who} changed “{field}” at {time}; the page shows the new text.")
        st.info(
            message.format(who=entry.title, field=FIELDS[key].label, time=f"{entry.at:%H:%M}"),
            icon=":material/group:",
        )


def _status(found: Report, here: Draft) -> None:
    """What is saved, truthfully: the script compares what is in the fields with what the page has answered."""
    saved, unsaved = found.filing.saved_at, len(here.unsaved)
    if unsaved:
        words = _("{count} fields are not saved").format(count=unsaved)
    elif saved is None:
        words = _("Everything is saved automatically")
    else:
        at: datetime = saved.astimezone(runtime.campaign().timezone)
        words = _("All is saved ({time})").format(time=f"{at:%H:%M:%S}")
    failed = ' data-failed="yes"' if unsaved else ""
    answered = json.dumps({here.box(key): one.answered for key, one in here.fields.items()}, ensure_ascii=False)
    question = _("What you typed last is not saved yet. Leave this page and lose it?")
    st.html(
        f'<p id="monthly-saved" role="status" data-answered="{escape(answered)}" data-question="{escape(question)}"{failed}>'
        f'<span class="is">{escape(words)}</span>'
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
    shown = draft(code, month).fields
    others = [
        key for key, one in life.entries(now).items() if one.version > max(version, shown.get(key, Typed()).version)
    ]
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
    label = _("Copy working group, plan, funds and names from last month")
    if st.button(label, icon=":material/content_copy:", key="monthly-take-over"):
        taken = life.take_over(runtime.store(), desk.asked.who, desk.unit, desk.month)
        monthly.say(
            _("Copied from last month: {count} fields. Please check them.").format(count=len(taken))
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
    with st.container():
        monthly.overrides(found)
    with st.expander(_("Correct a figure (with a reason)")):
        name = st.selectbox(_("Figure"), names, format_func=figure_word, key="right-name")
        st.caption(_("In the tables: {value}").format(value=whole(computed(found.computed, name))))
        entry = life.entries(found.filing, "overrides").get(name)
        with st.form("right", border=False):
            typed = st.text_input(_("Corrected figure"), key=f"right-value-{name}")
            reason = st.text_area(_("Reason (printed beside the figure)"), key=f"right-reason-{name}", height=80)
            sent = st.form_submit_button(_("Correct it"))
        back = name in right and st.button(_("Undo: use the figure of the tables"), key="right-back")
        seen = entry.version if entry else 0
        if sent:
            _attempt(lambda: _put_right(desk, found, name, typed, reason, seen), _("The figure has been corrected."))
        if back:
            _attempt(
                lambda: _put_right(desk, found, name, None, "", seen), _("The figure of the tables is used again.")
            )


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


def submission(desk: Desk, found: Report, place: str = "") -> None:
    """What is missing, and the button. It stands above, where one sees how things are, and again below the last field,
    where one has just filled it in: `place` tells the two apart."""
    lacking, unsaved = checks.missing(found), draft(desk.unit, desk.month).unsaved
    if lacking:
        fields = [FIELDS[one.field].label for one in lacking if not getattr(found.manual, one.field)]
        said = [_("Missing: {fields}.").format(fields=_(", ").join(fields))] if fields else []
        said += [one.message for one in lacking if getattr(found.manual, one.field)]
        st.markdown(" ".join(said))
    if unsaved:
        st.markdown(_("Not saved yet: {fields}. See what those fields say.").format(fields=_(", ").join(FIELDS[key].label for key in unsaved)))  # fmt: skip
    again = found.state == filings.RETURNED
    label = _("Submit again") if again else _("Submit to the province")
    ready = not lacking and not unsaved
    if st.button(label, type="primary", icon=":material/send:", key=f"monthly-submit{place}", disabled=not ready):
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
