"""`evals compare A B`: what changed between two runs of the same questions, question by question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from assistant.errors import AssistantError
from evals.agreement import sign_test
from evals.intervals import Estimate, difference_with_interval
from evals.rows import Json, Row
from evals.rundir import RunFolder
from evals.scoring import MEASURES

_DIGITS = 4


class CompareError(AssistantError):
    """Two runs share no question, or a gate is written wrongly."""


@dataclass(frozen=True, slots=True)
class Gate:
    """`--fail-if-worse measure:tolerance`: the mean over shared questions may worsen by at most `tolerance`."""

    measure: str
    tolerance: float

    @classmethod
    def parse(cls, text: str) -> Gate:
        """Read "exact_correct:0.01"; a missing tolerance is 0.

        Raises:
            CompareError: No such measure, or the tolerance is not a number from 0.
        """
        name, _, tolerance = text.partition(":")
        if name not in MEASURES:
            raise CompareError(f"没有“{name}”这个指标，可用：{'、'.join(MEASURES)}。")
        try:
            value = float(tolerance or 0)
        except ValueError:
            value = -1.0
        if not value >= 0:
            raise CompareError(f"容差应是不小于 0 的数，如 exact_correct:0.01，现在是“{text}”。")
        return cls(name, value)


@dataclass(frozen=True, slots=True)
class Mean:
    """A run's mean over those of the shared questions that it scored itself, and how many they are."""

    value: float
    n: int


@dataclass(frozen=True, slots=True)
class Change:
    """A measure over the `n` questions both runs scored: means, paired difference B − A with interval, sign test.

    `before_alone` and `after_alone` are each run's own mean: of refusals one run may have
    scored others than the other. `up` and `down` count the questions whose value rose and fell.
    """

    measure: str
    n: int
    before: float
    after: float
    before_alone: Mean
    after_alone: Mean
    difference: Estimate
    up: int
    down: int
    p_value: float

    @property
    def better(self) -> int | None:
        """Questions that became better; None for a measure that is neither good nor bad."""
        return self._judged(self.down if MEASURES[self.measure].lower_is_better else self.up)

    @property
    def worse(self) -> int | None:
        """Questions that became worse; None as for `better`."""
        return self._judged(self.up if MEASURES[self.measure].lower_is_better else self.down)

    def _judged(self, count: int) -> int | None:
        return count if MEASURES[self.measure].share else None

    @property
    def worsened_by(self) -> float:
        """How much worse the mean became, negative when it improved."""
        delta = self.after - self.before
        return delta if MEASURES[self.measure].lower_is_better else -delta


