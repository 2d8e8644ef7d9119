"""Wording of answers and refusals: quotes with their source, warnings first, whom to ask. All user-facing text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from assistant.domain import (
    NATIONAL,
    AnswerStatus,
    Citation,
    DocumentKind,
    DocumentStatus,
    Hit,
    Notice,
    NoticeKind,
    Point,
)
from assistant.extract import Quote
from assistant.force import day_in_words, short_title, status_sentence
from assistant.judge import Verdict
from assistant.levels import is_account
from assistant.regions import Relation, has_own_law, relation
from assistant.understand import Query
from assistant.validity import as_on

CARD_LABEL = "要点整理，非原文"
OCR_LABEL = "OCR 识别，请核对原件"
_RELATED = 2
_ARTICLE = re.compile(r"第[零〇一二三四五六七八九十百千\d]+[章节条款项]")
_A_NAME = 3  # letters from which the first words of a card's section may be its title's, said again
EXCERPT = "以下是该文件的摘录："


def citation(n: int, quote: Quote, *, text: str, query: Query) -> Citation:
    """A numbered citation of a quote, with the document's status on the day asked about, and why."""
    document, passage = as_on(quote.hit.document, query.as_of), quote.hit.passage
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
        section=passage.section,
        page=passage.page,
        quote=text[quote.start : quote.end],
        start=quote.start,
        end=quote.end,
        kind=document.kind,
        url=document.source_url,
        effective_on=document.effective_on,
        ocr=document.recognised(quote.start, quote.end),
        status_evidence=document.status_evidence,
    )


def source_line(cited: Citation) -> str:
    """《title》 section, with the labels that a fact card and recognised words must carry."""
    label = f"〔{CARD_LABEL}〕" if cited.kind is DocumentKind.FACT_CARD else ""
    recognised = f"〔{OCR_LABEL}〕" if cited.ocr else ""
    return f"{text_name(cited)}{_place(cited)}{label}{recognised}"


def text_name(cited: Citation) -> str:
    """《title》（number）; the number once where the title has it."""
    title = short_title(cited.title)
    number = f"（{cited.doc_number}）" if cited.doc_number and cited.doc_number not in title else ""
    return f"《{title}》{number}"


def is_heading(cited: Citation) -> bool:
    """Whether the quote is but the heading of its clause, as each member of a series is."""
    heading = "".join(cited.section.split(" > ")[-1].split())
    return bool(heading) and "".join(cited.quote.split()) == heading


def quoted_lines(quote: str) -> str:
    """A quote line by line as its document has it, without the empty ones that would end a paragraph."""
    return "\n".join(line.strip() for line in quote.split("\n") if line.strip())


def source_told(cited: Citation) -> str:
    """One line on a quote's source: text, number, clause, who issued it when, and where it applies."""
    issued = (
        f"，{cited.issuer or ''}{day_in_words(cited.issued_on or '')}发布"
        if cited.issuer or cited.issued_on
        else ""
    )
    where = "全国性文件" if cited.region == NATIONAL else f"{cited.region}的文件，只适用于{cited.region}"
    if is_account(cited.level):
        where = "是介绍做法的材料，不是规定"
    return f"**上面引的是**：{source_line(cited)}{issued}，{where}。"


def points(citations: Sequence[Citation]) -> list[Point]:
    """One point per citation: the quoted words themselves."""
    return [Point(quoted_lines(c.quote), (c.n,)) for c in citations]


def answer_text(
    query: Query,
    stated: Sequence[Point],
    citations: Sequence[Citation],
    premises: Sequence[str],
    *,
    direct: str = "",
) -> str:
    """Markdown of an answer: corrections, validity, place, the direct line, then each quote under its source."""
    by_number = {c.n: c for c in citations}
    blocks = [*premises, *leads(query, citations), *([direct] if direct else [])]
    if stated and query.of_record and any(line for _, line in _statuses(query, citations)):
        blocks.append(EXCERPT)

    def source(point: Point) -> str:
        cited = by_number[point.citations[0]]
        return text_name(cited) if is_heading(cited) else source_line(cited)

    for name, group in groupby(stated, key=source):
        said = [point.text + "".join(f"[{n}]" for n in point.citations) for point in group]
        blocks.append(f"{name}：\n" + "\n".join(said))
    return "\n\n".join(blocks)


