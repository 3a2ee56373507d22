"""Pieces of the page 通报: the list, a bulletin's head and text, its history, and how a draft begins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape
from typing import Any, Final

import streamlit as st

from monitor.access.who import Who
from monitor.bulletins import facts, proof, renewal, wording
from monitor.bulletins.compose import NoBulletin
from monitor.bulletins.editing import EditRefused
from monitor.bulletins.life import BulletinRefused, Desk
from monitor.bulletins.paper import paper
from monitor.bulletins.parts import HEADING1, Content, Figure, Part, Sentence
from monitor.bulletins.renewal import Outdated
from monitor.bulletins.wording import WordingError
from monitor.documents.official import marks
from monitor.i18n import _
from monitor.progress import View
from monitor.store import Scope
from monitor.store.bulletins import DRAFT, Entry
from monitor.ui import data, downloads, guard, header, kept, moments, navigation, runtime, state
from monitor.ui.media import DOCX, PDF
from monitor.ui.words import day as day_word
from monitor.ui.words import sector as sector_word
from monitor.ui.words import verbatim

_STYLE: Final = """<style>
.bulletin { max-width: 52rem; font-family: FangSong, STFangsong, "Noto Serif CJK SC", serif; font-size: 1.0625rem; line-height: 1.9; }
.bulletin h2.title { text-align: center; font-size: 1.375rem; font-weight: 700; line-height: 1.5; padding: .5rem 0; }
.bulletin h2:not(.title), .bulletin h3 { font-size: 1.0625rem; padding: 0; margin: .25rem 0; text-indent: 2em; }
.bulletin h2:not(.title) { font-family: SimHei, "Noto Sans CJK SC", sans-serif; }
.bulletin h3 { font-family: KaiTi, STKaiti, serif; font-weight: 400; }
.bulletin p { margin: 0; text-indent: 2em; }
.bulletin p.flush, .bulletin p.goes-on { text-indent: 0; }
.bulletin p.right { text-align: right; padding-right: 4em; }
.bulletin .number { border-bottom: 1px dotted currentColor; cursor: help; font-variant-numeric: tabular-nums; }
.bulletin mark { background: #f4c95d66; color: inherit; padding: 0 .15em; border-bottom: 2px solid #a37000; }
.bulletin .stale { background: #d1570f33; border-bottom: 2px solid #d1570f; }
.bulletin table { border-collapse: collapse; font-size: .8125rem; line-height: 1.5; width: 100%; font-variant-numeric: tabular-nums; }
.bulletin td, .bulletin th { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); padding: .15rem .4rem; text-align: center; }
.bulletin .scroll { overflow-x: auto; margin: .5rem 0 1.5rem; }
.st-key-sentences { max-width: 58rem; }
.st-key-sentences [data-testid="stVerticalBlock"] { gap: .1rem; }
.st-key-sentences [data-testid="stHorizontalBlock"] { gap: .5rem; }
</style>"""


@dataclass(frozen=True)
class Shown:
    """The bulletin that the address asks for. outdated: what is out of date in a draft; None for what is no draft of
    this account's, or where the program cannot compose it any more (`refusal` says why)."""

    entry: Entry
    content: Content
    editable: bool
    outdated: Outdated | None = None
    refusal: str = ""


def opened(who: Who) -> Desk:
    """The beginning of the page: its title, and the desk of the account."""
    st.html(_STYLE)
    st.title(navigation.PAGES["bulletin"].title, anchor=False)
    if who.scope.sees_nothing:
        header.no_unit()
    return Desk(runtime.store(), who.name, who.scope, who.scope.sectors if who.may("publish") else frozenset())


def chosen(desk: Desk) -> Shown | None:
    """The bulletin that the address asks for; None where it asks for none. One that may not be read is refused."""
    asked = state.get("id")
    if not asked:
        return None
    try:
        entry, content = desk.read(int(asked) if asked.isdecimal() else 0)
    except BulletinRefused:
        guard.out_of_scope(_who(), bulletin=asked)
    editable = entry.state == DRAFT and entry.sector in desk.writes
    if not editable:
        return Shown(entry, content, editable)
    try:
        with st.spinner(_("Holding the draft against the data …")):
            return Shown(entry, content, editable, renewal.outdated(content, _fresh(desk, entry)))
    except (NoBulletin, WordingError) as error:
        return Shown(entry, content, editable, refusal=str(error))


def _who() -> Who:
    who = guard.current()
    assert who is not None  # the page's first line has asked
    return who


def _fresh(desk: Desk, entry: Entry) -> Content:
    """The bulletin as the program would write it now: kept until figures, filings or the wording change."""
    with desk.store.connect() as connection:
        stamp = facts.stamp(View(connection, desk.campaign, Scope.all(), entry.as_of), entry.sector)
    return _composed(*kept.version(), entry.sector, entry.as_of, stamp)


@st.cache_data(max_entries=16, show_spinner=False)
def _composed(store: str, version: int, sector: str, as_of: date, stamp: str) -> Content:
    return Desk.of_the_office(runtime.store()).fresh(sector, as_of)


# ---- the list ----------------------------------------------------------------------------------------------------


def begin(desk: Desk) -> None:
    """The form that begins a draft, for those who write bulletins."""
    newest = data.days()[1]
    if not desk.writes:
        return
    if newest is None:
        st.info(_("There are no figures yet: a bulletin can be written as soon as tables are imported."))
        return
    with st.container(border=True, horizontal=True, vertical_alignment="bottom", key="begin"):
        sectors = sorted(desk.writes)
        sector = sectors[0]
        if len(sectors) > 1:
            sector = st.selectbox(_("Sector"), sectors, format_func=sector_word, width=160)
        as_of = st.date_input(
            _("Figures as of"),
            min(state.asked_day() or newest, newest),
            min_value=data.days()[0],
            max_value=newest,
            format="YYYY-MM-DD",
            width=180,
        )
        if st.button(_("Draft a bulletin"), type="primary", icon=":material/edit_document:") and as_of:
            with st.spinner(_("Writing the draft …")):
                did(lambda: state.put(id=str(desk.draft(sector, as_of)[0])))
    _contents(desk, sector)


def _contents(desk: Desk, sector: str) -> None:
    """What a bulletin of the sector has, as its wording stands."""
    try:
        words = wording.read(desk.campaign, sector)
    except WordingError:
        return  # whoever begins a draft is told
    # A heading with a placeholder has its words only with the figures of a day.
    parts = [one.words for one in words.phrases if one.role == HEADING1 and not wording.fields(one.words)]
    st.caption(
        _("A draft has {parts}, and tables of all units annexed. Every number comes from the data of the day and can be traced; sentences are edited before it is published.").format(
            parts=_(", ").join(map(verbatim, parts))
        )
    )  # fmt: skip


def listing(desk: Desk) -> None:
    """All bulletins that the account may read, the newest first."""
    everything = desk.entries()
    until = moments.moment(datetime.now(UTC))
    # A draft is work at hand, whichever day is looked at.
    found = [entry for entry in everything if entry.published_at is None or entry.published_at <= until]
    if len(found) < len(everything):
        st.caption(
            _("{count} published after {day} are not shown.").format(
                count=len(everything) - len(found), day=day_word(state.asked_day(), year=True)
            )
        )
    elif not found:
        st.info(_("No bulletin has been published yet. Published bulletins appear here."))
    if found:
        st.header(_("Drafts and published bulletins") + f" :gray[{len(found)}]", anchor=False)
        if all(entry.published_at is None for entry in found):
            st.caption(
                _("None has been published yet. What is published stands here with its number, for every account.")
            )
    for entry in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"entry-{entry.id}"):
            with st.container(width="stretch", gap="xxsmall"):
                st.markdown(f"**{verbatim(one_line(entry.title))}**")
                st.caption(_line(desk, entry))
            st.markdown(badge(entry), width="content")
            st.button(_("Open the bulletin"), key=f"open-{entry.id}", on_click=state.put, kwargs={"id": str(entry.id)})


