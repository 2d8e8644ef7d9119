"""Read OFD files (GB/T 33190), the format of official document systems.

An OFD is a zip of XML. Text objects carry their words with positions; they are put
in order by height, then from left to right. Seals, signatures and pictures are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZipFile

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers import ocr
from ingest.readers.layout import PrintedLine, paragraphs
from ingest.readers.package import open_package, read_member
from ingest.readers.raw import RawPage

_SAME_LINE = 0.5  # of a character's size
_A4_HEIGHT_MM = 297.0
_MIN_CHARS = 20


def read_ofd(path: Path, limits: Limits) -> RawPage:
    """Read all pages of an OFD; nothing is returned unless every page could be read.

    Raises:
        DocumentError: Damaged or missing parts, a document type declaration, too many
            pages, or pages that are only pictures of text.
    """
    with open_package(path, limits=limits) as package:
        pages: list[list[PrintedLine]] = []
        for document in _documents(package, limits):
            locations = list(_page_locations(package, document, limits))
            if len(pages) + len(locations) > limits.pages:
                raise DocumentError(f"“{path.name}”超过 {limits.pages} 页。请拆分后再添加。")
            for location in locations:
                content = _parse(package, location, limits)
                pages.append(list(_lines(content, len(pages) + 1)))
    if sum(len(line.text) for page in pages for line in page) < _MIN_CHARS:
        raise DocumentError(ocr.MISSING.format(name=path.name))
    return RawPage(tuple(paragraphs(pages)))


def _parse(package: ZipFile, name: str, limits: Limits) -> Any:  # noqa: ANN401 - an ElementTree element
    from xml.etree.ElementTree import ParseError

    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        return ElementTree.fromstring(read_member(package, name, limits=limits), forbid_dtd=True)
    except DefusedXmlException as exc:
        raise DocumentError("OFD 文件里有不该有的外部声明，可能是恶意文件，没有读取。") from exc
    except ParseError as exc:
        raise DocumentError(f"OFD 文件内部的“{name}”已损坏，没有读取。请重新导出后再试。") from exc


def _documents(package: ZipFile, limits: Limits) -> Iterator[str]:
    """Member names of the documents' root files."""
    for root in _all(_parse(package, "OFD.xml", limits), "DocRoot"):
        yield _resolved("", root.text or "")


def _page_locations(package: ZipFile, document: str, limits: Limits) -> Iterator[str]:
    folder = str(PurePosixPath(document).parent)
    pages = [
        page for pages in _all(_parse(package, document, limits), "Pages") for page in _all(pages, "Page")
    ]
    if not pages:
        raise DocumentError("OFD 文件里没有页面，可能已损坏。请重新导出后再试。")
    for page in pages:
        yield _resolved(folder, page.get("BaseLoc") or "")


def _resolved(folder: str, location: str) -> str:
    """A member name from a location that is relative to a folder, or absolute in the package."""
    joined = location.lstrip("/") if location.startswith("/") else f"{folder}/{location}"
    parts = [part for part in PurePosixPath(joined).parts if part not in (".", "/")]
    if ".." in parts or not parts:
        raise DocumentError("OFD 文件里的页面位置有误，可能已损坏或是恶意文件，没有读取。")
    return "/".join(parts)


def _lines(content: Any, number: int) -> Iterator[PrintedLine]:  # noqa: ANN401
    """The text objects of a page, those of one height joined."""
    height = next((_floats(box.text or "")[3] for box in _all(content, "PhysicalBox")), _A4_HEIGHT_MM)
    words = sorted(_words(content, number, height), key=lambda line: (line.top, line.left))
    row: list[PrintedLine] = []
    for word in words:
        if row and word.top - row[0].top > _SAME_LINE * row[0].size:
            yield _joined(row)
            row = []
        row.append(word)
    if row:
        yield _joined(row)


def _words(content: Any, number: int, height: float) -> Iterator[PrintedLine]:  # noqa: ANN401
    for item in _all(content, "TextObject"):
        box = _floats(item.get("Boundary") or "")
        size = _floats(item.get("Size") or "", 1)[0] or 3.5
        for code in _all(item, "TextCode"):
            text = (code.text or "").strip("\r\n")
            if text.strip():
                left = box[0] + _floats(code.get("X") or "", 1)[0]
                top = box[1] + _floats(code.get("Y") or "", 1)[0] - size
                width = sum(size if ord(char) > 0x2E7F or char in "“”—…" else size / 2 for char in text)
                yield PrintedLine(text, number, left, left + width, top, size, height)


def _joined(row: list[PrintedLine]) -> PrintedLine:
    row = sorted(row, key=lambda word: word.left)
    text = row[0].text
    for before, word in pairwise(row):
        text += (" " if word.left - before.right > before.size else "") + word.text
    first = row[0]
    right = max(word.right for word in row)
    return PrintedLine(text.strip(), first.page, first.left, right, first.top, first.size, first.page_height)


def _all(element: Any, name: str) -> Iterator[Any]:  # noqa: ANN401
    """Descendants of this name in any namespace: producers differ in theirs."""
    for child in element.iter():
        if isinstance(child.tag, str) and child.tag.rsplit("}", 1)[-1] == name and child is not element:
            yield child


def _floats(text: str, count: int = 4) -> list[float]:
    try:
        values = [float(part) for part in text.split()]
    except ValueError:
        values = []
    return (values + [0.0] * count)[:count]
