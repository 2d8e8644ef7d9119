"""`evals draft`: questions proposed from a document's own clauses, for a person to accept or improve.

A question is a clause with its figure, its office or its list asked for instead of
stated, so it always has a verbatim gold quote. It sounds like the document; workers
talk otherwise, which is why a person reworks it before it counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

from assistant.domain import Clause, Document
from assistant.numerals import Figure, figures
from assistant.text import Span, sentences
from evals.book import Column, Sheet, new_book, save
from evals.matching import comparable

_PIECE = re.compile(r"[^，,；;：:。\n]+")
_WHO = re.compile(
    r"(?<!交)由(?P<who>[^，,。；;由]{2,24}?)(?P<does>负责|审批|审查|办理|登记|备案|指导|管理|制定|承担|实施|受理)"
)
_MAY = re.compile(
    r"(?P<before>[^，,。；;\n]{2,30}?)(?P<word>不得|不能|禁止|可以)(?P<what>[^，,。；;\n]{3,40})"
)
_UNITS = {
    "日": "期限",
    "工作日": "期限",
    "个月": "期限",
    "年": "期限",
    "人": "人数",
    "元": "金额",
    "%": "比例",
    "个": "数量",
}
_YEAR = re.compile(r"(19|20)\d\d|二〇")
_ARTICLE = re.compile(r"[一1](个|家|项)")  # 一个平台 counts nothing
_CONDITION = re.compile(
    r"凡|如|若|当|经|对于?|[按依]照?|从|自|在|为了?|以"
)  # a piece that only leads up to the next
_NO_QUANTITY = ("月", "这", "那", "该", "第", "上", "其", "/", "-", "—", "“")  # 12月7日, 这两个, “四个服务”
_LIST_ITEMS = range(3, 13)
_FACT_CHARS, _VAGUE_CHARS, _QUESTION_CHARS, _SENTENCE_CHARS = 24, 6, 80, 220
_COLUMNS = (
    Column("采用", 8),
    Column("编号", 18),
    Column("问题", 46),
    Column("地区", 16),
    Column("标准要点", 30),
    Column("依据原文", 60),
    Column("依据文件", 34),
    Column("是否可答", 10),
    Column("分类", 12),
    Column("题型", 10),
)


_HELP = (
    ("怎么用", "逐题审定，存盘后运行：evals run --questions 这个文件 --out 结果目录；只跑“采用”列填了“是”的题。"),
    ("问题", "由条文变来，像文件不像人话：请改成工作人员平时会怎么问，句子不通的直接删掉。"),
    ("标准要点", "正确答复必须包含的短语，一行一个；同一要点的不同写法用｜隔开。"),
    ("依据原文", "逐字取自文件，不要改。"),
    ("地区", "提问人所在地区；全国性文件留空，可以填上任何一地。"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed question; `gold` are verbatim sentences of the document."""

    question: str
    key_facts: tuple[tuple[str, ...], ...]
    gold: tuple[str, ...]
    type: str


def draft_questions(document: Document, *, limit: int) -> list[Draft]:
    """At most `limit` proposals for a document, the kinds mixed, in reading order within a kind.

    Empty for a document without figures, lists or duties.
    """
    kinds: dict[str, list[Draft]] = {}
    seen: set[str] = set()
    for draft in _proposals(document):
        key = comparable(draft.question)
        if key not in seen and len(draft.question) <= _QUESTION_CHARS:
            seen.add(key)
            kinds.setdefault(draft.type, []).append(draft)
    mixed = (draft for group in zip_longest(*kinds.values()) for draft in group if draft is not None)
    return list(islice(mixed, limit))


def _proposals(document: Document) -> Iterator[Draft]:
    children: dict[int | None, list[Clause]] = {}
    for clause in document.clauses:
        children.setdefault(clause.parent, []).append(clause)
    for clause in document.clauses:
        yield from _from_list(document, clause, children.get(clause.ordinal, []))
        for span in sentences(document.text, start=clause.start, end=clause.body_end):
            if span.end - span.start <= _SENTENCE_CHARS:
                sentence = _without_label(document.text, span, clause)
                yield from _from_figures(sentence)
                yield from _from_duty(sentence)
                yield from _from_permission(sentence)


def _without_label(text: str, span: Span, clause: Clause) -> str:
    sentence = text[span.start : span.end]
    return sentence.removeprefix(clause.label).strip() if span.start == clause.start else sentence


