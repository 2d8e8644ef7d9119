"""Drafting an answer or a refusal from ranked hits, and keeping only what holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant import compose, premise, verify
from assistant.asked import Asked
from assistant.domain import Answer, AnswerStatus, Citation, Hit, Notice, NoticeKind
from assistant.extract import Extractor, Quote, status_quotes
from assistant.judge import Verdict
from assistant.lexicon import Lexicon
from assistant.listing import series_quotes
from assistant.retrieve import Retriever
from assistant.select import quoted_hits
from assistant.understand import Query, Understanding

if TYPE_CHECKING:
    from assistant.index import Index

CANDIDATES = 20  # hits looked at for an answer


class Drafter:
    """Words answers and refusals from what was found in one open index."""

    def __init__(
        self,
        index: Index,
        lexicon: Lexicon,
        understanding: Understanding,
        retriever: Retriever,
        extractor: Extractor,
    ) -> None:
        """Only assigns."""
        self._index = index
        self._lexicon = lexicon
        self._understanding = understanding
        self._retriever = retriever
        self._extractor = extractor

    def answered(
        self, query: Query, basis: Sequence[Hit], *, status: AnswerStatus = AnswerStatus.ANSWERED
    ) -> Answer:
        """An answer that quotes the best of the hits; `basis` is not empty, best first."""
        cited = self._cited(query, self._chosen(query, basis))
        corrected = premise.corrections(query, [c.quote for c in cited])
        stated = compose.points(cited)
        return Answer(
            status=status,
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

    def refused(self, query: Query, verdict: Verdict, basis: Sequence[Hit], others: Sequence[Hit]) -> Answer:
        """A refusal with its reason, the nearest quotes and whom to ask."""
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

    def verified(self, draft: Answer, query: Query) -> Answer:
        """The draft without what does not hold; an answer that falls apart becomes a refusal."""
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
        return self.refused(query, verdict, (), ())

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
            quotes = series_quotes(query.text, basis, self._index.snapshot.document(document_id))
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

    def _cited(self, query: Query, quotes: Sequence[Quote]) -> list[Citation]:
        text = self._index.snapshot.text
        return [
            compose.citation(n, quote, text=text(quote.hit.document.id), query=query)
            for n, quote in enumerate(quotes, 1)
        ]
