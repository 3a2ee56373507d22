"""Charts as specifications, and those that are made once and filled in."""

import altair as alt
import numpy as np
import pandas as pd
import pytest
from altair.utils import schemapi

from monitor.ui import specs


def drawing() -> alt.Chart:
    return (
        alt.Chart(alt.NamedData(name="way"))
        .mark_line()
        .encode(x="day:T", y=alt.Y("people:Q", scale=alt.Scale(domain=[0, specs.gap("top")])))
    )


def test_a_chart_that_is_filled_in_is_the_one_that_is_made_with_its_figures() -> None:
    table = pd.DataFrame(
        {"day": pd.to_datetime(["2016-11-24", "2016-11-25"]), "people": [3, np.nan], "name": ["市", None]}
    )
    found = specs.filled(specs.made(drawing), {"way": table}, {"top": 12.5})
    whole = (
        alt.Chart(table).mark_line().encode(x="day:T", y=alt.Y("people:Q", scale=alt.Scale(domain=[0, 12.5]))).to_dict()
    )
    (rows,) = whole.pop("datasets").values()
    assert found.pop("datasets") == {"way": rows}
    assert found.pop("data") == {"name": "way"} and whole.pop("data")
    assert found == whole


def test_what_is_made_once_stays_as_it_is() -> None:
    spec = specs.made(drawing)
    before = str(spec)
    specs.filled(spec, {}, {"top": 1})["config"]["view"]["continuousWidth"] = 0
    assert str(spec) == before


def test_a_gap_that_nothing_is_given_for_is_told() -> None:
    with pytest.raises(KeyError, match="top"):
        specs.filled(specs.made(drawing), {}, {})


def test_altair_checks_again_afterwards() -> None:
    with pytest.raises(ZeroDivisionError):
        specs.made(lambda: 1 // 0)
    assert schemapi.DEBUG_MODE
