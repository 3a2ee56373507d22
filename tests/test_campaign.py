"""config.toml: what is read from it, and that a mistake is named with its line and a remedy."""

from datetime import date
from pathlib import Path

import pytest

from monitor import i18n
from monitor.campaign import PROJECT, Campaign, ConfigError, load_campaign
from monitor.workdays import LAST_YEAR

TEXT = (PROJECT / "config.toml").read_text(encoding="utf-8")


def _refused(folder: Path, old: str, new: str) -> str:
    text = TEXT.replace(old, new, 1)
    assert text != TEXT, f"{old} is not in config.toml"
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_campaign(path)
    return str(caught.value)


def test_the_campaign_of_autumn_2016(campaign: Campaign) -> None:
    due = {stage.key: stage.due for stage in campaign.stages}
    assert due["roster"] == date(2016, 10, 10)
    assert due["work_plan"] == due["local_training"] == date(2016, 10, 31)
    assert campaign.deadline == due["collection"] == date(2016, 12, 16)
    assert campaign.start == date(2016, 9, 1)
    assert (campaign.reports.day, campaign.reports.first_month) == (25, "2016-10")
    assert campaign.review_levels.county_school[-1] == "county"
    assert campaign.review_levels.city_school[-1] == "city"
    assert campaign.review_levels.university[-1] == "province"


def test_stages_have_their_english_names_and_the_chinese_where_there_is_none(tmp_path: Path) -> None:
    text = TEXT.replace('title_en = "Provincial training"\n', "")
    assert text != TEXT
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    campaign = load_campaign(path)
    with i18n.spoken("en"):
        assert campaign.stage("work_plan").called == "Local work plan"
        assert campaign.stage("provincial_training").called == "省级培训"
        assert not any(word in campaign.campaign.called + campaign.campaign.called_briefly for word in "省教师信息")
    assert campaign.stage("work_plan").called == campaign.stage("work_plan").title == "制定工作方案"
    assert campaign.campaign.called == campaign.title


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("day = 25 ", "dya = 25 ", "dya", "没有这个键"),
        ("due = 2016-10-20", 'due = "20. October"', "due", "2016-12-16"),
        ("due = 2016-10-20", "due = 2016-10-01", "due", "2016-10-11"),
        ('denominator = "live"', 'denominator = "lively"', "denominator", "baseline"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia/Hangzhou"', "timezone", "Asia/Shanghai"),
        ('university = ["school", "province"]', 'university = ["province", "school"]', "university", "school"),
        ("behind_below = 0.2", "behind_below = 0.9", "behind_below", "on_track_from"),
        ("pace_window = 10", 'pace_window = "ten"', "pace_window", "请写整数"),
        ("on_track_from = 0.8", "on_track_from = 1.8", "on_track_from", "≤ 1"),
        ("inclusive = true", 'inclusive = "maybe"', "inclusive", "true 或 false"),
        ('first_month = "2016-10"', 'first_month = "October"', "first_month", "2016-10"),
        ('root = "330000" ', "root = 330000 ", "root", "引号"),
        ("exempt = []", 'exempt = "330100"', "exempt", "列表"),
        ("quiet_from = 18:00:00", 'quiet_from = "evening"', "quiet_from", "18:00:00"),
        ('university = ["school", "province"]', "university = []", "university", "至少"),
        # what is no TOML at all, said by the same line and remedy
        ("due = 2016-12-16", "due = 2016-13-16", "2016-13-16", "不是有效的日期"),
        ("due = 2016-12-16", "due = 2016年12月16日", "due", "日期请写成"),
        ("quiet_from = 18:00:00", "quiet_from = 25:00:00", "25:00:00", "时间请写成"),
        ('root = "330000"', 'root = "330000', "root", "引号"),
        ('root = "330000"', "root = “330000”", "root", "全角"),
        ("inclusive = true", "inclusive = yes", "inclusive", "键 = 值"),
        ("[measures]", "[measures", "[measures", "方括号"),
        ("behind_below = 0.2", "pace_window = 3", "pace_window", "两次"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, at: str, says: str) -> None:
    message = _refused(tmp_path, old, new)
    text = TEXT.replace(old, new, 1)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if new in line)
    assert f"第 {line} 行" in message, message
    assert at in message
    assert says in message


def test_a_deadline_in_a_year_without_known_holidays(tmp_path: Path) -> None:
    for year in (2199, LAST_YEAR + 1):
        assert "chinesecalendar" in _refused(tmp_path, "due = 2016-12-16", f"due = {year}-12-16")


def test_a_stage_may_be_due_on_the_first_day_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(TEXT.replace("due = 2016-10-10", "due = 2016-09-01", 1), encoding="utf-8")
    assert load_campaign(path).stages[0].due == date(2016, 9, 1) == load_campaign(path).start
    assert "2016-09-01" in _refused(tmp_path, "due = 2016-10-10", "due = 2016-08-31")


def test_the_measured_stage_must_be_there(tmp_path: Path) -> None:
    assert "collection" in _refused(tmp_path, 'key = "collection" ', 'key = "gathering" ')


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="missing"):
        load_campaign(tmp_path / "missing.toml")


def test_a_key_above_all_tables_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("\n\nno_such_key = 1\n" + TEXT, encoding="utf-8")
    with pytest.raises(ConfigError, match="第 3 行，no_such_key"):
        load_campaign(path)
