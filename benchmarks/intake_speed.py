"""How fast tables are read, beside what reading alone costs. Every measurement runs in a process of its own.

    python benchmarks/intake_speed.py [--people 600000] [--long 16000000] [--keep FOLDER]

- export.xlsx: a teacher export; its columns read by the same reader (fastexcel, polars), then planned (read, checked,
  counted). Wanted: at most 1.5 times, under 1.5 GiB.
- export.csv: a long teacher export; a plain streaming group-by of polars, then planned. Wanted: at most 2 times, under 2 GiB.
- day.csv, days.csv: a province's day (15,000 rows) and a week of it, checked.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

SCHOOLS = 14_500
DAY = "2016-11-25"
HEADER = [
    "学校代码",
    "学校名称",
    "姓名",
    "身份证件号码",
    "个人识别号",
    "报送状态",
    "审核级次",
    "审核状态",
    "报送时间",
    "审核时间",
]


def school(number: int) -> str:
    """Code of an invented school."""
    return f"33010{10_000 + number}"


def _register() -> Any:
    import polars as pl

    from monitor.campaign import load_campaign
    from monitor.units import SOURCE, Register, derive

    rows: list[dict[str, Any]] = [
        {"id": 1, "code": "330000", "name": "演示省", "kind": "province"},
        {"id": 2, "code": "330100", "name": "演示市", "kind": "city", "parent_id": 1},
        {"id": 3, "code": "330106", "name": "演示区", "kind": "county", "parent_id": 2},
    ]
    rows += [
        {
            "id": 10 + n,
            "code": school(n),
            "name": f"演示第{n}小学",
            "kind": "school",
            "school_type": "primary",
            "parent_id": 3,
        }
        for n in range(SCHOOLS)
    ]
    source = pl.DataFrame([{name: row.get(name) for name in SOURCE} for row in rows], schema=SOURCE)
    none = pl.DataFrame(schema={"alias": pl.String, "unit_id": pl.Int64})
    return Register(derive(source, load_campaign().review_levels), none)


def _people(start: int, count: int) -> Any:
    import numpy as np
    import polars as pl

    draw = np.random.default_rng(start)
    place = draw.integers(0, SCHOOLS, count)
    filed, status = draw.integers(0, 4, count), draw.integers(0, 3, count)
    serial = pl.Series(range(start, start + count))
    return pl.DataFrame({"place": place, "filed": filed, "status": status, "serial": serial}).select(
        pl.format("33010{}", pl.col("place") + 10_000).alias(HEADER[0]),
        pl.format("演示第{}小学", "place").alias(HEADER[1]),
        pl.format("演示{}", "serial").alias(HEADER[2]),
        pl.format("{}X", pl.col("serial") + 10_000_000_000_000_000).alias(HEADER[3]),
        pl.when(pl.col("status") == 1).then(pl.format("{}", pl.col("serial") + 20_000_000)).alias(HEADER[4]),
        pl.when(pl.col("filed") > 0).then(pl.lit("已报送")).otherwise(pl.lit("未报送")).alias(HEADER[5]),
        pl.when(pl.col("filed") > 0).then(pl.lit("县级")).alias(HEADER[6]),
        pl.when(pl.col("filed") > 0)
        .then(pl.col("status").replace_strict({0: "待审核", 1: "审核通过", 2: "退回"}, return_dtype=pl.String))
        .alias(HEADER[7]),
        pl.lit("2016-11-01").alias(HEADER[8]),
        pl.lit("2016-11-20").alias(HEADER[9]),
    )


def write_files(folder: Path, people: int, long: int) -> None:
    """The files that are measured."""
    import polars as pl
    import xlsxwriter

    if not (folder / "export.xlsx").exists():
        with xlsxwriter.Workbook(folder / "export.xlsx", {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, HEADER)
            for row, cells in enumerate(_people(0, people).iter_rows(), 1):
                sheet.write_row(row, 0, cells)
    if not (folder / "export.csv").exists():
        with (folder / "export.csv").open("wb") as out:
            out.write((",".join(HEADER) + "\n").encode())
            for start in range(0, long, 500_000):
                out.write(_people(start, min(500_000, long - start)).write_csv(include_header=False).encode())
    for name, days in (("day.csv", 1), ("days.csv", 7)):
        rows = range(SCHOOLS)
        parts = [
            pl.DataFrame({"单位代码": [school(n) for n in rows], "单位名称": [f"演示第{n}小学" for n in rows]}).with_columns(
                pl.lit(f"2016-11-{25 - back}").alias("统计日期"),
                pl.lit(50).alias("应采集人数"), pl.lit(45 - back).alias("已录入人数"), pl.lit(40 - back).alias("已报送人数"),
            )
            for back in range(days)
        ]  # fmt: skip
        pl.concat(parts).write_csv(folder / name)


def read_columns(folder: Path) -> None:
    """The columns of the workbook read, nothing else."""
    import fastexcel

    fastexcel.read_excel(folder / "export.xlsx").load_sheet(0, dtypes="string").to_polars()


def _sheets(path: Path) -> Any:
    from monitor.campaign import load_campaign
    from monitor.intake.files import TableFile, bounds_of, read_sheets
    from monitor.intake.headers import Vocabulary
    from monitor.intake.recognise import recognise

    return recognise(read_sheets(TableFile(path.name, path), bounds_of(load_campaign())), Vocabulary())


def _count(path: Path, register: Any) -> None:
    from monitor.intake.export import total
    from monitor.intake.resolve import Calendar
    from monitor.intake.teachers import Counter

    counter = Counter(register, Calendar(date(2016, 9, 1), date(2016, 12, 31), date.fromisoformat(DAY)))
    counter.add(_sheets(path))
    export = total(counter)
    assert not counter.files[0].listed, "the generated export is clean"
    assert export.collection["entered"].sum() == sum(export.rows)


def plan_workbook(folder: Path) -> None:
    """The workbook read, checked and counted."""
    _timed(lambda register: _count(folder / "export.xlsx", register))


def group_by(folder: Path) -> None:
    """A plain streaming group-by of the csv."""
    import polars as pl

    frame = pl.scan_csv(folder / "export.csv", infer_schema=False)
    frame.group_by("学校代码", "报送状态", "审核级次", "审核状态").agg(pl.len(), pl.col("个人识别号").count()).collect(
        engine="streaming"
    )


def plan_csv(folder: Path) -> None:
    """The csv read, checked and counted."""
    _timed(lambda register: _count(folder / "export.csv", register))


def plan_day(folder: Path) -> None:
    """A province's day checked."""
    _timed(lambda register: _check(folder / "day.csv", register))


