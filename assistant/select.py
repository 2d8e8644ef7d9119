"""Which hits an answer quotes: the best one and its near-equals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.asked import Asked
from assistant.domain import Document, Hit
from assistant.forms import form_missing, wants_figure
from assistant.levels import is_account
from assistant.naming import holds_title, of_another_place, share_of_name, share_of_title
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
# A clause on the form of organisation asked about goes before another form's law from this share of it.
KEEP_LAW = 0.8
KEEP_PROCEDURE = 0.7
# Where a text that is no longer in force, or not yet, scores best: one in force, as a share of it.
KEEP_IN_FORCE = 0.7
NEAR_KINDS, KEEP_KIND = 6, 0.5  # hits looked at, and their share of the best, for another kind's own rule
_PROCEDURES = ("登记", "备案")
_KINDS = re.compile("社团|社会团体|协会|民非|民办非企业|服务机构|基金会|慈善组织")
# Weights chosen on 916 questions written about a text's record (docs/adr/0009); they are flat
# around these; the name as said (OF_NAME) finds 93.3 % of the texts meant, without it 92.0 %.
# A text that is named outweighs the place that was talked of before.
OF_TITLE, OF_NAME, OWN_TEXT, NAMED_TEXT = 5.0, 6.0, 3.0, 12.0
OF_PLACE, OF_YEAR = 5.0, 1.0
LIKE_NAME = 0.6  # share of a name said with a place that a text of the place has when it is meant by it
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
    kept = _of_own_procedure(query, basis, _of_own_law(basis, kept))
    return _rules_first(_in_force(query, basis) + kept)[:MAX_QUOTED]


def _of_own_procedure(query: Query, basis: Sequence[Hit], kept: Sequence[Hit]) -> list[Hit]:
    """The hits, led by a near clause on the procedure asked about where the best is on the other (登记, 备案)."""
    if not kept or not kept[0].reasons["other_procedure"]:
        return list(kept)
    own = [
        hit
        for hit in basis[:NEAR_KINDS]
        if hit.score >= KEEP_PROCEDURE * basis[0].score
        and (hit.passage.topic or "").startswith(_PROCEDURES)
        and not hit.reasons["other_procedure"]
        and not form_missing(query, hit.passage.text)
    ]
    return [*own[:1], *kept]


def _of_own_law(basis: Sequence[Hit], kept: Sequence[Hit]) -> list[Hit]:
    """The hits without laws of other forms of organisation, where a clause on the form asked about is near the best."""
    own = [
        hit
        for hit in basis[:NEAR_KINDS]
        if hit.reasons["same_organisation"]
        and not hit.reasons["foreign_law"]
        and hit.score >= KEEP_LAW * basis[0].score
    ]
    if not own or not any(hit.reasons["foreign_law"] for hit in kept):
        return list(kept)
    return [hit for hit in kept if not hit.reasons["foreign_law"]] or own[:1]


def _in_force(query: Query, basis: Sequence[Hit]) -> list[Hit]:
    """Where a text that is not in force leads, the clauses in force with the figure asked for, as far as they are near."""
    best = basis[0]
    meant = best.reasons["title_named"] or best.reasons["year_named"]
    if not (best.reasons["stale"] and wants_figure(query)) or meant:
        return []
    near = [hit for hit in basis[1:] if hit.score >= KEEP_IN_FORCE * best.score]
    return [
        hit
        for hit in near
        if hit.reasons["has_figure"]
        and not hit.reasons["stale"]
        and not form_missing(query, hit.passage.text)
    ][: MAX_QUOTED - 1]


def _rules_first(hits: Sequence[Hit]) -> list[Hit]:
    """The hits once each, rules before accounts (综述, 解读), which tell of rules but are none."""
    once = [hit for n, hit in enumerate(hits) if not any(hit is other for other in hits[:n])]
    return sorted(once, key=lambda hit: is_account(hit.document.level))


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

    The best hit tells, and more so how much of a title the question has and of the name it says
    a title has, whether it names a text, its very place or its year, and that a place's own text
    is meant before the nation's (国家慈善法改了，我们省的跟着改没).
    """
    best: dict[str, Hit] = {}
    for hit in basis:
        best.setdefault(hit.document.id, hit)
    own_titles = [hit.document.title for hit in best.values() if hit.reasons["own_region"]]
    own_named = any(share_of_name(query.text, title) >= LIKE_NAME for title in own_titles)
    named = [
        hit.document.title
        for hit in best.values()
        if (is_named(query, hit) if own_named else hit.reasons["title_named"])
    ]

    def titled(hit: Hit) -> bool:
        title = hit.document.title
        if hit.reasons["own_region"]:
            return any(holds_title(title, one) for one in named)
        return title in named and not any(holds_title(one, title) for one in own_titles)

    def likely(hit: Hit) -> float:
        document = hit.document
        return (
            hit.score
            + OF_TITLE * share_of_title(query.text, document.title)
            + OF_NAME * share_of_name(query.text, document.title)
            + OWN_TEXT * hit.reasons["own_region"]
            + NAMED_TEXT * titled(hit)
            + OF_PLACE * (document.region in query.named_regions)
            + OF_YEAR * any(year in _dated(document) for year in query.years)
        )

    return max(best, key=lambda id_: likely(best[id_]), default="")


def is_named(query: Query, hit: Hit) -> bool:
    """Whether the question names a hit's text, and not by another place's text of that name."""
    return bool(hit.reasons["title_named"]) and not of_another_place(
        query.text, hit.document, query.named_regions
    )


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
    if query.of_record:
        return quoted_hits(query, basis)
    most = 1 if _asks_one_thing(query) else 2
    return [hit for hit in basis[:most] if hit.score >= KEEP_SINGLE * basis[0].score]


def _asks_one_thing(query: Query) -> bool:
    return Asked.LIST not in query.asked and any(kind in query.asked for kind in _SINGLE)
