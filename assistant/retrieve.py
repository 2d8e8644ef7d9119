"""Finding the clauses a question is about: words, vectors, known ways of asking, one learned ranking."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.asked import Asked
from assistant.domain import Document, DocumentKind, DocumentStatus, Hit, Passage
from assistant.index import passage_text
from assistant.numerals import figures
from assistant.regions import Relation, relation
from assistant.text import normalise
from assistant.understand import Query
from assistant.validity import status_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.encoder import Encoder
    from assistant.index import Index
    from assistant.lexicon import Lexicon

_PRINTED = re.compile(r"《(.+)》的通知$")
_BRACKET = re.compile(r"[（(][^（()）]*[)）]$")
LONG_TITLE = 5  # characters; a shorter title may stand in a question by chance
POOL = 60  # candidates from each source that are scored in full
OTHER_KEPT = 10  # of other regions, returned beside those that apply
REMEMBERED = 20_000  # passages whose traits are kept in memory: 25 MB at 256 dimensions
OTHER_POOL = 20  # of other regions, shown only as labelled references
RANKER_FILE = Path(__file__).parent / "models" / "ranker.json"
_BASIS = (Relation.NATIONAL, Relation.OWN)
_STALE = (DocumentStatus.REVISED, DocumentStatus.REPEALED, DocumentStatus.DRAFT)
_NOT_A_RULE = ("答复", "解读", "经验", "新闻", "实践", "数据", "综述", "媒体", "公告", "示范文本", "政务问答")


@dataclass(frozen=True, slots=True)
class Ranker:
    """Linear ranking: weight per feature name, trained by `ingest train-ranker`."""

    weights: Mapping[str, float]

    @classmethod
    def load(cls, path: Path = RANKER_FILE) -> Ranker:
        """Read the shipped weights."""
        return cls(json.loads(path.read_text("utf-8"))["weights"])

    def score(self, features: Mapping[str, float]) -> float:
        """Sum of weighted features; unknown names weigh nothing."""
        return sum(self.weights.get(name, 0.0) * value for name, value in features.items())


class Retriever:
    """Ranks the passages of one open index."""

    def __init__(self, index: Index, encoder: Encoder, lexicon: Lexicon, ranker: Ranker) -> None:
        """Only prepares look-ups that do not depend on the question."""
        self._lexicon = lexicon
        self._traits: dict[str, Traits] = {}
        self.index = index
        self.encoder = encoder
        self.ranker = ranker
        self._document_ids = list(index.documents)
        number = {id_: i for i, id_ in enumerate(self._document_ids)}
        self._row_document = np.asarray([number[id_] for id_ in index.row_document], dtype=np.int32)
        self._target_row = np.asarray([t.row for t in index.targets], dtype=np.int32)
        self._names = [
            Name(d.id, _plain(d.doc_number or ""), _plain(_core(d.title))) for d in index.documents.values()
        ]
        self._regions = sorted({d.region for d in index.documents.values()})

    def retrieve(
        self, query: Query, *, top_k: int = 20, leave_out: frozenset[int] = frozenset()
    ) -> list[Hit]:
        """Passages by descending score, those of other regions included and marked.

        Args:
            query: The understood question.
            top_k: Largest number of hits that may carry an answer, at least 1; the best
                few of other regions come on top.
            leave_out: Question rows to ignore (training on those very questions).

        Returns:
            Hits whose `reasons` hold every feature; `rejected` is set for passages that
            must not be the basis of an answer (invariant I4), which come last when a
            place was named or chosen. Empty when nothing matches.
        """
        vector = self.encoder.encode([query.text], query=True)[0]
        asked = self._asked(query, vector, leave_out)
        words = self.index.lexical.scores(query.terms | query.implied)
        allowed = self._allowed_rows(query)
        dense = self.index.nearest(vector, top_k=POOL, regions=self._allowed_regions(query))
        rows = self._pool(words, allowed, dense, asked)
        named = self._named_documents(query)
        rows |= self._rows_of(named, query)
        if not rows:
            return []
        ordered = sorted(rows)
        passages = self.index.snapshot.passages(ordered)
        total = max(self.index.lexical.total(query.terms), 1e-9)
        covered = self.index.lexical.shared(query.terms) / total
        meant = np.minimum(self.index.lexical.shared(query.implied) / total, 1.0)
        best_words = float(words.max()) or 1.0
        hits = []
        for row, passage in zip(ordered, passages, strict=True):
            document = self.index.documents[passage.document_id]
            question = asked.get(row, Known(0.0, 0.0, -1))
            features = {
                "bm25": float(words[row]) / best_words,
                "coverage": float(covered[row]),
                "implied": float(meant[row]),
                "dense": max(float(self._traits_of(passage).vector @ vector), 0.0),
                "asked_words": question.words,
                "asked_dense": question.dense,
                "asked_both": question.words * question.dense,
                **_fit(query, document, passage, self._traits_of(passage)),
                "title_named": float(document.id in named),
            }
            features |= _local_match(features)
            focus = None
            if question.target >= 0:
                target = self.index.targets[question.target]
                focus = (target.start, target.end)
            score = self.ranker.score(features)
            hits.append(
                Hit(passage, document, score, features, focus, question.target, _rejection(query, document))
            )
        hits.sort(key=lambda hit: (bool(hit.rejected and query.places), -hit.score, hit.passage.id))
        elsewhere = [hit for hit in hits if hit.rejected]
        left_out = {hit.passage.id for hit in elsewhere[OTHER_KEPT:]}
        left_out |= {hit.passage.id for hit in [hit for hit in hits if not hit.rejected][top_k:]}
        return [hit for hit in hits if hit.passage.id not in left_out]

    def _pool(
        self,
        words: NDArray[np.float32],
        allowed: NDArray[np.bool_],
        dense: Mapping[int, float],
        asked: Mapping[int, Known],
    ) -> set[int]:
        rows = (
            set(dense)
            | set(_best(np.where(allowed, words, 0.0), POOL))
            | set(_best(np.where(allowed, 0.0, words), OTHER_POOL))
        )
        strongest = sorted(asked, key=lambda row: -(asked[row].words + asked[row].dense))
        return rows | set(strongest[: POOL + OTHER_POOL])

    def _asked(
        self, query: Query, vector: NDArray[np.float32], leave_out: frozenset[int]
    ) -> dict[int, Known]:
        """Best-matching expected question of each passage row."""
        index = self.index.questions
        if not index.size:
            return {}
        shared = index.shared(query.terms) + index.shared(query.implied)
        # Dice over idf: both questions must say the same, not just one contain the other
        dice = 2 * shared / np.maximum(index.row_weights + np.float32(index.total(query.terms)), 1e-9)
        near = self.index.nearest_questions(vector, top_k=POOL)
        best: dict[int, Known] = {}
        for at in {*_best(dice, POOL), *near} - leave_out:
            known = Known(float(dice[at]), max(near.get(at, 0.0), 0.0), at)
            row = int(self._target_row[at])
            seen = best.get(row)
            if seen is None:
                best[row] = known
            else:
                target = known.target if known.strength > seen.strength else seen.target
                best[row] = Known(max(seen.words, known.words), max(seen.dense, known.dense), target)
        return best

    def _traits_of(self, passage: Passage) -> Traits:
        """What of a passage does not depend on the question; remembered."""
        known = self._traits.get(passage.id)
        if known is None:
            document = self.index.documents[passage.document_id]
            about = f"{document.title}\n{passage.section}\n{passage.text}"
            vector = self.encoder.encode([passage_text(document, passage)])[0]
            units = frozenset(figure.unit for figure in figures(passage.text))
            known = Traits(units, self._lexicon.organisations(about), vector)
            if len(self._traits) >= REMEMBERED:
                self._traits.clear()
            self._traits[passage.id] = known
        return known

    def _allowed_regions(self, query: Query) -> list[str]:
        return [region for region in self._regions if relation(query.places, region) in _BASIS]

    def _allowed_rows(self, query: Query) -> NDArray[np.bool_]:
        allowed = set(self._allowed_regions(query))
        by_document = np.asarray(
            [self.index.documents[id_].region in allowed for id_ in self._document_ids], dtype=np.bool_
        )
        return by_document[self._row_document] if len(by_document) else np.zeros(0, dtype=np.bool_)

    def _named_documents(self, query: Query) -> frozenset[str]:
        """Documents the question names by 发文字号, by whole title, or by part of it in 《》."""
        asked = _plain(query.text)
        parts = [_plain(title) for title in query.titles]
        return frozenset(
            name.document_id
            for name in self._names
            if (name.number and name.number in asked)
            or (len(name.title) >= LONG_TITLE and name.title in asked)
            or any(part in name.title for part in parts)
        )

    def _rows_of(self, named: frozenset[str], query: Query) -> set[int]:
        """Rows of the named documents; those of the named articles only, when there are such."""
        if not named:
            return set()
        rows = [i for i, id_ in enumerate(self.index.row_document) if id_ in named]
        if query.articles:
            rows = [
                row
                for row, p in zip(rows, self.index.snapshot.passages(rows), strict=True)
                if p.article and p.article.startswith(query.articles)
            ]
        return set(rows[: POOL * 2])


@dataclass(frozen=True, slots=True)
class Name:
    """How a document may be named, without punctuation; `title` without 关于印发…的通知 and period."""

    document_id: str
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class Traits:
    """A passage's units of figures, organisations named in it or its title, and vector."""

    units: frozenset[str]
    organisations: frozenset[str]
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Known:
    """How like an expected question the asked one is: by words (0–1), by vector, and which one."""

    words: float
    dense: float
    target: int

    @property
    def strength(self) -> float:
        """Order of matches of one passage."""
        return self.words + self.dense


