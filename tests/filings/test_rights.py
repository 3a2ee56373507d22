"""Who may do what with a report, and who may not."""

from datetime import datetime

import pytest
from sqlalchemy import select

from monitor.filings import life
from monitor.store import Scope, Store, filings, read
from monitor.store.schema import filing, filing_event
from monitor.store.scope import OutOfScope
from tests.filings.accounts import MONTH, fill_in, person, shown

ATTACKS: list[tuple[str, str | None, str]] = [
    ("city", "C2", "C1"),
    ("city", "C1", "U1"),
    ("university", "U1", "U2"),
    ("university", "U1", "C1"),
    ("county", "K1", "C1"),
    ("school", "S1", "C1"),
    ("province_schools", None, "C1"),
    ("observer", None, "C1"),
    ("administrator", None, "C1"),
]


def test_nobody_fills_in_the_report_of_another(small: Store) -> None:
    owners = {code: person(small, "university" if code[0] == "U" else "city", code) for code in ("C1", "U1", "U2")}
    for code, owner in owners.items():
        life.save_field(small, owner, code, MONTH, "funds", "自己的", 0)
    before = {code: shown(small, owner, code) for code, owner in owners.items()}
    for role, own, target in ATTACKS:
        attacker = person(small, role, own)
        for attack in (
            lambda who=attacker, code=target: life.save_field(small, who, code, MONTH, "funds", "改掉", 99),
            lambda who=attacker, code=target: life.put_right(
                small, who, before[code], "figures.expected", 1, "改掉数字", 99
            ),
            lambda who=attacker, code=target: life.submit(small, who, before[code]),
        ):
            with pytest.raises(OutOfScope):
                attack()
    assert {code: shown(small, owner, code) for code, owner in owners.items()} == before


def test_only_the_office_of_the_sector_accepts_and_returns(embedded: Store) -> None:
    owners = {code: person(embedded, "university" if code[0] == "U" else "city", code) for code in ("C1", "U1", "U2")}
    for code, owner in owners.items():
        fill_in(embedded, owner, code)
        life.submit(embedded, owner, shown(embedded, owner, code))
    before = {code: shown(embedded, owner, code) for code, owner in owners.items()}
    allowed = [("province_schools", None, "C1")]
    more = [
        ("city", "C1", "C1"),
        ("university", "U1", "U1"),
        ("province_schools", None, "U1"),
        ("province_universities", None, "C1"),
    ]
    for role, own, target in [*(attack for attack in ATTACKS if attack not in allowed), *more]:
        attacker = person(embedded, role, own)
        for attack in (
            lambda who=attacker, code=target: life.accept(embedded, who, before[code]),
            lambda who=attacker, code=target: life.send_back(embedded, who, before[code], "退回重填"),
        ):
            with pytest.raises(OutOfScope):
                attack()
    assert {code: shown(embedded, owner, code) for code, owner in owners.items()} == before


def test_the_store_itself_refuses_what_lies_outside_of_the_scope(small: Store) -> None:
    city = person(small, "city", "C2")
    with small.begin() as connection:
        unit = read.unit(connection, Scope.all(), "C1")
        mine = filings.Filing(unit.id, filings.MONTHLY, MONTH, {})
        now = datetime(2016, 11, 24, tzinfo=small.campaign.timezone)
        event = filings.Event(now, "x", "x", filings.SUBMITTED, None, 1)
        for scope in (city.scope, Scope.nothing()):
            for attack in (
                lambda scope=scope: filings.find(connection, scope, unit.id, filings.MONTHLY, MONTH),
                lambda scope=scope: filings.save(connection, scope, mine, {}, "x", now),
                lambda scope=scope: filings.move(connection, scope, mine, event),
                lambda scope=scope: filings.events(connection, scope, mine),
            ):
                with pytest.raises(OutOfScope):
                    attack()
        assert connection.execute(select(filing)).all() == connection.execute(select(filing_event)).all() == []
