"""What a bench reports: figures beside their baseline and budget, as JSON and as a README table."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import ceil, floor
from pathlib import Path

from evals.intervals import mean_with_interval, percentile
from evals.rows import Json

_Z = 1.96  # of a normal distribution, 95 % within
_ENOUGH = 10  # measurements below which an interval says nothing


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `baseline` was measured in the same run; `budget` is what must hold.

    `higher_is_better` says which way both are to be read. `n` is how many measurements
    it stands for, `low`–`high` its interval at 95 % where there are enough of them.
    """

    what: str
    ours: float
    unit: str
    baseline: float | None = None
    budget: float | None = None
    higher_is_better: bool = False
    n: int = 1
    low: float | None = None
    high: float | None = None

    @property
    def times_better(self) -> float | None:
        """How many times better than the baseline, None without one."""
        if not self.baseline or not self.ours:
            return None
        return self.ours / self.baseline if self.higher_is_better else self.baseline / self.ours

    @property
    def held(self) -> bool | None:
        """Whether the budget holds, None without one."""
        if self.budget is None:
            return None
        return self.ours >= self.budget if self.higher_is_better else self.ours <= self.budget


@dataclass(frozen=True, slots=True)
class BenchResult:
    """A bench's figures. `against` says what the baseline is; `setup` what was measured on."""

    name: str
    title: str
    against: str
    figures: tuple[Figure, ...]
    setup: Json = field(default_factory=dict)

    def to_json(self) -> Json:
        """All of it, with the machine and how busy it was."""
        rows = [asdict(f) | {"times_better": f.times_better, "held": f.held} for f in self.figures]
        return {
            "name": self.name,
            "title": self.title,
            "against": self.against,
            "figures": rows,
            "setup": self.setup,
            "machine": machine(),
        }

    def table(self) -> str:
        """A Markdown table for README."""
        lines = [
            f"**{self.title}**（对照：{self.against}）",
            "",
            "| 项目 | 本系统 | 次数 | 对照 | 倍数 | 预算 |",
            "|---|---|---|---|---|---|",
        ]
        for figure in self.figures:
            times = f"{figure.times_better:.1f}×" if figure.times_better else ""
            cells = [
                shown(figure.ours, figure.unit) + _interval(figure),
                str(figure.n),
                shown(figure.baseline, figure.unit),
                times,
                _budget(figure),
            ]
            lines.append(f"| {figure.what} | {' | '.join(cells)} |")
        return "\n".join(lines)


def timed(
    what: str,
    seconds: Sequence[float],
    share: float,
    *,
    baseline: Sequence[float] = (),
    budget: float | None = None,
) -> Figure:
    """A percentile of measured times in milliseconds with its interval, beside the baseline's.

    The interval is that of order statistics: it assumes nothing about how times are spread.
    """
    times = sorted(to_ms(seconds))
    size = len(times)
    reach = _Z * (size * share * (1 - share)) ** 0.5
    low, high = floor(size * share - reach), ceil(size * share + reach)
    return Figure(
        what,
        percentile(times, share) or 0.0,
        "ms",
        baseline=percentile(to_ms(baseline), share),
        budget=budget,
        n=size,
        low=times[max(low, 1) - 1] if size >= _ENOUGH else None,
        high=times[min(high, size) - 1] if size >= _ENOUGH else None,
    )


def averaged(
    what: str, ours: Sequence[float], theirs: Sequence[float] = (), budget: float | None = None
) -> Figure:
    """A mean with its interval, higher being better, beside the baseline's mean; `ours` is not empty."""
    mine, plain = mean_with_interval(ours), mean_with_interval(theirs)
    assert mine
    return Figure(
        what,
        mine.value,
        "",
        baseline=plain.value if plain else None,
        budget=budget,
        higher_is_better=True,
        n=mine.n,
        low=mine.low,
        high=mine.high,
    )


def _interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"（{shown(figure.low, '')}–{shown(figure.high, '')}）"


def shown(value: float | None, unit: str) -> str:
    """A value with its unit, as many digits as it deserves; empty for None."""
    if value is None:
        return ""
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
    return f"{text} {unit}".strip()


def _budget(figure: Figure) -> str:
    if figure.budget is None:
        return ""
    sign = "≥" if figure.higher_is_better else "≤"
    return f"{sign} {shown(figure.budget, figure.unit)} {'✓' if figure.held else '✗'}"


def machine() -> Json:
    """Processor count, Python, and the load average, by which a busy machine gives itself away."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"cpus": os.cpu_count(), "python": platform.python_version(), "load_1min": load}


def memory_mb() -> float:
    """Resident memory of this process now, 0.0 where /proc does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def to_ms(seconds: Sequence[float]) -> list[float]:
    """Seconds as milliseconds."""
    return [1000 * value for value in seconds]
