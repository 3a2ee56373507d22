"""Files that are meant badly, or are broken: what each is told, in how many seconds, with how much memory at most.

    python benchmarks/hostile.py [--only WORD] [--keep FOLDER]

Every file is made, then imported by `python -m monitor import FILE --json` into a small store, in a process of its own.
Wanted: under 10 s and under 1.5 GiB each, and a store in which nothing has changed. The first lines are good files, to compare with.
"""

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tests.intake.books import container, with_part, xls, xlsx  # noqa: E402

MB = 1 << 20
HEADER = ["统计日期", "单位代码", "单位名称", "应采集人数", "已录入人数", "已报送人数"]
UNIT = "330100"
ROW = ["2016-11-25", UNIT, "", 100, 90, 80]
TEXT = ",".join(HEADER) + "\n" + "".join(f"2016-11-{day:02},{UNIT},,100,90,80\n" for day in range(1, 26))
BOOK = xlsx([HEADER, ROW])
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">' + b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(98, 108)
) + b"]>"  # fmt: skip
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>'

Maker = Callable[[Path], object]


def _write(content: bytes) -> Maker:
    return lambda path: path.write_bytes(content)


def _prologue(part: str, prologue: bytes) -> bytes:
    return with_part(BOOK, part, lambda data: prologue + (data.split(b"?>", 1)[1] if data[:5] == b"<?xml" else data))


