"""Reading csv: encoding, delimiter, records. A long file is read in blocks, so that memory stays bounded."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Final

import polars as pl

from monitor.i18n import _
from monitor.intake.ahead import ahead
from monitor.intake.problems import FileRefused
from monitor.intake.refused_sheets import MAX_COLUMNS, too_wide
from monitor.intake.sheets import HEAD_ROWS, Bounds, Sheet, numbered

BLOCK: Final = 24 * 1024 * 1024
"""A file that is shorter is read as a whole."""
PART: Final = 8 * 1024 * 1024
"""A longer one is read in such parts; of larger ones each would be given new memory by the system, page by page."""
_MAX_LINE: Final = 1024 * 1024
_DELIMITERS: Final = (",", "\t", ";", "|")

Opener = Callable[[], IO[bytes]]


def read_csv(name: str, opener: Opener, bounds: Bounds) -> list[Sheet]:
    """The one sheet of a csv file; `opener` opens it anew each time.

    Raises:
        FileRefused: it is no text, in no known encoding, or has an endless line, too many columns or rows.
    """
    with opener() as stream:
        start = stream.read(BLOCK)
        whole = len(start) < BLOCK
    encoding, skip = _encoding(start, whole)
    if encoding == "utf-8" and not whole and start.isascii():
        encoding = _encoding_of_rest(opener)
    part = BLOCK if whole else PART
    first = next(_texts(opener, encoding, skip, part), b"")
    separator_line = first[:8].lower().startswith(b"sep=") and first.find(b"\n") in (5, 6)
    delimiter = chr(first[4]) if separator_line else _delimiter(first)
    hint = first.index(b"\n") + 1 if separator_line else 0
    width = _width(first, delimiter)

    def blocks() -> Iterator[tuple[int, pl.DataFrame]]:
        row, lead = 1, hint
        for text in ahead(_texts(opener, encoding, skip, part)):
            frame = _parse(text[lead:], delimiter, width)
            lead = 0
            row += frame.height
            _check_rows(row - 1, bounds)
            yield row - frame.height, frame

    if whole:
        frame = _parse(first[hint:], delimiter, width)
        _check_rows(frame.height, bounds)
        return [Sheet.of(name, frame)]
    cut = _nth_line_end(first, hint, HEAD_ROWS)
    return [Sheet(name, _parse(first[hint:cut], delimiter, width).head(HEAD_ROWS), blocks)]


def _encoding(start: bytes, whole: bool) -> tuple[str, int]:
    """Encoding of a file that begins so, and the length of its byte-order mark."""
    if start.startswith(codecs.BOM_UTF8):
        # Some programs write the mark of UTF-8 before what is GB18030.
        return ("utf-8" if _is_utf8(start[3:], whole) else "gb18030"), 3
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16-le" if start.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"), 2
    sample = start[:4096]
    if b"\0" in sample:
        return _utf16_without_mark(sample), 0
    if b"\0" in start:
        raise FileRefused(
            "file_not_a_table", _("The file is not a table: it holds binary data. Upload .xlsx, .xls or .csv.")
        )
    if _is_utf8(start, whole):
        return "utf-8", 0
    try:
        codecs.getincrementaldecoder("gb18030")().decode(start, final=False)
    except UnicodeDecodeError as error:
        raise _unknown_encoding() from error
    return "gb18030", 0


def _is_utf8(start: bytes, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start, final=False)
    except UnicodeDecodeError:
        return False
    if whole:
        try:
            start.decode("utf-8")
        except UnicodeDecodeError as error:
            if not start.isascii() and error.reason == "unexpected end of data" and len(start) > 64:
                raise _truncated() from error
            return False
    return True


def _truncated() -> FileRefused:
    return FileRefused(
        "file_truncated", _("The file ends in the middle of a character: it was cut off. Export or upload it again.")
    )


def _unknown_encoding() -> FileRefused:
    return FileRefused(
        "file_encoding",
        _("The encoding of the file is unknown. Save it as “CSV UTF-8” or as .xlsx and upload it again."),
    )


def _utf16_without_mark(sample: bytes) -> str:
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    guess = "utf-16-le" if odd >= even else "utf-16-be"
    with suppress(UnicodeDecodeError):
        text = sample[: len(sample) // 2 * 2].decode(guess, "strict" if len(sample) < 4096 else "ignore")
        if "\0" not in text and all(c.isprintable() or c in "\r\n\t\u3000\xa0" for c in text):
            return guess
    raise FileRefused(
        "file_not_a_table", _("The file is not a table: it holds binary data. Upload .xlsx, .xls or .csv.")
    )


def _encoding_of_rest(opener: Opener) -> str:
    """utf-8 where the whole of a long file is, else gb18030: a file that begins with nothing but ASCII may be either."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with opener() as stream:
        try:
            while block := stream.read(BLOCK):
                if not block.isascii():
                    decoder.decode(block)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8"


