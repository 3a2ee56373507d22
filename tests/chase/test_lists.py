"""The list of an office: one entry a thing and stage, made again without change, closed where nothing is owed."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, update

from monitor.chase import sending
from monitor.filings import calendar, life, milestones, roster
from monitor.filings.milestones import Report
from monitor.i18n import spoken
from monitor.progress import View
from monitor.store import Scope, Store, chases
from monitor.store.schema import milestone
from monitor.store.scope import OutOfScope
from tests.chase.world import entries, file_report, moment, office, open_things, refresh
from tests.filings.accounts import at, fill_in, person, shown
from tests.filings.people import COMPLETE
from tests.pages.world import LAST, fill

NOVEMBER = "2016-11-28 09:00"


def test_who_has_filed_is_not_asked(store: Store) -> None:
    fill(store)
    file_report(store, "C1", "2016-10", "2016-10-24 10:00")
    refresh(store, NOVEMBER)
    asked = {(code, key, stage) for code, key, stage, _state in open_things(store)}
    assert ("C1", "filing:2016-10", "long_overdue") not in asked
    assert ("C2", "filing:2016-10", "long_overdue") in asked
    assert {("C1", "filing:2016-11", "overdue"), ("C2", "filing:2016-11", "overdue")} <= asked


def test_making_it_again_changes_nothing(store: Store) -> None:
    fill(store)
    assert refresh(store, NOVEMBER).drafted > 0
    before = entries(store)
    again = refresh(store, NOVEMBER)
    assert (again.drafted, again.closed) == (0, 0)
    assert entries(store) == before


def test_letters_are_chinese_whatever_the_screen_speaks(store: Store) -> None:
    fill(store)
    with spoken("en"):
        refresh(store, NOVEMBER)
    before = [(row["text"], row["facts"]["title"]) for row in entries(store)]
    refresh(store, NOVEMBER)
    assert [(row["text"], row["facts"]["title"]) for row in entries(store)] == before
    assert before and all("月报表" in text for text, title in before if "月报" in title)
    assert not [text for text, _title in before if re.search("[A-Za-z]{4}", text)]


@pytest.mark.parametrize(
    ("at", "stage"),
    [
        ("2016-10-25 23:59", None),
        ("2016-10-26 00:00", "due_soon"),  # 27, 28, 31: three working days
        ("2016-10-31 23:59:59.999999", "due_soon"),
        ("2016-11-01 00:00", "overdue"),
        ("2016-11-02 23:59", "overdue"),
        ("2016-11-03 00:00", "long_overdue"),
    ],
)
def test_the_stages_of_a_milestone(empty_store: Store, at: str, stage: str | None) -> None:
    fill(empty_store)
    refresh(empty_store, at)
    plans = {(code, stage) for code, key, stage, _state in open_things(empty_store) if key == "milestone:work_plan"}
    assert plans == ({("C1", stage), ("C2", stage)} if stage else set())


def test_a_milestone_that_was_reported_is_not_asked_for(store: Store) -> None:
    fill(store)
    assert refresh(store, NOVEMBER).drafted > 0
    done = Report(date(2016, 11, 11), "方案已印发", None, None, None)
    milestones.report(store, person(store, "city", "C1"), "C1", "work_plan", done, 0)
    with store.begin() as connection:  # as if it had been reported on the day of the list
        connection.execute(update(milestone).values(reported_at=moment(store, "2016-11-11 10:00")))
    refresh(store, NOVEMBER)
    plans = {row["unit_id"]: row["state"] for row in entries(store) if row["obligation"] == "milestone:work_plan"}
    assert plans == {office(store, "C1").id: "dropped", office(store, "C2").id: "draft"}


@pytest.mark.parametrize(
    ("at", "stage"),
    [
        ("2016-11-22 09:00", "due_soon"),  # 23, 24, 25: three working days
        ("2016-11-25 23:59:59.999999", "due_soon"),
        ("2016-11-26 00:00", "overdue"),
        ("2016-11-29 23:59", "overdue"),
        ("2016-11-30 00:00", "long_overdue"),  # 28, 29, 30: three working days
    ],
)
def test_the_stages_of_a_report(empty_store: Store, at: str, stage: str) -> None:
    fill(empty_store)
    refresh(empty_store, at)
    assert ("C2", "filing:2016-11", stage, "draft") in open_things(empty_store)


def test_too_early_is_not_asked(empty_store: Store) -> None:
    fill(empty_store)
    refresh(empty_store, "2016-11-21 18:00")
    assert not [thing for thing in open_things(empty_store) if thing[1] == "filing:2016-11"]


def test_what_is_owed_no_more_is_closed_and_a_later_stage_takes_the_place_of_a_draft(store: Store) -> None:
    fill(store)
    refresh(store, "2016-11-25 12:00")
    unit = office(store)
    sent = next(row for row in entries(store) if row["obligation"] == "filing:2016-11")
    assert sending.mark(store, Scope.all(), unit, [sent["id"]], "sent", "tester") == 1
    refresh(store, NOVEMBER)  # the other city's draft of the earlier stage is dropped, what was sent stays
    states = {(row["unit_id"], row["stage"]): row["state"] for row in entries(store) if "2016-11" in row["obligation"]}
    assert states[sent["unit_id"], "due_soon"] == "sent"
    assert sorted(state for (_unit, stage), state in states.items() if stage == "due_soon") == ["dropped", "sent"]
    assert {state for (_unit, stage), state in states.items() if stage == "overdue"} == {"draft"}
    code = "C1" if sent["unit_id"] == office(store, "C1").id else "C2"
    file_report(store, code, "2016-11", "2016-11-28 08:59")
    refresh(store, NOVEMBER)
    states = {(row["unit_id"], row["stage"]): row["state"] for row in entries(store) if "2016-11" in row["obligation"]}
    assert states[sent["unit_id"], "due_soon"] == "done"
    assert states[sent["unit_id"], "overdue"] == "dropped"


def test_a_city_asks_its_counties_and_its_own_schools_only(store: Store) -> None:
    fill(store)
    refresh(store, NOVEMBER, "C2")
    # S2 belongs to K2: its superior is the county.
    assert {thing[:3] for thing in open_things(store, "C2")} == {
        ("K2", "collection", "not_started"), ("K2", "milestone:local_training", "long_overdue")
    }  # fmt: skip
    refresh(store, NOVEMBER, "K2")
    assert {thing[:3] for thing in open_things(store, "K2")} == {("S2", "collection", "not_started")}


def test_the_text_speaks_of_the_units_own_figures(empty_store: Store) -> None:
    fill(empty_store)
    refresh(empty_store, NOVEMBER, "K2")
    (entry,) = entries(empty_store, "K2")
    assert entry["facts"]["denominator"] == 40 and entry["facts"]["approved"] == 0 and entry["facts"]["left"] == 40
    assert "单位S2：" in entry["text"] and "应采集 40 人，审核通过 0 人，完成率 0.0%" in entry["text"]
    for other in ("S1", "S3", "单位C1"):
        assert other not in entry["text"]


def test_universities_are_another_list(store: Store) -> None:
    fill(store)
    refresh(store, NOVEMBER, sectors=("universities",))
    assert {code for code, *_rest in open_things(store)} <= {"U1", "U2"}
    before = len(entries(store))
    refresh(store, NOVEMBER, sectors=("schools",))
    assert len([row for row in entries(store) if row["sector"] == "universities"]) == before


def test_what_was_dismissed_stays_so_at_its_stage(empty_store: Store) -> None:
    fill(empty_store)
    refresh(empty_store, NOVEMBER, "K2")
    (entry,) = entries(empty_store, "K2")
    sending.mark(empty_store, Scope.all(), office(empty_store, "K2"), [entry["id"]], "dismissed", "tester", "校舍搬迁")
    assert refresh(empty_store, "2016-12-09 09:00", "K2").drafted == 0
    with empty_store.connect() as connection:
        told = chases.history(connection, Scope.all(), entry["id"])
    assert told["action"].tolist() == ["draft", "dismissed"] and told["detail"].tolist()[1] == "校舍搬迁"


def test_only_the_two_units_see_a_chase(store: Store) -> None:
    fill(store)
    refresh(store, NOVEMBER, "C2")
    entry = entries(store, "C2")[0]
    for code, sees in (("C2", True), ("K2", True), ("C1", False), ("K1", False), (None, False)):
        scope = Scope(roots=frozenset({office(store, code).id}), sectors=frozenset({"schools"}))
        with store.connect() as connection:
            assert bool(len(chases.listed(connection, scope))) is sees
            if not sees:
                with pytest.raises(OutOfScope):
                    chases.one(connection, scope, entry["id"])
                with pytest.raises(OutOfScope):
                    chases.history(connection, scope, entry["id"])
    with store.connect() as connection:
        assert chases.listed(connection, Scope.nothing()).empty


def test_nothing_loaded_owes_nothing_but_reports(empty_store: Store) -> None:
    from tests.access.tree import plant

    plant(empty_store)
    unit = office(empty_store)
    from monitor.chase import lists

    with empty_store.begin() as connection:
        view = View.at(connection, empty_store.campaign, Scope.all(), LAST)
        lists.refresh(view, unit, ("schools",), moment(empty_store, NOVEMBER), "")
    assert {thing[1].split(":")[0] for thing in open_things(empty_store)} == {"filing", "milestone"}


def test_each_return_is_told_by_itself(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent back twice: two messages, each with its own reason, however soon the one comes after the other."""
    store, told = empty_store, []
    fill(store)
    city, province = person(store, "city", "C1"), person(store, "province_schools")
    for hour, reason in ((9, "培训人数请核对"), (11, "经费数字有误")):
        at(monkeypatch, store.campaign, f"2016-11-28T{hour:02d}:00")
        fill_in(store, city, "C1")
        life.submit(store, city, shown(store, city, "C1"))
        life.send_back(store, province, shown(store, province, "C1"), reason)
        for _again in range(2):
            refresh(store, f"2016-11-28 {hour:02d}:30")
        drafts = [row for row in entries(store) if row["stage"] == "returned" and row["state"] == "draft"]
        told += [row["text"] for row in drafts]
        sending.mark(store, Scope.all(), office(store), [row["id"] for row in drafts], "sent", "tester")
    assert ["培训人数请核对" in text for text in told] == [True, False]
    assert ["经费数字有误" in text for text in told] == [False, True]
    states = [(row["round"], row["state"]) for row in entries(store) if row["stage"] == "returned"]
    assert states == [(1, "done"), (2, "sent")]


