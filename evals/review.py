"""`evals score`: read the verdicts people entered in answers.xlsx and sum them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from evals.agreement import agreement
from evals.intervals import mean_with_interval
from evals.rows import Json
from evals.tables import TableError, open_sheet
from evals.verdicts import PARTLY, RIGHT, VERDICTS, WRONG

SHEET = "明细"
_WORDS = {
    **dict.fromkeys(("对", "正确", "√", "✓", "1", "是"), RIGHT),
    **dict.fromkeys(("部分", "部分对", "部分正确", "半对", "0.5"), PARTLY),
    **dict.fromkeys(("错", "错误", "×", "✗", "x", "0", "否"), WRONG),
}
_VALUE = {RIGHT: 1.0, PARTLY: 0.5, WRONG: 0.0}


class ReviewError(AssistantError):
    """A reviewed workbook cannot be read or holds no verdict."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What people entered for one question; empty when they entered nothing.

    `judged` is our own 判分, `model` that of `evals judge`, where the file has it.
    """

    row: int
    id: str
    judged: str
    model: str
    first: str
    second: str


def score_reviews(paths: Sequence[Path]) -> Json:
    """Sum up one workbook (人工判定, 人工判定2), or two whose 人工判定 are two people's.

    Raises:
        ReviewError: A file cannot be read, has no 人工判定 column, or nothing is filled in.
    """
    problems: list[Json] = []
    verdicts = _read(paths[0], problems)
    if len(paths) > 1:
        second = {verdict.id: verdict.first for verdict in _read(paths[1], problems)}
        verdicts = [replace(verdict, second=second.get(verdict.id, "")) for verdict in verdicts]
    filled = [verdict for verdict in verdicts if verdict.first]
    if not filled:
        raise ReviewError(f"{paths[0].name} 的“人工判定”列还是空的，请填 {'、'.join(VERDICTS)} 后再试。")
    values = mean_with_interval([_VALUE[verdict.first] for verdict in filled])
    right = mean_with_interval([float(verdict.first == RIGHT) for verdict in filled])
    assert values and right
    return {
        "rows": len(verdicts),
        "reviewed": len(filled),
        "verdicts": dict(Counter(verdict.first for verdict in filled).most_common()),
        "right": right.to_json(),
        "mean": values.to_json(),
        "reviewers": agreement([(v.first, v.second) for v in filled if v.second]),
        "with_automatic": agreement([(v.first, v.judged) for v in filled if v.judged]),
        "with_model": agreement([(v.first, v.model) for v in filled if v.model]),
        "differ_from_automatic": [v.id for v in filled if v.judged and v.judged != v.first],
        "problems": problems,
    }


def in_words(figures: Mapping[str, Any]) -> list[str]:
    """The figures of `score_reviews` as lines for a person."""
    right, counts = figures["right"], figures["verdicts"]
    listed = "、".join(f"{verdict} {counts[verdict]}" for verdict in VERDICTS if verdict in counts)
    lines = [
        f"审了 {figures['reviewed']} / {figures['rows']} 题：{listed}；"
        f"对的占 {right['value']:.1%}（95% 区间 {right['low']:.1%}–{right['high']:.1%}）。"
    ]
    for name, title in (
        ("reviewers", "两人"),
        ("with_automatic", "与自动判分"),
        ("with_model", "与模型判定"),
    ):
        agreed = figures[name]
        if agreed["n"]:
            kappa = "无法计算" if agreed["kappa"] is None else f"{agreed['kappa']:.2f}"
            lines.append(f"{title}一致 {agreed['same']:.1%}，Cohen's kappa {kappa}（{agreed['n']} 题）。")
    return lines


def _read(path: Path, problems: list[Json]) -> list[Verdict]:
    found = []
    for verdict in _verdicts(path, problems):
        if verdict.id:
            found.append(verdict)
    return found


def _verdicts(path: Path, problems: list[Json]) -> Iterator[Verdict]:
    try:
        rows = open_sheet(path, sheet=SHEET)
    except TableError as exc:
        raise ReviewError(f"{path.name}：{exc}") from exc
    columns: dict[str, int] = {}
    for number, cells in rows:
        if not columns:
            titles = [str(cell or "").strip() for cell in cells]
            if "编号" in titles and "人工判定" in titles:
                columns = {title: place for place, title in enumerate(titles) if title}
            continue
        texts = {
            title: str(cells[place] or "").strip() for title, place in columns.items() if place < len(cells)
        }
        entered = []
        for title in ("人工判定", "人工判定2"):
            text = texts.get(title, "")
            if text and text.lower() not in _WORDS:
                problems.append(
                    {"file": path.name, "row": number, "reason": f"{title}“{text[:20]}”不认识，这一格没算。"}
                )
            entered.append(_WORDS.get(text.lower(), ""))
        known = [texts.get(title, "") for title in ("编号", "判分", "模型判定")]
        yield Verdict(number, *known, *entered)
    if not columns:
        raise ReviewError(
            f"{path.name} 的“{SHEET}”表里没有“编号”和“人工判定”两列，请用 evals run 写出的 answers.xlsx。"
        )
