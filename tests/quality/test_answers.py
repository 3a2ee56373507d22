"""Explaining findings: who may, what may be written, and what is remembered."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from monitor.access.roles import ROLES
from monitor.quality import answers
from monitor.store import Scope, Store
from monitor.store.schema import audit, finding
from tests.quality.world import fill_with_findings, ids


@dataclass(frozen=True)
class Someone:
    name: str
    title: str
    scope: Scope
    role: str
    unit: None = None

    def may(self, action: str) -> bool:
        return action in ROLES[self.role].actions


def _stored(store: Store) -> dict[int, str | None]:
    with store.connect() as connection:
        return {row.id: row.answer for row in connection.execute(select(finding.c.id, finding.c.answer))}


def _numbers(store: Store, code: str | None) -> list[int]:
    unit = ids(store)[code] if code else None
    with store.connect() as connection:
        return list(connection.execute(select(finding.c.id).where(finding.c.unit_id == unit)).scalars())


def test_who_may_explain(empty_store: Store) -> None:
    fill_with_findings(empty_store)
    known = ids(empty_store)
    of_school, of_file = _numbers(empty_store, "S1"), _numbers(empty_store, None)
    units = {
        "city": "C1",
        "county": "K1",
        "school": "S1",
        "university": "U1",
        "province_schools": empty_store.campaign.root,
    }
    done = []
    for role in ROLES:
        roots = frozenset({known[units[role]]}) if role in units else frozenset()
        who = Someone(
            role, role, Scope(roots, ROLES[role].sectors, everything=role in ("administrator", "observer")), role
        )
        for numbers, whole in ((of_school, False), (of_file, True)):
            try:
                answers.explain(empty_store, who, "jump", dict.fromkeys(numbers), "原因如下", whole_file=whole)
            except answers.Refused:
                continue
            done.append((role, whole))
            with empty_store.connect() as connection:
                at = dict(connection.execute(select(finding.c.id, finding.c.answered_at)).all())
            answers.withdraw(empty_store, who, "jump", {n: at[n] for n in numbers}, whole_file=whole)
    assert done == [("administrator", True), ("province_schools", False), ("city", False), ("county", False), ("school", False)]  # fmt: skip
    assert set(_stored(empty_store).values()) == {None}


@pytest.mark.parametrize(
    "typed", ["", "  好 ", "长" * 501, "张某 110101199003077774 已退休", "身份证 １１０１０１１９９００３０７７７７４"]
)
def test_what_may_not_be_written(typed: str, empty_store: Store) -> None:
    fill_with_findings(empty_store)
    who = Someone("a", "甲", Scope.all(), "city")
    with pytest.raises(answers.Refused) as refused:
        answers.explain(empty_store, who, "jump", dict.fromkeys(_numbers(empty_store, "S1")), typed)
    assert "110101" not in str(refused.value)
    assert set(_stored(empty_store).values()) == {None}


def test_it_is_in_the_audit_log_without_its_words(empty_store: Store) -> None:
    fill_with_findings(empty_store)
    numbers = _numbers(empty_store, "S2")
    answers.explain(
        empty_store, Someone("c2", "乙", Scope.all(), "city"), "queue_unbalanced", dict.fromkeys(numbers), "正在核对"
    )
    with empty_store.connect() as connection:
        last = connection.execute(select(audit).order_by(audit.c.id.desc())).first()
    assert last is not None and (last.actor, last.action) == ("c2", "finding_explained")
    assert last.detail == {"code": "queue_unbalanced", "findings": numbers}


def test_a_second_explanation_meanwhile_is_told(empty_store: Store) -> None:
    fill_with_findings(empty_store)
    seen = dict.fromkeys(_numbers(empty_store, "S2"))
    who = Someone("c2", "乙", Scope.all(), "city")
    answers.explain(empty_store, who, "queue_unbalanced", seen, "正在核对")
    with pytest.raises(answers.Refused, match="他人"):
        answers.explain(empty_store, who, "queue_unbalanced", seen, "另一个原因")
    assert "正在核对" in _stored(empty_store).values()
