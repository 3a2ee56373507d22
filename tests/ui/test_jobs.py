"""Work beside the page."""

import errno
from threading import Event

import pytest

from monitor import i18n
from monitor.ui.jobs import Job, Tell


def test_what_it_says_and_what_comes_of_it() -> None:
    go = Event()

    def work(tell: Tell) -> int:
        tell("begun")
        assert go.wait(30)
        return 7

    job = Job(work)
    assert not job.wait(0.01) and job.running and job.result is None
    go.set()
    assert job.wait(30) and not job.running
    assert (job.said, job.result, job.error) == (["begun"], 7, None)


def test_expected_errors_are_told_others_are_not() -> None:
    def fail(_tell: Tell) -> None:
        raise ValueError("row 7")

    told, hidden = Job(fail, (ValueError,)), Job(fail)
    assert told.wait(30) and told.error == "row 7"
    assert hidden.wait(30) and hidden.error and "row 7" not in hidden.error


def test_the_language_of_whoever_asked() -> None:
    try:
        i18n.use("en")
        job = Job(lambda _tell: i18n.language())
        i18n.use("zh_CN")
        assert job.wait(30) and job.result == "en"
    finally:
        i18n.use(i18n.DEFAULT)


def test_a_full_disk_is_told_as_such_and_without_what_was_typed(caplog: pytest.LogCaptureFixture) -> None:
    def work(_tell: Tell) -> None:
        raise OSError(errno.ENOSPC, "演示某某 330106198001011234")

    job: Job[None] = Job(work)
    assert job.wait(10)
    assert job.error is not None and "磁盘已满" in job.error and "编号" in job.error
    assert "330106198001011234" not in caplog.text
