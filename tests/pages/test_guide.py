"""The guide speaks of what is there: every name in quotes stands on one of the pages that its page of the guide explains."""

import re
from collections.abc import Callable

import pytest
from google.protobuf.text_format import MessageToString
from streamlit.testing.v1 import AppTest

from monitor.store import Store
from monitor.ui import foreign, guide, navigation
from tests.pages.conftest import Open
from tests.pages.test_intake import BAD, hand_in, press

ROLES = ("administrator", "province_schools", "city", "county", "university")
QUOTED = re.compile(r"“([^”]+)”")


def on_the_page(app: AppTest) -> str:
    """Everything that can be read on a page: names of fields and buttons, choices, texts, heads of tables."""
    heads = [str(name) for table in app.dataframe for name in table.value.columns]
    return "\n".join(
        [*heads, *(MessageToString(one, as_utf8=True) for element in app if (one := getattr(element, "proto", None)))]
    )


STEPS: dict[str, Callable[[AppTest], AppTest]] = {
    "bulletin": lambda app: press(app, "起草通报"),
    "chase": lambda app: press(app, "生成清单"),
    "intake": lambda app: hand_in(app, ("采集表.csv", BAD)),
}
"""What brings out the rest of a page, for who may do it."""


@pytest.mark.parametrize("topic", guide.TOPICS)
def test_every_name_in_quotes_is_there(topic: str, small: Store, open_page: Open) -> None:
    wanted = set(QUOTED.findall(guide.path_of(topic).read_text(encoding="utf-8")))
    wanted -= set(foreign.table("zh_CN").values())  # what Streamlit's elements say by themselves
    for page in navigation.REGISTRY:
        for role in ROLES if guide.topic_of(page.key) == topic else ():
            if page.open_to(role):
                app = open_page(small, page.key, role)
                said = on_the_page(app)
                if page.key in STEPS and role == ("administrator" if page.key == "intake" else "province_schools"):
                    said += on_the_page(STEPS[page.key](app))
                wanted = {name for name in wanted if name not in said}
    assert wanted == set()


def test_a_page_of_the_guide_is_shown_with_its_pictures(small: Store, open_page: Open) -> None:
    for topic in guide.TOPICS:
        app = open_page(small, "help", "province_schools", topic=topic)
        written = guide.path_of(topic).read_text(encoding="utf-8")
        shown = [element.proto for element in app.get("image")]
        assert not app.exception
        assert [image.alt for one in shown for image in one.imgs] == re.findall(r"^!\[(.+)\]", written, re.MULTILINE)
        assert "![" not in "".join(part.value for part in app.markdown)
