"""The templates of the forms in use: those shipped, or those that an administrator put in their place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from monitor.campaign import Campaign
from monitor.documents import formats, monthly, roster
from monitor.documents.placeholders import known
from monitor.documents.template import (
    Inspection,
    TemplateError,
    Vocabulary,
    kind_of,
    read_template,
    refused,
    trial_failed,
)
from monitor.filings.deadline import report_day
from monitor.filings.source import Manual, Override, Source
from monitor.i18n import _
from monitor.store import Store, audit
from monitor.store import templates as kept
from monitor.store.templates import Version

FORM: Final = "monthly"
ROSTER: Final = "roster"
FORMS: Final = (FORM, ROSTER)
KINDS: Final = ("xlsx", "docx")
"""The kinds of templates; a PDF is made from the workbook."""


@dataclass(frozen=True)
class Chosen:
    """The templates in use, read in one moment. names: file name and version by kind; version 0 is the shipped one."""

    contents: Mapping[str, bytes]
    names: Mapping[str, tuple[str, int]]

    def content(self, kind: str) -> bytes:
        """The template of a kind of KINDS."""
        return self.contents[kind]

    @property
    def stamp(self) -> tuple[int, ...]:
        """What changes where another template is put to use: part of the key of what is cached."""
        return tuple(hash(self.contents[kind]) for kind in KINDS)


def shipped(campaign: Campaign, kind: str, form: str = FORM) -> Path:
    """The file that is used while no template has been put in its place."""
    return campaign.path(campaign.data.templates) / f"{form}.{kind}"


def chosen(connection: Connection, campaign: Campaign, form: str = FORM) -> Chosen:
    """The templates of a form in use.

    Raises:
        TemplateError: a shipped file is not there any more.
    """
    contents: dict[str, bytes] = {}
    names: dict[str, tuple[str, int]] = {}
    in_use = {version.format: version for version in kept.versions(connection, form) if version.chosen}
    for kind in KINDS:
        version = in_use.get(kind)
        if version is None:
            path = shipped(campaign, kind, form)
            contents[kind], names[kind] = read_template(path), (path.name, 0)
        else:
            contents[kind] = kept.content(connection, form, kind, version.version) or b""
            names[kind] = (version.file, version.version)
    return Chosen(contents, names)


def form_of(content: bytes) -> str:
    """Which of FORMS a template is of, by the placeholders that it holds."""
    return ROSTER if roster.is_one(content) else FORM


def words(form: str) -> Vocabulary:
    """The placeholders that a form may hold."""
    return roster.words() if form == ROSTER else known()


def check(campaign: Campaign, content: bytes) -> Inspection:
    """Look through a template that somebody would put to use: its placeholders, then a trial with invented content."""
    if form_of(content) == ROSTER:
        return roster.check(campaign, content)
    found = formats.inspect(content)
    if not found.fit:
        return found
    try:
        kind = kind_of(content)
        for format in (format for format, source in formats.TEMPLATES.items() if source == kind):
            formats.write(_trial(campaign), format, content)
    except Exception as error:  # whatever the libraries raise on a form that none of the checks foresaw
        return Inspection(trial_failed(error).problems, found.missing, found.used, found.unused)
    return found


def add(store: Store, campaign: Campaign, file: str, content: bytes, actor: str) -> Version:
    """Put a template to use, as the next version of its form and kind; with its line in the audit.

    Raises:
        TemplateError: it did not pass `check`; nothing is changed.
    """
    found = check(campaign, content)
    if not found.fit:
        lacking = [
            refused("missing", _("Missing: {placeholder}").format(placeholder=item.name)) for item in found.missing
        ]
        raise TemplateError((*found.problems, *(problem for error in lacking for problem in error.problems)))
    kind, form = kind_of(content), form_of(content)
    with store.begin() as connection:
        version = kept.add(connection, form, kind, file[-200:], content, actor, datetime.now(UTC))
        detail = {
            "form": form,
            "format": kind,
            "version": version.version,
            "file": version.file,
            "sha256": version.sha256,
        }
        audit.append(connection, actor, "template_added", detail)
    return version


def choose(store: Store, kind: str, version: int | None, actor: str, form: str = FORM) -> None:
    """Go back to an earlier version, or (None) to the shipped template; with its line in the audit.

    Raises:
        LookupError: there is no such version.
    """
    with store.begin() as connection:
        kept.choose(connection, form, kind, version)
        audit.append(connection, actor, "template_chosen", {"form": form, "format": kind, "version": version or 0})


def _trial(campaign: Campaign) -> monthly.Form:
    """An invented report in which everything occurs: school types, levels, a figure put right, typed text."""
    first = campaign.reports.first_month
    year, month = int(first[:4]), int(first[5:])
    levels = {level: {"pending": 1, "approved": 1, "returned": 1} for level in campaign.review_levels.county_school}
    figures = {"expected": 4, "entered": 3, "submitted": 3, "numbered": 1, "approved": 1, "levels": levels,
               "institutions": {"total": 1, "started": 1, "complete": 0}}  # fmt: skip
    document = {
        "sector": "schools",
        "as_of": report_day(campaign, first).isoformat(),
        "unit": {"code": campaign.campaign.root, "name": "演示市", "kind": "city"},
        "figures": figures,
        "denominators": {"live": 4, "baseline": 4, "statistics": None},
        "rates": {"collection": 0.75, "review": 0.5, "completion": 0.25},
    }
    by_type = {
        "primary": {
            **{name: figures[name] for name in ("expected", "entered", "submitted", "numbered", "approved")},
            "total": 1,
            "started": 1,
            "complete": 0,
            "returned": 1,
        }
    }
    source = Source(
        campaign=campaign, year=year, month=month, report_day=report_day(campaign, first), document=document, by_type=by_type,
        manual=Manual(working_group="演示\n文字", filler="演示甲", reviewer="演示乙"),
        overrides=(Override("figures.numbered", 1, 2, "演示"),),
    )  # fmt: skip
    return monthly.fill(source)
