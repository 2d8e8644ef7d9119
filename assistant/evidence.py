"""How well the best hits fit a question: the features the judge decides on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.asked import Asked, asked_for
from assistant.domain import Hit
from assistant.forms import form_missing, wants_figure
from assistant.reading import read_text
from assistant.text import normalise
from assistant.understand import Query

if TYPE_CHECKING:
    from assistant.index import Index
    from assistant.reading import Reader

OTHERS_LEAD = 3.0  # beyond this a larger lead of another region's clause says nothing more
NEAR = 3  # hits looked at for what the best one does not say
_MANY = 6  # more unsaid words than this say no more


class Evidence:
    """Match features of a question and its best hits, over one open index."""

    def __init__(self, index: Index, harmless: Mapping[str, int], reader: Reader | None = None) -> None:
        """Prepare look-ups.

        Args:
            index: The open generation.
            harmless: For words of everyday speech, how many answerable questions hold them
                though the clause that answers does not: 请问, 麻烦, 我们队.
            reader: Reads whether the best hits state what is asked; without it nothing is
                said about that.
        """
        self._lexical = index.lexical
        self._snapshot = index.snapshot
        self._questions = index.question_texts
        self._rarest = index.lexical.idf("")
        self._ways: dict[int, list[int]] = {}
        self._document_gaps: dict[str, set[int]] = {}
        for at, target in enumerate(index.targets):
            if target.is_gap:
                self._document_gaps.setdefault(index.row_document[target.row], set()).add(at)
            else:
                self._ways.setdefault(target.row, []).append(at)
        self.harmless = harmless
        self.reader = reader

    def __call__(
        self,
        query: Query,
        hits: Sequence[Hit],
        others: Sequence[Hit] = (),
        *,
        leave_out: frozenset[int] = frozenset(),
        own: frozenset[str] = frozenset(),
    ) -> dict[str, float]:
        """Features by name; `hits` is not empty, both best first; `others` are of other regions.

        Args:
            query: The understood question.
            hits: Hits that may carry the answer.
            others: Hits that may not.
            leave_out: Expected questions to ignore (training).
            own: Words that this question itself added to `harmless` (training).
        """
        best = hits[0]
        reasons = best.reasons
        ways = [at for at in self._ways_of(best) if at not in leave_out]
        unsaid = self._unsaid(query, hits[:1])
        asked = [_way(self._questions[at]) for at in ways]
        gap = self._gap(best, leave_out)
        unknown = [word for word in unsaid if not any(word in way.text for way in asked)]
        particular = [self._particular(word, own) for word in unsaid]
        particular_unknown = [self._particular(word, own) for word in unknown]
        return {
            **{name: reasons[name] for name in _FROM_RANKING},
            "score": best.score,
            "share": _share(hits),
            "lead": best.score - (hits[1].score if len(hits) > 1 else 0.0),
            "missing": self._weight(query, unsaid),
            "missing_near": self._weight(query, self._unsaid(query, hits[:NEAR])),
            "missing_known": self._weight(query, unknown),
            "unsaid": float(min(len(unsaid), _MANY)),
            "unknown": float(min(len(unknown), _MANY)),
            "particular": sum(particular),
            "particular_most": max(particular, default=0.0),
            "particular_unknown": sum(particular_unknown),
            "particular_unknown_most": max(particular_unknown, default=0.0),
            "has_ways": float(bool(ways)),
            "kind_known": _kind_known(query, asked),
            "kind_unknown": float(bool(asked) and not _kind_known(query, asked)),
            "form_missing": float(form_missing(query, best.passage.text)),
            "form_missing_near": float(all(form_missing(query, hit.passage.text) for hit in hits[:NEAR])),
            "year_missing": float(bool(query.years) and not reasons["year_named"]),
            "kind_missing": float(bool(query.kinds) and not reasons["kind_named"]),
            "place_unsaid": float(_place_unsaid(query, best)),
            "place_figure": float(_place_unsaid(query, best) and wants_figure(query)),
            "gap_words": reasons["gap_words"] if gap else 0.0,
            "gap_dense": reasons["gap_dense"] if gap else 0.0,
            "gap": gap,
            "gap_share": reasons["gap_share"] if gap else 0.0,
            "gap_lead": max(gap - _known(best), 0.0),
            "way_lead": max(_known(best) - gap, 0.0) if gap else 0.0,
            "gap_says": self._weight(query, self._said_by_gap(best, unknown)) if gap else 0.0,
            "others_asked": max(_known(others[0]) - _known(best), 0.0) if others else 0.0,
            "others_lead": min(max(others[0].score - best.score, 0.0), OTHERS_LEAD) if others else 0.0,
            "follow_up": float(query.follow_up),
            "few_words": float(len(query.own_words) <= 1),
            **self.reading(query, hits),
        }

    def reading(self, query: Query, hits: Sequence[Hit]) -> dict[str, float]:
        """How surely the best hit, and the likeliest of the best few, state what is asked: log odds; {} without a reader."""
        if self.reader is None:
            return {}
        read = self.stated(f"{query.before} {query.searched}".strip(), hits)
        return {"stated": read[0], "stated_near": max(read)}

    def stated(self, question: str, hits: Sequence[Hit]) -> tuple[float, ...]:
        """How surely each of the best few hits states what a question asks: log odds; () without a reader."""
        if self.reader is None:
            return ()
        read = self.reader.scores(question, [read_text(hit.passage) for hit in hits[:NEAR]])
        return tuple(float(score) for score in read)

    def unsaid_words(self, query: Query, hit: Hit) -> frozenset[str]:
        """The asker's content words that a hit says neither so nor in official words."""
        return frozenset(self._unsaid(query, [hit]))

    def _ways_of(self, hit: Hit) -> list[int]:
        """Expected questions of the hit's passage."""
        if not self._ways:
            return []
        row = self._snapshot.rows_of([hit.passage.id])[hit.passage.id]
        return self._ways.get(row, [])

    def _gap(self, hit: Hit, leave_out: frozenset[int]) -> float:
        """How like a known gap the question is, 0 to 2; 0 for a text that nobody looked through for gaps."""
        if self._document_gaps.get(hit.document.id, set()) <= leave_out:
            return 0.0
        return hit.reasons["gap_words"] + hit.reasons["gap_dense"]

    def _said_by_gap(self, hit: Hit, words: Sequence[str]) -> list[str]:
        """Those of the words that the known gap most like the question says."""
        said = _way(self._questions[hit.gap]).text if hit.gap >= 0 else ""
        return [word for word in words if word in said]

    def _weight(self, query: Query, words: Sequence[str]) -> float:
        """Idf of words as a share of that of all the asker's words, 0 to 1."""
        total = sum(self._lexical.idf(word) for word in query.own_words)
        return sum(self._lexical.idf(word) for word in words) / total if total else 0.0

    def _particular(self, word: str, own: frozenset[str]) -> float:
        """How much an unsaid word means, 0 to 1: rare in the library and not everyday speech."""
        heard = self.harmless.get(word, 0) - (word in own)
        return self._lexical.idf(word) / self._rarest / (1 + max(heard, 0))

    def _unsaid(self, query: Query, hits: Sequence[Hit]) -> list[str]:
        said = "\n".join(_plain(h.document.title, h.passage.section, h.passage.text) for h in hits)
        return [
            w for w, same in query.own_words.items() if w not in said and not any(s in said for s in same)
        ]


