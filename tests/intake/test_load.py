"""Loading: all or nothing, the good rows, the same again, corrections, undo, trials, archives, two at once."""

import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import text

from monitor.campaign import Campaign
from monitor.intake import load as module
from monitor.intake.load import FileResult, changes, commit, import_file, import_files, plan, plans
from monitor.store import Store, loads
from monitor.store.register import change_register, unit_table
from tests.intake.books import xlsx
from tests.intake.conftest import DAY, HEADER, ONE, THREE, TWO, UNITS, Office, codes, found, line, table

HEAD = ("单位代码", "单位名称", "单位类别", "上级单位代码")


def test_with_a_refused_row_nothing_is_loaded(office: Office) -> None:
    result = office.take(table(line(ONE), line(TWO, entered="?")))
    assert (result.rows, result.loaded, result.unchanged, result.corrected, result.batch) == (2, 0, 0, 0, None)
    assert office.collection() == {}
    assert office.rows("SELECT COUNT(*) FROM finding") == [(0,)]


def test_the_good_rows_can_be_loaded(office: Office) -> None:
    result = office.take(table(line(ONE), line(TWO, entered="?")), accept_valid=True)
    assert (result.rows, result.loaded, codes(result), result.batch) == (2, 1, ["count_not_a_number"], 1)
    assert list(office.collection()) == [(ONE, DAY)]


def test_a_refused_file_stays_refused(office: Office) -> None:
    result = office.take(table(line(), above=("截至2016年11月24日",)), accept_valid=True)
    assert (result.loaded, codes(result)) == (0, ["date_contradiction"])


def test_the_same_again_changes_nothing_and_says_so(office: Office) -> None:
    first = office.take(table(line(ONE), line(TWO)))
    again = office.take(table(line(TWO), line(f"'{ONE}")), name="other.csv")
    assert (first.batch, again.batch, again.loaded, again.unchanged, found(again)) == (1, None, 0, 2, ["nothing_new"])
    assert office.rows("SELECT id FROM batch") == [(1,)]


def test_new_figures_are_a_correction(office: Office) -> None:
    office.take(table(line(ONE), line(TWO)))
    result = office.take(table(line(ONE), line(TWO, entered=95), line(THREE)))
    assert (result.loaded, result.corrected, result.unchanged, result.batch) == (2, 1, 1, 2)
    assert office.collection()[TWO, DAY] == (100, 95, 80, None)
    loads.undo(office.store, 2, "")
    assert office.collection() == {(ONE, DAY): (100, 90, 80, None), (TWO, DAY): (100, 90, 80, None)}


def test_the_result_as_json(office: Office) -> None:
    document = office.take(table(line(submitted=91), line(TWO, entered="约3"))).to_json()
    assert list(document) == [
        "file",
        "kind",
        "dates",
        "rows",
        "loaded",
        "unchanged",
        "corrected",
        "refused",
        "findings",
        "workbook",
        "batch",
    ]
    assert document["file"] == "table.csv" and document["kind"] == "collection" and document["dates"] == [DAY]
    message = "第 3 行“已录入人数”：“约3”不是整数，请填写整数人数。"
    assert document["refused"] == [
        {"row": 3, "cell": "E3", "column": "已录入人数", "code": "count_not_a_number", "message": message}
    ]
    (finding,) = document["findings"]
    assert {key: finding[key] for key in ("code", "grade", "unit", "date", "row")} == {
        "code": "submitted_over_entered", "grade": "must_fix", "unit": ONE, "date": DAY, "row": 2,
    }  # fmt: skip
    assert (document["workbook"], document["batch"]) == (None, None)


@pytest.mark.parametrize("header", ["录入人数（人）", "录入\n人数", "已录入 人数"])
def test_the_header_as_written(office: Office, header: str) -> None:
    book = xlsx([[*HEADER[:4], header, "报送数"], [DAY, ONE, "", 100, "?", 80]])
    (refusal,) = office.take(book, "a.xlsx").refused
    assert (refusal.column, refusal.cell) == (header, "E2")
    assert "录入人数" in refusal.message or "已录入 人数" in refusal.message


def test_a_plan_writes_nothing(office: Office) -> None:
    path = office.path(table(line(ONE), line(TWO, submitted=95)))
    planned = plan(office.store, office.campaign, path)
    assert (planned.kind, planned.rows, planned.loadable, [f.code for f in planned.findings]) == (
        "collection",
        2,
        True,
        ["submitted_over_entered"],
    )
    (frame,) = changes(office.store, planned).values()
    assert frame["change"].to_list() == ["new", "new"]
    assert office.collection() == {}
    (result,) = commit(office.store, office.campaign, planned)
    assert (result.loaded, result.batch) == (2, 1)


