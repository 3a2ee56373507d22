"""Whether the time of a refused sign-in tells who has an account: known, unknown, locked and disabled names, in turns.

Prints the median and the middle half of each, in milliseconds; the differences must drown in the spread.
"""

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from monitor.access import manage, passwords
from monitor.access.signin import sign_in
from monitor.campaign import load_campaign
from monitor.store import migrate, open_store

ROUNDS = 25
PASSWORD = "Correct-Horse-7"


def main() -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'store.db'}", load_campaign())
        migrate(store)
        for name in ("known", "locked", "disabled"):
            manage.add(store, name, "observer", PASSWORD, must_change=False)
        manage.set_disabled(store, "disabled", True)
        for _turn in range(5):
            sign_in(store, "locked", "wrong")
        passwords._nobody()
        times: dict[str, list[float]] = {name: [] for name in ("known", "unknown", "locked", "disabled")}
        for turn in range(ROUNDS):
            for name in times:
                if turn % 3 == 0:
                    manage.set_disabled(store, "known", False)  # takes the failures back: it is to stay open
                begun = time.perf_counter()
                sign_in(store, name, "wrong", datetime.now(UTC))
                times[name].append((time.perf_counter() - begun) * 1000)
        store.close()
    for name, measured in times.items():
        low, middle, high = statistics.quantiles(measured, n=4)
        print(f"{name:9} median {middle:6.1f} ms   middle half {low:6.1f} – {high:6.1f} ms")


if __name__ == "__main__":
    main()
