"""Drafting an answer or a refusal from ranked hits, and keeping only what holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant import compose, premise, verify
from assistant.asked import Asked
from assistant.aspects import Aspect
from assistant.direct import direct_line
from assistant.domain import Answer, AnswerStatus, Citation, Hit, Notice, NoticeKind
from assistant.extract import Extractor, Quote, repeats, status_quotes
from assistant.finding import ALONE, NEXT, Finding
from assistant.judge import Verdict
from assistant.layout import Piece, parts_text, table_text
from assistant.lexicon import Lexicon
from assistant.listing import series_quotes
from assistant.select import best_few, quoted_hits
from assistant.standing import Standing
from assistant.text import sentences
from assistant.understand import Query

if TYPE_CHECKING:
    from assistant.index import Index

CANDIDATES = 20  # hits looked at for an answer
SURE = 0.65  # of the 72 direct lines of development questions 60 were right, from here on 52 of 55
_REFUSED = (AnswerStatus.NO_EVIDENCE, AnswerStatus.OUT_OF_SCOPE, AnswerStatus.UNCLEAR)


_Share = tuple[Finding, list[Quote], list[Quote]]  # with its own quotes, and those of others that answer it


def _with_record(query: Query, found: Sequence[_Share], document_id: str) -> Query:
    """The message, asking for the record of the text quoted first where one of its questions asks for that alone."""
    asked = [
        finding.aspect.query.standing
        for finding, new, again in found
        if finding.aspect.query.of_record and any(q.hit.document.id == document_id for q in [*new, *again])
    ]
    return replace(query, standing=asked[0]) if asked and not query.standing else query


class Drafter:
    """Words answers and refusals from what was found in one open index."""

    def __init__(
        self,
        index: Index,
        lexicon: Lexicon,
        extractor: Extractor,
    ) -> None:
        """Only assigns."""
        self._index = index
        self._lexicon = lexicon
        self._extractor = extractor

    def answered(
        self,
        query: Query,
        basis: Sequence[Hit],
        *,
        status: AnswerStatus = AnswerStatus.ANSWERED,
        probability: float = 1.0,
        lacking: str = "",
    ) -> Answer:
        """An answer that quotes the best of the hits; `basis` is not empty, best first.

        From a `probability` of `SURE` on that they answer, a direct line leads; what they are
        `lacking` of the question is said first.
        """
        cited = self._cited(query, self._chosen(query, basis))
        corrected = premise.corrections(query, [c.quote for c in cited])
        plainly = probability >= SURE and not corrected
        stated = compose.points(cited)
        return Answer(
            status=status,
            answer=compose.answer_text(
                query,
                stated,
                cited,
                [*compose.lacking_line(lacking), *corrected],
                direct=direct_line(query, cited) if plainly else "",
            ),
            question=query.question,
            region=query.region,
            points=tuple(stated),
            citations=tuple(cited),
            notices=(
                *(Notice(NoticeKind.PREMISE, line) for line in corrected),
                *compose.notices(query, cited),
            ),
        )

    def source(self, query: Query, hit: Hit) -> Answer:
        """Where a clause that the last answer quoted stands, with its words."""
        query = replace(query, standing=(), of_record=False)
        cited = self._cited(query, self._extractor.quotes(query, [hit]))
        stated = compose.points(cited)
        return Answer(
            status=AnswerStatus.ANSWERED,
            answer=compose.answer_text(query, stated, cited, (), direct=compose.source_told(cited[0])),
            question=query.question,
            region=query.region,
            points=tuple(stated),
            citations=tuple(cited),
            notices=tuple(compose.notices(query, cited)),
        )

    def refused(self, query: Query, verdict: Verdict, basis: Sequence[Hit], others: Sequence[Hit]) -> Answer:
        """A refusal with its reason, the nearest quotes and whom to ask."""
        if self._lexicon.is_courtesy(verdict.reason):
            said = self._lexicon.whom_to_ask(verdict.reason)
            return Answer(status=verdict.status, answer=said, question=query.question, region=query.region)
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

    def separate(
        self, query: Query, findings: Sequence[Finding], *, whole: Verdict, basis: Sequence[Hit]
    ) -> Answer | None:
        """An answer in pieces, one for each aspect; None when the pieces say no more than one answer would.

        Args:
            query: The whole message.
            findings: Its aspects with their hits, in the asker's order.
            whole: The verdict on the message as one question.
            basis: The hits of the message as one question.
        """
        answerable = whole.status is AnswerStatus.ANSWERED
        outside = whole.status is AnswerStatus.OUT_OF_SCOPE  # a part that leans on the rest is outside too
        sure = any(
            f.answered and f.verdict.probability >= ALONE and not (outside and f.aspect.query.dangling)
            for f in findings
        )
        if whole.status in _REFUSED and not sure and not any(f.aspect.place for f in findings):
            return None
        apart = [self._with_own(finding, findings) for finding in findings]
        if answerable and apart == list(findings) and self._names_all(findings, basis):
            return None  # one clause speaks of both things
        found, chosen = self._shared_out(apart, answerable=answerable)
        if len(chosen) < 2 and not (chosen and any(f.missing(whole) for f, _, _ in found)):
            return None
        return self._pieces(query, found, chosen, whole)

    def _names_all(self, findings: Sequence[Finding], basis: Sequence[Hit]) -> bool:
        """Whether all aspects are things that are compared, and the best clause names each."""
        text = basis[0].passage.text if basis else ""
        return all(f.aspect.thing and self._speaks_of(f.aspect.label, text) for f in findings)

    def _with_own(self, finding: Finding, findings: Sequence[Finding]) -> Finding:
        """A thing's finding from its next near clause on, where its best is another thing's that hardly speaks of it."""
        if not finding.aspect.thing or not finding.basis or self._covers(finding.aspect, finding.basis[0]):
            return finding
        best = finding.basis[0]
        others = [f for f in findings if f is not finding and f.basis and f.basis[0].passage == best.passage]
        if not any(self._covers(other.aspect, best) or other.basis[0].score > best.score for other in others):
            return finding
        for at, hit in enumerate(finding.basis):
            if hit.score >= NEXT * best.score and self._is_of(finding.aspect, hit):
                return replace(finding, basis=finding.basis[at:], alone=finding.alone[at:])
        return finding

    def _covers(self, aspect: Aspect, hit: Hit) -> bool:
        """Whether a sentence of a clause speaks of a thing, not only in passing of it beside what it is compared with."""
        text = hit.passage.text
        return any(
            self._speaks_of(aspect.label, sentence) and not self._names_beside(aspect, sentence)
            for sentence in (text[span.start : span.end] for span in sentences(text))
        )

    def _is_of(self, aspect: Aspect, hit: Hit) -> bool:
        """Whether a clause speaks of a thing, or names it in its title or heading and none that it is compared with."""
        named = f"{hit.document.title} {hit.passage.section} {hit.passage.text}"
        alone = self._speaks_of(aspect.label, named) and not self._names_beside(aspect, named)
        return alone or self._covers(aspect, hit)

    def _names_beside(self, aspect: Aspect, text: str) -> bool:
        """Whether words name what a thing is compared with, and not only as a part of its own name."""
        return any(self._speaks_of(other, text.replace(aspect.label, "")) for other in aspect.beside)

    def _speaks_of(self, label: str, text: str) -> bool:
        """Whether words name a thing, an organisation by any of its names."""
        kinds = self._lexicon.organisations(label)
        return label in text or bool(kinds and kinds <= self._lexicon.organisations(text))

    def _shared_out(
        self, findings: Sequence[Finding], *, answerable: bool
    ) -> tuple[list[_Share], list[Quote]]:
        """What is quoted for each aspect, and all quotes in order."""
        sources = {f.basis[0].document.id for f in findings if f.answered}
        chosen: list[Quote] = []
        found: list[_Share] = []
        for finding in findings:
            quotes: list[Quote] = []
            if finding.answered or (answerable and (finding.presumed or finding.follows(sources))):
                query = finding.aspect.query
                hits = finding.beside(chosen) or best_few(query, finding.basis)
                quotes = self._validity(query, finding.basis) or self._extractor.quotes(query, hits)
            new = [q for q in quotes if not any(repeats(q, known) for known in chosen)]
            found.append((finding, new, [c for c in chosen if any(repeats(q, c) for q in quotes)]))
            chosen += new
        return [(f, new, again or ([] if new else f.covered(chosen))) for f, new, again in found], chosen

    def _pieces(
        self, query: Query, found: Sequence[_Share], chosen: Sequence[Quote], whole: Verdict
    ) -> Answer:
        cited = self._cited(query, chosen)
        query = _with_record(query, found, cited[0].document_id)
        by_quote = dict(zip((id(quote) for quote in chosen), cited, strict=True))
        pieces = [
            Piece(
                finding.aspect.label,
                tuple(by_quote[id(quote)] for quote in new),
                tuple(by_quote[id(quote)].n for quote in again),
                missing=not new and not again and finding.missing(whole),
                place=bool(finding.aspect.place),
            )
            for finding, new, again in found
        ]
        corrected = premise.corrections(query, [c.quote for c in cited])
        lacking = any(piece.missing for piece in pieces)
        whom = compose.ask_whom(query, whole, outside="") if lacking else ""
        sides = all(finding.aspect.side for finding, _, _ in found)
        text = (table_text if sides else parts_text)(query, pieces, corrected, ask_whom=whom)
        return Answer(
            status=AnswerStatus.PARTIAL if lacking else AnswerStatus.ANSWERED,
            answer=text,
            question=query.question,
            region=query.region,
            points=tuple(compose.points(cited)),
            citations=tuple(cited),
            notices=(
                *(Notice(NoticeKind.PREMISE, line) for line in corrected),
                *compose.notices(query, cited),
            ),
            ask_whom=whom,
        )

    def _chosen(self, query: Query, basis: Sequence[Hit]) -> list[Quote]:
        """Quotes for a question that asks one thing."""
        series = self._series(query, basis) or self._validity(query, basis)
        return series or self._extractor.quotes(query, quoted_hits(query, basis))

    def _series(self, query: Query, basis: Sequence[Hit]) -> list[Quote]:
        """Headings of a series, when the question asks for one."""
        if not {Asked.LIST, Asked.COMPARISON, Asked.OPEN} & set(query.asked):
            return []
        for document_id in dict.fromkeys(hit.document.id for hit in basis[:2]):
            quotes = series_quotes(query.text, basis, self._index.snapshot.document(document_id))
            if quotes:
                return quotes
        return []

    def _validity(self, query: Query, basis: Sequence[Hit]) -> list[Quote]:
        """For a question about validity alone: the words of the text meant that its status rests on."""
        if not query.of_record or Standing.FORCE not in query.standing:
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
