"""An answer as JSON, as plain text for WeChat, and as lines for a terminal."""

from __future__ import annotations

import re
from dataclasses import asdict

from assistant.compose import source_line
from assistant.domain import Answer, Citation, Hit
from assistant.layout import as_lines


def answer_json(answer: Answer, *, explain: bool = False) -> dict[str, object]:
    """The stable JSON form of an answer (README, “接口”)."""
    data: dict[str, object] = {
        "status": answer.status.value,
        "refused": answer.refused,
        "answer": answer.answer,
        "mode": answer.mode,
        "points": [{"text": p.text, "citations": list(p.citations)} for p in answer.points],
        "citations": [citation_json(c) for c in answer.citations],
        "related": [citation_json(c) for c in answer.related],
        "notices": [{"kind": n.kind.value, "text": n.text} for n in answer.notices],
        "ask_whom": answer.ask_whom,
        "timings_ms": {name: round(value, 2) for name, value in answer.timings_ms.items()},
        "latency_ms": round(answer.latency_ms, 2),
    }
    if explain:
        data["explain"] = answer.explain
    return data


def citation_json(citation: Citation) -> dict[str, object]:
    """The stable JSON form of a citation."""
    return asdict(citation) | {"status": citation.status.value, "kind": citation.kind.value}


def hit_json(rank: int, hit: Hit) -> dict[str, object]:
    """The stable JSON form of a ranked passage; rank counts from 1."""
    return {
        "rank": rank,
        "document_id": hit.document.id,
        "title": hit.document.title,
        "region": hit.document.region,
        "section": hit.passage.section,
        "article": hit.passage.article,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "score": round(hit.score, 4),
        "text": hit.passage.text,
        "rejected": hit.rejected,
        "reasons": {name: round(value, 4) for name, value in hit.reasons.items() if value},
    }


def plain_text(answer: Answer) -> str:
    """The answer to paste into WeChat: no markup, sources as 《标题》（发文字号）."""
    body = as_lines(re.sub(r"\[(\d+)\]", "", answer.answer))
    sources = [f"{c.n}. {source_line(c)}（{c.region}，{c.status.value}）" for c in answer.citations]
    lines = [body, *(["依据：", *sources] if sources else []), "（仅供参考，以原文为准）"]
    return "\n".join(lines)
