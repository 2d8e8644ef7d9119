"""Documents that a question names: by 发文字号, by title, or by part of it in 《》."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.text import normalise

if TYPE_CHECKING:
    from assistant.domain import Document
    from assistant.understand import Query

LONG_TITLE = 5  # characters; a shorter title may stand in a question by chance
_PRINTED = re.compile(r"《(.+)》的通知$")
_BRACKET = re.compile(r"[（(][^（()）]*[)）]$")


@dataclass(frozen=True, slots=True)
class Name:
    """How a document may be named, without punctuation; `title` without 关于印发…的通知 and period."""

    document_id: str
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all documents of a generation."""

    names: tuple[Name, ...]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Names:
        """Work out how each document may be named."""
        return cls(tuple(Name(d.id, _plain(d.doc_number or ""), _plain(_core(d.title))) for d in documents))

    def named_in(self, query: Query) -> frozenset[str]:
        """Ids of the documents the question names by 发文字号, by whole title, or by part of it in 《》."""
        asked = _plain(query.text)
        parts = [_plain(title) for title in query.titles]
        return frozenset(
            name.document_id
            for name in self.names
            if (name.number and name.number in asked)
            or (len(name.title) >= LONG_TITLE and name.title in asked)
            or any(part in name.title for part in parts)
        )


def _core(title: str) -> str:
    """The title people use: the printed text's own, without the bracket at its end."""
    inner = _PRINTED.search(title)
    return _BRACKET.sub("", inner[1] if inner else title)


def _plain(text: str) -> str:
    return "".join(c for c in normalise(text) if c.isalnum())
