"""Lists of units: their order, what they show, what a download of them holds."""

import csv
import io

import numpy as np
import pandas as pd
import pytest

from monitor.ui import figures, tables, theme


def members(count: int = 40) -> pd.DataFrame:
    drawn = np.random.default_rng(7)
    denominator = drawn.integers(1, 60, count)
    approved = np.minimum(drawn.integers(0, 70, count), denominator + 1)
    day = pd.Timestamp(2016, 12, 1)
    return pd.DataFrame(
        {
            "code": [f"33{n:04}" for n in range(count)],
            "name": [f"学校{n}" for n in range(count)],
            "kind": "school",
            "school_type": drawn.choice(["primary", "junior"], count),
            "status": drawn.choice(sorted(theme.STATUSES), count),
            "approved": approved,
            "denominator": denominator,
            "expected": denominator,
            "completion": approved / denominator,
            "left": denominator - approved,
            "ahead": approved - denominator // 2,
            "p50": [day + pd.Timedelta(days=int(n)) if n % 3 else pd.NaT for n in range(count)],
            "place": pd.array([n or None for n in range(count)], dtype="Int64"),
            "pace": drawn.random(count),
            "stage": None,
            "why": "说明",
        }
    )  # fmt: skip


@pytest.mark.parametrize("sort", tables.SORTS)
def test_an_order_keeps_everybody_and_is_one(sort: str) -> None:
    found = tables.ordered(members(), sort)
    assert sorted(found["code"]) == members()["code"].tolist()
    weight = pd.Series([theme.STATUSES[key].weight for key in found["status"]])
    finish = found["p50"].to_numpy()
    known = finish[~np.isnat(finish)]
    assert {
        "rank": found["completion"].is_monotonic_decreasing,
        "worst": found["completion"].is_monotonic_increasing,
        "status": weight.is_monotonic_increasing,
        "ahead": found["ahead"].is_monotonic_increasing,
        "left": found["left"].is_monotonic_decreasing,
        "finish": bool((np.diff(known) <= np.timedelta64(0)).all()) and np.isnat(finish[len(known) :]).all(),
        "code": found["code"].is_monotonic_increasing,
    }[sort]


def test_a_list_shows_figures_as_they_are() -> None:
    found = tables.listing(members(), ["name", "status", "completion", "p50", "place", "stage"])
    assert found["completion"].tolist() == pytest.approx((100 * members()["completion"]).tolist())
    assert found["completion"].max() > 100
    assert found["status"].tolist() == [theme.STATUSES[key].label for key in members()["status"]]
    assert found["p50"].iloc[:2].tolist() == ["—", "2016-12-02"] and set(found["stage"]) == {"—"}


def test_kinds_stay_apart() -> None:
    mixed = members()
    mixed.loc[:5, "kind"] = "county"
    assert [(kind, len(part)) for kind, part in tables.by_kind(mixed)] == [("county", 6), ("school", 34)]
    assert tables.main_kind(mixed)[0] == "county"
    assert tables.by_kind(pd.DataFrame()) == [] and tables.main_kind(pd.DataFrame())[0] == ""


def test_a_download_has_names_of_the_screen_and_no_trend() -> None:
    found = tables.exported(members(), ["name", "status", "completion", "trend"])
    assert found.columns.tolist() == ["代码", "单位", "状态", "完成率", "说明"]


def test_paper_has_the_beginning_of_a_list_in_words() -> None:
    found = members().assign(required_pace=1234, trend=None)
    shown = tables.printed(
        found, ["place", "name", "status", "completion", "trend", "ahead", "required_pace", "entered"]
    )
    assert shown.columns.tolist() == ["名次", "单位", "状态", "完成率", "较应达进度", "所需日均"]
    assert len(shown) == tables.PRINTED < len(found) and shown["单位"].tolist() == [
        f"学校{n}" for n in range(tables.PRINTED)
    ]
    assert shown["完成率"].tolist() == [f"{rate * 100:.1f}%" for rate in found["completion"].head(tables.PRINTED)]
    assert set(shown["所需日均"]) == {"1,234"} and shown["名次"].iloc[0] == "—"


def test_a_printed_table_holds_text_and_its_numbers_stand_right() -> None:
    written = figures._paper(
        pd.DataFrame({"甲": ["<b>", "—"], "乙": [1234, 5], "丙": [51.25, float("nan")]}), "共 2 个"
    )
    assert "&lt;b&gt;" in written and "<b>" not in written
    assert '<td class="number">1,234</td>' in written and '<td class="number">51.3%</td>' in written
    signed = figures._paper(pd.DataFrame({"甲": ["-1,234", "+5"], "乙": ["2016-12-14", "—"]}), "")
    assert '<td class="number">-1,234</td>' in signed and '<td class="">2016-12-14</td>' in signed
    assert '<td class="">—</td>' in written and '<td class="number">—</td>' in written and "<p>共 2 个</p>" in written


@pytest.mark.parametrize(
    ("paces", "whole"), [([0.1, 999.9], False), ([0.1, 1000.0], True), ([-1200.0], True), ([np.nan], False)]
)
def test_a_column_of_paces_has_a_decimal_everywhere_or_nowhere(paces: list[float], whole: bool) -> None:
    assert tables._in_whole(pd.DataFrame({"pace": paces})) == whole


def test_nothing_in_a_download_is_a_formula() -> None:
    table = pd.DataFrame({"=a": ["=1+1", "+1", "-x", "@y", "\tz", "好"], "n": [-1, 2, 3, 4, 5, 6], "d": [pd.NaT] * 6})
    content = figures.as_csv(table)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == ["'=a", "n", "d"]
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'+1", "'-x", "'@y", "'\tz", "好"]
    assert rows[1][1:] == ["-1", ""]


@pytest.mark.parametrize(("kind", "name"), [("county", 110), ("school", 210), ("university", 240)])
def test_whom_to_call_and_about_what_stands_on_a_laptop(kind: str, name: int) -> None:
    shown = tables.COLUMNS[kind]
    config = tables._config(members(), "click", lambda: None, phone=False)
    seen = shown[: shown.index("stage") + 1]
    assert {"name", "status", "completion", "left", "ahead", "p50"} <= set(seen)
    assert sum(name if column == "name" else config[column]["width"] for column in seen) <= 1366 - 240 - 2 * 36


def test_a_phone_keeps_the_name_alone_in_sight_and_begins_with_the_status() -> None:
    config = {
        phone: tables._config(members(), "click", lambda: None, phone=phone) | {"name": {}} for phone in (False, True)
    }
    pinned = {phone: [name for name in found if found[name].get("pinned")] for phone, found in config.items()}
    assert pinned == {False: ["place"], True: []}
    assert tables._config(members(), "click", lambda: None, phone=True)["name"].config["pinned"]
    assert tables._order(tables.COLUMNS["school"], phone=False) == tables.COLUMNS["school"]
    narrow = tables._order(tables.COLUMNS["school"], phone=True)
    assert narrow[:3] == ["name", "status", "completion"] and sorted(narrow) == sorted(tables.COLUMNS["school"])


@pytest.mark.parametrize("status", theme.STATUSES.values(), ids=lambda status: status.key)
def test_white_words_can_be_read_on_every_status(status: theme.Status) -> None:
    channels = [int(status.color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    luminance = sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_no_two_statuses_share_a_sign_a_word_or_a_colour() -> None:
    for part in ("sign", "word", "color", "weight"):
        assert len({getattr(status, part) for status in theme.STATUSES.values()}) == len(theme.STATUSES)
