"""A draft recomputed: figures are today's, edits stay."""

from dataclasses import replace
from datetime import date

from monitor.bulletins import editing, renewal
from monitor.bulletins.parts import TEXT, Annex, Content, Figure, Parts, Sentence, figures_of

DAY = date(2016, 11, 25)
AT = "2016-11-28T01:00:00+00:00"


def figure(unit: str, raw: int, measure: str = "left") -> Figure:
    return Figure(measure, unit, DAY, raw, str(raw))


def sentence(key: str, *parts: str | Figure) -> Sentence:
    return Sentence(key, TEXT, parts, origin=parts, begins=True)


def content(fingerprint: str, *sentences: Sentence, row: Parts = ()) -> Content:
    annexes = (Annex("表", ("数",) * len(row), (1.0,) * len(row), (row,)),)
    return Content("schools", DAY, "", "标题", "", "厅", DAY, sentences, annexes, fingerprint)


OLD = content(
    "1", sentence("whole", "共", figure("330000", 10), "人。"), sentence("named", "甲市", figure("330100", 7), "人。"),
    sentence("other", "另。"), row=(figure("330100", 7), figure("330200", 3)),
)  # fmt: skip
NEW = content(
    "2", sentence("first", "先。"), sentence("whole", "共", figure("330000", 11), "人。"),
    sentence("named", "乙市", figure("330200", 8), "人。"), row=(figure("330100", 3), figure("330200", 8)),
)  # fmt: skip


def test_what_is_out_of_date() -> None:
    found = renewal.outdated(OLD, NEW)
    assert [(stale.key, stale.was.raw, stale.now.raw if stale.now else None) for stale in found.figures] == [
        ("whole", 10, 11), ("named", 7, 3), ("", 7, 3), ("", 3, 8)
    ]  # fmt: skip
    assert set(found.sentences) == {"named", "other", "first"}
    assert not renewal.outdated(OLD, OLD)
    assert renewal.outdated(OLD, replace(OLD, fingerprint="2")).source


def test_without_edits_it_is_the_new_one() -> None:
    assert renewal.recomputed(OLD, NEW) == NEW


def test_edited_words_stay_and_their_numbers_are_renewed() -> None:
    draft = editing.rewritten(OLD, "whole", "全省尚有［10］人，要抓紧。", "甲", AT)
    new = renewal.recomputed(draft, NEW).sentence("whole")
    assert new.text == "全省尚有11人，要抓紧。" and new.edit == draft.sentence("whole").edit and not new.recheck


def test_a_number_changed_by_hand_stays_and_knows_what_is_computed_now() -> None:
    draft = editing.rewritten(OLD, "whole", "共［12］人。", "甲", AT)
    (new,) = figures_of(renewal.recomputed(draft, NEW).sentence("whole").parts)
    assert new.edit and (new.shown, new.raw, new.edit.was) == ("12", 11, "11")
    assert not renewal.outdated(renewal.recomputed(draft, NEW), NEW)


def test_an_edited_sentence_that_would_name_others_is_to_be_checked() -> None:
    draft = editing.rewritten(OLD, "named", "点名：甲市［7］人。", "甲", AT)
    new = renewal.recomputed(draft, NEW)
    assert new.sentence("named").recheck and new.sentence("named").text == "点名：甲市3人。"
    assert not editing.restored(new, "named").sentence("named").recheck
    again = editing.rewritten(new, "named", editing.editable(new.sentence("named").parts), "甲", AT)
    assert not again.sentence("named").recheck


def test_order_additions_and_removals_stay() -> None:
    draft = editing.moved(editing.removed(OLD, "whole"), "named", 1)
    draft = editing.added(draft, "named", TEXT, "自己的。", "甲", AT)
    new = renewal.recomputed(draft, NEW)
    assert [each.key for each in new.sentences] == ["first", "named", "own-1"]
    assert new.fingerprint == NEW.fingerprint and new.annexes == NEW.annexes