def _fit(query: Query, document: Document, passage: Passage, traits: Traits) -> dict[str, float]:
    """Features that compare what is asked with what a passage is."""
    place = relation(query.places, document.region)
    status = status_on(document, query.as_of)
    topics = query.topics
    return {
        "topic": max((v for t, v in topics.items() if t == passage.topic), default=0.0),
        "topic_in_section": max((v for t, v in topics.items() if t[:2] in passage.section), default=0.0),
        "kind_named": float(any(kind in document.title or kind in document.level for kind in query.kinds)),
        "year_named": float(bool(query.years) and _has_years(query, document, passage)),
        "article_named": float(
            bool(passage.article and passage.article.startswith(query.articles or ("无",)))
        ),
        "own_region": float(place is Relation.OWN),
        "region_named": float(place is Relation.OWN and bool(query.named_regions)),
        "other_region": float(place is Relation.OTHER),
        "within": float(place is Relation.WITHIN),
        "stale": float(status in _STALE),
        "expired": float(status is DocumentStatus.EXPIRED),
        "not_a_rule": float(any(word in document.level for word in _NOT_A_RULE)),
        "fact_card": float(document.kind is DocumentKind.FACT_CARD),
        "has_figure": float(_wants_figure(query) and bool(traits.units)),
        "has_money": float(Asked.AMOUNT in query.asked and "元" in traits.units),
        "same_organisation": float(bool(query.organisations & traits.organisations)),
        "other_organisation": float(
            bool(query.organisations and traits.organisations)
            and not query.organisations & traits.organisations
        ),
    }


