"""Gold quotes that no document holds (标注问题): a slip of the question set, not of the assistant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evals.matching import comparable
from evals.rows import Row
from evals.runner import Asker


@dataclass(frozen=True, slots=True)
class UnknownQuote:
    """A gold quote of question `id` that is in no document of the library."""

    id: str
    quote: str


def unknown_quotes(rows: Iterable[Row], asker: Asker) -> list[UnknownQuote]:
    """Gold quotes found in no document, in the rows' order; blanks and width do not count.

    Quotes seen in a row's own citations and hits are settled without opening the library.
    """
    doubtful: dict[UnknownQuote, str] = {}
    for row in rows:
        if not row.question.gold_quotes:
            continue
        seen = "\n".join(comparable(text) for text in _texts(row))
        for quote in row.question.gold_quotes:
            if comparable(quote) not in seen:
                doubtful[UnknownQuote(row.question.id, quote)] = comparable(quote)
    for listed in asker.documents() if doubtful else ():
        text = comparable(asker.document(listed.id).text)
        doubtful = {unknown: wanted for unknown, wanted in doubtful.items() if wanted not in text}
    return list(doubtful)


def _texts(row: Row) -> list[str]:
    return [cited.quote for cited in row.citations] + [hit.text for hit in row.hits]
