"""Templates of forms: opened safely, and checked before anything is filled in.

A template is an .xlsx file that an office edits in its spreadsheet program. Everything that would go wrong while it is
filled in is found here, cell by cell, so that a form never leaves with a placeholder in it.
"""

import difflib
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from monitor.documents.placeholders import Placeholder, known
from monitor.documents.spelling import braced, is_broken, names_in
from monitor.i18n import _
from monitor.packages import NO_CONTENT, NO_DIRECTORY

MAX_BYTES = 5 * 2**20
MAX_UNPACKED = 50 * 2**20
MAX_ROWS, MAX_COLUMNS = 1000, 100
MARGINS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a template. cell: "Sheet!B3", or nothing where it is about the whole file."""

    code: str
    cell: str
    message: str

    def __str__(self) -> str:
        return _("{place}: {message}").format(place=self.cell, message=self.message) if self.cell else self.message


@dataclass(frozen=True)
class Inspection:
    """What a look at a template found.

    problems: what keeps it from being filled in; missing: placeholders that the form needs and the template
    does not have; used: the names it has; unused: further placeholders that it could have, one of each family.
    """

    problems: tuple[Problem, ...]
    missing: tuple[Placeholder, ...]
    used: tuple[str, ...]
    unused: tuple[Placeholder, ...]

    @property
    def fit(self) -> bool:
        """Whether the template may be put to use."""
        return not self.problems and not self.missing


class TemplateError(Exception):
    """A template that cannot be filled in; `problems` says why, cell by cell."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems; the text of the exception lists them, one a line."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


Vocabulary = Mapping[str, Placeholder]
"""The placeholders that a form may hold, by name."""


def inspect(template: bytes | Path, words: Vocabulary | None = None) -> Inspection:
    """Look through a template for unknown, broken and missing placeholders, and for what cannot be filled in. words: those
    of the form, by default the monthly report's."""
    try:
        book = open_book(template)
    except TemplateError as error:
        return Inspection(error.problems, (), (), ())
    used: dict[str, None] = {}
    for sheet in book.worksheets:
        for _place, text in texts(sheet):
            used.update(dict.fromkeys(names_in(text)))
    return inspection(problems_of(book, words), used, words)


def problems_of(book: Any, words: Vocabulary | None = None) -> tuple[Problem, ...]:
    """What keeps an opened template from being filled in."""
    return tuple(problem for sheet in book.worksheets for problem in _sheet_problems(sheet, words or known()))


def open_book(template: bytes | Path) -> Any:
    """The template as an openpyxl workbook.

    Raises:
        TemplateError: it cannot be read, is not an .xlsx file, is too large, or holds what filling in would destroy.
    """
    content = read_template(template)
    message = _(
        "The file is neither an .xlsx workbook nor a .docx document (an .xls or .doc file, encrypted or damaged); save it anew as .xlsx or .docx."
    )
    macros = _("The template holds macros; save it as .xlsx without macros.")
    refuse_unfit(content, refused("not_xlsx", message), macros, _fault)
    try:
        book = load_workbook(io.BytesIO(content))
    except Exception as error:  # openpyxl raises whatever its parts raise on a damaged file
        message = _("The file is damaged or is no .xlsx workbook; save it anew as .xlsx.")
        raise refused("damaged", message) from error
    for sheet in book.worksheets:
        if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
            message = _(
                "Sheet {sheet} is larger than a form (over {rows} rows or {columns} columns); delete what is empty."
            )
            message = message.format(sheet=sheet.title, rows=MAX_ROWS, columns=MAX_COLUMNS)
            raise refused("too_large", message)
    return book


def texts(sheet: Any) -> Iterator[tuple[str, str]]:
    """Every text of a sheet that may hold placeholders, with its place: cells, then print headers and footers."""
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                yield f"{sheet.title}!{cell.coordinate}", cell.value
    for part in margins(sheet):
        if part.text:
            yield f"{sheet.title} ({_('print header or footer')})", part.text


def margins(sheet: Any) -> Iterator[Any]:
    """The left, middle and right parts of a sheet's print headers and footers."""
    for name in MARGINS:
        item = getattr(sheet, name)
        yield from (item.left, item.center, item.right)


def read_template(template: bytes | Path) -> bytes:
    """The content of a template, no more of it than a template may have and one byte.

    Raises:
        TemplateError: it cannot be read.
    """
    if isinstance(template, bytes):
        return template
    try:
        with template.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise refused("unreadable", _("The template cannot be read: {reason}").format(reason=error)) from error


