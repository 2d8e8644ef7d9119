"""Train the judge: is a question answered by what was found?

Most examples are written questions, each asked with an encoder that did not learn it: answerable ones
(`corpus/questions/heard`), and what people ask though the library does not say it
(`gaps`, and `elsewhere`: asked from where the rule does not apply), from nowhere and from
where the best match applies. Each is asked as if the index did not hold it; half of them also
of texts taken for newly added, which have no known questions.
Questions about added laws (`newcomers`) are answerable, and not when the law lacks what
answers them. Besides, not answerable: expected questions about local rules asked from
another province; questions of other fields.
"""

from __future__ import annotations

import json
import math
import random
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.config import Settings, corpus_folder
from assistant.domain import NATIONAL, Hit
from assistant.encoder import StaticEncoder
from assistant.evidence import Evidence
from assistant.ranking import Ranker
from assistant.retrieve import Retriever
from assistant.trees import Trees
from assistant.uncharted import UnchartedModel
from assistant.understand import Understanding
from ingest.corpus import GAPS, HEARD
from ingest.train import fold_folder
from ingest.train_reader import Readers, train_readers
from ingest.training_data import FOLDS, fold_of_question, is_held_out
from ingest.training_home import training_home
from ingest.training_newcomers import AddedLaws, Newcomers, NewQuestion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.index import Index
    from assistant.tools import Tools
    from assistant.understand import Query

