"""A load or an undo killed (SIGKILL) at any moment leaves the store as before or as after, and everything goes on by itself."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.campaign import Campaign
from monitor.store import open_store
from tests.databases import Databases
from tests.intake import processes
from tests.intake.books import xlsx
from tests.intake.conftest import CITY_RUN, HEADER, ONE, THREE, TWO, UNITS, line, table
from tests.intake.scenes import TIMES, Scene

pytestmark = pytest.mark.drill

RANDOM_KILLS, STATEMENT_KILLS = 8 * TIMES, 6 * TIMES


FIRST = table(*[line(code, f"2016-10-{day}", 100, 50 + day, 40) for day in (28, 31) for code in (ONE, TWO)])


def second() -> bytes:
    """Units, figures of many days, corrections, review: one file, one batch. It freezes the baseline and has findings."""
    days = [date(2016, 10, 31) + timedelta(days=n) for n in range(26)]
    schools = (ONE, TWO, THREE, CITY_RUN)
    rows = [line(code, str(day), 100 + n, 60 + n, 50 + (n % 7)) for n, day in enumerate(days) for code in schools]
    review = [(str(day), code, "学校", 1, n, 0) for n, day in enumerate(days) for code in schools]
    units = [["单位代码", "单位名称", "单位类别", "上级单位代码"], [TWO, "演示第二小学新名", "学校", "330106"], ["3301060099", "演示新校", "学校", "330106"]]  # fmt: skip
    levels = ["统计日期", "单位代码", "审核级次", "待审核人数", "审核通过人数", "退回人数"]
    return xlsx(units, [HEADER, *rows], [levels, *review], names=["名册", "采集", "审核"])


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def copies(
    request: pytest.FixtureRequest,
    databases_of: Callable[[str], Databases],
    campaign: Campaign,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Callable[..., str], Path]:
    """A way to get a new store with the register and a first batch in it, and a folder for files."""
    from monitor.store.register import change_register, unit_table

    folder = tmp_path_factory.mktemp("killed")
    (folder / "first.csv").write_text(FIRST, encoding="utf-8")
    (folder / "second.xlsx").write_bytes(second())
    databases = databases_of(request.param)
    made = databases.migrated()
    with closing(open_store(made, campaign)) as store:
        with store.begin() as connection:
            change_register(connection, campaign, unit_table(UNITS))
        processes.do(store, str(folder / "first.csv"))
    return lambda of=made: databases.copy(of), folder


@pytest.fixture(scope="module")
def scenes(copies: tuple[Callable[..., str], Path], campaign: Campaign) -> dict[str, Scene]:
    """The load of the second file, and the undo of its batch."""
    copy, folder = copies
    file, loaded = str(folder / "second.xlsx"), copy()
    with closing(open_store(loaded, campaign)) as store:
        processes.do(store, file)
    return {"load": Scene(copy, campaign, file), "undo": Scene(lambda: copy(loaded), campaign, "2")}


@pytest.mark.parametrize("act", ["load", "undo"])
def test_a_kill_at_random_moments(scenes: dict[str, Scene], act: str) -> None:
    scene = scenes[act]
    draw = random.Random(act)
    moments = [scene.seconds * 1.1 * (n + draw.random()) / RANDOM_KILLS for n in range(RANDOM_KILLS)]
    for moment in moments:
        scene.kill(moment)
    scene.go_on()


@pytest.mark.parametrize("act", ["load", "undo"])
def test_a_kill_between_statements(scenes: dict[str, Scene], act: str) -> None:
    """The last step of the act is its commit: killed before it, nothing has happened."""
    scene = scenes[act]
    assert scene.before != scene.after and scene.statements > STATEMENT_KILLS
    steps = [1 + n * scene.statements // STATEMENT_KILLS for n in range(STATEMENT_KILLS)]
    for step in (*steps, scene.statements):
        assert scene.kill(die_at=step) is False
    scene.go_on()


def test_what_was_undone_is_as_if_it_had_never_been(scenes: dict[str, Scene]) -> None:
    """All but the history of batches and the data version, which only grows."""
    for name, rows in scenes["load"].before.items():
        if name not in ("batch", "batch_day", "audit", "meta"):
            assert scenes["undo"].after[name] == rows, name


def test_the_command_itself_killed(scenes: dict[str, Scene]) -> None:
    scene = scenes["load"]
    command = [sys.executable, "-m", "monitor", "import", scene.job, "--json"]
    draw = random.Random(1)
    whole = 0.0
    for number in range(4):
        began = time.perf_counter()
        environment = {**os.environ, "MONITOR_DATABASE_URL": scene.url}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if number:
            time.sleep(whole * (number - draw.random() / 2) / 3)
            process.kill()
        process.wait()
        whole = whole or time.perf_counter() - began
        assert scene.look() or number
    scene.go_on()
