"""Words of the documents held, found again by their place: what the picture and the tables are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.domain import NATIONAL, ORIGINAL_HELD, Document, DocumentKind
from assistant.errors import NotFoundError
from assistant.web import wording
from assistant.web.guide import Anchor
from assistant.web.render import document_link

if TYPE_CHECKING:
    from assistant.following import Answering


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of a document: `quote == document.text[start:end]`; `link` opens them in the reading view."""

    document: Document
    quote: str
    start: int
    end: int

    @property
    def link(self) -> str:
        """Relative to the chat page."""
        return document_link(self.document.id, self.start, self.end)

    @property
    def badge(self) -> wording.Badge:
        """The validity of the document."""
        return wording.BADGES[self.document.status]

    @property
    def national(self) -> bool:
        """Whether the rule holds everywhere."""
        return self.document.region == NATIONAL

    @property
    def is_card(self) -> bool:
        """Whether these are our words instead of the original's."""
        return self.document.kind is DocumentKind.FACT_CARD


def quoted(anchor: Anchor, documents: Mapping[str, Document]) -> Quoted | None:
    """The words at a place; None when the document is not held or no longer says so."""
    document = documents.get(anchor.document_id)
    start = document.text.find(anchor.begins) if document else -1
    if document is None or start < 0:
        return None
    end = start + len(anchor.begins)
    if anchor.ends:
        last = document.text.find(anchor.ends, end)
        if last < 0:
            return None
        end = last + len(anchor.ends)
    return Quoted(document, document.text[start:end], start, end)


def held(ids: Iterable[str], assistant: Answering) -> dict[str, Document]:
    """Those of the documents that are held, with their text.

    A retired one is left out, unless it is a fact card that gave way to its original:
    what it says holds as before.
    """
    found = {}
    for id_ in set(ids):
        try:
            document = assistant.document(id_)
        except NotFoundError:
            continue
        if not document.retired or document.retired_reason.startswith(ORIGINAL_HELD):
            found[id_] = document
    return found
