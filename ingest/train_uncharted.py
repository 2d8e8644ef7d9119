"""Train the ranking for libraries without known ways of asking, on laypeople's questions about statutes.

The questions that may be learned are parted in two halves. What a half teaches (an
encoder, the everydayness of words) describes the candidates of the other half's
questions, so the weights are learned from similarities as good as they will be on
questions never seen. Questions with `is_held_out` take no part.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.encoder import open_encoder
from assistant.index import Target
from assistant.known import KnownQuestions
from assistant.lexical import LexicalIndex
from assistant.regions import Gazetteer
from assistant.uncharted import FEATURES, WIDE, Clues, Everyday, UnchartedModel, asked_alike, features, pool
from assistant.understand import Understanding
from ingest.train import fit, read_training_data, save
from ingest.training_data import Article, StatuteQuestion, Statutes, is_held_out, read_statutes
from ingest.training_recipe import Recipe

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from assistant.encoder import Encoder
    from assistant.stages import Progress
    from assistant.tools import Tools
    from assistant.understand import Query

    Scores = NDArray[np.float32]

SEED = 20261122
HALVES = (0, 1)
RAREST = 100  # articles a word must stand in to be judged
_COMMONEST = 0.45  # share of articles beyond which a word says nothing
_STRENGTH = 10.0  # inverse regularisation of the everydayness of words
_NOT_ASKED = 15_000  # articles nobody asked about, drawn at random
_RIDGE = 0.01  # of the ranking weights, on standardised features
_LONGEST_QUESTION = 300  # characters, as the product takes them


@dataclass(frozen=True, slots=True)
class Candidates:
    """A question's candidate rows, their features, and the positions of right ones, possibly none."""

    rows: NDArray[np.int64]
    features: Scores
    right: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ways:
    """The questions written about the articles, as an index with them would hold them: see `KnownQuestions`."""

    question_texts: tuple[str, ...]
    targets: tuple[Target, ...]
    questions: LexicalIndex
    lexical: LexicalIndex
    vectors: Scores

    def nearest_questions(self, vector: Scores, *, top_k: int) -> dict[int, float]:
        """The written questions most like one, with their cosines."""
        cosines = self.vectors @ vector
        best = np.argsort(-cosines)[:top_k]
        return {int(at): float(cosines[at]) for at in best}


@dataclass(frozen=True, slots=True)
class Material:
    """National articles, their lexical index and its words; learnable questions and their right rows."""

    articles: tuple[Article, ...]
    documents: NDArray[np.int32]
    lexical: LexicalIndex
    words: tuple[str, ...]
    questions: tuple[StatuteQuestion, ...]
    right: tuple[tuple[int, ...], ...]
    queries: tuple[Query, ...]
    ways: Ways

    def of_half(self, half: int) -> list[int]:
        """Positions of the questions of a half."""
        return [at for at, question in enumerate(self.questions) if half_of(question.id) == half]


def half_of(question_id: str) -> int:
    """The half, 0 or 1, a learnable statute question belongs to, by hash of its id."""
    return int(hashlib.sha256(question_id.encode()).hexdigest(), 16) // 2 % len(HALVES)


def train_halves(
    out: Path,
    *,
    statutes: Path,
    corpus: Path,
    synonyms: Path | None,
    recipe: Recipe | None = None,
    progress: Progress,
) -> None:
    """Train one encoder on each half of the learnable statute questions, into half-0 and half-1.

    Both learn the questions written for training.

    Raises:
        DocumentError: Some data is missing or invalid.
    """
    recipe = recipe or Recipe()
    data = read_training_data(statutes, corpus, synonyms, recipe=recipe, progress=progress)
    for half in HALVES:
        asked = data.statutes.questions
        relevant = {
            at: articles
            for at, articles in data.encoded.relevant.items()
            if at >= len(asked) or half_of(asked[at].id) == half
        }
        part = replace(data, encoded=replace(data.encoded, relevant=relevant))
        vectors = fit(part, recipe, stage=f"训练第 {half + 1} 个半数模型", progress=progress)
        save(out / f"half-{half}", data.tokenizer, vectors)


