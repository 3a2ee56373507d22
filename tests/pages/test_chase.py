"""The page 催办 and what is to be seen to today: for every role, from the list to what became of it."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from monitor.access.roles import ROLES
from monitor.chase import sending
from monitor.filings.load import record_all
from monitor.store import Scope, Store, chases, milestones, read
from monitor.ui.chase import not_sent
from tests.chase.world import entries, office, refresh
from tests.filings.accounts import at
from tests.pages.conftest import Open, said

CHASING = {"province_schools", "province_universities", "city", "county"}


NOON = datetime(2016, 10, 31, 4, tzinfo=UTC)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("figures", ["empty", "small"])
def test_every_role(role: str, figures: str, open_page: Open, request: pytest.FixtureRequest) -> None:
    app = open_page(request.getfixturevalue(figures), "chase", role)
    assert not app.exception
    if role not in CHASING:
        assert "您的账号无权打开本页" in "".join(str(error.value) for error in app.error)
    elif figures == "empty":
        assert "还没有数据" in said(app)
    else:
        assert "生成清单" in [button.label for button in app.button]


def test_from_the_list_to_what_became_of_it(small: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, small.campaign, "2016-11-11T23:00")
    with small.begin() as connection:  # of K1, whose one school is complete, nothing but its training is owed
        milestones.change(
            connection, read.unit(connection, Scope.all(), "K1").id, "local_training", NOON, "", "reported",
            done_on=NOON.date(), reported_at=NOON,
        )  # fmt: skip
    app = open_page(small, "chase", "county", day="2016-11-11")
    # The account of the role stands for K1, whose one school is complete: nothing to chase, said so.
    app = next(button for button in app.button if button.label == "生成清单").click().run()
    assert not app.exception and "没有待催办的事项" in said(app)

    app = open_page(small, "chase", "province_schools", day="2016-11-11")
    app = next(button for button in app.button if button.label == "生成清单").click().run()
    assert not app.exception
    with small.connect() as connection:
        root = read.unit(connection, Scope.all(), small.campaign.root)
        found = chases.listed(connection, Scope.all(), superior=root.id, states=("draft",))
    # On 11 November: October's report of both cities, rosters, plans and training are missing, and C2 has not begun.
    assert f"待催办 {len(found)} 项，涉及 2 个单位" in said(app)
    assert {(row.code, row.obligation) for row in found.itertuples()} == {
        ("C1", "filing:2016-10"), ("C2", "filing:2016-10"), ("C1", "filing:roster"), ("C2", "filing:roster"),
        ("C1", "milestone:work_plan"), ("C2", "milestone:work_plan"), ("C1", "milestone:local_training"),
        ("C2", "milestone:local_training"), ("C2", "collection"),
    }  # fmt: skip
    pressing = found[(found["code"] == "C1") & (found["obligation"] == "filing:roster")]
    assert str(pressing["text"].iloc[0]) in said(app)  # the most pressing entry's text is open
    app = next(button for button in app.button if button.label == "生成清单").click().run()
    assert "清单没有变化。" in said(app)
    app = open_page(small, "chase", "province_schools", matter="milestone:work_plan")
    assert list(app.dataframe[0].value["事项"].unique()) == ["制定工作方案"] and len(app.dataframe[0].value) == 2
    # By an earlier day nobody is asked: what came in since would be asked for again.
    app = open_page(small, "chase", "province_schools", day="2016-11-10")
    assert "现在看的是其他日期" in said(app) and "生成清单" not in [button.label for button in app.button]


def test_today_says_what_the_account_owes(small: Store, open_page: Open) -> None:
    labels = [str(link.label) for link in links(open_page(small, "home", "city", day="2016-11-11"))]
    assert "催办：清单尚未生成" in labels
    assert any("2016年10月月报" in label and "逾期" in label for label in labels), labels
    moment = datetime(2016, 10, 24, 9, tzinfo=small.campaign.timezone)
    record_all(small, [("C1", "2016-10", moment)], "tester")
    labels = [str(link.label) for link in links(open_page(small, "home", "city", day="2016-11-11"))]
    assert not any("2016年10月月报" in label for label in labels), labels


def test_the_unit_reads_what_it_was_asked(small: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, small.campaign, "2016-11-11T23:00")
    refresh(small, "2016-11-11 23:00")
    rows = [row for row in entries(small) if row["state"] == "draft"]
    told = next(row for row in rows if row["obligation"] == "milestone:work_plan" and "单位C1" in row["text"])
    label = "上级催办：1 项"
    assert label not in [one.label for one in open_page(small, "home", "city").expander]
    sending.mark(small, Scope.all(), office(small), [told["id"]], "sent", "tester")
    app = open_page(small, "home", "city")
    assert label in [one.label for one in app.expander] and told["text"] in [one.value for one in app.text]
    for role in ("county", "school", "university"):
        assert told["text"] not in [one.value for one in open_page(small, "home", role).text]


def links(app: AppTest) -> list[Any]:
    return [element.proto for element in app.main if element.type == "page_link"] or [
        element.proto for element in app.get("page_link")
    ]


def test_the_start_page_shows_what_an_account_may_do(small: Store, open_page: Open) -> None:
    def ways(role: str) -> set[str]:
        return {str(link.label) for link in links(open_page(small, "home", role))}

    assert {"报月报", "看市县进度", "催办"} <= ways("city")
    assert {"看高校进度", "报月报"} <= ways("university") and "看市县进度" not in ways("university")
    assert "导入数据" in ways("administrator") and "导入数据" not in ways("observer")
    app = open_page(small, "home", "observer")
    assert app.header[0].value == "今日无待办事项" and not app.exception


def test_what_was_not_sent_is_told_once_a_reason() -> None:
    names = pd.Series(
        {1: "演示甲市", 2: "演示甲市", 3: "演示乙市", 4: "演示*丙*"} | {n: f"单位{n}" for n in range(10, 22)}
    )
    told = not_sent(names, {1: "已达上限", 2: "已达上限", 3: "已达上限", 4: "没有邮箱"})
    assert told.split("\n") == [
        "没有发送的 4 项：",
        "",
        "- 演示甲市（2 项）、演示乙市：已达上限",
        "- 演示\\*丙\\*：没有邮箱",
    ]
    rest = not_sent(names, dict.fromkeys(range(10, 22), "现在是静默时段"))
    assert rest.split("\n")[2] == "- " + "、".join(f"单位{n}" for n in range(10, 20)) + "等：现在是静默时段"
    assert not_sent(names, {}) == ""
