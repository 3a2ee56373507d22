"""The emergency page (docs/emergency.md): each misfortune is brought about on a small installation, and the page's own commands see
to it. The upgrade of docs/operations.md as well."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.access import manage, passwords
from monitor.campaign import PROJECT, Campaign
from monitor.store import migrate, open_store
from tests.machine import Machine, blocks
from tests.pages.world import fill

pytestmark = pytest.mark.drill

PAGE = blocks("emergency.md")
BACKUP = "monitor-20161125-020000.db"
READY = '{"ready": true}'


@pytest.fixture(scope="module")
def installed(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with a small store, an administrator, and last night's backup."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    (machine.root / "etc/monitor.env").write_text(
        '# settings\nMONITOR_SMTP_PASSWORD=a&b c;$d#e\nMONITOR_ROBOT_330100="quoted"\n', encoding="utf-8"
    )
    store = open_store(machine.url, campaign)
    migrate(store)
    fill(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "ROUNDS", 4)
        manage.add(store, "admin", "administrator", "Correct-Horse-7", must_change=False)
    store.close()
    machine.run(f"monitor backup /var/backups/monitor/{BACKUP}")
    yield machine
    machine.stop()


@pytest.fixture
def machine(installed: Machine) -> Iterator[Machine]:
    """The machine as it was installed."""
    shutil.rmtree(installed.here / "data/store")
    (installed.here / "data/store").mkdir()
    for one in installed.backups.iterdir():
        if one.name != BACKUP:
            shutil.rmtree(one) if one.is_dir() else one.unlink()
    shutil.copy(installed.backups / BACKUP, installed.here / "data/store/monitor.db")
    yield installed
    installed.stop()


def section(number: str) -> list[str]:
    """The commands of one section."""
    return next(commands for title, commands in PAGE.items() if title.startswith(f"{number}、"))


def ask(machine: Machine, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(machine.here / "data/store/monitor.db")
    found = connection.execute(statement).fetchall()
    connection.commit()
    connection.close()
    return found


def test_the_program_does_not_answer(machine: Machine) -> None:
    machine.serve()
    machine.run('kill -9 "$(cat /tmp/../pid)"; sleep 1')
    looked = [machine.run(command, code=None) for command in section("一")[:3]]
    assert looked == ["", "", ""]
    said = machine.all_of(section("一")[3:])
    assert [output for command, output in said.items() if "readyz" in command][-1] == READY
    assert "数据库完好" in said["monitor doctor"] and "running" in machine.run("systemctl status monitor --no-pager")


def test_the_database_is_gone(machine: Machine) -> None:
    machine.serve()
    (machine.here / "data/store/monitor.db").write_bytes(b"nothing of a database" * 1000)
    for rest in (machine.here / "data/store").glob("monitor.db-*"):
        rest.unlink()
    assert "数据库已损坏" in machine.run("monitor doctor", code=2)
    whole = section("二")
    assert whole[0] == "systemctl start postgresql"  # the program is not started anew: tests/browser/test_outage.py
    said = machine.all_of([whole[0], *whole[2:]])
    assert (
        "数据库完好" in said["monitor doctor"]
        and "可以恢复" in said[f"monitor restore --check /var/backups/monitor/{BACKUP}"]
    )
    assert machine.run(whole[1]) == READY
    assert ask(machine, "SELECT count(*) FROM batch") == [(2,)]


def test_the_disk_is_full(machine: Machine) -> None:
    """What a full disk does to an import, a backup and an export: tests/store/test_full.py."""
    for day in range(1, 10):
        shutil.copy(machine.backups / BACKUP, machine.backups / f"monitor-2016110{day}-020000.db")
    machine.all_of(section("三"))
    left = sorted(one.name for one in machine.backups.glob("*.db"))
    assert len(left) == 7 and BACKUP in left and "monitor-20161101-020000.db" not in left


def test_a_wrong_table_was_loaded(machine: Machine) -> None:
    said = machine.all_of(section("四"))
    assert "第 2 批" in said["monitor undo --list"] and "审核表.csv" in said["monitor undo --list"]
    assert ask(machine, "SELECT id FROM batch WHERE undone_at IS NOT NULL") == [(2,)]
    assert "（已撤销）" in machine.run("monitor undo --list") and "数据库完好" in said["monitor doctor"]
    assert "--list" in machine.run("monitor undo", code=2)


def test_back_to_yesterday_and_forth_again(machine: Machine) -> None:
    ask(machine, "UPDATE unit SET name = 'spoilt'")
    whole = section("五")
    again = next(n for n, command in enumerate(whole) if "before-restore" in command)
    machine.all_of(whole[:again])
    assert ask(machine, "SELECT count(*) FROM unit WHERE name = 'spoilt'") == [(0,)]
    machine.all_of(whole[again:])
    assert ask(machine, "SELECT count(*) FROM unit WHERE name <> 'spoilt'") == [(0,)]


def test_the_audit_log_was_changed(machine: Machine) -> None:
    ask(machine, "UPDATE audit SET actor = 'somebody' WHERE id = 2")
    for day in range(1, 5):
        shutil.copy(machine.backups / BACKUP, machine.backups / f"monitor-2016110{day}-020000.db")
    # The nightly backup keeps what was found, says so, and no older one goes for it.
    assert "第 2 条起" in machine.run("monitor backup /var/backups/monitor --keep 1", code=1)
    assert len(list(machine.backups.glob("monitor-*.db"))) == 6
    said = machine.all_of(section("六"))
    assert "第 2 条起被改动过" in said["monitor doctor || true"]
    assert "数据库完好" in said["monitor doctor"] and (machine.backups / "evidence.db").is_file()
    assert len(said["monitor user reset admin --generate"].split()[-1]) == 16
    evidence = "/var/backups/monitor/evidence.db"
    assert "被改动过" in machine.run(f"monitor restore --check {evidence}", code=1)
    assert "--accept-audit" in machine.run(f"monitor restore {evidence} --replace", code=1)
    machine.run(f"monitor restore {evidence} --replace --accept-audit")
    assert ask(machine, "SELECT actor FROM audit WHERE id = 2") == [("somebody",)]


def test_the_administrator_forgot_the_password(machine: Machine, campaign: Campaign) -> None:
    ask(machine, "UPDATE account SET disabled = 1, locked_until = '2999-01-01T00:00:00+00:00'")
    said = machine.all_of(section("七"))
    drawn = said["monitor user reset admin --generate"].split()[-1]
    (kept, locked, off, change) = ask(
        machine, "SELECT password, locked_until, disabled, must_change FROM account WHERE name = 'admin'"
    )[0]
    assert passwords.matches(drawn, str(kept)) and (locked, off, change) == (None, 0, 1)
    assert ask(machine, "SELECT role FROM account WHERE name = 'admin2'") == [("administrator",)]


def _older(folder: Path) -> str:
    """Make the program of that folder the version before: it does not know the newest state of the tables."""
    newest = sorted((folder / "monitor/store/migrations/versions").glob("????_*.py"))[-1]
    newest.unlink()
    return sorted((folder / "monitor/store/migrations/versions").glob("????_*.py"))[-1].name[:4]


@pytest.fixture
def older(machine: Machine, campaign: Campaign) -> Iterator[str]:
    """The machine with the version before, its store and backup of that version, upgraded by docs/operations.md."""
    kept = machine.root / "opt/monitor-kept"
    shutil.copytree(machine.here, kept, symlinks=True)
    whole = (machine.backups / BACKUP).read_bytes()
    store = open_store(machine.url, campaign)
    state = _older(machine.here)
    migrate(store, state)
    store.close()
    assert "更新版本" in machine.run(f"monitor restore --check /var/backups/monitor/{BACKUP}", code=1)
    machine.run(f"monitor backup /var/backups/monitor/{BACKUP}")
    machine.install(machine.root / "opt/monitor-next")
    machine.all_of(next(commands for title, commands in blocks("operations.md").items() if title == "升级"))
    assert (machine.root / "opt/monitor-old/data/store/monitor.db").is_file()
    yield state
    for name in ("monitor", "monitor-old", "monitor-failed"):
        shutil.rmtree(machine.root / "opt" / name, ignore_errors=True)
    kept.rename(machine.here)
    (machine.backups / BACKUP).write_bytes(whole)


def test_an_upgrade_taken_back_with_what_came_after_it(machine: Machine, older: str, campaign: Campaign) -> None:
    ask(machine, "UPDATE unit SET name = 'later' WHERE code = 'S1'")
    commands = section("八")[: section("八").index("systemctl start monitor") + 1]
    known = next(command for command in commands if "--tables" in command)
    for command in commands:
        said = machine.run(known.replace(known.split()[-1], older) if command == known else command)
        machine.ran.add(command)
        assert "数据库完好" in said or command != "monitor doctor"
    assert ask(machine, "SELECT name FROM unit WHERE code = 'S1'") == [("later",)]
    assert ask(machine, "SELECT version_num FROM alembic_version") == [(older,)]


def test_an_upgrade_taken_back_to_the_backup(machine: Machine, older: str) -> None:
    ask(machine, "UPDATE unit SET name = 'later' WHERE code = 'S1'")
    # The older program with the newer store: it says what it would need, and changes nothing.
    shutil.copytree(machine.root / "opt/monitor-old/monitor", machine.root / "tmp/older")
    shutil.rmtree(machine.here / "monitor")
    shutil.copytree(machine.root / "tmp/older", machine.here / "monitor")
    assert f"init --tables {older}" in machine.run("monitor doctor", code=1)
    assert f"init --tables {older}" in machine.run("monitor serve", code=2)
    commands = section("八")[section("八").index("systemctl start monitor") + 1 :]
    said = machine.all_of(commands)
    assert "数据库完好" in said["monitor doctor"]
    assert ask(machine, "SELECT count(*) FROM unit WHERE name = 'later'") == [(0,)]


def test_the_clock_is_wrong(machine: Machine) -> None:
    assert "数据库完好" in machine.all_of(section("九"))["monitor doctor"]
    assert "timedatectl set-ntp true" in machine.called


def test_the_evening_of_the_25th(machine: Machine, campaign: Campaign) -> None:
    machine.serve()
    machine.run("curl -s --retry 30 --retry-delay 1 --retry-all-errors http://127.0.0.1:8501/readyz")
    machine.all_of(section("十"))
    assert (machine.root / "tmp/summary.xlsx").read_bytes()[:2] == b"PK"


def test_a_command_of_root_runs_with_the_settings_of_the_service(machine: Machine) -> None:
    machine.run("monitor user list")
    script = (machine.root / "usr/local/bin/monitor").read_text(encoding="utf-8")
    asked = script.replace('"$@"', "--help").replace("-m monitor", "-c 'import os; print(os.environ[\"MONITOR_SMTP_PASSWORD\"], os.environ[\"MONITOR_ROBOT_330100\"])'")  # fmt: skip
    (machine.root / "usr/local/bin/shown").write_text(asked, encoding="utf-8")
    assert machine.run("sh /usr/local/bin/shown").strip() == "a&b c;$d#e quoted"


def test_services_that_are_named_exist() -> None:
    ours = {path.name.removesuffix(".service") for path in (PROJECT / "deploy/systemd").iterdir()}
    for commands in (*PAGE.values(), *blocks("operations.md").values()):
        for command in commands:
            for unit in command.split()[2:] if command.startswith("systemctl") else ():
                assert unit.startswith("-") or unit in ours | {"postgresql"}, command


def test_every_command_of_the_page_was_run(installed: Machine, request: pytest.FixtureRequest) -> None:
    """The last test of this file: it looks at what the others ran."""
    if len([one for one in request.session.items if one.path == request.path]) < 14:
        pytest.skip("only with all the others")
    written = {command for commands in (*PAGE.values(), blocks("operations.md")["升级"]) for command in commands}
    assert written and not written - installed.ran
    page = (PROJECT / "docs/emergency.md").read_text(encoding="utf-8")
    mentioned = re.findall(r"(?<!`)`((?:monitor|systemctl) [^`]+)`", page)
    assert not [command for command in mentioned if command not in written]
