"""Take files into the catalogue: read, compare with what is held, store; one file never stops the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.config import corpus_folder
from assistant.domain import Document
from assistant.errors import DocumentError
from assistant.known_ways import known_ways
from ingest.archives import files_of, is_collection, left_out
from ingest.drafts import Draft, read_drafts, region_unproven
from ingest.fetching import Fetched, Source
from ingest.fields import for_one_document
from ingest.fingerprints import fingerprint
from ingest.limits import DEFAULT_LIMITS
from ingest.originals import Originals, kept_suffix, sha256_of
from ingest.passages import owned
from ingest.readers.raw import PageDone, unheard
from ingest.relations import Kin, Kinship, find_kin, missing_basis

if TYPE_CHECKING:
    import sqlalchemy as sa

    from assistant.catalogue import Catalogue
    from assistant.intake import Fingerprint
    from ingest.shelf import Shelf

FULLER_HELD = "已有更完整的文本"  # why a copy that lacks parts is taken out of use
_ID_CHARS = 10
_LOG = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of an article, or of a file that could not be read."""

    ADDED = "added"
    KNOWN = "known"
    REPLACED = "replaced"  # added, and a held version is now the older one
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft with what would become of it; `missing` are documents it rests on that are not held."""

    draft: Draft
    print_: Fingerprint
    kin: Kin
    outcome: Outcome
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticleReport:
    """What became of one article. `held` is the relative that decided it; `reason` and `warnings` are Chinese."""

    outcome: Outcome
    document_id: str
    title: str
    reason: str = ""
    held: str | None = None
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file.

    `refused` says in Chinese why nothing of it was added, "" when it was; `skipped` why a
    file of a folder was passed over.
    """

    file: str
    articles: tuple[ArticleReport, ...] = ()
    refused: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a batch and the name it is reported by.

    `refused` is set when a folder or archive gave none, `skipped` for a file in a folder
    that is no document, `source_url` when it was fetched.
    """

    path: Path
    name: str
    refused: str = ""
    source_url: str = ""
    skipped: str = ""

    def overrides(self, given: Mapping[str, str]) -> Mapping[str, str]:
        """The fields given by the administrator; a fetched file's address is known as well."""
        return {"source_url": self.source_url, **given} if self.source_url else given


class Adding:
    """One batch being added to a catalogue; the caller holds the home's lock."""

    def __init__(
        self,
        catalogue: Catalogue,
        originals: Originals,
        shelf: Shelf,
        *,
        overrides: Mapping[str, str],
        keep_similar: bool,
        regions: Mapping[str, str] | None = None,
    ) -> None:
        """Only assigns; `overrides` are checked fields, `regions` those given for single documents by id."""
        self._catalogue = catalogue
        self._originals = originals
        self._shelf = shelf
        self._overrides = overrides
        self._keep_similar = keep_similar
        self._regions = dict(regions or {})

    def add(self, listed: Listed, *, page_done: PageDone = unheard) -> FileReport:
        """Read one file and store what is new in it, all of it or nothing; scans tell of their pages.

        A file taken in before is known without being read again. Whatever is wrong with
        the file ends in a refusal.

        Raises:
            CatalogueError: The catalogue cannot be written; files added so far are safe.
        """
        path, name = listed.path, listed.name
        if listed.refused or listed.skipped:
            return FileReport(name, refused=listed.refused, skipped=listed.skipped)
        try:
            sha256 = sha256_of(path)
            if known := self._catalogue.intake.documents_of(sha256):
                return FileReport(name, tuple(self._known(id_) for id_ in known))
            drafts = read_for_one(path, listed.overrides(self._overrides), page_done=page_done)
            drafts = [self._placed(draft) for draft in drafts]
            self._originals.keep(path, sha256=sha256)
        except DocumentError as exc:
            return FileReport(name, refused=str(exc))
        except Exception:  # noqa: BLE001 - a fault of ours in one file must not stop the batch
            _LOG.exception("file could not be read")
            return FileReport(name, refused="读入时出错，没有添加。请另存为 Word 或文本后再试。")
        judged = list(judge_all(drafts, self._shelf, keep_similar=self._keep_similar))
        return FileReport(name, self._stored(path, sha256, judged))

    def _placed(self, draft: Draft) -> Draft:
        """The draft with its region, a person's where it names a place that cannot be placed.

        Raises:
            DocumentError: Nobody says which region it is, and its words are not held yet.
        """
        print_ = fingerprint(draft.document.text)
        if draft.is_placed or self._shelf.same_words(print_):
            return draft
        if region := self._regions.get(_new_id(print_, self._shelf)):
            return draft.placed(region)
        raise DocumentError(region_unproven(draft))

    def _known(self, document_id: str) -> ArticleReport:
        title = self._catalogue.document(document_id).title
        return ArticleReport(Outcome.KNOWN, document_id, title, "这个文件已经添加过", held=document_id)

    def _stored(self, path: Path, sha256: str, judged: Sequence[Judged]) -> tuple[ArticleReport, ...]:
        reports = []
        with self._catalogue.transaction() as connection:
            for item in judged:
                reports.append(self._store(connection, path, item))
            self._catalogue.intake.note_file(connection, sha256, [r.document_id for r in reports])
        return tuple(reports)

    def _store(self, connection: sa.Connection, path: Path, item: Judged) -> ArticleReport:
        held = item.kin.held
        if item.outcome is Outcome.KNOWN and held is not None:
            return report_of(item, held.id)
        document = item.draft.document
        if held is not None:
            document, held = _linked(document, held, item.kin.kinship)
            self._catalogue.update(connection, held)
        document = replace(document, original_suffix=kept_suffix(path))
        passages = owned(item.draft.passages, document.id)
        asked = known_ways(corpus_folder()).of(document, passages)
        self._catalogue.put(connection, document, passages, asked)
        self._catalogue.intake.note(connection, document.id, _record(path, item.draft), item.print_)
        return report_of(item, document.id)


