"""What is read of units and figures. Every function takes the scope of the account that asks: no scope, no rows.

Frames are pandas, small (tens to a few hundred rows; a province's schools at most), days are datetime64.
"""

from monitor.store.read.batches import batch_files, batches_behind, newest_day, snapshot_days, source_batches
from monitor.store.read.contacts import contacts, mail_of
from monitor.store.read.findings import finding_counts
from monitor.store.read.leaves import bounds, leaf_history, leaves_below, reporting_below
from monitor.store.read.own import (
    approved_before,
    collection_after,
    collection_before,
    collection_on,
    review_after,
    review_on,
)
from monitor.store.read.standing import by_school_type, figures, first_days, panel
from monitor.store.read.tree import (
    children,
    children_of,
    descendants,
    has_units,
    merged_into,
    names,
    path,
    root,
    unit,
    unit_by_id,
    units_by_id,
)

__all__ = [
    "approved_before",
    "batch_files",
    "batches_behind",
    "bounds",
    "by_school_type",
    "children",
    "children_of",
    "collection_after",
    "collection_before",
    "collection_on",
    "contacts",
    "descendants",
    "figures",
    "finding_counts",
    "first_days",
    "has_units",
    "leaf_history",
    "leaves_below",
    "mail_of",
    "merged_into",
    "names",
    "newest_day",
    "panel",
    "path",
    "reporting_below",
    "review_after",
    "review_on",
    "root",
    "snapshot_days",
    "source_batches",
    "unit",
    "unit_by_id",
    "units_by_id",
]
