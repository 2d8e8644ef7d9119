"""Look at the documents of a home, and at what adding a file would do; changes nothing.

Works beside a running server: no lock is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from assistant.catalogue import FILE_NAME, Catalogue
from assistant.config import Settings
from assistant.domain import Document, DocumentKind, Passage
from assistant.errors import CatalogueError, DocumentError
from assistant.stages import Progress
from assistant.validity import as_on
from ingest.adding import Judged, Outcome, judge_all, list_files, read_for_one
from ingest.evidence import Evidence
from ingest.fetching import Source
from ingest.fields import checked_fields
from ingest.originals import Originals
from ingest.shelf import Shelf
from ingest.works import NARRATIVE, Titles, bare_key


def silent(_stage: str, _done: int, _total: int) -> None:
    """A progress callback that says nothing."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A document with what is known of how it came in.

    `evidence` and `warnings` are empty for built-in documents; `original` is the file
    it was read from, when it is kept; `replaces` are held documents it supersedes.
    """

    document: Document
    passages: tuple[Passage, ...]
    evidence: dict[str, Evidence]
    warnings: tuple[str, ...]
    file: str
    added_at: str
    original: Path | None
    replaces: tuple[Document, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A document that held ones name as their ground (依据) but that is not held itself."""

    title: str
    named_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What adding a file would do.

    `refused` says in Chinese why it cannot be read, "" when it can; `skipped` why a file of
    a folder is passed over.
    """

    file: str
    judged: tuple[Judged, ...] = ()
    refused: str = ""
    skipped: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether adding would refuse it as it is: it cannot be read, or a region must be given first."""
        new = (one for one in self.judged if one.outcome is not Outcome.KNOWN)
        return bool(self.refused) or not all(one.draft.is_placed for one in new)


class LibraryView:
    """The documents of a home, for reading."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        """Use `open`; this only assigns."""
        self._settings = settings
        self._catalogue = catalogue

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Open the home of the settings for reading.

        Raises:
            CatalogueError: It holds no catalogue, or a damaged one.
        """
        if not (settings.home / FILE_NAME).exists():
            raise CatalogueError(f"数据文件夹 {settings.home} 里还没有文件库，请先运行 ingest sync。")
        return cls(settings, Catalogue.open(settings.home))

    def __enter__(self) -> Self:
        """Itself; leaving closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Release the catalogue."""
        self._catalogue.close()

    def documents(self) -> list[Document]:
        """All documents by id, those out of use included, without their text; their status is that of today."""
        today = date.today()
        return [as_on(document, today) for document in self._catalogue.documents()]

    def check(
        self,
        sources: Sequence[Source],
        *,
        overrides: Mapping[str, str] | None = None,
        progress: Progress = silent,
    ) -> Iterator[Checked]:
        """What adding files would do; see `check_files`."""
        shelf = Shelf.of(self._catalogue, keep=False)
        return check_files(sources, shelf=shelf, overrides=overrides, progress=progress)

    def show(self, document_id: str) -> Shown:
        """One document with its text, passages and history.

        Raises:
            NotFoundError: No document has this id.
        """
        document = as_on(self._catalogue.document(document_id), date.today())
        record = self._catalogue.intake.record(document_id)
        held = self.documents()
        titles = _titles(held)
        return Shown(
            document,
            tuple(self._catalogue.passages([document_id])),
            {name: Evidence(**values) for name, values in record.get("evidence", {}).items()},
            tuple(record.get("warnings", ())),
            str(record.get("file", "")),
            str(record.get("added_at", "")),
            Originals.of(self._settings.home).of_document(document),
            tuple(d for d in held if d.superseded_by == document_id),
            tuple(name for name in document.basis if not titles.hold(name)),
        )

    def gaps(self) -> list[Gap]:
        """Documents to look for: named as a ground by those in use, and not held; most often named first."""
        documents = self.documents()
        titles = _titles(documents)
        named: dict[str, tuple[str, list[str]]] = {}
        for document in documents:
            if document.retired or document.level in NARRATIVE:
                continue
            for name in document.basis:
                if not titles.hold(name):
                    named.setdefault(bare_key(name), (name, []))[1].append(document.id)
        gaps = [Gap(title, tuple(dict.fromkeys(ids))) for title, ids in named.values()]
        return sorted(gaps, key=lambda gap: -len(gap.named_by))


def _titles(documents: Iterable[Document]) -> Titles:
    """Titles of the documents held as originals; fact cards do not count."""
    return Titles(d.title for d in documents if d.kind is DocumentKind.ORIGINAL)


def check_files(
    sources: Sequence[Source],
    *,
    shelf: Shelf,
    overrides: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> Iterator[Checked]:
    """What adding files, folders, archives or fetched files would do, file by file; nothing is stored.

    Files count as held for those after them, as they would when added.

    Raises:
        DocumentError: A field given is impossible.
    """
    given = checked_fields(overrides or {})
    with ExitStack() as stack:
        for listed in list_files(sources, stack=stack):
            try:
                told = partial(progress, f"识别文字：{listed.name}")
                fields = listed.overrides(given)
                drafts = (
                    []
                    if listed.refused or listed.skipped
                    else read_for_one(listed.path, fields, page_done=told)
                )
            except DocumentError as exc:
                yield Checked(listed.name, refused=str(exc))
                continue
            judged = tuple(judge_all(drafts, shelf, keep_similar=False))
            yield Checked(listed.name, judged, listed.refused, listed.skipped)


def check_in(
    settings: Settings,
    sources: Sequence[Source],
    *,
    overrides: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> Iterator[Checked]:
    """`check_files` against what the settings' home holds; without a home everything is new.

    Raises:
        DocumentError: A field given is impossible.
        CatalogueError: The home's catalogue is damaged.
    """
    if not (settings.home / FILE_NAME).exists():
        yield from check_files(sources, shelf=Shelf((), {}), overrides=overrides, progress=progress)
        return
    with LibraryView.open(settings) as library:
        yield from library.check(sources, overrides=overrides, progress=progress)
