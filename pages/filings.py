"""Filing calendar: who has filed what, on time, late or not at all; whom to ask."""

from monitor.ui import filings, guard, header

who = guard.require("filings")
shown = filings.opened(header.opened("filings", who))

filings.answer(shown)
filings.chasing(shown)
found = filings.board(shown)
filings.picture(shown, found)
filings.files(shown)
