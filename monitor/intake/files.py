"""From a file on disk to raw sheets: what it is (by its content, not its name), whether it is safe, what is in it."""

import hashlib
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from monitor.campaign import Campaign
from monitor.i18n import _
from monitor.intake import biff, workbook
from monitor.intake.delimited import read_csv
from monitor.intake.problems import FileRefused
from monitor.intake.refused_sheets import sheet_damaged
from monitor.intake.sheets import Bounds, Sheet
from monitor.packages import NO_CONTENT
from monitor.personal import HIDDEN, holds_resident_id

_MB: Final = 1024 * 1024
_MAX_MEMBERS: Final = 2000
_BLANK_BLOCKS: Final = 16  # what begins with so many blocks of nothing is empty
_ZIP: Final = b"PK\x03\x04"
_OTHER: Final = {
    b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"Rar!": "RAR", b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip", b"MZ": "EXE", b"{\\rtf": "RTF", b"<!doctype": "HTML", b"<html": "HTML", b"<?xml": "XML",
    b"<table": "HTML", b"<meta": "HTML", b"SQLite": "SQLite", b"PAR1": "Parquet", b"BM": "BMP", b"\x7fELF": "ELF",
}  # fmt: skip
_EXCEL_OPENS: Final = ("HTML", "XML", "xlsb", "OpenDocument")
_PACKED: Final = ("RAR", "7z", "gzip")
_IGNORED: Final = ("__MACOSX/", "~$", "._", ".~", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class TableFile:
    """One table file: on disk, or a member of an archive (`member`)."""

    name: str
    path: Path
    member: str | None = None
    position: int = 0

    def open(self) -> IO[bytes]:
        """Its bytes, from the beginning."""
        if self.member is None:
            return self.path.open("rb")
        package = zipfile.ZipFile(self.path)
        return package.open(package.infolist()[self.position])

    @property
    def size(self) -> int:
        """Bytes of it, as the disk or the archive says."""
        if self.member is None:
            return self.path.stat().st_size
        with zipfile.ZipFile(self.path) as package:
            return package.infolist()[self.position].file_size

    def sha256(self) -> str:
        """Fingerprint of its content."""
        digest = hashlib.sha256()
        try:
            with self.open() as stream:
                while block := stream.read(4 * _MB):
                    digest.update(block)
        except (*NO_CONTENT, OSError):
            digest.update(b"unreadable")
        return digest.hexdigest()


def bounds_of(campaign: Campaign) -> Bounds:
    """The bounds that config.toml sets."""
    limits = campaign.intake
    return Bounds(limits.max_file_mb * _MB, limits.max_unpacked_mb * _MB, limits.max_rows)


def table_files(path: Path, bounds: Bounds) -> list[TableFile]:
    """The tables in a file: itself, or the members of an archive in their order there.

    Raises:
        FileRefused: an archive that is unsafe, encrypted, damaged, or holds no tables.
    """
    with path.open("rb") as stream:
        start = stream.read(8)
    _check_size(path.stat().st_size, start, bounds)
    if not start.startswith((_ZIP, b"PK\x05\x06", b"PK\x07\x08")):
        return [TableFile(_safe(path.name), path)]
    with workbook.open_package(path) as package:
        if _is_document(package):
            return [TableFile(_safe(path.name), path)]
        return _members(path, package, bounds)


def _safe(name: str) -> str:
    """The name under which a file is recorded: without an ID number that someone put into it."""
    return HIDDEN + Path(name).suffix if holds_resident_id(name) else name


def _is_document(package: zipfile.ZipFile) -> bool:
    names = set(package.namelist())
    return "[Content_Types].xml" in names or "mimetype" in names or any(name.startswith("xl/") for name in names)


def _members(path: Path, package: zipfile.ZipFile, bounds: Bounds) -> list[TableFile]:
    infos = package.infolist()
    if len(infos) > _MAX_MEMBERS:
        raise FileRefused(
            "file_too_large",
            _("The archive holds more than {count} files. Split it into several and upload those.").format(
                count=_MAX_MEMBERS
            ),
        )
    bomb = any(workbook.is_bomb(info.file_size, info.compress_size) for info in infos)
    if bomb or sum(info.file_size for info in infos) > bounds.unpacked_bytes:
        raise workbook.too_large()
    found = []
    for position, info in enumerate(infos):
        name = _member_name(info)
        if info.is_dir() or name.rsplit("/", 1)[-1].startswith(_IGNORED) or name.startswith(_IGNORED):
            continue
        if info.flag_bits & 1:
            raise FileRefused(
                "archive_encrypted", _("The archive is protected by a password. Pack it again without one.")
            )
        if name.lower().endswith((".zip", ".rar", ".7z")):
            raise FileRefused(
                "archive_nested",
                _("The archive holds another archive. Put the tables themselves into one .zip and upload that."),
            )
        found.append(TableFile(_safe(f"{path.name}/{name}"), path, name, position))
    if not found:
        raise FileRefused(
            "archive_empty", _("There is no table in the archive. Put .xlsx, .xls or .csv files into it.")
        )
    return found


def _member_name(info: zipfile.ZipInfo) -> str:
    """The name of a member; Chinese Windows writes it in GBK without saying so, others in UTF-8 without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeEncodeError, UnicodeDecodeError):
            return info.filename.encode("cp437").decode(encoding)
    return info.filename


def read_sheets(file: TableFile, bounds: Bounds) -> list[Sheet]:
    """All sheets of a table file.

    Raises:
        FileRefused: it is too large, unsafe, encrypted, damaged, or no table; the message says which, and what to do.
    """
    if file.member is not None and file.size > bounds.unpacked_bytes:
        raise _too_large(bounds.unpacked_bytes)
    try:
        with file.open() as stream:
            start = stream.read(64)
        if file.member is None:
            _check_size(file.size, start, bounds)
        if not start.strip(b"\0 \t\r\n"):
            _refuse_empty(file)
        return _read(file, start, bounds)
    except NO_CONTENT as error:
        raise FileRefused(
            "file_truncated", _("The file is incomplete or damaged: part of it is missing. Export or upload it again.")
        ) from error


def _read(file: TableFile, start: bytes, bounds: Bounds) -> list[Sheet]:
    if start.startswith((_ZIP, b"PK\x05\x06")):
        source = _source(file, bounds)
        with workbook.open_package(source) as package:
            _check_package(package)
            return workbook.read_xlsx(source, package, bounds)
    if start.startswith(biff.MAGIC):
        return biff.read_xls(_content(file, bounds))
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, title in _OTHER.items():
        if head.lower().startswith(magic.lower()) and (len(magic) > 2 or b"\0" in start):
            raise _no_table(title)
    return read_csv(file.name, file.open, bounds)


def _refuse_empty(file: TableFile) -> None:
    with file.open() as stream:
        for _block in range(_BLANK_BLOCKS):
            block = stream.read(4 * _MB)
            if block.translate(None, b"\0 \t\r\n"):
                return
    raise FileRefused("file_empty", _("The file is empty. Export it again and check it before uploading."))


def _source(file: TableFile, bounds: Bounds) -> Path | bytes:
    """What calamine reads: the path where its ending says what it is (calamine goes by that), else the content."""
    if file.member is None and file.path.suffix.lower() == ".xlsx":
        return file.path
    return _content(file, bounds)


def _content(file: TableFile, bounds: Bounds) -> bytes:
    """All bytes of a file, no more of them than a file may have."""
    with file.open() as stream:
        content = stream.read(bounds.file_bytes + 1)
    if len(content) > bounds.file_bytes:
        raise _too_large(bounds.file_bytes)
    return content


def _check_size(size: int, start: bytes, bounds: Bounds) -> None:
    """A csv is read block by block, and is as large as what it holds: it may be as large as a package unpacked. (What is
    uploaded has the smaller bound already: the server takes no more.)"""
    packed = start.startswith((_ZIP[:2], biff.MAGIC))
    most = bounds.file_bytes if packed else max(bounds.file_bytes, bounds.unpacked_bytes)
    if size > most:
        raise _too_large(most)


def _too_large(most: int) -> FileRefused:
    return FileRefused(
        "file_too_large", _("The file is larger than {size} MB. Split it by city or county.").format(size=most // _MB)
    )


def _no_table(title: str) -> FileRefused:
    """A file of another program, with the way to a table."""
    if title in _EXCEL_OPENS:
        way = _("Open it in Excel, save it as .xlsx and upload that.")
    elif title in _PACKED:
        way = _("Unpack it and upload the tables in it, as they are or in a .zip.")
    else:
        way = _("Copy its table into Excel, save it as .xlsx and upload that.")
    return FileRefused(
        "file_not_a_table", _("This is a {format} file, not a table. {way}").format(format=title, way=way)
    )


def _check_package(package: zipfile.ZipFile) -> None:
    """That a package of XML parts is a workbook without macros."""
    names = {name.lstrip("/") for name in package.namelist()}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise biff.has_macros()
    if "xl/workbook.xml" in names:
        return
    titles = {"word/": "Word", "ppt/": "PowerPoint", "xl/workbook.bin": "xlsb", "content.xml": "OpenDocument"}
    for prefix, title in titles.items():
        if any(name.startswith(prefix) for name in names):
            raise _no_table(title)
    if "EncryptedPackage" in names:
        raise biff.encrypted()
    raise sheet_damaged()
