"""Texts as if they had just been added: for training, some have no known questions.

Two kinds: documents of the built-in corpus whose questions are taken for unknown, and
laws of a statute collection that nobody wrote ways of asking for, with the questions
written about their articles (`corpus/questions/newcomers`), which no encoder learned.
"""

from __future__ import annotations

import gzip
import json
import random
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.domain import NATIONAL
from assistant.errors import DocumentError
from assistant.regions import Gazetteer
from ingest.corpus import read_corpus
from ingest.works import Titles

if TYPE_CHECKING:
    from assistant.index import Index

WRITTEN = "questions/newcomers"  # of a corpus folder: questions about articles of laws that are added
SHARES = (0.1, 0.3, 0.5)  # of all documents, beside the one asked about
ITSELF = 0.5  # how often the document asked about is new


class Newcomers:
    """Draws which documents of one open index are taken for newly added."""

    def __init__(self, index: Index, rng: random.Random) -> None:
        """Only notes which known questions, ways of asking and gaps, belong to which document."""
        self._rng = rng
        self._known: dict[str, set[int]] = defaultdict(set)
        for at, target in enumerate(index.targets):
            self._known[index.row_document[target.row]].add(at)

    def draw(self, document: str | None = None) -> frozenset[int]:
        """The question rows of documents drawn anew; `document`, the one asked about, is often among them."""
        share = self._rng.choice(SHARES)
        drawn = [id_ for id_ in sorted(self._known) if self._rng.random() < share]
        if document is not None and self._rng.random() < ITSELF:
            drawn.append(document)
        return frozenset[int]().union(*(self._known.get(id_, set()) for id_ in drawn))


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question about an added law, the region it is asked from, and the passages that answer it, at least one."""

    text: str
    region: str
    passages: frozenset[str]


@dataclass(frozen=True, slots=True)
class AddedLaw:
    """A law as its articles: id, number (第X条) and words of each, in order."""

    title: str
    region: str
    articles: tuple[tuple[str, str, str], ...]

    def file(self, id_: str) -> str:
        """The law as a corpus file."""
        head = f"id: {id_}\ntitle: {self.title}\nregion: {self.region}\nlevel: 地方性法规\nstatus: 现行有效\n"
        text = "\n".join(f"{number}　{words}" for _, number, words in self.articles)
        return f"---\n{head}---\n{text}\n"


@dataclass(frozen=True, slots=True)
class AddedLaws:
    """Laws to add to a training home by document id, and the questions written about them: text and article ids."""

    laws: Mapping[str, AddedLaw]
    asked: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def read(cls, statutes: Path, corpus: Path) -> AddedLaws:
        """Read the written questions and the laws they are about.

        Laws that the corpus holds or restates are left out: adding them would retire its fact cards.

        Args:
            statutes: Folder with articles.jsonl.gz.
            corpus: Folder of the built-in corpus.

        Raises:
            DocumentError: The statutes cannot be read.
        """
        asked = tuple(_written(corpus / WRITTEN))
        wanted = {id_ for _, articles in asked for id_ in articles}
        held = Titles()
        for entry in read_corpus(corpus):
            for title in (entry.document.title, *entry.original_titles):
                held.add(title)
        try:
            laws = [law for law in _laws(statutes) if any(id_ in wanted for id_, _, _ in law.articles)]
        except (OSError, ValueError, KeyError) as exc:
            raise DocumentError(
                f"{statutes} 不是可用的法规训练数据（{exc}）。该文件夹应有 articles.jsonl.gz。"
            ) from exc
        new = [law for law in laws if not held.hold(law.title)]
        return cls({f"law-{number:03}": law for number, law in enumerate(new)}, asked)

    def beside(self, corpus: Path, folder: Path) -> Path:
        """A copy of the corpus in `folder` with the laws among its documents."""
        shutil.copytree(corpus, folder)
        for id_, law in self.laws.items():
            (folder / "documents" / f"{id_}.md").write_text(law.file(id_), "utf-8")
        return folder

    def questions(self, index: Index) -> list[NewQuestion]:
        """The written questions whose articles an index of `beside` holds."""
        place = {
            article: (id_, number) for id_, law in self.laws.items() for article, number, _ in law.articles
        }
        found: dict[tuple[str, str | None], set[str]] = defaultdict(set)
        for passage in index.snapshot.passages(range(len(index.row_document))):
            found[passage.document_id, passage.article].add(passage.id)
        made = []
        for text, articles in self.asked:
            places = [place[id_] for id_ in articles if id_ in place]
            right = frozenset[str]().union(*(found[one] for one in places))
            if right:
                made.append(NewQuestion(text, self.laws[places[0][0]].region, right))
        return made


def _laws(statutes: Path) -> Iterator[AddedLaw]:
    """Laws of articles.jsonl.gz (id, law, region, article, text), articles of one law side by side."""
    gazetteer = Gazetteer.load()
    with gzip.open(statutes / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for title, rows in groupby(map(json.loads, lines), key=itemgetter("law")):
            listed = list(rows)
            region = listed[0]["region"]
            articles = tuple((row["id"], row["article"], row["text"]) for row in listed)
            yield AddedLaw(title, region if region == NATIONAL else gazetteer.resolve(region), articles)


def _written(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Questions with their article ids, the best first; a folder without files has none."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            for text in row["questions"]:
                yield text, tuple(row["articles"])
