"""Milestones: who reports what, states against the dates, what adds up from below, history, evidence."""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from monitor.filings import evidence
from monitor.filings import milestones as life
from monitor.filings.milestone_load import Told, record_all
from monitor.filings.milestones import MilestoneRefused, Report
from monitor.filings.state import State
from monitor.store import Scope, Store, audit, milestones, read
from monitor.store.scope import OutOfScope
from tests.access.tree import plant
from tests.filings.test_roster import ASKING, who

NOW = datetime(2016, 11, 25, 4, tzinfo=UTC)
DONE = date(2016, 10, 28)


def unit_id(store: Store, code: str) -> int:
    with store.connect() as connection:
        return read.unit(connection, Scope.all(), code).id


def version(store: Store, code: str, stage: str) -> int:
    with store.connect() as connection:
        return int(milestones.state(connection, read.unit(connection, Scope.all(), code).id, stage).get("version", 0))


def say(store: Store, actor: Any, code: str, stage: str, said: Report) -> None:
    life.report(store, actor, code, stage, said, version(store, code, stage))


def table(store: Store, scope: Scope, at: datetime = NOW, **finished: tuple[date | None, float | None]) -> pd.DataFrame:
    known = {unit_id(store, code): value for code, value in finished.items()}
    with store.connect() as connection:
        return life.table(connection, store.campaign, scope, at, known).set_index(["code", "stage"])


REPORTS = {
    ("C1", "work_plan"): {("city", "C1")},
    ("C1", "local_training"): {("city", "C1")},
    ("K1", "local_training"): {("county", "K1")},
    ("C1", "roster"): set(),
    ("C1", "collection"): set(),
    ("U1", "work_plan"): set(),
    ("S1", "local_training"): set(),
}


@pytest.mark.parametrize(("role", "own"), ASKING)
def test_a_unit_reports_its_own_and_nobody_elses(empty_store: Store, role: str, own: str | None) -> None:
    plant(empty_store)
    actor, root = who(empty_store, role, own), empty_store.campaign.root
    asked = {**REPORTS, (root, "provincial_training"): {("province_schools", None), ("province_universities", None)}}
    for (code, stage), allowed in asked.items():
        if (role, own) in allowed:
            say(empty_store, actor, code, stage, Report(DONE))
            assert version(empty_store, code, stage) == 1
        else:
            with pytest.raises(MilestoneRefused):
                say(empty_store, actor, code, stage, Report(DONE))
            with pytest.raises(MilestoneRefused):
                evidence.add(empty_store, actor, code, stage, "a.pdf", b"%PDF-1.4")
            assert version(empty_store, code, stage) == 0


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        (date(2016, 10, 31), State("on_time")),
        (date(2016, 11, 1), State("late", 1)),
        (date(2016, 11, 3), State("late", 3)),
    ],
)
def test_in_time_is_it_by_the_day_on_which_it_was_done(empty_store: Store, done: date, expected: State) -> None:
    plant(empty_store)
    record_all(empty_store, [Told("C1", "work_plan", Report(done), datetime(2016, 11, 20, tzinfo=UTC))], "")
    found = table(empty_store, Scope.all())
    assert life.state_of(found.loc[("C1", "work_plan")]) == expected
    assert life.state_of(found.loc[("C2", "work_plan")]) == State("missing")
    before = table(empty_store, Scope.all(), datetime(2016, 11, 19, tzinfo=UTC))
    assert life.state_of(before.loc[("C1", "work_plan")]) == State("missing")  # nobody knew of it yet
    early = table(empty_store, Scope.all(), datetime(2016, 10, 31, 15, 59, 59, 999999, tzinfo=UTC))
    assert life.state_of(early.loc[("C2", "work_plan")]) == State("not_due")
    late = table(empty_store, Scope.all(), datetime(2016, 10, 31, 16, tzinfo=UTC))
    assert life.state_of(late.loc[("C2", "work_plan")]) == State("missing")


