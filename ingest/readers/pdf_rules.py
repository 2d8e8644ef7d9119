"""The straight lines drawn on a PDF page, by which tables are told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ingest.readers.grids import Rule

_THIN = 3.0  # points: a filled box no thicker is a drawn line
_SHORT = 6.0  # points: shorter ones belong to figures and letters
_STRAIGHT = 1.0
_MAX_PATHS = 4000  # a page with more is a drawing

Point = tuple[float, float]


def rules_of(page: Any) -> list[Rule]:  # noqa: ANN401 - pypdfium2 is imported lazily
    """Horizontal and vertical lines of a page (pypdfium2); empty for a page that is a drawing."""
    from pypdfium2 import raw

    paths = [item.raw for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=1)]
    if len(paths) > _MAX_PATHS:
        return []
    height = page.get_height()
    return [rule for path in paths for rule in _rules(path, raw, height)]


def _rules(path: Any, raw: Any, height: float) -> Iterator[Rule]:  # noqa: ANN401
    import ctypes

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke)):
        return
    for points in _outlines(path, raw):
        xs = [x for x, _ in points]
        ys = [height - y for _, y in points]
        wide, tall = max(xs) - min(xs), max(ys) - min(ys)
        if min(wide, tall) <= _THIN and (stroke.value or fill.value):
            yield from _rule(min(xs), min(ys), max(xs), max(ys))
        elif stroke.value:
            for (x1, y1), (x2, y2) in pairwise(zip(xs, ys, strict=True)):
                yield from _rule(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _rule(left: float, top: float, right: float, bottom: float) -> Iterator[Rule]:
    """The line that a flat or narrow box is, none for a slanted or a short one."""
    wide, tall = right - left, bottom - top
    if wide > _SHORT and tall <= max(_STRAIGHT, min(_THIN, wide / 4)):
        yield Rule(True, (top + bottom) / 2, left, right)
    elif tall > _SHORT and wide <= max(_STRAIGHT, min(_THIN, tall / 4)):
        yield Rule(False, (left + right) / 2, top, bottom)


def _outlines(path: Any, raw: Any) -> Iterator[list[Point]]:  # noqa: ANN401
    """The points of each straight-sided part of a path, closed ones with their first point again."""
    import ctypes

    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(path, matrix)
    points: list[Point] = []
    curved = False
    for number in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, number)
        x, y = ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1 and not curved:
                yield points
            points, curved = [], False
        curved = curved or kind == raw.FPDF_SEGMENT_BEZIERTO
        points.append(
            (
                matrix.a * x.value + matrix.c * y.value + matrix.e,
                matrix.b * x.value + matrix.d * y.value + matrix.f,
            )
        )
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if len(points) > 1 and not curved:
        yield points
