"""All forms of a month at once: one after the other, into a zip archive or a folder."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from monitor.atomic import write_bytes
from monitor.campaign import Campaign
from monitor.documents import formats, reports
from monitor.documents.templates import Chosen
from monitor.figures import SECTORS
from monitor.filings import report
from monitor.filings.gather import NoReport
from monitor.store import Scope, Store, filings, read

Tell = Callable[[int, int], None]
"""Is told how many units are done, of how many."""

_FOLDERS: Final = {"schools": "设区市", "universities": "高等学校"}
_STATES: Final = {"draft": "_未报送", "returned": "_退回修改"}


@dataclass(frozen=True)
class File:
    """A form of the month. name: its path in the archive."""

    name: str
    content: bytes


def file_name(code: str, name: str, month: str, format: str, life: str | None) -> str:
    """The name of a unit's form as a file; one that is not with the province says so."""
    year, number = month.split("-")
    safe = "".join("_" if sign in '\\/:*?"<>|' else sign for sign in name)
    return f"{code}_{safe}_{year}年{int(number)}月_月报表{_STATES.get(life or 'draft', '')}.{format}"


def files(
    store: Store,
    campaign: Campaign,
    scope: Scope,
    month: str,
    chosen: Sequence[str],
    templates: Chosen,
    tell: Tell = lambda _done, _all: None,
) -> Iterator[File]:
    """The forms of the month (YYYY-MM) of all units of the scope that file one, in the order of their codes.

    chosen: formats of formats.MEDIA. Units for which there are no figures, or that need not file, have none.

    Raises:
        TemplateError, PdfError: as formats.write.
    """
    # All are read before the first is written: that takes long, and nobody has to wait for it.
    with store.connect() as connection:
        filers = filings.filers(connection, scope, filings.MONTHLY, month, campaign.reports.who)["unit"]
        units = read.units_by_id(connection, scope, filers)
        found_of = list(report.reports(connection, campaign, scope, units, month))
    for number, found in enumerate(found_of, 1):
        if isinstance(found, NoReport):
            tell(number, len(units))
            continue
        form = reports.form_of(found)
        for format in chosen:
            name = file_name(found.unit.code, found.unit.name, month, format, found.state)
            content = formats.write(form, format, templates.content(formats.TEMPLATES[format]))
            yield File(f"{_FOLDERS.get(form.sector, SECTORS[form.sector])}/{name}", content)
        tell(number, len(units))


def archive(made: Iterator[File], moment: datetime) -> bytes:
    """The files as a zip archive; the same files and moment give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in made:
            part = zipfile.ZipInfo(file.name, moment.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o644 << 16
            packed.writestr(part, file.content)
    return buffer.getvalue()


def unpack(made: Iterator[File], folder: Path) -> int:
    """Write the files below a folder; how many."""
    count = 0
    for file in made:
        target = folder / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(target, file.content)
        count += 1
    return count