def _package(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return out.getvalue()


def _streamed(part: str, pieces: Callable[[], "list[bytes] | object"], level: int = 1, lie: int | None = None) -> Maker:
    """A workbook one part of which is written piece by piece; `lie`: what its directory says of the size."""

    def make(path: Path) -> None:
        with (
            zipfile.ZipFile(io.BytesIO(BOOK)) as old,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new,
        ):
            for name in old.namelist():
                if name != part:
                    new.writestr(name, old.read(name))
            with new.open(part, "w", force_zip64=True) as stream:
                for piece in pieces():  # type: ignore[attr-defined]
                    stream.write(piece)
        if lie is not None:
            with path.open("r+b") as stream:
                start = max(path.stat().st_size - MB, 0)
                stream.seek(start)
                at = stream.read().rfind(part.encode()) - 46 + 24
                stream.seek(start + at)
                stream.write(lie.to_bytes(4, "little"))

    return make


def _sheet_of(size: int, columns: int = 24) -> Callable[[], object]:
    """A worksheet of real rows with real numbers, as long as `size` bytes."""

    def pieces() -> object:
        yield b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        written, row = 0, 0
        while written < size:
            block = []
            for _line in range(2000):
                row += 1
                cells = "".join(
                    f'<c r="{chr(65 + at)}{row}"><v>{(row * 7919 + at * 104729) % 999983}</v></c>'
                    for at in range(columns)
                )
                block.append(f'<row r="{row}">{cells}</row>')
            piece = "".join(block).encode()
            written += len(piece)
            yield piece
        yield b"</sheetData></worksheet>"

    return pieces


def _blanks(count: int) -> Callable[[], object]:
    def pieces() -> object:
        yield b"<worksheet><sheetData>"
        for _piece in range(count):
            yield b" " * MB

    return pieces


def _long(head: bytes, piece: bytes, size: int, tail: bytes = b"") -> Maker:
    def make(path: Path) -> None:
        with path.open("wb") as stream:
            stream.write(head)
            for _piece in range(size // len(piece)):
                stream.write(piece)
            stream.write(tail)

    return make


def _zip_of(name: str, piece: bytes, count: int) -> Maker:
    def make(path: Path) -> None:
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
            packed.open(name, "w", force_zip64=True) as stream,
        ):
            for _piece in range(count):
                stream.write(piece)

    return make


def _zip_of_many(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        for number in range(65_000):
            packed.writestr(f"{number}.csv", "1\n")


def _locked(path: Path) -> None:
    content = bytearray(_package(**{"a.csv": TEXT.encode()}))
    content[6:8] = b"\x01\0"
    at = content.find(b"PK\x01\x02") + 8
    content[at : at + 2] = b"\x01\0"
    path.write_bytes(content)


def _cell(reference: str) -> bytes:
    """The small workbook with one more cell, far away."""
    row = "".join(letter for letter in reference if letter.isdigit())
    extra = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()
    return with_part(BOOK, SHEET, lambda data: data.replace(b"</sheetData>", extra))


def _formulas(*values: str, error: bool = False) -> bytes:
    """The small workbook, its figures formulas with cached values."""

    def change(data: bytes) -> bytes:
        for column, value in zip("DEF", values, strict=True):
            start = data.index(f'<c r="{column}2"'.encode())
            end = data.index(b"</c>", start) + 4
            kind = ' t="e"' if value.startswith("#") else ""
            cell = f'<c r="{column}2"{kind}><f>SUM(A1:A9)</f><v>{value}</v></c>'.encode()
            data = data[:start] + cell + data[end:]
        return data

    return with_part(BOOK, SHEET, change)


def _looped_xls() -> bytes:
    """An xls whose chain of sectors runs in a circle."""
    content = bytearray(xls([HEADER, *[ROW] * 400]))
    table = int.from_bytes(content[76:80], "little")
    at = (table + 1) * 512
    content[at + 40 : at + 44] = (3).to_bytes(4, "little")
    return bytes(content)


WORD = _package(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})
CUT_XLS = xls([HEADER, *[ROW] * 400])
FILES: dict[str, tuple[str, Maker]] = {
    "good csv, 25 rows": ("good.csv", _write(TEXT.encode())),
    "good workbook, 1 row": ("good.xlsx", _write(BOOK)),
    "zip bomb: a sheet of 4 GB blanks": ("bomb.xlsx", _streamed(SHEET, _blanks(4000))),
    "zip bomb that lies of its size": ("liar.xlsx", _streamed(SHEET, _blanks(600), lie=1024)),
    "zip bomb: 10 GB csv in a zip": ("bomb.zip", _zip_of("a.csv", b"0" * MB, 10_000)),
    "zip bomb: 3 GB csv in a zip": ("bomb3.zip", _zip_of("a.csv", b"2016-11-25,330100,,1,1,1\n" * 40_000, 3000)),
    "archive in an archive": ("nested.zip", _write(_package(**{"b.zip": _package(**{"a.csv": b"1"})}))),
    "archive of 65,000 files": ("many.zip", _zip_of_many),
    "billion laughs in the sheet": ("laughs.xlsx", _write(_prologue(SHEET, LAUGHS))),
    "billion laughs in the texts": ("laughs2.xlsx", _write(_prologue("xl/styles.xml", LAUGHS))),
    "external entity": ("entity.xlsx", _write(_prologue("xl/workbook.xml", OUTSIDE))),
    "sheet of 2 GB, real rows": ("big.xlsx", _streamed(SHEET, _sheet_of(2000 * MB))),
    "sheet of 2 GB, directory says 200 MB": ("big2.xlsx", _streamed(SHEET, _sheet_of(2000 * MB), lie=200 * MB)),
    "sheet of 800 MB, 980,000 rows": ("big3.xlsx", _streamed(SHEET, _sheet_of(800 * MB, 26))),
    "sheet of 950 MB, 1.2 million rows": ("big4.xlsx", _streamed(SHEET, _sheet_of(950 * MB))),
    "one cell at XFD1048576": ("far.xlsx", _write(_cell("XFD1048576"))),
    "one cell at A1048576": ("deep.xlsx", _write(_cell("A1048576"))),
    "one cell at XFD3": ("wide.xlsx", _write(_cell("XFD3"))),
    "text of 600 MB in one cell": ("cell.xlsx", _streamed("xl/sharedStrings.xml", _blanks(600), level=0)),
    "csv: one endless line, 2 GB": ("line.csv", _long(b"", b"1," * (MB // 2), 2000 * MB)),
    "csv: endless line after 200 MB": ("late.csv", _long(TEXT.encode() * 160_000, b"a" * MB, 200 * MB)),
    "csv: a quote never closed, 1 GB": ("quote.csv", _long(TEXT.encode() + b'"', TEXT.encode(), 1000 * MB)),
    "csv: 1 GB of blank lines": ("blank.csv", _long(b"\n", b"\n" * MB, 1000 * MB)),
    "csv: 2 GB of zeros": ("zeros.csv", lambda path: (path.touch(), os.truncate(path, 2000 * MB))),
    "csv: a million columns": ("columns.csv", _write(b"a," * 400_000 + b"\n")),
    "macros (xlsm)": ("macros.xlsm", lambda path: path.write_bytes(_with_macros())),
    "macros (xls)": ("macros.xls", _write(container({"Workbook": b"x", "_VBA_PROJECT_CUR": b"x"}))),
    "formulas with cached values": ("formulas.xlsx", _write(_formulas("100", "90", "80"))),
    "formula errors (#REF!)": ("errors.xlsx", _write(_formulas("100", "#REF!", "80"))),
    "encrypted xlsx": ("locked.xlsx", _write(container({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}))),
    "encrypted xls": ("locked.xls", _write(xls([HEADER], filepass=True))),
    "encrypted zip": ("locked.zip", _locked),
    "renamed .docx": ("word.xlsx", _write(WORD)),
    "web page saved as .xls": ("page.xls", _write(b"<html><table><tr><td>1</td></tr></table></html>")),
    "empty file": ("empty.xlsx", _write(b"")),
    "xlsx cut in half": ("half.xlsx", _write(BOOK[: len(BOOK) // 2])),
    "xls cut in half": ("half.xls", _write(CUT_XLS[: len(CUT_XLS) // 2])),
    "xls that runs in a circle": ("circle.xls", _write(_looped_xls())),
    "csv cut inside a character": ("half.csv", _write((TEXT + "注：演示").encode()[:-1])),
    "csv cut inside quotes": ("half2.csv", _write((TEXT + '2016-11-25,"3301').encode())),
}


def _with_macros() -> bytes:
    out = io.BytesIO(BOOK)
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"x")
    return out.getvalue()


def _store(folder: Path) -> str:
    from monitor.campaign import load_campaign
    from monitor.store import migrate, open_store
    from monitor.store.register import change_register, unit_table

    url = f"sqlite:///{folder / 'store.db'}"
    campaign = load_campaign()
    store = open_store(url, campaign)
    migrate(store)
    units = [
        {"code": "330000", "name": "演示省", "kind": "province"},
        {"code": UNIT, "name": "演示市", "kind": "city", "parent_code": "330000"},
    ]
    with store.begin() as connection:
        change_register(connection, campaign, unit_table(units))
    store.close()
    return url


RUNNER = """
import json, os, subprocess, sys, time
started = time.monotonic()
with open(sys.argv[1], "wb") as out, open(sys.argv[2], "wb") as err:
    process = subprocess.Popen(sys.argv[3:], stdout=out, stderr=err)
    _pid, status, usage = os.wait4(process.pid, 0)
print(json.dumps([status, time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
"""
"""A process counts the memory of the one that started it as its own: so a small one starts it."""


def measure(path: Path, url: str, folder: Path) -> tuple[list[float], dict[str, Any]]:
    """Status, seconds by the clock and of processor, peak memory in MB of one import; and its answer."""
    environment = {**os.environ, "MONITOR_DATABASE_URL": url, "PYTHONPATH": str(PROJECT)}
    out, err = folder / "out", folder / "err"
    command = [sys.executable, "-m", "monitor", "import", str(path), "--dry-run", "--json"]
    done = subprocess.run(
        [sys.executable, "-S", "-c", RUNNER, str(out), str(err), *command], capture_output=True, env=environment, cwd=PROJECT, check=True,
    )  # fmt: skip
    figures = json.loads(done.stdout)
    said = out.read_text()
    died = {"refused": [], "died": f"{figures[0]}: {err.read_text()[-300:]}"}
    return figures, json.loads(said)["files"][0] if said else died


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--only", default="")
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="hostile-"))
    folder.mkdir(parents=True, exist_ok=True)
    store = Path(tempfile.mkdtemp(prefix="hostile-store-"))
    url = _store(store)
    print("| file | MB | s | of processor | peak MB | what is said |\n|---|---|---|---|---|---|")
    for title, (name, make) in FILES.items():
        if given.only not in title:
            continue
        path = folder / name
        if not path.exists():
            make(path)
        (_status, seconds, worked, memory), answer = measure(path, url, store)
        refused = answer["refused"] or [{"message": answer.get("died") or f"{answer['loaded']} 行可导入"}]
        said = refused[0]["message"]
        print(
            f"| {title} | {path.stat().st_size / MB:.1f} | {seconds:.1f} | {worked:.1f} | {memory:.0f} | {said} |",
            flush=True,
        )
        if given.keep is None:
            path.unlink()
    shutil.rmtree(store)
    if given.keep is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