def _has_years(query: Query, document: Document, passage: Passage) -> bool:
    """Every year the question names stands in the passage, its heading or the document's title or date."""
    where = f"{document.title}{document.issued_on}{passage.section}{passage.text}"
    return all(year in where for year in query.years)


def _local_match(features: Mapping[str, float]) -> dict[str, float]:
    """The asker's own place counts for a clause that matches, not by itself."""
    match = features["coverage"] + features["asked_both"]
    return {"own_match": features["own_region"] * match, "named_match": features["region_named"] * match}


def _wants_figure(query: Query) -> bool:
    return any(kind in query.asked for kind in (Asked.AMOUNT, Asked.NUMBER, Asked.TIME_LIMIT))


def _rejection(query: Query, document: Document) -> str:
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


def _best(scores: NDArray[np.float32], k: int) -> list[int]:
    """Rows of the `k` largest positive scores."""
    top = np.argpartition(scores, -k)[-k:] if len(scores) > k else np.arange(len(scores))
    return [int(row) for row in top if scores[row] > 0]


def _core(title: str) -> str:
    """The title people use: the printed text's own, without the bracket at its end."""
    inner = _PRINTED.search(title)
    return _BRACKET.sub("", inner[1] if inner else title)


def _plain(text: str) -> str:
    return "".join(c for c in normalise(text) if c.isalnum())
