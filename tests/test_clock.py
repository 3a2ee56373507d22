"""The server's clock is set back or forward: between sign-in and the next action, while an account is locked, between two
batches, between a draft and its submission, between backups. Nobody gets in, or stays in, for that; nobody is locked out for
good; nothing loses its order."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor.access import manage, passwords, sessions
from monitor.access.signin import sign_in
from monitor.campaign import Campaign
from monitor.filings import life
from monitor.filings.standing import standing, state_of
from monitor.filings.state import State
from monitor.intake.load import import_files
from monitor.store import Scope, Store, audit, backup, read, rollup
from monitor.store.loads import LoadRefused
from monitor.store.read.history import batches
from monitor.store.schema import audit as log
from monitor.store.undo import undo
from tests.filings.accounts import MONTH, at, fill_in, person, shown
from tests.pages.world import LAST, fill

PASSWORD = "Correct-Horse-7"
NOW = datetime(2016, 11, 25, 10, 0, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


@pytest.fixture
def account(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(passwords, "ROUNDS", 4)
    passwords._nobody.cache_clear()
    manage.add(empty_store, "somebody", "observer", PASSWORD, must_change=False)
    return empty_store


def _cookie(store: Store, now: datetime) -> str:
    ticket = sign_in(store, "somebody", PASSWORD, now)
    assert ticket
    cookie = sessions.redeem(store, ticket, now)
    assert cookie
    return cookie


@pytest.mark.parametrize(
    ("jump", "open_after"),
    [
        (timedelta(0), True),
        (timedelta(minutes=4), True),
        (timedelta(minutes=-4), True),
        (2 * HOUR, False),  # idle too long, as far as anybody can say
        (YEAR, False),
        (-HOUR, False),  # begun in the future: nobody can say how old it is
        (-YEAR, False),
    ],
)
def test_between_sign_in_and_the_next_action(account: Store, jump: timedelta, open_after: bool) -> None:
    cookie = _cookie(account, NOW)
    assert (sessions.check(account, cookie, NOW + jump, used=False) is not None) == open_after
    # Whoever has to sign in again can do so, whatever the clock says, and stays in.
    again = _cookie(account, NOW + jump)
    assert sessions.check(account, again, NOW + jump + 30 * timedelta(minutes=1), used=False) is not None


def test_a_session_of_a_wrong_clock_does_not_live_for_years(account: Store) -> None:
    """Signed in while the clock was a year ahead: with the clock put right its idle time and age would never be over."""
    cookie = _cookie(account, NOW + YEAR)
    for later in (timedelta(0), 2 * HOUR, 30 * DAY, 364 * DAY):
        assert sessions.check(account, cookie, NOW + later, used=False) is None


def test_a_ticket_is_good_for_a_minute_only(account: Store) -> None:
    for jump in (-YEAR, -HOUR, HOUR, YEAR):
        ticket = sign_in(account, "somebody", PASSWORD, NOW)
        assert ticket and sessions.redeem(account, ticket, NOW + jump) is None


def _locked(store: Store, now: datetime) -> None:
    for _attempt in range(store.campaign.security.max_failures):
        assert sign_in(store, "somebody", "wrong", now) is None
    assert sign_in(store, "somebody", PASSWORD, now) is None


def test_an_account_is_not_locked_for_a_year(account: Store) -> None:
    lock = timedelta(minutes=account.campaign.security.lock_minutes)
    _locked(account, NOW + YEAR)
    # The clock is put right: the right password waits as long as after any lock, from the first attempt on.
    assert sign_in(account, "somebody", PASSWORD, NOW) is None
    assert sign_in(account, "somebody", PASSWORD, NOW + lock - timedelta(seconds=1)) is None
    assert sign_in(account, "somebody", PASSWORD, NOW + lock) is not None


@pytest.mark.parametrize("back", [timedelta(seconds=30), HOUR, YEAR])
def test_a_lock_holds_when_the_clock_goes_back(account: Store, back: timedelta) -> None:
    _locked(account, NOW)
    assert sign_in(account, "somebody", PASSWORD, NOW - back) is None
    with account.connect() as connection:
        actions = [row.action for row in connection.execute(select(log.c.action).order_by(log.c.id))]
    assert actions.count("account_locked") == 1


def _clock(monkeypatch: pytest.MonkeyPatch, *modules: Any) -> Any:
    """Let datetime.now in these modules show another time; a function that sets it."""

    class Wrong(datetime):
        jump = timedelta(0)

        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + cls.jump

    for module in modules:
        monkeypatch.setattr(module, "datetime", Wrong)

    def put(jump: timedelta) -> None:
        Wrong.jump = jump

    return put


@pytest.mark.parametrize("jump", [-YEAR, -DAY, DAY, YEAR])
def test_between_two_batches(empty_store: Store, jump: timedelta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    from monitor.store import loads
    from monitor.store import undo as undoing

    fill(empty_store)
    put = _clock(monkeypatch, loads, undoing, audit)
    put(jump)
    table = tmp_path / "采集进度表.csv"
    table.write_text(f"统计日期,单位代码,应采集人数,已录入人数,已报送人数\n{LAST},S1,60,60,60\n{LAST},S2,40,3,2\n", encoding="utf-8")  # fmt: skip
    (result,) = import_files(empty_store, empty_store.campaign, [table])
    assert result.loaded == 1 and result.batch == 3
    put(timedelta(0))
    with empty_store.connect() as connection:
        found = batches(connection)
        assert found["id"].tolist() == [3, 2, 1], "the newest is the one that was loaded last, whatever its moment"
        moments = [row.at for row in connection.execute(select(log.c.at).order_by(log.c.id))]
        assert audit.broken_at(connection) is None and (moments[-1] - moments[-2] > timedelta(0)) == (jump > timedelta(0))  # fmt: skip
    with pytest.raises(LoadRefused):
        undo(empty_store, 2, "")
    undo(empty_store, 3, "")
    with empty_store.begin(keep=False) as connection:
        assert rollup.differences(connection, empty_store.campaign.baseline_day) == []
        assert audit.broken_at(connection) is None


@pytest.mark.parametrize(
    ("opened", "sent", "expected"),
    [
        ("2016-11-25T23:59", "2016-11-26T00:01", State("late", 1)),  # the evening goes over into the next day
        ("2016-11-27T09:00", "2016-11-25T09:00", State("on_time")),  # the clock is put right, back to the 25th
        ("2017-01-15T09:00", "2016-11-25T09:00", State("on_time")),
    ],
)
def test_between_a_draft_and_its_submission(
    opened: str, sent: str, expected: State, empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment of the submission counts, as the clock shows it then."""
    fill(empty_store)
    at(monkeypatch, empty_store.campaign, opened)
    city = person(empty_store, "city", "C1")
    fill_in(empty_store, city, "C1")
    draft = shown(empty_store, city, "C1")
    at(monkeypatch, empty_store.campaign, sent)
    life.submit(empty_store, city, draft)
    with empty_store.connect() as connection:
        rows = standing(connection, empty_store.campaign, Scope.all(), MONTH, datetime(2017, 1, 1, tzinfo=UTC))
    assert state_of(rows.set_index("code").loc["C1"]) == expected


