"""`status --json` against an audit: what is said of a unit beyond its figures, worked out from the definitions alone.

Schools that stand still, finish, fall back, begin late, open and close; figures corrected afterwards; days off, the
deadline, days after it. The figures come from tests.cli.invented and tests.store.world, the rest is written down here once more, slowly.
"""

import json
import math
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from monitor.campaign import Campaign
from tests.cli.invented import CLOSES, COUNTIES, FIRST, LAST, NAMES, OPENS, UNIVERSITIES, Audit, invented, tables, write
from tests.cli.office import run
from tests.cli.test_status import CALENDAR, TYPES, _days
from tests.databases import Databases
from tests.measures.test_change import booked
from tests.store.world import World

AS_OF = (
    LAST, date(2016, 11, 12), date(2016, 11, 14), date(2016, 10, 20), FIRST, date(2016, 11, 30), date(2016, 12, 16),
    date(2016, 12, 20),
)  # fmt: skip
SPANS = (
    (date(2016, 11, 18), LAST),
    (FIRST, LAST),
    (date(2016, 11, 4), date(2016, 11, 17)),
    (date(2016, 10, 10), FIRST),
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, databases: Databases, campaign: Campaign) -> tuple[Audit, str]:
    folder = tmp_path_factory.mktemp("audit")
    made = invented(campaign)
    kind = next(name for name, key in TYPES.items() if key == "primary")
    units = ["单位代码,单位名称,单位类别,学段,上级单位代码,启用日期,停用日期"]
    units += [
        f"{code},演示{code},学校,{kind},{place.parent},{place.opened or ''},{place.closed or ''}"
        for code, place in made.now.units.items()
        if place.kind == "school"
    ]
    everything = [(code, day) for code, days in made.then.collection.items() for day in sorted(days)]
    corrected = [(code, day) for code, day in everything if _row(made.now, code, day) != _row(made.then, code, day)]
    assert len(corrected) > 20
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MONITOR_DATABASE_URL", address := databases.new())
        run("init")
        run("import", write(folder / "units.csv", units))
        run("import", *tables(made.then, everything, folder, "first"))
        run("import", *tables(made.now, corrected, folder, "second"))
    return made, address


@pytest.fixture
def audit(loaded: tuple[Audit, str], monkeypatch: pytest.MonkeyPatch) -> Audit:
    made, address = loaded
    monkeypatch.setenv("MONITOR_DATABASE_URL", address)
    return made


def _row(world: World, code: str, day: date) -> tuple[Any, ...]:
    return (world.collection[code][day], *(days[day] for days in world.review[code].values()))


def _asked(code: str, as_of: date, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("status", "--unit", code, "--as-of", as_of.isoformat(), *more, "--json"))
    return found


# ---- the definitions -------------------------------------------------------------------------------------------------


def _window(audit: Audit, code: str, as_of: date, length: int) -> tuple[date, int]:
    """The end of which day the window begins with, and the working days in it."""
    before = _nth_before(as_of, length)
    first = audit.first(code)
    return (before, length) if first <= before else (first, _worked(first, as_of))


def _nth_before(as_of: date, n: int) -> date:
    """L is the last working day on or before the day; the n-th working day before L."""
    worked = [day for day in _days(as_of - timedelta(days=60), as_of) if CALENDAR.is_workday(day)]
    return worked[-1 - n]


def _worked(after: date, until: date) -> int:
    return len([day for day in _days(after + timedelta(days=1), until) if CALENDAR.is_workday(day)])


def _reason(audit: Audit, code: str, as_of: date) -> str | None:
    now = audit.figures(code, as_of)
    base, _length = _window(audit, code, as_of, audit.campaign.measures.pace_window)
    history = _worked(audit.first(code), as_of)
    if now["expected"] == 0:
        return "nothing_expected"
    if now["approved"] >= now["expected"]:
        return "nothing_left"
    if history and now["approved"] <= audit.figures(code, base)["approved"]:
        return "no_approval_in_window"
    return "short_history" if history < 5 else None


