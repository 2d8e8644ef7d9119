"""The 汇总 sheet of answers.xlsx: figures with intervals and native charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.stages import STAGE_NAMES
from evals.book import Column, Sheet
from evals.scoring import MEASURES
from evals.summary import GROUPS, told_verdicts
from evals.verdicts import KIND_NAMES, STATUS_NAMES

if TYPE_CHECKING:
    from openpyxl import Workbook

BY_GROUP = (
    "correct",
    "key_fact_recall",
    "right_clause",
    "citation_precision",
    "false_refusal",
    "hit@5",
    "MRR",
)
_CHARTED = (
    "correct",
    "exact_correct",
    "key_fact_recall",
    "right_clause",
    "citation_precision",
    "refusal_recall",
)
_WIDTHS = (34, 12, 12, 12, 12, 12, 12, 12, 12)
_MEASURE_COLUMNS = (
    Column("指标", 30),
    Column("数值", 12, "share"),
    Column("95% 下限", 12, "share"),
    Column("95% 上限", 12, "share"),
    Column("题数", 12, "count"),
    Column("方向", 12),
)
_CHART_COLUMN = "K"
_CHART_WIDTH_CM = 17
_ROWS_A_CM = 1.7  # body rows beside a centimetre of chart
_BARS = 14  # the groups with most questions; more bars cannot be read


def write_overview(book: Workbook, summary: Mapping[str, Any]) -> None:
    """Add 汇总: measures, statuses, causes and groups, each with a chart beside it."""
    sheet = Sheet(book, "汇总")
    sheet.set_widths(_WIDTHS)
    sheet.text("批量评测结果", style="title")
    data, speed = summary["data"], summary["speed"]
    sheet.text(
        f"题集 {data['file']}：{summary['n']} 题，其中有标注 {data['labelled']} 题；"
        f"按 {summary['run']['as_of']} 的效力作答；95% 区间由自助法得出。"
    )
    charts = _Charts(sheet)
    charts.add("主要指标", _measures(sheet, summary["measures"]), share=True)
    if summary["verdicts"]:
        _counts(sheet, "判分", told_verdicts(summary), n=summary["n"])
    charts.add("答复状态", _counts(sheet, "答复状态", _named(summary["statuses"]), n=summary["n"]))
    if summary["causes"]:
        charts.add("失败原因", _counts(sheet, "失败原因", summary["causes"], n=summary["n"]))
    _times(sheet, summary, speed)
    _confidence(sheet, summary["calibration"])
    for group, title in GROUPS.items():
        values = summary["by"].get(group, {})
        if any("correct" in measures for measures in values.values()):
            charts.add(f"总体正确，按{title}", _group(sheet, title, values), share=True)


def _named(statuses: Mapping[str, int]) -> dict[str, int]:
    return {STATUS_NAMES.get(status, status): count for status, count in statuses.items()}


def _measures(sheet: Sheet, measures: Mapping[str, Any]) -> tuple[int, int]:
    """The measures table; returns the rows worth charting, which stand first."""
    sheet.gap()
    sheet.text("指标", style="section")
    order = [name for name in _CHARTED if name in measures]
    rest = [name for name in measures if name not in order and MEASURES[name].share]
    rest.sort(key=lambda name: MEASURES[name].lower_is_better)
    first, _ = sheet.table(_MEASURE_COLUMNS, [_measure_row(name, measures[name]) for name in [*order, *rest]])
    others = [name for name in measures if not MEASURES[name].share]
    for name in others:
        found = measures[name]
        sheet.text(
            f"{MEASURES[name].label}：平均 {found['value']:.1f}（{found['low']:.1f}–{found['high']:.1f}）"
        )
    return first, first + len(order) - 1


def _measure_row(name: str, found: Mapping[str, Any]) -> list[object]:
    direction = "越低越好" if MEASURES[name].lower_is_better else "越高越好"
    return [MEASURES[name].label, found["value"], found["low"], found["high"], found["n"], direction]


def _counts(sheet: Sheet, title: str, counts: Mapping[str, int], *, n: int) -> tuple[int, int]:
    sheet.gap()
    sheet.text(title, style="section")
    columns = (Column(title, 30), Column("题数", 12, "count"), Column("占全部题", 12, "share"))
    return sheet.table(columns, [[name, count, count / n] for name, count in counts.items()])


def _times(sheet: Sheet, summary: Mapping[str, Any], speed: Mapping[str, Any]) -> None:
    sheet.gap()
    sheet.text("耗时（毫秒）", style="section")
    columns = (Column("阶段", 30), *(Column(name, 12, "time") for name in ("中位", "95 分位", "最长")))
    stages = {"整题": summary["latency_ms"], **summary["stages_ms"]}
    named = [(STAGE_NAMES.get(stage, stage), times) for stage, times in stages.items() if stage != "total"]
    sheet.table(columns, [[name, times["p50"], times["p95"], times["max"]] for name, times in named])
    memory = f"，内存峰值 {speed['peak_memory_mb']:.0f} MB" if speed["peak_memory_mb"] else ""
    sheet.text(f"这一次跑了 {speed['asked']} 题，用时 {speed['seconds']:.1f} 秒{memory}。")


def _confidence(sheet: Sheet, found: Mapping[str, Any] | None) -> None:
    if found is None:
        return
    sheet.gap()
    sheet.text("置信度与答对率（已答、有标注的题）", style="section")
    columns = (
        Column("置信度", 30),
        *(Column(name, 12, "share") for name in ("平均置信度", "答对率", "95% 下限", "95% 上限")),
        Column("题数", 12, "count"),
    )
    rows = []
    for one in found["bins"]:
        right = one["correct"]
        shares = [one["confidence"], right["value"], right["low"], right["high"]]
        rows.append([f"{one['from']:.1f}–{one['to']:.1f}", *shares, right["n"]])
    sheet.table(columns, rows)
    sheet.text(f"AURC {found['aurc']:.3f}，ECE {found['ece']:.3f}（都是越低越好）")


def _group(sheet: Sheet, title: str, values: Mapping[str, Any]) -> tuple[int, int]:
    sheet.gap()
    sheet.text(f"按{title}", style="section")
    used = [name for name in BY_GROUP if any(name in measures for measures in values.values())]
    columns = [
        Column(title, 30),
        *(Column(MEASURES[name].label.split("（")[0], 12, "share") for name in used),
        Column("题数", 12, "count"),
    ]
    rows = [
        [
            KIND_NAMES.get(key, key),
            *(measures.get(name, {}).get("value") for name in used),
            measures["error"]["n"],
        ]
        for key, measures in sorted(values.items(), key=lambda item: -item[1]["error"]["n"])
    ]
    return sheet.table(columns, rows)


class _Charts:
    """Places bar charts one below the other to the right of the tables."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._next = 2

    def add(self, title: str, rows: tuple[int, int], *, share: bool = False) -> None:
        from openpyxl.chart import BarChart, Reference
        from openpyxl.chart.label import DataLabelList

        first, last = rows[0], min(rows[1], rows[0] + _BARS - 1)
        if last < first:
            return
        chart = BarChart()
        chart.type, chart.style, chart.title, chart.legend = "bar", 10, title, None
        height_cm = max(5, min(14, round(2.4 + 0.85 * (last - first + 1))))
        chart.width, chart.height = _CHART_WIDTH_CM, height_cm
        chart.add_data(Reference(self._sheet.ws, min_col=2, min_row=first, max_row=last))
        chart.set_categories(Reference(self._sheet.ws, min_col=1, min_row=first, max_row=last))
        # openpyxl 3.1 writes axes as deleted unless told otherwise; bars then stand without names.
        chart.x_axis.delete = chart.y_axis.delete = False
        chart.x_axis.scaling.orientation = "maxMin"
        chart.y_axis.number_format = "0%" if share else "0"
        if share:
            chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
        chart.y_axis.majorGridlines = None  # every bar carries its value
        chart.gapWidth = 45
        chart.series[0].graphicalProperties.solidFill = "2F5C8F"
        chart.dataLabels = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False
        )
        self._sheet.ws.add_chart(chart, f"{_CHART_COLUMN}{self._next}")
        self._next += 2 + round(height_cm * _ROWS_A_CM)
