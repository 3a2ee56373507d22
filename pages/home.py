"""Home: what the account has to see to today, where its unit stands, and the ways to what people come for."""

from monitor.ui import guard, header, panels, tables, today

who = guard.require("home")
asked = header.opened("home", who)
row = asked.reader.standing(asked.unit, asked.sector)

today.today(asked)
today.asked_for(asked)
if asked.unit.kind == "province":
    kind, peers = tables.main_kind(asked.reader.members(asked.unit, asked.sector))
    panels.answer(asked, row, peers, kind)
else:
    panels.standing(asked, row)
today.shortcuts(who)
panels.key_figures(asked, row)
