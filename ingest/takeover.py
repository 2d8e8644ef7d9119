"""What an original takes over from the fact cards (要点卡) it replaces: the validity that its own text does not tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.domain import Document, DocumentStatus
from ingest.evidence import GIVEN
from ingest.works import later, number_key

FROM_CARD = "据要点卡："


def with_validity_of(original: Document, cards: Sequence[Document]) -> Document:
    """The original with status, evidence and days of its cards where its own are unknown.

    Cards of another version say nothing of it, nor do cards that disagree or are
    superseded; a status that a person gave stays, 未知 too.
    """
    telling = [card for card in cards if same_version(original, card) and not card.superseded_by]
    first = next(iter(telling), None)
    if first is None:
        return original
    known = replace(
        original,
        effective_on=original.effective_on or first.effective_on,
        expires_on=original.expires_on or first.expires_on,
    )
    agreed = {card.status for card in telling} == {first.status}
    if not agreed or first.status is DocumentStatus.UNKNOWN or not _is_open(original):
        return known
    return replace(known, status=first.status, status_evidence=f"{FROM_CARD}{first.status_evidence}")


def _is_open(original: Document) -> bool:
    """Whether neither its text nor a person says what its status is."""
    taken_over = original.status_evidence.startswith(FROM_CARD)
    unknown = original.status is DocumentStatus.UNKNOWN and original.status_evidence != GIVEN
    return taken_over or unknown


def same_version(original: Document, card: Document) -> bool:
    """Whether a card was made from this version: the day of effect tells, else the day of issue.

    Without days only the same number does; titles outlive their versions.
    """
    if original.effective_on and card.effective_on:
        return original.effective_on == card.effective_on
    dated = bool((original.issued_on or original.effective_on) and (card.issued_on or card.effective_on))
    numbered = number_key(original.doc_number) == number_key(card.doc_number) != ""
    return later(original, card) == 0 and (dated or numbered)
