"""Read workbooks (.xlsx): one line per row, as tables are everywhere."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers.package import open_package
from ingest.readers.raw import RawLine, RawPage
from ingest.readers.rows import row_line

_UNNAMED = re.compile(r"(?:Sheet|工作表|表)\s*\d*$", re.IGNORECASE)
_MAX_COLUMNS = 200
_MAX_EMPTY_ROWS = 1000  # a sheet may claim a million rows; after so many empty ones nothing follows


def read_xlsx(path: Path, limits: Limits) -> RawPage:
    """Read all visible sheets; a formula gives its last computed value.

    Raises:
        DocumentError: Damaged, encrypted, or with macros.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    with open_package(path, limits=limits) as package:
        if any(name.lower().endswith("vbaproject.bin") for name in package.namelist()):
            raise DocumentError("不支持带宏的表格。请另存为不带宏的 xlsx 后再添加。")
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, TypeError, OSError) as exc:
        raise DocumentError(f"“{path.name}”已损坏，打不开。请用表格软件打开，另存后再试。") from exc
    lines: list[RawLine] = []
    try:
        sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        for number, sheet in enumerate(sheets, start=1):
            rows = _rows(sheet)
            if rows and len(sheets) > 1:
                rows.insert(0, sheet.title)
            lines.extend(RawLine(row, number) for row in rows)
    finally:
        workbook.close()
    title = sheets[0].title if len(sheets) == 1 and not _UNNAMED.match(sheets[0].title) else None
    return RawPage(tuple(lines), title=title)


def _rows(sheet: object) -> list[str]:
    rows: list[str] = []
    empty = 0
    for values in sheet.iter_rows(max_col=_MAX_COLUMNS, values_only=True):  # type: ignore[attr-defined]
        cells = [_shown(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        empty = 0 if cells else empty + 1
        if empty > _MAX_EMPTY_ROWS:
            break
        if cells:
            filled = [cell for cell in cells if cell]
            rows.append(filled[0] if len(filled) == 1 else row_line(cells))
    return rows


def _shown(value: object) -> str:
    """A cell as a person sees it, on one line."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())
