"""A document's words as the catalogue and a generation's snapshot keep them: text, and clauses (条款) as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter

from assistant.domain import Clause, Document

_VALUES = attrgetter(*(f.name for f in fields(Clause)))  # asdict copies each value: ten times slower


def dump_clauses(clauses: Iterable[Clause]) -> str:
    """A list of the lists of their fields, in the order of `Clause`."""
    return json.dumps([_VALUES(clause) for clause in clauses], ensure_ascii=False)


def load_clauses(text: str) -> tuple[Clause, ...]:
    """What `dump_clauses` wrote."""
    return tuple(Clause(*values) for values in json.loads(text))


@dataclass(frozen=True, slots=True)
class Body:
    """A document's canonical text and its clauses, those as `dump_clauses` writes them."""

    document_id: str
    text: str
    clauses: str

    @classmethod
    def of(cls, document: Document) -> Body:
        """The body of a document that holds its text."""
        return cls(document.id, document.text, dump_clauses(document.clauses))
