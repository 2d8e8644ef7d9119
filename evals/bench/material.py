"""Documents to measure with: laws made up from the built-in corpus, or a folder of statutes."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.config import corpus_folder
from assistant.domain import NATIONAL, Document, DocumentStatus, Passage
from assistant.regions import Gazetteer
from assistant.text import sentences

_DIGITS = "零一二三四五六七八九"
_FIGURE = re.compile(r"\d+|[一二三四五六七八九十]{1,3}(?=[名人日个年万元])")
ARTICLES_A_LAW = 60
_ARTICLES_OF_20_PAGES = 150
_SEED = 20261121


@dataclass(frozen=True, slots=True)
class Article:
    """An article as found: `label` is 第X条, `id` its passage's id."""

    id: str
    label: str
    heading: str
    words: str


@dataclass(frozen=True, slots=True)
class Law:
    """A document with one passage for each article."""

    document: Document
    passages: tuple[Passage, ...]


def made_up_laws(articles: int) -> Iterator[Law]:
    """Laws with `articles` articles together, sentences of the corpus shuffled and their figures changed.

    The same count gives the same laws. They mean nothing; they have the length,
    words and structure of real ones.
    """
    chance = random.Random(_SEED)
    pool = _sentences()
    for number, first in enumerate(range(0, articles, ARTICLES_A_LAW)):
        size = min(ARTICLES_A_LAW, articles - first)
        id_ = f"bench-{number:05d}"
        yield _law(id_, f"某市社会事务管理办法（第{number}号）", _articles(chance, pool, size, id_=id_))


def _articles(chance: random.Random, pool: list[str], size: int, *, id_: str) -> list[Article]:
    def changed(sentence: str) -> str:
        return _FIGURE.sub(lambda _: han_number(chance.randint(2, 60)), sentence)

    found = []
    for number in range(1, size + 1):
        words = "".join(changed(sentence) for sentence in chance.choices(pool, k=chance.randint(2, 4)))
        found.append(Article(f"{id_}:{number}", f"第{han_number(number)}条", "", words))
    return found


def _sentences() -> list[str]:
    """Sentences of the built-in documents, 20 to 120 characters long, in a fixed order."""
    found = []
    for path in sorted((corpus_folder() / "documents").glob("*.md")):
        text = path.read_text("utf-8").split("---\n", 2)[-1]
        found += [text[span.start : span.end] for span in sentences(text)]
    return [sentence for sentence in found if 20 <= len(sentence) <= 120]


def han_number(value: int) -> str:
    """A number from 1 to 999 in Chinese numerals: 10 is 十, 21 is 二十一, 105 is 一百零五."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def statute_laws(folder: Path, *, region: str | None = NATIONAL) -> Iterator[Law]:
    """Laws of a statutes folder (articles.jsonl.gz: id, law, region, heading, article, text), in file order.

    `region` None takes all. Passage ids are the articles' ids.
    """
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        name, place, count = "", NATIONAL, 0
        articles: list[Article] = []
        gazetteer = Gazetteer.load()
        for line in file:
            record = json.loads(line)
            if region is not None and record["region"] != region:
                continue
            if record["law"] != name and articles:
                yield _law(f"law-{count:05d}", name, articles, region=place)
                articles, count = [], count + 1
            name, place = record["law"], _full_region(record["region"], gazetteer)
            articles.append(Article(record["id"], record["article"], record["heading"], record["text"]))
        if articles:
            yield _law(f"law-{count:05d}", name, articles, region=place)


def _full_region(name: str, gazetteer: Gazetteer) -> str:
    """山东 is 山东省, as the catalogue names it."""
    return name if name == NATIONAL else gazetteer.resolve(name)


def _law(id_: str, title: str, articles: Sequence[Article], *, region: str = NATIONAL) -> Law:
    pieces: list[str] = []
    passages, at = [], 0
    for article in articles:
        text = f"{article.label}　{article.words}"
        section = " > ".join(part for part in (article.heading, article.label) if part)
        end = at + len(text)
        passages.append(Passage(article.id, id_, at, end, text, section, article=article.label))
        pieces.append(text)
        at = end + 1
    text = "\n".join(pieces)
    document = Document(id_, title, text, region=region, level="规范性文件", status=DocumentStatus.IN_FORCE)
    return Law(document, tuple(passages))


def write_corpus(laws: Iterable[Law], folder: Path) -> int:
    """Write laws as a corpus folder for `ingest sync --corpus`; returns the characters written."""
    characters = 0
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    for law in laws:
        document = law.document
        head = f"id: {document.id}\ntitle: {document.title}\nregion: {document.region}\nlevel: {document.level}\n"
        path = folder / "documents" / f"{document.id}.md"
        path.write_text(f"---\n{head}status: {document.status}\n---\n{document.text}\n", encoding="utf-8")
        characters += len(document.text)
    return characters


def write_files(laws: Iterable[Law], folder: Path) -> int:
    """Write laws as plain text files, title first, as an office has them; returns the characters written."""
    characters = 0
    folder.mkdir(parents=True, exist_ok=True)
    for law in laws:
        text = f"{law.document.title}\n{law.document.text}\n"
        (folder / f"{law.document.id}.txt").write_text(text, encoding="utf-8")
        characters += len(law.document.text)
    return characters


def one_more() -> Law:
    """A document of about 20 pages that no made-up library holds."""
    pool = _sentences()
    articles = _articles(random.Random(_SEED + 1), pool, _ARTICLES_OF_20_PAGES, id_="bench-new")
    return _law("bench-new", "新增社会事务管理规定", articles)
