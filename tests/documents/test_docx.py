"""Templates as documents: placeholders across runs, in headers and text boxes, rows that repeat; what is refused."""

import io
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from monitor.campaign import Campaign
from monitor.documents import docx, docx_template, drafts_docx, monthly, templates
from monitor.documents.template import TemplateError
from tests.documents.reading import docx_rows
from tests.documents.samples import BY_TYPE, city, university


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def with_runs(*texts: str) -> bytes:
    document = Document()
    paragraph = document.add_paragraph()
    for text in texts:
        paragraph.add_run(text)
    paragraph.runs[0].bold = True
    return saved(document)


def filled(campaign: Campaign, template: bytes, document: dict[str, Any] | None = None) -> Any:
    form = monthly.build(campaign, 2016, 11, document or city(), by_type=BY_TYPE if document is None else None)
    return Document(io.BytesIO(docx.render(form, template)))


def test_the_committed_template_is_what_the_script_draws(campaign: Campaign) -> None:
    assert templates.shipped(campaign, "docx").read_bytes() == drafts_docx.monthly() == drafts_docx.monthly()


def test_a_placeholder_across_runs_takes_the_look_of_its_beginning(campaign: Campaign) -> None:
    runs = (
        filled(campaign, with_runs("单位：{", "{unit", ".name}", "}，共{{figures.", "expected}}人")).paragraphs[0].runs
    )
    assert [run.text for run in runs] == ["单位：演示市", "", "", "，共118,432", "人"]
    assert runs[0].bold


def test_page_headers_footers_and_boxes(campaign: Campaign) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "{{unit.name}}"
    document.sections[0].footer.paragraphs[0].text = "{{month}}"
    made = filled(campaign, saved(document))
    assert made.sections[0].header.paragraphs[0].text == "演示市"
    assert made.sections[0].footer.paragraphs[0].text == "2016年11月"


def test_rows_repeat_go_and_keep_their_label(campaign: Campaign) -> None:
    document = Document()
    table = document.add_table(rows=3, cols=2)
    for row, texts in zip(
        table.rows, (("栏目", "{{only.universities}}高校"), ("", "{{each_type.name}}"), ("", "末")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 0).merge(table.cell(2, 0))
    template = saved(document)
    of_city = docx_rows(saved(filled(campaign, template)))
    assert of_city == [["栏目", "幼儿园"], ["小学"], *[[name] for name in _types(campaign)[2:]], ["末"]]
    assert docx_rows(saved(filled(campaign, template, university()))) == [["栏目", "高校"], ["末"]]


def _types(campaign: Campaign) -> list[Any]:
    form = monthly.build(campaign, 2016, 11, city(), by_type=BY_TYPE)
    return [item["each_type.name"] for item in form.groups["each_type"]]


def test_a_table_of_which_nothing_is_left_goes(campaign: Campaign) -> None:
    document = Document()
    document.add_table(rows=1, cols=1).cell(0, 0).text = "{{each_override.name}}"
    assert filled(campaign, saved(document)).tables == []


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["{{figures.expcted}}"], "unknown"),
        (["{{unit.name}"], "broken"),
        (["{{each_type.name}}"], "misplaced"),
        (["{{only.schools}}"], "misplaced"),
    ],
)
def test_what_is_wrong_in_the_text(campaign: Campaign, texts: list[str], code: str) -> None:
    found = docx_template.inspect(with_runs(*texts))
    assert [problem.code for problem in found.problems] == [code]
    assert found.problems[0].cell == "正文，第 1 段" and not found.fit
    with pytest.raises(TemplateError):
        filled(campaign, with_runs(*texts))


def test_two_groups_in_a_row_and_what_is_missing() -> None:
    document = Document()
    document.add_table(rows=1, cols=1).cell(0, 0).text = "{{each_type.name}}{{each_level.name}}"
    found = docx_template.inspect(saved(document))
    assert [(problem.code, problem.cell) for problem in found.problems] == [("two_groups", "正文，表格第 1 行")]
    assert {item.name for item in found.missing} >= {"unit.name", "figures.expected", "manual.reviewer"}


def test_what_is_wrong_in_a_table_is_found_by_its_row_and_cell() -> None:
    document = Document()
    document.add_paragraph("{{unit.name}}")
    outer = document.add_table(rows=2, cols=3)
    outer.cell(1, 2).text = "{{unit.nmae}}"
    outer.cell(1, 0).add_table(rows=1, cols=2).cell(0, 1).text = "{{moth}}"
    found = docx_template.inspect(saved(document))
    assert [str(problem) for problem in found.problems] == [
        "正文，表格第 3 行第 2 格：未知的占位符 {{moth}}，是否应为 {{month}}？",
        "正文，表格第 2 行第 3 格：未知的占位符 {{unit.nmae}}，是否应为 {{unit.name}}？",
    ]


def test_tracked_changes_are_refused() -> None:
    document = Document()
    paragraph = document.add_paragraph("{{unit.name}}")
    paragraph._p.append(paragraph._p.makeelement(docx_template.qn("w:ins"), {}))
    assert [problem.code for problem in docx_template.inspect(saved(document)).problems] == ["tracked"]


def test_files_that_are_no_documents(tmp_path: Path, template: bytes) -> None:
    for content, code in ((b"x", "not_docx"), (template, "not_docx"), (b"0" * (5 * 2**20 + 1), "too_large")):
        assert [problem.code for problem in docx_template.inspect(content).problems] == [code]
    assert [problem.code for problem in docx_template.inspect(tmp_path / "none.docx").problems] == ["unreadable"]
