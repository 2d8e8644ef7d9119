"""Where expected questions point: their passage's row, or the original's clause once a card retired."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.domain import ORIGINAL_HELD, Document, ExpectedQuestion, Passage
from assistant.text import bigrams, normalise

_ARTICLE = re.compile(r"第[零〇一二三四五六七八九十百千]+条")
_ALIKE = 0.12  # share of a fact's character pairs a clause must hold to take over its questions

Placed = tuple[int, ExpectedQuestion]


def placed(
    questions: Sequence[ExpectedQuestion],
    passages: Sequence[Passage],
    *,
    documents: Mapping[str, Document],
    card_passages: Iterable[Passage],
) -> list[Placed]:
    """Expected questions with the row of the passage they point into; others are left out.

    Args:
        questions: All of the catalogue's.
        passages: The generation's passages, in row order.
        documents: All documents, retired ones included.
        card_passages: Passages of retired documents.
    """
    rows: dict[str, list[tuple[int, Passage]]] = {}
    for row, passage in enumerate(passages):
        rows.setdefault(passage.document_id, []).append((row, passage))
    heirs = {
        (card.document_id, card.start): heir
        for card in card_passages
        if (heir := _heir(card, rows.get(_original_of(documents[card.document_id]), []))) is not None
    }
    found: list[Placed] = []
    for question in questions:
        heir = heirs.get((question.document_id, question.start))
        if heir is not None and not question.is_gap:  # the original may well say what its card does not
            row, passage = heir
            moved = ExpectedQuestion(passage.document_id, passage.start, passage.end, question.question)
            found.append((row, moved))
            continue
        own = rows.get(question.document_id, [])
        row = next((row for row, p in own if p.start <= question.start < p.end), -1)
        if row >= 0:
            found.append((row, question))
    return found


def _original_of(document: Document) -> str:
    """Id of the original that a retired card made way for, "" for any other document."""
    held, _, original = document.retired_reason.partition("：")
    return original if document.retired and held == ORIGINAL_HELD else ""


def _heir(card: Passage, clauses: Sequence[tuple[int, Passage]]) -> tuple[int, Passage] | None:
    """The clause of the original that a fact restates: of the article it names, the most alike."""
    named = set(_ARTICLE.findall(card.section))
    among = [(row, p) for row, p in clauses if p.article in named] or list(clauses)
    fact = set(bigrams(normalise(card.text)))
    scored = [(len(fact & set(bigrams(normalise(p.text)))) / max(len(fact), 1), row, p) for row, p in among]
    share, row, passage = max(scored, key=lambda item: (item[0], -item[1]), default=(0.0, -1, None))
    return (row, passage) if passage is not None and share >= _ALIKE else None
