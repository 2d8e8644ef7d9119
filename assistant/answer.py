"""READ FIRST: the story of a question, from what was typed to a checked answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from assistant import compose, premise, verify
from assistant.asked import Asked
from assistant.config import Settings, corpus_folder
from assistant.domain import (
    Answer,
    AnswerStatus,
    Citation,
    Document,
    Excerpt,
    Hit,
    Notice,
    NoticeKind,
    Turn,
)
from assistant.excerpt import excerpt_of
from assistant.extract import Extractor, Quote, status_quotes
from assistant.judge import Judge, JudgeFeatures, Verdict, within
from assistant.listing import series_quotes
from assistant.retrieve import Ranker, Retriever
from assistant.select import quoted_hits
from assistant.understand import Query, Understanding

if TYPE_CHECKING:
    from assistant.encoder import Encoder
    from assistant.index import Index
    from assistant.lexicon import Lexicon
    from assistant.regions import Gazetteer
    from assistant.text import Segmenter

Stage = Callable[[str], None]
CANDIDATES = 20  # hits looked at for an answer


class Assistant:
    """Answers questions from one published generation. Safe to use from several threads."""

    def __init__(
        self, settings: Settings, index: Index, encoder: Encoder, lexicon: Lexicon, segmenter: Segmenter
    ) -> None:
        """Use `open`; this only wires the stages."""
        from assistant.regions import Gazetteer

        self._settings = settings
        self._index = index
        self._lexicon = lexicon
        self.gazetteer: Gazetteer = Gazetteer.load(extra_paths={d.region for d in index.documents.values()})
        self._understanding = Understanding(lexicon, self.gazetteer, segmenter)
        self._retriever = Retriever(index, encoder, lexicon, Ranker.load())
        self._extractor = Extractor(index.lexical, segmenter, encoder)
        self._judge = Judge.load()
        self._judge_features = JudgeFeatures(index)

    @classmethod
    def open(cls, settings: Settings, *, private: bool = True) -> Assistant:
        """Open the published generation of the settings' home.

        Args:
            settings: Where the home is and which encoder to use.
            private: Read vectors from a private copy, so that another process may serve
                or publish the same home; False only for the holder of the home's lock.

        Raises:
            IndexUnusableError: Nothing is published, or it does not fit the settings.
            EncoderError: The encoder cannot be used.
            ConfigError: The lexicon is missing or malformed.
        """
        from assistant.index import Index

        tools = open_tools(settings)
        index = Index.open(settings.home, encoder=tools.encoder, segmenter=tools.segmenter, private=private)
        return cls(settings, index, tools.encoder, tools.lexicon, tools.segmenter)

    def ask(
        self,
        question: str,
        *,
        region: str | None = None,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
        on_stage: Stage = lambda _stage: None,
    ) -> Answer:
        """Answer one question; not answering is a status, never an exception.

        Args:
            question: As typed, at most `max_question_chars`.
            region: The asker's place in any form (四川, 四川省, 成都市); None: not chosen.
            history: Earlier turns of the conversation, oldest first.
            as_of: Day the answer is for; None is today.
            on_stage: Called with a short Chinese name as each stage begins.

        Raises:
            BadQuestionError: The question is empty or too long, or the region is unknown.
        """
        clock = _Clock(on_stage)
        with clock.stage("understand", "理解问题"):
            query = self._understanding.query(
                question,
                region=region,
                history=history,
                as_of=as_of,
                max_chars=self._settings.max_question_chars,
            )
        with clock.stage("retrieve", "查找条款"):
            hits = self._retriever.retrieve(query, top_k=CANDIDATES)
        with clock.stage("judge", "判断依据是否充分"):
            basis = [hit for hit in hits if not hit.rejected]
            others = [hit for hit in hits if hit.rejected]
            verdict = self._judge.verdict(query, basis, others, features=self._judge_features)
        with clock.stage("compose", "摘录原文"):
            if verdict.status is AnswerStatus.ANSWERED:
                draft = self._answered(query, self._chosen(query, basis))
            elif verdict.status is AnswerStatus.PARTIAL:
                draft = self._answered(query, self._chosen(query, within(others)), only_within=True)
            else:
                draft = self._refused(query, verdict, basis, others)
        with clock.stage("verify", "核对引文"):
            answer = self._verified(draft, query)
        return replace(answer, timings_ms=clock.times(), explain=_explained(query, verdict, hits))

    def search(
        self,
        question: str,
        *,
        region: str | None = None,
        history: Sequence[Turn] = (),
        top_k: int = 20,
        as_of: date | None = None,
    ) -> list[Hit]:
        """Ranked passages for a question, those of other regions marked by `rejected`.

        Raises:
            BadQuestionError: As for `ask`.
        """
        query = self._understanding.query(
            question,
            region=region,
            history=history,
            as_of=as_of,
            max_chars=self._settings.max_question_chars,
        )
        return self._retriever.retrieve(query, top_k=top_k)[:top_k]

    def document(self, document_id: str) -> Document:
        """One document with text and clauses.

        Raises:
            NotFoundError: The published generation has no such document.
        """
        return self._index.snapshot.document(document_id)

    def documents(self) -> list[Document]:
        """All published documents without their text, by id."""
        return list(self._index.documents.values())

    def excerpt(self, document_id: str, start: int, end: int) -> Excerpt:
        """A quote in its surroundings.

        Raises:
            NotFoundError: No such document, or the span is not inside its text.
        """
        return excerpt_of(
            self.document(document_id), self._index.snapshot.neighbours(document_id), start, end
        )

    def close(self) -> None:
        """Release the index."""
        self._index.close()

    def _chosen(self, query: Query, basis: Sequence[Hit]) -> list[Quote]:
        """Quotes for the question, or for each of the questions in it."""
        series = self._series(query, basis) or self._validity(query, basis)
        if series:
            return series
        if not query.parts:
            return self._extractor.quotes(query, quoted_hits(query, basis))
        chosen: list[Quote] = []
        for text in query.parts:
            part = self._understanding.part(query, text)
            hits = [hit for hit in self._retriever.retrieve(part, top_k=CANDIDATES) if not hit.rejected]
            chosen += self._extractor.quotes(part, hits[:1], known=chosen)
        return chosen or self._extractor.quotes(query, quoted_hits(query, basis))

    def _series(self, query: Query, basis: Sequence[Hit]) -> list[Quote]:
        """Headings of a series, when the question asks for one."""
        if Asked.LIST not in query.asked and Asked.COMPARISON not in query.asked:
            return []
        for document_id in dict.fromkeys(hit.document.id for hit in basis[:2]):
            quotes = series_quotes(query.text, basis, self.document(document_id))
            if quotes:
                return quotes
        return []

    def _validity(self, query: Query, basis: Sequence[Hit]) -> list[Quote]:
        """For a question about validity: the words of the text meant that its status rests on."""
        if Asked.VALIDITY not in query.asked:
            return []
        hit = quoted_hits(query, basis)[0]
        text = self._index.snapshot.text(hit.document.id)
        return status_quotes(hit, text)

    def _answered(self, query: Query, quotes: Sequence[Quote], *, only_within: bool = False) -> Answer:
        cited = self._cited(query, quotes)
        corrected = premise.corrections(query, [c.quote for c in cited])
        stated = compose.points(cited)
        return Answer(
            status=AnswerStatus.PARTIAL if only_within else AnswerStatus.ANSWERED,
            answer=compose.answer_text(query, stated, cited, corrected),
            question=query.question,
            region=query.region,
            points=tuple(stated),
            citations=tuple(cited),
            notices=(
                *(Notice(NoticeKind.PREMISE, line) for line in corrected),
                *compose.notices(query, cited),
            ),
        )

    def _refused(self, query: Query, verdict: Verdict, basis: Sequence[Hit], others: Sequence[Hit]) -> Answer:
        elsewhere = verdict.status is AnswerStatus.OTHER_REGION_ONLY
        shown = others if elsewhere else basis
        hide = verdict.status in (AnswerStatus.OUT_OF_SCOPE, AnswerStatus.UNCLEAR)
        related = [] if hide else self._cited(query, compose.nearest(shown))
        whom = compose.ask_whom(query, verdict, outside=self._lexicon.whom_to_ask(verdict.reason))
        return Answer(
            status=verdict.status,
            answer=compose.refusal_text(query, verdict, related, ask_whom=whom),
            question=query.question,
            region=query.region,
            related=tuple(related),
            ask_whom=whom,
        )

    def _cited(self, query: Query, quotes: Sequence[Quote]) -> list[Citation]:
        text = self._index.snapshot.text
        return [
            compose.citation(n, quote, text=text(quote.hit.document.id), query=query)
            for n, quote in enumerate(quotes, 1)
        ]

    def _verified(self, draft: Answer, query: Query) -> Answer:
        """Drop what does not hold; an answer that falls apart becomes a refusal."""
        text = self._index.snapshot.text
        related = tuple(c for c in draft.related if verify.is_verbatim(c, text=text))
        if draft.refused:
            return replace(draft, related=related)
        checked = verify.check(draft.points, draft.citations, text=text)
        if len(checked.points) == len(draft.points):
            return draft
        if checked.points:
            body = compose.answer_text(query, checked.points, checked.citations, ())
            return replace(draft, points=checked.points, citations=checked.citations, answer=body)
        verdict = Verdict(AnswerStatus.NO_EVIDENCE, 0.0, 0.0, "引文未通过核对")
        return self._refused(query, verdict, (), ())


class Tools:
    """What reading and writing an index both need: lexicon, tokenizer, encoder."""

    def __init__(self, lexicon: Lexicon, segmenter: Segmenter, encoder: Encoder) -> None:
        """Only assigns."""
        self.lexicon = lexicon
        self.segmenter = segmenter
        self.encoder = encoder


def open_tools(settings: Settings) -> Tools:
    """Load lexicon, tokenizer and encoder as the settings say.

    Raises:
        ConfigError: The lexicon is missing or malformed.
        EncoderError: The encoder cannot be used.
    """
    from assistant.encoder import open_encoder
    from assistant.lexicon import Lexicon
    from assistant.text import Segmenter

    lexicon = Lexicon.load(corpus_folder() / "lexicon")
    encoder = open_encoder(settings.encoder, allow_hub=settings.allow_hub)
    return Tools(lexicon, Segmenter.with_words(lexicon.words), encoder)


class _Clock:
    """Names each stage as it begins and keeps its milliseconds."""

    def __init__(self, on_stage: Stage) -> None:
        self._on_stage = on_stage
        self._begun = time.perf_counter()
        self._times: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, label: str) -> Iterator[None]:
        self._on_stage(label)
        begun = time.perf_counter()
        yield
        self._times[name] = (time.perf_counter() - begun) * 1000

    def times(self) -> dict[str, float]:
        return self._times | {"total": (time.perf_counter() - self._begun) * 1000}


def _explained(query: Query, verdict: Verdict, hits: Sequence[Hit]) -> dict[str, object]:
    from assistant.presenting import hit_json

    return {
        "corrections": list(query.corrections),
        "topics": query.topics,
        "asked": [kind.value for kind in query.asked],
        "region": query.region,
        "named_regions": list(query.named_regions),
        "as_of": query.as_of.isoformat(),
        "follow_up": query.follow_up,
        "terms": {term: round(weight, 2) for term, weight in query.terms.items() if not term.startswith("#")},
        "verdict": {
            "status": verdict.status.value,
            "probability": round(verdict.probability, 3),
            "elsewhere": round(verdict.elsewhere, 3),
            "reason": verdict.reason,
        },
        "hits": [hit_json(rank, hit) for rank, hit in enumerate(hits[:10], 1)],
    }
