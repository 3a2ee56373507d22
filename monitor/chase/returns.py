"""What is sent back is told at once: it goes on the chase list of the office that sent it back, and from there by mail.

Quiet hours and limits hold for it as for every chase: what must not leave now stays on the list as a draft.
"""

from collections.abc import Callable
from datetime import datetime

from monitor.chase import channels, lists, sending
from monitor.progress import View
from monitor.store import Store, clock, read
from monitor.store.actor import Actor

CHANNEL = "mail"


def tell(store: Store, actor: Actor, code: str, now: Callable[[], datetime] | None = None) -> sending.Sent | None:
    """Tell the unit with this code what was sent back to it; None where the office has no mail channel, or is not the
    one directly above the unit. `kept` says of drafts why they did not leave.

    Raises:
        OutOfScope: the unit is not for the actor.
    """
    campaign, office = store.campaign, actor.unit
    with store.begin() as connection:
        unit, at = read.unit(connection, actor.scope, code), clock.now(connection, campaign)
        if office is None or unit.shown_parent_id != office.id:
            return None
        view = View.at(connection, campaign, actor.scope)
        drafts = lists.draft_returned(view, office, unit, at, actor.name)
    if CHANNEL not in channels.offered(campaign):
        return None
    going_on = now or sending.going_on(at)
    order = sending.Order(office, CHANNEL, actor.name, actor.scope, at, view.as_of, going_on)
    return sending.send(store, order, drafts)