def plan_days(folder: Path) -> None:
    """A week of a province checked."""
    _timed(lambda register: _check(folder / "days.csv", register))


def _check(path: Path, register: Any) -> None:
    from monitor.intake.figures import check_figures
    from monitor.intake.resolve import Calendar

    checked = check_figures("collection", _sheets(path), register, Calendar(date(2016, 9, 1), date(2016, 12, 31)))
    assert checked.refused.frame().is_empty()


_started = _started_cpu = 0.0


def _timed(job: Callable[[Any], None]) -> None:
    """Neither the register nor the modules are part of what is measured: the program keeps them from file to file."""
    global _started, _started_cpu
    import monitor.intake.load  # noqa: F401

    register = _register()
    _started, _started_cpu = time.perf_counter(), time.process_time()
    job(register)


def _run(job: Callable[[Path], None], folder: Path, answers: Any) -> None:
    global _started, _started_cpu
    import fastexcel  # noqa: F401
    import polars  # noqa: F401

    _started, _started_cpu = time.perf_counter(), time.process_time()
    job(folder)
    answers.put(
        (
            time.perf_counter() - _started,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            time.process_time() - _started_cpu,
        )
    )


def measure(job: Callable[[Path], None], folder: Path, rounds: int = 3) -> tuple[float, float, float]:
    """Best seconds, greatest MiB and least seconds of processor time of some runs, each in a process of its own."""
    context = multiprocessing.get_context("spawn")
    times = []
    for _round in range(rounds):
        answers = context.Queue()
        process = context.Process(target=_run, args=(job, folder, answers))
        process.start()
        times.append(answers.get())
        process.join()
    seconds, peaks, processor = zip(*times, strict=True)
    return min(seconds), max(peaks), min(processor)


def main() -> None:
    """Write the files, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=600_000)
    parser.add_argument("--long", type=int, default=16_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        write_files(folder, options.people, options.long)
        pairs = [
            ("xlsx", options.people, read_columns, plan_workbook, 1.5, 1536),
            ("csv", options.long, group_by, plan_csv, 2.0, 2048),
        ]
        for title, rows, alone, whole, allowed, room in pairs:
            base, taken = measure(alone, folder, options.rounds), measure(whole, folder, options.rounds)
            print(
                f"{title}, {rows:,} people: alone {base[0]:.2f} s ({base[1]:.0f} MiB), planned {taken[0]:.2f} s ({taken[1]:.0f} MiB)"
            )
            print(
                f"  ratio {taken[0] / base[0]:.2f} (at most {allowed}), peak {taken[1]:.0f} MiB (under {room});"
                f" processor time {base[2]:.2f} s and {taken[2]:.2f} s, ratio {taken[2] / base[2]:.2f}"
            )
        for title, job in (("a day, 14,500 rows", plan_day), ("a week, 101,500 rows", plan_days)):
            print(f"{title}: checked in {measure(job, folder, options.rounds)[0]:.3f} s")


if __name__ == "__main__":
    main()
