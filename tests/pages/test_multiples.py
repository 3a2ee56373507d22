"""Small multiples on the page 地市进展."""

import pandas as pd
import pytest

from monitor.store import Store
from monitor.ui import multiples
from tests.pages.conftest import Open
from tests.pages.world import EXPECTED, LAST, approved
from tests.ui.support import forget


def test_the_province_shows_its_cities_and_a_city_of_one_county_nothing(small: Store, open_page: Open) -> None:
    app = open_page(small, "cities", "observer")
    assert not app.exception
    assert "各设区市走势对比" in [part.value for part in app.subheader]
    app = open_page(small, "cities", "observer", unit="C1")
    assert not app.exception and "走势对比" not in "".join(part.value for part in app.subheader)


def test_the_days_of_offices_are_theirs_and_in_the_scope_alone(
    small: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[pd.DataFrame] = []
    original = multiples.as_table

    def kept(members: pd.DataFrame, days: pd.DataFrame) -> pd.DataFrame:
        shown.append(original(members, days))
        return shown[-1]

    monkeypatch.setattr(multiples, "as_table", kept)
    forget()
    open_page(small, "cities", "observer")
    open_page(small, "cities", "city")
    (table,) = shown
    # C2 has the school S2 alone, which has not begun; C1 has S1 and S3.
    whole = (approved("S1", LAST) + approved("S3", LAST)) / (EXPECTED["S1"] + EXPECTED["S3"])
    assert table.iloc[-1]["单位C1（%）"] == round(whole * 100, 2) and table.iloc[-1]["单位C2（%）"] == 0
