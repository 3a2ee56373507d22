"""The formats of a filled form: which there are, and the form written in one of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from monitor.documents import docx, docx_template, pdf, sheetpdf, template, xlsx
from monitor.documents.monthly import Form
from monitor.documents.template import Inspection, kind_of, read_template

MEDIA: Final[Mapping[str, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": pdf.MEDIA_TYPE,
}
"""Every format and its media type."""

TEMPLATES: Final[Mapping[str, str]] = {"xlsx": "xlsx", "docx": "docx", "pdf": "xlsx"}
"""The template that a format is made from: a PDF is the workbook as it is printed."""


def write(form: Form, format: str, template: bytes | Path) -> bytes:
    """The form in a format of MEDIA, from a template of the kind that TEMPLATES names.

    Raises:
        TemplateError: the template cannot be filled in.
        PdfError: what came of it cannot be set.
    """
    if format == "docx":
        return docx.render(form, template)
    filled = xlsx.render(form, template)
    return sheetpdf.convert(filled, form.title, form.report_day) if format == "pdf" else filled


def inspect(content: bytes | Path) -> Inspection:
    """Look through a template of either kind, as template.inspect and docx_template.inspect do."""
    found = read_template(content)
    return docx_template.inspect(found) if kind_of(found) == "docx" else template.inspect(found)
