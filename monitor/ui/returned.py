"""After something was sent back: its unit is told by mail, and whoever sent it back whether that went well."""

from monitor.access.who import Who
from monitor.chase import returns
from monitor.chase.sending import Sent
from monitor.i18n import _
from monitor.ui import runtime
from monitor.ui.jobs import Job


def tell(who: Who, code: str) -> str:
    """What became of the mail to the unit, as a sentence; "" where none is sent. It goes on while the page does."""
    store = runtime.store()
    job = Job(lambda _tell: returns.tell(store, who, code))
    if not job.wait():
        return _("A mail to the unit is on its way; see the page “Chase list”.")
    if job.error:
        return _("The unit was not told by mail; see the page “Chase list”.")
    return "" if job.result is None else _said(job.result)


def _said(result: Sent) -> str:
    if result.sent:
        return _("The unit was told by mail.")
    if not result.kept:
        return ""
    why = next(iter(result.kept.values()))
    return _("The unit was not told by mail: {why} It stands on the page “Chase list”.").format(why=why)
