"""Help: the guide for officials, one page a task, read inside the program."""

from monitor.ui import guard, guide

who = guard.require("help")
guide.show(who)
