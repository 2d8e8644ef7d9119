"""Worksheets that any office program opens: text stays text, headers stay in sight, rows stay readable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.rundir import writing

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell

MAX_CELL = 32_767  # Excel's limit; openpyxl cuts there without a word
_CUT = "……（过长已截断，全文见 results.jsonl）"
_LINE_POINTS, _MAX_LINES = 14.5, 9
_A4 = 9  # in the file format's list of papers
_FONT = "微软雅黑"
_FILLS = {"good": "E2F0D9", "bad": "FBE0DD", "warn": "FFF2CC", "mute": "EDEDED"}
_FORMATS = {"share": "0.0%", "count": "0", "time": "0.0", "p": "0.000"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: title, width in characters, number format (a key of _FORMATS) or text."""

    title: str
    width: float
    format: str = ""


def new_book() -> Workbook:
    """An empty workbook that is written row by row, with the project's styles."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for style in _styles():
        book.add_named_style(style)
    return book


def _styles() -> list[Any]:
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

    line = Side(style="thin", color="D0D5DB")
    border = Border(left=line, right=line, top=line, bottom=line)
    wrap = Alignment(wrap_text=True, vertical="top")
    centred = Alignment(horizontal="center", vertical="top")
    font = Font(name=_FONT, size=10)
    styles = [
        NamedStyle("ev_body", font=font, alignment=wrap, border=border),
        NamedStyle("ev_number", font=font, alignment=centred, border=border),
        NamedStyle("ev_title", font=Font(name=_FONT, size=15, bold=True, color="1F3A5F")),
        NamedStyle("ev_section", font=Font(name=_FONT, size=12, bold=True, color="1F3A5F")),
        NamedStyle("ev_note", font=Font(name=_FONT, size=10, color="5F6B7A")),
        NamedStyle(
            "ev_header",
            font=Font(name=_FONT, size=10, bold=True, color="FFFFFF"),
            fill=PatternFill("solid", fgColor="2F5C8F"),
            alignment=Alignment(wrap_text=True, vertical="center", horizontal="center"),
            border=border,
        ),
    ]
    for name, colour in _FILLS.items():
        fill = PatternFill("solid", fgColor=colour)
        styles.append(NamedStyle(f"ev_{name}", font=font, fill=fill, alignment=wrap, border=border))
    return styles


class Sheet:
    """A worksheet being written from top to bottom; `row` is the last row written, 1-based, 0 at first."""

    def __init__(
        self, book: Workbook, title: str, columns: Sequence[Column] = (), *, freeze: str = ""
    ) -> None:
        """Add a sheet; with `columns` it begins with their frozen header, else use `columns_widths`."""
        self.ws = book.create_sheet(title)
        self.row = 0
        self._formats = [_FORMATS.get(column.format, "") for column in columns]
        self._widths = [column.width for column in columns]
        self._width_columns(self._widths)
        self.ws.sheet_view.showGridLines = False
        self._fit_to_paper(title_row=bool(columns))
        if columns:
            self.ws.freeze_panes = freeze or "A2"
            self._line([column.title for column in columns], "ev_header")
            self._columns = len(columns)

    def _fit_to_paper(self, *, title_row: bool) -> None:
        self.ws.page_setup.orientation, self.ws.page_setup.paperSize = "landscape", _A4
        self.ws.sheet_properties.pageSetUpPr.fitToPage = True
        self.ws.page_setup.fitToHeight = 0
        if title_row:
            self.ws.print_title_rows = "1:1"

    def _width_columns(self, widths: Sequence[float]) -> None:
        from openpyxl.utils import get_column_letter

        for number, width in enumerate(widths, start=1):
            self.ws.column_dimensions[get_column_letter(number)].width = width

    def set_widths(self, widths: Sequence[float]) -> None:
        """Column widths in characters; only before the first row is written."""
        self._widths = list(widths)
        self._width_columns(widths)

    def add(self, values: Sequence[object], *, fills: Mapping[int, str] | None = None) -> None:
        """A body row; `fills` colours columns (from 0) as good, bad, warn or mute."""
        self.ws.row_dimensions[self.row + 1].height = self._height(values)
        cells = []
        for place, value in enumerate(values):
            cell = self._cell(value, f"ev_{fills[place]}" if fills and place in fills else "ev_body")
            if place < len(self._formats) and self._formats[place] and isinstance(value, int | float):
                cell.style, cell.number_format = "ev_number", self._formats[place]
            cells.append(cell)
        self._append(cells)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> tuple[int, int]:
        """A small table below what is there; returns its first and last body row."""
        self._line([column.title for column in columns], "ev_header")
        self._formats = [_FORMATS.get(column.format, "") for column in columns]
        first = self.row + 1
        for row in rows:
            self.add(row)
        return first, self.row

    def text(self, text: str, *, style: str = "note") -> None:
        """A line of text: title, section or note."""
        self._line([text], f"ev_{style}")

    def gap(self) -> None:
        """An empty row."""
        self._append([])

    def filter(self) -> None:
        """Filter buttons over header and all rows written."""
        from openpyxl.utils import get_column_letter

        self.ws.auto_filter.ref = f"A1:{get_column_letter(self._columns)}{max(self.row, 1)}"

    def choices(self, column: int, options: Sequence[str], *, last_row: int | None = None) -> None:
        """A drop-down in a column (from 0), below the header."""
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.datavalidation import DataValidation

        rule = DataValidation(type="list", formula1=f'"{",".join(options)}"', allow_blank=True)
        rule.error, rule.errorTitle, rule.showErrorMessage = (
            f"请选：{'、'.join(options)}",
            "不认识的内容",
            True,
        )
        letter = get_column_letter(column + 1)
        rule.add(f"{letter}2:{letter}{last_row or max(self.row, 2)}")
        self.ws.data_validations.append(rule)

    def _line(self, values: Sequence[object], style: str) -> None:
        if style == "ev_header":
            self.ws.row_dimensions[self.row + 1].height = 2 * _LINE_POINTS + 3
        self._append([self._cell(value, style) for value in values])

    def _append(self, cells: Sequence[Cell]) -> None:
        self.ws.append(cells)
        self.row += 1

    def _cell(self, value: object, style: str) -> Cell:
        from openpyxl.cell import WriteOnlyCell

        cell: Cell = WriteOnlyCell(self.ws)
        if isinstance(value, bool):
            value = "是" if value else "否"
        if value is None or isinstance(value, int | float):
            cell.value = value
        else:
            # A text beginning with = would otherwise be a live formula (=cmd|…), set by a document or a user.
            cell.value, cell.data_type = clean(str(value)), "s"
        cell.style = style
        return cell

    def _height(self, values: Sequence[object]) -> float:
        """Points for the fullest cell, up to nine lines: nobody scrolls past one answer for a page."""
        lines = 1
        for value, width in zip(values, self._widths, strict=False):
            if isinstance(value, str):
                per_line = max(2, int(width) - 2)  # one wide character less: fonts differ between programs
                lines = max(lines, sum(1 + _columns(part) // per_line for part in value[:2000].split("\n")))
        return min(lines, _MAX_LINES) * _LINE_POINTS + 3


def _columns(text: str) -> int:
    """Columns a text takes in a fixed font, where a Chinese character takes two: as GB 18030 has bytes."""
    return len(text.encode("gb18030", "replace"))


def clean(text: str) -> str:
    """Text that a cell can hold: no control characters, at most 32,767 characters, saying so when cut."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = ILLEGAL_CHARACTERS_RE.sub("", text).replace("\ufffe", "").replace("\uffff", "")
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - len(_CUT)] + _CUT


def save(book: Workbook, path: Path) -> None:
    """Write a workbook aside and put it in place in one step.

    Raises:
        RunFolderError: It cannot be written there.
    """
    aside = path.with_name(path.name + ".tmp")
    for sheet in book.worksheets:
        sheet.close()  # left open, openpyxl complains on stderr when the file cannot be written
    with writing(path):
        with aside.open("wb") as file:
            book.save(file)
        aside.replace(path)
