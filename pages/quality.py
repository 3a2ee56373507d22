"""Data quality: how much must be fixed or explained, where and by whom; each finding, and its explanation."""

from monitor.ui import explaining, finding_data, guard, header, quality

who = guard.require("quality")
asked = header.opened("quality", who)
found = finding_data.asked_for(asked)

quality.answer(found)
explaining.told()
if not explaining.opened(found):
    quality.breakdowns(found)
quality.filters(found)
quality.table(found)
