"""Figures of a whole run: means with intervals, overall and by group, and how fast it was."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from evals.intervals import mean_with_interval, percentile
from evals.scoring import MEASURES

GROUPS = {"type": "题型", "category": "分类", "region": "地区", "style": "问法"}
_NO_VALUE = {"region": "未选地区"}
_DIGITS = 4


@dataclass(slots=True)
class Tally:
    """Scores of the rows seen so far; holds numbers only, so that memory stays flat."""

    scores: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    groups: dict[str, dict[str, dict[str, list[float]]]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    latencies_ms: list[float] = field(default_factory=list)
    stages_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    n: int = 0

    def add(self, row: Mapping[str, object]) -> None:
        """Count one row of results.jsonl."""
        self.n += 1
        self.statuses[str(row.get("status"))] += 1
        self.latencies_ms.append(_number(row.get("latency_ms")))
        for stage, spent in _mapping(row.get("timings_ms")).items():
            self.stages_ms[stage].append(_number(spent))
        scores = {name: _number(value) for name, value in _mapping(row.get("scores")).items()}
        for name, value in scores.items():
            self.scores[name].append(value)
        gold = _mapping(row.get("gold"))
        for group in GROUPS:
            key = (row.get("region") if group == "region" else gold.get(group)) or _NO_VALUE.get(group)
            if key is None:
                continue
            into = self.groups.setdefault(group, {}).setdefault(str(key), defaultdict(list))
            for name, value in scores.items():
                into[name].append(value)

    def figures(self) -> dict[str, object]:
        """The summary's figures: n, statuses, measures, by group, latency."""
        return {
            "n": self.n,
            "statuses": dict(sorted(self.statuses.items())),
            "measures": _estimates(self.scores),
            "by": {
                group: {key: _estimates(values) for key, values in sorted(keys.items())}
                for group, keys in self.groups.items()
            },
            "latency_ms": _times(self.latencies_ms),
            "stages_ms": {stage: _times(values) for stage, values in self.stages_ms.items()},
        }


def _estimates(scores: Mapping[str, list[float]]) -> dict[str, dict[str, object]]:
    found = {}
    for name, measure in MEASURES.items():
        estimate = mean_with_interval(scores.get(name, ()))
        if estimate is not None:
            rounded = {key: round(value, _DIGITS) for key, value in asdict(estimate).items()}
            found[name] = {"label": measure.label, **rounded}
    return found


def _times(values: list[float]) -> dict[str, float | None]:
    shares = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {name: percentile(values, share) for name, share in shares.items()}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
