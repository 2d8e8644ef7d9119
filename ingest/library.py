"""What an administrator does to the documents of a home: add, correct, take out of use, remove, publish.

Looking is in view.py. A change ends with the index published, so that what is listed is
what is answered from; a caller with several changes may publish once after them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from assistant.catalogue import Catalogue
from assistant.config import Settings, corpus_folder
from assistant.domain import Document, DocumentStatus
from assistant.errors import DocumentError
from assistant.generations import GENERATIONS, Manifest, published, roll_back
from assistant.lock import writing
from assistant.stages import Progress
from assistant.tools import Tools, open_tools
from ingest.adding import FULLER_HELD, Adding, FileReport, list_files
from ingest.evidence import GIVEN, Evidence
from ingest.fetching import Source
from ingest.fields import checked_fields
from ingest.originals import Originals
from ingest.pipeline import ORIGINAL_HELD, is_synchronised, sync
from ingest.publishing import ERASE, Publication, bring_up_to_date, publication_of, settle
from ingest.reports import AddReport, Change, RolledBack, new_ids
from ingest.shelf import Shelf
from ingest.supersession import waive
from ingest.view import LibraryView, silent

if TYPE_CHECKING:
    import sqlalchemy as sa


class Library(LibraryView):
    """The documents of a home, for changing. Holds the home's lock until closed."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        *,
        tools: Tools | None,
        lock: ExitStack,
        publishing: bool = True,
    ) -> None:
        """Use `open` or `within`; this only assigns."""
        super().__init__(settings, catalogue)
        self._loaded = tools
        self._lock = lock
        self._publishing = publishing

    @classmethod
    def open(cls, settings: Settings, *, purpose: str = "管理文件库") -> Self:
        """Take the home's lock and open its catalogue, made when there is none.

        Raises:
            HomeLockedError: Another process is writing to the home.
            CatalogueError: The catalogue is damaged or of a newer version.
        """
        with ExitStack() as stack:
            stack.enter_context(writing(settings.home, purpose=purpose))
            catalogue = Catalogue.open(settings.home)
            lock = stack.pop_all()
        return cls(settings, catalogue, tools=None, lock=lock)

    @classmethod
    def within(cls, settings: Settings, tools: Tools, *, publishing: bool = True) -> Self:
        """Open for a caller that already holds the home's lock and has the tools loaded.

        Without `publishing` only `publish` builds an index; until then answers rest on
        the index as it was, and what is removed is still on the disk.

        Raises:
            CatalogueError: The catalogue is damaged or of a newer version.
        """
        return cls(
            settings, Catalogue.open(settings.home), tools=tools, lock=ExitStack(), publishing=publishing
        )

    def close(self) -> None:
        """Release catalogue and lock."""
        super().close()
        self._lock.close()

    def add(
        self,
        sources: Sequence[Source],
        *,
        overrides: Mapping[str, str] | None = None,
        corrections: Mapping[str, Mapping[str, str]] | None = None,
        keep_similar: bool = False,
        progress: Progress = silent,
    ) -> AddReport:
        """Add files, folders and archives, then publish once.

        Repeating it, also after it was killed, adds nothing twice. A home that never
        held the built-in documents gets them first.

        Args:
            sources: Files, folders (with all inside), zip archives, and fetched files.
            overrides: Metadata that wins over what is found, by field name.
            corrections: The same for single documents, by the id that `check` gave them.
            keep_similar: Add documents too that are nearly copies of held ones.
            progress: Called with stage, done and total.

        Raises:
            DocumentError: A field given is impossible; nothing is added.
            CatalogueError: The catalogue cannot be written; files before are safe.
            IndexUnusableError: The index could not be built; the files are safe.
        """
        given = {name: value for name, value in checked_fields(overrides or {}).items() if value}
        corrected = {id_: checked_fields(fields) for id_, fields in (corrections or {}).items()}
        self._tools()  # a fault in them is better known before the files are read
        if not is_synchronised(self._catalogue):
            sync(self._catalogue, corpus_folder())
        reports = self._taken_in(
            sources, given, corrected=corrected, keep_similar=keep_similar, progress=progress
        )
        for id_ in new_ids(reports):
            if fields := corrected.get(id_):
                self._correct(self._catalogue.document(id_), fields)
        return AddReport(tuple(reports), self._settled(progress))

    def _taken_in(
        self,
        sources: Sequence[Source],
        given: Mapping[str, str],
        *,
        corrected: Mapping[str, Mapping[str, str]],
        keep_similar: bool,
        progress: Progress,
    ) -> list[FileReport]:
        """Read and store the files; what they were compared with is forgotten before an index is built."""
        adding = Adding(
            self._catalogue,
            Originals.of(self._settings.home),
            Shelf.of(self._catalogue, keep=True),
            overrides=given,
            keep_similar=keep_similar,
            regions={id_: fields["region"] for id_, fields in corrected.items() if fields.get("region")},
        )
        reports = []
        with ExitStack() as stack:
            files = list_files(sources, stack=stack)
            for number, listed in enumerate(files):
                progress("读入文件", number, len(files))
                recognising = partial(progress, f"识别文字：{listed.name}")
                reports.append(adding.add(listed, page_done=recognising))
            progress("读入文件", len(files), len(files))
        return reports

    def edit(self, document_id: str, fields: Mapping[str, str], *, progress: Progress = silent) -> Change:
        """Correct metadata; an empty value clears a field. A person's word on validity lifts marks.

        Raises:
            NotFoundError: No document has this id.
            DocumentError: A field is unknown or a value impossible.
        """
        document = self._catalogue.document(document_id)
        self._correct(document, checked_fields(fields))
        note = "内置文件的更正会在软件更新内置文件库时被覆盖。" if document.builtin else ""
        return self._changed(document_id, note=note, progress=progress)

    def retire(self, document_id: str, reason: str, *, progress: Progress = silent) -> Change:
        """Take a document out of use: it stays held, but no answer rests on it or is changed by it.

        Raises:
            NotFoundError: No document has this id.
        """
        document = self._catalogue.document(document_id)
        with self._catalogue.transaction() as connection:
            changed = replace(document, retired=True, retired_reason=reason.strip() or "人工停用")
            self._catalogue.update(connection, changed)
        return self._changed(document_id, progress=progress)

    def unretire(self, document_id: str, *, progress: Progress = silent) -> Change:
        """Bring a document back into use.

        Raises:
            NotFoundError: No document has this id.
            DocumentError: It is a fact card whose original is held.
        """
        document = self._catalogue.document(document_id)
        if document.retired_reason.startswith(ORIGINAL_HELD):
            raise DocumentError(
                f"要点卡“{document.title}”因{document.retired_reason}而停用，原文移除后会自动恢复，不能单独恢复。"
            )
        with self._catalogue.transaction() as connection:
            self._catalogue.update(connection, replace(document, retired=False, retired_reason=""))
        return self._changed(document_id, progress=progress)

    def remove(self, document_id: str, *, progress: Progress = silent) -> Change:
        """Delete one document for good; see `remove_all`."""
        return self.remove_all([document_id], progress=progress)[0]

    def remove_all(self, document_ids: Sequence[str], *, progress: Progress = silent) -> list[Change]:
        """Delete documents for good: from catalogue, index, older generations, originals and free pages.

        What they had superseded is as it was before. The index is built from nothing, and
        there is nothing to roll back to afterwards. Killed half-way, the next publication
        finishes the erasing.

        Raises:
            NotFoundError: No document has one of the ids; nothing is deleted.
            DocumentError: One is a built-in document, which a sync would bring back.
        """
        documents = [self._catalogue.document(id_) for id_ in dict.fromkeys(document_ids)]
        for document in documents:
            if document.builtin:
                raise DocumentError(
                    f"“{document.title}”是内置文件，不能删除，请用 ingest retire {document.id} 停用。"
                )
        for document in documents:
            with self._catalogue.transaction() as connection:
                self._catalogue.delete(connection, document.id)
                for other in self._catalogue.documents():
                    if other.id != document.id:
                        self._let_go(connection, other, document)
                self._catalogue.remember(connection, ERASE, document.id)
        publication = self._settled(progress)
        return [Change(document, publication) for document in documents]

    def publish(self, *, force: bool = False, progress: Progress = silent) -> Publication:
        """Publish the catalogue as it is; `force` builds the index from nothing even when it is current.

        Raises:
            IndexUnusableError: The index could not be built; the published one stays.
        """
        return bring_up_to_date(
            self._settings.home, self._catalogue, self._tools(), progress=progress, force=force
        )

    def rollback(self) -> RolledBack:
        """Publish the generation before the current one. The catalogue stays as it is.

        The next publication brings the newest state again; to undo a change for good,
        retire or remove what was added.

        Raises:
            IndexUnusableError: There is no earlier generation, or it is damaged.
        """
        home = self._settings.home
        before = published(home)
        name = roll_back(home)
        manifest = Manifest.read(home / GENERATIONS / name)
        return RolledBack(
            name, before.name if before else "", manifest.created_at, manifest.documents, manifest.passages
        )

    def _correct(self, document: Document, checked: Mapping[str, str]) -> None:
        """Store a person's word on the metadata of a document, and that it was a person's."""
        values: dict[str, Any] = {name: value or None for name, value in checked.items()}
        values["provenance"] = checked.get("provenance", document.provenance)
        if "status" in checked:
            document = waive(self._catalogue, document)
            values |= {"status": DocumentStatus(checked["status"]), "status_evidence": GIVEN}
        record = self._catalogue.intake.record(document.id)
        evidence = {name: asdict(Evidence(value or None, GIVEN, 1.0)) for name, value in checked.items()}
        with self._catalogue.transaction() as connection:
            self._catalogue.update(connection, replace(document, **values))
            record["evidence"] = record.get("evidence", {}) | evidence
            self._catalogue.intake.amend(connection, document.id, record)

    def _let_go(self, connection: sa.Connection, other: Document, removed: Document) -> None:
        """Undo in another document what the removed one did to it."""
        changed = replace(other, supersedes=tuple(s for s in other.supersedes if s != removed.id))
        if other.retired_reason == f"{FULLER_HELD}：{removed.id}":
            changed = replace(changed, retired=False, retired_reason="")
        if removed.original_sha256 and other.original_sha256 == removed.original_sha256:
            changed = replace(changed, original_sha256=None, original_suffix=None)  # the page held both
        if changed != other:
            self._catalogue.update(connection, changed)

    def _changed(self, document_id: str, *, progress: Progress, note: str = "") -> Change:
        publication = self._settled(progress)
        return Change(self._catalogue.document(document_id), publication, note)

    def _settled(self, progress: Progress) -> Publication:
        if self._publishing:
            return self.publish(progress=progress)
        return publication_of(self._settings.home, settle(self._catalogue), built=False)

    def _tools(self) -> Tools:
        if self._loaded is None:
            self._loaded = open_tools(self._settings)
        return self._loaded