def lacking_line(lacking: str) -> list[str]:
    """What a partial answer leaves open, said first: 文件库的记录没有写明这份文件的有效期限。; [] when nothing is."""
    what = "的记录" if lacking.startswith("没有写明") else ""
    return [f"文件库{what}{lacking}。"] if lacking else []


def leads(query: Query, citations: Sequence[Citation]) -> list[str]:
    """What must be read before the quotes: the period is over, the text is not in force."""
    lines = dict.fromkeys(line for _, line in _statuses(query, citations) if line)
    return [*lines, *_only_inside(query, citations)]


def _statuses(query: Query, citations: Sequence[Citation]) -> list[tuple[Citation, str]]:
    """A citation of each text with its status sentence; the first text's whole record where that is asked for."""
    texts = {c.document_id: c for c in citations}.values()
    return [
        (cited, status_sentence(cited, query, of_record=bool(query.standing) and not at))
        for at, cited in enumerate(texts)
    ]


def _only_inside(query: Query, citations: Sequence[Citation]) -> list[str]:
    """That a quoted rule holds for a part of the asker's place only; [] when none does."""
    local = [c.region for c in citations if relation(query.places, c.region) is Relation.WITHIN]
    inside = "、".join(dict.fromkeys(local))
    return [f"没有找到{query.region}全境对这个问题的规定，以下只适用于{inside}。"] if local else []


def notices(query: Query, citations: Sequence[Citation]) -> list[Notice]:
    """Warnings about validity, place and fact cards for an answer's citations."""
    found = [Notice(NoticeKind.JURISDICTION, line) for line in _only_inside(query, citations)]
    for cited, sentence in _statuses(query, citations):
        if sentence:
            found.append(Notice(NoticeKind.VALIDITY, sentence))
        elif cited.status is DocumentStatus.UNKNOWN and not is_account(cited.level):
            found.append(
                Notice(
                    NoticeKind.VALIDITY,
                    f"《{short_title(cited.title)}》目前是否有效未能核实，使用前请向发文机关确认。",
                )
            )
    found += [Notice(NoticeKind.JURISDICTION, line) for line in _of_places(query, citations)]
    if any(is_account(c.level) for c in citations):
        found.append(
            Notice(
                NoticeKind.VALIDITY,
                "引用中有答复、解读、综述或经验材料，反映做法和打算，不是可直接执行的规定。",
            )
        )
    if any(c.kind is DocumentKind.FACT_CARD for c in citations):
        found.append(Notice(NoticeKind.FACT_CARD, f"标“要点”的内容是{CARD_LABEL}，正式答复前请核对原文。"))
    return found


def _of_places(query: Query, citations: Sequence[Citation]) -> list[str]:
    """Where the quoted texts hold, and that the asker's place has none; nothing of the asker's own rules alone."""
    places = dict.fromkeys(c.region for c in citations)
    if list(places) == [NATIONAL] and query.region not in (None, NATIONAL):
        ruled = any(not is_account(c.level) for c in citations)
        none_here = f"文件库中未找到{query.region}对此的专门规定。"
        return [f"依据的是全国性文件；{none_here}" if ruled else none_here]
    if len(places) > 1:
        return [f"其中{place}的文件只适用于{place}。" for place in places if place != NATIONAL]
    own = [query.chosen] if query.chosen else []
    return [
        f"引用的文件只适用于{place}。"
        for place in places
        if place != NATIONAL and relation(own, place) is not Relation.OWN
    ]


