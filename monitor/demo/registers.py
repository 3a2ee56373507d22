"""Register and statistics tables of the demonstration."""

from datetime import date

import polars as pl

from monitor.demo.scenario import World
from monitor.figures import SCHOOL_TYPES
from monitor.units import KINDS, RUN_BY


def first(world: World, schools: pl.DataFrame) -> pl.DataFrame:
    """The first register table: the schools of that day, under the codes that counties had then."""
    register_day = world.scenario.register_day
    open_then = schools.filter(pl.col("opened").is_null() | (pl.col("opened") <= register_day))
    unknown_yet = {name: pl.lit(None, schools.schema[name]) for name in ("closed", "successor")}
    return _table(_schools_only(open_then).with_columns(**unknown_yet))


def changes(world: World, schools: pl.DataFrame, day: date) -> pl.DataFrame:
    """What a later register table says: schools that open, close or merge that day; all of a county with a new code."""
    renamed = world.scenario.renamed
    changing = (pl.col("opened") == day) | (pl.col("closed") == day)
    if day == renamed.day:
        changing = changing | (pl.col("parent") == renamed.old)
    here = schools.join(names(world, schools, day), on="code", how="left", maintain_order="left", suffix="_now")
    moved = (
        pl.when(pl.col("parent") == renamed.old, day >= renamed.day)
        .then(pl.lit(renamed.new))
        .otherwise(pl.col("parent"))
    )
    return _table(here.filter(changing.fill_null(False)).with_columns(name=pl.col("name_now"), parent=moved))


def names(world: World, schools: pl.DataFrame, day: date) -> pl.DataFrame:
    """code, name: what each school is called on `day`; a county's new name is in the names of its schools."""
    renamed, places = world.scenario.renamed, world.places
    name = pl.col("name")
    if day >= renamed.day:
        changed = name.str.replace(places[renamed.old].name, places[renamed.new].name, literal=True)
        name = pl.when(pl.col("parent") == renamed.old).then(changed).otherwise(name)
    return schools.select("code", name=name)


def statistics(world: World, schools: pl.DataFrame) -> pl.DataFrame:
    """The statistics table: everyone that stood already when they were collected."""
    known = schools.filter(pl.col("opened").is_null())
    return known.select(
        pl.lit(world.scenario.statistics_year).alias("统计年份"),
        pl.col("code").alias("单位代码"),
        pl.col("name").alias("单位名称"),
        pl.col("staff").alias("教职工数"),
        pl.col("teachers").alias("专任教师数"),
    )


def _schools_only(schools: pl.DataFrame) -> pl.DataFrame:
    return schools.filter(pl.col("school_type") != "university")


def _table(schools: pl.DataFrame) -> pl.DataFrame:
    return schools.select(
        pl.col("code").alias("单位代码"),
        pl.col("name").alias("单位名称"),
        pl.lit(KINDS["school"]).alias("单位类别"),
        pl.col("school_type").replace_strict(SCHOOL_TYPES).alias("学段"),
        pl.col("parent").alias("上级单位代码"),
        pl.col("run_by").replace_strict(RUN_BY).alias("隶属"),
        pl.col("opened").alias("启用日期"),
        pl.col("closed").alias("停用日期"),
        pl.col("successor").alias("并入单位代码"),
    )
