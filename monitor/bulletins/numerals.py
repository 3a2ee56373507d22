"""What counts as a number in a sentence that somebody writes: digits, and Chinese characters where they count something.

十二个县, 三成, 百分之六十五 and 三分之一 say how many; 一是, 进一步, 统一 and 一人一号 do not. Where it is in doubt (一所 is one
school), it counts: a mark too many is read over, a number without one is not seen.
"""

import re
from typing import Final

_DIGITS: Final = "一二两三四五六七八九"
_SIGNS: Final = f"{_DIGITS}〇零十百千万亿"
_COUNTED: Final = "个所人名家县市区校条天日倍位件项次批场份周户月年例台门"
"""What stands behind a number that counts."""

_DIGITAL: Final = r"[−-]?\d[\d,]*(?:\.\d+)?[%％]?"
_SHARE: Final = rf"[{_SIGNS}]+分之[{_SIGNS}半]+(?:点[{_SIGNS}]+)?"
_TENTHS: Final = rf"[{_DIGITS}十]成(?:[{_DIGITS}]|半)?(?![员立为功果效绩长熟品就人])"
_LONG: Final = (
    rf"(?!万一)(?=[十百千万亿]*[{_DIGITS}])[{_SIGNS}]*[十百千万亿][{_SIGNS}]+|[{_DIGITS}][{_SIGNS}]*[十百千万亿]"
)
_ONE: Final = "一(?=[所家县市区校倍]|个(?:县|市|区|单位|学校|高校))"
_FEW: Final = rf"(?<![{_SIGNS}第])[{_DIGITS.removeprefix('一')}十百千](?=[余多几]?(?:[{_COUNTED}]|百分点|小时|学段))"
_RANK: Final = rf"(?<=第)[{_SIGNS}]+(?=[名位])"

NUMBER: Final = re.compile("|".join((_DIGITAL, _SHARE, _TENTHS, _LONG, _RANK, _FEW, _ONE)))
"""A number in a text, as it is written."""
