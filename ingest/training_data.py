"""What the bundled encoder learns from: statutes, laypersons' questions, the corpus and its 问法, synonyms."""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.catalogue import Catalogue
from assistant.domain import NATIONAL
from assistant.errors import DocumentError
from assistant.known_ways import STATUTES
from ingest.corpus import heard_questions
from ingest.pipeline import sync

_DEVELOPMENT_PERCENT = 15
_WORDING_PERCENT = 10
FOLDS = (0, 1)  # of the heard questions; what ranks and judges learns each from an encoder that did not


@dataclass(frozen=True, slots=True)
class Text:
    """An article of a statute or a passage of the corpus, with the title and heading path it stands under."""

    title: str
    heading: str
    body: str

    @property
    def searched(self) -> str:
        """What it is searched by, in the form the index gives passages."""
        return "\n".join((self.title, self.heading, self.body))


@dataclass(frozen=True, slots=True)
class Article:
    """An article (条) of a statute; its heading is its part or chapter, often empty."""

    id: str
    text: Text
    region: str

    @property
    def national(self) -> bool:
        """Whether it applies everywhere."""
        return self.region == NATIONAL


@dataclass(frozen=True, slots=True)
class StatuteQuestion:
    """A layperson's legal question and the ids of the articles that answer it, at least one."""

    id: str
    text: str
    relevant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statutes:
    """The statute collection used for training and for measuring.

    `questions` were asked by laypeople; `written` were written for training
    (`corpus/questions/statutes`) and are never measured on.
    """

    articles: tuple[Article, ...]
    questions: tuple[StatuteQuestion, ...]
    written: tuple[StatuteQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A passage of the corpus; `retired` when its original replaced it."""

    text: Text
    region: str
    retired: bool

    def competes(self, asked: Target) -> bool:
        """Whether the product would weigh it for a question that `asked` answers.

        The asker stands in the region of `asked`: other regions' passages and retired
        cards are not searched there, so they are no wrong answers to learn from.
        """
        return not self.retired and (self.region == NATIONAL or asked.region.startswith(self.region))


@dataclass(frozen=True, slots=True)
class LayQuestion:
    """A way people ask (问法) and the position of its target; `heard`: one of `corpus/questions/heard`."""

    text: str
    target: int
    heard: bool = False


@dataclass(frozen=True, slots=True)
class Domain:
    """The corpus: every passage, and how people ask for some of them."""

    targets: tuple[Target, ...]
    questions: tuple[LayQuestion, ...]


def is_held_out(question_id: str) -> bool:
    """Whether a statute question is kept for reporting and never trained on: half of them, by hash of the id."""
    return _hash(question_id) % 2 == 0


def is_development(searched: str) -> bool:
    """Whether a passage's 问法 are kept from the development run: 15 % of passages, by hash of what is searched."""
    return _hash(searched) % 100 < _DEVELOPMENT_PERCENT


def is_spare_wording(question: str) -> bool:
    """Whether one 问法 is kept from the development run though others of its passage are not: 10 %, by hash."""
    return _hash("问法" + question) % 100 < _WORDING_PERCENT


def fold_of_question(question: str) -> int:
    """The fold of a question that ranking and judge learn from, by hash."""
    return _hash("折" + question) % len(FOLDS)


def learned_questions(domain: Domain, *, development: bool = False, without: int | None = None) -> list[int]:
    """Positions of the corpus questions a run learns.

    Args:
        domain: The corpus.
        development: Only those a development run may see.
        without: A fold whose heard questions are left out; None leaves none out.
    """
    return [
        at
        for at, question in enumerate(domain.questions)
        if not (
            development
            and (
                is_development(domain.targets[question.target].text.searched)
                or is_spare_wording(question.text)
            )
        )
        and not (question.heard and fold_of_question(question.text) == without)
    ]


def read_statutes(folder: Path, *, written: Path | None = None) -> Statutes:
    """Read articles.jsonl.gz and questions.jsonl.

    Questions whose articles are missing from the collection are left out.

    Args:
        folder: Of the two files.
        written: Corpus folder whose questions/statutes are read too; None reads none.

    Raises:
        DocumentError: A file is missing or not of the expected form.
    """
    try:
        with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
            articles = tuple(_article(json.loads(line)) for line in lines)
        known = {article.id for article in articles}
        questions = []
        for line in (folder / "questions.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            relevant = tuple(id_ for id_ in row["relevant"] if id_ in known)
            if relevant:
                questions.append(StatuteQuestion(row["id"], row["question"], relevant))
        more = tuple(_written(written / STATUTES, known)) if written else ()
    except (OSError, ValueError, KeyError) as exc:
        raise DocumentError(
            f"{folder} 不是可用的法规训练数据（{exc}）。该文件夹应有 articles.jsonl.gz 和 questions.jsonl。"
        ) from exc
    return Statutes(articles, tuple(questions), more)


def read_domain(corpus: Path) -> Domain:
    """Read what encoders learn of a corpus folder as the product would store it, retired cards marked.

    Raises:
        DocumentError: A corpus file is invalid.
    """
    with tempfile.TemporaryDirectory() as home:
        catalogue = Catalogue.open(Path(home))
        try:
            sync(catalogue, corpus)
            documents = {document.id: document for document in catalogue.documents()}
            passages = list(catalogue.passages())
            heard = heard_questions(corpus)
            asked = [one for one in catalogue.questions() if not one.is_gap]
        finally:
            catalogue.close()
    targets: list[Target] = []
    places: dict[str, list[tuple[int, int, int]]] = {}
    for position, passage in enumerate(passages):
        document = documents[passage.document_id]
        text = Text(document.title, passage.section, passage.text)
        targets.append(Target(text, document.region, document.retired))
        places.setdefault(document.id, []).append((passage.start, passage.end, position))
    questions = []
    for question in asked:
        for start, end, position in places.get(question.document_id, ()):
            if start <= question.start < end:
                is_heard = question.question in heard
                questions.append(LayQuestion(question.question, position, is_heard))
                break
    return Domain(tuple(targets), tuple(questions))


def read_synonyms(file: Path) -> dict[str, tuple[str, ...]]:
    """Read 编号<TAB>词 lines (gzip): the synonym sets of each word; sets of one word are left out.

    Raises:
        DocumentError: The file cannot be read.
    """
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as exc:
        raise DocumentError(f"近义词数据 {file} 无法读取：{exc}") from exc
    pairs = sorted({(row[1], row[0]) for row in rows if len(row) == 2})
    sizes = Counter(synset for _, synset in pairs)
    sets: dict[str, tuple[str, ...]] = {}
    for word, synset in pairs:
        if sizes[synset] > 1:
            sets[word] = (*sets.get(word, ()), synset)
    return sets


def read_lexicon_sets(corpus: Path) -> dict[str, tuple[str, ...]]:
    """The entries (词条) of the corpus's lexicon that each word belongs to; {} without a lexicon.

    Raises:
        DocumentError: The lexicon cannot be read.
    """
    file = corpus / "lexicon" / "terms.yaml"
    if not file.is_file():
        return {}
    try:
        entries = yaml.safe_load(file.read_text("utf-8"))
        sets: dict[str, tuple[str, ...]] = {}
        for entry in entries:
            for word in {
                entry["term"]: 1,
                **dict.fromkeys(entry.get("also") or ()),
                **dict.fromkeys(entry.get("said") or ()),
            }:
                sets[word] = (*sets.get(word, ()), f"词条 {entry['term']}")
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as exc:
        raise DocumentError(f"词典 {file.name} 无法读取（{exc}），请先用 assistant doctor 检查。") from exc
    return sets


def _written(folder: Path, known: AbstractSet[str]) -> Iterator[StatuteQuestion]:
    """Questions written for training, of the articles that are known; a folder without files has none."""
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            row = json.loads(line)
            relevant = tuple(id_ for id_ in row["articles"] if id_ in known)
            if relevant:
                yield from (
                    StatuteQuestion(f"{path.stem}-{number}-{at}", text, relevant)
                    for at, text in enumerate(row["questions"], 1)
                )


def _article(row: dict[str, str]) -> Article:
    return Article(row["id"], Text(row["law"], row["heading"] or "", row["text"]), row["region"])


def _hash(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)
