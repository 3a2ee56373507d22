"""Chase list: what is asked of whom today, sent once, with what became of it."""

from monitor.ui import chase, guard, header

who = guard.require("chase")
desk = chase.opened(header.opened("chase", who))

chase.answer(desk)
chase.listed(desk)
