"""A small assistant for the page's tests: two documents, answers made by hand, the real records and rendering."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.domain import (
    Answer,
    AnswerStatus,
    Citation,
    Clause,
    Document,
    DocumentKind,
    DocumentStatus,
    Excerpt,
    Hit,
    Notice,
    NoticeKind,
    Passage,
    Point,
    Turn,
)
from assistant.errors import BadQuestionError, NotFoundError
from assistant.regions import Gazetteer

EVIL = '<script>window.pwned=1</script><img src=x onerror="window.pwned=1">${window.pwned=1}{{7*7}}'

PLAN_TEXT = (
    "培育发展社区社会组织专项行动方案\n"
    "一、总体要求\n"
    "坚持党建引领。\n"
    "二、工作任务\n"
    "（一）完善分类管理\n"
    "符合登记条件的，依法登记。达不到登记条件的，由街道办事处（乡镇政府）实施管理。\n"
    "规模较小、组织较为松散的，由社区党组织领导，基层群众性自治组织对其活动进行指导和管理。\n"
    "（二）加强资金支持\n"
    "鼓励设立孵化培育资金，建设孵化基地。\n"
)
EVIL_TEXT = f"恶意条款：{EVIL}\n![x](http://evil.example/x.png)\n[点我](javascript:alert(1))\n"


def _clause(ordinal: int, parent: int | None, label: str, heading: str, span: tuple[int, int, int]) -> Clause:
    start, body_end, end = span
    depth = 0 if parent is None else 1
    return Clause(ordinal, parent, depth, label, heading, start, body_end, end)


def _plan_clauses() -> tuple[Clause, ...]:
    at = PLAN_TEXT.index
    one, two, first, second = at("一、总体"), at("二、工作"), at("（一）完善"), at("（二）加强")
    end = len(PLAN_TEXT)
    return (
        _clause(0, None, "一、", "总体要求", (one, two, two)),
        _clause(1, None, "二、", "工作任务", (two, first, end)),
        _clause(2, 1, "（一）", "完善分类管理", (first, second, second)),
        _clause(3, 1, "（二）", "加强资金支持", (second, end, end)),
    )


PLAN = Document(
    id="plan-36",
    title="培育发展社区社会组织专项行动方案（2021—2023年）",
    text=PLAN_TEXT,
    doc_number="民办发〔2020〕36号",
    issuer="民政部办公厅",
    level="规范性文件",
    issued_on="2020-12-07",
    status=DocumentStatus.EXPIRED,
    status_evidence="方案实施期到2023年",
    clauses=_plan_clauses(),
)
CARDS = Document(
    id="cards/四川",
    title="四川社区社会组织要点",
    text="备案由街道办事处（乡镇政府）办理。\n",
    kind=DocumentKind.FACT_CARD,
    region="四川省",
    issued_on="2023-05",
    status=DocumentStatus.IN_FORCE,
)
EVIL_DOCUMENT = Document(
    id="evil", title=f"坏标题{EVIL}", text=EVIL_TEXT, issuer=EVIL, source_url="javascript:alert(1)"
)
REGIONS = (
    {
        "name": "四川省",
        "short": ["四川"],
        "cities": [{"name": "成都市", "short": ["成都"]}, {"name": "绵阳市"}],
    },
    {"name": "吉林省", "short": ["吉林"], "cities": [{"name": "长春市"}]},
)


def cite(document: Document, quote: str, *, n: int, section: str = "") -> Citation:
    """A citation of words that stand in the document."""
    start = document.text.index(quote)
    return Citation(
        n=n,
        document_id=document.id,
        title=document.title,
        doc_number=document.doc_number,
        issuer=document.issuer,
        region=document.region,
        level=document.level,
        issued_on=document.issued_on,
        status=document.status,
        section=section,
        page=None,
        quote=quote,
        start=start,
        end=start + len(quote),
        kind=document.kind,
    )


def answered(question: str, region: str | None = None) -> Answer:
    """An answer with three citations and every kind of notice."""
    section = "二、工作任务 > （一）完善分类管理"
    street = cite(PLAN, "达不到登记条件的，由街道办事处（乡镇政府）实施管理。", n=1, section=section)
    loose = cite(PLAN, "规模较小、组织较为松散的，由社区党组织领导", n=2, section=section)
    card = cite(CARDS, "备案由街道办事处（乡镇政府）办理。", n=3)
    expired = "注意：《培育发展社区社会组织专项行动方案（2021—2023年）》实施期已满，以下为当时要求。"
    text = f"{expired}\n\n《专项行动方案》：\n{street.quote}[1]\n\n{loose.quote}[2]\n\n要点：{card.quote}[3]"
    return Answer(
        status=AnswerStatus.ANSWERED,
        answer=text,
        question=question,
        region=region,
        points=tuple(Point(c.quote, (c.n,)) for c in (street, loose, card)),
        citations=(street, loose, card),
        notices=(
            Notice(NoticeKind.VALIDITY, expired),
            Notice(NoticeKind.JURISDICTION, "其中四川省的文件只适用于四川省。"),
            Notice(NoticeKind.FACT_CARD, "标“要点”的内容是要点整理，非原文。"),
        ),
        timings_ms={"total": 12.0},
    )


def refused(question: str) -> Answer:
    """A refusal with a related quote."""
    whom = "建议向当地民政部门咨询。"
    return Answer(
        status=AnswerStatus.NO_EVIDENCE,
        answer=f"文件库中没有找到能直接回答这个问题的规定。{whom}",
        question=question,
        region=None,
        related=(cite(PLAN, "鼓励设立孵化培育资金，建设孵化基地。", n=1),),
        ask_whom=whom,
    )


def poisoned(question: str) -> Answer:
    """An answer whose every field tries to run a script or to call out."""
    quote = cite(EVIL_DOCUMENT, EVIL_TEXT.strip(), n=1, section=EVIL)
    text = f"{EVIL}\n\n![x](http://evil.example/y.png) [点我](javascript:alert(1))\n\n{quote.quote}[1]"
    return Answer(
        status=AnswerStatus.ANSWERED,
        answer=text,
        question=question,
        region=EVIL,
        points=(Point(quote.quote, (1,)),),
        citations=(quote,),
        notices=(Notice(NoticeKind.PREMISE, EVIL), Notice(NoticeKind.MODE, EVIL)),
        ask_whom=EVIL,
    )


def explained() -> dict[str, object]:
    """An explanation with one rejected hit."""
    hit = {
        "rank": 1,
        "document_id": CARDS.id,
        "title": f"{CARDS.title}{EVIL}",
        "section": "",
        "start": 0,
        "end": 2,
        "score": 0.5,
        "text": EVIL,
        "rejected": "外地文件",
        "reasons": {"bm25": 0.5},
    }
    verdict = {"status": "answered", "probability": 0.9, "elsewhere": 0.0, "reason": ""}
    return {
        "corrections": [["登计", "登记"]],
        "topics": {"备案程序": 1.0},
        "asked": [],
        "region": None,
        "named_regions": [],
        "as_of": "2026-11-22",
        "follow_up": False,
        "terms": {"备案": 1.0},
        "verdict": verdict,
        "hits": [hit],
    }


@dataclass
class FakeAssistant:
    """Answers by keywords of the question; keeps what it was asked in `asked`. 等待 waits for `ready`."""

    gazetteer: Gazetteer = field(default_factory=lambda: Gazetteer.from_data(REGIONS))
    asked: list[tuple[str, str | None, tuple[Turn, ...]]] = field(default_factory=list)
    held: dict[str, Document] = field(default_factory=lambda: {d.id: d for d in (PLAN, CARDS, EVIL_DOCUMENT)})
    ready: threading.Event = field(default_factory=threading.Event)

    def ask(
        self,
        question: str,
        *,
        region: str | None = None,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
        on_stage: Callable[[str], None] = lambda _stage: None,
    ) -> Answer:
        if not question.strip():
            raise BadQuestionError("请先写下要问的问题。")
        if len(question) > 300:
            raise BadQuestionError(f"问题请控制在 300 字以内（现在 {len(question)} 字）。")
        self.asked.append((question, region, tuple(history)))
        for stage in ("理解问题", "查找条款", "核对引文"):
            on_stage(stage)
        if "等待" in question:
            self.ready.wait(30)
        if "崩溃" in question:
            raise RuntimeError("secret detail of the machine")
        if "天气" in question:
            return refused(question)
        answer = poisoned(question) if "坏" in question else answered(question, region)
        return replace(answer, explain=explained())

    def search(self, question: str, *, region: str | None = None, top_k: int = 20) -> list[Hit]:
        start = PLAN_TEXT.index("鼓励设立")
        passage = Passage("p1", PLAN.id, start, start + 9, PLAN_TEXT[start : start + 9], "（二）加强资金支持")
        return [Hit(passage, PLAN, 1.0)][:top_k]

    def excerpt(self, document_id: str, start: int, end: int) -> Excerpt:
        document = self.document(document_id)
        text = document.text
        return Excerpt(document, "", text[max(0, start - 40) : start], text[start:end], text[end : end + 40])

    def document(self, document_id: str) -> Document:
        if document_id not in self.held:
            raise NotFoundError(f"文件库中没有编号为“{document_id}”的文件。")
        return self.held[document_id]

    def documents(self) -> list[Document]:
        return list(self.held.values())

    def handover(self) -> AbstractContextManager[None]:
        return nullcontext()

    def close(self) -> None:
        pass
