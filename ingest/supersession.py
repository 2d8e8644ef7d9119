"""What became of held documents: revised by a newer version, or repealed by name (同时废止《…》).

Everything follows from `Document.supersedes` (ids, numbers or titles) of the documents in
use. What a document's own text says of its validity is remembered, so that it comes back
when the document that replaced it is removed or taken out of use.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.domain import Document, DocumentKind, DocumentStatus
from assistant.validity import parse_day
from ingest.works import (
    NARRATIVE,
    as_number,
    bare_key,
    covers,
    day_of,
    later,
    number_key,
    same_authority,
    same_title,
    version_key,
)

if TYPE_CHECKING:
    from assistant.catalogue import Catalogue

_OWN, _WAIVED = "own_validity", "waived_supersessions"
_FINAL = (DocumentStatus.REPEALED, DocumentStatus.DRAFT)  # what no later version changes


@dataclass(frozen=True, slots=True)
class Mark:
    """That a document is superseded `by` another, with the status and evidence it gets."""

    document_id: str
    by: str
    status: DocumentStatus
    evidence: str


@dataclass(frozen=True, slots=True)
class Own:
    """A document's validity by its own text, and the mark that was laid over it."""

    status: str
    evidence: str
    superseded_by: str | None
    marked_by: str


def settle_validity(catalogue: Catalogue, *, as_of: date | None = None) -> tuple[Mark, ...]:
    """Bring status and `superseded_by` of every document to what the documents in use say.

    A document takes effect on others on its own day of effect, not before.

    Returns:
        The marks now in place that were not before, by document id.
    """
    kept = {id_: Own(**values) for id_, values in _state(catalogue, _OWN).items()}
    documents = catalogue.documents()
    own = {d.id: _own(d, kept) for d in documents}
    waived = {tuple(pair) for pair in _state(catalogue, _WAIVED).get("pairs", [])}
    plain = [_as_itself(d, own[d.id]) for d in documents]
    marks = {
        mark.document_id: mark
        for mark in find_marks(plain, as_of=as_of or date.today())
        if (mark.document_id, mark.by) not in waived
    }
    wanted = {d.id: _marked(d, marks.get(d.id)) for d in plain}
    changed = [wanted[d.id] for d in documents if wanted[d.id] != d]
    remembered = {
        id_: Own(own[id_].status, own[id_].evidence, own[id_].superseded_by, mark.by)
        for id_, mark in marks.items()
    }
    if changed or remembered != kept:
        with catalogue.transaction() as connection:
            for document in changed:
                catalogue.update(connection, document)
            catalogue.remember(connection, _OWN, _json({id_: _values(o) for id_, o in remembered.items()}))
    return tuple(marks[d.id] for d in sorted(changed, key=lambda d: d.id) if d.id in marks)


def waive(catalogue: Catalogue, document: Document) -> Document:
    """Lift the mark on a document because a person said what its status is.

    Returns:
        The document as it was before the mark; unchanged when there is none.
    """
    kept = {id_: Own(**values) for id_, values in _state(catalogue, _OWN).items()}
    own = _own(document, kept)
    if not own.marked_by:
        return document
    pairs = [*_state(catalogue, _WAIVED).get("pairs", []), [document.id, own.marked_by]]
    with catalogue.transaction() as connection:
        catalogue.remember(connection, _WAIVED, _json({"pairs": pairs}))
    return _as_itself(document, own)


def find_marks(documents: Iterable[Document], *, as_of: date) -> list[Mark]:
    """Who is superseded by whom, one mark per document: a repeal before a revision, the latest first."""
    held = list(documents)
    named = _Names(held)
    found: dict[str, tuple[tuple[bool, str], Mark]] = {}
    for by in held:
        if not _has_effect(by, as_of):
            continue
        called = [_called(old, by, name) for name in by.supersedes for old in named.of(name, by)]
        for mark in (*called, *(_revision(card, by) for card in named.earlier_cards(by))):
            rank = (mark.status is DocumentStatus.REPEALED, day_of(by))
            if mark.document_id not in found or rank > found[mark.document_id][0]:
                found[mark.document_id] = (rank, mark)
    return [mark for _, mark in found.values()]