def _texts(opener: Opener, encoding: str, skip: int, part: int) -> Iterator[bytes]:
    """The file in utf-8, in parts of about that length that end where a record ends."""
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)()
    rest = b""
    with opener() as stream:
        stream.read(skip)
        while True:
            raw = stream.read(part)
            last = len(raw) < part
            try:
                text = raw if decoder is None else decoder.decode(raw, final=last).encode()
            except UnicodeDecodeError as error:
                raise (_truncated() if last and error.end >= len(raw) else _unknown_encoding()) from error
            if b"\n" not in text and b"\r" in text:
                text = text.replace(b"\r", b"\n")
            _check_line(rest + text[:_MAX_LINE] if rest else text)
            if last:
                if rest or text:
                    yield rest + text
                return
            # A block is long: it is copied once, with what was left of the one before.
            cut = text.rfind(b"\n") + 1
            if b'"' in text or b'"' in rest:
                text, rest = rest + text, b""
                cut = _record_end(text)
            if cut:
                yield b"".join((rest, memoryview(text)[:cut]))
                rest = text[cut:]
            else:
                rest += text


def _check_rows(rows: int, bounds: Bounds) -> None:
    if rows > bounds.rows:
        raise FileRefused(
            "file_too_many_rows",
            _("The file has more than {rows} rows. Split it and upload the parts.").format(rows=bounds.rows),
        )


def _check_line(text: bytes) -> None:
    end = text.find(b"\n", 0, _MAX_LINE)
    if end < 0 and len(text) > _MAX_LINE:
        raise FileRefused(
            "file_line_too_long",
            _("A line of the file does not end within 1 MB: this is not a table with rows. Export it again."),
        )


def _record_end(text: bytes) -> int:
    """Where the last complete record of a block ends: a line break outside quotes."""
    at = cut = text.rfind(b"\n") + 1
    for _try in range(200):
        if text.count(b'"', 0, at) % 2 == 0:
            return at
        at = text.rfind(b"\n", 0, at - 1) + 1
        if at == 0:
            break
    return cut


def _nth_line_end(text: bytes, start: int, lines: int) -> int:
    at = start
    for _line in range(lines * 2):
        after = text.find(b"\n", at)
        if after < 0:
            return len(text)
        at = after + 1
    return at if text.count(b'"', start, at) % 2 == 0 else len(text)


def _delimiter(text: bytes) -> str:
    """The delimiter that most lines at the beginning hold, quoted text aside; of several the one that is there oftener.

    A title may hold many commas of its own, and numbers thousands separators: the lines of the table outnumber both.
    """
    lines = [b"".join(line.split(b'"')[0::2]) for line in text[:65536].split(b"\n")[:60]]
    counts = {mark: sorted((line.count(mark.encode()) for line in lines), reverse=True) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: (sum(count >= 2 for count in counts[mark]), counts[mark][:3]))


def _width(text: bytes, delimiter: str) -> int:
    mark = delimiter.encode()
    width = 1 + max((line.count(mark) for line in text[: 4 * _MAX_LINE].split(b"\n")[:2000]), default=0)
    if width > MAX_COLUMNS:
        raise too_wide()
    return width


def _parse(text: bytes, delimiter: str, width: int) -> pl.DataFrame:
    """One block as a frame of text, blank lines included (a spreadsheet counts them)."""
    try:
        return pl.read_csv(
            text,
            separator=delimiter,
            has_header=False,
            schema=dict.fromkeys(numbered(width), pl.String),
            truncate_ragged_lines=False,
        )
    except (pl.exceptions.PolarsError, ValueError):
        # A line longer than the others, a stray or an open quote: the slower reader copes or says what is wrong.
        try:
            return _parse_slowly(text.decode("utf-8"), delimiter)
        except UnicodeDecodeError as error:
            raise _unknown_encoding() from error


def _parse_slowly(text: str, delimiter: str) -> pl.DataFrame:
    rows = _records(text, delimiter)
    width = max((len(row) for row in rows), default=1)
    if width > MAX_COLUMNS:
        raise too_wide()
    columns = [[row[index] if index < len(row) else None for row in rows] for index in range(max(width, 1))]
    return pl.DataFrame(
        dict(zip(numbered(len(columns)), columns, strict=True)), dict.fromkeys(numbered(len(columns)), pl.String)
    )


def _records(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error) or "field larger" in str(error):
            raise FileRefused(
                "file_unclosed_quote",
                _("A quotation mark opens and never closes: the file is damaged or was cut off. Export it again."),
            ) from error
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileRefused(
            "file_damaged", _("The file is damaged and cannot be read. Export or upload it again.")
        ) from error
