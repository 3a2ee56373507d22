"""`status --json`, through the command line from files to figures, against figures counted one by one."""

import csv
import json
import random
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from monitor.__main__ import main
from monitor.campaign import PROJECT, Campaign
from monitor.workdays import Calendar
from tests.cli.office import run
from tests.databases import Databases
from tests.store.world import Place, World

CALENDAR = Calendar()
FIRST, LAST = date(2016, 10, 26), date(2016, 11, 16)
SINCE = date(2016, 11, 9)
SCHOOLS = {
    "3301060001": ("330106", "小学"),
    "3301060002": ("330106", "初中"),
    "3301060003": ("330106", "幼儿园"),
    "3301080001": ("330108", "小学"),
    "3301000009": ("330100", "普通高中"),  # run by the city
    "3302040001": ("330204", "小学"),  # of a county that was merged into 330212
    "3302120001": ("330212", "小学"),
}
UNIVERSITIES = ("4133010335", "4133010336")
TYPES = {"小学": "primary", "初中": "junior", "幼儿园": "kindergarten", "普通高中": "senior"}
UNITS = ("330000", "330100", "330200", "330106", "330108", "330212", "3301060001", "3301000009", *UNIVERSITIES)


def _chain(code: str) -> tuple[str, str]:
    if code in UNIVERSITIES:
        return "学校", "省级"
    return "学校", "市级" if code.endswith("9") else "县级"


