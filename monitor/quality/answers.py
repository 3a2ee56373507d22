"""Explaining a finding: who may, what may be written, and that it is remembered."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from monitor.i18n import _
from monitor.personal import holds_resident_id
from monitor.store import Store, audit
from monitor.store import answers as stored
from monitor.store.actor import Actor
from monitor.store.scope import OutOfScope

SHORTEST: Final = 4
LONGEST: Final = 500


class Refused(Exception):
    """It cannot be done; the message says why and what to do."""


def may_explain(actor: Actor, *, whole_file: bool) -> bool:
    """Whether the role may explain: those who stand for a unit, findings of their units; who imports files, findings
    about a whole file. What the scope does not hold, the store refuses."""
    return actor.may("import") if whole_file else actor.may("explain")


def explain(
    store: Store, actor: Actor, code: str, seen: Mapping[int, datetime | None], typed: str, *, whole_file: bool = False
) -> None:
    """Write one explanation into findings of one rule. `seen`: each with the moment of the explanation looked at.

    Raises:
        Refused: the role may not, the text cannot stand, or a finding is not as it was seen.
    """
    text = typed.strip()
    if len(text) < SHORTEST:
        raise Refused(_("Please say in a few words what the reason is."))
    if len(text) > LONGEST:
        raise Refused(_("Please keep to {most} characters; these are {count}.").format(most=LONGEST, count=len(text)))
    if holds_resident_id(text):
        raise Refused(_("The text holds a resident ID number. Please take it out; personal data is not kept here."))
    _say(store, actor, code, seen, text, whole_file)


def withdraw(
    store: Store, actor: Actor, code: str, seen: Mapping[int, datetime | None], *, whole_file: bool = False
) -> None:
    """Withdraw an explanation: the findings are open again; what was said stays in their history.

    Raises:
        Refused: the role may not, or a finding is not as it was seen.
    """
    _say(store, actor, code, seen, None, whole_file)


def _say(
    store: Store,
    actor: Actor,
    code: str,
    seen: Mapping[int, datetime | None],
    text: str | None,
    whole_file: bool,
) -> None:
    if not may_explain(actor, whole_file=whole_file) or not seen:
        raise Refused(_("Your account cannot explain this finding."))
    said = stored.Said(datetime.now(UTC), actor.name, _shown(actor), text)
    try:
        with store.begin() as connection:
            stored.explain(connection, actor.scope, seen, said)
            action = "finding_withdrawn" if text is None else "finding_explained"
            audit.append(connection, actor.name, action, {"code": code, "findings": sorted(seen)})
    except OutOfScope:
        raise Refused(_("These findings are not there any more, or not for your account. Reload the page.")) from None
    except stored.Stale:
        raise Refused(
            _("Somebody else has explained or corrected this meanwhile. Your text is kept; look at the list again.")
        ) from None


def _shown(actor: Actor) -> str:
    """Who it was, as it is shown beside the explanation: the account with its unit."""
    unit = actor.unit.name if actor.unit is not None else ""
    return (actor.title if unit in actor.title else f"{unit} {actor.title}")[:100]