def test_whom_a_stage_is_asked_of(store: Store) -> None:
    plant(store)
    found = table(store, Scope.all(), C1=(None, 0.5), C2=(date(2016, 12, 20), 1.0), U1=(date(2016, 11, 20), 1.0))
    asked = {stage: set(codes) for stage, codes in found.reset_index().groupby("stage")["code"]}
    assert asked == {
        "roster": {"C1", "C2", "U1", "U2"}, "work_plan": {"C1", "C2"}, "provincial_training": {store.campaign.root},
        "local_training": {"C1", "C2", "K1", "K2"}, "collection": {"C1", "C2", "U1"},
    }  # fmt: skip
    assert life.state_of(found.loc[("U1", "collection")]) == State("on_time")
    assert life.state_of(found.loc[("C1", "collection")]) == State("not_due")
    after = table(store, Scope.all(), datetime(2016, 12, 25, tzinfo=UTC), C1=(None, 0.5), C2=(date(2016, 12, 20), 1.0))
    assert life.state_of(after.loc[("C1", "collection")]) == State("missing")
    assert life.state_of(after.loc[("C2", "collection")]) == State("late", 4)
    own = table(store, who(store, "county", "K1").scope)
    assert set(own.reset_index()["code"]) == {"K1", store.campaign.root} - {store.campaign.root}
    assert table(store, Scope.nothing()).empty


def test_training_adds_up_from_counties(store: Store) -> None:
    plant(store)
    say(store, who(store, "county", "K1"), "K1", "local_training", Report(DONE, "", 2, 30, 1))
    say(store, who(store, "city", "C1"), "C1", "local_training", Report(DONE, "", 1, 12, 1))
    with store.connect() as connection:
        ids = [read.unit(connection, Scope.all(), code).id for code in ("C1", "C2", "K1", store.campaign.root)]
        found = milestones.reached(connection, Scope.all(), "local_training", ["county"], ids, date(2016, 11, 1))
        assert found.to_numpy().tolist() == [
            [1, 1, 2, 2, 3, 42],  # K1 of K1; S1 of K1 and S3 of the city itself
            [0, 1, 0, 1, 0, 0],
            [0, 0, 1, 1, 2, 30],
            [1, 2, 1, 3, 2, 30],
        ]
        before = milestones.reached(connection, Scope.all(), "local_training", ["county"], ids, date(2016, 10, 27))
        assert before[["counties", "schools", "people"]].to_numpy().sum() == 0
        nothing = milestones.reached(connection, Scope.nothing(), "local_training", ["county"], ids, NOW.date())
        assert nothing.to_numpy().sum() == 0
    with pytest.raises(MilestoneRefused, match="1"):
        say(store, who(store, "city", "C1"), "C1", "local_training", Report(DONE, "", 1, 12, 2))  # S1 is the county's


def test_corrections_and_withdrawals_keep_their_history(store: Store) -> None:
    plant(store)
    city = who(store, "city", "C1")
    say(store, city, "C1", "work_plan", Report(DONE, "已印发"))
    say(store, city, "C1", "work_plan", Report(DONE, "已印发"))  # the same again changes nothing
    say(store, city, "C1", "work_plan", Report(date(2016, 10, 27), "日期更正"))
    with pytest.raises(MilestoneRefused):
        life.report(store, city, "C1", "work_plan", Report(DONE), 1)
    with pytest.raises(MilestoneRefused):
        life.withdraw(store, city, "C1", "work_plan", 2, " ")
    life.withdraw(store, city, "C1", "work_plan", 2, "填错单位")
    with pytest.raises(MilestoneRefused):
        life.withdraw(store, city, "C1", "work_plan", 3, "再撤")
    assert life.state_of(table(store, Scope.all()).loc[("C1", "work_plan")]) == State("missing")
    say(store, city, "C1", "work_plan", Report(DONE))
    with store.connect() as connection:
        found = milestones.history(connection, city.scope, read.unit(connection, Scope.all(), "C1").id, "work_plan")
        other = who(store, "city", "C2").scope
        assert milestones.history(connection, other, unit_id(store, "C1"), "work_plan").empty
        assert audit.broken_at(connection) is None
    assert found["event"].tolist() == ["reported", "withdrawn", "corrected", "reported"]
    assert [detail.get("done_on") for detail in found["detail"]] == ["2016-10-28", None, "2016-10-27", "2016-10-28"]


