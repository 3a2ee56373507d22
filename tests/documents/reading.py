"""Filled forms read back, whatever their format, with other libraries than wrote them where there are some."""

import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

from openpyxl import load_workbook
from pypdf import PdfReader

from monitor.documents.cells import text_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def sheet_rows(workbook: bytes) -> list[list[Any]]:
    """The values of a sheet's rows, empty cells left out."""
    sheet: Any = load_workbook(io.BytesIO(workbook)).active
    return [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]


def sheet_texts(workbook: bytes) -> list[list[str]]:
    """The texts of a sheet's rows as they are shown, empty cells left out."""
    sheet: Any = load_workbook(io.BytesIO(workbook)).active
    rows = [[text_of(cell).strip() for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    return [row for row in rows if row]


def docx_rows(document: bytes) -> list[list[str]]:
    """The texts of a document's table rows, empty cells left out; read from the XML."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        root = ElementTree.fromstring(archive.read("word/document.xml"))
    rows = []
    for row in root.iter(f"{W}tr"):
        cells = [_text(cell) for cell in row.iter(f"{W}tc")]
        rows.append([text for text in cells if text])
    return [row for row in rows if row]


def pdf_text(content: bytes) -> str:
    """The text of a PDF without blanks: where words stand is the matter of its layout."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def _text(cell: ElementTree.Element) -> str:
    parts = []
    for element in cell.iter():
        if element.tag == f"{W}t":
            parts.append(element.text or "")
        elif element.tag == f"{W}br":
            parts.append("\n")
    return "".join(parts).strip()
