"""Working-group rosters: whose is in on paper and electronically, and one unit's roster to fill in, check and accept."""

from monitor.ui import guard, roster, roster_form

who = guard.require("roster")
page = roster.opened(who)

if page.code:
    roster_form.show(page)
else:
    roster.answer(page)
    roster.units(page)
