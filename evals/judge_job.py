"""`evals judge` from end to end: ask the model about a finished run, keep its opinions, sum them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.config import Settings
from assistant.endpoint import ChatModel, Endpoint
from assistant.errors import ConfigError
from evals.agreement import agreement
from evals.book import Column, Sheet, new_book, save
from evals.intervals import mean_with_interval
from evals.matching import without_markup
from evals.model_judge import JUDGED, SCHEMA, Opinion, opinion_line, opinions, read_opinions, to_judge
from evals.progress import progress
from evals.rows import Json, Row
from evals.rundir import RunFolder, writing
from evals.verdicts import PARTLY, RIGHT, VERDICTS, WRONG, verdict_of

BOOK = "judged.xlsx"
_COLUMNS = (
    Column("编号", 10), Column("问题", 34), Column("答复", 56), Column("标准要点", 24), Column("依据原文", 44),
    Column("判分", 9), Column("模型判定", 10), Column("模型理由", 36), Column("报错", 24),
    Column("人工判定", 11), Column("人工判定2", 11), Column("判定说明", 26),
)  # fmt: skip
_FILLS = {RIGHT: "good", PARTLY: "warn", WRONG: "bad"}


def judge_with_settings(folder: RunFolder, *, workers: int) -> Json:
    """Judge a finished run by the operator's model.

    Raises:
        ConfigError: No model is configured, or its settings cannot be used.
        RunFolderError: The run is not finished.
        JudgeStoppedError: The model cannot judge.
    """
    settings = Settings.from_env()
    if not (settings.llm_base_url and settings.llm_model):
        raise ConfigError("evals judge 需要先设置 ASSISTANT_LLM_BASE_URL 和 ASSISTANT_LLM_MODEL。")
    model = Endpoint.open(settings, schema=SCHEMA)
    return judge_run(folder, model, name=settings.llm_model, workers=workers)


def judge_run(folder: RunFolder, model: ChatModel, *, name: str, workers: int = 1) -> Json:
    """Ask about every answer that has a gold, write judged.jsonl and judged.xlsx, return the figures.

    Stopped or killed, a second call asks only what is still open.
    """
    total = folder.summary()["n"]
    rows = [replace(row, hits=()) for row in folder.rows() if to_judge(row)]
    path = folder.path / JUDGED
    known = read_opinions(path)
    found: list[Opinion] = []
    with progress(len(rows), title="判分") as advance, writing(path):
        with path.open("a", encoding="utf-8", newline="\n") as file:
            for opinion in opinions(rows, model, name=name, known=known, workers=workers):
                if opinion.of not in known:
                    file.write(opinion_line(opinion))
                    file.flush()
                found.append(opinion)
                advance(opinion)
        _rewrite(path, found)
    _write_book(folder.path / BOOK, rows, found)
    return {"model": name, "rows": total} | _figures(rows, found, reused=len(known))


def _rewrite(path: Path, found: Sequence[Opinion]) -> None:
    """One line for each row in the run's order, whatever stopped and went on before."""
    aside = path.with_name(path.name + ".tmp")
    aside.write_text("".join(map(opinion_line, found)), encoding="utf-8", newline="\n")
    aside.replace(path)


def _figures(rows: Sequence[Row], found: Sequence[Opinion], *, reused: int) -> Json:
    automatic = [verdict_of(row) for row in rows]
    pairs = [(o.verdict, ours) for o, ours in zip(found, automatic, strict=True) if o.verdict and ours]
    right = mean_with_interval([float(o.verdict == RIGHT) for o in found if o.verdict])
    return {
        "judged": sum(bool(o.verdict) for o in found),
        "errors": sum(bool(o.error) for o in found),
        "reused": reused,
        "verdicts": dict(Counter(o.verdict for o in found if o.verdict).most_common()),
        "right": None if right is None else right.to_json(),
        "with_automatic": agreement(pairs),
        "differ_from_automatic": [
            o.id
            for o, ours in zip(found, automatic, strict=True)
            if o.verdict and ours not in ("", o.verdict)
        ],
    }


def _write_book(path: Path, rows: Sequence[Row], found: Sequence[Opinion]) -> None:
    book = new_book()
    sheet = Sheet(book, "明细", _COLUMNS, freeze="C2")
    for row, opinion in zip(rows, found, strict=True):
        sheet.add(_cells(row, opinion), fills=_fills(row, opinion))
    titles = [column.title for column in _COLUMNS]
    for title in ("人工判定", "人工判定2"):
        sheet.choices(titles.index(title), VERDICTS)
    sheet.filter()
    save(book, path)


def _cells(row: Row, opinion: Opinion) -> list[object]:
    question = row.question
    return [
        question.id,
        question.question,
        without_markup(row.answer),
        "\n".join("｜".join(fact) for fact in question.key_facts),
        "\n".join(question.gold_quotes),
        verdict_of(row),
        opinion.verdict,
        opinion.reason,
        opinion.error,
        *[None] * 3,
    ]


def _fills(row: Row, opinion: Opinion) -> Mapping[int, str]:
    shown = {5: verdict_of(row), 6: opinion.verdict}
    fills = {place: _FILLS[verdict] for place, verdict in shown.items() if verdict}
    return fills | ({8: "bad"} if opinion.error else {})
