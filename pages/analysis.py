"""Analysis: who differs by more than chance, what changed between two days, how past forecasts did."""

from monitor.ui import analysis, guard, header

who = guard.require("analysis")
asked = header.opened("analysis", who)
analysis.chosen()(asked)
