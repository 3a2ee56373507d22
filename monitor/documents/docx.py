"""Forms filled into .docx templates: the monthly report, with the placeholders of the workbook, and what else has some.

A placeholder takes the look of the run in which it begins. Table rows repeat and go as in a workbook (rows.py); cells merged
downwards stretch with them.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from monitor.documents.archive import settled
from monitor.documents.docx_template import (
    PARAGRAPH,
    ROW,
    names_of,
    open_document,
    own_rows,
    parts,
    problems_of,
    runs_of,
    text_of,
)
from monitor.documents.monthly import Form
from monitor.documents.placeholders import known
from monitor.documents.readers import Item
from monitor.documents.spelling import names_in, replaced, spans_in
from monitor.documents.template import TemplateError
from monitor.documents.xlsx import OVERRIDE_LINE, shown, tidy
from monitor.filings.source import Value

Values = Mapping[str, Value]
Groups = Mapping[str, Sequence[Item]]


def render(form: Form, template: bytes | Path) -> bytes:
    """Fill `form` into `template`; the finished document. The same form and template give the same bytes.

    Raises:
        TemplateError: the template holds an unknown or broken placeholder, or what cannot be filled in.
    """
    document = open_document(template)
    problems = problems_of(document)
    if problems:
        raise TemplateError(problems)
    written_out = {
        name for part in parts(document) for p in part.element.iter(PARAGRAPH) for name in names_in(text_of(p))
    }
    fill(document, form.values, form.groups, form.sector, _shown)
    if form.overrides and not any(name.startswith("each_override.") for name in written_out):
        for item in form.groups["each_override"]:
            document.add_paragraph(replaced(OVERRIDE_LINE, lambda name, item=item: _shown(name, item)))  # type: ignore[misc]
    return finished(document, form.title, str(form.values["unit.name"] or ""), form.report_day)


def fill(document: Any, values: Values, groups: Groups, sector: str, show: Callable[[str, Values], str]) -> None:
    """Fill a checked document with values, those of groups once for each item. show: what a name is printed as."""
    for part in parts(document):
        items = _lay_out(part.element, groups, sector)
        for paragraph in list(part.element.iter(PARAGRAPH)):
            row = next((row for row in paragraph.iterancestors(ROW) if row in items), None)
            own = values if row is None else {**values, **items[row]}
            _fill(paragraph, lambda name, own=own: show(name, own))  # type: ignore[misc]
    _drop_empty_tables(document)


def finished(document: Any, title: str, author: str, day: date) -> bytes:
    """The filled document as a file, with the moment of a day instead of that of writing."""
    document.core_properties.title = title
    document.core_properties.author = author
    document.core_properties.last_modified_by = ""
    document.core_properties.revision = 1
    buffer = io.BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue(), datetime(day.year, day.month, day.day))


def _lay_out(element: Any, groups: Groups, sector: str) -> dict[Any, Item]:
    """Repeat and leave out rows as their marks say; the item of each repeated row."""
    items: dict[Any, Item] = {}
    for row in own_rows(element):
        names = names_of(row)
        if any(name.startswith("only.") and name != f"only.{sector}" for name in names):
            _remove(row)
            continue
        repeated = {name.partition(".")[0] for name in names} & groups.keys()
        if repeated:
            for copy, item in _repeat(row, groups[repeated.pop()]):
                items[copy] = item
    return items


def _repeat(row: Any, group: Sequence[Item]) -> list[tuple[Any, Item]]:
    if not group:
        _remove(row)
        return []
    copies = [row]
    for _item in group[1:]:
        copy = deepcopy(row)
        for cell in copy.iterchildren(qn("w:tc")):
            # A label that is merged downwards from here stands in the first of the rows.
            if _merge(cell) == "restart":
                _set_merge(cell, "continue")
                _empty(cell)
        copies[-1].addnext(copy)
        copies.append(copy)
    return list(zip(copies, group, strict=True))


def _remove(row: Any) -> None:
    """Take a row out; a label merged downwards from it goes on to the next row."""
    following = row.getnext()
    if following is not None and following.tag == ROW:
        below = dict(_placed(following))
        for column, cell in _placed(row):
            heir = below.get(column)
            if _merge(cell) == "restart" and heir is not None and _merge(heir) == "continue":
                _empty(heir)
                for child in list(cell.iterchildren()):
                    if child.tag != qn("w:tcPr"):
                        heir.append(child)
                heir.remove(next(heir.iterchildren(PARAGRAPH)))
                _set_merge(heir, "restart")
    row.getparent().remove(row)


def _placed(row: Any) -> list[tuple[int, Any]]:
    """The cells of a row with the grid column at which each begins."""
    found, column = [], 0
    for cell in row.iterchildren(qn("w:tc")):
        found.append((column, cell))
        span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        column += int(span.get(qn("w:val"))) if span is not None else 1
    return found


def _merge(cell: Any) -> str | None:
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return None if merge is None else str(merge.get(qn("w:val"), "continue"))


def _set_merge(cell: Any, value: str) -> None:
    cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}").set(qn("w:val"), value)


def _empty(cell: Any) -> None:
    for child in list(cell.iterchildren()):
        if child.tag != qn("w:tcPr"):
            cell.remove(child)
    cell.append(OxmlElement("w:p"))


def _drop_empty_tables(document: Any) -> None:
    """A table of which every row went is none; a word processor would offer to repair the file."""
    for table in list(document.element.body.iter(qn("w:tbl"))):
        if next(table.iterchildren(ROW), None) is None:
            table.getparent().remove(table)


def _fill(paragraph: Any, show: Callable[[str], str]) -> None:
    runs = runs_of(paragraph)
    texts = [run.text for run in runs]
    whole = "".join(texts)
    for start, end, name in reversed(list(spans_in(whole))):
        _put(texts, start, end, tidy(show(name)))
    for run, text in zip(runs, texts, strict=True):
        if text != run.text:
            run.text = text


def _put(texts: list[str], start: int, end: int, value: str) -> None:
    """Replace characters start to end of the runs' texts by a value, in the run where they begin."""
    at = 0
    for number, text in enumerate(texts):
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            inserted = value if at <= start else ""
            texts[number] = text[:first] + inserted + text[last:]
        at += len(text)


def _shown(name: str, values: Values) -> str:
    return shown(known()[name], values[name])