_FROM_RANKING = (
    "asked_words",
    "asked_dense",
    "asked_both",
    "coverage",
    "implied",
    "bm25",
    "dense",
    "topic",
    "same_organisation",
    "other_organisation",
)


@dataclass(frozen=True, slots=True)
class _Way:
    """An expected question as compared with the asked one."""

    text: str
    kinds: frozenset[Asked]


@lru_cache(maxsize=2048)
def _plain(*parts: str) -> str:
    """Title, heading and words of a passage as they are searched."""
    return normalise("\n".join(parts))


@lru_cache(maxsize=4096)
def _way(question: str) -> _Way:
    return _Way(normalise(question), frozenset(asked_for(question)))


def _kind_known(query: Query, ways: Sequence[_Way]) -> float:
    """Largest share of a passage's expected questions that ask the same kind of thing, 0 without any."""
    return max(
        (sum(kind in way.kinds for way in ways) / len(ways) for kind in query.asked if ways), default=0.0
    )


def _known(hit: Hit) -> float:
    """How like a known way of asking for the hit the question is, 0 to 2."""
    return hit.reasons["asked_words"] + hit.reasons["asked_dense"]


def _share(hits: Sequence[Hit]) -> float:
    """The best hit's part of the exponentiated scores, 0 to 1: how clearly it stands out."""
    best = hits[0].score
    return 1.0 / sum(math.exp(max(hit.score - best, -30.0)) for hit in hits[:6])


def _place_unsaid(query: Query, hit: Hit) -> bool:
    """The question names a place that the clause does not name and its text is not made for."""
    where = f"{hit.document.region}{hit.document.title}{hit.passage.text}"
    return not query.wants_national and any(not _named_in(path, where) for path in query.named_regions)


def _named_in(path: str, where: str) -> bool:
    """Whether a text names a place, in full or by its short name (达州 for 四川省达州市)."""
    leaf = path.removesuffix("市").removesuffix("区").removesuffix("县").removesuffix("省")
    return path in where or leaf[-2:] in where
