"""The life of a report: filled in, submitted, returned, submitted again, accepted; and what stays."""

from datetime import date

import polars as pl
import pytest
from sqlalchemy import select

from monitor.filings import checks, life
from monitor.filings.deadline import end_of_day
from monitor.filings.fields import FieldError
from monitor.filings.gather import NoReport
from monitor.filings.report import Report, report
from monitor.filings.standing import standing, state_of
from monitor.filings.state import State
from monitor.store import Scope, Store, audit, loads, meta, read
from monitor.store.schema import audit as audit_table
from tests.filings.accounts import MONTH, at, fill_in, person, shown
from tests.pages.world import LAST, approved


def _actions(store: Store) -> list[tuple[str, str]]:
    with store.connect() as connection:
        assert audit.broken_at(connection) is None
        rows = connection.execute(select(audit_table.c.actor, audit_table.c.action).order_by(audit_table.c.id))
        return [(row.actor, row.action) for row in rows if row.action.startswith("filing")]


def _more_approved(store: Store) -> None:
    """A correction: on the newest day S1 has more approved than was said."""
    with store.connect() as connection:
        unit = read.unit(connection, Scope.all(), "S1")
    rows = [(unit.id, LAST, level, 0, 55, 0) for level in unit.chain]
    places = pl.DataFrame(rows, ["unit_id", "day", "level", "pending", "approved", "returned"], orient="row")
    loads.load(store, loads.NewBatch("review", "更正.csv", "3", "", len(places)), loads.Tables(None, places), [])


