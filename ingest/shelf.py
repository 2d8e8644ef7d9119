"""The documents already held, arranged for finding the relatives of a new one quickly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.domain import Document, DocumentKind
from ingest.fingerprints import fingerprint
from ingest.works import Titles, day_of, number_key, version_key

if TYPE_CHECKING:
    from assistant.catalogue import Catalogue
    from assistant.intake import Fingerprint


@dataclass(frozen=True, slots=True)
class Near:
    """The held document that shares most: `share` of the new one's sentences, 0 to 1."""

    document: Document
    share: float


class Shelf:
    """Held documents (originals, without text) by words, sentences, number and title."""

    def __init__(self, documents: Iterable[Document], prints: Mapping[str, Fingerprint]) -> None:
        """Arrange documents; each has a fingerprint."""
        self._documents: dict[str, Document] = {}
        self._prints: dict[str, Fingerprint] = {}
        self._by_words: dict[str, str] = {}
        self._by_version: dict[tuple[str, str], list[str]] = {}
        self._by_number: dict[str, list[str]] = {}
        self._titles = Titles()
        self._recent: dict[int, list[str]] = {}  # sentences of documents put here later
        held = [document for document in documents if document.id in prints]
        for document in held:
            self._place(document, prints[document.id])
        owners = np.repeat(np.arange(len(held)), [len(prints[d.id].sentences) for d in held])
        sentences = np.concatenate([np.zeros(0, np.uint64), *(prints[d.id].sentences for d in held)])
        order = np.argsort(sentences, kind="stable")
        self._ids = [document.id for document in held]
        self._sentences, self._owners = sentences[order], owners[order]

    @classmethod
    def of(cls, catalogue: Catalogue, *, keep: bool) -> Shelf:
        """All originals of a catalogue; missing fingerprints are made, and kept when `keep`."""
        originals = [d for d in catalogue.documents() if d.kind is DocumentKind.ORIGINAL]
        prints = catalogue.intake.fingerprints()
        missing = [d.id for d in originals if d.id not in prints]
        made = {id_: fingerprint(catalogue.document(id_).text) for id_ in missing}
        if keep:
            catalogue.intake.keep_fingerprints(made)
        return cls(originals, prints | made)

    def __contains__(self, document_id: str) -> bool:
        """Whether a document of this id is held."""
        return document_id in self._documents

    def document(self, document_id: str) -> Document:
        """A held document without its text."""
        return self._documents[document_id]

    def fingerprint(self, document_id: str) -> Fingerprint:
        """A held document's fingerprint."""
        return self._prints[document_id]

    def put(self, document: Document, print_: Fingerprint) -> None:
        """Add a document that is not held yet."""
        self._place(document, print_)
        for sentence in print_.sentences.tolist():
            self._recent.setdefault(sentence, []).append(document.id)

    def update(self, document: Document) -> None:
        """Replace the metadata of a held document; its title, number and region are as before."""
        self._documents[document.id] = document

    def same_words(self, print_: Fingerprint) -> Document | None:
        """The document with the same words, whatever its blanks and line breaks; None if there is none."""
        found = self._by_words.get(print_.words)
        return self._documents[found] if found else None

    def nearest(self, print_: Fingerprint) -> Near | None:
        """The document that holds the largest share of these sentences; None when none holds any."""
        if not len(print_.sentences):
            return None
        counts: dict[str, int] = {}
        first = np.searchsorted(self._sentences, print_.sentences, side="left")
        last = np.searchsorted(self._sentences, print_.sentences, side="right")
        for start, end in zip(first.tolist(), last.tolist(), strict=True):
            for owner in self._owners[start:end].tolist():
                counts[self._ids[owner]] = counts.get(self._ids[owner], 0) + 1
        for sentence in print_.sentences.tolist():
            for id_ in self._recent.get(sentence, ()):
                counts[id_] = counts.get(id_, 0) + 1
        if not counts:
            return None
        best = max(counts, key=lambda id_: (counts[id_], id_))
        return Near(self._documents[best], counts[best] / len(print_.sentences))

    def versions(self, document: Document, *, by_title: bool) -> list[Document]:
        """Documents of the same number, or (`by_title`) of the same title and region, the latest last.

        Those taken out of use are left out.
        """
        number, key = number_key(document.doc_number), version_key(document.title)
        ids = list(self._by_number.get(number, ())) if number else []
        if by_title and key:
            ids += self._by_version.get((document.region, key), ())
        found = [self._documents[id_] for id_ in dict.fromkeys(ids) if id_ != document.id]
        return sorted((other for other in found if not other.retired), key=day_of)

    def holds_work(self, title: str) -> bool:
        """Whether a document of this title is held, of any version and region."""
        return self._titles.hold(title)

    def _place(self, document: Document, print_: Fingerprint) -> None:
        self._documents[document.id] = document
        self._prints[document.id] = print_
        self._by_words[print_.words] = document.id
        self._titles.add(document.title)
        if key := version_key(document.title):
            self._by_version.setdefault((document.region, key), []).append(document.id)
        if number := number_key(document.doc_number):
            self._by_number.setdefault(number, []).append(document.id)
