"""Findings explained, withdrawn, corrected, undone: counted against the list that they were made from."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from monitor.campaign import Campaign
from monitor.store import Scope, Store, migrate, open_store
from monitor.store.answers import Said, Stale, explain
from monitor.store.read import findings as read
from monitor.store.schema import finding, finding_answer
from monitor.store.scope import OutOfScope
from monitor.store.undo import undo
from tests.quality.world import BELOW, FOUND, NEXT, fill_with_findings, ids, load
from tests.quality.world import findings as made

AT = datetime(2016, 11, 20, 8, tzinfo=UTC)


def _said(answer: str | None, minutes: int = 0) -> Said:
    return Said(AT + timedelta(minutes=minutes), "county-k1", "县联络员", answer)


def _rows(store: Store) -> dict[int, Any]:
    with store.connect() as connection:
        return {row.id: row for row in connection.execute(select(finding))}


def _all(store: Store) -> tuple[Any, Any]:
    with store.connect() as connection:
        return tuple(sorted(map(tuple, connection.execute(select(table))), key=repr) for table in (finding, finding_answer))  # type: ignore[return-value]  # fmt: skip


def test_open_findings_are_counted_for_every_unit(store: Store) -> None:
    fill_with_findings(store)
    known = ids(store)
    with store.connect() as connection:
        for code, below in BELOW.items():
            for day in (NEXT, NEXT - timedelta(days=1)):
                expected = Counter(g for _c, g, unit, on in FOUND if unit in below and (on is None or on <= day))
                counts = read.finding_counts(connection, Scope.all(), [known[code]], day)
                tally = read.finding_tally(connection, Scope.all(), read.Wanted(day, known[code]), "code")
                assert Counter(tally.groupby("grade")["open"].sum().to_dict()) == expected
                assert tally["open"].sum() == expected.total()
                assert {g: int(counts[g].sum()) for g in read.GRADES if counts[g].sum()} == expected


def test_rows_of_the_list_are_rules_and_units_and_their_counts_add_up(store: Store) -> None:
    batch = fill_with_findings(store)
    expected = Counter((code, unit) for code, _grade, unit, _day in FOUND)
    with store.connect() as connection:
        wanted = read.Wanted(NEXT, about="all", batch_id=batch)
        pages = [read.finding_groups(connection, Scope.all(), wanted, 3, after) for after in (0, 3, 6)]
    assert {(total, findings) for _rows, total, findings in pages} == {(len(expected), len(FOUND))}
    rows = [row for page, _total, _findings in pages for row in page.to_dict("records")]
    assert {(row["code"], row["unit_code"] or None): row["open"] for row in rows} == expected
    order = [read.GRADES.index(row["grade"]) for row in rows]
    assert order == sorted(order)
    several = next(row for row in rows if row["open"] == 3)
    assert several["first_day"].date() == NEXT - timedelta(days=2) and several["last_day"].date() == NEXT


def test_nobody_sees_findings_outside_of_the_scope(store: Store) -> None:
    fill_with_findings(store)
    known = ids(store)
    seen = {
        Scope.nothing(): set(),
        Scope(frozenset({known["K1"]})): {"K1", "S1"},
        Scope(frozenset({known["C2"]})): {"S2"},
        Scope(frozenset({known[store.campaign.root]}), frozenset({"universities"})): {"U1"},
        Scope.all(): {unit for _code, _grade, unit, _day in FOUND},
    }
    for scope, units in seen.items():
        with store.connect() as connection:
            found = read.findings(connection, scope, read.Wanted(NEXT, about="all"), 100)
            groups, _total, count = read.finding_groups(connection, scope, read.Wanted(NEXT, about="all"), 100)
        assert {code or None for code in found["unit_code"]} == units
        assert count == len(found) and {code or None for code in groups["unit_code"]} == units


def test_an_explanation_stands_in_all_findings_and_every_step_is_kept(store: Store) -> None:
    fill_with_findings(store)
    known = ids(store)
    scope = Scope(frozenset({known["K1"]}))
    mine = [n for n, row in _rows(store).items() if row.unit_id == known["S1"] and row.code == "entered_over_expected"]
    with store.begin() as connection:
        explain(connection, scope, dict.fromkeys(mine), _said("调入教师"))
    with store.connect() as connection:
        found = read.findings(connection, scope, read.Wanted(NEXT, state="answered"), 100)
        assert set(found["id"]) == set(mine) and set(found["answered_by"]) == {"县联络员"}
        assert read.finding_counts(connection, scope, [known["S1"]], NEXT)["explain"].tolist() == [1]
    with store.begin() as connection:
        explain(connection, scope, {mine[0]: AT}, _said("改写", 1))
        explain(connection, scope, {mine[0]: AT + timedelta(minutes=1)}, _said(None, 2))
    assert _rows(store)[mine[0]].answer is None and _rows(store)[mine[1]].answer == "调入教师"
    with store.connect() as connection:
        history = read.answers(connection, scope, [mine[0]])
        assert read.answers(connection, Scope(frozenset({known["K2"]})), [mine[0]]).empty
    assert history["answer"].tolist()[:2] == ["调入教师", "改写"] and history["answer"].isna().tolist()[2]


def test_what_is_not_as_it_was_seen_is_not_overwritten(store: Store) -> None:
    fill_with_findings(store)
    known = ids(store)
    rows = _rows(store)
    mine, other = (next(n for n, row in rows.items() if row.unit_id == known[code]) for code in ("S1", "S2"))
    whole = next(n for n, row in rows.items() if row.unit_id is None)
    scope = Scope(frozenset({known["C1"]}))
    before = _all(store)
    for seen, error in (
        ({mine: None, other: None}, OutOfScope), ({whole: None}, OutOfScope), ({10_000: None}, OutOfScope), ({mine: AT}, Stale),
    ):  # fmt: skip
        with pytest.raises(error), store.begin() as connection:
            explain(connection, scope, seen, _said("x"))
    assert _all(store) == before
    with store.begin() as connection:
        explain(connection, Scope.all(), {whole: None, other: None}, _said("x"))
    with pytest.raises(Stale), store.begin() as connection:
        explain(connection, Scope.all(), {other: None}, _said("y"))


steps = some.lists(
    some.one_of(
        some.tuples(some.just("load"), some.dictionaries(some.sampled_from(["S1", "S2", "U1"]), some.integers(0, 99), min_size=1)),
        some.tuples(some.just("explain"), some.integers(0, 30)),
        some.tuples(some.just("withdraw"), some.integers(0, 30)),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_undo_puts_findings_and_explanations_back_exactly(campaign: Campaign, taken: list[Any]) -> None:
    store = open_store("sqlite://", campaign)
    migrate(store)
    fill_with_findings(store)
    past: list[tuple[int, Any]] = []
    for turn, (what, given_) in enumerate(taken):
        if what == "load":
            before = _all(store)
            with store.connect() as connection:
                known = {code: 1000 + turn * 100 + n for code, n in given_.items()}  # always something new
            past.append((load(store, f"{turn}.csv", known, made(store)[:4]), before))
        elif not past:  # what is said after a load, of what stood before, would stay after its undo
            rows = _rows(store)
            wanted = [row for row in rows.values() if (row.answered_at is not None) == (what == "withdraw")]
            if wanted:
                row = wanted[given_ % len(wanted)]
                with store.begin() as connection:
                    explain(connection, Scope.all(), {row.id: row.answered_at}, _said("说明" if what == "explain" else None, turn))  # fmt: skip
        else:
            last = [n for n, row in _rows(store).items() if row.batch_id == past[-1][0] and row.answered_at is None]
            if last:
                with store.begin() as connection:
                    explain(connection, Scope.all(), {last[given_ % len(last)]: None}, _said("说明", turn))
    while past:
        batch, before = past.pop()
        undo(store, batch, "")
        assert _all(store) == before
    store.close()


def test_an_explanation_of_an_older_finding_outlives_the_undo_of_a_newer_load(store: Store) -> None:
    fill_with_findings(store)
    known = ids(store)
    number = next(n for n, row in _rows(store).items() if row.unit_id == known["S2"])
    batch = load(store, "更正.csv", {"S1": 40}, [])
    with store.begin() as connection:
        explain(connection, Scope.all(), {number: None}, _said("说明"))
    closed = [row for row in _rows(store).values() if row.closed_batch_id == batch]
    assert closed and all(row.unit_id == known["S1"] and row.day == NEXT for row in closed)
    undo(store, batch, "")
    assert _rows(store)[number].answer == "说明"
    assert not any(row.closed_batch_id for row in _rows(store).values())
