"""Evidence of a milestone: files of a few kinds and of bounded size, kept in the store."""

import hashlib
import re
import zipfile
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from monitor.filings.milestones import MilestoneRefused, _own
from monitor.i18n import _
from monitor.packages import NO_DIRECTORY
from monitor.personal import holds_resident_id
from monitor.store import Store, audit, clock, milestones
from monitor.store.actor import Actor

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
KINDS: Final = {
    "pdf": ("application/pdf", b"%PDF-"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "docx": (f"{_OFFICE}wordprocessingml.document", b"PK\x03\x04"),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", b"PK\x03\x04"),
}
"""What may be handed in, by the end of its name: media type, and how its content begins."""

_PARTS: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def add(store: Store, actor: Actor, code: str, key: str, name: str, content: bytes) -> int:
    """Keep a file with a unit's milestone; its id.

    Raises:
        MilestoneRefused: it is not this account's, too large, one too many, or no file of the kinds.
    """
    evidence = store.campaign.evidence
    name = _plain(name)
    kind = PurePosixPath(name).suffix[1:].lower()
    if not content or len(content) > evidence.max_mb * 2**20:
        raise MilestoneRefused(_("A file may have up to {size} MB and must not be empty.").format(size=evidence.max_mb))
    if kind not in KINDS or not content.startswith(KINDS[kind][1]) or not _holds(kind, content):
        raise MilestoneRefused(
            _("Only {kinds} are taken as evidence, and they must be what their name says.").format(
                kinds="、".join(KINDS)
            )
        )
    if holds_resident_id(name):
        raise MilestoneRefused(_("The name of the file holds a resident ID number. Rename it."))
    with store.begin() as connection:
        unit, stage, _known = _own(connection, store.campaign, actor, code, key, None)
        if milestones.count_files(connection, unit.id, stage.key) >= evidence.max_files:
            message = _("There are {most} files already; remove one first.")
            raise MilestoneRefused(message.format(most=evidence.max_files))
        now = clock.now(connection, store.campaign)
        number = milestones.add_file(
            connection, unit.id, stage.key, name=name, media_type=KINDS[kind][0], size=len(content),
            sha256=hashlib.sha256(content).hexdigest(), content=content, added_at=now, added_by=actor.name,
        )  # fmt: skip
        milestones.record_event(connection, unit.id, stage.key, now, actor.name, "file_added", {"file": name})
        audit.append(
            connection, actor.name, "evidence_added", {"unit": unit.code, "stage": stage.key, "size": len(content)}
        )
    return number


def remove(store: Store, actor: Actor, code: str, key: str, file_id: int) -> None:
    """Delete a file of a unit's milestone; that it was there stays in the history.

    Raises:
        MilestoneRefused: it is not this account's.
    """
    with store.begin() as connection:
        unit, stage, _known = _own(connection, store.campaign, actor, code, key, None)
        name = milestones.remove_file(connection, unit.id, stage.key, file_id)
        if name is not None:
            now = clock.now(connection, store.campaign)
            milestones.record_event(connection, unit.id, stage.key, now, actor.name, "file_removed", {"file": name})
            audit.append(connection, actor.name, "evidence_removed", {"unit": unit.code, "stage": stage.key})


def _plain(name: str) -> str:
    """The name of a file alone, without what would be a path or a control character."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return re.sub(r"[\x00-\x1f\x7f<>:\"|?*]", "_", last).strip()[-120:] or "file"


def _holds(kind: str, content: bytes) -> bool:
    """Whether an office document is the one that its name says, without macros."""
    if kind not in _PARTS:
        return True
    try:
        names = zipfile.ZipFile(BytesIO(content)).namelist()
    except NO_DIRECTORY:
        return False
    return _PARTS[kind] in names and not any(name.endswith("vbaProject.bin") for name in names)
