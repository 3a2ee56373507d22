"""How long the demonstration takes to fill into an empty store, through the ordinary intake.

python benchmarks/init_demo.py
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from monitor.campaign import load_campaign
from monitor.demo import write_tables
from monitor.intake.load import import_file
from monitor.store import migrate, open_store
from monitor.store.setup import load_register_files


def main() -> None:
    """Print seconds and rows per second, by kind of table and in all."""
    campaign = load_campaign()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/store.db", campaign)
        migrate(store)
        load_register_files(store)
        start = time.perf_counter()
        paths = write_tables(campaign, Path(folder))
        writing = time.perf_counter() - start
        seconds: Counter[str] = Counter()
        rows: Counter[str] = Counter()
        for path in paths:
            begin = time.perf_counter()
            for result in import_file(store, campaign, path, by=""):
                rows[str(result.kind)] += result.rows
            seconds[path.name.split("-")[0]] += time.perf_counter() - begin
        store.close()
    print(f"{'making the tables':24}{writing:8.1f} s")
    for kind, spent in seconds.items():
        print(f"{kind:24}{spent:8.1f} s {rows[kind]:10,} rows {rows[kind] / spent:10,.0f} rows/s")
    total = sum(seconds.values())
    print(
        f"{'loading, in all':24}{total:8.1f} s {sum(rows.values()):10,} rows {sum(rows.values()) / total:10,.0f} rows/s"
    )
    print(f"{'init --demo':24}{writing + total:8.1f} s")


if __name__ == "__main__":
    main()
