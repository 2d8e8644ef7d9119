"""Finding the clauses a question is about: words, vectors, known ways of asking, one learned ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from assistant.domain import Hit
from assistant.fitting import document_fit, fit, local_match, rejection, unasked_match
from assistant.known import JUST_SO, NOTHING, KnownQuestions, Likeness, largest
from assistant.naming import Names
from assistant.ranking import MATCHING, Ranker
from assistant.regions import Relation, relation
from assistant.traits import TraitsMemory
from assistant.uncharted import WIDE, Clues, UnchartedModel, asked_alike, pool, scores
from assistant.understand import BESIDE_WEIGHT, EARLIER_WEIGHT, Query

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.encoder import Encoder
    from assistant.index import Index
    from assistant.lexicon import Lexicon
    from assistant.traits import Traits

POOL = 60  # candidates from each source that are scored in full
OTHER_KEPT = 10  # of other regions, returned beside those that apply
# Likeness (words + vector) of the most similar known question below which nobody wrote down how
# people ask this: 1 % of the corpus's development questions.
UNCHARTED = 0.5
_SPARE = 20  # candidates beyond `top_k` that rules may still bring forward
# Brings scores to the size the learned ranking gives; a named document comes before any likeness.
_UNCHARTED_WEIGHTS = {"uncharted": 0.5, "title_named": 6.0, "article_named": 6.0}
OTHER_POOL = 20  # of other regions, shown only as labelled references
_BASIS = (Relation.NATIONAL, Relation.OWN)


class Retriever:
    """Ranks the passages of one open index."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        lexicon: Lexicon,
        ranker: Ranker,
        uncharted: UnchartedModel | None = None,
    ) -> None:
        """Only prepares look-ups that do not depend on the question.

        Without `uncharted` every question is ranked by `ranker`, which is what it is trained for.
        """
        self._traits = TraitsMemory(index, lexicon, encoder)
        self._uncharted = uncharted
        self._uncharted_ranker = Ranker(
            {name: weight for name, weight in ranker.weights.items() if name not in MATCHING}
            | _UNCHARTED_WEIGHTS
        )
        self.index = index
        self.encoder = encoder
        self.ranker = ranker
        self._document_ids = list(index.documents)
        number = {id_: i for i, id_ in enumerate(self._document_ids)}
        self._row_document = np.asarray([number[id_] for id_ in index.row_document], dtype=np.int32)
        self._known = KnownQuestions(index)
        self._names = Names.of(index.documents.values())
        self._regions = sorted({d.region for d in index.documents.values()})
        place = {region: i for i, region in enumerate(self._regions)}
        self._document_region = np.asarray(
            [place[d.region] for d in index.documents.values()], dtype=np.int32
        )

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
        sight = self._look(query, leave_out)
        named = self._names.named_in(query)
        of_named = self._rows_of(named, query)
        rows = sorted(self._pool(sight) | of_named)
        cosines = self._traits.cosines(rows, sight.vector, known=sight.similar(rows, exact=of_named))
        similar = dict(zip(rows, cosines.tolist(), strict=True))
        guesses = self._guesses(rows, cosines, sight) if sight.model else {}
        if guesses:
            rows = _worthy(guesses, sight.allowed, of_named, top_k=top_k)
        traits_of = self._traits.of(rows)
        documents = {traits.document.id: traits.document for traits in traits_of.values()}
        whole = {id_: document_fit(query, document) for id_, document in documents.items()}
        hits = [
            self._hit(
                query,
                sight,
                row,
                traits,
                similar[row],
                whole=whole[traits.document.id],
                named=named,
                guess=guesses.get(row),
            )
            for row, traits in traits_of.items()
        ]
        hits.sort(key=lambda hit: (bool(hit.rejected and query.places), -hit.score, hit.passage.id))
        elsewhere = [hit for hit in hits if hit.rejected]
        left_out = {hit.passage.id for hit in elsewhere[OTHER_KEPT:]}
        left_out |= {hit.passage.id for hit in [hit for hit in hits if not hit.rejected][top_k:]}
        return [hit for hit in hits if hit.passage.id not in left_out]

    def numbered_in(self, query: Query) -> frozenset[str]:
        """Ids of the documents that a question names by 发文字号."""
        return self._names.numbered_in(query)

    def _look(self, query: Query, leave_out: frozenset[int]) -> Sight:
        """What the question matches; vectors are looked at widely where no way of asking is known."""
        vector = self._vector(query)
        likeness = self._known.like(query, vector, leave_out=leave_out)
        model = None if query.follow_up or self._is_charted(likeness) else self._uncharted
        lexical = self.index.lexical
        total = max(lexical.total(query.terms), 1e-9)
        dense = self.index.nearest(
            vector, top_k=WIDE if model else POOL, regions=self._allowed_regions(query)
        )
        words = lexical.scores(query.terms | query.implied)
        return Sight(
            vector,
            likeness,
            words,
            float(words.max(initial=0)) or 1.0,
            lexical.shared(query.terms) / total,
            np.minimum(lexical.shared(query.implied) / total, 1.0),
            self._allowed_rows(query),
            dense,
            model,
        )

    def _vector(self, query: Query) -> NDArray[np.float32]:
        """The question's unit vector, that of a follow-up or a part drawn towards what was said before it."""
        if not query.before:
            return self.encoder.encode([query.searched], query=True)[0]
        own, before = self.encoder.encode([query.searched, query.before], query=True)
        mixed = own + (BESIDE_WEIGHT if query.dangling else EARLIER_WEIGHT) * before
        return np.asarray(mixed / max(float(np.linalg.norm(mixed)), 1e-9), dtype=np.float32)

    def _is_charted(self, likeness: Likeness) -> bool:
        """Whether the built-in corpus knows how people ask this; the learned ranking knows no other texts' ways."""
        ways = likeness.ways
        if not ways:
            return False
        best = max(ways, key=lambda row: ways[row].strength)
        builtin = self.index.documents[self.index.row_document[best]].builtin
        return builtin and ways[best].strength >= UNCHARTED

    def _hit(
        self,
        query: Query,
        sight: Sight,
        row: int,
        traits: Traits,
        cosine: float,
        *,
        whole: Mapping[str, float],
        named: frozenset[str],
        guess: float | None,
    ) -> Hit:
        """A candidate with its features and score.

        `whole` holds the features of its document, `guess` the score where no way of asking is known.
        """
        passage, document = traits.passage, traits.document
        question = sight.likeness.ways.get(row, NOTHING)
        features = {
            "bm25": float(sight.words[row]) / sight.best_words,
            "coverage": float(sight.covered[row]),
            "implied": float(sight.meant[row]),
            "dense": max(cosine, 0.0),
            "asked_words": question.words,
            "asked_dense": question.dense,
            "asked_both": question.words * question.dense,
            "asked_so": float(question.strength >= JUST_SO),
            "gap_words": sight.likeness.gap.words,
            "gap_dense": sight.likeness.gap.dense,
            "gap_share": sight.likeness.gap_share,
            **fit(query, document, passage, traits),
            **whole,
            "title_named": float(document.id in named),
        }
        features |= local_match(features) | unasked_match(
            features, unasked=bool(sight.likeness.unasked[row]), crowd=sight.crowd
        )
        if guess is None:
            score = self.ranker.score(features)
        else:
            features["uncharted"] = guess
            score = self._uncharted_ranker.score(features)
        focus = None
        if question.target >= 0:
            target = self.index.targets[question.target]
            focus = (target.start, target.end)
        gap = sight.likeness.gap.target
        refused = rejection(query, document)
        return Hit(passage, document, score, features, focus, question.target, refused, gap)

    def _pool(self, sight: Sight) -> set[int]:
        elsewhere = set(largest(np.where(sight.allowed, 0.0, sight.words), OTHER_POOL))
        words = np.where(sight.allowed, sight.words, 0.0)
        if sight.model:
            known = {row: way.strength for row, way in sight.likeness.ways.items() if sight.allowed[row]}
            return elsewhere | pool(words, sight.dense, self._everyday, known)
        asked = sight.likeness.ways
        strongest = sorted(asked, key=lambda row: -asked[row].strength)
        return {*sight.dense, *largest(words, POOL), *elsewhere, *strongest[: POOL + OTHER_POOL]}

    @cached_property
    def _everyday(self) -> NDArray[np.float32]:
        """Everydayness of every row; 0.1 s for 68,000, so only where it is needed."""
        assert self._uncharted is not None
        return self._uncharted.everyday.of(self.index.lexical)

    def _guesses(self, rows: Sequence[int], cosines: NDArray[np.float32], sight: Sight) -> dict[int, float]:
        """Score of each candidate where no way of asking is known."""
        assert sight.model is not None
        at = np.asarray(rows, dtype=np.int64)
        clues = Clues(
            rows=at,
            words=sight.words[at] / sight.best_words,
            coverage=sight.covered[at],
            dense=cosines,
            everyday=self._everyday[at],
            document=self._row_document[at],
            asked=asked_alike(sight.likeness.ways, rows),
        )
        return dict(zip(rows, scores(clues, sight.model.weights).tolist(), strict=True))

    def _allowed_regions(self, query: Query) -> list[str]:
        return [region for region in self._regions if relation(query.places, region) in _BASIS]

    def _allowed_rows(self, query: Query) -> NDArray[np.bool_]:
        allowed = set(self._allowed_regions(query))
        by_region = np.asarray([region in allowed for region in self._regions], dtype=np.bool_)
        return by_region[self._document_region][self._row_document]

    def _rows_of(self, named: frozenset[str], query: Query) -> set[int]:
        """Rows of the named documents; those of the named articles only, when there are such."""
        if not named:
            return set()
        wanted = np.asarray([id_ in named for id_ in self._document_ids], dtype=np.bool_)
        rows = [int(row) for row in np.flatnonzero(wanted[self._row_document])]
        if query.articles:
            rows = [
                row
                for row, p in zip(rows, self.index.snapshot.passages(rows), strict=True)
                if p.article and p.article.startswith(query.articles)
            ]
        return set(rows[: POOL * 2])


