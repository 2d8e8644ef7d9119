"""Reports of the command line: as Chinese lines for a terminal, as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.domain import FIELD_NAMES, Clause, Document
from ingest.adding import ArticleReport, FileReport, Judged, Outcome
from ingest.relations import SURE
from ingest.supersession import Mark
from ingest.view import Checked, Gap, Shown

if TYPE_CHECKING:
    from ingest.drafts import Draft
    from ingest.home import Ready
    from ingest.publishing import Publication
    from ingest.reports import AddReport, Change

_OUTCOMES = {
    Outcome.ADDED: "新增",
    Outcome.KNOWN: "已有",
    Outcome.REPLACED: "新版",
    Outcome.REFUSED: "未读",
}
_SKIPPED = "略过"
_HEADING_CHARS = 40  # of a clause without a heading, enough to recognise it


def synced_lines(ready: Ready) -> list[str]:
    """What a synchronisation did."""
    report, lines = ready.report, []
    if report.changed:
        out = len(report.retired)
        lines.append(
            f"文件 {len(report.stored)} 份，移除 {len(report.removed)} 份，因原文已入库停用要点卡 {out} 份。"
        )
    if ready.manifest:
        lines.append(f"索引已发布：{ready.manifest.passages} 段，{ready.manifest.questions} 条问法。")
    return lines or ["没有变化，索引已是最新。"]


def checked_lines(checked: Checked) -> list[str]:
    """What a file would give: metadata with evidence, outline, passages, warnings, relations."""
    if checked.refused:
        return [f"{checked.file}", f"  读不了：{checked.refused}"]
    if checked.skipped:
        return [f"{checked.file}", f"  {_SKIPPED}：{checked.skipped}"]
    lines = [f"{checked.file}：{len(checked.judged)} 份文件"]
    for number, judged in enumerate(checked.judged, 1):
        lines += [f"—— 第 {number} 份：{_OUTCOMES[judged.outcome]} ——", *_judged_lines(judged)]
    return lines


def checked_json(checked: Checked) -> dict[str, object]:
    """The stable JSON form of `ingest check`."""
    return {
        "file": checked.file,
        "refused": checked.refused,
        "skipped": checked.skipped,
        "documents": [_judged_json(j) for j in checked.judged],
    }


def added_lines(report: AddReport) -> list[str]:
    """What a batch did: file by file, then in sum."""
    lines = [line for file in report.files for line in _file_lines(file)]
    counts = report.counts()
    summed = "，".join(f"{_OUTCOMES[outcome]} {counts[outcome.value]}" for outcome in Outcome)
    lines.append(f"合计：{summed}（篇；未读按文件数）。")
    if report.missing:
        lines.append("所依据的文件尚未入库，建议补充：" + "、".join(f"《{name}》" for name in report.missing))
    return [*lines, *publication_lines(report.publication)]


def added_json(report: AddReport) -> dict[str, object]:
    """The stable JSON form of `ingest add`."""
    return {
        "counts": report.counts(),
        "files": [asdict(file) for file in report.files],
        "missing": list(report.missing),
        "publication": asdict(report.publication),
    }


def change_lines(done: str, change: Change) -> list[str]:
    """What a change did to one document; `done` is the Chinese verb."""
    lines = [f"{done}：{document_line(change.document)}"]
    return [*lines, *([change.note] if change.note else []), *publication_lines(change.publication)]


def change_json(change: Change) -> dict[str, object]:
    """The stable JSON form of edit, retire, unretire and remove."""
    return {
        "document": document_json(change.document),
        "note": change.note,
        "publication": asdict(change.publication),
    }


def publication_lines(publication: Publication) -> list[str]:
    """The index after a change, and what became of other documents."""
    lines = [_mark_line(mark) for mark in publication.settled.marks]
    if publication.settled.cards_out:
        lines.append(f"原文已入库，停用要点卡：{'、'.join(publication.settled.cards_out)}")
    if publication.settled.cards_back:
        lines.append(f"恢复使用：{'、'.join(publication.settled.cards_back)}")
    size = f"{publication.documents} 份文件，{publication.passages} 段"
    state = "索引已发布" if publication.built else "没有变化，索引已是最新"
    return [*lines, f"{state}（{publication.generation}：{size}）。"]


def document_line(document: Document) -> str:
    """One line of a list of documents."""
    number = f"（{document.doc_number}）" if document.doc_number else ""
    out = f"〔已停用：{document.retired_reason}〕" if document.retired else ""
    facts = " ".join(
        (document.region, document.level, document.issued_on or "日期不详", document.status.value)
    )
    return f"{document.id}  《{document.title}》{number} {facts}{out}"


def document_json(document: Document) -> dict[str, object]:
    """A document's metadata as JSON, without text and clauses."""
    values = asdict(document)
    values.pop("text")
    values.pop("clauses")
    return values | {"status": document.status.value, "kind": document.kind.value}


