"""Work that takes longer than a run of a page should: it goes on while the page is drawn again, clicked twice or left."""

import contextvars
from collections.abc import Callable
from threading import Thread
from typing import Final, Generic, TypeVar

from monitor import logs
from monitor.i18n import _
from monitor.store.trouble import explained
from monitor.ui import faults

Result = TypeVar("Result")
Tell = Callable[[str], None]

AT_ONCE: Final = 0.8  # seconds that a page waits for short work before it shows that it is going on


class Job(Generic[Result]):
    """One piece of work in a thread of its own. The work must not use Streamlit; it says how far it is by `tell`.

    `expected`: the errors whose words are for the person; all others are logged, and told in general terms.
    """

    def __init__(self, work: Callable[[Tell], Result], expected: tuple[type[Exception], ...] = ()) -> None:
        self.said: list[str] = []
        self.result: Result | None = None
        self.error: str | None = None
        # The language of whoever asked goes along. The work is the thread's alone: what it holds goes when it ends.
        self._thread = Thread(target=contextvars.copy_context().run, args=(self._run, work, expected), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[Tell], Result], expected: tuple[type[Exception], ...]) -> None:
        try:
            with logs.timed("job") as line:
                try:
                    self.result = work(self.said.append)
                except expected:
                    line["ended"] = "refused"
                    raise
        except expected as error:
            self.error = str(error)
        except Exception as error:
            number = faults.number_of(error)
            words = _("This could not be finished. What was loaded stands in the list of batches; nothing else was changed. Please try again.")  # fmt: skip
            self.error = faults.numbered(explained(error) or words, number)

    @property
    def running(self) -> bool:
        """Whether it is going on."""
        return self._thread.is_alive()

    def wait(self, seconds: float = AT_ONCE) -> bool:
        """Wait until it has ended, but no longer; whether it has."""
        self._thread.join(seconds)
        return not self.running
