"""Rows of .xlsx and .csv question sheets by field name, whatever language the header is in."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HEADER_ROWS = 10
MAX_UNPACKED = 512 * 1024**2
# Merged cells are seen only when the whole workbook is loaded, at some 50 bytes for each of its own.
MAX_LOADED = 24 * 1024**2
_ALIASES = {
    "id": "id 编号 序号 题号 question_id",
    "question": "question 问题 题目 提问 问题内容 user_input query",
    "region": "region 地区 区域 所在地区 省份",
    "history": "history 对话历史 历史对话 上文",
    "key_facts": "key_facts 标准要点 要点 答案要点 关键要点",
    "must_not": "must_not 不得出现 禁止出现 错误说法",
    "gold_quotes": "gold_quotes 依据原文 原文依据 依据 reference_contexts",
    "gold_source": "gold_source 出处 来源 依据文件 文号",
    "answerable": "answerable 是否可答 可答",
    "expected_status": "expected_status 应有状态 预期状态",
    "category": "category 分类 类别 主题",
    "type": "type 题型 类型",
    "style": "style 问法 风格 wording",
    "accepted": "accepted 采用 是否采用",
    "reference": "reference 标准答案 参考答案 response_reference",
}
_FIELD_OF = {alias: name for name, aliases in _ALIASES.items() for alias in aliases.split()}
_ZEROS = re.compile(r"0+")


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as found, values by our field names; `problem` when it could not be taken apart.

    `own` holds the filled cells of columns that are not ours, by their heading as written.
    """

    number: int
    values: dict[str, object]
    problem: str = ""
    own: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Where a column's values go: our field of this name, or the sheet's `own` column of this heading."""

    name: str
    own: bool


class TableError(ValueError):
    """A sheet cannot be read at all; the message says why, in Chinese."""


def field_of(header: object) -> str | None:
    """Our field name for a column title (spaces, case, a trailing note in brackets ignored), or None."""
    text = re.sub(r"[（(\[【].*", "", str(header or ""))
    return _FIELD_OF.get("".join(text.split()).lower().rstrip("*:："))


def columns_of(headings: Sequence[object]) -> list[TableColumn]:
    """What each column of a header is; of two that mean one field the first is that field.

    The headings of own columns are told apart: a second 备注 is 备注（2）, one without a name 第5列.
    """
    found: dict[TableColumn, None] = {}
    for place, heading in enumerate(headings, start=1):
        column = TableColumn(field_of(heading) or "", own=False)
        if not column.name or column in found:
            title = " ".join(str(heading or "").split()) or f"第{place}列"
            column, uses = TableColumn(title, own=True), 1
            while column in found:
                uses += 1
                column = TableColumn(f"{title}（{uses}）", own=True)
        found[column] = None
    return list(found)


def row_of(
    number: int, columns: Sequence[TableColumn], cells: Sequence[object], *, problem: str = ""
) -> RawRow:
    """A row taken apart; empty cells of own columns are left out."""
    placed = list(zip(columns, cells, strict=False))
    values = {column.name: cell for column, cell in placed if not column.own}
    own = {column.name: cell for column, cell in placed if column.own and _is_filled(cell)}
    return RawRow(number, values, problem, own)


def _is_filled(cell: object) -> bool:
    return cell is not None and str(cell).strip() != ""


def decode(data: bytes) -> str:
    """Text of a file in UTF-8, UTF-16 (with mark) or GB18030.

    Raises:
        TableError: It is none of these.
    """
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError("文字编码不认识，请另存为 UTF-8 再试。")


def csv_rows(path: Path) -> Iterator[RawRow]:
    """Rows of a .csv with comma, tab or semicolon; numbers are the file's lines.

    Raises:
        TableError: Not text, or no question column in the first rows.
    """
    text = decode(path.read_bytes())
    for delimiter in (",", "\t", ";"):
        sample = list(_csv(io.StringIO(text, newline=""), delimiter, stop=HEADER_ROWS))
        header = find_header([cells for _, cells in sample])
        if header is not None:
            columns = columns_of(sample[header][1])
            rows = _csv(io.StringIO(text, newline=""), delimiter)
            return _named(rows, columns, skip=header + 1)
    raise TableError(_no_header())


def _csv(
    file: io.StringIO, delimiter: str, *, stop: int | None = None
) -> Iterator[tuple[int, Sequence[object]]]:
    reader = csv.reader(file, delimiter=delimiter)
    taken, line = 0, 1
    try:
        for cells in reader:
            if stop is not None and taken >= stop:
                return
            yield line, cells
            taken, line = taken + 1, reader.line_num + 1
    except csv.Error as exc:
        raise TableError(
            f"第 {reader.line_num} 行附近引号或分隔符有误（{exc}），请用表格软件重新另存。"
        ) from exc


def xlsx_rows(path: Path, *, sheet: str | None = None) -> Iterator[RawRow]:
    """Rows of a worksheet; a merged cell's value holds for all rows it spans.

    Raises:
        TableError: Not a workbook, unsafe to unpack, no such sheet, no question column.
    """
    rows = open_sheet(path, sheet=sheet)
    head = list(islice(rows, HEADER_ROWS))
    header = find_header([cells for _, cells in head])
    if header is None:
        raise TableError(_no_header())
    columns = columns_of(head[header][1])
    return _named(chain(head, rows), columns, skip=header + 1)


def open_sheet(path: Path, *, sheet: str | None = None) -> Iterator[tuple[int, Sequence[object]]]:
    """Row numbers (from 1) and cell values of a worksheet, formulas as their last value.

    Raises:
        TableError: Not a workbook, unsafe to unpack, or no such sheet.
    """
    merged = _merged_cells(path, sheet) if _unpacked_size(path) <= MAX_LOADED else []
    return _sheet_rows(_worksheet(path, sheet, read_only=True), merged)


def _worksheet(path: Path, sheet: str | None, *, read_only: bool) -> Worksheet:
    from openpyxl import load_workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    try:
        book = load_workbook(path, read_only=read_only, data_only=True, keep_links=False)
    except Exception as exc:  # openpyxl lets through whatever the damaged part raised
        raise TableError(f"打不开这个工作簿（{exc}），请用表格软件另存为 .xlsx 再试。") from exc
    if sheet is not None and sheet not in book.sheetnames:
        raise TableError(f"没有名为“{sheet}”的工作表，现有：{'、'.join(book.sheetnames)}。")
    worksheets = [book[sheet]] if sheet else book.worksheets
    if not worksheets:
        raise TableError("工作簿里没有工作表。")
    worksheet = worksheets[0]
    if isinstance(worksheet, ReadOnlyWorksheet):
        worksheet.reset_dimensions()  # a wrong stated size would cut rows off
    return worksheet


@dataclass(frozen=True, slots=True)
class _Merged:
    """A merged cell: its value holds for rows `first`–`last` of its first column, `place` from 0."""

    first: int
    last: int
    place: int
    value: object


def _merged_cells(path: Path, sheet: str | None) -> list[_Merged]:
    worksheet = _worksheet(path, sheet, read_only=False)  # the streaming reader does not know of merging
    found = []
    for area in worksheet.merged_cells.ranges:
        value = _cell(worksheet.cell(area.min_row, area.min_col))
        found.append(_Merged(area.min_row, area.max_row, area.min_col - 1, value))
    return found


def _sheet_rows(worksheet: Worksheet, merged: Sequence[_Merged]) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        for number, row in enumerate(worksheet.iter_rows(), start=1):
            cells = [_cell(cell) for cell in row]
            for area in merged:
                if area.first <= number <= area.last and area.place < len(cells):
                    cells[area.place] = area.value
            yield number, cells
    except Exception as exc:  # a damaged row shows only when it is reached
        raise TableError(f"工作表读到一半出错（{exc}），请用表格软件另存为 .xlsx 再试。") from exc


def _unpacked_size(path: Path) -> int:
    """Bytes the sheets unpack to, from the archive's directory: a bomb is refused before it opens."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except OSError as exc:
        raise TableError(f"读不到这个文件（{exc.strerror}），请检查路径。") from exc
    except zipfile.BadZipFile as exc:
        raise TableError(
            "不是有效的 .xlsx 文件（可能是改了后缀的 .xls），请用表格软件另存为 .xlsx。"
        ) from exc
    if size > MAX_UNPACKED:
        raise TableError("解压后过大，请把题集分成几个文件。")
    return size


def _cell(cell: object) -> object:
    """A cell's value; numbers shown as 001 by their format stay 001."""
    value, shown = getattr(cell, "value", None), getattr(cell, "number_format", "")
    if isinstance(value, int) and not isinstance(value, bool) and shown and _ZEROS.fullmatch(shown):
        return str(value).zfill(len(shown))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def find_header(rows: Sequence[Sequence[object]]) -> int | None:
    """Index of the first row that names a question column, None when no row does."""
    for number, cells in enumerate(rows[:HEADER_ROWS]):
        if any(field_of(cell) == "question" for cell in cells):
            return number
    return None


def _no_header() -> str:
    return f"前 {HEADER_ROWS} 行里没有“问题”这一列；列名可用：{'、'.join(a.split()[1] for a in _ALIASES.values())}。"


def _named(
    rows: Iterator[tuple[int, Sequence[object]]], columns: Sequence[TableColumn], *, skip: int
) -> Iterator[RawRow]:
    for place, (number, cells) in enumerate(rows):
        filled = [_is_filled(cell) for cell in cells]
        if place < skip or not any(filled):
            continue
        problem = "格子比表头多，可能是引号或逗号错位。" if any(filled[len(columns) :]) else ""
        yield row_of(number, columns, cells, problem=problem)
