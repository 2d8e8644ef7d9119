"""Invented texts, hits and a published library for tests of the answering stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from small_home import silent

from assistant.catalogue import Catalogue
from assistant.domain import (
    NATIONAL,
    Clause,
    Document,
    DocumentKind,
    DocumentStatus,
    ExpectedQuestion,
    Hit,
    Passage,
    Turn,
)
from assistant.index import Index
from assistant.publishing import publish
from assistant.regions import Gazetteer
from assistant.tools import Tools
from assistant.understand import Query, Understanding

TODAY = date(2026, 1, 1)
REASONS = (
    "asked_words", "asked_dense", "asked_both", "coverage", "implied", "bm25", "dense", "topic",
    "same_organisation", "other_organisation", "year_named", "kind_named", "title_named", "not_a_rule", "within",
    "gap_words", "gap_dense", "gap_share", "unasked", "own_region", "asked_so",
    "stale", "has_figure", "foreign_law", "other_procedure",
)  # fmt: skip


@cache
def gazetteer() -> Gazetteer:
    """The shipped regions, read once."""
    return Gazetteer.load()


def understanding(tools: Tools) -> Understanding:
    """The real lexicon, tokenizer and regions."""
    return Understanding(tools.lexicon, gazetteer(), tools.segmenter)


def asking(tools: Tools, question: str, *, region: str | None = None, history: Sequence[Turn] = ()) -> Query:
    """A question understood on a fixed day."""
    return understanding(tools).query(question, region=region, history=history, as_of=TODAY)


def document(
    id_: str,
    *,
    title: str = "测试办法",
    region: str = NATIONAL,
    text: str = "",
    kind: DocumentKind = DocumentKind.ORIGINAL,
    evidence: str = "",
    clauses: Sequence[Clause] = (),
) -> Document:
    """A document in force."""
    return Document(
        id_,
        title,
        text,
        kind=kind,
        region=region,
        status=DocumentStatus.IN_FORCE,
        status_evidence=evidence,
        clauses=tuple(clauses),
    )


def hit(
    text: str,
    *,
    of: Document | None = None,
    start: int = 0,
    section: str = "",
    score: float = 1.0,
    focus: tuple[int, int] | None = None,
    rejected: str = "",
    **reasons: float,
) -> Hit:
    """A hit on one passage; what is not given among its reasons is 0."""
    held = of or document("d")
    passage = Passage(f"{held.id}#{start}", held.id, start, start + len(text), text, section)
    return Hit(passage, held, score, dict.fromkeys(REASONS, 0.0) | reasons, focus=focus, rejected=rejected)


def library(
    folder: Path,
    catalogue: Catalogue,
    tools: Tools,
    texts: Mapping[str, tuple[str, str, Sequence[str]]],
    questions: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({}),
) -> Index:
    """The opened index of a small library.

    Args:
        folder: An empty folder for the home.
        catalogue: An empty catalogue.
        tools: Lexicon, tokenizer and encoder.
        texts: By document id, its title, region and paragraphs; each paragraph is a passage.
        questions: By document id, ways of asking with the words that answer them; no words for a known gap.
    """
    with catalogue.transaction() as connection:
        for id_, (title, region, paragraphs) in texts.items():
            held = document(id_, title=title, region=region, text="\n".join(paragraphs))
            starts = [len("\n".join([*paragraphs[:n], ""])) for n in range(len(paragraphs))]
            passages = [
                Passage(f"{id_}#{start}", id_, start, start + len(words), words, "")
                for start, words in zip(starts, paragraphs, strict=True)
            ]
            ways = [  # "" stands at 0 and has no length
                ExpectedQuestion(id_, held.text.index(words), held.text.index(words) + len(words), asked)
                for asked, words in questions.get(id_, ())
            ]
            catalogue.put(connection, held, passages, ways)
    publish(folder, catalogue, encoder=tools.encoder, segmenter=tools.segmenter, progress=silent)
    return Index.open(folder, encoder=tools.encoder, segmenter=tools.segmenter)


@contextmanager
def opened_library(
    folder: Path,
    tools: Tools,
    texts: Mapping[str, tuple[str, str, Sequence[str]]],
    questions: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({}),
) -> Iterator[Index]:
    """`library` in an empty folder, closed afterwards."""
    catalogue = Catalogue.open(folder)
    opened = library(folder, catalogue, tools, texts, questions)
    catalogue.close()
    yield opened
    opened.close()
