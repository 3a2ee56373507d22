"""Rosters: who may read and change them, their states against the deadline, their life, and that an erasure leaves nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.access.roles import ROLES
from monitor.access.who import Who, who_is
from monitor.filings import roster as life
from monitor.filings.roster_load import Filed, record_all
from monitor.filings.state import State
from monitor.store import Scope, Store, audit, read, rosters
from monitor.store.schema import metadata
from monitor.store.scope import OutOfScope
from tests.access.tree import plant
from tests.filings.people import COMPLETE, SECRETS

IN_TIME = datetime(2016, 10, 9, 2, tzinfo=UTC)
NOW = datetime(2016, 11, 25, 4, tzinfo=UTC)
_names = count()


def who(store: Store, role: str, code: str | None = None) -> Who:
    from monitor.store.accounts import Account

    with store.connect() as connection:
        unit_id = read.unit(connection, Scope.all(), code).id if code else None
        account = Account(
            f"{role}-{next(_names)}", "", role, unit_id, "", False, False, 0, None, datetime(2016, 9, 1, tzinfo=UTC)
        )
        return who_is(connection, store.campaign, account)


def submitted(store: Store, code: str = "C1", at: datetime = IN_TIME) -> int:
    actor = who(store, "city" if code.startswith("C") else "university", code)
    with store.connect() as connection:
        version = rosters.version(connection, read.unit(connection, Scope.all(), code).id)
    return life.submit(store, actor, code, COMPLETE, version, at)


def state(store: Store, code: str, kind: str = "", at: datetime = NOW) -> State:
    with store.connect() as connection:
        found = life.standing(connection, store.campaign, Scope.all(), at).set_index("code")
    return life.state_of(found.loc[code], kind)


def test_an_earlier_day_knows_nothing_of_what_came_later(store: Store) -> None:
    plant(store)
    submitted(store, "C1")
    with store.connect() as connection:
        before, after = (
            life.standing(connection, store.campaign, Scope.all(), at).set_index("code").loc["C1"]
            for at in (IN_TIME - timedelta(minutes=1), NOW)
        )
    assert before["electronic_at"] is None and before["members"] == 0
    assert after["electronic_at"] == IN_TIME and after["members"] == len(COMPLETE)


# ---- who sees the people -----------------------------------------------------------------------------------------

READERS = {
    ("C1", "administrator", None), ("C1", "province_schools", None), ("C1", "city", "C1"),
    ("U1", "administrator", None), ("U1", "province_universities", None), ("U1", "university", "U1"),
}  # fmt: skip
ASKING = [
    (role, code)
    for role in ROLES
    for code in {"city": ("C1", "C2"), "county": ("K1",), "school": ("S1",), "university": ("U1", "U2")}.get(
        role, (None,)
    )
]


def test_people_are_read_by_the_unit_and_the_province_alone(store: Store) -> None:
    plant(store)
    submitted(store, "C1")
    submitted(store, "U1")
    for role, own in ASKING:
        scope = who(store, role, own).scope
        for code in ("C1", "U1"):
            with store.connect() as connection:
                unit_id = read.unit(connection, Scope.all(), code).id
                below = [read.unit(connection, Scope.all(), one).id for one in ("S1", "K1", "S3") if code == "C1"]
                found = read.contacts(connection, scope, [unit_id, *below])
                if (code, role, own) in READERS:
                    assert rosters.members(connection, scope, unit_id) == COMPLETE
                    assert set(found["unit"]) == {unit_id, *below}
                    assert set(found["responsible"]) == {unit_id} and set(found["person"]) == {"演示己"}
                else:
                    with pytest.raises(OutOfScope):
                        rosters.members(connection, scope, unit_id)
                    assert found.empty, (role, code)
                    assert rosters.reason(connection, scope, unit_id) == ""


def test_a_scope_by_itself_reads_no_people(store: Store) -> None:
    plant(store)
    submitted(store)
    with store.connect() as connection:
        city = read.unit(connection, Scope.all(), "C1").id
        for scope in (Scope.all(), Scope.nothing(), Scope(frozenset({city})), Scope(contacts=True)):
            with pytest.raises(OutOfScope):
                rosters.members(connection, scope, city)
            assert read.contacts(connection, scope, [city]).empty


def test_others_see_states_and_counts_and_no_word_more(store: Store) -> None:
    plant(store)
    version = submitted(store)
    life.give_back(store, who(store, "province_schools"), "C1", version, "演示己的电话不通")
    seen = life.opened(store, who(store, "observer").scope, "C1", NOW)
    assert seen.people is None and seen.reason == "" and seen.row["members"] == len(COMPLETE)
    told = seen.row.to_string() + seen.history.to_string()
    assert not any(secret in told for secret in SECRETS)
    with pytest.raises(OutOfScope):
        life.opened(store, who(store, "city", "C2").scope, "C1", NOW)
    with pytest.raises(OutOfScope):
        life.opened(store, who(store, "county", "K1").scope, "K1", NOW)


# ---- who may change them -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "own"), ASKING)
def test_only_the_unit_fills_in_and_only_its_office_receives(empty_store: Store, role: str, own: str | None) -> None:
    store = empty_store
    plant(store)
    version = submitted(store)
    actor = who(store, role, own)
    changed = [replace(COMPLETE[0], post="局长"), *COMPLETE[1:]]
    if (role, own) == ("city", "C1"):
        version = life.save(store, actor, "C1", changed, version)
    else:
        for act in (
            lambda: life.save(store, actor, "C1", changed, version),
            lambda: life.submit(store, actor, "C1", changed, version, NOW),
        ):
            with pytest.raises(life.RosterRefused):
                act()
    steps = (
        lambda: life.mark_paper(store, actor, "C1", date(2016, 10, 10)),
        lambda: life.check(store, actor, "C1", version),
        lambda: life.give_back(store, actor, "C1", version, "缺章"),
    )
    if role == "province_schools":
        steps[0]()
        with store.connect() as connection:
            assert rosters.state(connection, read.unit(connection, Scope.all(), "C1").id)["paper_on"] == date(
                2016, 10, 10
            )
    else:
        for step in steps:
            with pytest.raises(life.RosterRefused):
                step()
    if role == "administrator" or (role, own) == ("city", "C1"):
        assert life.erase(store, actor, "C1") == len(COMPLETE)
    else:
        with pytest.raises(life.RosterRefused):
            life.erase(store, actor, "C1")


def test_a_city_does_not_file_what_only_others_file(empty_store: Store) -> None:
    plant(empty_store)
    county = who(empty_store, "county", "K1")
    with pytest.raises(life.RosterRefused):
        life.save(empty_store, county, "K1", COMPLETE, 0)


# ---- states ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("electronic", "paper", "expected"),
    [
        (None, None, State("missing")),
        ("2016-10-10T23:59:59.999999", None, State("missing")),
        (None, "2016-10-10", State("missing")),
        ("2016-10-10T23:59:59.999999", "2016-10-10", State("on_time")),
        ("2016-10-11T00:00:00", "2016-10-10", State("late", 1)),
        ("2016-10-09T12:00:00", "2016-10-13", State("late", 3)),
        ("2016-10-20T09:00:00", "2016-10-13", State("late", 10)),
    ],
)
def test_filed_is_it_once_both_copies_are_there(
    empty_store: Store, electronic: str | None, paper: str | None, expected: State
) -> None:
    plant(empty_store)
    moment = datetime.fromisoformat(electronic).replace(tzinfo=empty_store.campaign.timezone) if electronic else None
    day = date.fromisoformat(paper) if paper else None
    record_all(empty_store, [Filed("C1", COMPLETE, moment, day)], "tester")
    assert state(empty_store, "C1") == expected
    before = datetime(2016, 10, 8, tzinfo=UTC)
    assert state(empty_store, "C1", at=before) == State("not_due")
    assert state(empty_store, "C2") == State("missing")


def test_a_return_and_another_submission_do_not_make_it_late(store: Store) -> None:
    plant(store)
    office = who(store, "province_schools")
    version = submitted(store)
    life.mark_paper(store, office, "C1", date(2016, 10, 10))
    with pytest.raises(life.ChangedMeanwhile):
        life.accept(store, office, "C1", version)
    life.give_back(store, office, "C1", version + 1, "请补充信息化部门")
    with store.connect() as connection:
        unit_id = read.unit(connection, Scope.all(), "C1").id
        assert rosters.reason(connection, office.scope, unit_id) == "请补充信息化部门"
    with pytest.raises(life.RosterRefused):
        life.accept(store, office, "C1", version + 2)
    version = submitted(store, at=datetime(2016, 10, 27, tzinfo=UTC))
    assert state(store, "C1") == State("on_time")
    life.accept(store, office, "C1", version)
    opened = life.opened(store, office.scope, "C1", NOW)
    events = ["accepted", "submitted", "returned", "paper", "submitted", "saved"]
    assert opened.history["event"].tolist() == events
    assert opened.row["accepted_at"] is not None and opened.row["checked_at"] is not None and opened.reason == ""
    with store.connect() as connection:
        assert audit.broken_at(connection) is None


def test_a_change_after_acceptance_is_to_be_checked_again(empty_store: Store) -> None:
    plant(empty_store)
    office, city = who(empty_store, "province_schools"), who(empty_store, "city", "C1")
    submitted(empty_store)
    life.mark_paper(empty_store, office, "C1", date(2016, 10, 10))
    version = life.opened(empty_store, city.scope, "C1", NOW).version
    life.accept(empty_store, office, "C1", version)
    life.save(empty_store, city, "C1", COMPLETE[:-1], version + 1)
    row = life.opened(empty_store, city.scope, "C1", NOW).row
    assert row["accepted_at"] is None and row["checked_at"] is None and row["electronic_at"] == IN_TIME


def test_two_people_at_one_roster(store: Store) -> None:
    plant(store)
    city = who(store, "city", "C1")
    version = life.save(store, city, "C1", COMPLETE, 0)
    assert life.save(store, city, "C1", COMPLETE, version) == version  # the same again changes nothing
    life.save(store, city, "C1", COMPLETE[:2], version)
    with pytest.raises(life.ChangedMeanwhile):
        life.save(store, city, "C1", COMPLETE[:3], version)
    assert life.opened(store, city.scope, "C1", NOW).people == COMPLETE[:2]


def test_what_is_refused(empty_store: Store) -> None:
    plant(empty_store)
    city, office = who(empty_store, "city", "C1"), who(empty_store, "province_schools")
    number = "11010519491231002X"
    with pytest.raises(life.RosterRefused, match="身份证"):
        life.save(empty_store, city, "C1", [replace(COMPLETE[0], post=f"处长{number}")], 0)
    with pytest.raises(life.RosterRefused, match="联络员"):
        life.submit(empty_store, city, "C1", COMPLETE[:-1], 0, NOW)
    version = submitted(empty_store)
    with pytest.raises(life.RosterRefused, match="身份证"):
        life.give_back(empty_store, office, "C1", version, number)
    with pytest.raises(life.RosterRefused):
        life.give_back(empty_store, office, "C1", version, "  ")
    with pytest.raises(life.RosterRefused):
        life.accept(empty_store, office, "C1", version)  # no paper copy
    for day in (empty_store.campaign.today() + timedelta(days=1), date(2016, 8, 31)):
        with pytest.raises(life.RosterRefused):
            life.mark_paper(empty_store, office, "C1", day)
    life.mark_paper(empty_store, office, "C1", date(2016, 10, 10))
    life.mark_paper(empty_store, office, "C1", None)
    assert state(empty_store, "C1", "paper") == State("missing")
    with pytest.raises(life.RosterRefused):
        record_all(empty_store, [Filed("C9", COMPLETE, IN_TIME)], "")


# ---- erasing -----------------------------------------------------------------------------------------------------


def everything(store: Store) -> str:
    """Every row of every table, as text."""
    with store.connect() as connection:
        return "\n".join(
            str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(table.select())
        )


def files(store: Store) -> bytes:
    """The files of the embedded database."""
    path = Path(str(store.engine.url.database))
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_an_erasure_leaves_nothing(store: Store) -> None:
    plant(store)
    city, office = who(store, "city", "C1"), who(store, "province_schools")
    version = submitted(store)
    for turn in range(30):  # rosters written again and again, so that pages split and are used again
        others = [replace(member, post=f"{member.post}{turn}" * 9) for member in COMPLETE[: turn % 6 + 1]]
        version = life.save(store, city, "C1", others, version)
    submitted(store, "U1")
    life.give_back(store, office, "C1", submitted(store), "演示己的电话 0571-00000006 不通")
    assert all(secret in everything(store) for secret in SECRETS)
    with store.begin() as connection:
        kept = [
            replace(member, person="张演示", email="z@example.cn", phone="0571-00000009", mobile="")
            for member in COMPLETE
        ]
        rosters.write(connection, read.unit(connection, Scope.all(), "U1").id, kept)
    assert life.erase(store, city, "C1") == len(COMPLETE)
    told = everything(store)
    assert not [secret for secret in SECRETS if secret in told]
    assert "张演示" in told
    if store.is_sqlite:
        raw = files(store)
        assert "张演示".encode() in raw
        assert not [secret for secret in SECRETS if secret.encode() in raw]
    opened = life.opened(store, city.scope, "C1", NOW)
    assert opened.people == [] and opened.row["members"] == 0 and opened.row["electronic_at"] == IN_TIME
    with store.connect() as connection:
        assert connection.execute(text("SELECT detail FROM audit ORDER BY id DESC LIMIT 1")).scalar() is not None
        assert audit.broken_at(connection) is None
