"""`evals bench added`: regulations that an administrator adds, asked about before anybody wrote how people ask.

`evals/questions/added/*.jsonl`, one question a line: `region` it is asked from, `document`
the title of the added text, `articles` those that answer it (第X条; none when the text does
not say), `key` short strings an answer must show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evals.bench.commands import BenchError, run_module
from evals.bench.figures import BenchResult, Figure, averaged
from evals.bench.methods import Asked, Search, bm25, product
from evals.bench.options import BenchOptions, settings_for
from evals.bench.retrieval import published_passages
from evals.rows import Json

if TYPE_CHECKING:
    from assistant.answer import Assistant
    from assistant.domain import Answer, Citation, Document, Passage

QUESTIONS = Path(__file__).parent.parent / "questions" / "added"
DEPTHS = (1, 3)


@dataclass(frozen=True, slots=True)
class AddedQuestion:
    """A question about an added text; `articles` is empty when the text does not answer it."""

    question: str
    region: str
    document: str
    articles: tuple[str, ...]
    key: tuple[str, ...]

    def in_article(self, passage: Passage | Citation) -> bool:
        """Whether a passage or citation is, or is of, one of the articles; its document is not looked at."""
        return any(article in passage.section.split(" > ") for article in self.articles)


def bench_added(options: BenchOptions) -> BenchResult:
    """How often the right article is found and cited, and refused what the texts do not say.

    Files that cannot be read (scans without text recognition) are left out with their questions.

    Raises:
        BenchError: No folder was given, or none of its files is asked about.
    """
    if options.added is None:
        raise BenchError("请用 --added 指出要添加的法规文件夹。")
    home = options.folder("added")
    run_module("ingest", "sync", "--home", str(home), log=home / "sync")
    run_module(
        "ingest", "add", str(options.added), "--yes", "--home", str(home), log=home / "add", expect=(0, 1)
    )
    return _measured(home, options.added, read_added(QUESTIONS))


def read_added(folder: Path) -> list[AddedQuestion]:
    """Questions of every file of a folder, in order."""
    return list(_lines(folder))


def _lines(folder: Path) -> Iterator[AddedQuestion]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield AddedQuestion(
                row["question"], row["region"], row["document"], tuple(row["articles"]), tuple(row["key"])
            )


def _measured(home: Path, folder: Path, questions: Sequence[AddedQuestion]) -> BenchResult:
    from assistant.answer import Assistant

    with closing(Assistant.open(settings_for(home))) as assistant:
        added = [document for document in assistant.documents() if not document.builtin]
        held = {one.document: _of(one.document, added) for one in questions}
        asked = [one for one in questions if held[one.document]]
        if not asked:
            raise BenchError(f"{folder} 里没有题目问到的法规；题目在 evals/questions/added/。")
        figures = _figures(assistant, asked, held, *published_passages(home))
    setup: Json = {"documents": sorted(title for title, ids in held.items() if ids)}
    return BenchResult("added", "新加的法规（还没有现成问法）", "BM25", tuple(figures), setup)


def _of(title: str, documents: Sequence[Document]) -> frozenset[str]:
    return frozenset(document.id for document in documents if _bare(document.title) == _bare(title))


def _bare(title: str) -> str:
    """A title without the country's name and marks: 实施慈善法办法 for 实施《中华人民共和国慈善法》办法."""
    return re.sub(r"\W", "", title.replace("中华人民共和国", ""))


def _figures(
    assistant: Assistant,
    questions: Sequence[AddedQuestion],
    held: dict[str, frozenset[str]],
    passages: Sequence[Passage],
    titles: dict[str, str],
) -> list[Figure]:
    by_id = {passage.id: passage for passage in passages}
    answerable = [one for one in questions if one.articles]
    ways: list[Search] = [product(assistant), bm25(passages, titles)]
    ranks = [[_rank(way, one, held[one.document], by_id) for one in answerable] for way in ways]
    figures = []
    for k in DEPTHS:
        ours, theirs = ([float(rank <= k) for rank in found] for found in ranks)
        figures.append(averaged(f"hit@{k}", ours, theirs))
    answers = [(one, assistant.ask(one.question, region=one.region)) for one in questions]
    given = [(one, answer) for one, answer in answers if one.articles]
    cited = [_cited(one, answer, held[one.document]) for one, answer in given]
    right = [bool(flags) and any(flags) for flags in cited]
    whole = [
        ok and all(key in answer.answer for key in one.key)
        for ok, (one, answer) in zip(right, given, strict=True)
    ]
    refused = [answer.refused for one, answer in answers if not one.articles]
    measured: dict[str, list[float]] = {
        "引到对的条": [float(ok) for ok in right],
        "引到对的条，关键数字、词语都在": [float(ok) for ok in whole],
        "引文准确率": [sum(flags) / len(flags) for flags in cited if flags],
        "写了的答了": [float(not answer.refused) for _, answer in given],
        "没写的拒答": [float(one) for one in refused],
    }
    figures += [averaged(what, values) for what, values in measured.items() if values]
    return figures


def _rank(way: Search, one: AddedQuestion, documents: frozenset[str], passages: dict[str, Passage]) -> float:
    """Place of the first passage of a right article, from 1; infinite when none is found."""
    asked = Asked(one.question, one.region, lambda _: [], 1)
    for place, id_ in enumerate(way(asked), start=1):
        if passages[id_].document_id in documents and one.in_article(passages[id_]):
            return place
    return float("inf")


def _cited(one: AddedQuestion, answer: Answer, documents: frozenset[str]) -> list[bool]:
    """For each citation of an answer whether it is of a right article; [] for a refusal."""
    if answer.refused:
        return []
    return [c.document_id in documents and one.in_article(c) for c in answer.citations]
