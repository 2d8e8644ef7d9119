"""report.html: one file that needs no network, for reading a run question by question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from evals.charts import Bar, bar_chart, curve_chart
from evals.report_rows import row_html
from evals.rundir import RunFolder, writing
from evals.scoring import MEASURES
from evals.summary import GROUPS, told_verdicts
from evals.verdicts import KIND_NAMES, STATUS_NAMES, verdict_of

REPORT = "report.html"
_CARDS = (
    "correct",
    "exact_correct",
    "key_fact_recall",
    "right_clause",
    "citation_precision",
    "refusal_recall",
)
_CHARTED = (*_CARDS, "verbatim", "refusal_precision", "hit@1", "hit@5", "recall@10", "MRR", "nDCG@10")
_FAULTS = ("false_refusal", "forbidden", "jurisdiction_violation", "validity_violation", "error")
_GROUP_ROWS = 12
_SORTS = {
    "place:up": "题集顺序",
    "score:up": "得分从低到高",
    "confidence:up": "置信度从低到高",
    "latency:down": "耗时从长到短",
    "id:up": "编号",
}


def write_report(folder: RunFolder) -> Path:
    """Write report.html of a finished run; rows are read and written one by one."""
    summary, path = folder.summary(), folder.path / REPORT
    aside = path.with_name(path.name + ".tmp")
    with writing(path), aside.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_page(folder, summary))
    aside.replace(path)
    return path


def _page(folder: RunFolder, summary: Mapping[str, Any]) -> Iterator[str]:
    data = summary["data"]
    yield (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<title>评测报告 · {escape(data['file'])}</title><style>{_asset('report.css')}</style></head><body><main>"
    )
    yield f"<h1>评测报告</h1><p class='sub'>{escape(_subtitle(summary))}</p>"
    yield f"<div class='cards'>{''.join(_card(name, summary) for name in _CARDS)}{_latency_card(summary)}</div>"
    yield f"<div class='charts'>{''.join(_charts(summary))}</div>"
    yield _group_tables(summary)
    yield f"<h2>逐题</h2>{_controls(folder, summary)}<div id='rows'>"
    for place, row in enumerate(folder.rows()):
        yield row_html(row, place=place)
    yield f"</div>{_made_from(summary)}</main><script>{_asset('report.js')}</script></body></html>\n"


def _asset(name: str) -> str:
    return files("evals").joinpath(name).read_text("utf-8")


def _subtitle(summary: Mapping[str, Any]) -> str:
    data, run = summary["data"], summary["run"]
    generation = run["generation"].get("name", "未发布")
    judged = "、".join(f"{verdict} {count}" for verdict, count in told_verdicts(summary).items())
    return (
        f"题集 {data['file']}，{summary['n']} 题{f'：{judged}' if judged else ''}（有标注 {data['labelled']}）；效力按 {run['as_of']}；"
        f"索引 {generation}；代码 {run['commit'] or run['version']}。横线为 95% 区间。"
    )


def _card(name: str, summary: Mapping[str, Any]) -> str:
    found = summary["measures"].get(name)
    if found is None:
        return ""
    label = MEASURES[name].label.split("（")[0]
    interval = f"{found['low']:.0%}–{found['high']:.0%}，n={found['n']}"
    return f"<div class='card'><span>{label}</span><b>{found['value']:.1%}</b><span>{interval}</span></div>"


def _latency_card(summary: Mapping[str, Any]) -> str:
    times = summary["latency_ms"]
    if times["p50"] is None:
        return ""
    return (
        f"<div class='card'><span>每题耗时（中位）</span><b>{times['p50']:.0f} ms</b>"
        f"<span>95 分位 {times['p95']:.0f} ms</span></div>"
    )


def _charts(summary: Mapping[str, Any]) -> Iterator[str]:
    measures = summary["measures"]
    yield bar_chart(
        "主要指标（越高越好）", [_measure_bar(name, measures[name]) for name in _CHARTED if name in measures]
    )
    faults = [_measure_bar(name, measures[name], tone="bad") for name in _FAULTS if name in measures]
    yield bar_chart("差错率（越低越好）", faults)
    for title, counts in (("答复状态", _named(summary["statuses"])), ("失败原因", summary["causes"])):
        tone = "bad" if title == "失败原因" else "mute"
        bars = [
            Bar(name, count, f"{count}（{count / summary['n']:.0%}）", tone=tone)
            for name, count in counts.items()
        ]
        yield bar_chart(title, bars, top=max(counts.values(), default=1))
    for group, title in GROUPS.items():
        values = [(key, found) for key, found in summary["by"].get(group, {}).items() if "correct" in found]
        values.sort(key=lambda item: -item[1]["correct"]["n"])
        shown = values[:_GROUP_ROWS]
        bars = [_measure_bar(key, found["correct"], label=KIND_NAMES.get(key, key)) for key, found in shown]
        yield bar_chart(f"总体正确，按{title}", bars if len(values) > 1 else [])
    yield from _confidence_charts(summary["calibration"])


def _confidence_charts(found: Mapping[str, Any] | None) -> Iterator[str]:
    """Whether being surer means being right: the risk–coverage curve, and share right by confidence."""
    if found is None:
        return
    points = [(at["coverage"], at["risk"]) for at in found["risk_coverage"]]
    yield curve_chart(
        f"只答有把握的会怎样（AURC {found['aurc']:.3f}，n={found['n']}）",
        points,
        x_name="从最有把握起，回答的比例",
        y_name="其中答错的比例",
    )
    bars = [
        Bar(
            f"{one['from']:.1f}–{one['to']:.1f}",
            one["correct"]["value"],
            f"{one['correct']['value']:.0%} n={one['correct']['n']}",
            low=one["correct"]["low"],
            high=one["correct"]["high"],
            mark=one["confidence"],
        )
        for one in found["bins"]
    ]
    yield bar_chart(f"置信度与答对率（竖线：平均置信度；ECE {found['ece']:.3f}）", bars)


def _measure_bar(name: str, found: Mapping[str, Any], *, label: str = "", tone: str = "main") -> Bar:
    shown = label or MEASURES[name].label.split("（")[0]
    note = f"{found['value']:.1%} n={found['n']}"
    return Bar(shown, found["value"], note, low=found["low"], high=found["high"], tone=tone)


def _named(statuses: Mapping[str, int]) -> dict[str, int]:
    return {STATUS_NAMES.get(status, status): count for status, count in statuses.items()}


def _group_tables(summary: Mapping[str, Any]) -> str:
    names = (
        "correct",
        "key_fact_recall",
        "right_clause",
        "citation_precision",
        "false_refusal",
        "hit@5",
        "MRR",
    )
    tables = []
    for group, title in GROUPS.items():
        values = summary["by"].get(group, {})
        used = [name for name in names if any(name in found for found in values.values())]
        if not used or len(values) < 2:
            continue
        head = "".join(f"<th>{MEASURES[name].label.split('（')[0]}</th>" for name in used)
        lines = "".join(
            f"<tr><td>{escape(KIND_NAMES.get(key, key))}</td><td>{found['error']['n']}</td>"
            + "".join(f"<td>{_cell(found.get(name))}</td>" for name in used)
            for key, found in sorted(values.items(), key=lambda item: -item[1]["error"]["n"])
        )
        tables.append(
            f"<div class='scroll'><table><tr><th>{title}</th><th>题数</th>{head}</tr>{lines}</table></div>"
        )
    return f"<details><summary>分组数据表</summary>{''.join(tables)}</details>" if tables else ""


def _cell(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return ""
    return f"{found['value']:.0%} <span class='n'>{found['low']:.0%}–{found['high']:.0%}</span>"


def _controls(folder: RunFolder, summary: Mapping[str, Any]) -> str:
    verdicts = dict.fromkeys(filter(None, map(verdict_of, folder.rows())))
    picks = [
        _select("verdict", "判分：全部", {verdict: verdict for verdict in verdicts}),
        _select(
            "status",
            "状态：全部",
            {status: STATUS_NAMES.get(status, status) for status in summary["statuses"]},
        ),
        _select("cause", "原因：全部", {cause: cause for cause in summary["causes"]}),
    ]
    for group in ("type", "category", "region"):
        values = summary["by"].get(group, {})
        picks.append(
            _select(group, f"{GROUPS[group]}：全部", {key: KIND_NAMES.get(key, key) for key in values})
        )
    sorts = "".join(f"<option value='{key}'>{label}</option>" for key, label in _SORTS.items())
    return (
        "<div class='bar'><input id='f-text' type='search' placeholder='在问题、答复、原文里找' aria-label='查找'>"
        f"{''.join(picks)}<select id='f-sort' aria-label='排序'>{sorts}</select>"
        "<button id='f-open' type='button'>全部展开/收起</button><span id='shown' class='n'></span></div>"
    )


def _select(name: str, all_label: str, options: Mapping[str, str]) -> str:
    if len(options) < 2:
        return ""
    listed = "".join(
        f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in options.items()
    )
    return f"<select id='f-{name}' aria-label='{all_label[:2]}'><option value=''>{all_label}</option>{listed}</select>"


def _made_from(summary: Mapping[str, Any]) -> str:
    speed, data = summary["speed"], summary["data"]
    memory = f"，内存峰值 {speed['peak_memory_mb']:.0f} MB" if speed["peak_memory_mb"] else ""
    lines = [
        f"这一次跑了 {speed['asked']} 题，用时 {speed['seconds']:.1f} 秒{memory}；完成于 {speed['finished_at']}。"
    ]
    lines += [
        f"题集第 {p['row']} 行{'跳过' if p['skipped'] else '注意'}：{p['reason']}" for p in data["problems"]
    ]
    lines += [f"标注问题：{u['id']} 的依据原文不在文件库中：{u['quote']}" for u in data["unknown_quotes"]]
    return "<h2>怎么来的</h2>" + "".join(f"<p class='sub'>{escape(line)}</p>" for line in lines)