@dataclass(frozen=True, slots=True)
class Pair:
    """The same question in both runs."""

    before: Row
    after: Row

    @property
    def turned(self) -> str:
        """新对, 新错 or empty, by the measure `correct`."""
        first, second = self.before.scores.get("correct"), self.after.scores.get("correct")
        if first is None or second is None or first == second:
            return ""
        return "新对" if second > first else "新错"

    @property
    def citations_changed(self) -> bool:
        """Whether other places of other documents are cited; their order does not count."""
        return _cited(self.before) != _cited(self.after)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side. `notes` says what makes them less comparable, in Chinese."""

    changes: tuple[Change, ...]
    pairs: tuple[Pair, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def newly_wrong(self) -> list[str]:
        """Ids of the questions that only the first run had right, in its order."""
        return [pair.after.question.id for pair in self.pairs if pair.turned == "新错"]

    def figures(self) -> Json:
        """What `evals compare` prints."""
        return {
            "shared": len(self.pairs),
            "only_in_a": list(self.only_before),
            "only_in_b": list(self.only_after),
            "notes": list(self.notes),
            "changes": [_change_json(change) for change in self.changes],
            "newly_right": [pair.after.question.id for pair in self.pairs if pair.turned == "新对"],
            "newly_wrong": self.newly_wrong,
            "status_changed": [p.after.question.id for p in self.pairs if p.before.status != p.after.status],
            "citations_changed": [p.after.question.id for p in self.pairs if p.citations_changed],
        }

    def failed(self, gates: Iterable[Gate]) -> list[str]:
        """What each gate that does not hold says; empty when all hold.

        Raises:
            CompareError: A gate's measure was scored in none of the shared questions.
        """
        by_name = {change.measure: change for change in self.changes}
        messages = []
        for gate in gates:
            change = by_name.get(gate.measure)
            if change is None:
                raise CompareError(
                    f"两次评测都没有“{gate.measure}”的得分，不能用它把关；题集里要有相应的标注。"
                )
            # Means of thousandths differ in their last binary digits; those are not a worsening.
            if change.worsened_by > gate.tolerance + 1e-9:
                label = MEASURES[gate.measure].label
                messages.append(
                    f"{label}（{gate.measure}）从 {change.before:.4f} 变为 {change.after:.4f}，"
                    f"变差 {change.worsened_by:.4f}，超过容差 {gate.tolerance:g}（n={change.n}）。"
                )
        return messages


def compare(before: RunFolder, after: RunFolder) -> Comparison:
    """Pair the rows of two runs by question id and wording.

    Raises:
        RunFolderError: One of them is not a finished run.
        CompareError: They share no question.
    """
    summaries = before.summary(), after.summary()
    first, second = _by_question(before), _by_question(after)
    shared = [key for key in first if key in second]
    if not shared:
        raise CompareError(f"{before.path} 和 {after.path} 没有相同的题（编号和问题都相同），无法比较。")
    pairs = tuple(Pair(first[key], second[key]) for key in shared)
    changes = (_change(name, pairs) for name in MEASURES)
    return Comparison(
        changes=tuple(change for change in changes if change),
        pairs=pairs,
        only_before=tuple(key[0] for key in first if key not in second),
        only_after=tuple(key[0] for key in second if key not in first),
        notes=tuple(_notes(*summaries)),
    )


def _by_question(run: RunFolder) -> dict[tuple[str, str], Row]:
    """Rows by question, without their hits, which take most of the room and are not compared."""
    return {_key(row): replace(row, hits=()) for row in run.rows()}


def _key(row: Row) -> tuple[str, str]:
    return row.question.id, row.question.question


def _cited(row: Row) -> set[tuple[str, int, int]]:
    return {(cited.document_id, cited.start, cited.end) for cited in row.citations}


def _change(name: str, pairs: Sequence[Pair]) -> Change | None:
    scored = [
        (pair.before.scores[name], pair.after.scores[name])
        for pair in pairs
        if name in pair.before.scores and name in pair.after.scores
    ]
    changes = [second - first for first, second in scored]
    difference = difference_with_interval(changes, share=MEASURES[name].share)
    if difference is None:
        return None
    up = sum(second > first for first, second in scored)
    down = sum(second < first for first, second in scored)
    return Change(
        measure=name,
        n=len(scored),
        before=sum(first for first, _ in scored) / len(scored),
        after=sum(second for _, second in scored) / len(scored),
        before_alone=_mean([pair.before.scores[name] for pair in pairs if name in pair.before.scores]),
        after_alone=_mean([pair.after.scores[name] for pair in pairs if name in pair.after.scores]),
        difference=difference,
        up=up,
        down=down,
        p_value=sign_test(up, down),
    )


def _mean(values: Sequence[float]) -> Mean:
    return Mean(sum(values) / len(values), len(values))


def _change_json(change: Change) -> Json:
    data = asdict(change)
    difference = data.pop("difference")
    data |= {"better": change.better, "worse": change.worse, "label": MEASURES[change.measure].label}
    data["difference"] = {key: difference[key] for key in ("value", "low", "high")}
    return {key: _rounded(value) for key, value in data.items()}


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return round(value, _DIGITS) if isinstance(value, float) else value


_RUN_LABELS = {
    "questions_sha256": "题集文件",
    "as_of": "效力日期",
    "region": "默认地区",
    "mode": "成文方式",
    "generation": "索引版本",
    "settings": "设置",
    "commit": "代码",
}


def _notes(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    first, second = before.get("run"), after.get("run")
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return []
    stated = [name for name in _RUN_LABELS if name in first and name in second]  # a baseline states less
    return [f"{_RUN_LABELS[name]}不同。" for name in stated if first[name] != second[name]]
