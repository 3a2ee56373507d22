"""What the search below the menu says of a unit that it found."""

import pytest

from monitor import search
from monitor.ui.search import _label


@pytest.mark.parametrize(
    ("name", "kind", "over", "said"),
    [
        ("演示西湖区第一小学", "school", "西湖区", "演示西湖区第一小学"),
        ("演示第一小学", "school", "西湖区", "演示第一小学 :gray[西湖区]"),
        ("西湖区", "county", "杭州市", "西湖区 :gray[杭州市]"),
        ("浙江大学", "university", "浙江省", "浙江大学 :gray[浙江省]"),
        ("浙江省", "province", "", "浙江省"),
    ],
)
def test_where_a_unit_is_stands_once(name: str, kind: str, over: str, said: str) -> None:
    assert _label(search.entry("1", name, kind, over, 0)).replace("\\", "") == said


def test_the_unit_that_is_shown_stands_out() -> None:
    found = search.entry("1", "西湖区", "county", "杭州市", 0)
    assert _label(found, shown=True) == "**西湖区** :gray[杭州市]" and "**" not in _label(found)