def _line(desk: Desk, entry: Entry) -> str:
    figures = _("{sector}, figures as of {day}").format(
        sector=sector_word(entry.sector), day=day_word(entry.as_of, year=True)
    )
    if entry.published_at is None:
        return _("{figures}; drafted {moment}").format(figures=figures, moment=moment(desk, entry.created_at))
    return _("{number}; {figures}; published {moment}").format(
        number=verbatim(entry.number or ""), figures=figures, moment=moment(desk, entry.published_at)
    )


def badge(entry: Entry) -> str:
    """Where a bulletin stands, as Markdown on its colour."""
    if entry.state == DRAFT:
        return ":orange-badge[" + _("✎ draft") + "]"
    if entry.withdrawn_by:
        return ":gray-badge[" + _("– withdrawn by {number}").format(number=verbatim(entry.withdrawn_by)) + "]"
    return ":green-badge[" + _("✔ published") + "]"


def moment(desk: Desk, at: datetime) -> str:
    """A moment in the campaign's time zone, to the minute."""
    return at.astimezone(desk.campaign.timezone).strftime("%Y-%m-%d %H:%M")


def one_line(title: str) -> str:
    """A title without its line breaks."""
    return "".join(title.split("\n"))


# ---- one bulletin ------------------------------------------------------------------------------------------------


