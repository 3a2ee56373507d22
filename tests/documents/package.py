"""A file of an office program taken apart, and the order of elements in its parts."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass
class Package:
    """A file taken apart: its parts by name, those that are XML as trees, and what was found to be wrong."""

    parts: dict[str, bytes]
    trees: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def expect(self, holds: bool, words: str) -> None:
        """Note what is wrong where it does not hold."""
        if not holds:
            self.wrong.append(words)


def in_order(package: Package, name: str, orders: dict[str, str], space: str, many: set[str]) -> None:
    """Hold the children of elements against the order of the schema (parent → its children)."""
    for parent, order in orders.items():
        places = {tag: number for number, tag in enumerate(order.split())}
        for element in package.trees[name].iter(f"{space}{parent}"):
            tags = [
                str(etree.QName(child).localname) for child in element if etree.QName(child).namespace == space[1:-1]
            ]
            unknown = [tag for tag in tags if tag not in places]
            package.expect(not unknown, f"{name}: {parent} holds {unknown}")
            numbers = [places[tag] for tag in tags if tag in places]
            # Of what may stand there many times, kinds may be mixed: headers and footers.
            numbers = [
                0 if tag in ("headerReference", "footerReference") else places[tag] for tag in tags if tag in places
            ]
            package.expect(numbers == sorted(numbers), f"{name}: the children of {parent} stand in the order {tags}")
            twice = [tag for tag, count in Counter(tags).items() if count > 1 and tag not in many]
            package.expect(not twice, f"{name}: {parent} has {twice} more than once")
