"""What an administrator's operation did, as it is reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.domain import Document
from ingest.adding import FileReport, Outcome
from ingest.publishing import Publication


@dataclass(frozen=True, slots=True)
class AddReport:
    """What adding a batch did, file by file in their order, and the index published after it."""

    files: tuple[FileReport, ...]
    publication: Publication

    def counts(self) -> dict[str, int]:
        """Number of articles per outcome; for `refused`, of files."""
        counts = Counter(article.outcome for file in self.files for article in file.articles)
        refused = sum(bool(file.refused) for file in self.files)
        return {outcome.value: counts[outcome] for outcome in Outcome} | {Outcome.REFUSED.value: refused}

    @property
    def missing(self) -> tuple[str, ...]:
        """Documents that the added ones rest on and that are not held, each once."""
        articles = (article for file in self.files for article in file.articles)
        added = (a for a in articles if a.outcome in (Outcome.ADDED, Outcome.REPLACED))
        return tuple(dict.fromkeys(name for article in added for name in article.missing))


@dataclass(frozen=True, slots=True)
class Change:
    """A document as it is after a change (as it was, when removed), and the index published after it."""

    document: Document
    publication: Publication
    note: str = ""


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The generation that is published now, and what was published before."""

    generation: str
    before: str
    created_at: str
    documents: int
    passages: int


def new_ids(files: Iterable[FileReport]) -> list[str]:
    """Ids of the documents that came in, in their order."""
    came = (Outcome.ADDED, Outcome.REPLACED)
    return [article.document_id for file in files for article in file.articles if article.outcome in came]