def kind_of(content: bytes) -> str:
    """What a template is, by its content: "docx" or "xlsx" (also where it is neither: the check says so)."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "docx" if "word/document.xml" in archive.namelist() else "xlsx"
    except NO_DIRECTORY:
        return "xlsx"


def refuse_unfit(
    content: bytes, not_it: TemplateError, macros: str, fault: Callable[[zipfile.ZipFile], TemplateError | None]
) -> None:
    """Refuse a file before it is opened: too large, packed too tightly, with macros (in these words), or `fault` says
    what else is wrong with the archive. not_it: where it is no archive at all.

    Raises:
        TemplateError: it is not taken.
    """
    if len(content) > MAX_BYTES:
        raise refused("too_large", _("The template is larger than {limit} MB.").format(limit=MAX_BYTES // 2**20))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED:
                limit = MAX_UNPACKED // 2**20
                raise refused("too_large", _("Unpacked, the template is larger than {limit} MB.").format(limit=limit))
            if any(name.endswith("vbaProject.bin") for name in archive.namelist()):
                raise refused("macros", macros)
            found = fault(archive)
            if found is not None:
                raise found
    except (*NO_DIRECTORY, *NO_CONTENT) as error:
        raise not_it from error


def has_document_type(archive: zipfile.ZipFile, endings: tuple[str, ...]) -> bool:
    """Whether a part declares a document type: office programs write none, and it may hold entities that expand."""
    return any(name.endswith(endings) and b"<!DOCTYPE" in archive.read(name)[:1000] for name in archive.namelist())


def _fault(archive: zipfile.ZipFile) -> TemplateError | None:
    if any(name.startswith("xl/drawings/drawing") and b":sp>" in archive.read(name) for name in archive.namelist()):
        message = _("The template holds text boxes or shapes, which would be lost; write the text into cells.")
        return refused("shapes", message)
    if has_document_type(archive, (".xml",)):
        return refused("damaged", _("The file is damaged or is no .xlsx workbook; save it anew as .xlsx."))
    return None


def _sheet_problems(sheet: Any, words: Vocabulary) -> Iterator[Problem]:
    if "{{" in sheet.title:
        yield Problem("misplaced", sheet.title, _("The name of a sheet cannot hold placeholders."))
    for place, text in texts(sheet):
        yield from text_problems(place, text, words)
        if "!" not in place:
            yield from (misplaced_item(place, name) for name in names_in(text) if name in words and words[name].group)
    for row in sheet.iter_rows():
        yield from _row_problems(sheet, row, words)


def text_problems(place: str, text: str, words: Vocabulary) -> Iterator[Problem]:
    """Broken and unknown placeholders of a text."""
    if is_broken(text):
        message = _("The braces in “{text}” do not make a placeholder; write {example}.").format(
            text=text, example=braced("unit.name")
        )
        yield Problem("broken", place, message)
    for name in names_in(text):
        if name not in words:
            yield Problem("unknown", place, _unknown(name, words))


def _row_problems(sheet: Any, row: Any, words: Vocabulary) -> Iterator[Problem]:
    groups = set()
    for cell in row:
        place = f"{sheet.title}!{cell.coordinate}"
        if cell.data_type == "f":
            message = _("Formulas are not filled in; put a placeholder or a fixed text in place of the formula.")
            yield Problem("formula", place, message)
        if cell.comment is not None and "{{" in cell.comment.text:
            yield Problem("misplaced", place, _("A comment cannot hold placeholders."))
        if isinstance(cell.value, str):
            groups |= {words[name].group for name in names_in(cell.value) if name in words} - {""}
    if len(groups) > 1:
        yield group_problem(f"{sheet.title}!{row[0].row}", groups)


def misplaced_item(place: str, name: str) -> Problem:
    """A placeholder of a repeated row, or a mark of one, that stands in none."""
    message = _("{placeholder} belongs into a row of the table.").format(placeholder=braced(name))
    return Problem("misplaced", place, message)


def group_problem(place: str, groups: set[str]) -> Problem:
    """A row with placeholders of several groups."""
    message = _("A row can be repeated for one group only, not for {groups}.")
    return Problem("two_groups", place, message.format(groups=", ".join(sorted(groups))))


def _unknown(name: str, words: Vocabulary) -> str:
    close = difflib.get_close_matches(name, words, n=1)
    if close:
        message = _("Unknown placeholder {placeholder}; did you mean {close}?")
        return message.format(placeholder=braced(name), close=braced(close[0]))
    return _("Unknown placeholder {placeholder}.").format(placeholder=braced(name))


def inspection(problems: tuple[Problem, ...], used: dict[str, None], words: Vocabulary | None = None) -> Inspection:
    """What was found, from the problems and the names in use."""
    words = words or known()
    lines = {words[name].listed_as for name in used if name in words}
    missing = tuple(item for item in words.values() if item.required and item.name not in used)
    seen: dict[str, Placeholder] = {}
    for item in words.values():
        if item.listed_as not in lines and not item.required:
            seen.setdefault(item.listed_as, item)
    return Inspection(problems, missing, tuple(used), tuple(seen.values()))


def refused(code: str, message: str) -> TemplateError:
    """A problem of the whole file, as an error."""
    return TemplateError((Problem(code, "", message),))


def trial_failed(error: Exception) -> TemplateError:
    """A template that passed the checks and still could not be filled in."""
    message = _("A trial of filling it in failed ({reason}); open it in an office program and save it anew.")
    return refused("trial", message.format(reason=str(error)[:200]))
