"""Measures of one answer or one ranking: pure functions, 1.0 is best unless the name says otherwise.

Each returns None when the question gives nothing to measure against, so that means
are taken over the questions a measure applies to. Retrieval names follow the field
(hit@k, recall@k, MRR, nDCG@k); an item to be found is a gold quote.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from evals.matching import Haystack, same_passage

REFUSALS = frozenset({"no_evidence", "other_region_only", "out_of_scope", "unclear"})


def key_fact_recall(key_facts: Sequence[Sequence[str]], texts: Sequence[str]) -> float | None:
    """Share of the facts of which one accepted variant occurs in any of the texts; None without facts."""
    if not key_facts:
        return None
    haystack = Haystack.of(texts)
    return sum(haystack.contains_any(variants) for variants in key_facts) / len(key_facts)


def forbidden_found(must_not: Sequence[str], answer: str) -> list[str]:
    """The strings that make an answer wrong and do occur in its own words."""
    haystack = Haystack.of([answer])
    return [text for text in must_not if haystack.contains(text)]


def citation_recall(quotes: Sequence[str], gold_quotes: Sequence[str]) -> float | None:
    """Share of gold quotes that a cited quote covers (`same_passage`); None without gold quotes."""
    if not gold_quotes:
        return None
    return sum(any(same_passage(gold, quote) for quote in quotes) for gold in gold_quotes) / len(gold_quotes)


def citation_precision(quotes: Sequence[str], gold_quotes: Sequence[str]) -> float | None:
    """Share of cited quotes that belong to a gold quote; None without gold quotes or citations."""
    if not gold_quotes or not quotes:
        return None
    return sum(any(same_passage(gold, quote) for gold in gold_quotes) for quote in quotes) / len(quotes)


def right_clause(quotes: Sequence[str], gold_quotes: Sequence[str]) -> float | None:
    """1.0 when any gold quote is cited, else 0.0; None without gold quotes."""
    covered = citation_recall(quotes, gold_quotes)
    return None if covered is None else float(covered > 0)


def verbatim_share(verbatim: Sequence[bool]) -> float | None:
    """Share of quotes found at their stated place of the document; None without quotes."""
    return sum(verbatim) / len(verbatim) if verbatim else None


def status_right(status: str, expected: Sequence[str]) -> float | None:
    """1.0 when the status is one of the accepted; None when none is stated."""
    return float(status in expected) if expected else None


def partial_right(status: str, expected: Sequence[str]) -> float | None:
    """Of answers given in part: 1.0 when a part was all there is; None when not partial or none is stated."""
    return status_right(status, expected) if status == "partial" else None


def refusal_recall(status: str, *, answerable: bool | None, expected: Sequence[str] = ()) -> float | None:
    """Of questions the library cannot answer: 1.0 when it was refused or ended as accepted, else 0.0."""
    if answerable is not False:
        return None
    return float(status in REFUSALS or status in expected)


def refusal_precision(status: str, *, answerable: bool | None, expected: Sequence[str] = ()) -> float | None:
    """Of refused questions: 1.0 when refusing was right; None when answered or not labelled."""
    if answerable is None or status not in REFUSALS:
        return None
    return float(not answerable or status in expected)


def false_refusal(status: str, *, answerable: bool | None, expected: Sequence[str] = ()) -> float | None:
    """Of answerable questions: 1.0 when refused against expectation (lower is better)."""
    if not answerable:
        return None
    return float(status in REFUSALS and status not in expected)


def gains(hits: Sequence[str], gold_quotes: Sequence[str]) -> list[int]:
    """For each ranked text, how many gold quotes it is the first to cover."""
    left, found = list(gold_quotes), []
    for text in hits:
        rest = [gold for gold in left if not same_passage(gold, text)]
        found.append(len(left) - len(rest))
        left = rest
    return found


def hit_at(gained: Sequence[int], k: int) -> float:
    """hit@k: 1.0 when the first k contain a gold quote."""
    return float(any(gained[:k]))


def recall_at(gained: Sequence[int], k: int, *, wanted: int) -> float:
    """recall@k: share of the `wanted` gold quotes within the first k."""
    return sum(gained[:k]) / wanted


def reciprocal_rank(gained: Sequence[int]) -> float:
    """1 / rank of the first hit that covers a gold quote, 0.0 when none does."""
    return next((1 / rank for rank, gain in enumerate(gained, start=1) if gain), 0.0)


def ndcg_at(gained: Sequence[int], k: int, *, wanted: int) -> float:
    """nDCG@k over gold quotes, each relevant once.

    One passage may cover several gold quotes and so beat the ideal of one a rank;
    the value is then 1.0.
    """
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, wanted) + 1))
    gained_sum = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gained[:k], start=1))
    return min(1.0, gained_sum / ideal)
