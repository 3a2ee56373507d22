"""Wall: the whole at a glance on the big screen of the operations room, which refreshes itself. No menu."""

from monitor.ui import guard, wall

who = guard.require("wall")
wall.show(who)
