"""Milestones: every unit against every date of the campaign, what was reached by training, and one's own reports."""

from monitor.ui import guard, milestone_form, milestones

who = guard.require("milestones")
page = milestones.opened(who)

milestones.answer(page)
milestone_form.own(page)
milestone_form.reports(page)
milestones.training(page)
milestones.picture(page)
milestones.units(page)
