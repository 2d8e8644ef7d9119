"""From files to the published index: synchronise the corpus, add documents, retire cards, publish."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.domain import ORIGINAL_HELD, Document, DocumentKind
from assistant.known_ways import KnownWays
from ingest.corpus import Entry, corpus_hash, read_corpus, read_questions
from ingest.supersession import settle_validity
from ingest.takeover import with_validity_of
from ingest.works import number_key, same_authority, title_key

if TYPE_CHECKING:
    from assistant.catalogue import Catalogue

_CORPUS_HASH, _CARD_TITLES = "corpus_hash", "card_titles"


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a synchronisation did, by document id."""

    stored: tuple[str, ...]
    removed: tuple[str, ...]
    retired: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """False when the catalogue already held this corpus."""
        return bool(self.stored or self.removed)


def sync(catalogue: Catalogue, folder: Path) -> SyncReport:
    """Bring the built-in documents of the catalogue to what a corpus folder holds.

    Users' own documents stay, with the questions that this corpus knows about laws like
    them; built-in ones that a person took out of use stay out.
    Nothing changes when the folder is the one already stored.

    Raises:
        DocumentError: A corpus file is invalid; the catalogue is unchanged.
    """
    digest = corpus_hash(folder)
    if catalogue.state(_CORPUS_HASH) == digest:
        return SyncReport((), (), _settled(catalogue))  # a kill may have come before settling
    entries = list(read_corpus(folder))
    questions = read_questions(folder, entries)
    wanted = {entry.document.id for entry in entries}
    held = catalogue.documents()
    gone = [d.id for d in held if d.builtin and d.id not in wanted]
    out = {d.id: d.retired_reason for d in held if _taken_out(d)}
    with catalogue.transaction() as connection:
        for id_ in gone:
            catalogue.delete(connection, id_)
        for entry in entries:
            document = entry.document
            if document.id in out:
                document = replace(document, retired=True, retired_reason=out[document.id])
            catalogue.put(connection, document, entry.passages, questions.get(document.id, ()))
        ways = KnownWays.read(folder)
        for own in (catalogue.document(d.id) for d in held if not d.builtin):
            catalogue.put_questions(connection, own.id, ways.of(own, list(catalogue.passages([own.id]))))
        catalogue.remember(connection, _CARD_TITLES, _titles_state(entries))
        catalogue.remember(connection, _CORPUS_HASH, digest)
    return SyncReport(tuple(sorted(wanted)), tuple(gone), _settled(catalogue))


def _settled(catalogue: Catalogue) -> tuple[str, ...]:
    retired = settle_cards(catalogue)
    settle_validity(catalogue)
    return retired


def is_synchronised(catalogue: Catalogue) -> bool:
    """Whether the catalogue has ever held the documents of a corpus folder."""
    return catalogue.state(_CORPUS_HASH) is not None


def settle_cards(catalogue: Catalogue) -> tuple[str, ...]:
    """Retire fact cards whose original is in the catalogue, bring back those whose original left.

    An original takes over what its cards know of its validity. Cards that a person took out of use stay out.

    Returns:
        Ids of the cards whose original is in the catalogue.
    """
    import json

    documents = catalogue.documents()
    also = json.loads(catalogue.state(_CARD_TITLES) or "{}")
    originals = _Originals(d for d in documents if d.kind is DocumentKind.ORIGINAL and not d.retired)
    changes: list[Document] = []
    cards_of: dict[str, list[Document]] = {}
    for card in (d for d in documents if d.kind is DocumentKind.FACT_CARD and not _taken_out(d)):
        original = originals.of_card(card, also.get(card.id, ()))
        reason = f"{ORIGINAL_HELD}：{original.id}" if original else ""
        if original:
            cards_of.setdefault(original.id, []).append(card)
        if (card.retired, card.retired_reason) != (bool(original), reason):
            changes.append(replace(card, retired=bool(original), retired_reason=reason))
    held = {d.id: d for d in documents if d.id in cards_of}
    changes += [
        new for id_, cards in cards_of.items() if (new := with_validity_of(held[id_], cards)) != held[id_]
    ]
    if changes:
        with catalogue.transaction() as connection:
            for changed in changes:
                catalogue.update(connection, changed)
    retired = {card.id for cards in cards_of.values() for card in cards}
    return tuple(d.id for d in documents if d.id in retired)


def _taken_out(document: Document) -> bool:
    """Whether a person, not `settle_cards`, took the document out of use."""
    return document.retired and not document.retired_reason.startswith(ORIGINAL_HELD)


class _Originals:
    """Originals in use by number and by title, so that a card finds its own without looking at each."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._numbered: dict[str, list[Document]] = {}
        self._titled: dict[tuple[str, str], list[Document]] = {}
        for document in documents:
            if number := number_key(document.doc_number):
                self._numbered.setdefault(number, []).append(document)
            self._titled.setdefault((document.region, title_key(document.title)), []).append(document)

    def of_card(self, card: Document, also: Sequence[str]) -> Document | None:
        """The original a card was made from: of its number, or of its title and region where one has no number.

        `also` are further titles of the work.
        """
        number = number_key(card.doc_number)
        for numbered in self._numbered.get(number, ()) if number else ():
            if same_authority(numbered, card) or not numbered.issuer:
                return numbered
        keys = dict.fromkeys(title_key(title) for title in (card.title, *also))
        titled = (d for key in keys for d in self._titled.get((card.region, key), ()))
        return next((d for d in titled if not (number and number_key(d.doc_number))), None)


def _titles_state(entries: Iterable[Entry]) -> str:
    import json

    return json.dumps(
        {e.document.id: e.original_titles for e in entries if e.original_titles}, ensure_ascii=False
    )