def test_today_is_todays(empty_store: Store, campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is new is newest by its day, not by the clock; what is dated after today is refused, and taken once it is today."""
    fill(empty_store)
    with empty_store.connect() as connection:
        newest = read.newest_day(connection)
    for moment in ("2016-11-12T00:00", "2015-01-01T00:00", "2030-01-01T00:00"):
        at(monkeypatch, campaign, moment)
        with empty_store.connect() as connection:
            assert read.newest_day(connection) == newest == LAST
    at(monkeypatch, campaign, "2016-11-25T23:59")
    assert campaign.today().isoformat() == "2016-11-25"
    at(monkeypatch, campaign, "2016-11-26T00:00")
    assert campaign.today().isoformat() == "2016-11-26"


def test_a_table_of_tomorrow(empty_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(empty_store)
    table = tmp_path / "采集进度表.csv"
    table.write_text("统计日期,单位代码,应采集人数,已录入人数,已报送人数\n2016-11-25,S1,60,60,60\n", encoding="utf-8")
    at(monkeypatch, empty_store.campaign, "2016-11-24T09:00")
    (result,) = import_files(empty_store, empty_store.campaign, [table])
    assert result.refused and result.batch is None
    at(monkeypatch, empty_store.campaign, "2016-11-25T09:00")
    (result,) = import_files(empty_store, empty_store.campaign, [table])
    assert not result.refused and result.batch == 3


def test_backups_of_a_wrong_clock_do_not_push_out_the_right_ones(tmp_path: Path) -> None:
    kept = 3
    for number in range(kept):
        (tmp_path / f"monitor-2099010{number + 1}-020000.db").touch()
    for night in range(10):
        path, older = backup.backup_into(tmp_path, kept, datetime(2016, 11, 10, 2) + night * DAY)
        path.touch()
        for one in older:
            one.unlink()
    left = sorted(one.name for one in tmp_path.iterdir())
    assert left == [f"monitor-201611{day}-020000.db" for day in (17, 18, 19)]
