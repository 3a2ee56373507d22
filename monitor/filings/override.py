"""Figures of a monthly report that the filer puts in place of computed ones: which, and what follows from them."""

import copy
from collections.abc import Iterable, Mapping
from typing import Any, Final

from monitor.campaign import Campaign
from monitor.figures import LEVELS, QUEUE
from monitor.filings.source import Override, dig, ratio, whole

LARGEST: Final = 100_000_000
SHORTEST: Final = 4
LONGEST: Final = 300
"""Characters of a reason."""

PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"institutions.{name}": ("figures", "institutions", name) for name in ("total", "started", "complete")},
    **{f"figures.{name}": ("figures", name) for name in ("expected", "entered", "submitted", "numbered", "approved")},
    **{f"levels.{level}.{place}": ("figures", "levels", level, place) for level in LEVELS for place in QUEUE},
}
"""What may be put right, by the placeholder's name: where it stands in the status document."""


def computed(document: Mapping[str, Any], name: str) -> int | None:
    """A figure that may be put right, as the tables say it."""
    return whole(dig(document, PATHS[name]))


def applied(campaign: Campaign, document: Mapping[str, Any], overrides: Iterable[Override]) -> dict[str, Any]:
    """The document with the filer's figures in their place, and its rates made anew of them.

    The rest of it (school types, pace, forecast, what the change is made of) stays as the tables say it.
    """
    result = copy.deepcopy(dict(document))
    given = {override.name: override.value for override in overrides}
    if not given:
        return result
    for name, value in given.items():
        *way, last = PATHS[name]
        dig(result, way)[last] = value
    figures = result["figures"]
    if "figures.expected" in given and campaign.denominator == "live":
        result["denominators"]["live"] = figures["expected"]
    people = given.keys() & {"figures.expected", "figures.submitted", "figures.approved"}
    if people:
        rates = result["rates"]
        rates["collection"] = ratio(figures["submitted"], figures["expected"])
        rates["completion"] = ratio(figures["approved"], result["denominators"][campaign.denominator])
        _review(document, result)
    return result


def _review(document: Mapping[str, Any], result: dict[str, Any]) -> None:
    """The review rate: what was returned at the final level follows from the computed rate, which is not put right."""
    rate, before = document["rates"]["review"], document["figures"]
    if rate is not None:
        returned = round(rate * before["submitted"]) - before["approved"]
        result["rates"]["review"] = ratio(result["figures"]["approved"] + returned, result["figures"]["submitted"])
