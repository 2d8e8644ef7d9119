"""Choosing the words to quote: whole sentences or items of the best passages, with what belongs to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.domain import DocumentKind, Hit, Passage
from assistant.forms import wants_figure
from assistant.numerals import figures
from assistant.text import Segmenter, Span, overlap, sentences
from assistant.understand import Query

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.encoder import Encoder
    from assistant.lexical import LexicalIndex

LONG_SENTENCE = 120  # beyond this a sentence is cut at its semicolons
MAX_QUOTE = (
    320  # characters of one quote; a clause this short is quoted whole: its sentences explain each other
)
_APART = 2  # sentences from one year's target to the next: one more may stand between
_SNIPPET = re.compile(r"“([^“”]{4,})”")
_PERIOD_BEGINS = re.compile(
    r"[从自]20\d\d年(?:\d{1,2}月)?(?:起|开始)[^。；]{0,12}年"
)  # what a title's (2021-2023年) says
_GOES_ON = re.compile(r"^(?:但|但是|不过|除外|其中|上述|前款|同时|对此|其他|其余)")
_DATED = re.compile(r"\s*(?:到|至|截至)?\s*20\d\d年")
_ITEM = re.compile(r"\s*(?:[（(][一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]是|\d{1,2}[.．、])")
_HARD_END = re.compile(r"[。！？!?\n][”’」』）)\]】]*$")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words chosen from a hit: a span of its document's text."""

    hit: Hit
    start: int
    end: int
    score: float


class Extractor:
    """Scores sentences against a question with the index's own term weights and vectors."""

    def __init__(self, lexical: LexicalIndex, segmenter: Segmenter, encoder: Encoder) -> None:
        """Only assigns."""
        self._lexical = lexical
        self._segmenter = segmenter
        self._encoder = encoder

    def quotes(self, query: Query, hits: Sequence[Hit]) -> list[Quote]:
        """One quote from each hit, in their order; none that repeats another."""
        if not hits:
            return []
        vector = self._encoder.encode([query.text], query=True)[0]
        chosen: list[Quote] = []
        for hit in hits:
            quote = self._quote(query, hit, vector)
            if not any(repeats(quote, earlier) for earlier in chosen):
                chosen.append(quote)
        return chosen

    def _quote(self, query: Query, hit: Hit, vector: NDArray[np.float32]) -> Quote:
        passage = hit.passage
        if hit.document.kind is DocumentKind.FACT_CARD:
            return Quote(hit, passage.start, passage.end, hit.score)
        spans = _units(passage.text)
        if len(passage.text) <= MAX_QUOTE:
            return Quote(hit, passage.start + spans[0].start, passage.start + spans[-1].end, hit.score)
        scores = self._scores(query, hit, spans, vector)
        if len(spans) > 1 and _is_heading(passage, spans[0]):
            scores[0] = min(scores)  # a heading names the matter, and stands in the source line
        first, last = _grow(passage.text, spans, scores)
        if not query.years:
            first, last = _whole_series(passage.text, spans, first, last)
        return Quote(hit, passage.start + spans[first].start, passage.start + spans[last].end, hit.score)

    def _scores(
        self, query: Query, hit: Hit, spans: Sequence[Span], vector: NDArray[np.float32]
    ) -> list[float]:
        texts = _texts(hit.passage.text, spans)
        cosine = self._encoder.encode(texts) @ vector
        total = self._lexical.total(query.terms) or 1.0
        scores = []
        for span, text, near in zip(spans, texts, cosine, strict=True):
            terms = set(self._segmenter.terms(text))
            words = sum(w * self._lexical.idf(t) for t, w in query.terms.items() if t in terms) / total
            score = 2 * words + float(near)
            if hit.focus is not None:
                here = Span(span.start + hit.passage.start, span.end + hit.passage.start)
                known = hit.reasons["asked_words"] + hit.reasons["asked_dense"]
                score += known**2 * (overlap(here, Span(*hit.focus)) > 0)
            if figures(text) and wants_figure(query):
                score += 0.3
            if query.years and _DATED.match(text):
                score = score + 0.5 if any(year in text for year in query.years) else score / 2
            scores.append(score)
        return scores