class _Names:
    """Documents by id, number and title, as others name them."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._by_id = {d.id: d for d in documents}
        self._by_number: dict[str, list[Document]] = {}
        self._by_title: dict[str, list[Document]] = {}
        for document in documents:
            if number := number_key(document.doc_number):
                self._by_number.setdefault(number, []).append(document)
            self._by_title.setdefault(bare_key(document.title), []).append(document)
        self._cards: dict[tuple[str, str], list[Document]] = {}
        for document in documents:
            if document.kind is DocumentKind.FACT_CARD and not document.retired:
                key = document.region, version_key(document.title)
                self._cards.setdefault(key, []).append(document)

    def of(self, name: str, by: Document) -> list[Document]:
        """The documents that `by` means by a name: not itself, not later ones, not other places'."""
        if name in self._by_id:
            old = self._by_id[name]
            return [old] if name != by.id and same_authority(old, by) else []
        if number := as_number(name):
            meant = [d for d in self._by_number.get(number, ()) if covers(by.region, d.region)]
        else:
            titled = self._by_title.get(bare_key(name), ())
            meant = [d for d in titled if d.region == by.region and same_title(d.title, name)]
        return [d for d in meant if d.id != by.id and later(d, by) <= 0 and by.id not in d.supersedes]

    def earlier_cards(self, by: Document) -> list[Document]:
        """Fact cards in use that were made from an earlier version of a document."""
        key = version_key(by.title)
        cards = self._cards.get((by.region, key), ()) if key else ()
        return [card for card in cards if later(card, by) < 0]


def _has_effect(by: Document, as_of: date) -> bool:
    if by.retired or by.kind is not DocumentKind.ORIGINAL or by.level in NARRATIVE:
        return False
    begins = parse_day(by.effective_on)
    return by.status is not DocumentStatus.DRAFT and (begins is None or begins <= as_of)


def _called(old: Document, by: Document, name: str) -> Mark:
    """The mark of a document superseded by `name`: by id it is an earlier version, else its text repeals it."""
    if name == old.id and _same_work(old, by):
        return _revision(old, by)
    since = f"自{by.effective_on}起" if by.effective_on else ""
    return Mark(old.id, by.id, DocumentStatus.REPEALED, f"{since}被{_cited(by)}废止")


def _revision(old: Document, by: Document) -> Mark:
    since = f"，自{by.effective_on}起施行" if by.effective_on else ""
    return Mark(old.id, by.id, DocumentStatus.REVISED, f"已有新版本{_cited(by)}{since}")


def _cited(document: Document) -> str:
    return f"《{document.title}》" + (f"（{document.doc_number}）" if document.doc_number else "")


def _same_work(old: Document, by: Document) -> bool:
    numbers = number_key(old.doc_number), number_key(by.doc_number)
    return (numbers[0] == numbers[1] != "") or version_key(old.title) == version_key(by.title)


def _own(document: Document, kept: Mapping[str, Own]) -> Own:
    """Its validity without marks; a document stored anew since is as it says itself."""
    before = kept.get(document.id)
    if before is not None and document.superseded_by == before.marked_by:
        return before
    return Own(document.status.value, document.status_evidence, document.superseded_by, "")


def _as_itself(document: Document, own: Own) -> Document:
    return replace(
        document,
        status=DocumentStatus(own.status),
        status_evidence=own.evidence,
        superseded_by=own.superseded_by,
    )


def _marked(document: Document, mark: Mark | None) -> Document:
    if mark is None:
        return document
    if document.status in _FINAL:
        return replace(document, superseded_by=mark.by)
    return replace(document, status=mark.status, status_evidence=mark.evidence, superseded_by=mark.by)


def _values(own: Own) -> dict[str, str | None]:
    return {
        "status": own.status,
        "evidence": own.evidence,
        "superseded_by": own.superseded_by,
        "marked_by": own.marked_by,
    }


def _state(catalogue: Catalogue, key: str) -> dict[str, dict[str, str]]:
    return dict(json.loads(catalogue.state(key) or "{}"))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
