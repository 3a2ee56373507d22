"""The program as `serve` starts it, telling every moment what it holds. Run as `python -m tests.ui.watched --port N`.

What it holds stands in the file that WATCHED names: Streamlit's sessions and our files on offer that are alive, and the
polls that are open (each session has an event loop, each loop a poll and two sockets). The state of a tab that is gone is
kept for a second here, not for a minute, and garbage is collected as often.
"""

import json
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

from streamlit import config
from streamlit.runtime.app_session import AppSession

from monitor.campaign import PROJECT
from monitor.cli.serving import run
from monitor.ui import downloads, upkeep

KEPT = 1
"""Seconds that the state of a tab that is gone is kept."""

_alive: "WeakSet[AppSession]" = WeakSet()
_begin = AppSession.__init__


def _begun(self: AppSession, *arguments: Any, **named: Any) -> None:
    _begin(self, *arguments, **named)
    _alive.add(self)


def _polls() -> int:
    found = 0
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found += "eventpoll" in str(entry.readlink())
    return found


def _tell(path: Path) -> None:
    while True:
        held = {
            "sessions": len(_alive),
            "offers": len(downloads._offers),
            "polls": _polls(),
        }
        path.with_suffix(".new").write_text(json.dumps(held))
        path.with_suffix(".new").replace(path)
        time.sleep(0.1)


if __name__ == "__main__":
    AppSession.__init__ = _begun  # type: ignore[method-assign]
    upkeep.EVERY = 1.0  # type: ignore[misc]
    config.set_option("server.disconnectedSessionTTL", KEPT)
    threading.Thread(target=_tell, args=(Path(os.environ["WATCHED"]),), daemon=True).start()
    run("app:app", str(PROJECT), "127.0.0.1", int(sys.argv[-1]), "127.0.0.1")