def status_quotes(hit: Hit, text: str) -> list[Quote]:
    """The sentence of a document that its recorded validity rests on; [] when it names none.

    Args:
        hit: A hit of the document.
        text: The document's canonical text.
    """
    for snippet in _SNIPPET.findall(hit.document.status_evidence):
        period = _PERIOD_BEGINS.search(text) if snippet in hit.document.title else None
        at = period.start() if period else text.find(snippet)
        if at >= 0:
            here = next(span for span in sentences(text) if span.start <= at < span.end)
            inside = hit.passage.start <= here.start and here.end <= hit.passage.end
            where = hit if inside else replace(hit, passage=replace(hit.passage, section="", article=None))
            return [Quote(where, here.start, here.end, hit.score)]
    return []


def _units(text: str) -> list[Span]:
    """Sentences; long ones cut at semicolons too. Never empty for non-blank text."""
    units: list[Span] = []
    pending: Span | None = None
    for piece in sentences(text):
        pending = piece if pending is None else Span(pending.start, piece.end)
        ends = bool(_HARD_END.search(text[piece.start : piece.end]))
        if ends or piece.end - pending.start > LONG_SENTENCE or _followed_by_break(text, piece.end):
            units.append(pending)
            pending = None
    if pending is not None:
        units.append(pending)
    return units


def _is_heading(passage: Passage, span: Span) -> bool:
    """Whether a span is the heading under which the passage stands."""
    words = passage.text[span.start : span.end].strip().rstrip("。：:")
    return bool(words) and words == passage.section.split(" > ")[-1].strip().rstrip("。：:")


def _followed_by_break(text: str, end: int) -> bool:
    return end < len(text) and text[end] == "\n"


def _grow(text: str, spans: Sequence[Span], scores: Sequence[float]) -> tuple[int, int]:
    """First and last unit to quote around the best one: near-equals, exceptions, a lead-in."""
    best = max(range(len(scores)), key=scores.__getitem__)
    first = last = best
    floor = 0.8 * scores[best]
    while last + 1 < len(spans) and (
        scores[last + 1] >= floor or _GOES_ON.match(text[spans[last + 1].start :])
    ):
        if spans[last + 1].end - spans[first].start > MAX_QUOTE:
            break
        last += 1
    if last + 1 < len(spans) and _leads_in(text, spans[last]):
        last += 1
    while first > 0 and (scores[first - 1] >= floor or _GOES_ON.match(text[spans[first].start :])):
        if spans[last].end - spans[first - 1].start > MAX_QUOTE:
            break
        first -= 1
    lead = first
    while lead > 0 and _ITEM.match(text[spans[lead].start :]):
        lead -= 1  # 有下列行为之一的，责令改正： stands before (一), and item (二) says little without it
    if _leads_in(text, spans[lead]):
        return (lead if spans[last].end - spans[lead].start <= MAX_QUOTE else first), last
    if first > 0 and _leads_in(text, spans[first - 1]):
        first -= 1
    return first, last


def _leads_in(text: str, span: Span) -> bool:
    return text[span.start : span.end].rstrip().endswith(("：", ":"))


def _whole_series(text: str, spans: Sequence[Span], first: int, last: int) -> tuple[int, int]:
    """With a sentence of one year those of the other years, which the question does not choose among."""
    dated = [at for at, span in enumerate(spans) if _DATED.match(text[span.start :])]
    if last not in dated and first not in dated:
        return first, last
    for at in (at for at in dated if at > last):
        if at - last > _APART or spans[at].end - spans[first].start > MAX_QUOTE:
            break
        last = at
    for at in (at for at in reversed(dated) if at < first):
        if first - at > _APART or spans[last].end - spans[at].start > MAX_QUOTE:
            break
        first = at
    return first, last


def _texts(text: str, spans: Sequence[Span]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


def repeats(quote: Quote, earlier: Quote) -> bool:
    """Same words again, or the same fact from a card beside the original."""
    if quote.hit.document.id == earlier.hit.document.id:
        return overlap(Span(quote.start, quote.end), Span(earlier.start, earlier.end)) > 0
    return False
