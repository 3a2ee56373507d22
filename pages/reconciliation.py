"""Reconciliation: the three denominators side by side, their gaps, and the schools behind them."""

from monitor.ui import guard, header, reconciliation

who = guard.require("reconciliation")
asked = header.opened("reconciliation", who)

reconciliation.answer(asked)
reconciliation.below(asked)
reconciliation.schools(asked)
