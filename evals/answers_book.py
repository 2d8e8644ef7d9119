"""answers.xlsx: 汇总, 明细, 失败用例, 未答, 配置, for people who work in a spreadsheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from evals.book import Column, Sheet, new_book, save
from evals.matching import without_markup
from evals.metrics import REFUSALS
from evals.overview_sheet import write_overview
from evals.rows import Row
from evals.rundir import RunFolder
from evals.settings_sheet import write_settings
from evals.verdicts import KIND_NAMES, STATUS_NAMES, VERDICTS, missing_facts, verdict_of, wrong_words

if TYPE_CHECKING:
    from openpyxl import Workbook

BOOK = "answers.xlsx"
_NEAREST_CHARS = 500  # more than its cell shows
_DETAILS = (
    Column("编号", 10),
    Column("问题", 34),
    Column("地区", 10),
    Column("题型", 11),
    Column("分类", 11),
    Column("状态", 11),
    Column("判分", 8),
    Column("失败原因", 16),
    Column("答复", 52),
    Column("引用", 52),
    Column("提示", 28),
    Column("标准要点", 22),
    Column("不得出现", 18),
    Column("依据原文", 40),
    Column("要点召回", 9, "share"),
    Column("引用召回", 9, "share"),
    Column("引用精确", 9, "share"),
    Column("首个命中名次", 9, "count"),
    Column("置信度", 9, "share"),
    Column("耗时毫秒", 9, "time"),
    Column("报错", 20),
    Column("人工判定", 11),
    Column("人工判定2", 11),
    Column("判定说明", 26),
)
_OWN_WIDTH = 16
_MODEL_VERDICT = "模型判定"  # `evals score` would take it for that of judged.xlsx
_FAILURES = (
    Column("编号", 10),
    Column("失败原因", 18),
    Column("问题", 36),
    Column("地区", 10),
    Column("状态", 11),
    Column("缺少的要点或错误说法", 26),
    Column("答复", 56),
    Column("依据原文", 48),
    Column("依据出处", 26),
)
_UNANSWERED = (
    Column("主题", 13),
    Column("状态", 11),
    Column("编号", 10),
    Column("问题", 44),
    Column("地区", 11),
    Column("置信度", 9, "share"),
    Column("建议问谁", 40),
    Column("最接近的条款", 56),
    Column("该不该答", 10),
)


def write_book(folder: RunFolder) -> Path:
    """Write answers.xlsx of a finished run from its rows and summary; the rows are read one by one."""
    summary, book = folder.summary(), new_book()
    write_overview(book, summary)
    own = list(dict.fromkeys(heading for row in folder.rows() for heading, _ in row.question.own_columns))
    details = Sheet(book, "明细", [*_DETAILS, *_own_columns(own)], freeze="C2")
    failures = Sheet(book, "失败用例", _FAILURES, freeze="B2")
    unanswered: dict[str, list[Row]] = defaultdict(list)
    for row in folder.rows():
        details.add([*_detail(row), *_own_cells(row, own)], fills=_detail_fills(row))
        if row.cause:
            failures.add(_failure(row), fills={1: "bad"})
        if row.status in REFUSALS:
            unanswered[row.topic or row.question.category or "其他"].append(_slim(row))
    verdict_column = [column.title for column in _DETAILS].index("人工判定")
    for column in (verdict_column, verdict_column + 1):
        details.choices(column, VERDICTS)
    details.filter()
    failures.filter()
    _unanswered(book, unanswered)
    write_settings(book, summary)
    path = folder.path / BOOK
    save(book, path)
    return path


def _own_columns(headings: Sequence[str]) -> list[Column]:
    """The question file's own columns under their headings; one called as a column of ours is marked."""
    ours = {column.title for column in _DETAILS} | {_MODEL_VERDICT}
    titles = [f"{heading}（题集）" if heading in ours else heading for heading in headings]
    return [Column(title, _OWN_WIDTH) for title in titles]


def _own_cells(row: Row, headings: Sequence[str]) -> list[object]:
    texts = dict(row.question.own_columns)
    return [texts.get(heading) for heading in headings]


def _detail(row: Row) -> list[object]:
    question, scores = row.question, row.scores
    mrr = scores.get("MRR")
    return [
        question.id,
        question.question,
        question.region,
        KIND_NAMES.get(question.type, question.type),
        question.category,
        STATUS_NAMES.get(row.status, row.status),
        verdict_of(row),
        row.cause,
        without_markup(row.answer),
        "\n".join(f"[{cited.n}] {cited.source}：{cited.quote}" for cited in row.citations),
        "\n".join(row.notices),
        "\n".join("｜".join(fact) for fact in question.key_facts),
        "\n".join(question.must_not),
        "\n".join(question.gold_quotes),
        scores.get("key_fact_recall"),
        scores.get("citation_recall"),
        scores.get("citation_precision"),
        round(1 / mrr) if mrr else None,
        row.confidence,
        row.latency_ms,
        row.error,
        None,
        None,
        None,
    ]


def _detail_fills(row: Row) -> dict[int, str]:
    verdict = {"对": "good", "错": "bad", "部分": "warn"}.get(verdict_of(row))
    status = {"answered": "good", "partial": "warn", "error": "bad"}.get(row.status, "mute")
    return {5: status} | ({6: verdict} if verdict else {})


def _failure(row: Row) -> list[object]:
    question = row.question
    missing = [f"缺：{'｜'.join(fact)}" for fact in missing_facts(row)]
    wrong = [f"错：{text}" for text in wrong_words(row)]
    return [
        question.id,
        row.cause,
        question.question,
        question.region,
        STATUS_NAMES.get(row.status, row.status),
        "\n".join(missing + wrong),
        row.error or without_markup(row.answer),
        "\n".join(question.gold_quotes),
        question.gold_source,
    ]


def _slim(row: Row) -> Row:
    """What 未答 shows and no more: a set of ten thousand refused questions must fit into memory."""
    nearest = [replace(hit, text=hit.text[:_NEAREST_CHARS]) for hit in row.hits[:1]]
    return replace(row, answer="", citations=(), hits=tuple(nearest))


def _unanswered(book: Workbook, groups: Mapping[str, list[Row]]) -> None:
    sheet = Sheet(book, "未答", _UNANSWERED, freeze="A2")
    should = {True: "该答", False: "该拒", None: ""}
    for topic, rows in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        for row in rows:
            nearest = row.hits[0] if row.hits else None
            fill = {True: "bad", False: "good", None: "mute"}[row.question.answerable]
            sheet.add(
                [
                    f"{topic}（{len(rows)}）",
                    STATUS_NAMES.get(row.status, row.status),
                    row.question.id,
                    row.question.question,
                    row.question.region,
                    row.confidence,
                    row.ask_whom,
                    f"《{nearest.title}》{nearest.section}：{nearest.text}" if nearest else "",
                    should[row.question.answerable],
                ],
                fills={8: fill},
            )
    sheet.filter()
