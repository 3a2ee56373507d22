"""What if: another deadline, more reviewers, units exempted. Nothing is stored."""

from monitor.ui import guard, header, whatif

who = guard.require("whatif")
asked = header.opened("whatif", who)
scenario = whatif.scenario(asked)
whatif.answer(asked, scenario)