def test_a_plan_is_checked_again_when_the_store_has_moved_on(office: Office) -> None:
    path = office.path(table(line(ONE), line("3301060077")))
    early = plan(office.store, office.campaign, path)
    assert [item.code for item in early.refused] == ["unit_unknown"]
    good = plan(office.store, office.campaign, office.path(table(line(ONE), line(TWO)), "good.csv"))
    head = (*HEAD, "停用日期")
    office.take(table((TWO, "演示第二小学", "学校", "330106", "2016-11-01"), header=head), name="units.csv")
    (result,) = commit(office.store, office.campaign, good)
    assert (result.loaded, codes(result)) == (0, ["unit_closed"])
    assert office.collection() == {}


def test_two_people_load_the_same_at_once(office: Office) -> None:
    path = office.path(table(line(ONE), line(TWO)))
    first, second = plan(office.store, office.campaign, path), plan(office.store, office.campaign, path)
    (one,) = commit(office.store, office.campaign, first, "a")
    (two,) = commit(office.store, office.campaign, second, "b")
    assert (one.batch, two.batch, two.unchanged) == (1, None, 2)


def test_someone_who_loads_all_the_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = plan(office.store, office.campaign, office.path(table(line())))

    def never(*_args: object, **_options: object) -> None:
        raise loads.LoadRefused("busy")

    monkeypatch.setattr(module.loads, "load", never)
    with pytest.raises(loads.LoadRefused):
        commit(office.store, office.campaign, planned)


def dry(office: Office, content: str, **options: Any) -> FileResult:
    return office.take(content, dry_run=True, **options)


def test_a_trial_gives_the_same_answer_and_keeps_only_a_line_in_the_audit(office: Office) -> None:
    office.take(table(line(ONE)))
    texts = [
        table(line(ONE, entered=95), line(TWO)), table(line(ONE)), table(line(ONE), line(TWO, entered="?")),
        table((ONE, "演示新名", "学校", "330106"), ("3301060077", "演示新校", "学校", "330106"), header=HEAD),
    ]  # fmt: skip
    for content in texts:
        before = office.rows("SELECT action FROM audit ORDER BY id")
        figures = office.collection()
        tried = dry(office, content)
        assert office.collection() == figures
        assert office.rows("SELECT action FROM audit ORDER BY id") == [*before, ("import_dry_run",)]
        real = office.take(content)
        assert {**tried.to_json(), "batch": None} == {**real.to_json(), "batch": None}
        assert tried.batch is None


def test_a_trial_of_several_files_is_what_their_load_would_be(office: Office) -> None:
    """Each file is held against what those before it leave: the same again, a fall, a correction."""
    paths = [
        office.path(table(line(ONE), line(TWO)), "a.csv"), office.path(table(line(ONE), line(TWO)), "b.csv"),
        office.path(table(line(ONE, "2016-11-28", entered=70, submitted=60)), "c.csv"), office.path(table(line(ONE, entered=95)), "d.csv"),
        office.path(table(line(ONE, entered="?")), "e.csv"),
    ]  # fmt: skip
    tried = import_files(office.store, office.campaign, paths, dry_run=True)
    assert office.collection() == {} and office.rows("SELECT COUNT(*) FROM batch") == [(0,)]
    assert office.rows("SELECT action FROM audit") == [("import_dry_run",)] * 5
    real = import_files(office.store, office.campaign, paths)
    assert [{**result.to_json(), "batch": None} for result in real] == [result.to_json() for result in tried]
    assert [found(result) for result in real] == [[], ["nothing_new"], ["figure_fell"], ["figure_fell"], []], (
        "d.csv: what fell, fell from more"
    )
    assert [result.batch for result in real] == [1, None, 2, 3, None]


