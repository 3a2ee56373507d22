"""Findings that a later load repairs, whatever kind of table it brings, are closed by it; its undo opens them again."""

from typing import Any

import pytest
from sqlalchemy import select

from monitor.store.schema import finding
from monitor.store.undo import undo
from tests.intake.conftest import DAY, ONE, TWO, Office, line, table

REVIEW = ("统计日期", "单位代码", "审核级次", "待审核人数", "审核通过人数", "退回人数")


def _open(office: Office) -> list[tuple[str, str]]:
    with office.store.connect() as connection:
        rows = connection.execute(
            select(finding.c.code, finding.c.day).where(finding.c.closed_batch_id.is_(None)).order_by(finding.c.id)
        )
        return [(code, day.isoformat()) for code, day in rows if day is not None]


def _queue(pending: int, day: str = DAY, unit: str = ONE) -> tuple[Any, ...]:
    return (day, unit, "学校", pending, 70, 5)


def test_a_queue_is_balanced_by_the_other_kind_of_table(office: Office) -> None:
    office.take(table(line(submitted=80)))
    office.take(table(_queue(4), header=REVIEW))  # 79 of 80
    assert _open(office) == [("queue_unbalanced", DAY)]
    repaired = office.take(table(line(submitted=79)))
    assert _open(office) == [] and repaired.batch is not None
    undo(office.store, repaired.batch, "")
    assert _open(office) == [("queue_unbalanced", DAY)]


def test_new_figures_that_do_not_repair_it_leave_one_finding(office: Office) -> None:
    office.take(table(line(submitted=80)))
    office.take(table(_queue(4), header=REVIEW))
    office.take(table(_queue(3), header=REVIEW))
    assert _open(office) == [("queue_unbalanced", DAY)]
    with office.store.connect() as connection:
        figures = connection.execute(select(finding.c.figures).where(finding.c.closed_batch_id.is_(None))).scalars()
        assert [found["pending_school"] for found in figures] == [3]


def test_a_figure_that_did_not_fall_after_all(office: Office) -> None:
    """The day before is corrected: what fell on the day after did not."""
    office.take(table(line(day="2016-11-24", entered=90)))
    office.take(table(line(day=DAY, entered=85)))
    assert _open(office) == [("figure_fell", DAY)]
    office.take(table(line(day="2016-11-24", entered=84)))
    assert _open(office) == []


def test_what_another_unit_repairs_stays(office: Office) -> None:
    office.take(table(line(submitted=80), line(TWO, submitted=80)))
    office.take(table(_queue(4), _queue(4, unit=TWO), header=REVIEW))
    office.take(table(line(TWO, submitted=79)))
    assert _open(office) == [("queue_unbalanced", DAY)]


@pytest.mark.parametrize("again", [80, 81])
def test_the_same_finding_is_said_once(office: Office, again: int) -> None:
    """A file repeats an old row that does not balance, beside one that is new."""
    office.take(table(line(submitted=80)))
    office.take(table(_queue(4), header=REVIEW))
    office.take(table(line(submitted=again), line(TWO)))
    assert _open(office) == [("queue_unbalanced", DAY)]