SEED = 20261121
# Share of answerable questions that may be refused: freshly worded ones, many of them twins of
# unanswerable ones (of the development questions 2.4 %), and those about newly added laws.
MAX_FALSE_REFUSALS, MAX_FALSE_REFUSALS_NEW = 0.042, 0.08
PARTS = 5  # of the cross-validation
FOREIGN = 500  # questions of other fields
ABROAD = 300  # expected questions about local rules in each fold, asked from elsewhere
ELSEWHERE = "questions/elsewhere"  # of the corpus folder; not indexed, because elsewhere they have an answer
AGAIN = 0.5  # share of written questions asked a second time, as of new texts
TREES, DEPTH, RATE = 200, 3, 0.08  # of the boosting
LOOKED_AT, LEAST_CASES = 12, 40  # features tried for a decision, cases in a leaf
_HEARD = 2  # a word unsaid by this many answering clauses is everyday speech
_WEIGHT = {"fresh": 2.0, "foreign": 0.5}


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its hits, whether they hold the answer, and how it was made.

    `basis` and `others` are as the judge sees them; `leave_out` the expected questions
    that were hidden; cases of one `text` never stand on both sides of a fold.
    """

    kind: str
    text: str
    query: Query
    basis: list[Hit]
    others: list[Hit]
    answered: bool
    leave_out: frozenset[int] = frozenset()


class Material:
    """Asks the written questions of one open index and keeps what the judge would see."""

    def __init__(self, retriever: Retriever, understanding: Understanding, fold: int | None = None) -> None:
        """Only prepares which expected questions belong to which document.

        Only questions of the `fold` are asked, which the retriever's encoder did not learn; None asks all.
        """
        self._retriever = retriever
        self._fold = fold
        self._understanding = understanding
        self._rng = random.Random(SEED)
        index = retriever.index
        self._newcomers = Newcomers(index, random.Random(SEED))
        self._rows: dict[str, set[int]] = defaultdict(set)
        for at, text in enumerate(index.question_texts):
            self._rows[text].add(at)
        self._ways: dict[int, set[int]] = defaultdict(set)
        self._gaps: dict[str, set[int]] = defaultdict(set)
        for at, target in enumerate(index.targets):
            if target.is_gap:
                self._gaps[index.row_document[target.row]].add(at)
            else:
                self._ways[target.row].add(at)

    def written(self, corpus: Path, *, progress: Callable[[str, int, int], None]) -> list[Case]:
        """Cases of every written question of a corpus folder that no encoder was trained on."""
        cases: list[Case] = []
        for where, make in ((HEARD, self._answerable), (GAPS, self._gap), (ELSEWHERE, self._gap)):
            for path in sorted((corpus / where).glob("*.jsonl")):
                lines = path.read_text("utf-8").splitlines()
                for done, line in enumerate(lines):
                    if done % 100 == 0:
                        progress(f"提问 {path.stem}", done, len(lines))
                    record = json.loads(line)
                    itself = self._held(record["questions"])
                    for text in filter(self._asks, record["questions"]):
                        cases += make(path.stem, text, record["region"], itself)
        return cases

    def foreign(self, texts: Sequence[str]) -> list[Case]:
        """Cases of questions of other fields, each asked from some province."""
        return [self._asked("foreign", text[:300], self._province()) for text in filter(self._asks, texts)]

    def abroad(self) -> list[Case]:
        """Cases of expected questions about local rules, asked from another province."""
        index = self._retriever.index
        local = [
            (at, text, index.documents[index.row_document[target.row]].region)
            for at, (target, text) in enumerate(zip(index.targets, index.question_texts, strict=True))
            if not target.is_gap and self._asks(text)
        ]
        local = [one for one in local if one[2] != NATIONAL]
        cases = []
        for at, text, home in self._rng.sample(local, min(ABROAD, len(local))):
            away = next(p for p in iter(self._province, "") if not home.startswith(p))
            cases.append(self._asked("abroad", text, away, leave_out=frozenset({at})))
        return [one for one in cases if not one.query.named_regions]

    def new(
        self, questions: Sequence[NewQuestion], *, progress: Callable[[str, int, int], None]
    ) -> list[Case]:
        """Cases of questions about added laws; each again as if the law lacked what answers it.

        The latter only where another clause of the same law then comes first: clauses of
        other texts may say the same.
        """
        cases = []
        for done, one in enumerate(questions):
            if done % 100 == 0:
                progress("提问新加的法规", done, len(questions))
            if not self._asks(one.text):
                continue
            asked = self._asked("new", one.text, one.region, answered=True)
            lacking = [hit for hit in asked.basis if hit.passage.id not in one.passages]
            cases.append(asked)
            law = one.passages & {hit.passage.id for hit in asked.basis}
            documents = {hit.document.id for hit in asked.basis if hit.passage.id in law}
            if lacking and lacking[0].document.id in documents:
                cases.append(replace(asked, kind="lacking", basis=lacking, answered=False))
        return cases

    def _answerable(self, _name: str, text: str, region: str | None, itself: frozenset[int]) -> list[Case]:
        first = self._asked("fresh", text, region, answered=True, leave_out=itself)
        if self._rng.random() >= AGAIN:
            return [first]
        leave_out = itself | self._newly_added(first)
        return [first, self._asked("hidden", text, region, answered=True, leave_out=leave_out)]

    def _gap(self, name: str, text: str, region: str | None, itself: frozenset[int]) -> list[Case]:
        first = self._asked(name, text, region, leave_out=itself)
        hits = [*first.basis, *first.others]
        cases = [first]
        if self._rng.random() < AGAIN:
            cases.append(self._asked(name, text, region, leave_out=itself | self._newly_added(first)))
        if region or first.query.named_regions or not hits:
            return cases
        # answerable ones are asked from where the rule applies, so these are too
        best = max(hits, key=lambda hit: hit.score).document.region
        place = best if best != NATIONAL else self._province()
        return [*cases, self._asked(name, text, place, leave_out=itself)]

    def light(self, case: Case) -> Case:
        """A case with hits without what the judge does not look at: of sixty thousand that is many gigabytes.

        It looks at the features of the first hit alone, and of the hidden questions at ways of
        asking for that and known gaps of its text.
        """
        best = case.basis[0]
        row = self._retriever.index.snapshot.rows_of([best.passage.id])[best.passage.id]
        told = case.leave_out & (self._ways[row] | self._gaps[best.document.id])
        return replace(case, basis=_light(case.basis), others=_light(case.others), leave_out=told)

    def _asks(self, text: str) -> bool:
        return self._fold is None or fold_of_question(text) == self._fold

    def _held(self, questions: Sequence[str]) -> frozenset[int]:
        """The index rows of questions: wordings of one thing, written together."""
        return frozenset[int]().union(*(self._rows.get(text, set()) for text in questions))

    def _newly_added(self, first: Case) -> frozenset[int]:
        """The known questions of some documents, often of that which came first."""
        return self._newcomers.draw(first.basis[0].document.id if first.basis else None)

    def _province(self) -> str:
        return self._rng.choice(sorted(self._understanding.gazetteer.provinces))

    def _asked(
        self,
        kind: str,
        text: str,
        region: str | None,
        *,
        answered: bool = False,
        leave_out: frozenset[int] = frozenset(),
    ) -> Case:
        query = self._understanding.query(text, region=region)
        hits = self._retriever.retrieve(query, top_k=20, leave_out=leave_out)
        others = [] if query.wants_national else [hit for hit in hits if hit.rejected][:3]
        basis = [hit for hit in hits if not hit.rejected][:6]
        return Case(kind, text, query, basis, others, answered, leave_out)


def _light(hits: Sequence[Hit]) -> list[Hit]:
    """Hits with the features of the first alone."""
    return [hit if not at else replace(hit, reasons={}) for at, hit in enumerate(hits)]


def train(
    settings: Settings,
    *,
    encoders: Path,
    statutes: Path,
    readers: Path,
    progress: Callable[[str, int, int], None],
) -> dict[str, object]:
    """Train the judge over the built-in corpus, in homes of its own.

    Args:
        settings: Of the home.
        encoders: Folder that `train_folds` wrote.
        statutes: Folder with questions of other fields (questions.jsonl) and articles.jsonl.gz.
        readers: Folder of the readers for these questions; trained first where there is none.
        progress: Called with stage, done and total.

    Returns:
        The content of judge.json.
    """
    added = AddedLaws.read(statutes, corpus_folder())
    apart = [StaticEncoder.open(fold_folder(encoders, fold)) for fold in FOLDS]
    cases: list[Case] = []
    with ExitStack() as homes:
        for fold in FOLDS:
            of_fold = replace(settings, encoder=str(fold_folder(encoders, fold)))
            home = homes.enter_context(training_home(of_fold, added=added, progress=progress))
            cases += asked_cases(*home, fold=fold, added=added, statutes=statutes, progress=progress)
        index = home[0]  # rows and questions are the same with every encoder
        if not readers.is_dir():
            train_readers(
                index, cases, encoders=apart, statutes=statutes, written=corpus_folder(), progress=progress
            ).save(readers)
        return train_judge(cases, Evidence(index, {}), Readers.open(readers, apart))


def asked_cases(
    index: Index,
    understanding: Understanding,
    tools: Tools,
    *,
    fold: int,
    added: AddedLaws,
    statutes: Path,
    progress: Callable[[str, int, int], None],
) -> list[Case]:
    """All cases of one fold of questions that have hits, asked in a home with the encoder that did not learn them."""
    retriever = Retriever(index, tools.encoder, tools.lexicon, Ranker.load(), UnchartedModel.load())
    material = Material(retriever, understanding, fold)
    cases = material.written(corpus_folder(), progress=progress)
    cases += material.abroad() + material.foreign(foreign_questions(statutes))
    cases += material.new(added.questions(index), progress=progress)
    return [material.light(one) for one in cases if one.basis]


def foreign_questions(statutes: Path) -> list[str]:
    """Questions about other laws, none of those kept for measuring retrieval; a fixed sample."""
    lines = (statutes / "questions.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    asked = [record["question"] for record in records if not is_held_out(str(record["id"]))]
    random.Random(SEED).shuffle(asked)
    return asked[:FOREIGN]


def train_judge(
    cases: Sequence[Case], evidence: Evidence, readers: Readers | None = None
) -> dict[str, object]:
    """Fit the judge; the result is the content of judge.json, with its calibration curve.

    The threshold and the curve come from cross-validation, the threshold from the freshly
    worded answerable questions. Each case is read by the reader that learned nothing of its
    question or best passage; without readers the judge learns without them.
    """
    seen = [one for one in cases if one.basis]
    read = readers.read(seen, evidence) if readers else [{} for _ in seen]
    fold = np.asarray([zlib.crc32(one.text.encode()) % PARTS for one in seen])
    truth = np.asarray([one.answered for one in seen])
    weight = np.asarray([_WEIGHT.get(one.kind, 1.0) for one in seen])
    probability = np.zeros(len(seen))
    for held in range(PARTS):
        rest = np.flatnonzero(fold != held)
        matrix, names = _matrix(seen, evidence, [seen[i] for i in rest], read)
        trees = _fit(matrix[rest], truth[rest], weight[rest], names)
        probability[fold == held] = 1 / (1 + np.exp(-trees.sums(matrix[fold == held])))
    matrix, names = _matrix(seen, evidence, seen, read)
    trees = _fit(matrix, truth, weight, names)
    kinds = np.asarray([one.kind for one in seen])
    fresh, new = probability[kinds == "fresh"], probability[kinds == "new"]
    threshold = round(float(np.quantile(fresh, MAX_FALSE_REFUSALS)), 3)
    threshold_new = round(float(np.quantile(new, MAX_FALSE_REFUSALS_NEW)), 3) if len(new) else threshold
    return {
        "trees": trees.data(),
        "threshold": threshold,
        "threshold_new": threshold_new,
        "harmless": {word: n for word, n in sorted(_heard(seen, evidence).items()) if n >= _HEARD},
        "refused": {
            kind: {
                "n": int((kinds == kind).sum()),
                "share": round(float((probability[kinds == kind] < threshold).mean()), 4),
            }
            for kind in sorted(set(kinds))
        },
        "curve": curve(probability, truth),
        "n": len(seen),
    }


def curve(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> list[dict[str, float]]:
    """For thresholds 0.05 … 0.95: share answered, precision of answers, share of answerable questions answered."""
    points = []
    for threshold in np.arange(0.05, 1.0, 0.05):
        given = probability >= threshold
        points.append(
            {
                "threshold": round(float(threshold), 2),
                "answered": round(float(given.mean()), 4),
                "precision": round(float(truth[given].mean()) if given.any() else 1.0, 4),
                "recall": round(float(given[truth].mean()) if truth.any() else 0.0, 4),
            }
        )
    return points


def _heard(cases: Sequence[Case], evidence: Evidence) -> Counter[str]:
    """In how many answerable cases each word is asked though the clause does not say it."""
    return Counter(
        word for one in cases if one.answered for word in evidence.unsaid_words(one.query, one.basis[0])
    )


def _matrix(
    cases: Sequence[Case],
    evidence: Evidence,
    teachers: Sequence[Case],
    read: Sequence[Mapping[str, float]],
) -> tuple[NDArray[np.float64], list[str]]:
    """Features of all cases beside their readings; everyday words learned from `teachers`, never from the case itself."""
    evidence.harmless = _heard(teachers, evidence)
    taught = {id(one) for one in teachers if one.answered}
    rows: list[Mapping[str, float]] = []
    for one, said in zip(cases, read, strict=True):
        own = evidence.unsaid_words(one.query, one.basis[0]) if id(one) in taught else frozenset()
        features = evidence(one.query, one.basis, one.others, leave_out=one.leave_out, own=own)
        rows.append({**features, **said})
    names = sorted(rows[0])
    return np.asarray([[row[name] for name in names] for row in rows]), names


def _fit(
    matrix: NDArray[np.float64],
    truth: NDArray[np.bool_],
    weight: NDArray[np.float64],
    names: Sequence[str],
) -> Trees:
    """Gradient boosting (Friedman, 2001) of shallow trees for the log odds of the truth."""
    from sklearn.ensemble import GradientBoostingClassifier

    model = GradientBoostingClassifier(
        n_estimators=TREES,
        max_depth=DEPTH,
        learning_rate=RATE,
        subsample=0.5,
        max_features=LOOKED_AT,
        min_samples_leaf=LEAST_CASES,
        random_state=SEED,
    )
    model.fit(matrix, truth, sample_weight=weight)
    odds = float(np.average(truth, weights=weight))
    nodes: dict[str, list[float]] = {name: [] for name in ("feature", "threshold", "left", "right", "value")}
    roots = []
    for tree in (one.tree_ for one in model.estimators_[:, 0]):
        first = len(nodes["value"])
        roots.append(first)
        itself = np.arange(tree.node_count)
        leaf = tree.children_left < 0
        nodes["feature"] += np.where(leaf, 0, tree.feature).tolist()
        nodes["threshold"] += np.where(leaf, 0.0, tree.threshold).tolist()
        nodes["left"] += (first + np.where(leaf, itself, tree.children_left)).tolist()
        nodes["right"] += (first + np.where(leaf, itself, tree.children_right)).tolist()
        nodes["value"] += [round(RATE * float(value), 5) for value in tree.value[:, 0, 0]]
    start = math.log(odds / (1 - odds))
    return Trees.of({"names": names, "start": start, "depth": DEPTH, "roots": roots, **nodes})
