"""Which hits an answer quotes: the best one and its near-equals."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.asked import Asked, asks_whether_in_force
from assistant.domain import DocumentKind, Hit
from assistant.forms import form_missing
from assistant.understand import Query

# A further clause is quoted when it scores this share of the best one; a question for one
# thing (a number, a body, a yes or no) needs fewer than one for a list (docs/calibration.md).
KEEP, KEEP_SINGLE = 0.88, 0.92
_SINGLE = (Asked.AMOUNT, Asked.NUMBER, Asked.TIME_LIMIT, Asked.WHEN, Asked.WHO)
# Two things are compared, and each has most often a clause of its own.
COMPARED, KEEP_COMPARED = 2, 0.7
# Where the best have no such figure as is asked for, one that has it and scores this share of them.
KEEP_FORM = 0.6
NAMED = 3  # best hits among which a named text is looked for
MAX_QUOTED = 3


def quoted_hits(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """Hits to quote, best first.

    Args:
        query: The understood question.
        basis: Hits that may carry an answer, best first.
    """
    if (Asked.VALIDITY in query.asked and not _asks_figure(query)) or still_counts(query, basis):
        return _asked_document(query, basis)
    if Asked.COMPARISON in query.asked:
        return [hit for hit in basis[:COMPARED] if hit.score >= KEEP_COMPARED * basis[0].score]
    floor = (KEEP_SINGLE if _asks_one_thing(query) else KEEP) * basis[0].score
    kept = [hit for hit in basis[:MAX_QUOTED] if hit.score >= floor]
    if kept and all(form_missing(query, hit.passage.text) for hit in kept):
        kept = _of_the_form(query, basis) or kept
    return kept


def _of_the_form(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """The best hit with the figure asked for (how much, how long), [] when it is far behind."""
    near = [hit for hit in basis[:MAX_QUOTED] if hit.score >= KEEP_FORM * basis[0].score]
    return [hit for hit in near if not form_missing(query, hit.passage.text)][:1]


def still_counts(query: Query, basis: Sequence[Hit]) -> bool:
    """Whether it is asked if a text named by number or title is still in force: its record says, whatever its words."""
    return asks_whether_in_force(query.text) and any(hit.reasons["title_named"] for hit in basis[:NAMED])


def _asked_document(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """For a question about a text's validity: the best hit of the text it most likely means."""
    named = [hit for hit in basis if hit.reasons["title_named"]]
    meant = named or [hit for hit in basis if any(kind in hit.document.title for kind in query.kinds)]
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
