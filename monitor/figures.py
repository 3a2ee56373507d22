"""The names of the figures: the columns that every frame of this program uses, and what the screen calls them.

What each figure means is in docs/definitions.md.
"""

from typing import Final

LEVELS: Final = ("school", "county", "city", "province")
"""Review levels (审核级次) in their order."""

LEVEL_NAMES: Final = {"school": "学校", "county": "县级", "city": "市级", "province": "省级"}
"""Review levels as the tables write them."""

SCHOOL_TYPES: Final = {
    "kindergarten": "幼儿园",
    "primary": "小学",
    "junior": "初中",
    "senior": "普通高中",
    "complete": "完全中学",
    "nine_year": "九年一贯制",
    "twelve_year": "十二年一贯制",
    "vocational": "中等职业",
    "special": "特殊教育",
    "other": "其他",
    "university": "高等学校",
}
"""School types (学段) as the tables write them; `university` makes up the sector of universities."""

SECTORS: Final = {"schools": "中小学", "universities": "高校"}
"""Sectors (口径); never added up in one ranking."""

QUEUE: Final = ("pending", "approved", "returned")
"""A record's places at a review level."""

LEVEL_FIGURES: Final = tuple(f"{place}_{level}" for level in LEVELS for place in QUEUE)
INSTITUTIONS: Final = ("total", "started", "complete")
DENOMINATORS: Final = {"live": "expected", "baseline": "baseline", "statistics": "statistics"}
"""The denominators a campaign may name, and the figure that holds each."""

PEOPLE: Final = ("expected", "entered", "submitted", "numbered", "approved", "returned")
FIGURES: Final = (*PEOPLE, *LEVEL_FIGURES, *INSTITUTIONS, "baseline", "statistics")
"""Every figure of a unit on a day. `approved` and `returned` are those of the final level."""


def sector_of(school_type: str) -> str:
    """The sector that a school type belongs to."""
    return "universities" if school_type == "university" else "schools"
