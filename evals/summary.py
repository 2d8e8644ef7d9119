"""Figures of a whole run: means with intervals, overall and by group, and how fast it was."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evals.calibration import Scored, calibration
from evals.intervals import mean_with_interval, percentile
from evals.rows import Row
from evals.scoring import MEASURES
from evals.verdicts import GIVEN, VERDICTS, verdict_of

GROUPS = {"type": "题型", "category": "分类", "region": "地区", "style": "问法"}
NO_REGION = "未选地区"
NOT_JUDGED = "未判"
_SHARES = {"p50": 0.5, "p95": 0.95, "max": 1.0}


@dataclass(slots=True)
class Tally:
    """Scores of the rows seen so far; holds numbers only, so that memory stays flat."""

    scores: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    groups: dict[str, dict[str, dict[str, list[float]]]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    latencies_ms: list[float] = field(default_factory=list)
    stages_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: list[Scored] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    n: int = 0

    def add(self, row: Row) -> None:
        """Count one row."""
        self.n += 1
        self.statuses[row.status] += 1
        if row.cause:
            self.causes[row.cause] += 1
        if verdict := verdict_of(row):
            self.verdicts[verdict] += 1
        if row.confidence is not None and "correct" in row.scores and row.status in GIVEN:
            self.answers.append(Scored(row.confidence, row.scores["correct"]))
        self.latencies_ms.append(row.latency_ms)
        for stage, spent in row.timings_ms.items():
            self.stages_ms[stage].append(spent)
        for name, value in row.scores.items():
            self.scores[name].append(value)
        for group in GROUPS:
            key = group_of(row, group)
            into = self.groups.setdefault(group, {}).setdefault(key, defaultdict(list)) if key else {}
            for name, value in row.scores.items() if key else ():
                into[name].append(value)

    def figures(self) -> dict[str, object]:
        """The summary's figures: n, counts, measures, by group, calibration, times in milliseconds."""
        judged = calibration(self.answers)
        return {
            "n": self.n,
            "verdicts": {verdict: self.verdicts[verdict] for verdict in VERDICTS if self.verdicts[verdict]},
            "statuses": dict(self.statuses.most_common()),
            "causes": dict(self.causes.most_common()),
            "measures": _estimates(self.scores),
            "by": {
                group: {key: _estimates(values) for key, values in sorted(keys.items())}
                for group, keys in self.groups.items()
            },
            "calibration": None if judged is None else judged.to_json(),
            "latency_ms": _times(self.latencies_ms),
            "stages_ms": {stage: _times(values) for stage, values in self.stages_ms.items()},
        }


def told_verdicts(summary: Mapping[str, Any]) -> dict[str, int]:
    """The verdicts of a summary with those not judged (未判), so that they add up to n; {} when none was judged."""
    verdicts = dict(summary["verdicts"])
    left = summary["n"] - sum(verdicts.values())
    return verdicts | {NOT_JUDGED: left} if verdicts and left else verdicts


def group_of(row: Row, group: str) -> str:
    """A row's value in a group of GROUPS; empty when it has none."""
    question = row.question
    values = {
        "type": question.type,
        "category": question.category,
        "region": question.region or NO_REGION,
        "style": question.style,
    }
    return values[group]


def _estimates(scores: Mapping[str, list[float]]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for name, measure in MEASURES.items():
        estimate = mean_with_interval(scores.get(name, ()))
        if estimate is not None:
            found[name] = {"label": measure.label, **estimate.to_json()}
    return found


def _times(values: list[float]) -> dict[str, float | None]:
    return {name: percentile(values, share) for name, share in _SHARES.items()}