@dataclass(frozen=True)
class Sight:
    """What one question matches, over all rows: `covered` and `meant` are shares of its weight, 0 to 1.

    `best_words` is the best of `words` (1 when no row has any); `dense` holds cosines of the nearest rows that apply; `model` is None
    where the library knows how people ask this.
    """

    vector: NDArray[np.float32]
    likeness: Likeness
    words: NDArray[np.float32]
    best_words: float
    covered: NDArray[np.float32]
    meant: NDArray[np.float32]
    allowed: NDArray[np.bool_]
    dense: Mapping[int, float]
    model: UnchartedModel | None

    @cached_property
    def crowd(self) -> float:
        """Cosine of the last of the nearest rows, 0 without any."""
        return max(min(self.dense.values(), default=0.0), 0.0)

    def similar(self, rows: Sequence[int], *, exact: AbstractSet[int]) -> Mapping[int, float]:
        """Cosines that need not be reckoned: of the nearest rows, and where many were looked at of those beyond them.

        Rows beyond are as similar as the last of the nearest, at most; taking them for so
        similar changes no ranking much, and reckoning them takes a third of the time.
        """
        if self.model is None or not self.dense:
            return self.dense
        last = min(self.dense.values())
        beyond = {row: last for row in rows if self.allowed[row] and row not in exact}
        return {**beyond, **self.dense}


def _worthy(
    guesses: Mapping[int, float], allowed: NDArray[np.bool_], of_named: AbstractSet[int], *, top_k: int
) -> list[int]:
    """Rows worth a full look: the best by guess, some more than wanted, the best of named documents, all of other regions."""
    ordered = sorted(guesses, key=lambda row: -guesses[row])
    here = [row for row in ordered if allowed[row]]
    named = [row for row in here[top_k + _SPARE :] if row in of_named][:top_k]
    return here[: top_k + _SPARE] + named + [row for row in ordered if not allowed[row]]
