"""A conversation as a file: Markdown or Word, every quote with its full source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from io import BytesIO

from assistant.conversations import Check, Exchange
from assistant.domain import Citation, DocumentKind
from assistant.layout import as_lines
from assistant.web import wording

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WORD_FONT = "Microsoft YaHei"


class Style(Enum):
    """What a line of the export is; the value is its style in Word."""

    TITLE = "Title"
    QUESTION = "Heading 2"
    TEXT = "Normal"
    NOTICE = "List Bullet"
    SOURCE = "Heading 3"
    QUOTE = "Quote"


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of the export."""

    style: Style
    text: str


def markdown_file(title: str, exchanges: Sequence[Exchange]) -> str:
    """The conversation as Markdown; quotes are block quotes, letter by letter."""
    return "\n\n".join(map(_as_markdown, lines(title, exchanges))) + "\n"


def word_file(title: str, exchanges: Sequence[Exchange]) -> bytes:
    """The conversation as a .docx file."""
    from docx import Document
    from docx.oxml.ns import qn

    document = Document()
    for style in {line.style.value for line in lines(title, exchanges)}:
        looks = document.styles[style]
        looks.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _WORD_FONT)
        looks.font.italic = False  # slanted Chinese is hard to read
    for line in lines(title, exchanges):
        document.add_paragraph(_NOT_XML.sub("", line.text), style=line.style.value)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def local_time(moment: str) -> str:
    """A stored UTC time as this machine's clock shows it, to the minute."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def checked_line(check: Check) -> str:
    """Who compared the answer with the originals, when, and what came out."""
    told = wording.CHECKED.format(name=check.name, time=local_time(check.checked_at), outcome=check.outcome)
    return f"{told}。{check.note}" if check.note else f"{told}。"


def cited_text(exchange: Exchange) -> str:
    """The answer with every quote and its full source, as plain text to paste into a document."""
    told = [line.text for line in _told(exchange) if line.style is not Style.QUESTION]
    return "\n".join([*told, f"（{wording.FIXED_LINE}）"])


def lines(title: str, exchanges: Sequence[Exchange]) -> Iterator[Line]:
    """A conversation as the paragraphs of a file or a printed page."""
    yield Line(Style.TITLE, title)
    yield Line(Style.TEXT, f"{wording.TITLE}，{wording.FIXED_LINE}")
    for exchange in exchanges:
        yield from _told(exchange)


def _told(exchange: Exchange) -> Iterator[Line]:
    answer = exchange.answer
    yield Line(Style.QUESTION, answer.question)
    asked_at = local_time(exchange.asked_at) if exchange.asked_at else ""
    yield Line(Style.TEXT, f"{asked_at}　{answer.region or wording.NO_REGION}".strip())
    for block in as_lines(answer.answer).split("\n\n"):
        yield Line(Style.TEXT, block)
    for notice in answer.notices:
        if notice.text not in answer.answer:
            yield Line(Style.NOTICE, notice.text)
    for heading, citations in ((wording.SOURCES, answer.citations), (wording.RELATED, answer.related)):
        for cited in citations:
            yield Line(Style.SOURCE, f"{heading} [{cited.n}] {full_source(cited)}")
            yield Line(Style.QUOTE, cited.quote)
    if exchange.check is not None:
        yield Line(Style.NOTICE, checked_line(exchange.check))


def full_source(cited: Citation) -> str:
    """《标题》（文号），机关，日期，地区，效力，条款, with the label of a fact card."""
    number = f"（{cited.doc_number}）" if cited.doc_number else ""
    label = f"〔{wording.FACT_CARD}〕" if cited.kind is DocumentKind.FACT_CARD else ""
    page = f"第 {cited.page} 页" if cited.page else ""
    validity = wording.BADGES[cited.status].words
    parts = (cited.issuer, cited.issued_on, cited.region, validity, cited.section, page)
    return "，".join([f"《{cited.title}》{number}{label}", *(part for part in parts if part)])


def _as_markdown(line: Line) -> str:
    text = line.text.replace("<", "&lt;")
    if line.style is Style.QUOTE:
        return "\n".join(f"> {part}" for part in text.split("\n"))
    marks = {Style.TITLE: "# ", Style.QUESTION: "## ", Style.SOURCE: "### ", Style.NOTICE: "- "}
    return marks.get(line.style, "") + text
