"""Templates of forms as .docx files: opened safely, and checked as template.py checks workbooks.

Placeholders stand anywhere in the text: in paragraphs, tables, text boxes, page headers and footers. A word processor cuts
a line of text into runs as it likes; a placeholder may lie across them.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from monitor.documents.placeholders import known
from monitor.documents.spelling import names_in
from monitor.documents.template import (
    Inspection,
    Problem,
    TemplateError,
    Vocabulary,
    group_problem,
    has_document_type,
    inspection,
    misplaced_item,
    read_template,
    refuse_unfit,
    refused,
    text_problems,
)
from monitor.i18n import _

PARAGRAPH, ROW, CELL, RUN = qn("w:p"), qn("w:tr"), qn("w:tc"), qn("w:r")


@dataclass(frozen=True)
class Part:
    """A piece of a document with a name for people: its body, a page header or a page footer."""

    place: str
    element: Any


def inspect(template: bytes | Path, words: Vocabulary | None = None) -> Inspection:
    """Look through a template as template.inspect does."""
    try:
        document = open_document(template)
    except TemplateError as error:
        return Inspection(error.problems, (), (), ())
    used: dict[str, None] = {}
    for part in parts(document):
        for paragraph in part.element.iter(PARAGRAPH):
            used.update(dict.fromkeys(names_in(text_of(paragraph))))
    return inspection(problems_of(document, words), used, words)


def open_document(template: bytes | Path) -> Any:
    """The template as a document of python-docx.

    Raises:
        TemplateError: it cannot be read, is not a .docx file, is too large, or holds macros.
    """
    content = read_template(template)
    not_docx = _("The file is no .docx document (a .doc file, encrypted or damaged); save it as .docx.")

    def fault(archive: zipfile.ZipFile) -> TemplateError | None:
        if has_document_type(archive, (".xml", ".rels")):
            return refused("damaged", not_docx)
        return None if "word/document.xml" in archive.namelist() else refused("not_docx", not_docx)

    macros = _("The template holds macros; save it as .docx without macros.")
    refuse_unfit(content, refused("not_docx", not_docx), macros, fault)
    try:
        return Document(io.BytesIO(content))
    except Exception as error:  # python-docx raises whatever its parts raise on a damaged file
        raise refused("damaged", _("The file is damaged or is no .docx document; save it anew as .docx.")) from error


def problems_of(document: Any, words: Vocabulary | None = None) -> tuple[Problem, ...]:
    """What keeps an opened template from being filled in."""
    return tuple(problem for part in parts(document) for problem in _part_problems(part, words or known()))


def parts(document: Any) -> Iterator[Part]:
    """The body, then each page header and footer that the document has of its own."""
    yield Part(_("Text"), document.element.body)
    for section in document.sections:
        for kind in ("header", "footer"):
            for prefix in ("", "first_page_", "even_page_"):
                margin = getattr(section, prefix + kind)
                if not margin.is_linked_to_previous:
                    yield Part(_("Page header or footer"), margin._element)


def runs_of(paragraph: Any) -> list[Any]:
    """The runs of a paragraph's own text, not those of a text box within it."""
    return [run for run in paragraph.iter(RUN) if next(run.iterancestors(PARAGRAPH)) is paragraph]


def text_of(paragraph: Any) -> str:
    """A paragraph's own text."""
    return "".join(run.text for run in runs_of(paragraph))


def own_rows(element: Any) -> list[Any]:
    """The table rows below an element, outermost first."""
    return list(element.iter(ROW))


def names_of(row: Any) -> list[str]:
    """The placeholders in a row, those of tables within it left out."""
    return [
        name
        for paragraph in row.iter(PARAGRAPH)
        if next(paragraph.iterancestors(ROW)) is row
        for name in names_in(text_of(paragraph))
    ]


def _place(part: Part, rows: list[Any], paragraph: Any, number: int) -> str:
    """Where a paragraph stands, as one finds it in a word processor."""
    row = next(paragraph.iterancestors(ROW), None)
    if row is None:
        return _("{part}, paragraph {number}").format(part=part.place, number=number)
    cell = next(iter(one for one in paragraph.iterancestors(CELL)))
    column = row.findall(CELL).index(cell) + 1 if cell.getparent() is row else 1
    message = _("{part}, table row {number}, cell {column}")
    return message.format(part=part.place, number=rows.index(row) + 1, column=column)


def _part_problems(part: Part, words: Vocabulary) -> Iterator[Problem]:
    if next(part.element.iter(qn("w:ins"), qn("w:del")), None) is not None:
        message = _("The template holds tracked changes; accept or reject them all first.")
        yield Problem("tracked", part.place, message)
    rows = own_rows(part.element)
    for number, paragraph in enumerate(part.element.iter(PARAGRAPH), 1):
        text = text_of(paragraph)
        place = _place(part, rows, paragraph, number)
        yield from text_problems(place, text, words)
        if next(paragraph.iterancestors(ROW), None) is None:
            for name in names_in(text):
                if name in words and (words[name].group or words[name].kind == "mark"):
                    yield misplaced_item(place, name)
    for number, row in enumerate(rows, 1):
        groups = {words[name].group for name in names_of(row) if name in words} - {""}
        if len(groups) > 1:
            yield group_problem(_("{part}, table row {number}").format(part=part.place, number=number), groups)
