"""`doctor` and the audit log."""

import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from monitor.__main__ import main
from monitor.store import Store, audit
from monitor.store.schema import audit as log
from tests.databases import address


def test_it_says_where_the_log_ends_and_from_where_it_was_changed(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", address(empty_store))
    with empty_store.begin() as connection:
        for number in range(3):
            audit.append(connection, "somebody", "edit", {"n": number})
        digest = audit.head(connection).split(":")[1]
    said = CliRunner().invoke(main, ["doctor"]).output
    assert digest in said and "改动" not in said
    with empty_store.begin() as connection:
        connection.execute(delete(log).where(log.c.id == 3))
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1 and "审计日志第 3 条起被改动过" in result.output