def archive(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in members.items():
            packed.writestr(f"{name}.csv", content)
    return out.getvalue()


def test_an_archive_is_its_tables_registers_first(office: Office) -> None:
    new = "3301060077"
    content = archive(
        a=table(line(new)), b=table((new, "演示新校", "学校", "330106"), header=HEAD), c=table(line(TWO, entered="?"))
    )
    tried = office.all(content, "all.zip", dry_run=True)
    results = office.all(content, "all.zip")
    assert [(r.file, r.kind, r.loaded, codes(r)) for r in results] == [
        ("all.zip/b.csv", "units", 1, []), ("all.zip/a.csv", "collection", 1, []), ("all.zip/c.csv", "collection", 0, ["count_not_a_number"]),
    ]  # fmt: skip
    assert [(r.loaded, codes(r)) for r in tried] == [(r.loaded, codes(r)) for r in results]
    assert [r.batch for r in results] == [1, 2, None]


def test_registers_come_first_among_files_too(office: Office) -> None:
    """Whoever picks several files has no say in their order."""
    new = "3301060077"
    figures = office.path(table(line(new)), "a.csv")
    register = office.path(table((new, "演示新校", "学校", "330106"), header=HEAD), "b.csv")
    for dry_run in (True, False):
        results = import_files(office.store, office.campaign, [figures, register], dry_run=dry_run)
        assert [(r.file, r.loaded, codes(r)) for r in results] == [("b.csv", 1, []), ("a.csv", 1, [])]


def test_names_of_members_in_utf8_that_do_not_say_so(office: Office) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive_:
        archive_.writestr("杭州市/采集表.csv", table(line()))
    content = packed.getvalue()
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature) + place
        content = content[:at] + b"\0\0" + content[at + 2 :]
    assert [result.file for result in office.all(content, "a.zip")] == ["a.zip/杭州市/采集表.csv"]


def test_names_of_members_written_by_chinese_windows(office: Office) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("xxxx.csv", table(line()))
    content = out.getvalue().replace(b"xxxx.csv", "杭州".encode("gb18030") + b".csv")
    assert office.take(content, "all.zip").file == "all.zip/杭州.csv"


def test_every_batch_can_be_taken_back_newest_first(office: Office) -> None:
    tables = ("collection", "review", "rollup", "finding", "baseline")
    before = [sorted(office.rows(f"SELECT * FROM {name}")) for name in tables]
    office.take(table(line(ONE, "2016-10-31"), line(TWO, submitted=99)))
    office.take(table(line(ONE, "2016-10-31", entered=50, submitted=40)))
    with pytest.raises(loads.LoadRefused):
        loads.undo(office.store, 1, "")
    loads.undo(office.store, 2, "")
    loads.undo(office.store, 1, "")
    with pytest.raises(loads.LoadRefused):
        loads.undo(office.store, 1, "")
    assert [sorted(office.rows(f"SELECT * FROM {name}")) for name in tables] == before


def test_the_batch_says_who_and_what(office: Office) -> None:
    path = office.path(table(line()))
    import hashlib

    import_file(office.store, office.campaign, path, by="演示管理员")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert office.rows("SELECT kind, file, sha256, loaded_by, rows, loaded FROM batch") == [
        ("collection", "table.csv", digest, "演示管理员", 1, 1)
    ]


def test_plans_of_several_files(office: Office) -> None:
    paths = [office.path(table(line(ONE)), "a.csv"), office.path("nothing", "b.csv")]
    made = plans(office.store, office.campaign, paths)
    assert [(item.name, item.kind, item.loadable) for item in made] == [
        ("a.csv", "collection", True),
        ("b.csv", None, False),
    ]


def test_on_either_database(store: Store, campaign: Campaign, tmp_path: Any) -> None:
    with store.begin() as connection:
        change_register(connection, campaign, unit_table(UNITS))
    path = tmp_path / "t.csv"
    path.write_text(table(line(ONE), line(TWO, submitted=95)))
    for dry_run, counts in ((True, (2, None)), (False, (2, 1)), (False, (0, None))):
        (result,) = import_files(store, campaign, [path], dry_run=dry_run)
        assert (result.loaded, result.batch) == counts
    with store.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*), SUM(entered) FROM collection")).one() == (2, 180)
    review = tmp_path / "r.csv"
    review.write_text(
        table((DAY, ONE, "学校", 5, 70, 4), header=("统计日期", "单位代码", "审核级次", "待审", "通过", "不通过"))
    )
    (result,) = import_files(store, campaign, [review])
    assert [item.code for item in result.findings] == ["queue_unbalanced"]


def test_an_id_number_in_a_file_name_is_not_recorded(office: Office) -> None:
    result = office.take(table(line()), name="张三11010519491231002X.csv")
    assert result.file == "（已隐去）.csv"
    assert office.rows("SELECT file FROM batch") == [("（已隐去）.csv",)]
