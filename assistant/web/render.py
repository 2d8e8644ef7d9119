"""Answers, questions and stages as HTML for the chat, escaped here and sanitised again by the browser.

A message is one HTML element on one line: Gradio takes that for a raw HTML block, so
nothing inside it is read as Markdown, a formula or an image.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assistant.domain import NATIONAL, Answer, Citation, Document, DocumentKind
from assistant.errors import NotFoundError
from assistant.presenting import wechat_text
from assistant.web import wording
from assistant.web.entrance import who
from assistant.web.export import checked_line, cited_text
from assistant.web.guard import STRICT_POLICY

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

    from assistant.conversations import Exchange
    from assistant.following import Answering

_NEAR_CHARS = 160  # of the neighbouring text shown on each side of a quote
_MARKER = re.compile(r"\[([0-9]{1,2})\]")
_MARKDOWN_OFF = (
    "image",
    "link",
    "autolink",
    "html_inline",
    "html_block",
    "fence",
    "code",
    "reference",
    "backticks",
)


@dataclass(frozen=True, slots=True)
class Card:
    """A citation as the source panel shows it.

    `before` and `after` are the neighbouring words, empty when the document is gone or
    its text at this place changed since the answer was given (`changed`).
    """

    citation: Citation
    badge: wording.Badge
    facts: str
    before: str
    after: str
    link: str
    changed: bool


@cache
def templates() -> Environment:
    """The page's templates; every value is escaped unless it is Markup."""
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(wording=wording, card_kind=DocumentKind.FACT_CARD, who=who)
    return environment


def plain_page(html: str, *, status: int = 200) -> HTMLResponse:
    """A page under the strict policy; the browser keeps none that was made for somebody's account."""
    headers = {"content-security-policy": STRICT_POLICY}
    if who():
        headers["cache-control"] = "no-store"
    return HTMLResponse(html, status_code=status, headers=headers)


def question_html(question: str) -> str:
    """What the user said, as a chat message."""
    return _one_line(f'<div class="question">{escape(question)}</div>')


def stage_html(stage: str) -> str:
    """What the assistant is doing, as a chat message."""
    return f'<div class="stage" role="status">正在{escape(stage)}<span class="dots">……</span></div>'


def region_question_html() -> str:
    """The one time a visitor is asked for the region, as a chat message."""
    button = f'<button type="button" class="choose-region">{wording.CHOOSE_REGION}</button>'
    return f'<div class="region-question" role="status">{wording.REGION_MATTERS} {button}</div>'


def answer_html(exchange: Exchange, *, assistant: Answering) -> str:
    """An answer with its notices, sources and tools, as a chat message.

    Args:
        exchange: What to show; one with id 0 is not stored and cannot be rated.
        assistant: Where the surroundings of the quotes are read.
    """
    answer, key = exchange.answer, str(exchange.id)
    page = templates().get_template("answer.html")
    blocks = _blocks(answer)
    leads = [n for n in answer.notices if n.text in blocks]  # what the answer says before its quotes
    html = page.render(
        answer=answer,
        key=key,
        exchange_id=exchange.id,
        verdict=exchange.verdict.value,
        leads=leads,
        said=Markup(_said_html(answer, [b for b in blocks if b not in {n.text for n in leads}], key)),
        notices=[n for n in answer.notices if n not in leads],
        cards=[_card(c, assistant) for c in answer.citations],
        related=[_card(c, assistant) for c in answer.related],
        asked_for=_asked_for(answer),
        plain=wechat_text(answer),
        full=cited_text(exchange),
        checked=checked_line(exchange.check) if exchange.check else "",
    )
    return _one_line(html)


def document_link(document_id: str, start: int = 0, end: int = 0) -> str:
    """Where the reading view shows a document, with these words marked, relative to the chat page."""
    place = f"?at={start}-{end}#quote" if end else ""
    return f"documents/{quote(document_id, safe='')}{place}"


def facts_line(record: Citation | Document) -> str:
    """文号 · 机关 · 日期 · 地区, leaving out what is not known."""
    parts = (record.doc_number, record.issuer, record.issued_on, record.region)
    return " · ".join(part for part in parts if part)


def _card(citation: Citation, assistant: Answering) -> Card:
    before = after = ""
    changed = False
    try:
        excerpt = assistant.excerpt(citation.document_id, citation.start, citation.end)
        changed = excerpt.quote != citation.quote
    except NotFoundError:
        changed = True
    if not changed:
        before, after = _tail(excerpt.before), _head(excerpt.after)
    link = "" if changed else document_link(citation.document_id, citation.start, citation.end)
    badge = wording.BADGES[citation.status]
    return Card(citation, badge, facts_line(citation), before, after, link, changed)


def _asked_for(answer: Answer) -> str:
    """Which region the answer is for, in words."""
    chosen = answer.region if answer.region and answer.region != NATIONAL else ""
    if answer.refused:
        return wording.SEARCHED_FOR.format(region=chosen) if chosen else wording.NO_REGION
    return wording.ANSWERED_FOR.format(region=chosen) if chosen else wording.ANSWERED_NATIONALLY


def _blocks(answer: Answer) -> list[str]:
    """The paragraphs of the answer's Markdown, without whom to ask, which has its own line."""
    text = answer.answer.removesuffix(answer.ask_whom) if answer.ask_whom else answer.answer
    return [block.strip() for block in text.split("\n\n") if block.strip()]


def _said_html(answer: Answer, blocks: Sequence[str], key: str) -> str:
    env = {"key": key, "cited": {c.n: c for c in answer.citations}}
    return str(_markdown().render("\n\n".join(blocks), env))


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable(_MARKDOWN_OFF)
    parser.add_render_rule("text", _text_with_markers)
    return parser


def _text_with_markers(
    _renderer: RendererHTML, tokens: Sequence[Token], at: int, _options: object, env: dict[str, object]
) -> str:
    """Escaped text in which [n] links to the card of citation n, when there is one."""
    cited, key = env["cited"], env["key"]
    assert isinstance(cited, dict)

    def link(match: re.Match[str]) -> str:
        citation = cited.get(int(match[1]))
        if citation is None:
            return match[0]
        title = escape(f"查看依据{citation.n}：{citation.title} {citation.section}".strip())
        return f'<a class="cite" href="#s-{key}-{citation.n}" title="{title}">[{citation.n}]</a>'

    return _MARKER.sub(link, escape(tokens[at].content))


def _tail(text: str) -> str:
    return text if len(text) <= _NEAR_CHARS else "…" + text[-_NEAR_CHARS:]


def _head(text: str) -> str:
    return text if len(text) <= _NEAR_CHARS else text[:_NEAR_CHARS] + "…"


def _one_line(html: str) -> str:
    return re.sub(r">\s+<", "><", html.strip()).replace("\n", "&#10;")
