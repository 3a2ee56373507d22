"""Templates that an administrator puts in place of the shipped ones: checked, kept, taken back."""

import io
from datetime import date

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from monitor.campaign import Campaign
from monitor.documents import formats, roster, templates
from monitor.documents.roster import RosterForm
from monitor.documents.template import TemplateError
from monitor.store import Store
from monitor.store import templates as kept
from monitor.store.schema import audit
from tests.filings.people import COMPLETE


def own(campaign: Campaign, title: str) -> bytes:
    """The shipped workbook with another title."""
    book = load_workbook(templates.shipped(campaign, "xlsx"))
    book.active["A1"] = title  # type: ignore[index]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def in_use(store: Store) -> templates.Chosen:
    with store.connect() as connection:
        return templates.chosen(connection, store.campaign)


def test_put_to_use_and_taken_back(store: Store, campaign: Campaign) -> None:
    shipped = in_use(store)
    assert shipped.names == {"xlsx": ("monthly.xlsx", 0), "docx": ("monthly.docx", 0)}
    first = templates.add(store, campaign, "部颁表样.xlsx", own(campaign, "一"), "admin")
    second = templates.add(store, campaign, "部颁表样.xlsx", own(campaign, "二"), "admin")
    assert (first.version, second.version) == (1, 2)
    assert in_use(store).content("xlsx") == own(campaign, "二") or in_use(store).names["xlsx"] == ("部颁表样.xlsx", 2)
    assert in_use(store).content("docx") == shipped.content("docx")
    assert in_use(store).stamp != shipped.stamp
    templates.choose(store, "xlsx", 1, "admin")
    assert load_workbook(io.BytesIO(in_use(store).content("xlsx"))).active["A1"].value == "一"  # type: ignore[index]
    templates.choose(store, "xlsx", None, "admin")
    assert in_use(store) == shipped
    with store.connect() as connection:
        assert [(v.version, v.chosen) for v in kept.versions(connection, "monthly")] == [(2, False), (1, False)]
        log = connection.execute(select(audit.c.actor, audit.c.action, audit.c.detail).order_by(audit.c.id)).all()
    assert [(entry.actor, entry.action, entry.detail["version"]) for entry in log] == [
        ("admin", "template_added", 1), ("admin", "template_added", 2),
        ("admin", "template_chosen", 1), ("admin", "template_chosen", 0),
    ]  # fmt: skip


def test_what_does_not_pass_the_check_changes_nothing(empty_store: Store, campaign: Campaign) -> None:
    broken = Document()
    broken.add_paragraph("{{unit.nmae}}")
    buffer = io.BytesIO()
    broken.save(buffer)
    for content, words in ((buffer.getvalue(), "{{unit.nmae}}"), (b"x", "xlsx"), (own(campaign, "{{x}}"), "{{x}}")):
        with pytest.raises(TemplateError, match=words):
            templates.add(empty_store, campaign, "a", content, "admin")
    with pytest.raises(TemplateError, match=r"缺少：manual\.reviewer"):
        templates.add(empty_store, campaign, "a", buffer.getvalue(), "admin")
    assert in_use(empty_store).names["xlsx"][1] == 0
    with pytest.raises(LookupError):
        templates.choose(empty_store, "xlsx", 7, "admin")
    with empty_store.connect() as connection:
        assert kept.versions(connection, "monthly") == []
        assert connection.execute(select(audit.c.id)).first() is None


def test_a_trial_finds_what_the_placeholders_do_not_tell(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    content = templates.shipped(campaign, "docx").read_bytes()
    assert templates.check(campaign, content).fit

    def broken(*_arguments: object) -> bytes:
        raise KeyError("rId7")

    monkeypatch.setattr(formats, "write", broken)
    assert [problem.code for problem in templates.check(campaign, content).problems] == ["trial"]


def test_a_roster_form_is_told_by_what_it_holds_and_kept_apart(store: Store, campaign: Campaign) -> None:
    book = load_workbook(templates.shipped(campaign, "xlsx", templates.ROSTER))
    book.active["A1"] = "部颁附件"  # type: ignore[index]
    buffer = io.BytesIO()
    book.save(buffer)
    assert templates.add(store, campaign, "部颁名单.xlsx", buffer.getvalue(), "admin").form == "roster"
    assert in_use(store).names["xlsx"] == ("monthly.xlsx", 0)
    with store.connect() as connection:
        chosen = templates.chosen(connection, campaign, templates.ROSTER)
    assert chosen.names == {"xlsx": ("部颁名单.xlsx", 1), "docx": ("roster.docx", 0)}
    form = RosterForm("演示市", "C1", date(2016, 10, 9), COMPLETE)
    made = load_workbook(io.BytesIO(roster.xlsx(campaign, form, chosen.content("xlsx")))).active
    assert made["A1"].value == "部颁附件" and made["C5"].value == "演示甲"  # type: ignore[index]
    templates.choose(store, "xlsx", None, "admin", templates.ROSTER)
    with store.connect() as connection:
        assert templates.chosen(connection, campaign, templates.ROSTER).names["xlsx"] == ("roster.xlsx", 0)
    for form_name in templates.FORMS:
        for kind in templates.KINDS:
            assert templates.form_of(templates.shipped(campaign, kind, form_name).read_bytes()) == form_name