@pytest.mark.parametrize(
    "said",
    [
        Report(date(2016, 8, 31)), Report(date(2099, 1, 1)), Report(DONE, "x" * 1001), Report(DONE, "11010519491231002X"),
        Report(DONE, "", -1), Report(DONE, "", 1, 1, 99),
    ],
)  # fmt: skip
def test_what_cannot_be(empty_store: Store, said: Report) -> None:
    plant(empty_store)
    with pytest.raises(MilestoneRefused):
        say(empty_store, who(empty_store, "city", "C1"), "C1", "local_training", said)


# ---- evidence ----------------------------------------------------------------------------------------------------


def package(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return buffer.getvalue()


def test_evidence_is_kept_and_given_in_scope(store: Store) -> None:
    plant(store)
    city, content = who(store, "city", "C1"), package("word/document.xml")
    number = evidence.add(store, city, "C1", "work_plan", "../../方案\x00.docx", content)
    with store.connect() as connection:
        (row,) = milestones.files(connection, city.scope, unit_id(store, "C1"), "work_plan").to_dict("records")
        assert (row["id"], row["name"], row["size"]) == (number, "方案_.docx", len(content))
        for role, own in (("city", "C1"), ("province_schools", None), ("observer", None), ("administrator", None)):
            assert milestones.content(connection, who(store, role, own).scope, number) == content
        for role, own in (("city", "C2"), ("county", "K1"), ("university", "U1"), ("province_universities", None)):
            scope = who(store, role, own).scope
            with pytest.raises(OutOfScope):
                milestones.content(connection, scope, number)
            assert milestones.files(connection, scope, unit_id(store, "C1"), "work_plan").empty
    for role, own in (("city", "C2"), ("province_schools", None), ("administrator", None)):
        with pytest.raises(MilestoneRefused):
            evidence.remove(store, who(store, role, own), "C1", "work_plan", number)
    evidence.remove(store, who(store, "city", "C2"), "C2", "work_plan", number)  # not C2's: stays
    evidence.remove(store, city, "C1", "local_training", number)  # not of this stage: stays
    evidence.remove(store, city, "C1", "work_plan", number)
    with store.connect() as connection:
        assert milestones.files(connection, city.scope, unit_id(store, "C1"), "work_plan").empty
        events = milestones.history(connection, city.scope, unit_id(store, "C1"), "work_plan")["event"].tolist()
    assert events == ["file_removed", "file_added"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"), ("a.pdf", b"MZ"), ("a.pdf", b""), ("a.docx", package("xl/workbook.xml")), ("a.xlsx", b"PK\x03\x04"),
        ("a.docx", package("word/document.xml", "word/vbaProject.bin")), ("a.html", b"<html>"), ("pdf", b"%PDF-"),
        ("11010519491231002X.pdf", b"%PDF-"), ("a.pdf", b"%PDF-" + bytes(10 * 2**20)),
    ],
)  # fmt: skip
def test_what_is_no_evidence(empty_store: Store, name: str, content: bytes) -> None:
    plant(empty_store)
    with pytest.raises(MilestoneRefused):
        evidence.add(empty_store, who(empty_store, "city", "C1"), "C1", "work_plan", name, content)


def test_so_many_files_and_no_more(empty_store: Store) -> None:
    plant(empty_store)
    city = who(empty_store, "city", "C1")
    for number in range(empty_store.campaign.evidence.max_files):
        evidence.add(empty_store, city, "C1", "work_plan", f"{number}.pdf", b"%PDF-1.4")
    with pytest.raises(MilestoneRefused):
        evidence.add(empty_store, city, "C1", "work_plan", "more.pdf", b"%PDF-1.4")