def head(desk: Desk, shown: Shown) -> None:
    """Back to the list; number, state and downloads of the bulletin."""
    entry = shown.entry
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("‹ All bulletins"),
            type="tertiary",
            on_click=state.put,
            kwargs={"id": None, "view": None, "part": None, "edit": None},
        )
        st.markdown(badge(entry), width="content")
        st.caption(_line(desk, entry), width="stretch")
        name = f"{one_line(shown.content.title)}_{entry.number or _('draft of a bulletin')}_{entry.as_of.isoformat()}"
        for kind, media in (("docx", DOCX), ("pdf", PDF)):
            downloads.link(
                _("Download {kind}").format(kind=kind), _who(), f"{name}.{kind}", media, _producer(desk, entry.id, kind),
                key=f"bulletin-{kind}",
            )  # fmt: skip


def _producer(desk: Desk, number: int, kind: str) -> Callable[[], bytes]:
    return lambda: desk.file(number, kind)


def pick_view(shown: Shown) -> str:
    """Text, proof or history: what is looked at of the bulletin."""
    words = {"text": _("Text"), "proof": _("Proof"), "history": _("History")}
    views = list(words) if shown.editable or _who().may("publish") else ["text", "proof"]
    current = state.get("view") if state.get("view") in views else "text"
    st.session_state["state-view"] = current
    st.segmented_control(
        _("View"), views, format_func=words.__getitem__, required=True, key="state-view", label_visibility="collapsed",
        on_change=lambda: state.put(view=_unless(st.session_state["state-view"], "text")),
    )  # fmt: skip
    return current


def _unless(value: str, default: str) -> str | None:
    return None if value == default else value


def text(shown: Shown) -> None:
    """The bulletin as it reads; a number tells where it came from."""
    if shown.entry.withdrawn_by:
        st.warning(
            _("This bulletin has been withdrawn by {number}.").format(number=verbatim(shown.entry.withdrawn_by)),
            icon=":material/undo:",
        )
    content = shown.content
    parts = [opening(content)]
    running = ""
    for sentence, number in numbered_sentences(content):
        if sentence.role == "text" and not sentence.begins:
            running += inner(sentence)
            continue
        parts += [f"<p>{running}</p>"] if running else []
        running = "" if sentence.role != "text" else inner(sentence)
        parts += [block(sentence, number)] if sentence.role != "text" else []
    parts += [f"<p>{running}</p>"] if running else []
    st.html(f'<div class="bulletin">{"".join(parts)}{closing(content)}{tables(content)}</div>')


def numbered_sentences(content: Content) -> list[tuple[Sentence, str]]:
    """The sentences, each heading with its number."""
    return list(zip(content.sentences, marks([sentence.role for sentence in content.sentences]), strict=True))


def opening(content: Content) -> str:
    """Number, title and addressees, as HTML."""
    to = f'<p class="flush">{escape(content.addressees)}：</p>' if content.addressees else ""
    number = f'<p class="flush" style="text-align:center">{escape(content.number)}</p>' if content.number else ""
    return f"{number}<h2 class='title'>{escape(content.title).replace(chr(10), '<br>')}</h2>{to}"


def closing(content: Content) -> str:
    """The note on what is attached, signature and date, as HTML."""
    notes = "".join(f"<p>{escape(line)}</p>" for line in paper(content).annex_note)
    dated = f"{content.dated.year}年{content.dated.month}月{content.dated.day}日"
    return f'{notes}<p class="right">{escape(content.signed)}<br>{dated}</p>'


