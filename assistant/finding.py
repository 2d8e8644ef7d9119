"""What was found for one aspect of a question, and how far it answers it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from assistant.aspects import Aspect
from assistant.domain import AnswerStatus, Hit
from assistant.extract import Quote
from assistant.forms import form_missing
from assistant.judge import NO_RULE, Verdict

ALONE = 0.3  # one question of a message is answered though the whole is not from this probability
MARGIN = 1.0  # log odds by which it states the part's own words more surely than the one quoted
NEXT = 0.8  # share of its best hit's score from which a part's further clause is quoted instead
_LIKELY = 2  # best hits of a question that another question's quote may be


@dataclass(frozen=True, slots=True)
class Finding:
    """An aspect of a question, the hits that may be quoted for it, best first, and the verdict on them.

    `stated`: how surely one of the best states what is asked, log odds; `alone`: the same of
    each of the best, of the part's own words without the rest of the message.
    """

    aspect: Aspect
    basis: list[Hit]
    verdict: Verdict
    stated: float = 0.0
    alone: tuple[float, ...] = ()

    @property
    def own(self) -> bool:
        """Whether the best hit is a rule of the aspect itself, not one that also applies there."""
        return bool(self.basis) and self.aspect.admits(self.basis[0])

    @property
    def answered(self) -> bool:
        """Whether its hits answer it."""
        return bool(self.basis) and self.verdict.status in (AnswerStatus.ANSWERED, AnswerStatus.PARTIAL)

    def or_whole(self, verdict: Verdict, basis: list[Hit]) -> Finding:
        """What the whole message found, for a question that says too little by itself (让不让开), where that is surer."""
        dangles = self.aspect.query.dangling and not self.aspect.side
        own = self.verdict.probability
        surer = verdict.status is AnswerStatus.ANSWERED and own < min(ALONE, verdict.probability)
        if not (dangles and surer and self.verdict.reason in ("", NO_RULE)):
            return self
        if all(form_missing(self.aspect.query, hit.passage.text) for hit in basis[:_LIKELY]):
            return self
        return Finding(self.aspect, basis, verdict)

    @property
    def presumed(self) -> bool:
        """A side that its best hit speaks for: whether a thing or year was found is settled by the whole."""
        elsewhere = self.verdict.status is AnswerStatus.OTHER_REGION_ONLY and not self.aspect.year
        return bool(self.basis) and self.aspect.side and not self.aspect.place and not elsewhere

    def follows(self, sources: AbstractSet[str]) -> bool:
        """A question of its own that says too little to be judged, found in a text that answers another."""
        return (
            not self.aspect.side
            and self.verdict.reason in ("", NO_RULE)
            and bool(self.basis)
            and self.basis[0].document.id in sources
            and not form_missing(self.aspect.query, self.basis[0].passage.text)
        )

    def covered(self, quotes: Sequence[Quote]) -> list[Quote]:
        """Quotes for other aspects that most likely answer this one too: clauses found for it, of the form it asks."""
        if self.answered or self.aspect.side or self.verdict.reason not in ("", NO_RULE) or self.stated < 0:
            return []
        likely = zip(self.basis, self.alone or (0.0,) * _LIKELY, strict=False)
        found = {
            hit.passage.id
            for hit, stated in list(likely)[:_LIKELY]
            if stated >= 0 and not form_missing(self.aspect.query, hit.passage.text)
        }
        return [quote for quote in quotes if quote.hit.passage.id in found]

    def beside(self, quotes: Sequence[Quote]) -> list[Hit]:
        """The best hit not yet quoted, where it states the part's own words as surely as one quoted for another part.

        What was said before leads the search to that other part's clause again (几天送到，送到以后几天交钱).
        """
        known = {quote.hit.passage.id for quote in quotes}
        if not self.basis or self.basis[0].passage.id not in known:
            return []
        for hit, stated in zip(self.basis[1:], self.alone[1:], strict=False):
            near = hit.score >= NEXT * self.basis[0].score
            if near and hit.passage.id not in known and stated >= self.alone[0] + MARGIN:
                return [] if form_missing(self.aspect.query, hit.passage.text) else [hit]
        return []

    def missing(self, whole: Verdict) -> bool:
        """Whether to say that nothing answers it: not where the whole message's answer may well hold it."""
        if self.answered or self.presumed:
            return False
        if self.aspect.place:
            return True
        doubtful = whole.status is AnswerStatus.ANSWERED and self.verdict.reason == NO_RULE
        return not (doubtful and self.verdict.probability >= whole.probability / 2)


def with_whole(findings: Sequence[Finding], verdict: Verdict, basis: list[Hit]) -> list[Finding]:
    """Findings in their order; what the whole message found goes to a question that says too little, unless another found it."""
    taken = {f.basis[0].passage.id for f in findings if f.answered}
    if not basis or basis[0].passage.id in taken:
        return list(findings)
    return [finding.or_whole(verdict, basis) for finding in findings]
