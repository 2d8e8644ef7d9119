"""Which hits an answer quotes: the best one and its near-equals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.asked import Asked
from assistant.domain import Document, Hit
from assistant.forms import form_missing
from assistant.naming import share_of_title
from assistant.text import CLAUSE
from assistant.understand import Query

# A further clause is quoted when it scores this share of the best one; a question for one
# thing (a number, a body, a yes or no) needs fewer than one for a list (docs/calibration.md).
KEEP, KEEP_SINGLE = 0.88, 0.92
_SINGLE = (Asked.AMOUNT, Asked.NUMBER, Asked.TIME_LIMIT, Asked.WHEN, Asked.WHO)
# Two things are compared, and each has most often a clause of its own.
COMPARED, KEEP_COMPARED = 2, 0.7
# Where the best have no such figure as is asked for, one that has it and scores this share of them.
KEEP_FORM = 0.6
NEAR_KINDS, KEEP_KIND = 6, 0.5  # hits looked at, and their share of the best, for another kind's own rule
_KINDS = re.compile("社团|社会团体|协会|民非|民办非企业|服务机构|基金会|慈善组织")
# Weights chosen on 916 questions written about a text's record (docs/adr/0009); they are flat
# around these. A text that is named outweighs the place that was talked of before.
OF_TITLE, OWN_TEXT, NAMED_TEXT = 5.0, 3.0, 12.0
OF_PLACE, OF_YEAR = 5.0, 1.0
MAX_QUOTED = 3


def quoted_hits(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """Hits to quote, best first.

    Args:
        query: The understood question.
        basis: Hits that may carry an answer, best first.
    """
    if query.of_record:
        return hits_of(meant_document(query, basis), basis)[:1]
    if Asked.COMPARISON in query.asked:
        kept = [hit for hit in basis[:COMPARED] if hit.score >= KEEP_COMPARED * basis[0].score]
        return kept + _of_other_kinds(query, basis, kept)
    floor = (KEEP_SINGLE if _asks_one_thing(query) else KEEP) * basis[0].score
    kept = [hit for hit in basis[:MAX_QUOTED] if hit.score >= floor]
    kept += _of_other_kinds(query, basis, kept)
    if kept and all(form_missing(query, hit.passage.text) for hit in kept):
        kept = _of_the_form(query, basis) or kept
    return kept


def _of_other_kinds(query: Query, basis: Sequence[Hit], kept: Sequence[Hit]) -> list[Hit]:
    """The best hit on each kind of organisation that is asked about apart and that no hit to be quoted is on.

    社团能开分会 民非能不能也开: each has a law of its own.
    """
    clauses = CLAUSE.findall(query.text)
    apart = Asked.COMPARISON in query.asked or sum(bool(_KINDS.search(clause)) for clause in clauses) > 1
    if len(query.organisations) < COMPARED or not apart:
        return []
    found = []
    for kind in sorted(query.organisations):
        near = [hit for hit in basis[:NEAR_KINDS] if hit.score >= KEEP_KIND * basis[0].score]
        on_it = [hit for hit in near if kind in f"{hit.document.title}{hit.passage.text}"]
        if on_it and not any(hit in kept for hit in on_it):
            found.append(on_it[0])
    return found


def _of_the_form(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """The best hit with the figure asked for (how much, how long), [] when it is far behind."""
    near = [hit for hit in basis[:MAX_QUOTED] if hit.score >= KEEP_FORM * basis[0].score]
    return [hit for hit in near if not form_missing(query, hit.passage.text)][:1]


def meant_document(query: Query, basis: Sequence[Hit]) -> str:
    """Id of the text that a question about a text's record most likely means, "" without hits.

    The best hit tells, and more so how much of a title the question has, whether it names a
    text, its very place or its year, and that a place's own text is meant before the nation's
    (国家慈善法改了，我们省的跟着改没).
    """
    best: dict[str, float] = {}
    for hit in basis:
        if hit.document.id not in best:
            best[hit.document.id] = (
                hit.score
                + OF_TITLE * share_of_title(query.text, hit.document.title)
                + OWN_TEXT * hit.reasons["own_region"]
                + NAMED_TEXT * hit.reasons["title_named"]
                + OF_PLACE * (hit.document.region in query.named_regions)
                + OF_YEAR * any(year in _dated(hit.document) for year in query.years)
            )
    return max(best, key=best.__getitem__, default="")


def _dated(document: Document) -> str:
    """What tells the year of a text: its title, number and days."""
    return f"{document.title}{document.doc_number}{document.issued_on}{document.effective_on}"


def hits_of(document_id: str, basis: Sequence[Hit]) -> list[Hit]:
    """The hits of one text, best first."""
    return [hit for hit in basis if hit.document.id == document_id]


def best_few(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """Hits for one of several aspects: the best, and a second as good unless one thing is asked for.

    Args:
        query: The aspect's own question.
        basis: Hits that may be quoted for it, best first, not empty.
    """
    most = 1 if _asks_one_thing(query) else 2
    return [hit for hit in basis[:most] if hit.score >= KEEP_SINGLE * basis[0].score]


def _asks_one_thing(query: Query) -> bool:
    return Asked.LIST not in query.asked and any(kind in query.asked for kind in _SINGLE)
