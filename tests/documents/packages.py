"""Whether a .docx or .xlsx file opens without an offer to repair it: what word processors and spreadsheets insist on.

ECMA-376 gives the order of elements (part 1, wml.xsd and sml.xsd) and the rules of packages (part 2). Only elements that
documents of this program hold, or could come to hold, are listed: one that is not listed is a finding, too.
"""

import io
import zipfile
from collections import Counter
from posixpath import dirname, join, normpath
from typing import Final

from lxml import etree

from tests.documents.package import Package
from tests.documents.package_docx import document
from tests.documents.package_xlsx import workbook

R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CONTENT: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_REL: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"


def problems(content: bytes) -> list[str]:
    """Everything that is wrong with a file; empty where it opens without a question."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        package = Package({name: archive.read(name) for name in names})
        package.expect(archive.testzip() is None, "a part is damaged")
    package.expect(len(names) == len({name.lower() for name in names}), "a part is there twice")
    for name, part in package.parts.items():
        if name.endswith((".xml", ".rels")):
            package.expect(b"<!DOCTYPE" not in part, f"{name} has a document type")
            try:
                package.trees[name] = etree.fromstring(part)
            except etree.XMLSyntaxError as error:
                package.wrong.append(f"{name}: {error}")
    if not package.wrong:
        _content_types(package)
        _relationships(package)
        (document if "word/document.xml" in package.parts else workbook)(package)
    return package.wrong


# ---- the package -------------------------------------------------------------------------------------------------


def _content_types(package: Package) -> None:
    types = package.trees["[Content_Types].xml"]
    defaults = [one.get("Extension").lower() for one in types.iter(f"{_CONTENT}Default")]
    overrides = [one.get("PartName") for one in types.iter(f"{_CONTENT}Override")]
    for kind, found in (("extension", defaults), ("part", overrides)):
        for name, count in Counter(found).items():
            package.expect(count == 1, f"the content type of the {kind} {name} is given {count} times")
    for name in overrides:
        package.expect(name.lstrip("/") in package.parts, f"a content type is given for {name}, which is not there")
    for name in package.parts:
        known = f"/{name}" in overrides or name.rpartition(".")[2].lower() in defaults
        package.expect(known or name == "[Content_Types].xml", f"{name} has no content type")


def _relationships(package: Package) -> None:
    for name, tree in package.trees.items():
        if not name.endswith(".rels"):
            continue
        folder, source = dirname(dirname(name)), join(dirname(dirname(name)), name.rpartition("/")[2][: -len(".rels")])
        package.expect(name == "_rels/.rels" or source in package.parts, f"{name} belongs to nothing")
        ids = [one.get("Id") for one in tree.iter(f"{_REL}Relationship")]
        package.expect(len(ids) == len(set(ids)), f"{name} has an id twice")
        for one in tree.iter(f"{_REL}Relationship"):
            if one.get("TargetMode") != "External":
                target = one.get("Target")
                path = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
                package.expect(path in package.parts, f"{name} leads to {path}, which is not there")
        if source in package.trees:
            used = {
                value for one in package.trees[source].iter() for key, value in one.attrib.items() if key.startswith(R)
            }
            package.expect(
                used <= set(ids), f"{source} uses the relationships {sorted(used - set(ids))}, which are not there"
            )
    for name, tree in package.trees.items():
        own = join(dirname(name), "_rels", f"{name.rpartition('/')[2]}.rels")
        if own not in package.trees and not name.endswith(".rels"):
            used = {value for one in tree.iter() for key, value in one.attrib.items() if key.startswith(R)}
            package.expect(not used, f"{name} uses relationships and has none")