def test_a_roster_of_which_one_copy_is_there_is_told_of_the_other(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sqlite_store
    fill(store)
    at(monkeypatch, store.campaign, "2016-10-09T10:00")
    roster.submit(store, person(store, "city", "C1"), "C1", COMPLETE, 0)
    roster.mark_paper(store, person(store, "province_schools"), "C2", date(2016, 10, 9))
    refresh(store, NOVEMBER)
    texts = {row["unit_id"]: row["text"] for row in entries(store) if row["obligation"] == "filing:roster"}
    assert "尚缺签字盖章的纸质件" in texts[office(store, "C1").id]
    assert "尚缺电子件" in texts[office(store, "C2").id]
    with store.connect() as connection:  # it waits for the province once both are there
        standing = {row["code"]: row["life"] for row in rosters_of(connection, store)}
    assert standing["C1"] is None
    roster.mark_paper(store, person(store, "province_schools"), "C1", date(2016, 10, 9))
    with store.connect() as connection:
        assert {row["code"]: row["life"] for row in rosters_of(connection, store)}["C1"] == "submitted"


def rosters_of(connection: Connection, store: Store) -> list[dict[str, Any]]:
    period = calendar.periods(store.campaign, date(2016, 11, 28))[0]
    found = period.standing(connection, store.campaign, Scope.all(), moment(store, NOVEMBER))
    rows: list[dict[str, Any]] = found.to_dict("records")  # type: ignore[assignment]
    return rows


@pytest.mark.parametrize(("now", "year"), [("2016-12-30 09:00", ""), ("2017-01-23 09:00", "2016年")])
def test_after_the_new_year_days_of_the_old_one_are_written_with_it(empty_store: Store, now: str, year: str) -> None:
    fill(empty_store)
    refresh(empty_store, now)
    told = {row["obligation"]: row["text"] for row in entries(empty_store) if "单位C2：" in row["text"]}
    assert f"应于{year}10月25日前报送" in told["filing:2016-10"]
    assert f"\n截至{year}11月11日" in told["collection"] and f"截止日为{year}12月16日" in told["collection"]
