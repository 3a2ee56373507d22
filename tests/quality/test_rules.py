"""The words of the rules: one home, the same in docs/findings.md."""

import pytest

from monitor.intake.problems import FINDINGS
from monitor.quality import rules
from tests.intake.test_docs import section

DOCUMENTED = {row[0]: row for row in section("问题（")}


def test_every_finding_has_its_rule() -> None:
    assert set(rules.CODES) == set(FINDINGS)


@pytest.mark.parametrize("code", sorted(FINDINGS))
def test_the_screen_says_what_the_document_says(code: str) -> None:
    assert rules.meaning(code) == DOCUMENTED[code][2]
    assert rules.remedy(code) == DOCUMENTED[code][3]
    assert rules.name(code) and rules.name(code) != code


def test_a_code_that_nobody_described_stands_for_itself() -> None:
    assert (rules.name("new_code"), rules.meaning("new_code"), rules.remedy("new_code")) == ("new_code", "", "")