def list_files(sources: Sequence[Source], *, stack: ExitStack) -> list[Listed]:
    """Every file of the given files, folders, archives and fetched files, each once.

    Unpacked files vanish when `stack` closes. A folder or archive without documents,
    or a damaged one, is listed as refused.
    """
    found: dict[Path, Listed] = {}
    for source in sources:
        path, url = (source.path, source.url) if isinstance(source, Fetched) else (source, "")
        if not is_collection(path):
            found.setdefault(path.absolute(), Listed(path, url or path.name, source_url=url))
            continue
        try:
            files = stack.enter_context(files_of(path, limits=DEFAULT_LIMITS))
        except DocumentError as exc:
            found.setdefault(path.absolute(), Listed(path, url or path.name, str(exc)))
            continue
        for file, why in left_out(path):
            inside = f"{path.name}/{file.relative_to(path).as_posix()}"
            found.setdefault(file.absolute(), Listed(file, inside, skipped=why))
        for file in files:
            inside = file.relative_to(path).as_posix() if path.is_dir() else file.name
            found.setdefault(file.absolute(), Listed(file, f"{url or path.name}/{inside}", source_url=url))
    return list(found.values())


def read_for_one(path: Path, overrides: Mapping[str, str], *, page_done: PageDone = unheard) -> list[Draft]:
    """The drafts of a file; fields that hold for one document are refused for a page of several.

    Raises:
        DocumentError: As for `read_drafts`, or such fields were given.
    """
    drafts = read_drafts(path, overrides=overrides, page_done=page_done)
    single = for_one_document(overrides)
    if len(drafts) > 1 and single:
        raise DocumentError(
            f"“{path.name}”里有 {len(drafts)} 篇文章，不能给它们同一个{'和'.join(single)}。请先添加，再逐篇更正。"
        )
    return drafts


def judge_all(drafts: Sequence[Draft], shelf: Shelf, *, keep_similar: bool) -> Iterator[Judged]:
    """What would become of each draft, those before it counted as held; they are put on the shelf.

    Drafts come back with their id. `keep_similar` adds copies of held documents too.
    """
    for draft in drafts:
        print_ = fingerprint(draft.document.text)
        kin = find_kin(draft, print_, shelf)
        outcome = _outcome(kin.kinship, keep_similar=keep_similar)
        missing = missing_basis(draft.document, shelf)
        document = draft.document
        if outcome is not Outcome.KNOWN:
            document = replace(document, id=_new_id(print_, shelf))
            listed = replace(document, text="", clauses=())
            if kin.held is not None:
                listed, held = _linked(listed, kin.held, kin.kinship)
                shelf.update(held)
            shelf.put(listed, print_)
        yield Judged(replace(draft, document=document), print_, kin, outcome, missing)


def report_of(item: Judged, document_id: str) -> ArticleReport:
    """A judged draft as reported to the administrator."""
    held = item.kin.held
    warnings = list(item.draft.warnings)
    reason = item.kin.note
    if item.kin.kinship in (Kinship.NEW, Kinship.OLDER) and reason:
        warnings.append(reason)
        reason = ""
    if item.outcome is Outcome.KNOWN and held is not None and held.retired:
        reason += "，但它已停用，可用 ingest unretire 恢复"
    return ArticleReport(
        item.outcome,
        document_id,
        item.draft.document.title,
        reason,
        held=held.id if held else None,
        warnings=tuple(warnings),
        missing=item.missing,
    )


def _outcome(kinship: Kinship, *, keep_similar: bool) -> Outcome:
    if kinship is Kinship.SAME or (kinship is Kinship.COPY and not keep_similar):
        return Outcome.KNOWN
    return Outcome.REPLACED if kinship in (Kinship.NEWER, Kinship.FULLER) else Outcome.ADDED


def _linked(document: Document, held: Document, kinship: Kinship) -> tuple[Document, Document]:
    """The new and the held document, the later one naming the other as superseded."""
    if kinship is Kinship.NEWER:
        return replace(document, supersedes=(*document.supersedes, held.id)), held
    if kinship is Kinship.OLDER:
        return document, replace(held, supersedes=(*held.supersedes, document.id))
    if kinship is Kinship.FULLER:
        return document, replace(held, retired=True, retired_reason=f"{FULLER_HELD}：{document.id}")
    return document, held


def _new_id(print_: Fingerprint, shelf: Shelf) -> str:
    """doc- and the first hex digits of the words' hash: the same words get the same id again."""
    size = _ID_CHARS
    while (id_ := f"doc-{print_.words[:size]}") in shelf:
        size += 2
    return id_


def _record(path: Path, draft: Draft) -> dict[str, object]:
    return {
        "file": path.name,
        "added_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "evidence": {name: asdict(evidence) for name, evidence in draft.evidence.items()},
        "warnings": list(draft.warnings),
    }
