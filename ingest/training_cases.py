"""The cases that judge and reader learn from: written questions with what is found for them, and whether it answers."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.config import corpus_folder
from assistant.domain import NATIONAL, Hit
from assistant.ranking import Ranker
from assistant.retrieve import Retriever
from assistant.uncharted import UnchartedModel
from assistant.understand import Understanding
from ingest.corpus import GAPS, HEARD
from ingest.training_data import fold_of_question, is_held_out
from ingest.training_newcomers import AddedLaws, Newcomers, NewQuestion

if TYPE_CHECKING:
    from assistant.index import Index
    from assistant.tools import Tools
    from assistant.understand import Query

SEED = 20261121
FOREIGN = 500  # questions of other fields
ABROAD = 300  # expected questions about local rules in each fold, asked from elsewhere
ELSEWHERE = "questions/elsewhere"  # of the corpus folder; not indexed, because elsewhere they have an answer
AGAIN = 0.5  # share of written questions asked a second time, as of new texts


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
