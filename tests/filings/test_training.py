"""A monthly report says of training what was reported as a milestone, until somebody types something else."""

from datetime import UTC, date, datetime

from monitor.filings import life
from monitor.filings.milestone_load import Told, record_all
from monitor.filings.milestones import Report as Milestone
from monitor.filings.report import report
from monitor.store import Scope, Store
from tests.filings.test_roster import who
from tests.pages.world import fill

AT = datetime(2016, 11, 5, tzinfo=UTC)


def test_training_comes_from_the_milestones_until_somebody_types(empty_store: Store) -> None:
    fill(empty_store)
    own, county = Milestone(date(2016, 10, 28), "", 2, 30, 1), Milestone(date(2016, 10, 27), "", 3, 70, 1)
    record_all(empty_store, [Told("C1", "local_training", own, AT), Told("K1", "local_training", county, AT)], "tester")

    def said(code: str, month: str) -> tuple[int | None, ...]:
        with empty_store.connect() as connection:
            manual = report(connection, empty_store.campaign, Scope.all(), code, month).manual
        return (manual.training_sessions, manual.training_people, manual.training_counties, manual.training_schools)

    assert said("C1", "2016-11") == (2 + 3, 30 + 70, 1, 1 + 1)
    assert said("C1", "2016-10") == (None,) * 4, "on the report day of October nothing had been held"
    assert said("C2", "2016-11") == (None,) * 4 and said("U1", "2016-11") == (None,) * 4
    life.save_field(empty_store, who(empty_store, "city", "C1"), "C1", "2016-11", "training_people", "120", 0)
    assert said("C1", "2016-11") == (5, 120, 1, 2)
