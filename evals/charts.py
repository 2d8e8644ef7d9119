"""Bar charts as inline SVG: text stays text, nothing is fetched, nothing has to be installed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_ROW, _LABEL, _BAR, _VALUE, _HEAD, _PLOT = 26, 158, 240, 92, 34, 150


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: `value`, `low` and `high` between 0 and `top` of the chart; `note` stands at its end.

    `mark` is a second value to compare with, drawn as an upright line.
    """

    label: str
    value: float
    note: str
    low: float | None = None
    high: float | None = None
    tone: str = "main"
    mark: float | None = None


def bar_chart(title: str, bars: Sequence[Bar], *, top: float = 1.0) -> str:
    """An SVG of horizontal bars with interval whiskers; empty text for no bars.

    Tones are CSS classes: main, good, bad, mute.
    """
    if not bars:
        return ""
    height = _HEAD + _ROW * len(bars) + 6
    width = _LABEL + _BAR + _VALUE
    body = "".join(_bar(bar, _HEAD + _ROW * place, top) for place, bar in enumerate(bars))
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
        f'<text class="t" x="0" y="17">{escape(title)}</text>'
        f'<line class="axis" x1="{_LABEL}" x2="{_LABEL}" y1="{_HEAD - 4}" y2="{height - 4}"/>{body}</svg>'
    )


def _bar(bar: Bar, y: int, top: float) -> str:
    def x(value: float) -> float:
        return round(_LABEL + _BAR * max(0.0, min(value / top if top else 0.0, 1.0)), 1)

    middle = y + 9
    parts = [
        f'<text class="l" x="{_LABEL - 8}" y="{y + 13}">{escape(_short(bar.label))}</text>',
        f'<rect class="{bar.tone}" x="{_LABEL}" y="{y}" width="{x(bar.value) - _LABEL:.1f}" height="18" rx="2"/>',
    ]
    end = x(bar.value)
    if bar.low is not None and bar.high is not None:
        end = x(bar.high)
        parts.append(
            f'<path class="w" d="M{x(bar.low)} {middle}H{end}M{x(bar.low)} {y + 5}V{y + 13}M{end} {y + 5}V{y + 13}"/>'
        )
    if bar.mark is not None:
        end = max(end, x(bar.mark))
        parts.append(f'<path class="m" d="M{x(bar.mark)} {y - 2}V{y + 20}"/>')
    parts.append(f'<text class="v" x="{end + 6:.1f}" y="{y + 13}">{escape(bar.note)}</text>')
    return "".join(parts)


def curve_chart(title: str, points: Sequence[tuple[float, float]], *, x_name: str, y_name: str) -> str:
    """An SVG of a stepless curve through points (x, y) from 0 to 1; the y axis ends just above the curve.

    Empty text for fewer than two points.
    """
    if len(points) < 2:
        return ""
    top = max(0.1, math.ceil(max(y for _, y in points) * 10) / 10)
    width, height = _LABEL + _BAR + _VALUE, _HEAD + _PLOT + 44
    left, right = 52, width - 24

    def place(x: float, y: float) -> str:
        return f"{left + (right - left) * x:.1f} {_HEAD + _PLOT * (1 - y / top):.1f}"

    line = "L".join(place(x, y) for x, y in points)
    ticks = "".join(
        f'<text class="v" text-anchor="middle" x="{place(share, 0).split()[0]}" y="{_HEAD + _PLOT + 17}">{share:.0%}</text>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    )
    levels = "".join(
        f'<path class="axis" d="M{place(0, top * part)}L{place(1, top * part)}"/>'
        f'<text class="v" text-anchor="end" x="{left - 6}" y="{_HEAD + _PLOT * (1 - part) + 4:.1f}">{top * part:.0%}</text>'
        for part in (0, 0.5, 1)
    )
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
        f'<text class="t" x="0" y="17">{escape(title)}</text>{levels}{ticks}<path class="c" d="M{line}"/>'
        f'<text class="v" x="{right}" y="{height - 8}" text-anchor="end">{escape(x_name)} →　↑ {escape(y_name)}</text></svg>'
    )


def _short(label: str) -> str:
    return label if len(label) <= 12 else label[:11] + "…"
