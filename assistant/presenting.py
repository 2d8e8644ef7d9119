"""An answer as JSON, as plain text for WeChat, and as lines for a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby

from assistant.compose import is_heading, source_line, text_name
from assistant.domain import NATIONAL, Answer, Citation, DocumentStatus, Hit, NoticeKind
from assistant.layout import as_lines, row_source
from assistant.levels import is_account

_MARKER = re.compile(r"\[(\d+)\]")
_POINTED_BACK = re.compile(r"前面引用的规定((?:\[\d+\])+)")  # as assistant.layout words it
_FORWARDED = frozenset({NoticeKind.VALIDITY, NoticeKind.JURISDICTION, NoticeKind.FACT_CARD})
_LIMIT = re.compile(r"只适用于[^，。；]+")
_TITLE = re.compile(r"《[^》]*》")
_SEVERAL = 2  # sources from which a quote needs its number
_UNVERIFIED = "是否有效未核实"
_CLOSING = "（仅供参考，以原文为准）"


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


def terminal_text(answer: Answer) -> str:
    """The answer for a terminal: words and sources without markup, then every notice on a line of its own."""
    return "\n".join([*_said_lines(answer), _CLOSING, *(f"提示：{notice.text}" for notice in answer.notices)])


def wechat_text(answer: Answer) -> str:
    """The answer to paste into WeChat and to forward: words, sources, then what must be heeded, no markup."""
    warnings = _warnings(answer)
    return "\n".join([*_said_lines(answer), *(["请注意：", *warnings] if warnings else []), _CLOSING])


def _said_lines(answer: Answer) -> list[str]:
    """The words, then each source once as 1. 《标题》（发文字号）第X条（地区，效力）; [n] where there are several."""
    by_number = {c.n: c for c in answer.citations}

    def named(match: re.Match[str]) -> str:
        cited = [by_number[int(n)] for n in _MARKER.findall(match[1]) if int(n) in by_number]
        return "、".join(dict.fromkeys(map(source_line, cited))) or match[0]

    words = _POINTED_BACK.sub(named, answer.answer)
    for cited in answer.citations:
        words = words.replace(f"[{cited.n}]{row_source(cited)}", f"[{cited.n}]")
    if len(by_number) < _SEVERAL:
        words = _MARKER.sub("", words)
    return [as_lines(_without_sources(words, answer.citations)), *_sources(answer.citations)]


def _without_sources(words: str, citations: Sequence[Citation]) -> str:
    """An answer's words without the lines that name the source of the quotes below them."""
    names = {f"{name(c)}：" for c in citations for name in (source_line, text_name)}
    return "\n".join(line for line in words.split("\n") if line not in names)


def _sources(citations: Sequence[Citation]) -> list[str]:
    """依据 and a line for each source, one for the whole of a series; [] without any."""
    lines = []
    for _, group in groupby(citations, key=lambda c: (c.document_id, 0 if is_heading(c) else c.n)):
        cited = list(group)
        numbers = f"{cited[0].n}" if len(cited) == 1 else f"{cited[0].n}-{cited[-1].n}"
        name = source_line(cited[0]) if len(cited) == 1 else text_name(cited[0])
        lines.append(f"{numbers}. {name}（{_standing(cited[0])}）")
    return ["依据：", *lines] if lines else []


def _standing(cited: Citation) -> str:
    """Where a text holds and whether it is in force; what it is instead where it is no rule."""
    told = is_account(cited.level)
    unknown = cited.level if told else _UNVERIFIED
    force = unknown if cited.status is DocumentStatus.UNKNOWN else cited.status.value
    return force if told and cited.region == NATIONAL else f"{cited.region}，{force}"


def _warnings(answer: Answer) -> list[str]:
    """What limits the answer and its own words do not say, each once; [] for none."""
    texts = dict.fromkeys(n.text for n in answer.notices if n.kind in _FORWARDED)
    return _joined([text for text in texts if not _is_said(text, answer.answer)])


def _is_said(warning: str, words: str) -> bool:
    """Whether an answer's words give a warning, or the limit of place in it, already."""
    limit = _LIMIT.search(warning)
    return warning in words or bool(limit and limit[0] in _LIMIT.findall(words))


def _joined(warnings: Sequence[str]) -> list[str]:
    """Warnings that say the same of several texts as one: 《甲》《乙》目前是否有效未能核实."""
    titles: dict[str, list[str]] = {}
    for text in warnings:
        title = _TITLE.match(text)
        titles.setdefault(text[title.end() :] if title else text, []).append(title[0] if title else "")
    return ["".join(names) + said for said, names in titles.items()]
