"""Which hits an answer quotes: the best one and its near-equals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.asked import Asked, asks_for_record, asks_whether_in_force
from assistant.domain import DocumentKind, Hit
from assistant.forms import form_missing
from assistant.naming import share_of_title
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
_CLAUSES = re.compile(r"[，,。；;！!？?\s]+")
LIKE_TITLE = 0.6  # share of a title's pairs of characters by which a question names it without 《》
NAMED = 3  # best hits among which a named text is looked for
MAX_QUOTED = 3


def quoted_hits(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """Hits to quote, best first.

    Args:
        query: The understood question.
        basis: Hits that may carry an answer, best first.
    """
    if (Asked.VALIDITY in query.asked and not _asks_figure(query)) or asks_of_record(query, basis):
        return _asked_document(query, basis)
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
    clauses = _CLAUSES.split(query.text)
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


def asks_of_record(query: Query, basis: Sequence[Hit]) -> bool:
    """Whether it is asked if a named text is still in force, or its number or day: its record says, whatever its words."""
    if asks_for_record(query.text):
        return bool(_meant(query, basis))
    return asks_whether_in_force(query.text) and any(hit.reasons["title_named"] for hit in basis[:NAMED])


def _meant(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """Hits of the text that a question names, exactly or by most of its title's words (居委会组织法)."""
    named = [hit for hit in basis if hit.reasons["title_named"]]
    if named:
        return named
    shares = {hit.document.id: share_of_title(query.text, hit.document.title) for hit in basis}
    best = max(shares, key=shares.__getitem__, default="")
    return [hit for hit in basis if hit.document.id == best] if shares.get(best, 0.0) >= LIKE_TITLE else []


def _asked_document(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """For a question about a text's validity: the best hit of the text it most likely means."""
    meant = _meant(query, basis) or [
        hit for hit in basis if any(kind in hit.document.title for kind in query.kinds)
    ]
    rules = [h for h in meant if h.document.kind is DocumentKind.ORIGINAL and not h.reasons["not_a_rule"]]
    return (rules or meant or list(basis))[:1]


def best_few(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """Hits for one of several aspects: the best, and a second as good unless one thing is asked for.

    Args:
        query: The aspect's own question.
        basis: Hits that may be quoted for it, best first, not empty.
    """
    most = 1 if _asks_one_thing(query) else 2
    return [hit for hit in basis[:most] if hit.score >= KEEP_SINGLE * basis[0].score]


def _asks_figure(query: Query) -> bool:
    """A figure is asked for: 到期前几天去换 is not about whether a text still holds."""
    return any(kind in query.asked for kind in (Asked.AMOUNT, Asked.NUMBER, Asked.TIME_LIMIT))


def _asks_one_thing(query: Query) -> bool:
    return Asked.LIST not in query.asked and any(kind in query.asked for kind in _SINGLE)
