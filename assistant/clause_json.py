"""Clauses (条款) as the JSON text that the catalogue and a generation's snapshot keep."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter

from assistant.domain import Clause

_VALUES = attrgetter(*(f.name for f in fields(Clause)))  # asdict copies each value: ten times slower


def dump_clauses(clauses: Iterable[Clause]) -> str:
    """A list of the lists of their fields, in the order of `Clause`."""
    return json.dumps([_VALUES(clause) for clause in clauses], ensure_ascii=False)


def load_clauses(text: str) -> tuple[Clause, ...]:
    """What `dump_clauses` wrote."""
    return tuple(Clause(*values) for values in json.loads(text))