def train_uncharted(
    statutes: Path, halves: Path, *, written: Path, tools: Tools, rarest: int = RAREST, progress: Progress
) -> UnchartedModel:
    """Learn everydayness and ranking weights from what `train_halves` wrote.

    Args:
        statutes: Folder with articles.jsonl.gz and questions.jsonl.
        halves: Folder with half-0 and half-1.
        written: Corpus folder with the questions written about statutes.
        tools: Lexicon and segmenter, as the product has them; its encoder is not used.
        rarest: Articles a word must stand in to be judged.
        progress: Called with stage, done and total.

    Raises:
        DocumentError: The statutes cannot be read.
        EncoderError: A half's encoder is missing.
    """
    material = read_material(read_statutes(statutes, written=written), tools, progress=progress)
    learned: list[Candidates] = []
    for half in HALVES:
        taught = [row for at in material.of_half(half) for row in material.right[at]]
        everyday = learn_everyday(material, taught, rarest=rarest)
        encoder = open_encoder(str(halves / f"half-{half}"))
        progress("检索训练问题", half, len(HALVES))
        learned += gather(material, material.of_half(1 - half), encoder, everyday.of(material.lexical))
    asked = [row for rows in material.right for row in rows]
    everyday = learn_everyday(material, asked, rarest=rarest)
    return UnchartedModel(everyday, learn_weights(learned))


def read_material(statutes: Statutes, tools: Tools, *, progress: Progress) -> Material:
    """Index the national articles and understand the questions about them that may be learned."""
    articles = tuple(article for article in statutes.articles if article.national)
    place = {article.id: row for row, article in enumerate(articles)}
    asked = [
        (question, tuple(place[id_] for id_ in question.relevant if id_ in place))
        for question in statutes.questions
        if not is_held_out(question.id)
    ]
    asked = [(question, right) for question, right in asked if right]
    understanding = Understanding(tools.lexicon, Gazetteer.load(), tools.segmenter)

    words: set[str] = set()

    def terms() -> Iterator[Sequence[str]]:
        for row, article in enumerate(articles):
            if row % 1000 == 0:
                progress("建立词语索引", row, len(articles))
            found = tools.segmenter.terms(article.text.searched)
            words.update(term for term in found if not term.startswith("#"))
            yield found

    lexical = LexicalIndex.build(terms())
    written = [(one.text, place[id_]) for one in statutes.written for id_ in one.relevant if id_ in place]
    ways = Ways(
        tuple(text for text, _ in written),
        tuple(Target(row, 0, 1) for _, row in written),
        LexicalIndex.build(tools.segmenter.terms(text) for text, _ in written),
        lexical,
        np.zeros((len(written), 0), dtype=np.float32),
    )
    titles = [article.text.title for article in articles]
    return Material(
        articles,
        np.cumsum([row > 0 and titles[row] != titles[row - 1] for row in range(len(titles))], dtype=np.int32),
        lexical,
        tuple(sorted(words)),
        tuple(question for question, _ in asked),
        tuple(right for _, right in asked),
        tuple(understanding.query(question.text[:_LONGEST_QUESTION]) for question, _ in asked),
        ways,
    )


def learn_everyday(material: Material, asked: Sequence[int], *, rarest: int = RAREST) -> Everyday:
    """Which words tell articles people ask about from the others: logistic regression over word presence."""
    from sklearn.linear_model import LogisticRegression

    lexical = material.lexical
    commonest = _COMMONEST * lexical.size
    words = [word for word in material.words if rarest <= _frequency(lexical, word) <= commonest]
    present = _presence(lexical, words)
    right = np.unique(np.asarray(asked, dtype=np.int64))
    others = np.setdiff1d(np.arange(lexical.size), right)
    rng = np.random.default_rng(SEED)
    others = rng.choice(others, min(_NOT_ASKED, len(others)), replace=False)
    labels = np.repeat([1, 0], [len(right), len(others)])
    model = LogisticRegression(C=_STRENGTH, max_iter=1000)
    model.fit(present[np.concatenate([right, others])], labels)
    values = present @ model.coef_[0]
    spread = float(values.std()) or 1.0
    weights = {word: round(float(w) / spread, 3) for word, w in zip(words, model.coef_[0], strict=True) if w}
    return Everyday(weights, round(float(-values.mean()) / spread, 4))