def test_the_life_of_a_report(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    city, office = person(small, "city", "C1"), person(small, "province_schools")
    assert shown(small, city, "C1").filing.version == 0
    fill_in(small, city, "C1")
    draft = shown(small, city, "C1")
    assert (draft.state, draft.open, draft.filing.submitted_at) == ("draft", True, None)
    life.submit(small, city, draft)
    at(monkeypatch, small.campaign, "2016-11-26T09:00")
    life.send_back(small, office, shown(small, office, "C1"), "培训人数与上月不一致")
    returned = shown(small, city, "C1")
    assert returned.state == "returned" and returned.open
    at(monkeypatch, small.campaign, "2016-11-27T09:00")
    life.save_field(small, city, "C1", MONTH, "training_people", "12人", life.entries(returned.filing)["training_people"].version)  # fmt: skip
    life.submit(small, city, shown(small, city, "C1"))
    life.accept(small, office, shown(small, office, "C1"))
    found = shown(small, person(small, "observer"), "C1")
    assert (found.state, found.open, found.manual.training_people) == ("accepted", False, 12)
    said = [(event.actor, event.state, event.reason) for event in found.events]
    assert said == [
        ("city", "submitted", None), ("province_schools", "returned", "培训人数与上月不一致"),
        ("city", "submitted", None), ("province_schools", "accepted", None),
    ]  # fmt: skip
    assert [event.at.astimezone(small.campaign.timezone).day for event in found.events] == [24, 26, 27, 27]
    assert [(event.content or {}).get("manual", {}).get("training_people") for event in found.events] == [3, None, 12, None]  # fmt: skip
    # On an earlier day it is what it was then.
    for day, state, people in ((23, "draft", None), (24, "submitted", 3), (26, "returned", None), (27, "accepted", 12)):
        with small.connect() as connection:
            moment = end_of_day(small.campaign, date(2016, 11, day))
            then = report(connection, small.campaign, Scope.all(), "C1", MONTH, at=moment)
            lives = standing(connection, small.campaign, Scope.all(), MONTH, moment).set_index("code")["life"]
        assert (then.state, lives["C1"] or "draft") == (state, state)
        assert people is None or then.manual.training_people == people
        assert (then.filing.submitted_at is None) == (day == 23) and then.source.figures_day <= date(2016, 11, day)
    # Returned and filed again after the 25th: the first submission counts.
    with small.connect() as connection:
        rows = standing(connection, small.campaign, Scope.all(), MONTH, end_of_day(small.campaign, date(2016, 11, 30)))
    assert state_of(rows.set_index("code").loc["C1"]) == State("on_time")
    actions = _actions(small)
    assert [action for _actor, action in actions if action != "filing_edited"] == [
        "filing_submitted", "filing_returned", "filing_submitted", "filing_accepted"
    ]  # fmt: skip
    assert ("city", "filing_edited") in actions


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2016-11-25T23:59:59.999000", State("on_time")),
        ("2016-11-26T00:00:00", State("late", 1)),
        ("2016-11-27T08:00:00", State("late", 2)),
    ],
)
def test_submitted_to_the_last_millisecond(
    moment: str, expected: State, embedded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = person(embedded, "city", "C1")
    fill_in(embedded, city, "C1")
    at(monkeypatch, embedded.campaign, moment)
    life.submit(embedded, city, shown(embedded, city, "C1"))
    with embedded.connect() as connection:
        rows = standing(connection, embedded.campaign, Scope.all(), MONTH, end_of_day(embedded.campaign, date(2017, 1, 1)))  # fmt: skip
    assert state_of(rows.set_index("code").loc["C1"]) == expected


def test_what_was_submitted_stays_as_submitted(embedded: Store) -> None:
    city, office = person(embedded, "city", "C1"), person(embedded, "province_schools")
    fill_in(embedded, city, "C1")
    life.submit(embedded, city, shown(embedded, city, "C1"))
    before = shown(embedded, office, "C1")
    assert before.frozen and before.moved == ()
    done = approved("S1", LAST) + approved("S3", LAST)
    assert before.source.at("figures", "approved") == done
    _more_approved(embedded)
    after = shown(embedded, office, "C1")
    assert after.source == before.source
    assert {(one.name, one.submitted, one.now) for one in after.moved} == {
        ("figures.approved", done, done - approved("S1", LAST) + 55),
        *(
            (f"levels.{level}.approved", then, then - approved("S1", LAST) + 55)
            for level in ("school", "county")
            if (then := before.source.at("figures", "levels", level, "approved"))
        ),
        ("institutions.complete", 2, 1),
    }
    life.send_back(embedded, office, after, "数字有更正，请重新核对")
    returned = shown(embedded, city, "C1")
    assert not returned.frozen
    assert returned.source.at("figures", "approved") == done - approved("S1", LAST) + 55
    assert returned.events[0].content and returned.events[0].content["document"]["figures"]["approved"] == done


def test_a_figure_put_right_keeps_the_computed_one_beside_it(embedded: Store) -> None:
    city = person(embedded, "city", "C1")
    computed = shown(embedded, city, "C1").source.at("figures", "expected")
    life.put_right(
        embedded, city, shown(embedded, city, "C1"), "figures.expected", computed + 10, "新招聘十人尚未入表", 0
    )
    found = shown(embedded, city, "C1")
    override = found.overrides[0]
    assert (override.name, override.value, override.computed) == ("figures.expected", computed + 10, computed)
    assert override.reason == "新招聘十人尚未入表"
    assert found.computed["figures"]["expected"] == computed
    assert found.source.at("figures", "expected") == computed + 10
    done = approved("S1", LAST) + approved("S3", LAST)
    assert found.source.at("rates", "completion") == pytest.approx(done / (computed + 10))
    assert found.source.at("rates", "collection") == pytest.approx(found.source.at("figures", "submitted") / (computed + 10))  # fmt: skip
    version = life.entries(found.filing, "overrides")["figures.expected"].version
    life.put_right(embedded, city, shown(embedded, city, "C1"), "figures.expected", None, "", version)
    assert shown(embedded, city, "C1").overrides == ()
    assert shown(embedded, city, "C1").source.at("rates", "completion") == pytest.approx(done / computed)


@pytest.mark.parametrize(("value", "reason"), [(80, ""), (80, "  \n"), (80, "无"), (-1, "表中有误差"), (90, "没有变化呀"), (80, "身份证 11010519491231002X")])  # fmt: skip
def test_no_figure_is_put_right_without_a_reason(value: int, reason: str, embedded: Store) -> None:
    city = person(embedded, "city", "C1")
    assert shown(embedded, city, "C1").source.at("figures", "expected") == 90
    with pytest.raises(FieldError):
        life.put_right(embedded, city, shown(embedded, city, "C1"), "figures.expected", value, reason, 0)
    assert shown(embedded, city, "C1").filing.version == 0


def test_a_report_is_not_submitted_before_it_is_whole(embedded: Store) -> None:
    city = person(embedded, "city", "C1")
    with pytest.raises(life.Refused, match="还没有填写"):
        life.submit(embedded, city, shown(embedded, city, "C1"))
    fill_in(embedded, city, "C1", reviewer="（演示） 填报人")
    assert [remark.field for remark in checks.missing(shown(embedded, city, "C1"))] == ["reviewer"]
    with pytest.raises(life.Refused, match="不能是同一个人"):
        life.submit(embedded, city, shown(embedded, city, "C1"))
    assert shown(embedded, city, "C1").state == "draft"


def test_each_state_allows_what_it_allows(embedded: Store) -> None:
    city, office = person(embedded, "city", "C1"), person(embedded, "province_schools")
    with pytest.raises(life.Refused):
        life.accept(embedded, office, shown(embedded, office, "C1"))
    with pytest.raises(life.Refused):
        life.send_back(embedded, office, shown(embedded, office, "C1"), "还没有报送")
    fill_in(embedded, city, "C1")
    life.submit(embedded, city, shown(embedded, city, "C1"))
    with pytest.raises(life.Refused, match="待接收"):
        life.save_field(embedded, city, "C1", MONTH, "funds", "另有经费", 99)
    with pytest.raises(life.Refused):
        life.submit(embedded, city, shown(embedded, city, "C1"))
    with pytest.raises(FieldError):
        life.send_back(embedded, office, shown(embedded, office, "C1"), " ")
    life.accept(embedded, office, shown(embedded, office, "C1"))
    with pytest.raises(life.Refused):
        life.accept(embedded, office, shown(embedded, office, "C1"))
    life.send_back(embedded, office, shown(embedded, office, "C1"), "接收有误，请补充")
    assert shown(embedded, city, "C1").open


def test_what_is_submitted_is_what_was_shown(embedded: Store) -> None:
    city, other = person(embedded, "city", "C1"), person(embedded, "city", "C1", "other")
    fill_in(embedded, city, "C1")
    seen = shown(embedded, city, "C1")
    life.save_field(embedded, other, "C1", MONTH, "funds", "改动", life.entries(seen.filing)["funds"].version)
    with pytest.raises(life.Changed):
        life.submit(embedded, city, seen)
    seen = shown(embedded, city, "C1")
    _more_approved(embedded)
    with pytest.raises(life.Changed, match="进度表"):
        life.submit(embedded, city, seen)
    life.submit(embedded, city, shown(embedded, city, "C1"))


def test_a_month_that_is_to_come_is_not_submitted(embedded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    city = person(embedded, "city", "C1")
    fill_in(embedded, city, "C1")
    seen: Report = shown(embedded, city, "C1")
    at(monkeypatch, embedded.campaign, "2016-10-31T23:59")
    with pytest.raises(life.Refused, match="还没有到"):
        life.submit(embedded, city, seen)
    with pytest.raises(NoReport):
        shown(embedded, city, "C1", "2016-12")


def test_drafts_that_save_themselves_leave_one_line_a_sitting(embedded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    city, version = person(embedded, "city", "C1"), 0
    for minute in (0, 1, 2, 30):
        at(monkeypatch, embedded.campaign, f"2016-11-24T10:{minute:02}")
        saved = life.save_field(embedded, city, "C1", MONTH, "problems", f"第 {minute} 分钟", version)
        version = saved.version
        assert saved.saved_at == embedded.campaign.now()
    assert life.save_field(embedded, city, "C1", MONTH, "problems", " 第 30 分钟 ", version).version == version
    assert _actions(embedded) == [("city", "filing_edited")] * 2


def test_the_clock_of_a_demonstration_stands_on_its_newest_day(
    embedded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = person(embedded, "city", "C1")
    at(monkeypatch, embedded.campaign, "2026-03-01T14:30")
    with embedded.begin() as connection:
        meta.put(connection, meta.DEMONSTRATION, "演示")
    fill_in(embedded, city, "C1")
    life.submit(embedded, city, shown(embedded, city, "C1"))
    submitted = shown(embedded, city, "C1").filing.submitted_at
    assert submitted and submitted.astimezone(embedded.campaign.timezone).isoformat() == f"{LAST}T14:30:00+08:00"
