"""The policy library (政策文件库): browse the documents held, see how long each holds, search their clauses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import ceil, floor
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.domain import NATIONAL, Document, DocumentKind, DocumentStatus
from assistant.lexicon import TOPICS
from assistant.web import wording
from assistant.web.api import asker_of
from assistant.web.desk import Desk, Enquiry
from assistant.web.render import document_link, facts_line, plain_page, templates

if TYPE_CHECKING:
    from assistant.domain import Hit
    from assistant.following import Answering

_CLAUSES = 10  # clauses found by a search
_BARS = 200  # documents in the picture of validity
_ON_TOPIC = 400  # clauses looked through for a topic
_PER_PAGE = 50  # documents of the list on one page
_ENDED = (DocumentStatus.REPEALED, DocumentStatus.REVISED, DocumentStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the visitor asked for; an empty field filters nothing. `year` is that of issue."""

    q: str = ""
    region: str = ""
    level: str = ""
    status: str = ""
    year: str = ""
    topic: str = ""

    def link(self, **changed: str) -> str:
        """The page with these filters, some of them changed, relative to the chat page."""
        chosen = {name: value for name, value in (asdict(self) | changed).items() if value}
        return f"library?{urlencode(chosen)}" if chosen else "library"


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in the list."""

    link: str
    title: str
    facts: str
    level: str
    badge: wording.Badge
    is_card: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of the list; `earlier` and `later` are links, empty at the ends."""

    entries: tuple[Entry, ...]
    number: int
    pages: int
    earlier: str
    later: str


@dataclass(frozen=True, slots=True)
class Bar:
    """How long a document holds: `left` and `width` in percent of the picture.

    `open` when no end is known; `ended` when it no longer holds although its end is
    not known, so that the bar's length says nothing.
    """

    entry: Entry
    left: float
    width: float
    open: bool
    ended: bool
    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars by beginning, and the years of the scale with their place in percent."""

    bars: tuple[Bar, ...]
    years: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause found by a search."""

    title: str
    section: str
    text: str
    link: str


def routes(assistant: Answering, desk: Desk, *, today: Callable[[], date] = date.today) -> APIRouter:
    """The page and its JSON form."""
    router = APIRouter()

    @router.get("/library")
    def library(  # noqa: PLR0917 - one parameter for each field of the form
        request: Request,
        q: str = "",
        region: str = "",
        level: str = "",
        status: str = "",
        year: str = "",
        topic: str = "",
        page: int = 1,
    ) -> HTMLResponse:
        filters = Filters(q.strip(), region, level, status, year, topic if topic in TOPICS else "")
        held = [d for d in assistant.documents() if not d.retired]
        found = select(held, filters)
        hits = desk.search(Enquiry(filters.q), asker=asker_of(request), top_k=_CLAUSES) if filters.q else []
        if filters.topic:
            near = desk.search(Enquiry(filters.topic), asker=asker_of(request), top_k=_ON_TOPIC)
            about = [hit for hit in near if is_about(hit, filters.topic)]
            found = [d for d in found if d.id in {hit.document.id for hit in about}]
            hits = hits or about[:_CLAUSES]
        template = templates().get_template("library.html")
        html = template.render(
            filters=filters,
            choices=choices(held),
            shelf=shelf(found, filters, page=page),
            found=len(found),
            held=len(held),
            picture=picture(found, today=today()),
            clauses=[_clause(hit) for hit in hits],
        )
        return plain_page(html)

    @router.get("/api/documents")
    def documents(q: str = "", region: str = "", level: str = "", status: str = "", year: str = "") -> object:
        held = [d for d in assistant.documents() if not d.retired]
        return {
            "documents": [_record(d) for d in select(held, Filters(q.strip(), region, level, status, year))]
        }

    return router


def is_about(hit: Hit, topic: str) -> bool:
    """Whether a clause found by a topic's name is about it: a card of this topic, or under such a heading."""
    return hit.passage.topic == topic or hit.reasons.get("topic_in_section", 0.0) > 0