def _divisions() -> dict[str, Place]:
    """The campaign's own units, read without the program."""
    kinds = {"省": "province", "设区市": "city", "县(市、区)": "county", "高校": "university"}
    places = {}
    for name in ("divisions", "institutions"):
        with (PROJECT / "data" / f"{name}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                place = Place(row["单位代码"], kinds[row["单位类别"]], row["上级单位代码"] or None)
                place.successor = row.get("并入单位代码") or None
                place.closed = date.fromisoformat(row["停用日期"]) if row.get("停用日期") else None
                places[place.code] = place
    return places


class Files:
    """Daily tables of a made-up campaign, and the same figures in a World."""

    def __init__(self, folder: Path, address: str, campaign: Campaign, seed: int) -> None:
        self.address = address
        self.folder, self.world, self.dice = folder, World(campaign.baseline_day), random.Random(seed)
        self.world.units = _divisions() | {
            code: Place(code, "school", parent, TYPES[kind]) for code, (parent, kind) in SCHOOLS.items()
        }

    def units(self) -> Path:
        rows = [f"{code},演示{code},学校,{kind},{parent}" for code, (parent, kind) in SCHOOLS.items()]
        return self._write("units.csv", ["单位代码,单位名称,单位类别,学段,上级单位代码", *rows])

    def tables(self) -> list[Path]:
        """A collection and a review table for most days; now and then a unit is left out."""
        people = {code: self.dice.randint(20, 90) for code in (*SCHOOLS, *UNIVERSITIES)}
        done = dict.fromkeys(people, 0)
        paths = []
        for day in _days(FIRST, LAST):
            if day.weekday() == 6:
                continue  # no table on Sundays
            collection, review = [], []
            for code, expected in people.items():
                if self.dice.random() < 0.15:
                    continue
                done[code] = min(expected, done[code] + self.dice.randint(-1, 4))
                approved = max(done[code], 0)
                submitted = min(expected, approved + self.dice.randint(0, 5))
                entered = min(expected, submitted + self.dice.randint(0, 5))
                numbered = self.dice.choice([None, approved // 2])
                self.world.collection.setdefault(code, {})[day] = (expected, entered, submitted, numbered)
                said = "" if numbered is None else numbered
                collection.append(f"{day},{code},{expected},{entered},{submitted},{said}")
                review += self._review(code, day, submitted, approved)
            self.world.freeze(day)
            head = "统计日期,单位代码,应采集人数,已录入人数,已报送人数,已赋号人数"
            paths.append(self._write(f"c{day}.csv", [head, *collection]))
            head = "统计日期,单位代码,审核级次,待审核人数,审核通过人数,退回人数"
            paths.append(self._write(f"r{day}.csv", [head, *review]))
        return paths

    def _review(self, code: str, day: date, submitted: int, approved: int) -> list[str]:
        first, last = _chain(code)
        passed = self.dice.randint(approved, submitted)
        returned = self.dice.randint(0, passed - approved)
        rows = {first: (submitted - passed, passed, 0), last: (passed - approved - returned, approved, returned)}
        names = {"学校": "school", "县级": "county", "市级": "city", "省级": "province"}
        for level, row in rows.items():
            self.world.review.setdefault(code, {}).setdefault(names[level], {})[day] = row
        return [f"{day},{code},{level},{','.join(map(str, row))}" for level, row in rows.items()]

    def _write(self, name: str, lines: list[str]) -> Path:
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.fixture(scope="module", params=[1, 2])
def loaded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, databases: Databases, campaign: Campaign
) -> Files:
    folder = tmp_path_factory.mktemp("campaign")
    made = Files(folder, databases.new(), campaign, request.param)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MONITOR_DATABASE_URL", made.address)
        run("init")
        run("import", str(made.units()))
        run("import", *map(str, made.tables()))
    return made


@pytest.fixture
def files(loaded: Files, monkeypatch: pytest.MonkeyPatch) -> Files:
    monkeypatch.setenv("MONITOR_DATABASE_URL", loaded.address)
    return loaded


def _sector(code: str) -> str:
    return "universities" if code in UNIVERSITIES else "schools"


def _pace(world: World, code: str, sector: str, as_of: date, window: int) -> float | None:
    """Approvals per working day, from the definition."""
    first = min(
        day
        for leaf, members in world.leaves(code).items()
        if _sector(leaf) == sector
        for member in members
        for day in world.collection.get(member, {})
    )
    if as_of == first:
        return None
    worked = [day for day in _days(date(2016, 9, 1), as_of) if CALENDAR.is_workday(day)]
    begin = worked[-1 - window]
    days = window
    if begin < first:
        begin, days = first, len([day for day in worked if day > first])
    if not days:
        return None
    return (world.figures(code, as_of, sector)["approved"] - world.figures(code, begin, sector)["approved"]) / days


def _check(found: dict[str, Any], world: World, campaign: Campaign, as_of: date) -> None:
    code, sector = found["unit"]["code"], found["sector"]
    figures = world.figures(code, as_of, sector)
    assert found["as_of"] == as_of.isoformat()
    assert {name: found["figures"][name] for name in ("expected", "entered", "submitted", "approved")} == {
        name: figures[name] for name in ("expected", "entered", "submitted", "approved")
    }
    assert (found["figures"]["numbered"] or 0) == figures["numbered"]
    for level, places in found["figures"]["levels"].items():
        assert places == {place: figures[f"{place}_{level}"] for place in ("pending", "approved", "returned")}
    assert found["figures"]["institutions"] == {name: figures[name] for name in ("total", "started", "complete")}
    assert found["denominators"] == {"live": figures["expected"], "baseline": figures["baseline"], "statistics": 0}
    rates = {
        "collection": (figures["submitted"], figures["expected"]),
        "review": (figures["approved"] + figures["returned"], figures["submitted"]),
        "completion": (figures["approved"], figures["expected"]),
    }
    for name, (part, whole) in rates.items():
        assert found["rates"][name] == (pytest.approx(part / whole, rel=1e-12) if whole else None)
    pace = _pace(world, code, sector, as_of, campaign.measures.pace_window)
    assert found["pace"] == (None if pace is None else pytest.approx(pace))
    left = len([day for day in _days(as_of + timedelta(days=1), campaign.deadline) if CALENDAR.is_workday(day)])
    assert found["working_days_left"] == left
    todo = figures["expected"] - figures["approved"]
    assert found["required_pace"] == (ceil(Fraction(todo, left)) if todo > 0 else 0)
    worked = [day for day in _days(campaign.collecting_from, campaign.deadline) if CALENDAR.is_workday(day)]
    share = Fraction(len([day for day in worked if day <= as_of]), len(worked))
    assert abs(found["schedule"]["should_be"] - share * figures["expected"]) <= Fraction(1, 2)
    assert found["schedule"]["ahead"] == figures["approved"] - found["schedule"]["should_be"]
    gaps = found["gaps"]
    assert sum(gap["live_minus_baseline"] for gap in gaps) == figures["expected"] - figures["baseline"]
    assert sum(gap["live_minus_statistics"] for gap in gaps) == figures["expected"]


def _check_ranks(children: list[dict[str, Any]], kind: str) -> None:
    rated = [child for child in children if child["unit"]["kind"] == kind and child["figures"]["expected"]]
    exact = {
        child["unit"]["code"]: Fraction(child["figures"]["approved"], child["figures"]["expected"]) for child in rated
    }
    for child in rated:
        mine = exact[child["unit"]["code"]]
        ahead = [rate for rate in exact.values() if rate > mine]
        assert child["rank"]["place"] == 1 + len(ahead)
        assert child["rank"]["of"] == len(rated)
        more = child["rank"]["to_next"]
        if not ahead:
            assert more is None
            continue
        approved, expected = child["figures"]["approved"], child["figures"]["expected"]
        assert Fraction(approved + more, expected) > min(ahead) >= Fraction(approved + more - 1, expected)


@pytest.mark.parametrize("as_of", [LAST, date(2016, 11, 6), FIRST])
def test_every_figure_of_every_unit(files: Files, campaign: Campaign, as_of: date) -> None:
    for code in UNITS:
        found = json.loads(run("status", "--unit", code, "--as-of", as_of.isoformat(), "--json"))
        assert found["sector"] == _sector(code)
        _check(found, files.world, campaign, as_of)
        for child in found["children"]:
            assert "children" not in child
            _check_known(child, files.world, campaign, as_of)
        for kind in ("city", "county", "school"):
            _check_ranks(found["children"], kind)


def _check_known(child: dict[str, Any], world: World, campaign: Campaign, as_of: date) -> None:
    """Units without figures stand at zero; the others are counted."""
    leaves = world.leaves(child["unit"]["code"])
    if any(min(world.collection.get(member, [date.max])) <= as_of for members in leaves.values() for member in members):
        _check(child, world, campaign, as_of)
    else:
        assert child["figures"]["expected"] == child["figures"]["approved"] == 0
        assert child["status"] == "not_started"
        assert child["rates"]["completion"] is None


def test_the_universities_of_the_province(files: Files, campaign: Campaign) -> None:
    found = json.loads(run("status", "--sector", "universities", "--json"))
    _check(found, files.world, campaign, LAST)
    assert len(found["children"]) == 107
    for child in found["children"]:
        _check_known(child, files.world, campaign, LAST)
    _check_ranks(found["children"], "university")


def test_change_adds_up(files: Files) -> None:
    for code in UNITS:
        sector = _sector(code)
        found = json.loads(run("status", "--unit", code, "--since", SINCE.isoformat(), "--json"))
        now, then = (files.world.figures(code, day, sector) for day in (LAST, SINCE))
        total = (now["approved"] - now["expected"]) - (then["approved"] - then["expected"])
        for part in (found, *found["children"]):
            change = dict(part["change"])
            assert change.pop("since") == SINCE.isoformat()
            assert change.pop("total") == sum(change.values())
        assert found["change"]["total"] == total
        for part in ("approvals", "returns", "corrections", "opened_closed", "denominator"):
            assert found["change"][part] == sum(child["change"][part] for child in found["children"]) or (
                not found["children"]
            )


def test_before_any_data(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", databases.new())
    run("init")
    found = json.loads(run("status", "--json"))
    assert found["figures"]["expected"] == found["figures"]["approved"] == found["figures"]["numbered"] == 0
    assert set(found["rates"].values()) == {None}
    assert found["status"] == "not_started"
    assert set(found["forecast"]) == {"none"}
    assert found["bottleneck"] is None
    assert len(found["children"]) == 11


@pytest.mark.parametrize("as_of", ["2016-01-01", "2016-10-25", "2016-11-30", "2016-12-16", "2016-12-17", "2017-06-01"])
def test_any_day_before_between_and_after(files: Files, campaign: Campaign, as_of: str) -> None:
    """Before the first table, after the newest, after the deadline: figures as known that day, W from the day asked."""
    found = json.loads(run("status", "--as-of", as_of, "--json"))
    day = date.fromisoformat(as_of)
    figures = files.world.figures(campaign.root, day, "schools")
    assert found["as_of"] == as_of and found["figures"]["approved"] == figures["approved"]
    assert found["working_days_left"] == len(
        [d for d in _days(day + timedelta(days=1), campaign.deadline) if CALENDAR.is_workday(d)]
    )
    expected = "not_started" if day < FIRST else "overdue" if day >= campaign.deadline else found["status"]
    assert found["status"] == expected


def test_a_change_in_words_has_the_same_numbers(files: Files) -> None:
    change = json.loads(run("status", "--since", SINCE.isoformat(), "--json"))["change"]
    said = run("status", "--since", SINCE.isoformat())
    assert f"{change['total']:,}" in said
    assert f"{change['approvals']:+,}" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as-of", "2016-11-10", "--since", "2016-11-11"], "2016-11-10"),
        (["--as-of", "1999-12-31"], "chinesecalendar"),
        (["--as-of", "2099-12-31"], "chinesecalendar"),
    ],
)
def test_a_day_that_cannot_be_answered_for_is_exit_2(files: Files, arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["status", *arguments])
    assert result.exit_code == 2 and said in result.stderr and result.stdout == ""


def test_wrong_use_is_exit_2(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", databases.new())
    run("init")
    for arguments in (["--unit", "999"], ["--as-of", "yesterday"], ["--sector", "hospitals"], ["--what"]):
        result = CliRunner().invoke(main, ["status", *arguments])
        assert result.exit_code == 2, arguments
        assert result.stdout == ""
