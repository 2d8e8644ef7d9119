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
SHARED_SHORT = 2  # a short number (36号文) that more documents end in names none of them
_SHORT = re.compile(r"(?<![\d〕\])）])(\d{1,4})号(?:文|令|意见|方案|通知|办法|规定)")
_ENDING = re.compile(r"(?<!\d)(\d{1,4})号$")
_PRINTED = re.compile(r"《(.+)》的通知$")
_BRACKET = re.compile(r"[（(][^（()）]*[)）]$")


@dataclass(frozen=True, slots=True)
class Name:
    """How a document may be named, without punctuation; `title` without 关于印发…的通知 and period.

    `ending` is the bare number at the end of the 发文字号, "" when it has none.
    """

    document_id: str
    number: str
    ending: str
    title: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all documents of a generation."""

    names: tuple[Name, ...]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Names:
        """Work out how each document may be named."""
        return cls(
            tuple(
                Name(d.id, _plain(d.doc_number or ""), _ending(d.doc_number or ""), _plain(_core(d.title)))
                for d in documents
            )
        )

    def named_in(self, query: Query) -> frozenset[str]:
        """Ids of the documents the question names by 发文字号, by whole title, or by part of it in 《》."""
        asked = _plain(query.text)
        parts = [_plain(title) for title in query.titles]
        exact = frozenset(
            name.document_id
            for name in self.names
            if (name.number and name.number in asked)
            or (len(name.title) >= LONG_TITLE and name.title in asked)
            or any(part in name.title for part in parts)
        )
        return exact or self._by_short_number(query.text)

    def _by_short_number(self, text: str) -> frozenset[str]:
        """Ids of the documents meant by the bare end of a 发文字号: 36号文, 191号意见."""
        found: set[str] = set()
        for number in _SHORT.findall(normalise(text)):
            named = {name.document_id for name in self.names if name.ending == number}
            found |= named if len(named) <= SHARED_SHORT else set()
        return frozenset(found)


def _ending(doc_number: str) -> str:
    """36 of 民办发〔2020〕36号: with its brackets, as without them the year runs into the number."""
    match = _ENDING.search(normalise(doc_number).strip())
    return match[1] if match else ""


def _core(title: str) -> str:
    """The title people use: the printed text's own, without the bracket at its end."""
    inner = _PRINTED.search(title)
    return _BRACKET.sub("", inner[1] if inner else title)


def _plain(text: str) -> str:
    return "".join(c for c in normalise(text) if c.isalnum())