def _status(audit: Audit, code: str, as_of: date, found: dict[str, Any]) -> str:
    now, left = audit.figures(code, as_of), _worked(as_of, audit.campaign.deadline)
    todo = now["expected"] - now["approved"]
    before = _nth_before(as_of, 5)
    if todo <= 0 < now["expected"]:
        return "complete"
    if left == 0 and todo > 0:
        return "overdue"
    if now["entered"] == 0:
        return "not_started"
    if audit.first(code) <= before and now["approved"] <= audit.figures(code, before)["approved"]:
        return "stalled"
    probability = found["forecast"].get("probability")
    if probability is None:
        base, length = _window(audit, code, as_of, audit.campaign.measures.pace_window)
        pace = Fraction(now["approved"] - audit.figures(code, base)["approved"], length) if length else None
        required = math.ceil(Fraction(todo, left)) if todo > 0 else 0
        return "on_track" if pace is not None and pace >= required else "behind"
    return "on_track" if probability >= 0.8 else "at_risk" if probability >= 0.2 else "behind"


def _bottleneck(audit: Audit, code: str, as_of: date) -> tuple[str, int, Fraction | None] | None:
    now = audit.figures(code, as_of)
    base, length = _window(audit, code, as_of, audit.campaign.measures.pace_window)
    then = audit.figures(code, base)
    stages = [("entry", now["expected"] - now["entered"], now["entered"] - then["entered"])]
    stages.append(("submission", now["entered"] - now["submitted"], now["submitted"] - then["submitted"]))
    for level in NAMES:
        gone = sum(now[f"{place}_{level}"] - then[f"{place}_{level}"] for place in ("approved", "returned"))
        stages.append((f"{level}_review", now[f"pending_{level}"], gone))
    held = [stage for stage in stages if stage[1] > 0 and 100 * stage[1] >= now["expected"]]
    stuck = [stage for stage in held if stage[2] <= 0 or not length]
    if stuck:
        name, waiting, _gone = max(stuck, key=lambda stage: stage[1])  # the first of the largest
        return name, waiting, None
    if not held:
        return None
    name, waiting, gone = max(held, key=lambda stage: Fraction(stage[1] * length, stage[2]))
    return name, waiting, Fraction(waiting * length, gone)


def _at_most(count: int, size: int, rate: float) -> float:
    """The chance that at most so many of `size` people are approved, if each is with the same chance."""
    ways = [math.lgamma(size + 1) - math.lgamma(k + 1) - math.lgamma(size - k + 1) for k in range(count + 1)]
    return math.fsum(math.exp(w + k * math.log(rate) + (size - k) * math.log1p(-rate)) for k, w in enumerate(ways))


def _check_group(audit: Audit, code: str, as_of: date, found: dict[str, Any]) -> None:
    """Place and limits of a unit among its peers."""
    rated = {peer: audit.figures(peer, as_of) for peer in audit.peers(code)}
    rated = {peer: row for peer, row in rated.items() if row.get("expected")}
    rank, limits = found["rank"], found["funnel"]
    assert rank["of"] == len(rated)
    if code not in rated:
        assert rank["place"] is None and rank["to_next"] is None and limits["lower_95"] is None and not limits["named"]
        return
    mine = rated[code]
    rates = {peer: Fraction(row["approved"], row["expected"]) for peer, row in rated.items()}
    ahead = [rate for rate in rates.values() if rate > rates[code]]
    assert rank["place"] == 1 + len(ahead)
    if ahead:
        more = rank["to_next"]
        assert Fraction(mine["approved"] + more, mine["expected"]) > min(ahead)
        assert Fraction(mine["approved"] + more - 1, mine["expected"]) <= min(ahead)
    else:
        assert rank["to_next"] is None
    done, people = (sum(row[name] for row in rated.values()) for name in ("approved", "expected"))
    if not 0 < done < people:
        return
    for name, share in {"lower_998": 0.001, "lower_95": 0.025, "upper_95": 0.975, "upper_998": 0.999}.items():
        count = round(limits[name] * mine["expected"])
        assert limits[name] == pytest.approx(count / mine["expected"], abs=1e-12)
        assert _at_most(count, mine["expected"], done / people) >= share - 1e-7
        assert count == 0 or _at_most(count - 1, mine["expected"], done / people) < share + 1e-7
    assert limits["named"] == (rates[code] < round(limits["lower_998"] * mine["expected"]) / Fraction(mine["expected"]))


# ---- the audit -------------------------------------------------------------------------------------------------------


def _units(audit: Audit) -> list[str]:
    return ["330100", "330200", *COUNTIES, *audit.kinds]


