"""Read Word files (.docx) from their XML, as a reader of the printed page would see them.

python-docx leaves out tracked insertions and automatic numbers, so the XML is walked
here: insertions and moved-in text are read, deletions and hidden text are not; tables
give one line per row in place; text boxes and footnotes follow their paragraph;
headers and footers are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from lxml import etree

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers.docx_numbering import Numbering
from ingest.readers.package import open_package, read_member
from ingest.readers.raw import RawLine, RawPage
from ingest.readers.rows import repeated, row_line

_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f"{{{_NS}}}"
_SKIPPED = {f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr")}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TITLE_STYLES = {"Title", "title", "标题"}


def read_docx(path: Path, limits: Limits) -> RawPage:
    """Read a .docx file; paragraphs and table rows become lines.

    Raises:
        DocumentError: Damaged, encrypted, macro-enabled, or with a document type
            declaration (which office files never have).
    """
    with open_package(path, limits=limits) as package:
        if any(name.lower().endswith("vbaproject.bin") for name in package.namelist()):
            raise DocumentError("不支持带宏的 Word 文件。请另存为不带宏的 docx 后再添加。")
        body = _parse(package, "word/document.xml", limits).find(f"{_W}body")
        if body is None:
            raise DocumentError("Word 文件里没有正文，可能已损坏。请重新另存后再试。")
        walker = _Walker(_numbering(package, limits), _footnotes(package, limits))
    lines = [RawLine(text) for text in walker.block_lines(body)]
    return RawPage(tuple(lines), title=walker.title)


def _parse(package: ZipFile, name: str, limits: Limits) -> etree._Element:
    data = read_member(package, name, limits=limits)
    if b"<!DOCTYPE" in data or "<!DOCTYPE".encode("utf-16-le") in data:
        raise DocumentError("Word 文件里有不该有的外部声明，可能是恶意文件，没有读取。")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as exc:
        raise DocumentError("Word 文件内部格式有误，可能已损坏。请用 Word 或 WPS 打开，另存后再试。") from exc


def _numbering(package: ZipFile, limits: Limits) -> Numbering:
    names = package.namelist()
    part = _parse(package, "word/numbering.xml", limits) if "word/numbering.xml" in names else None
    styles = _parse(package, "word/styles.xml", limits) if "word/styles.xml" in names else None
    return Numbering.read(part, styles)


def _footnotes(package: ZipFile, limits: Limits) -> dict[str, str]:
    """Text of each footnote and endnote, by kind and id."""
    notes: dict[str, str] = {}
    for kind in ("footnote", "endnote"):
        name = f"word/{kind}s.xml"
        if name not in package.namelist():
            continue
        for note in _parse(package, name, limits).iterfind(f"{_W}{kind}"):
            text = "".join(_Walker(Numbering.empty(), {}).block_lines(note)).strip()
            if text and note.get(f"{_W}type") is None:
                notes[f"{kind}{note.get(f'{_W}id')}"] = text
    return notes


class _Walker:
    """Walks blocks and runs in reading order; counts the automatic numbers on the way."""

    def __init__(self, numbering: Numbering, notes: dict[str, str]) -> None:
        self.numbering = numbering
        self.notes = notes
        self.title: str | None = None
        self._after: list[str] = []  # text boxes and notes of the paragraph being read

    def block_lines(self, container: etree._Element) -> Iterator[str]:
        """Lines of all paragraphs and tables inside a container, wrappers looked through."""
        for block in container:
            if block.tag == f"{_W}p":
                yield from self._paragraph(block)
            elif block.tag == f"{_W}tbl":
                yield from self._table(block)
            elif block.tag not in _SKIPPED and isinstance(block.tag, str):
                yield from self.block_lines(block)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[str]:
        self._after = []
        text = "".join(self._runs(paragraph))
        after = self._after
        label = self.numbering.label(paragraph)
        if text.strip():
            style = paragraph.find(f"{_W}pPr/{_W}pStyle")
            if self.title is None and style is not None and style.get(f"{_W}val") in _TITLE_STYLES:
                self.title = " ".join(text.split())
            yield from (label + text).split("\n")
        yield from after

    def _runs(self, element: etree._Element) -> Iterator[str]:
        for child in element:
            if child.tag in _SKIPPED or child.tag == _FALLBACK or not isinstance(child.tag, str):
                continue
            name = child.tag.removeprefix(_W)
            if name == "t":
                yield child.text or ""
            elif name in ("tab", "ptab"):
                yield " "
            elif name in ("br", "cr"):
                yield "" if child.get(f"{_W}type") in ("page", "column") else "\n"
            elif name == "noBreakHyphen":
                yield "-"
            elif name == "txbxContent":
                boxed = list(_Walker(self.numbering, self.notes).block_lines(child))
                self._after.extend(boxed)
            elif name in ("footnoteReference", "endnoteReference"):
                if note := self.notes.get(f"{name.removesuffix('Reference')}{child.get(f'{_W}id')}"):
                    self._after.append(f"注：{note}")
            elif not (name == "r" and self._is_hidden(child)):
                yield from self._runs(child)

    @staticmethod
    def _is_hidden(run: etree._Element) -> bool:
        vanish = run.find(f"{_W}rPr/{_W}vanish")
        return vanish is not None and vanish.get(f"{_W}val") not in ("0", "false")

    def _table(self, table: etree._Element) -> Iterator[str]:
        """One line per row; a table of one column is paragraphs. Cells over several rows are said in each."""
        above: dict[int, str] = {}  # column: the text of the cell that may go on below
        for row in table.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is not table:
                continue
            cells = list(self._cells(row))
            if len(cells) == 1:
                yield from self.block_lines(cells[0])
                continue
            texts, column, is_empty = [], 0, True
            for cell in cells:
                own = " ".join(" ".join(self.block_lines(cell)).split())
                is_empty = is_empty and not own
                above[column] = own if own or not self._goes_on(cell) else above.get(column, "")
                texts.append(own or repeated(above[column]))
                column += self._span(cell)
            if not is_empty:
                yield row_line(texts)

    @staticmethod
    def _goes_on(cell: etree._Element) -> bool:
        """Whether a cell is the lower part of the one above it."""
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        return merged is not None and merged.get(f"{_W}val", "continue") == "continue"

    @staticmethod
    def _span(cell: etree._Element) -> int:
        """How many columns a cell takes."""
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        value = span.get(f"{_W}val", "1") if span is not None else "1"
        return int(value) if value.isascii() and value.isdigit() else 1

    @staticmethod
    def _cells(row: etree._Element) -> Iterator[etree._Element]:
        """Cells of a row itself, not those of a table inside it."""
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr")) is row:
                yield cell
