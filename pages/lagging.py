"""Lagging units: who, why, since when, where it is held up, and whom to call."""

from monitor.ui import guard, header, lagging

who = guard.require("lagging")
asked = header.opened("lagging", who)
found = lagging.opened(asked)

lagging.answer(asked, found)
lagging.listed(asked, found)