def shown_lines(shown: Shown) -> list[str]:
    """Everything known of one document."""
    document = shown.document
    lines = [document_line(document), *_metadata_lines(document, shown)]
    lines += [f"效力依据：{document.status_evidence}"] if document.status_evidence else []
    lines += [f"被替代：{document.superseded_by}"] if document.superseded_by else []
    lines += [f"替代：{document_line(other)}" for other in shown.replaces]
    lines += [f"同时废止：{name}" for name in document.supersedes if not name.startswith("doc-")]
    lines += [
        f"依据文件：《{name}》{'（未入库）' if name in shown.missing else ''}" for name in document.basis
    ]
    lines += [f"提醒：{warning}" for warning in shown.warnings]
    if shown.file:
        lines.append(f"来自文件：{shown.file}（{shown.added_at} 添加），原件：{shown.original or '没有保存'}")
    lines += ["目录：", *outline(document)]
    lines.append(f"段落（{len(shown.passages)} 段）：")
    return [*lines, *(f"  [{p.start}–{p.end}] {p.section or '（开头）'}｜{p.text}" for p in shown.passages)]


def shown_json(shown: Shown) -> dict[str, object]:
    """The stable JSON form of `ingest show`."""
    return {
        "document": document_json(shown.document),
        "evidence": {name: asdict(evidence) for name, evidence in shown.evidence.items()},
        "warnings": list(shown.warnings),
        "file": shown.file,
        "added_at": shown.added_at,
        "original": str(shown.original) if shown.original else None,
        "replaces": [document.id for document in shown.replaces],
        "missing": list(shown.missing),
        "outline": outline(shown.document),
        "passages": [asdict(passage) for passage in shown.passages],
        "text": shown.document.text,
    }


def gap_line(gap: Gap) -> str:
    """One document to look for."""
    return f"《{gap.title}》 被 {len(gap.named_by)} 份文件引为依据：{'、'.join(gap.named_by)}"


def outline(document: Document) -> list[str]:
    """Labels and headings, indented by depth; a numbered clause without a heading by its first words."""
    return [
        "  " * (clause.depth + 1) + _clause_name(document, clause)
        for clause in document.clauses
        if clause.label or clause.heading
    ]


def _clause_name(document: Document, clause: Clause) -> str:
    if clause.heading:
        return f"{clause.label} {clause.heading}".strip()
    words = " ".join(document.text[clause.start : clause.body_end].split())
    return words if len(words) <= _HEADING_CHARS else f"{words[:_HEADING_CHARS]}……"


def _judged_lines(judged: Judged) -> list[str]:
    draft = judged.draft
    lines = _evidence_lines(draft)
    lines += [f"同时废止：{name}" for name in draft.document.supersedes]
    for name in draft.document.basis:
        lines.append(f"依据文件：《{name}》{'（未入库）' if name in judged.missing else ''}")
    lines += [f"与已有文件的关系：{judged.kin.note}"] if judged.kin.note else []
    lines += [f"提醒：{warning}" for warning in draft.warnings]
    lines += ["目录：", *outline(draft.document)]
    return [*lines, f"共 {len(draft.document.text)} 字，{len(draft.passages)} 段。"]


def _judged_json(judged: Judged) -> dict[str, object]:
    draft = judged.draft
    return {
        "outcome": judged.outcome.value,
        "relation": judged.kin.kinship.value,
        "held": judged.kin.held.id if judged.kin.held else None,
        "note": judged.kin.note,
        "document": document_json(draft.document),
        "evidence": {name: asdict(evidence) for name, evidence in draft.evidence.items()},
        "warnings": list(draft.warnings),
        "missing": list(judged.missing),
        "outline": outline(draft.document),
        "characters": len(draft.document.text),
        "passages": len(draft.passages),
        "text": draft.document.text,
    }


def _evidence_lines(draft: Draft) -> list[str]:
    lines = []
    for name, shown in FIELD_NAMES.items():
        found = draft.evidence[name]
        doubt = " ← 请核对" if found.value and found.confidence < SURE else ""
        if name == "region" and not draft.is_placed:
            doubt = " ← 请填写"
        source = " ".join(found.source.split())
        lines.append(f"{shown}：{found.value or '无'}（依据：{source}；把握 {found.confidence:.0%}）{doubt}")
    return lines


def _metadata_lines(document: Document, shown: Shown) -> list[str]:
    lines = []
    for name, chinese in FIELD_NAMES.items():
        value = document_json(document)[name]
        found = shown.evidence.get(name)
        source = f"（依据：{' '.join(found.source.split())}；把握 {found.confidence:.0%}）" if found else ""
        lines.append(f"{chinese}：{value or '无'}{source}")
    return lines


def _file_lines(file: FileReport) -> list[str]:
    if file.refused:
        return [f"{file.file}  {_OUTCOMES[Outcome.REFUSED]}：{file.refused}"]
    if file.skipped:
        return [f"{file.file}  {_SKIPPED}：{file.skipped}"]
    return [file.file, *(line for article in file.articles for line in _article_lines(article))]


def _article_lines(article: ArticleReport) -> Iterable[str]:
    reason = f"：{article.reason}" if article.reason else ""
    yield f"  {_OUTCOMES[article.outcome]}  {article.document_id} 《{article.title}》{reason}"
    if article.outcome is not Outcome.KNOWN:
        yield from (f"      提醒：{warning}" for warning in article.warnings)


def _mark_line(mark: Mark) -> str:
    return f"{mark.document_id} 现标为{mark.status.value}：{mark.evidence}"
