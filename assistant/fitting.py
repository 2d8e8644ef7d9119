"""How a passage fits a question beside matching it: place, validity, kind of text, what is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from assistant.asked import Asked
from assistant.domain import NOT_IN_FORCE, Document, DocumentKind, DocumentStatus, Passage
from assistant.forms import wants_figure
from assistant.levels import is_no_rule
from assistant.regions import Relation, relation
from assistant.validity import status_on

if TYPE_CHECKING:
    from assistant.traits import Traits
    from assistant.understand import Query

# The three forms an organisation is registered in; each has laws of its own.
_FORMS = frozenset({"社会团体", "民办非企业单位", "基金会"})
_REGISTERING = re.compile(r"(?:登记|注册)(?!管理机关|证|的)")
_SHORT_OF_IT = re.compile(r"(?:[没未不]|达不到|够不上)[^，。？?]{0,4}(?:登记|注册)")
_FILING = re.compile(r"备[个了过]?案")


def document_fit(query: Query, document: Document) -> dict[str, float]:
    """Features that compare what is asked with what a document is, the same for all its passages."""
    place = relation(query.places, document.region)
    status = status_on(document, query.as_of)
    return {
        "kind_named": float(any(kind in document.title or kind in document.level for kind in query.kinds)),
        "own_region": float(place is Relation.OWN),
        "region_named": float(place is Relation.OWN and bool(query.named_regions)),
        "other_region": float(place is Relation.OTHER),
        "within": float(place is Relation.WITHIN),
        "stale": float(status in NOT_IN_FORCE and status is not DocumentStatus.EXPIRED),
        "expired": float(status is DocumentStatus.EXPIRED),
        "not_a_rule": float(is_no_rule(document.level)),
        "fact_card": float(document.kind is DocumentKind.FACT_CARD),
    }


def fit(query: Query, document: Document, passage: Passage, traits: Traits) -> dict[str, float]:
    """Features that compare what is asked with what a passage is, beside those of its document."""
    topics = query.topics
    return {
        "topic": max((v for t, v in topics.items() if t == passage.topic), default=0.0),
        "topic_in_section": max((v for t, v in topics.items() if t[:2] in passage.section), default=0.0),
        "year_named": float(bool(query.years) and _has_years(query, document, passage)),
        "article_named": float(
            bool(passage.article and passage.article.startswith(query.articles or ("无",)))
        ),
        "has_figure": float(wants_figure(query) and bool(traits.units)),
        "has_money": float(Asked.AMOUNT in query.asked and "元" in traits.units),
        "same_organisation": float(
            bool(query.organisations) and bool(query.organisations & traits.organisations)
        ),
        "other_organisation": float(
            bool(query.organisations and traits.organisations)
            and not query.organisations & traits.organisations
        ),
        "foreign_law": float(_is_of_another_form(query, traits)),
        "other_procedure": float(_is_of_other_procedure(query.text, passage)),
    }


def _is_of_another_form(query: Query, traits: Traits) -> bool:
    """Whether the text is a law of other forms of organisation than those asked about (民办非企业单位年度检查办法, 社团)."""
    asked, ruled = query.organisations & _FORMS, traits.ruled & _FORMS
    return bool(asked and ruled) and not asked & ruled


def _is_of_other_procedure(question: str, passage: Passage) -> bool:
    """Whether registration (登记) is asked about and the clause is on filing (备案), or the reverse.

    Who is short of registration asks about filing; what is made for both is on either.
    """
    registering = bool(_REGISTERING.search(question)) and not _SHORT_OF_IT.search(question)
    if not passage.topic or registering == bool(_FILING.search(question)):
        return False
    other, own = ("备案", _REGISTERING) if registering else ("登记", _FILING)
    return passage.topic.startswith(other) and not own.search(passage.text)


def _has_years(query: Query, document: Document, passage: Passage) -> bool:
    """Every year the question names stands in the passage, its heading or the document's title or date."""
    where = f"{document.title}{document.issued_on}{passage.section}{passage.text}"
    return all(year in where for year in query.years)


def local_match(features: Mapping[str, float]) -> dict[str, float]:
    """The asker's own place counts for a clause that matches, not by itself."""
    match = features["coverage"] + features["asked_both"]
    return {"own_match": features["own_region"] * match, "named_match": features["region_named"] * match}


def unasked_match(features: Mapping[str, float], *, unasked: bool, crowd: float) -> dict[str, float]:
    """How much more words and vector weigh for a passage whose ways of asking nobody wrote down (a newly added text).

    Args:
        features: Of the passage.
        unasked: Whether nobody wrote a question for it.
        crowd: Cosine of the last of the nearest passages: among many thousands some are near by chance.
    """
    weight = float(unasked)
    return {
        "unasked": weight,
        "unasked_coverage": weight * features["coverage"],
        "unasked_dense": weight * (features["dense"] - crowd),
    }


def rejection(query: Query, document: Document) -> str:
    """Why a document of this region must not be the basis of an answer (invariant I4), "" when it may."""
    place = relation(query.places, document.region)
    if place is Relation.OTHER:
        return (
            f"{document.region}的文件，不是提问地区的依据"
            if query.region
            else f"{document.region}的文件，提问未说明地区"
        )
    if place is Relation.WITHIN:
        return f"{document.region}的文件，只适用于该地"
    return ""
