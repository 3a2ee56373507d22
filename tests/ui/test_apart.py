"""Long computing in a process of its own."""

import os
from pathlib import Path

import pytest

from monitor import i18n
from monitor.store import Store, meta
from monitor.ui import runtime
from monitor.ui.apart import Refused, apart
from monitor.ui.jobs import Job, Tell
from tests.databases import address


@pytest.fixture(autouse=True)
def _served(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", address(empty_store))


def _look(store: Store, tell: Tell, word: str) -> tuple[int, str, str, int]:
    tell("1/2")
    with store.connect() as connection:
        return os.getpid(), i18n.language(), f"{word} {meta.data_version(connection)}", os.nice(0)


def _refuse(_store: Store, _tell: Tell) -> None:
    raise LookupError("row 7")


def _die(_store: Store, _tell: Tell) -> None:
    os._exit(9)


def test_it_runs_elsewhere_on_the_same_store_in_the_same_language_and_gives_way() -> None:
    try:
        i18n.use("en")
        job = Job(apart(_look, (), "version"))
        assert job.wait(60) and job.error is None and job.result is not None
        pid, language, said, nice = job.result
    finally:
        i18n.use(i18n.DEFAULT)
    assert pid != os.getpid() and not Path(f"/proc/{pid}").exists()
    assert (language, said, job.said) == ("en", "version 0", ["1/2"])
    assert nice > os.nice(0)


def test_words_for_the_person_come_back_others_do_not() -> None:
    told = Job(apart(_refuse, (LookupError,)), (Refused,))
    hidden = Job(apart(_refuse, (ValueError,)), (Refused,))
    died = Job(apart(_die, ()), (Refused,))
    assert told.wait(60) and told.error == "row 7"
    assert hidden.wait(60) and hidden.error and "row 7" not in hidden.error
    assert died.wait(60) and died.error and died.result is None
    runtime.close()
