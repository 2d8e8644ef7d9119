"""The catalogue (文件库): the truth about documents, their text and passages.

SQLite through SQLAlchemy Core, WAL and synchronous=FULL: once a call returns, a
power cut does not lose it. Everything in an index generation is derived from here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.clause_json import Body
from assistant.domain import Document, ExpectedQuestion, Passage
from assistant.errors import CatalogueError, NotFoundError
from assistant.intake import Intake
from assistant.tables import (
    DOCUMENTS,
    META,
    PASSAGE_FIELDS,
    PASSAGES,
    QUESTIONS,
    STATE,
    document_of,
    document_row,
    passage_row,
)

FILE_NAME = "catalogue.sqlite3"
SCHEMA_VERSION = 1


class Catalogue:
    """Documents with their passages and expected questions.

    `revision` grows with every change, so that a generation can tell whether it is
    up to date.
    """

    def __init__(self, engine: sa.Engine) -> None:
        """Use `open`; this only assigns."""
        self._engine = engine
        self.intake = Intake(engine)
        self._listed: tuple[int, tuple[Document, ...]] = (-1, ())  # a revision and its documents

    @classmethod
    def open(cls, home: Path) -> Catalogue:
        """Open the catalogue of a home folder, creating it when the folder has none.

        Raises:
            CatalogueError: The file is damaged or was written by a newer version.
        """
        home.mkdir(parents=True, exist_ok=True)
        path = home / FILE_NAME
        if path.exists() and path.stat().st_size == 0:
            raise CatalogueError(f"文件库 {path} 是空文件，可能已损坏。请用 ingest restore 备份文件 恢复。")
        engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
        sa.event.listen(engine, "connect", _durable)
        try:
            _check_pages(engine)
            META.create_all(engine)
            catalogue = cls(engine)
            catalogue._check_schema()
        except (sa.exc.DatabaseError, sqlite3.DatabaseError) as exc:
            engine.dispose()
            cause = getattr(exc, "orig", exc)
            raise CatalogueError(
                f"文件库 {path} 已损坏（{cause}）。请用 ingest restore 备份文件 恢复。"
            ) from exc
        return catalogue

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """All changes made inside are kept together or not at all; the revision grows by one.

        Raises:
            CatalogueError: The disk is full or the file cannot be written; nothing is changed.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
                self._set_state(connection, "revision", str(self._revision(connection) + 1))
        except sa.exc.OperationalError as exc:
            raise CatalogueError(
                f"文件库写不进去（{exc.orig}）。请检查磁盘空间和文件夹权限后重试，已保存的内容不受影响。"
            ) from exc

    @property
    def revision(self) -> int:
        """Number of changes so far."""
        with self._engine.connect() as connection:
            return self._revision(connection)

    def state(self, key: str) -> str | None:
        """A remembered value, None when never set."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(STATE.c.value).where(STATE.c.key == key))

    def remember(self, connection: sa.Connection, key: str, value: str) -> None:
        """Keep a value together with the transaction's other changes."""
        self._set_state(connection, key, value)

    def forget(self, key: str) -> None:
        """Drop a remembered value; this is no change of the catalogue."""
        with self._engine.begin() as connection:
            connection.execute(STATE.delete().where(STATE.c.key == key))

    def put(
        self,
        connection: sa.Connection,
        document: Document,
        passages: Iterable[Passage],
        questions: Iterable[ExpectedQuestion] = (),
    ) -> None:
        """Store a document, replacing whatever has its id.

        Raises:
            ValueError: A passage is not a slice of the document's text (invariant I1).
        """
        rows = [passage_row(document, passage) for passage in passages]
        self.delete(connection, document.id)
        connection.execute(DOCUMENTS.insert(), document_row(document))
        for table, values in ((PASSAGES, rows), (QUESTIONS, [asdict(q) for q in questions])):
            if values:
                connection.execute(table.insert(), values)

    def put_questions(
        self, connection: sa.Connection, document_id: str, questions: Iterable[ExpectedQuestion]
    ) -> None:
        """Store a document's expected questions in the place of those it had."""
        connection.execute(QUESTIONS.delete().where(QUESTIONS.c.document_id == document_id))
        if values := [asdict(question) for question in questions]:
            connection.execute(QUESTIONS.insert(), values)

    def update(self, connection: sa.Connection, document: Document) -> None:
        """Store changed metadata of a document; its text and passages stay."""
        row = document_row(document)
        for kept in ("id", "text", "text_sha256", "clauses"):
            row.pop(kept)
        connection.execute(DOCUMENTS.update().where(DOCUMENTS.c.id == document.id).values(row))

    def delete(self, connection: sa.Connection, document_id: str) -> None:
        """Remove a document with everything derived from it; nothing happens when there is none."""
        connection.execute(DOCUMENTS.delete().where(DOCUMENTS.c.id == document_id))
        for table in (PASSAGES, QUESTIONS):
            connection.execute(table.delete().where(table.c.document_id == document_id))
        self.intake.delete(connection, document_id)

    def documents(self, *, with_text: bool = False) -> list[Document]:
        """All documents by id, retired ones included; without text and clauses unless asked."""
        if with_text:
            return self._read_documents(DOCUMENTS.c)
        revision = self.revision
        if self._listed[0] != revision:  # asked for several times by each change
            columns = [c for c in DOCUMENTS.c if c.name not in ("text", "clauses")]
            self._listed = revision, tuple(self._read_documents(columns))
        return list(self._listed[1])

    def bodies(self) -> Iterator[Body]:
        """Text and clauses of every document in use, by id."""
        query = sa.select(DOCUMENTS.c.id, DOCUMENTS.c.text, DOCUMENTS.c.clauses)
        with self._engine.connect() as connection:
            for row in connection.execute(query.where(~DOCUMENTS.c.retired).order_by(DOCUMENTS.c.id)):
                yield Body(*row)

    def document(self, document_id: str) -> Document:
        """One document with text and clauses.

        Raises:
            NotFoundError: No document has this id.
        """
        with self._engine.connect() as connection:
            query = sa.select(DOCUMENTS).where(DOCUMENTS.c.id == document_id)
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFoundError(f"文件库中没有编号为“{document_id}”的文件，可用 ingest list 查看全部编号。")
        return document_of(row)

    def passages(self, document_ids: Sequence[str] | None = None) -> Iterator[Passage]:
        """Passages in reading order by document id, of all documents or the given ones."""
        query = sa.select(*(PASSAGES.c[name] for name in PASSAGE_FIELDS))
        texts = sa.select(DOCUMENTS.c.id, DOCUMENTS.c.text)
        if document_ids is not None:
            query = query.where(PASSAGES.c.document_id.in_(document_ids))
            texts = texts.where(DOCUMENTS.c.id.in_(document_ids))
        with self._engine.connect() as connection, self._engine.connect() as beside:
            documents = iter(beside.execute(texts.order_by(DOCUMENTS.c.id)))
            at, text = "", ""
            rows = connection.execute(query.order_by(PASSAGES.c.document_id, PASSAGES.c.start))
            for id_, document_id, start, end, *others in rows:
                while document_id != at:  # joined here: a join reads a document's text for each passage
                    at, text = next(documents)
                yield Passage(id_, document_id, start, end, text[start:end], *others)

    def questions(self) -> list[ExpectedQuestion]:
        """Every expected question, by document and place."""
        query = sa.select(QUESTIONS).order_by(QUESTIONS.c.document_id, QUESTIONS.c.start)
        with self._engine.connect() as connection:
            return [ExpectedQuestion(**row) for row in connection.execute(query).mappings()]

    def raise_revision(self, above: int) -> None:
        """Make the revision larger than `above`, so that no index made at or before it passes for current."""
        with self._engine.begin() as connection:
            self._set_state(connection, "revision", str(max(self._revision(connection), above) + 1))

    def compact(self) -> None:
        """Rewrite the file, so that nothing deleted stays on the disk.

        Raises:
            CatalogueError: Another process is reading the file, or the disk is full.
        """
        try:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM")
                busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        except sa.exc.OperationalError as exc:
            raise CatalogueError(
                f"文件库没有整理成（{exc.orig}）。请检查磁盘空间，再运行 ingest publish。"
            ) from exc
        if busy:
            raise CatalogueError(
                "有别的程序正在读文件库，删除的内容还没有从磁盘清除。请稍后运行 ingest publish。"
            )

    def _read_documents(self, columns: Iterable[sa.Column[Any]]) -> list[Document]:
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).order_by(DOCUMENTS.c.id)).mappings()
            return [document_of(row) for row in rows]

    def _check_schema(self) -> None:
        version = self.state("schema_version")
        if version is None:
            with self._engine.begin() as connection:
                self._set_state(connection, "schema_version", str(SCHEMA_VERSION))
        elif int(version) > SCHEMA_VERSION:
            raise CatalogueError("文件库由更新版本的软件建立，请升级本软件后再打开。")

    @staticmethod
    def _revision(connection: sa.Connection) -> int:
        return int(connection.scalar(sa.select(STATE.c.value).where(STATE.c.key == "revision")) or 0)

    @staticmethod
    def _set_state(connection: sa.Connection, key: str, value: str) -> None:
        connection.execute(STATE.delete().where(STATE.c.key == key))
        connection.execute(STATE.insert(), {"key": key, "value": value})


def _check_pages(engine: sa.Engine) -> None:
    """Every page, not only those read first: 0.1 s for 50 MB."""
    with engine.connect() as connection:
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _durable(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DB-API connection
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()
