"""Simulated figures as the rows of collection and review tables (columns as written in the tables)."""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from monitor.campaign import Campaign
from monitor.demo.simulate import Counts, Mask, Simulation
from monitor.figures import LEVEL_NAMES

DAY, CODE, NAME = "统计日期", "单位代码", "单位名称"
LEVEL = "审核级次"
COLLECTION = {"应采集人数": "expected", "已录入人数": "entered", "已报送人数": "submitted", "已赋号人数": "numbered"}
REVIEW = ("待审核人数", "审核通过人数", "退回人数")
QUEUES = ("submitted", "reviewed_first", "passed_first", "reviewed_final", "approved")


def collection(simulation: Simulation, days: Sequence[date], wanted: Mask) -> pl.DataFrame:
    """Collection rows of the schools and days marked in `wanted`, by day, then in the order of the schools."""
    day, school = np.nonzero(wanted.T)
    arrays = {**simulation.counts, "expected": simulation.expected}
    figures = {title: arrays[name][school, day] for title, name in COLLECTION.items()}
    return pl.DataFrame({**_keys(simulation, days, school, day), **figures})


def review(campaign: Campaign, simulation: Simulation, days: Sequence[date], wanted: Mask) -> pl.DataFrame:
    """Review rows, one a level of the school's chain; none where nothing has been submitted yet."""
    chains = campaign.review_levels.model_dump()
    run_by = simulation.schools["run_by"].to_numpy()
    university = (simulation.schools["school_type"] == "university").to_numpy()
    parts = []
    for key, levels in chains.items():
        members = university if key == "university" else (run_by == key.removesuffix("_school")) & ~university
        marked = wanted & members[:, None] & (simulation.counts["submitted"] > 0)
        for place in range(len(levels)):
            parts.append(_level(simulation, days, marked, levels, place))
    return pl.concat(parts).sort(DAY, "school", "place").drop("school", "place")


def moved(simulation: Simulation, names: Iterable[str], full: NDArray[np.bool_]) -> Mask:
    """Schools × days that the tables list.

    On the days marked in `full` every school of the day; on the others only those whose figures `names` differ from
    what was listed last.
    """
    arrays = {**simulation.counts, "expected": simulation.expected}
    figures = np.stack([arrays[name] for name in names])
    listed = np.zeros(simulation.present.shape, dtype=bool)
    last = np.zeros((len(figures), len(listed)), dtype=np.int64)
    for day in range(figures.shape[-1]):
        differs = (figures[:, :, day] != last).any(axis=0) | full[day]
        listed[:, day] = simulation.present[:, day] & differs
        told = listed[:, day] | simulation.apart[:, day]
        last[:, told] = figures[:, told, day]
    return listed


def _level(simulation: Simulation, days: Sequence[date], marked: Mask, levels: list[str], place: int) -> pl.DataFrame:
    day, school = np.nonzero(marked.T)
    figures = _queue(simulation.counts, place, len(levels))
    return pl.DataFrame(
        {
            **_keys(simulation, days, school, day),
            LEVEL: pl.Series([LEVEL_NAMES[levels[place]]], dtype=pl.String).new_from_index(0, len(day)),
            **{title: array[school, day] for title, array in zip(REVIEW, figures, strict=True)},
            "school": school,
            "place": np.full(len(day), place),
        }
    )


def _queue(counts: dict[str, Counts], place: int, levels: int) -> tuple[Counts, Counts, Counts]:
    """(pending, approved, returned) at a place of the chain. Only its first and last level hold records back."""
    arrived = counts["submitted"] if place == 0 else counts["passed_first"]
    if place == levels - 1:
        reviewed, approved = counts["reviewed_final"], counts["approved"]
    elif place == 0:
        reviewed, approved = counts["reviewed_first"], counts["passed_first"]
    else:
        reviewed = approved = counts["passed_first"]
    return arrived - reviewed, approved, reviewed - approved


def _keys(simulation: Simulation, days: Sequence[date], school: Counts, day: Counts) -> dict[str, pl.Series]:
    return {DAY: pl.Series(list(days), dtype=pl.Date).gather(day), CODE: simulation.schools["code"].gather(school)}


def with_names(frame: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """`frame` with the units' names (frame code, name) after the codes."""
    named = frame.join(
        names.select(pl.col("code").alias(CODE), pl.col("name").alias(NAME)), on=CODE, how="left", maintain_order="left"
    )
    return named.select(DAY, CODE, NAME, pl.exclude(DAY, CODE, NAME))


def with_total(frame: pl.DataFrame, code: str, name: str) -> pl.DataFrame:
    """`frame` of one day with a last row for the unit that all its rows belong to."""
    total = frame.select(
        pl.col(DAY).first(), pl.lit(code).alias(CODE), pl.lit(name).alias(NAME), pl.col(*COLLECTION).sum()
    )
    return pl.concat([frame, total])
