"""Bulletins: what the province has published, and for those who write them the drafts, sentence by sentence."""

from monitor.ui import bulletin, bulletin_draft, bulletin_proof, guard

who = guard.require("bulletin")
desk = bulletin.opened(who)
shown = bulletin.chosen(desk)

if shown is None:
    bulletin.begin(desk)
    bulletin.listing(desk)
else:
    bulletin.head(desk, shown)
    view = bulletin.pick_view(shown)
    if view == "proof":
        bulletin_proof.show(desk, shown)
    elif view == "history":
        bulletin.history(desk, shown)
    elif shown.editable:
        bulletin_draft.show(desk, shown)
    else:
        bulletin.text(shown)
