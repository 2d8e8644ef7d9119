"""One question of report.html: answer, citations with the overlap marked, gold, times, cause of failure."""

from __future__ import annotations

import re
from html import escape

from assistant.stages import STAGE_NAMES
from evals.marking import overlap_runs
from evals.rows import Cited, Ranked, Row
from evals.scoring import MEASURES
from evals.summary import group_of
from evals.verdicts import (
    PARTLY,
    RIGHT,
    STATUS_NAMES,
    WRONG,
    missing_facts,
    verdict_of,
    wrong_words,
)

_TONES = {RIGHT: "good", PARTLY: "warn", WRONG: "bad", "": ""}
_HITS_SHOWN = 5
_HIT_CHARS = 160
_LEAD_CHARS = 20
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def row_html(row: Row, *, place: int) -> str:
    """A <details> element with everything about one question; `place` is its number in the set, from 0."""
    verdict = verdict_of(row)
    confidence = -1 if row.confidence is None else row.confidence
    data = {
        "place": f"{place:06d}",
        "id": row.question.id,
        "verdict": verdict,
        "status": row.status,
        "cause": row.cause,
        "type": group_of(row, "type"),
        "category": group_of(row, "category"),
        "region": group_of(row, "region"),
        "score": f"{_order(row):.4f}",
        "confidence": f"{confidence:.4f}",
        "latency": f"{row.latency_ms:.2f}",
    }
    attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in data.items())
    return (
        f'<details class="row {_TONES[verdict]}" {attributes}><summary><span class="id">{escape(row.question.id)}'
        f'</span><span class="q">{escape(row.question.question)}</span><span class="tags">{_tags(row, verdict)}</span>'
        f'</summary><div class="in">{_inside(row)}</div></details>\n'
    )


def _order(row: Row) -> float:
    """Right before partly before wrong; unlabelled rows come last."""
    scores = row.scores
    return scores["correct"] + scores.get("key_fact_recall", 0.0) / 10 if "correct" in scores else 9.0


def _tags(row: Row, verdict: str) -> str:
    tags = [(row.question.region or "", ""), (STATUS_NAMES.get(row.status, row.status), "")]
    tags += [(row.cause, "bad")] if row.cause else [(verdict, _TONES[verdict])]
    return "".join(f'<span class="tag {tone}">{escape(text)}</span>' for text, tone in tags if text)


def _inside(row: Row) -> str:
    question = row.question
    history = "\n".join(f"{'问' if t.role == 'user' else '答'}：{t.content}" for t in question.history)
    ours = [
        _block("此前的对话", history),
        f"<h3>答复{'（模型成文）' if row.mode == 'llm' else ''}</h3><p>{_answer(row.answer)}</p>",
        _block("报错", row.error),
        _block("提示", "\n".join(row.notices)),
        _citations(row),
    ]
    gold = [
        _facts(row),
        _gold_quotes(row),
        _block("参考答案", question.reference),
        _block("题集里的其他列", "\n".join(f"{heading}：{text}" for heading, text in question.own_columns)),
        _hits(row),
        _scores(row),
        _times(row),
    ]
    return f'<div class="two"><div>{"".join(ours)}</div><div>{"".join(gold)}</div></div>'


def _block(title: str, text: str) -> str:
    return f"<h3>{title}</h3><p>{escape(text)}</p>" if text else ""


def _answer(markdown: str) -> str:
    return _BOLD.sub(r"<b>\1</b>", escape(markdown))


def _marked(text: str, others: list[str] | tuple[str, ...]) -> str:
    pieces, at = [], 0
    for start, end in overlap_runs(text, others):
        pieces += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return "".join([*pieces, escape(text[at:])])


def _citations(row: Row) -> str:
    if not row.citations:
        return ""
    return "<h3>引用（底色：与依据原文相同）</h3>" + "".join(
        f'<div class="n">[{cited.n}] {escape(_source(cited))}</div>'
        f"<blockquote>{_marked(cited.quote, row.question.gold_quotes)}</blockquote>"
        for cited in row.citations
    )


def _source(cited: Cited) -> str:
    label = "，要点整理，非原文" if cited.kind == "fact_card" else ""
    return f"{cited.source}（{cited.region}，{cited.status}{label}）"


def _facts(row: Row) -> str:
    facts, wrong = row.question.key_facts, wrong_words(row)
    if not facts and not wrong:
        return ""
    missing = set(missing_facts(row))
    lines = [
        f'<p class="{"miss" if fact in missing else ""}">{"✗" if fact in missing else "✓"} {escape(" ｜ ".join(fact))}</p>'
        for fact in facts
    ]
    lines += [f'<p class="miss">✗ 不该出现：{escape(text)}</p>' for text in wrong]
    return f"<h3>标准要点</h3>{''.join(lines)}"


def _gold_quotes(row: Row) -> str:
    question, quotes = row.question, [cited.quote for cited in row.citations]
    if question.gold_quotes:
        listed = "".join(
            f"<blockquote>{_marked(quote, quotes)}</blockquote>" for quote in question.gold_quotes
        )
        return f'<h3>依据原文</h3><div class="n">{escape(question.gold_source)}</div>{listed}'
    expected = "、".join(STATUS_NAMES.get(status, status) for status in question.expected_status)
    return _block("应有状态", expected)


def _hits(row: Row) -> str:
    lines = "".join(_hit(hit, row.question.gold_quotes) for hit in row.hits[:_HITS_SHOWN])
    title = f"<h3>检索前 {min(_HITS_SHOWN, len(row.hits))} 条</h3>"
    return f'<div class="hits">{title}{lines}</div>' if lines else ""


def _hit(hit: Ranked, gold: tuple[str, ...]) -> str:
    head = f"{hit.rank}. {hit.score:.3f} 《{hit.title}》{hit.section}"
    return f'<div class="n">{escape(head)}</div><blockquote>{_marked(_window(hit.text, gold), gold)}</blockquote>'


def _window(text: str, gold: tuple[str, ...]) -> str:
    """As much of a long text as is shown, from its beginning or, when that lies deeper, from the gold's."""
    if len(text) <= _HIT_CHARS:
        return text
    runs = overlap_runs(text, gold)
    begin = runs[0][0] if runs and runs[0][1] > _HIT_CHARS else 0
    begin = max(0, min(begin - _LEAD_CHARS, len(text) - _HIT_CHARS))
    end = begin + _HIT_CHARS
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"


def _scores(row: Row) -> str:
    names = ("key_fact_recall", "citation_recall", "citation_precision", "verbatim", "MRR")
    shown = [f"{MEASURES[name].label} {row.scores[name]:.2f}" for name in names if name in row.scores]
    shown += [f"置信度 {row.confidence:.2f}"] if row.confidence is not None else []
    return _block("得分", "　".join(shown))


def _times(row: Row) -> str:
    stages = [(STAGE_NAMES.get(name, name), ms) for name, ms in row.timings_ms.items() if name != "total"]
    total = sum(ms for _, ms in stages)
    if not total:
        return ""
    bars = "".join(
        f'<i style="width:{100 * ms / total:.1f}%" title="{escape(name)}"></i>' for name, ms in stages
    )
    listed = "，".join(f"{name} {ms:.1f}" for name, ms in stages)
    return f'<h3>耗时 {row.latency_ms:.1f} ms</h3><div class="time">{bars}</div><div class="n">{escape(listed)}</div>'
