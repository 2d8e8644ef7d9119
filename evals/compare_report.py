"""compare.html and compare.xlsx: two runs side by side, what turned right or wrong first."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from importlib.resources import files
from pathlib import Path

from evals.book import Column, Sheet, new_book, save
from evals.compare import Change, Comparison, Mean, Pair
from evals.matching import without_markup
from evals.rows import Row
from evals.rundir import writing
from evals.scoring import MEASURES
from evals.verdicts import STATUS_NAMES, verdict_of

_CHANGES = (
    Column("指标", 32),
    Column("A", 11, "share"),
    Column("A 题数", 9, "count"),
    Column("B", 11, "share"),
    Column("B 题数", 9, "count"),
    Column("差 B−A", 11, "share"),
    Column("95% 下限", 11, "share"),
    Column("95% 上限", 11, "share"),
    Column("两次都有得分", 11, "count"),
    Column("变好", 9, "count"),
    Column("变差", 9, "count"),
    Column("符号检验 p", 12, "p"),
    Column("结论", 14),
)
_MEANT = "A、B 是各自有得分的题的平均；差只算两次都有得分的题，两次有得分的题不同时不等于 B 减 A。"  # fmt: skip
_PAIRS = (
    Column("编号", 10), Column("变化", 9), Column("问题", 36), Column("A 状态", 11), Column("B 状态", 11),
    Column("A 判分", 9), Column("B 判分", 9), Column("A 失败原因", 18), Column("B 失败原因", 18),
    Column("引用变了", 10), Column("A 答复", 50), Column("B 答复", 50), Column("依据原文", 40),
)  # fmt: skip


def write_comparison(comparison: Comparison, folder: Path) -> None:
    """Write compare.xlsx and compare.html into a folder, made when missing."""
    page = folder / "compare.html"
    with writing(page):
        folder.mkdir(parents=True, exist_ok=True)
        page.write_text(_page(comparison), encoding="utf-8")
    _write_book(comparison, folder / "compare.xlsx")


def verdict_on(change: Change) -> str:
    """变好, 变差 or 看不出差别: by whether the interval of the difference leaves out zero.

    Lengths and counts are neither good nor bad: 有变化.
    """
    low, high = change.difference.low, change.difference.high
    if low <= 0 <= high:
        return "看不出差别"
    if not MEASURES[change.measure].share:
        return "有变化"
    return "变差" if change.worsened_by > 0 else "变好"


def _write_book(comparison: Comparison, path: Path) -> None:
    book = new_book()
    changes = Sheet(book, "指标变化", _CHANGES)
    for change in comparison.changes:
        conclusion = verdict_on(change)
        fill = {"变好": "good", "变差": "bad"}.get(conclusion, "mute")
        changes.add(_change_cells(change, conclusion), fills={12: fill})
    changes.text(_MEANT)
    for note in comparison.notes:
        changes.text(f"注意：{note}")
    pairs = Sheet(book, "逐题变化", _PAIRS, freeze="C2")
    for pair in _interesting(comparison):
        fill = {"新对": "good", "新错": "bad"}.get(pair.turned, "mute")
        pairs.add(_pair_cells(pair), fills={1: fill})
    pairs.filter()
    save(book, path)


def _change_cells(change: Change, conclusion: str) -> list[object]:
    estimate, measure = change.difference, MEASURES[change.measure]
    first, second = change.before_alone, change.after_alone
    values = (first.value, second.value, estimate.value, estimate.low, estimate.high)
    a, b, *differences = [value if measure.share else f"{value:.1f}" for value in values]
    counts = [change.n, change.better, change.worse]
    return [
        measure.label,
        a,
        first.n,
        b,
        second.n,
        *differences,
        *counts,
        round(change.p_value, 4),
        conclusion,
    ]


def _interesting(comparison: Comparison) -> list[Pair]:
    """Pairs that differ: newly wrong first, then newly right, then other changes."""
    order = {"新错": 0, "新对": 1, "": 2}
    changed = [
        pair
        for pair in comparison.pairs
        if pair.turned or pair.citations_changed or pair.before.status != pair.after.status
    ]
    return sorted(changed, key=lambda pair: order[pair.turned])


def _pair_cells(pair: Pair) -> list[object]:
    first, second = pair.before, pair.after
    return [
        second.question.id,
        pair.turned or "其他变化",
        second.question.question,
        STATUS_NAMES.get(first.status, first.status),
        STATUS_NAMES.get(second.status, second.status),
        verdict_of(first),
        verdict_of(second),
        first.cause,
        second.cause,
        "是" if pair.citations_changed else "",
        without_markup(first.answer),
        without_markup(second.answer),
        "\n".join(second.question.gold_quotes),
    ]


def _page(comparison: Comparison) -> str:
    style = files("evals").joinpath("report.css").read_text("utf-8")
    turned = [pair.turned for pair in comparison.pairs]
    changed = _interesting(comparison)
    notes = "".join(f"<p class='miss'>注意：{escape(note)}</p>" for note in comparison.notes)
    only = len(comparison.only_before), len(comparison.only_after)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>两次评测的比较</title><style>{style}</style></head><body><main><h1>两次评测的比较</h1>"
        f"<p class='sub'>相同的题 {len(comparison.pairs)} 道；只在 A 的 {only[0]} 道，只在 B 的 {only[1]} 道。"
        f"{_MEANT}</p>{notes}<div class='cards'>"
        f"<div class='card'><span>新对</span><b>{turned.count('新对')}</b></div>"
        f"<div class='card'><span>新错</span><b>{turned.count('新错')}</b></div>"
        f"<div class='card'><span>有变化的题</span><b>{len(changed)}</b></div></div>"
        f"{_changes_table(comparison)}<h2>有变化的题</h2>{''.join(map(_pair_html, changed))}</main></body></html>\n"
    )


def _shares(value: float) -> str:
    return f"{round(value, 3) + 0.0:.1%}"  # + 0.0: no minus before a zero


def _counts(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}"


def _changes_table(comparison: Comparison) -> str:
    lines = []
    for change in comparison.changes:
        estimate, conclusion = change.difference, verdict_on(change)
        tone = {"变好": "good", "变差": "bad"}.get(conclusion, "")
        shown = _shares if MEASURES[change.measure].share else _counts
        lines.append(
            f"<tr><td>{escape(MEASURES[change.measure].label)}</td>{_mean_cell(change.before_alone, shown)}{_mean_cell(change.after_alone, shown)}"
            f"<td>{shown(estimate.value)}</td><td>{shown(estimate.low)}～{shown(estimate.high)}</td><td>{change.n}</td>"
            f"<td>{_turns(change)}</td><td>{change.p_value:.3f}</td>"
            f"<td><span class='tag {tone}'>{conclusion}</span></td></tr>"
        )
    head = "".join(
        f"<th>{name}</th>"
        for name in ("指标", "A", "B", "差", "95% 区间", "两次都有得分", "变好 / 变差", "p", "结论")
    )
    return f"<div class='scroll'><table><tr>{head}</tr>{''.join(lines)}</table></div>"


def _mean_cell(mean: Mean, shown: Callable[[float], str]) -> str:
    return f"<td>{shown(mean.value)} <span class='n'>n={mean.n}</span></td>"


def _turns(change: Change) -> str:
    """Better and worse; of what is neither, how many rose and fell."""
    if change.better is None:
        return f"增 {change.up}、减 {change.down}"
    return f"{change.better} / {change.worse}"


def _pair_html(pair: Pair) -> str:
    tone = {"新对": "good", "新错": "bad"}.get(pair.turned, "")
    question = pair.after.question
    gold = "".join(f"<blockquote>{escape(quote)}</blockquote>" for quote in question.gold_quotes)
    return (
        f"<details class='row {tone}'><summary><span class='id'>{escape(question.id)}</span>"
        f"<span class='q'>{escape(question.question)}</span><span class='tags'>"
        f"<span class='tag {tone}'>{pair.turned or '其他变化'}</span></span></summary><div class='in'><div class='two'>"
        f"{_side('A', pair.before)}{_side('B', pair.after)}</div>{f'<h3>依据原文</h3>{gold}' if gold else ''}</div></details>"
    )


def _side(name: str, row: Row) -> str:
    status = STATUS_NAMES.get(row.status, row.status)
    cause = f"，{row.cause}" if row.cause else ""
    return f"<div><h3>{name}：{escape(status + cause)}</h3><p>{escape(row.answer)}</p></div>"