def tables(content: Content) -> str:
    """The annexes, as HTML."""
    found = []
    for number, annex in enumerate(content.annexes, 1):
        heads = "".join(f"<th>{escape(name)}</th>" for name in annex.columns)
        rows = "".join("<tr>" + "".join(f"<td>{part(cell)}</td>" for cell in row) + "</tr>" for row in annex.rows)
        mark = paper(content).annex_mark(number)
        found.append(
            f"<p class='flush'><b>{mark}　{escape(annex.title)}</b></p><div class='scroll'><table><thead><tr>{heads}</tr>"
            f"</thead><tbody>{rows}</tbody></table></div>"
        )
    return "".join(found)


def block(sentence: Sentence, number: str, stale: frozenset[Any] = frozenset()) -> str:
    """A heading or a sentence by itself, as HTML."""
    tag = {"heading1": "h2", "heading2": "h3"}.get(sentence.role, "p")
    look = "" if sentence.begins or tag != "p" else ' class="goes-on"'
    return f"<{tag}{look}>{number}{inner(sentence, stale)}</{tag}>"


def inner(sentence: Sentence, stale: frozenset[Any] = frozenset()) -> str:
    """The words of a sentence, its numbers with their sources, as HTML. stale: identities of figures out of date."""
    return "".join(part(each, stale) for each in sentence.parts)


def part(each: Part, stale: frozenset[Any] = frozenset()) -> str:
    """A piece of text or a number, as HTML."""
    if not isinstance(each, Figure):
        return escape(each)
    title = escape(source(each), quote=True)
    if each.edit:
        return f'<mark title="{title}">{escape(each.shown)}</mark>'
    look = "number stale" if each.identity in stale else "number"
    return f'<span class="{look}" title="{title}">{escape(each.shown)}</span>'


def source(figure: Figure) -> str:
    """Where a number came from, in a line."""
    said = _("{measure}, {unit}, as of {day}, batches {batches}").format(
        measure=proof.measure_word(figure),
        unit=figure.unit or "—",
        day=figure.day,
        batches=_(", ").join(f"#{number}" for number in figure.batches) or "—",
    )
    if figure.edit is None:
        return said
    if not figure.edit.was:
        return _("written by {who}, {at}").format(who=figure.edit.by, at=figure.edit.at)
    return _("{source}; changed by hand by {who}, {at}; computed: {was}").format(
        source=said, who=figure.edit.by, at=figure.edit.at, was=figure.edit.was
    )


_ACTIONS: Final[dict[str, Callable[[], str]]] = {
    "drafted": lambda: _("drafted"),
    "edited": lambda: _("sentence edited"),
    "restored": lambda: _("program's words taken"),
    "added": lambda: _("sentence added"),
    "removed": lambda: _("sentence removed"),
    "moved": lambda: _("sentence moved"),
    "paragraph": lambda: _("paragraph changed"),
    "headed": lambda: _("title, addressees, signature or date changed"),
    "withdraws": lambda: _("withdrawal of another bulletin"),
    "recomputed": lambda: _("figures recomputed"),
    "published": lambda: _("published"),
}


def history(desk: Desk, shown: Shown) -> None:
    """What was done to the bulletin, by whom, when."""
    rows = [
        {
            _("When"): moment(desk, event.at),
            _("By whom"): event.actor or _("command line"),
            _("What was done"): _ACTIONS[event.action](),
            _("Before"): str(event.detail.get("before", "")),
            _("After"): str(event.detail.get("after", event.detail.get("number", ""))),
        }
        for event in desk.history(shown.entry.id)
    ]
    st.dataframe(rows, hide_index=True, height="content" if len(rows) <= 15 else 560)
    if shown.entry.sha256:
        st.caption(_("Checksum of text, figures and files (SHA-256): {hash}").format(hash=shown.entry.sha256))


def did(action: Callable[[], Any]) -> None:
    """Do something with a bulletin and show the page anew; what cannot be done is said."""
    try:
        action()
    except (BulletinRefused, NoBulletin, WordingError, EditRefused) as error:
        st.error(verbatim(error), icon=":material/block:")
    else:
        st.rerun()