def refusal_text(query: Query, verdict: Verdict, related: Sequence[Citation], *, ask_whom: str) -> str:
    """Markdown of a refusal: why, what is nearest, whom to ask."""
    place = query.region if query.region and query.region != NATIONAL else ""
    if verdict.status is AnswerStatus.OUT_OF_SCOPE:
        return f"这个问题（{verdict.reason}）不在社区社会组织政策的范围内，文件库不能回答。{ask_whom}"
    if verdict.status is AnswerStatus.UNCLEAR:
        return (
            "没有看明白要问哪件事。您是想问：①要不要登记、什么条件 ②备案找谁、带什么材料 ③经费从哪来 "
            "④变更或注销？请补充一句再问。"
        )
    if verdict.status is AnswerStatus.OTHER_REGION_ONLY:
        judged = [c for c in related if c.region == verdict.reason] or related
        where = "、".join(dict.fromkeys(c.region for c in judged))
        here = (
            f"文件库中没有找到{place}对这个问题的规定"
            if place
            else "没有找到全国性文件对这个问题的规定，您还没有选择地区"
        )
        listed = "；".join(dict.fromkeys(f"{c.region}《{short_title(c.title)}》" for c in judged))
        advice = "" if place else "请先在页面上选择地区再问。"
        return f"{here}。只找到{where}的文件（{listed}），仅供参考，不能作为{place or '本地'}的依据。{advice}{ask_whom}"
    if verdict.reason == "联系方式":
        return f"文件库只收政策文件，没有可靠的电话、地址或网址。{ask_whom}"
    if verdict.reason.startswith("没有收录"):
        return f"文件库{verdict.reason}，不能说它现在是否有效。{ask_whom}"
    if verdict.reason.startswith("没有写明"):
        return f"文件库中有相关规定，但{verdict.reason}，不能凭空回答。{ask_whom}"
    return f"文件库中没有找到能直接回答这个问题的规定，不能凭空回答。{ask_whom}"


def ask_whom(query: Query, verdict: Verdict, *, outside: str) -> str:
    """Whom to ask, as the documents divide the work: civil affairs for registration, the street for filing."""
    if verdict.status is AnswerStatus.OUT_OF_SCOPE:
        return outside
    place = query.region if query.region and query.region != NATIONAL else "当地"
    if has_own_law(place):
        return f"内地的规定不适用于{place}，请向当地的社团登记机关查询。"
    if any(topic.startswith("备案") for topic in query.topics):
        return f"建议向所在街道办事处（乡镇政府）或{place}民政部门咨询。"
    if "税收" in query.topics:
        return f"建议向{place}税务部门或民政部门咨询。"
    if any(topic.startswith("资金") for topic in query.topics):
        return f"建议向{place}民政部门、财政部门或所在街道（乡镇）咨询。"
    return f"建议向{place}民政部门（社会组织登记管理机关）或所在街道（乡镇）咨询。"


def nearest(hits: Sequence[Hit]) -> list[Quote]:
    """The nearest passages of a refusal, shown as 相关但未回答."""
    return [Quote(hit, hit.passage.start, hit.passage.end, hit.score) for hit in hits[:_RELATED]]


def _place(cited: Citation) -> str:
    """The clause within its text: its heading; of a card's section not what only names the text again."""
    leaf = _leaf(cited.section)
    if cited.kind is not DocumentKind.FACT_CARD:
        return leaf
    article = _ARTICLE.search(leaf)
    named = leaf[: article.start()] if article else leaf
    letters = [letter for letter in named if letter.isalnum()]
    again = len(letters) >= _A_NAME and all(letter in cited.title for letter in letters)
    return leaf.removeprefix(named) if again else leaf


def _leaf(section: str) -> str:
    """Labels of a heading path, the last heading in full."""
    parts = section.split(" > ")
    return parts[-1][:30] if section else ""
