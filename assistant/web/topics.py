"""The topics page (政策主题): ready questions, the picture of the ways, thresholds of the regions compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.domain import NATIONAL, Document
from assistant.regions import Relation, relation
from assistant.web.api import asker_of
from assistant.web.drawing import Drawing, one_below_another, side_by_side
from assistant.web.guide import Guide, Table, Way
from assistant.web.quoting import Quoted, held, quoted
from assistant.web.render import document_link, plain_page, templates

if TYPE_CHECKING:
    from assistant.conversations import Conversations
    from assistant.following import Answering

_OWN_FIRST = (Relation.OWN, Relation.WITHIN, Relation.NATIONAL, Relation.OTHER)


@dataclass(frozen=True, slots=True)
class Asking:
    """A ready question and the link that asks it."""

    question: str
    link: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One document's line of a table: a cell is None where the document says nothing. `own`: the asker's region."""

    document: Document
    link: str
    own: bool
    cells: tuple[Quoted | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table with the words of the documents in its cells."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Compared, ...]


def routes(assistant: Answering, conversations: Conversations, guide: Guide) -> APIRouter:
    """The page."""
    router = APIRouter()
    anchored = {anchor.document_id for way in guide.ways for anchor in way.anchors}
    anchored |= {row.document_id for table in guide.tables for row in table.rows}

    @router.get("/topics")
    def topics(request: Request) -> HTMLResponse:
        region = conversations.region(asker_of(request).visitor)
        documents = held(anchored, assistant)
        html = (
            templates()
            .get_template("topics.html")
            .render(
                region=region,
                topics={topic: [_asking(q) for q in asked] for topic, asked in guide.questions.items()},
                drawings=drawings(guide.ways, documents, region=region),
                tables=[comparison(table, documents, region=region) for table in guide.tables],
            )
        )
        return plain_page(html)

    return router


def drawings(ways: Sequence[Way], documents: Mapping[str, Document], *, region: str) -> list[Drawing]:
    """The picture for a wide screen and for a phone, from national rules and those of the asker's region.

    Empty when no document says anything about one of the ways: half a picture misleads.
    """
    found = []
    for way in ways:
        known = [one for anchor in way.anchors if (one := quoted(anchor, documents)) is not None]
        fitting = (Relation.NATIONAL, Relation.OWN)
        found.append((way.name, [k for k in known if relation([region], k.document.region) in fitting]))
    if not found or not all(clauses for _, clauses in found):
        return []
    return [side_by_side(found), one_below_another(found)]


def comparison(table: Table, documents: Mapping[str, Document], *, region: str) -> Comparison:
    """A table with its cells filled; documents not held are left out, the asker's region comes first."""
    rows = []
    for row in table.rows:
        cells = {name: quoted(anchor, documents) for name, anchor in row.cells.items()}
        if any(cells.values()):
            document = documents[row.document_id]
            own = bool(region) and relation([region], document.region) in (Relation.OWN, Relation.WITHIN)
            shown = tuple(cells.get(name) for name in table.columns)
            rows.append(Compared(document, document_link(document.id), own, shown))
    rows.sort(key=lambda row: _OWN_FIRST.index(relation([region or NATIONAL], row.document.region)))
    return Comparison(table.name, table.columns, tuple(rows))


def _asking(question: str) -> Asking:
    return Asking(question, f"./?question={quote(question)}")