def gather(
    material: Material, questions: Sequence[int], encoder: Encoder, everyday: Scores
) -> list[Candidates]:
    """Candidates of some questions, as the product would find them with exact nearest vectors."""
    vectors = encoder.encode([article.text.searched for article in material.articles])
    lexical, found = material.lexical, []
    known = replace(material.ways, vectors=encoder.encode(material.ways.question_texts, query=True))
    ways = KnownQuestions(known)
    for at in questions:
        query = material.queries[at]
        vector = encoder.encode([query.text], query=True)[0]
        cosines = vectors @ vector
        asked = ways.like(query, vector).ways
        near = np.argsort(-cosines)[:WIDE]
        words = lexical.scores(query.terms | query.implied)
        nearest = {int(row): float(cosines[row]) for row in near}
        rows = np.asarray(
            sorted(pool(words, nearest, everyday, {r: w.strength for r, w in asked.items()})), dtype=np.int64
        )
        clues = Clues(
            rows=rows,
            words=words[rows] / max(float(words.max()), 1e-9),
            coverage=lexical.shared(query.terms)[rows] / max(lexical.total(query.terms), 1e-9),
            dense=np.maximum(cosines[rows], cosines[near[-1]]),  # as `Sight.similar`
            everyday=everyday[rows],
            document=material.documents[rows],
            asked=asked_alike(asked, rows),
        )
        right = np.flatnonzero(np.isin(rows, material.right[at]))
        found.append(Candidates(rows, features(clues), right))
    return found


def learn_weights(learned: Sequence[Candidates]) -> dict[str, float]:
    """A weight for each of `FEATURES`: softmax over a question's candidates, right ones sharing the mass."""
    from scipy.optimize import minimize

    usable = [one for one in learned if len(one.right)]
    every = np.concatenate([one.features for one in usable])
    spread = np.maximum(every.std(axis=0), 1e-6).astype(np.float64)
    scaled = [(one.features / spread, one.right) for one in usable]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = _RIDGE * float(weights @ weights) / 2, _RIDGE * weights
        for values, right in scaled:
            score = values @ weights
            likely = np.exp(score - score.max())
            likely /= likely.sum()
            total -= float(np.log(likely[right] + 1e-12).mean()) / len(scaled)
            slope = slope - (values[right].mean(axis=0) - likely @ values) / len(scaled)
        return total, slope

    best = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B")
    return {name: round(float(w), 4) for name, w in zip(FEATURES, best.x / spread, strict=True)}


def save_uncharted(model: UnchartedModel, path: Path) -> None:
    """Write the weights as `UnchartedModel.load` reads them, words in order."""
    everyday = dict(sorted(model.everyday.words.items()))
    values = {"weights": dict(model.weights), "offset": model.everyday.offset, "everyday": everyday}
    path.write_text(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def _frequency(lexical: LexicalIndex, word: str) -> int:
    posting = lexical.posting(word)
    return 0 if posting is None else len(posting.rows)


def _presence(lexical: LexicalIndex, words: Sequence[str]) -> csr_matrix:
    """Rows × words: 1 / √(number of these words in the row) where a word stands, as `Everyday.of` sums."""
    from scipy.sparse import csr_matrix, diags

    rows = [np.asarray(p.rows) for word in words if (p := lexical.posting(word)) is not None]
    columns = np.repeat(np.arange(len(rows)), [len(one) for one in rows])
    flat = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
    ones = np.ones(len(flat), dtype=np.float32)
    present = csr_matrix((ones, (flat, columns)), shape=(lexical.size, len(words)))
    known = np.asarray(present.sum(axis=1)).ravel()
    return csr_matrix(diags(1 / np.sqrt(np.maximum(known, 1))) @ present)
