"""Findings asked again: whether the rules of sanity.py still find what they found, by the figures that stand now."""

from datetime import date

import polars as pl
from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.figures import LEVELS, QUEUE
from monitor.intake.sanity import RULES, History, find
from monitor.store import read
from monitor.store.findings import StillHolds
from monitor.store.register import load_register


def still_holds(campaign: Campaign) -> StillHolds:
    """What a load needs to close the findings that it repairs."""

    def ask(connection: Connection, keys: pl.DataFrame) -> set[tuple[str, int, date]]:
        return found_now(connection, campaign, keys)

    return StillHolds(RULES, ask)


def found_now(connection: Connection, campaign: Campaign, keys: pl.DataFrame) -> set[tuple[str, int, date]]:
    """What the rules say of units on days (`keys`: unit_id, day) by the store's own figures: (code, unit_id, day)."""
    units = load_register(connection).units.select("chain", unit_id="id", unit="code", unit_name="name")
    about = keys.select("unit_id", "day").unique().join(units, on="unit_id")
    about = about.with_columns(sheet=pl.lit(0, pl.Int64), row=pl.lit(0, pl.Int64))
    collection = read.collection_on(connection, keys).filter(pl.col("collection_day").is_not_null())
    review = read.review_on(connection, keys)
    levels = [
        review.select("unit_id", "day", **{place: f"{place}_{level}" for place in QUEUE}, level=pl.lit(level))
        for level in LEVELS
    ]
    long = pl.concat(levels).filter(pl.col("pending").is_not_null())
    found = find(
        collection.join(about, on=["unit_id", "day"]),
        long.join(about, on=["unit_id", "day"]),
        History.of(connection, campaign),
    )
    return {(item.code, item.unit_id, item.day) for item in found if item.unit_id is not None and item.day is not None}
