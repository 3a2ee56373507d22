"""What an official changes in a draft: nothing that was computed changes without a mark."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from monitor.bulletins import editing
from monitor.bulletins.editing import MANUAL, EditRefused, editable
from monitor.bulletins.parts import TEXT, Content, Figure, Sentence, figures_of

DAY = date(2016, 11, 25)
AT = "2016-11-28T01:00:00+00:00"
EXPECTED = Figure("expected", "330000", DAY, 606564, "606,564", batches=(1,))
COMPLETION = Figure("completion", "330000", DAY, 0.624, "62.4%", batches=(2,))
PARTS = ("应采集", EXPECTED, "人，完成率", COMPLETION, "。")
SECOND = Sentence("second", TEXT, ("要抓紧。",), origin=("要抓紧。",))
CONTENT = Content(
    "schools", DAY, "", "标题", "各市", "教育厅", DAY,
    (Sentence("first", TEXT, PARTS, True, origin=PARTS), SECOND), (), "x",
)  # fmt: skip


def rewritten(text: str, content: Content = CONTENT) -> Sentence:
    return editing.rewritten(content, "first", text, "甲", AT).sentence("first")


def test_words_may_change_and_numbers_stay_bound() -> None:
    new = rewritten("全省应采集［606,564］人，完成率［62.4%］，总体偏慢。")
    assert figures_of(new.parts) == [EXPECTED, COMPLETION]
    assert new.edit and (new.edit.by, new.edit.at) == ("甲", AT)
    assert new.edit.was == "应采集606,564人，完成率62.4%。"


def test_a_changed_number_keeps_what_was_computed_and_by_whom() -> None:
    changed, same = figures_of(rewritten("应采集［606,565］人，完成率［62.4%］。").parts)
    assert same == COMPLETION
    assert changed.edit and (changed.shown, changed.raw, changed.edit.was, changed.edit.by) == (
        "606,565",
        606564,
        "606,564",
        "甲",
    )
    back = editing.rewritten(
        editing.rewritten(CONTENT, "first", "应采集［1］人，完成率［62.4%］。", "甲", AT),
        "first",
        editable(PARTS),
        "乙",
        AT,
    )
    assert back.sentence("first").parts == PARTS and back.sentence("first").edit is None


@pytest.mark.parametrize(
    "text", ["应采集606,565人。", "应采集606564人，另有5人。", "［606,564］人，［62.4%］，其中［7］个。", "[9]"]
)
def test_a_number_that_the_program_did_not_compute_is_its_writers(text: str) -> None:
    own = [figure for figure in figures_of(rewritten(text).parts) if figure.edit]
    assert own and all(figure.edit and figure.edit.by == "甲" for figure in own)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("还有十二个县没有启动。", ["十二"]),
        ("不到三成，约七成五。", ["三成", "七成五"]),
        ("百分之六十五点三的学校、三分之一的高校。", ["百分之六十五点三", "三分之一"]),
        ("共一百零五所，其中两市、六所高校落后。", ["一百零五", "两", "六"]),
        ("三千余人未录入，二十多天后截止。", ["三千", "二十"]),
        ("排在第三位。", ["三"]),
        ("一所学校未报，十二月十六日前完成。", ["一", "十二", "十六"]),
        ("提高五个百分点。", ["五"]),
        ("一是统一认识，二是进一步落实一人一号，三要逐一核对。", []),
        ("万一出错，十分要紧，千万注意，工作组成员一律到位。", []),
        ("一、总体情况（二）高校，第一时间报告。", []),
    ],
)
def test_chinese_numbers_count_where_they_count_something(text: str, numbers: list[str]) -> None:
    own = figures_of(rewritten(text).parts)
    assert [figure.shown for figure in own] == numbers
    assert all(figure.measure == MANUAL and figure.edit and figure.edit.by == "甲" for figure in own)
    added = editing.added(CONTENT, "first", TEXT, text, "甲", AT).sentence("own-1")
    assert [figure.shown for figure in figures_of(added.parts)] == numbers and added.text == text


def test_chinese_numbers_of_the_programs_own_words_stay_text() -> None:
    words = ("实行一人一号，分两个阶段。",)
    content = replace(CONTENT, sentences=(Sentence("first", TEXT, words, True, origin=words),))
    assert figures_of(rewritten("实行一人一号，分两个阶段，抓紧。", content).parts) == []
    assert [one.shown for one in figures_of(rewritten("分两个阶段，两个市落后。", content).parts)] == ["两"]


_texts = some.text(alphabet="应采集人完成率［］[]0123456789,.%，。 ", min_size=1, max_size=60)


@settings(deadline=None)
@given(_texts)
def test_no_number_is_without_origin_or_mark(text: str) -> None:
    try:
        new = rewritten(text)
    except EditRefused:
        return
    for part in new.parts:
        if isinstance(part, str):
            assert not any(character.isdigit() for character in part)
        else:
            assert part in (EXPECTED, COMPLETION) or part.edit
            assert (part.measure == MANUAL) == (part.raw is None)


@settings(deadline=None)
@given(_texts)
def test_saving_twice_changes_nothing(text: str) -> None:
    try:
        once = editing.rewritten(CONTENT, "first", text, "甲", AT)
    except EditRefused:
        return
    stands = editable(once.sentence("first").parts)
    assert editing.rewritten(once, "first", stands, "乙", AT) == once


@pytest.mark.parametrize(
    "text", ["", " \n ", "字" * 2001, "身份证11010519491231002X。", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_what_cannot_be_taken(text: str) -> None:
    for attempt in (
        lambda: rewritten(text),
        lambda: editing.added(CONTENT, "first", TEXT, text, "甲", AT),
        lambda: editing.headed(CONTENT, title=text, addressees="", signed="厅", dated=DAY),
    ):
        with pytest.raises(EditRefused):
            attempt()


def test_sentences_are_added_moved_removed() -> None:
    content = editing.added(CONTENT, "first", TEXT, "共3项。", "甲", AT)
    assert [each.key for each in content.sentences] == ["first", "own-1", "second"]
    own = content.sentence("own-1")
    assert own.origin is None and own.edit and figures_of(own.parts)[0].measure == MANUAL
    content = editing.moved(content, "own-1", 1)
    assert [each.key for each in content.sentences] == ["first", "second", "own-1"]
    assert editing.moved(content, "own-1", 5) == content
    content = editing.removed(content, "second")
    assert [each.key for each in content.sentences] == ["first", "own-1"] and content.removed == ("second",)
    assert editing.removed(content, "own-1").removed == ("second",)
    assert editing.begun(content, "own-1", True).sentence("own-1").begins


def test_the_programs_words_come_back() -> None:
    changed = editing.rewritten(CONTENT, "first", "改了。", "甲", AT)
    assert editing.restored(changed, "first") == CONTENT