def shelf(found: Sequence[Document], filters: Filters, *, page: int) -> Shelf:
    """A page of the list; a number beyond the last gives the last, one below 1 the first."""
    pages = max(1, ceil(len(found) / _PER_PAGE))
    number = min(max(page, 1), pages)
    shown = found[(number - 1) * _PER_PAGE : number * _PER_PAGE]
    return Shelf(
        entries=tuple(_entry(d) for d in shown),
        number=number,
        pages=pages,
        earlier=filters.link(page=str(number - 1)) if number > 1 else "",
        later=filters.link(page=str(number + 1)) if number < pages else "",
    )


def select(documents: Iterable[Document], filters: Filters) -> list[Document]:
    """The documents that fit every filter: originals before fact cards, national first, newest first."""
    found = [d for d in documents if _fits(d, filters)]
    found.sort(key=lambda d: d.issued_on or "", reverse=True)
    found.sort(key=lambda d: (d.kind is DocumentKind.FACT_CARD, d.region != NATIONAL, d.region))
    return found


def choices(documents: Sequence[Document]) -> dict[str, list[str]]:
    """What the lists of the form offer: values that occur, 全国 first, years newest first."""
    regions = sorted({d.region for d in documents}, key=lambda region: (region != NATIONAL, region))
    return {
        "region": regions,
        "level": sorted({d.level for d in documents}),
        "status": [status.value for status in DocumentStatus if any(d.status is status for d in documents)],
        "topic": list(TOPICS),
        "year": sorted({d.issued_on[:4] for d in documents if d.issued_on}, reverse=True),
    }


def picture(documents: Sequence[Document], *, today: date) -> Picture:
    """The validity of the documents over the years; empty when none of them has a date."""
    begun = [(begin, d) for d in documents if (begin := _years(d.effective_on or d.issued_on)) is not None]
    if not begun:
        return Picture((), ())
    now = _years(today.isoformat()) or 0.0
    first = floor(min(begin for begin, _ in begun))
    last = max([now, *(end for _, d in begun if (end := _years(d.expires_on)) is not None)]) + 0.5
    scale = 100 / (last - first)
    bars = []
    for begin, document in sorted(begun, key=lambda pair: pair[0])[:_BARS]:
        end = _years(document.expires_on)
        width = max(((end if end is not None else now) - begin) * scale, 0.5)
        ended = end is None and document.status in _ENDED
        words = f"{(document.effective_on or document.issued_on or '')[:4]}—{(document.expires_on or '')[:4]}"
        bars.append(
            Bar(
                _entry(document),
                round((begin - first) * scale, 2),
                round(width, 2),
                end is None,
                ended,
                words,
            )
        )
    step = max(1, floor((last - first) / 6))
    years = tuple((year, round((year - first) * scale, 2)) for year in range(first, floor(last) + 1, step))
    return Picture(tuple(bars), years)


def _fits(document: Document, filters: Filters) -> bool:
    words = f"{document.title} {document.doc_number or ''} {document.issuer or ''}"
    return (
        all(word in words for word in filters.q.split())
        and document.region.startswith(filters.region)
        and filters.level in ("", document.level)
        and filters.status in ("", document.status.value)
        and (document.issued_on or "").startswith(filters.year)
    )


def _years(day: str | None) -> float | None:
    """A date of any precision (2020, 2020-12, 2020-12-07) as a fraction of years; None for no date."""
    parts = [int(part) for part in (day or "").split("-") if part.isdigit()]
    if not parts:
        return None
    year, month, day_of_month = [*parts, 1, 1][:3]
    return year + (month - 1) / 12 + (day_of_month - 1) / 365


def _entry(document: Document) -> Entry:
    return Entry(
        link=document_link(document.id),
        title=document.title,
        facts=facts_line(document),
        level=document.level,
        badge=wording.BADGES[document.status],
        is_card=document.kind is DocumentKind.FACT_CARD,
    )


def _clause(hit: Hit) -> Clause:
    passage = hit.passage
    link = document_link(passage.document_id, passage.start, passage.end)
    return Clause(hit.document.title, passage.section, passage.text, link)


def _record(document: Document) -> dict[str, object]:
    """A document's metadata as JSON, without its text."""
    record = asdict(document)
    for left_out in ("text", "clauses"):
        del record[left_out]
    return record | {"status": document.status.value, "kind": document.kind.value}
