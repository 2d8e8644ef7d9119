"""Bar charts as inline SVG: text stays text, nothing is fetched, nothing has to be installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_ROW, _LABEL, _BAR, _VALUE, _HEAD = 26, 158, 240, 92, 34


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: `value`, `low` and `high` between 0 and `top` of the chart; `note` stands at its end."""

    label: str
    value: float
    note: str
    low: float | None = None
    high: float | None = None
    tone: str = "main"


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
    parts.append(f'<text class="v" x="{end + 6:.1f}" y="{y + 13}">{escape(bar.note)}</text>')
    return "".join(parts)


def _short(label: str) -> str:
    return label if len(label) <= 12 else label[:11] + "…"