def _check(audit: Audit, code: str, as_of: date, found: dict[str, Any]) -> str:
    """Everything that is said of one unit; the status that it has."""
    if audit.first(code) > as_of:
        assert (found["status"], found["forecast"], found["bottleneck"]) == ("not_started", {"none": "no_data"}, None)
        return "no data"
    assert found["forecast"].get("none") == _reason(audit, code, as_of), code
    if "none" not in found["forecast"]:
        _check_dates(audit, as_of, found["forecast"])
    assert found["status"] == _status(audit, code, as_of, found), code
    held = _bottleneck(audit, code, as_of)
    told = found["bottleneck"]
    assert (held and held[:2]) == (told and (told["stage"], told["waiting"])), code
    if held and told:
        assert told["days"] == (None if held[2] is None else pytest.approx(float(held[2]), rel=1e-9))
    _check_group(audit, code, as_of, found)
    return str(found["status"])


def _check_dates(audit: Audit, as_of: date, told: dict[str, Any]) -> None:
    early, middle, late = (told[name] and date.fromisoformat(told[name]) for name in ("p10", "p50", "p90"))
    assert as_of < early <= middle and (late is None or middle <= late)
    assert all(day is None or day.year > 2016 or CALENDAR.is_workday(day) for day in (early, middle, late))
    assert (told["probability"] >= 0.5) == (middle <= audit.campaign.deadline)


@pytest.mark.parametrize("as_of", AS_OF)
def test_what_is_said_of_every_unit(audit: Audit, as_of: date) -> None:
    seen: dict[str, str] = {}
    for code in ("330000", "330100", "330200", *COUNTIES):
        found = _asked(code, as_of)
        for one in (found, *found["children"]):
            member = one["unit"]["code"]
            if member in _units(audit):
                seen[member] = _check(audit, member, as_of, one)
    for one in _asked("330000", as_of, "--sector", "universities")["children"]:
        if one["unit"]["code"] in UNIVERSITIES:
            seen[one["unit"]["code"]] = _check(audit, one["unit"]["code"], as_of, one)
    gone = {code for code, kind in audit.kinds.items() if kind == "closed" and as_of >= CLOSES}
    gone |= {code for code, kind in audit.kinds.items() if kind == "opened" and as_of < OPENS}
    assert set(seen) == set(_units(audit)) - gone
    if as_of == LAST:  # the tables are such that every answer is tried
        assert set(seen.values()) >= {"complete", "not_started", "stalled", "on_track", "at_risk", "behind"}
    if as_of >= audit.campaign.deadline:
        assert set(seen.values()) == {"complete", "overdue", "not_started"}  # nobody expected: not started


@pytest.mark.parametrize(("since", "until"), SPANS)
def test_the_parts_of_a_change_between_any_two_days(audit: Audit, since: date, until: date) -> None:
    books = {code: _booked(audit, code, since, until) for code in audit.kinds}
    for code in ("330100", "330200", *COUNTIES, *UNIVERSITIES):
        found = _asked(code, until, "--since", since.isoformat())
        for one in (found, *found["children"]):
            member = one["unit"]["code"]
            below = [leaf for leaf in audit.kinds if member in (leaf, audit.now.above(leaf), code[:4] + "00")]
            below = [leaf for leaf in below if _under(audit, leaf, member)]
            change = dict(one["change"])
            assert change.pop("since") == since.isoformat()
            if not below:
                assert not any(change.values())
                continue
            assert change == {name: sum(books[leaf][name] for leaf in below) for name in books[below[0]]}, member
    if (since, until) == SPANS[1]:
        assert all(any(book[part] for book in books.values()) for part in next(iter(books.values())))


def _under(audit: Audit, leaf: str, code: str) -> bool:
    step: str | None = leaf
    while step is not None and step != code:
        step = audit.now.above(step)
    return step == code


def _booked(audit: Audit, code: str, since: date, until: date) -> dict[str, int]:
    sides = [
        {
            day: (world.review[code][world.chain(code)[-1]][day][1], int(row[0] or 0))
            for day, row in world.collection[code].items()
        }
        for world in (audit.now, audit.then)
    ]
    place = audit.now.units[code]
    return booked(sides[0], sides[1], place.opened, place.closed, since, until)
