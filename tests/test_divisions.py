"""The files of divisions and institutions that config.toml names, written by an office in its own way."""

from pathlib import Path

import pytest

from monitor.campaign import PROJECT, Campaign, ConfigError, load_campaign
from monitor.divisions import read_divisions

HEAD = "单位代码,单位名称,单位类别,上级单位代码"


def _campaign(folder: Path, divisions: bytes) -> Campaign:
    text = (PROJECT / "config.toml").read_text(encoding="utf-8")
    for name in ("divisions", "institutions"):
        text = text.replace(f'{name} = "data/{name}.csv"', f'{name} = "{name}.csv"')
    (folder / "config.toml").write_text(text, encoding="utf-8")
    (folder / "divisions.csv").write_bytes(divisions)
    (folder / "institutions.csv").write_text(HEAD + "\n", encoding="utf-8")
    return load_campaign(folder / "config.toml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_another_province_written_as_excel_or_an_editor_saves_it(tmp_path: Path, encoding: str) -> None:
    lines = [HEAD, "630000,演示省,省,", "632300,演示州,自治州,630000", "632301,演示县,县（市、区）,632300",
             "632302,演示旗,自治县,632300", "632303,演示区,县（市，区）,632300"]  # fmt: skip
    rows = read_divisions(_campaign(tmp_path, "\r\n".join(lines).encode(encoding)))
    assert [(row["code"], row["kind"]) for row in rows] == [
        ("630000", "province"), ("632300", "city"), ("632301", "county"), ("632302", "county"), ("632303", "county"),
    ]  # fmt: skip
    assert rows[1]["name"] == "演示州"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("630000,演示省,部,", "divisions.csv:2：“部”不是单位类别"),
        ("630000,,省,", "divisions.csv:2：“单位名称”为空"),
        (",演示省,省,", "divisions.csv:2：“单位代码”为空"),
        ("63,演示省,省,\n6301,演示县,县,63\n6302,演示区,区,6301", "divisions.csv:4：县(市、区)的上级不能是县(市、区)"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_column(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_divisions(_campaign(tmp_path, f"{HEAD}\n{line}\n".encode()))
    assert says in str(caught.value)


def test_a_column_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="缺少“单位类别”列"):
        read_divisions(_campaign(tmp_path, "单位代码,单位名称\n630000,演示省\n".encode()))