def _from_figures(sentence: str) -> Iterator[Draft]:
    """The piece of a sentence that holds its only figure, with the figure asked for.

    A piece that only states a condition is followed by the rest of its sentence.
    """
    found = [figure for figure in figures(sentence) if figure.unit in _UNITS and not _no_count(figure)]
    if len(found) != 1 or sentence[: found[0].start].endswith(_NO_QUANTITY):
        return
    figure = found[0]
    piece = next((m for m in _PIECE.finditer(sentence) if m.start() <= figure.start < m.end()), None)
    if piece is None or len(piece[0]) < len(figure.text) + 6:
        return
    end = len(sentence.rstrip("。；;\n")) if _CONDITION.match(piece[0]) else piece.end()
    before, after = sentence[piece.start() : figure.start], sentence[figure.end : end]
    unit = _shown_unit(figure)
    question = f"{before}多少{unit}{after}？" if unit != "%" else f"{before}多少{after}？"
    yield Draft(question, ((figure.text,),), (sentence,), _UNITS[figure.unit])


def _no_count(figure: Figure) -> bool:
    return bool(_YEAR.match(figure.text) or _ARTICLE.match(figure.text))


def _shown_unit(figure: Figure) -> str:
    """The unit as the text writes it: 名, not the canonical 人."""
    return re.sub(r"^[\d.,，零〇一二三四五六七八九两十百千万亿余多\s]+", "", figure.text) or figure.unit


def _from_duty(sentence: str) -> Iterator[Draft]:
    match = _WHO.search(sentence)
    if match is None:
        return
    pieces = list(_PIECE.finditer(sentence))
    place = next(n for n, m in enumerate(pieces) if m.start() <= match.start() < m.end())
    # "…，由谁实施？" says nothing without the words before the comma.
    begin = pieces[place - 1] if place and pieces[place].start() == match.start() else pieces[place]
    before = sentence[begin.start() : match.start()]
    after = sentence[match.start("does") : pieces[place].end()]
    if len(before) + len(after) >= 6:
        yield Draft(f"{before}由谁{after}？", ((match["who"],),), (sentence,), "由谁")


def _from_permission(sentence: str) -> Iterator[Draft]:
    match = _MAY.search(sentence)
    if match is None or match["before"].endswith(("为", "成")):
        return
    yield Draft(f"{match['before']}可以{match['what']}吗？", ((match["word"],),), (sentence,), "是非")


def _from_list(document: Document, clause: Clause, items: Sequence[Clause]) -> Iterator[Draft]:
    """A clause with three to twelve numbered items: what they are."""
    text = document.text
    labelled = [item for item in items if item.label]
    if len(labelled) not in _LIST_ITEMS or len(labelled) != len(items):
        return
    lead = text[clause.start : clause.body_end].removeprefix(clause.label).strip()
    topic = (clause.heading or re.split(r"[。；;\n]", lead)[-1] or lead).rstrip("：:，, 。")
    if not 3 <= len(topic) <= 40:
        return
    facts = tuple((_fact(text, item),) for item in labelled)
    if all(fact in topic for (fact,) in facts):
        return  # a heading that names its items answers itself
    gold = tuple(text[item.start : item.body_end].strip() for item in labelled)
    # 主要任务 alone could be any document's.
    of = f"《{_inner_title(document.title)}》的" if len(topic) <= _VAGUE_CHARS else ""
    yield Draft(f"{of}“{topic}”包括哪几项？", facts, gold, "列举")


def _inner_title(title: str) -> str:
    """The name of what a notice passes on, or the title itself."""
    match = re.search(r"《(.+)》", title)
    return match[1] if match else title


def _fact(text: str, item: Clause) -> str:
    words = item.heading or text[item.start : item.body_end].removeprefix(item.label)
    match = _PIECE.search(words.strip("、.．)） "))
    return match[0].strip()[:_FACT_CHARS] if match else words[:_FACT_CHARS]


def write_drafts(
    documents: Iterable[Document], path: Path, *, per_document: int, topic_of: Callable[[str], str]
) -> int:
    """Write proposals for several documents into a sheet to be accepted row by row; returns how many.

    `topic_of` gives a question's 分类, empty when it has none.
    """
    book, count = new_book(), 0
    sheet = Sheet(book, "待审题目", _COLUMNS, freeze="D2")
    for document in documents:
        for number, draft in enumerate(draft_questions(document, limit=per_document), start=1):
            sheet.add(
                _cells(
                    document, draft, id_=f"{document.id[:12]}-{number:03d}", topic=topic_of(draft.question)
                )
            )
            count += 1
    sheet.choices(0, ("是", "否"))
    sheet.filter()
    help_sheet = Sheet(book, "说明", (Column("列", 14), Column("怎么填", 100)))
    for line in _HELP:
        help_sheet.add(line)
    save(book, path)
    return count


def _cells(document: Document, draft: Draft, *, id_: str, topic: str) -> list[object]:
    return [
        None,
        id_,
        draft.question,
        "" if document.region == "全国" else document.region,
        "\n".join("｜".join(fact) for fact in draft.key_facts),
        "\n".join(" ".join(quote.split("\n")) for quote in draft.gold),
        document.title,
        "是",
        topic,
        draft.type,
    ]
