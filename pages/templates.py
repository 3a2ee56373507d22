"""Templates of the monthly report: put the ministry's own form in place of ours, and go back."""

from monitor.ui import form_templates, guard

who = guard.require("templates")

form_templates.heading()
form_templates.hand_in(who)
form_templates.versions(who)
