"""The life of a bulletin: drafted, edited, recomputed, published once; withdrawn only by another."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from monitor.bulletins import renewal
from monitor.bulletins.compose import compose
from monitor.bulletins.editing import WITHDRAWS
from monitor.bulletins.paper import paper
from monitor.bulletins.parts import TEXT, Content, Edit, Sentence, as_json, from_json
from monitor.campaign import Campaign
from monitor.documents import official_docx, official_pdf
from monitor.i18n import _
from monitor.progress import View
from monitor.store import Scope, Store, audit, bulletins, clock
from monitor.store.bulletins import DRAFT, Entry


class BulletinRefused(Exception):
    """It cannot be done with this bulletin; the message says why and what to do."""


@dataclass(frozen=True)
class Desk:
    """Where bulletins are written and read: the store, and for whom.

    by: the account, "" for the command line; scope: what it sees; writes: the sectors whose bulletins it writes.
    """

    store: Store
    by: str
    scope: Scope
    writes: frozenset[str]

    @property
    def campaign(self) -> Campaign:
        """The campaign."""
        return self.store.campaign

    @classmethod
    def of_the_office(cls, store: Store) -> "Desk":
        """That of the command line."""
        return cls(store, "", Scope.all(), Scope.all().sectors)

    def stamp(self) -> str:
        """This moment, as an edit is stamped with it."""
        with self.store.connect() as connection:
            return f"{clock.now(connection, self.campaign):%Y-%m-%d %H:%M}"

    def _now(self, connection: Connection) -> datetime:
        return clock.now(connection, self.campaign).astimezone(UTC)

    def entries(self) -> list[Entry]:
        """All bulletins that may be read here, the newest first."""
        with self.store.connect() as connection:
            return bulletins.entries(connection, self.scope, self.writes)

    def read(self, number: int) -> tuple[Entry, Content]:
        """One bulletin.

        Raises:
            BulletinRefused: there is none that may be read.
        """
        with self.store.connect() as connection:
            return self._read(connection, number)

    def file(self, number: int, kind: str) -> bytes:
        """A bulletin as docx or pdf: the bytes that it was published with, or the draft as it is now.

        Raises:
            BulletinRefused: there is none that may be read.
        """
        with self.store.connect() as connection:
            _entry, content = self._read(connection, number)
            frozen = bulletins.file(connection, number, kind)
        return frozen if frozen is not None else rendered(content, kind)

    def history(self, number: int) -> list[bulletins.Event]:
        """What was done to a bulletin, the newest first."""
        with self.store.connect() as connection:
            self._read(connection, number)
            return bulletins.history(connection, number)

    def fresh(self, sector: str, as_of: date) -> Content:
        """The bulletin of a day as the program writes it now (compose.compose)."""
        with self.store.connect() as connection:
            return compose(View(connection, self.campaign, Scope.all(), as_of), sector)

    # ---- drafts --------------------------------------------------------------------------------------------------

    def draft(self, sector: str, as_of: date) -> tuple[int, bool]:
        """Make a draft of a day; its id, and whether it is new. One that is there already stays as it is.

        Raises:
            BulletinRefused: the account does not write bulletins of this sector.
            NoBulletin, WordingError: as compose.compose.
        """
        self._check_writer(sector)
        content = self.fresh(sector, as_of)
        with self.store.begin() as connection:
            known = bulletins.entries(connection, self.scope, self.writes)
            same = [entry for entry in known if (entry.state, entry.sector, entry.as_of) == (DRAFT, sector, as_of)]
            if same:
                return same[0].id, False
            number = bulletins.add(connection, sector, as_of, as_json(content), self.by, self._now(connection))
            self._note(connection, number, "drafted", {"sector": sector, "as_of": as_of.isoformat()})
        return number, True

    def change(
        self, number: int, revision: int, action: str, changed: Callable[[Content], Content], **detail: Any
    ) -> None:
        """Change a draft. `changed` gives the new content; `action` and `detail` go into its history.

        Raises:
            BulletinRefused: it is no draft that the account writes, or somebody has changed it in between.
            EditRefused: as `changed` does.
        """
        with self.store.begin() as connection:
            entry, content = self._own_draft(connection, number, revision)
            new = changed(content)
            if new == content:
                return
            bulletins.change(connection, entry.id, revision, as_json(new))
            self._note(connection, number, action, detail)

    def recompute(self, number: int, revision: int) -> None:
        """Renew the figures of a draft; its edits stay (renewal.recomputed).

        Raises:
            BulletinRefused: as `change`.
        """
        entry, _content = self.read(number)
        fresh = self.fresh(entry.sector, entry.as_of)
        self.change(number, revision, "recomputed", lambda content: renewal.recomputed(content, fresh))

    def withdraw(self, number: int, revision: int, other: int | None) -> None:
        """Say in a draft that it withdraws a published bulletin of its sector; None: that it withdraws none.

        Raises:
            BulletinRefused: as `change`; or the other is not published, or withdrawn already.
        """
        old = None
        if other is not None:
            old, _content = self.read(other)
            mine, _content = self.read(number)
            if old.number is None or old.withdrawn_by or old.sector != mine.sector:
                raise BulletinRefused(_("Only a published bulletin of the same sector that stands can be withdrawn."))
        title = "".join(old.title.split()) if old else ""
        stamp = Edit(self.by, self.stamp())

        def withdrawn(content: Content) -> Content:
            kept = tuple(sentence for sentence in content.sentences if sentence.key != WITHDRAWS)
            if old is None or old.number is None:
                return replace(content, sentences=kept, withdraws="")
            words = f"《{title}》（{old.number}）自本通报印发之日起撤销，以本通报为准。"
            said = Sentence(WITHDRAWS, TEXT, (words,), begins=True, edit=stamp)
            return replace(content, sentences=(*kept, said), withdraws=old.number)

        self.change(number, revision, "withdraws", withdrawn, other=old.number if old else None)

    def discard(self, number: int, revision: int) -> None:
        """Delete a draft.

        Raises:
            BulletinRefused: as `change`.
        """
        with self.store.begin() as connection:
            entry, _content = self._own_draft(connection, number, revision)
            bulletins.remove(connection, entry.id, revision)
            audit.append(connection, self.by, "bulletin_discarded", {"bulletin": number})

    # ---- publication ---------------------------------------------------------------------------------------------

    def next_number(self, content: Content) -> tuple[int, str]:
        """The serial and document number that a bulletin would be published with."""
        with self.store.connect() as connection:
            serial = bulletins.last_serial(connection, content.sector, content.dated.year) + 1
        return serial, self.number(content, serial)

    def number(self, content: Content, serial: int) -> str:
        """The document number with a serial."""
        return self.campaign.bulletin.of(content.sector).number.format(year=content.dated.year, n=serial)

    def publish(self, number: int, revision: int, serial: int) -> Entry:
        """Publish a draft: from now on nobody can change it.

        Raises:
            BulletinRefused: it is out of date, has sentences that must be looked at, or its number is taken; or as
                `change`.
        """
        found, content = self.read(number)
        self._check_ready(content)
        final = replace(content, number=self.number(content, serial))
        docx, pdf = (rendered(final, kind) for kind in ("docx", "pdf"))
        with self.store.begin() as connection:
            self._own_draft(connection, number, revision)
            if bulletins.number_taken(connection, final.number):
                raise BulletinRefused(_("The number {number} is taken; choose another.").format(number=final.number))
            withdrawn = self._withdrawn(connection, final)
            values = {"content": as_json(final), "number": final.number, "docx": docx, "pdf": pdf}
            sha256 = digest(as_json(final), docx, pdf)
            bulletins.publish(
                connection, number, revision, **values, year=final.dated.year, serial=serial,
                withdraws_id=withdrawn.id if withdrawn else None, sha256=sha256, published_at=self._now(connection),
                published_by=self.by,
            )  # fmt: skip
            self._note(connection, number, "published", {"number": final.number, "sha256": sha256})
        return self.read(found.id)[0]

    def _check_ready(self, content: Content) -> None:
        if renewal.outdated(content, self.fresh(content.sector, content.as_of)):
            raise BulletinRefused(_("The data have changed since the draft was written: recompute it first."))
        if any(sentence.recheck for sentence in content.sentences):
            raise BulletinRefused(
                _("Some edited sentences no longer fit the data: edit them, or take the program's words.")
            )

    def _withdrawn(self, connection: Connection, content: Content) -> Entry | None:
        if not content.withdraws:
            return None
        for entry in bulletins.entries(connection, self.scope, self.writes):
            if entry.number == content.withdraws and not entry.withdrawn_by:
                return entry
        raise BulletinRefused(_("{number} has been withdrawn already.").format(number=content.withdraws))

    # ---- what all share ------------------------------------------------------------------------------------------

    def _read(self, connection: Connection, number: int) -> tuple[Entry, Content]:
        entry = bulletins.entry(connection, self.scope, self.writes, number)
        if entry is None:
            raise BulletinRefused(_("There is no such bulletin, or it is not for your account."))
        return entry, from_json(bulletins.content(connection, number))

    def _own_draft(self, connection: Connection, number: int, revision: int) -> tuple[Entry, Content]:
        entry, content = self._read(connection, number)
        self._check_writer(entry.sector)
        if entry.state != DRAFT:
            raise BulletinRefused(_("A published bulletin is not changed; it is withdrawn by another one."))
        if entry.revision != revision:
            raise BulletinRefused(_("Somebody has changed the draft in between; here it is as it stands now."))
        return entry, content

    def _check_writer(self, sector: str) -> None:
        if sector not in self.writes:
            raise BulletinRefused(_("This account does not write bulletins of this sector."))

    def _note(self, connection: Connection, number: int, action: str, detail: dict[str, Any]) -> None:
        bulletins.note(connection, number, self.by, action, self._now(connection), detail)
        audit.append(connection, self.by, f"bulletin_{action}", {"bulletin": number, **detail})


def rendered(content: Content, kind: str) -> bytes:
    """A bulletin as docx or pdf: the same content, the same bytes."""
    return official_pdf.render(paper(content)) if kind == "pdf" else official_docx.render(paper(content))


def digest(document: dict[str, Any], docx: bytes, pdf: bytes) -> str:
    """A hash of all that a published bulletin consists of."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    found = hashlib.sha256(text.encode())
    for part in (docx, pdf):
        found.update(hashlib.sha256(part).digest())
    return found.hexdigest()


def tampered(store: Store) -> list[str]:
    """Numbers of published bulletins that are not what was published: they differ from their hash."""
    with store.connect() as connection:
        return [
            entry.number or ""
            for entry in bulletins.entries(connection, Scope.all(), frozenset())
            if entry.sha256
            != digest(
                bulletins.content(connection, entry.id),
                bulletins.file(connection, entry.id, "docx") or b"",
                bulletins.file(connection, entry.id, "pdf") or b"",
            )
        ]
