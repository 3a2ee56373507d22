"""Since when units are complete: the day from which approved has not fallen below the denominator again."""

import pandas as pd


def completed_since(panel: pd.DataFrame) -> pd.DataFrame:
    """The day from which each unit has been complete without a break, and how far it is.

    panel: unit, day (datetime64), approved, denominator, one row a unit and day.

    Index unit; columns since (date, None where it is not complete on its last day), completion (ratio, None where nothing
    is expected). Complete is approved ≥ denominator > 0 (docs/definitions.md).
    """
    rows = []
    for unit, days in panel.sort_values("day").groupby("unit"):
        whole = (days["approved"] >= days["denominator"]) & (days["denominator"] > 0)
        last = days.iloc[-1]
        since = None
        if whole.iloc[-1]:
            broken = days[~whole]
            after = days if broken.empty else days[days["day"] > broken["day"].iloc[-1]]
            since = after["day"].iloc[0].date()
        rows.append((unit, since, last["approved"] / last["denominator"] if last["denominator"] > 0 else None))
    return pd.DataFrame(rows, columns=["unit", "since", "completion"], dtype=object).set_index("unit")
