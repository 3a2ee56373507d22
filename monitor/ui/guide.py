"""The guide (docs/guide/, Chinese) inside the program: a list of its pages and the one that the address asks for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from typing import Final

import streamlit as st

from monitor.access.who import Who
from monitor.campaign import PROJECT
from monitor.i18n import _
from monitor.ui import navigation, state

FOLDER: Final = PROJECT / "docs" / "guide"
TOPICS: Final = {
    "progress": "overview", "lagging": "lagging", "monthly": "monthly", "bulletin": "bulletin", "chase": "chase", "import": "quality",
}  # fmt: skip
"""Its pages, in their order: the name of the file, and the page of the program that one needs for it."""
_OF_PAGE: Final = {
    "lagging": "lagging", "analysis": "lagging", "whatif": "lagging", "monthly": "monthly", "filings": "monthly",
    "roster": "monthly", "milestones": "monthly", "templates": "monthly", "bulletin": "bulletin", "chase": "chase",
    "intake": "import", "quality": "import", "reconciliation": "import",
}  # fmt: skip

_WIDTH: Final = 860
_PICTURE: Final = re.compile(r"^!\[(?P<says>[^\]]+)\]\((?P<file>images/[\w-]+\.png)\)$", re.MULTILINE)
_LOWER: Final = re.compile(r"^##+ ", re.MULTILINE)


def topic_of(page: str) -> str:
    """The page of the guide that explains a page of the program."""
    return _OF_PAGE.get(page, next(iter(TOPICS)))


def path_of(topic: str) -> Path:
    """The file of a page of the guide."""
    return FOLDER / f"{topic}.md"


def link(page: str) -> None:
    """The way from a page of the program to its page of the guide."""
    target = navigation.PAGES["help"]
    st.page_link(target.file, label=_("Help"), icon=target.icon, query_params={"topic": topic_of(page)})


def show(who: Who) -> None:
    """The page of the guide that the address asks for, with the way to the others that this account has a use for."""
    st.title(navigation.PAGES["help"].title, anchor=False)
    titles = {
        topic: path_of(topic).read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        for topic, page in TOPICS.items()
        if navigation.PAGES[page].open_to(who.role)
    }
    with st.container(width=320):
        topic = state.choose("topic", _("Topic"), list(titles), titles)
    st.header(titles[topic], anchor=False)
    for part in parts(path_of(topic).read_text(encoding="utf-8").partition("\n")[2]):
        if isinstance(part, str):
            st.markdown(part, width=_WIDTH)
        else:
            # As wide as it is, or as there is room: the browser makes it smaller better than the server would.
            with st.container(width=part.size[0], key=part.key):
                st.image(str(FOLDER / part.file), width="stretch", alt=part.says)


@cache
def rooms() -> str:
    """Rules of style that keep the room of every picture before it is there, so that what stands below does not move. They
    come with the head of the page (monitor/ui/routes.py): an element of the page that held them is drawn after its texts."""
    pictures = (
        part
        for topic in TOPICS
        for part in parts(path_of(topic).read_text(encoding="utf-8"))
        if isinstance(part, Picture)
    )
    return "".join(f"#root .st-key-{one.key} {{ aspect-ratio: {one.size[0]} / {one.size[1]}; }}\n" for one in pictures)


@dataclass(frozen=True)
class Picture:
    """A picture of the guide: its file below FOLDER, what it shows in words."""

    file: str
    says: str

    @property
    def key(self) -> str:
        """What its place on the page is called."""
        return f"picture-{PurePath(self.file).stem}"

    @property
    def size(self) -> tuple[int, int]:
        """Its own width and height, in pixels: a PNG file's first two numbers."""
        head = (FOLDER / self.file).read_bytes()[16:24]
        return int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")


def parts(body: str) -> Iterator[str | Picture]:
    """A page of the guide piece by piece. A picture, which stands in a line of its own, is served by Streamlit: an address
    in Markdown would lead beside the page."""
    begin = 0
    for found in _PICTURE.finditer(body):
        # A heading of the guide stands below that of the page's topic.
        yield _LOWER.sub(r"#\g<0>", body[begin : found.start()])
        yield Picture(found["file"], found["says"])
        begin = found.end()
    yield _LOWER.sub(r"#\g<0>", body[begin:])
