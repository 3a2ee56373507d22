"""A migration, a submission, a publication, a backup, a restore killed (SIGKILL) at any moment: the store is as before or as
after, sound, and the program starts again by itself. Loads and undos: tests/intake/test_killed.py.

What was found is printed with -s; docs/operations.md holds the table.
"""

import os
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.access.who import Who
from monitor.bulletins.life import Desk
from monitor.campaign import Campaign
from monitor.filings import life
from monitor.filings.fields import fields_of
from monitor.filings.report import report
from monitor.store import Scope, Store, audit, backup, migrate, open_store, read
from tests.databases import Databases
from tests.filings.accounts import FULL, MONTH
from tests.intake.scenes import TIMES, Picture, Scene, content, sound, tables_as_they_are
from tests.pages.world import LAST, fill

pytestmark = pytest.mark.drill

ACTS = {"migrate": (2, 3), "submit": (3, 3), "publish": (3, 3), "backup": (3, 2), "restore": (3, 3)}
"""Kills of each act at random moments, and before statements."""
COMMIT_IS_LAST = ("migrate", "submit", "backup")
FIRST_STATE = "0001"


def _filled_in(store: Store, code: str) -> None:
    """A draft of the month's report with something in every field."""
    with store.connect() as connection:
        unit = read.unit(connection, Scope.all(), code)
        who = Who("city", "（演示）", "city", unit, Scope(frozenset({unit.id}), frozenset({"schools"})))
        shown = report(connection, store.campaign, who.scope, code, MONTH)
    assert shown.filing.version == 0
    for field in fields_of("schools"):
        typed = "（演示）审核人" if field.key == "reviewer" else FULL[field.kind]
        life.save_field(store, who, code, MONTH, field.key, typed, 0)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def scenes(
    request: pytest.FixtureRequest,
    databases_of: Callable[[str], Databases],
    campaign: Campaign,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Scene]]:
    """`scenes("submit")`: the store before that act."""
    databases, saved = databases_of(request.param), tmp_path_factory.mktemp("kills") / "saved.db"
    copy, made = databases.copy, databases.migrated()
    with closing(open_store(made, campaign)) as store:
        fill(store)
        _filled_in(store, "C1")
        Desk.of_the_office(store).draft("schools", LAST)
        backup.backup(store, saved, "")

    def prepared(change: Callable[[Store], None]) -> str:
        url = copy(made)
        with closing(open_store(url, campaign)) as changed:
            change(changed)
        return url

    def older(old: Store) -> None:
        migrate(old, FIRST_STATE)

    def spoilt(old: Store) -> None:
        with old.begin() as connection:
            connection.execute(text("UPDATE unit SET name = 'later'"))

    def whole_backup(store: Store, campaign: Campaign) -> bool:
        kept = sqlite3.connect(saved)
        found = kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept.close()
        return found and backup.check(campaign, saved).broken is None and sound(store, campaign)

    def scene(act: str) -> Scene:
        if act == "migrate":
            first = prepared(older)
            return Scene(lambda: copy(first), campaign, "migrate:", tables_as_they_are, _starts)
        if act == "restore":
            first = prepared(spoilt)
            return Scene(lambda: copy(first), campaign, f"restore:{saved}", content, whole_backup)
        if act == "backup":
            return Scene(lambda: copy(made), campaign, f"backup:{saved}", _with_the_log, whole_backup)
        return Scene(lambda: copy(made), campaign, {"submit": "submit:C1", "publish": "publish:1"}[act], content)

    yield scene


def _starts(store: Store, campaign: Campaign) -> bool:
    """What stands between is not looked at: the next start brings it up to date, on a store of its own."""
    return store.engine is not None


def _with_the_log(store: Store) -> Picture:
    """What a backup leaves in the store itself: an entry of the audit log."""
    with store.connect() as connection:
        number = audit.head(connection).partition(":")[0]
    return {**content(store), "audit": [(number,)]}


@pytest.mark.parametrize("act", ACTS)
def test_a_kill_at_any_moment(scenes: Callable[[str], Scene], act: str, capsys: pytest.CaptureFixture[str]) -> None:
    scene, (at_random, at_statements) = scenes(act), (number * TIMES for number in ACTS[act])
    assert scene.before != scene.after and scene.statements > at_statements
    draw = random.Random(act)
    for number in range(at_random):
        scene.kill(scene.seconds * 1.1 * (number + draw.random()) / at_random)
    for number in range(at_statements):
        done = scene.kill(die_at=1 + number * scene.statements // at_statements)
        assert not done or act not in COMMIT_IS_LAST
    if act in COMMIT_IS_LAST:
        assert scene.kill(die_at=scene.statements) is False
    scene.go_on()
    with capsys.disabled():
        kind = "SQLite" if scene.store.is_sqlite else "PostgreSQL"
        sys.stdout.write(f"\n{act:8} {kind:10} {scene.kills} kills: {scene.kills - scene.done} as before, {scene.done} as after\n")  # fmt: skip
    scene.store.close()


def test_what_was_left_half_made_goes_a_day_later(empty_store: Store, tmp_path: Path, monkeypatch: Any) -> None:
    fill(empty_store)
    monkeypatch.setattr(backup.tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / "monitor-restore-old").mkdir()
    names = [".monitor-part-old", ".monitor-part-old-journal", ".monitor-part-new", "monitor-restore-old", "monitor-restore-new"]  # fmt: skip
    for name in names:
        path = tmp_path / name
        path.mkdir(exist_ok=True) if name.startswith("monitor-restore") else path.touch()
        if "old" in name:
            os.utime(path, (time.time() - 90_000,) * 2)
    backup.backup(empty_store, tmp_path / "saved.db", "")
    backup.restore(empty_store, tmp_path / "saved.db", "", replace=True)
    assert {name for name in names if (tmp_path / name).exists()} == {".monitor-part-new", "monitor-restore-new"}
