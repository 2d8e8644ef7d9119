"""A generation's own copy of documents and passages: read-only, so that a request sees one state.

Row numbers (0, 1, 2 …) are positions in the lexical index and in this file.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.clause_json import Body, load_clauses
from assistant.domain import Clause, Document, DocumentKind, DocumentStatus, ExpectedQuestion, Passage
from assistant.errors import IndexUnusableError, NotFoundError

_SCHEMA = """
CREATE TABLE documents (id TEXT PRIMARY KEY, record TEXT NOT NULL, text TEXT NOT NULL, clauses TEXT NOT NULL);
CREATE TABLE passages (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document_id TEXT NOT NULL, "start" INTEGER,
  "end" INTEGER, section TEXT, article TEXT, page INTEGER, topic TEXT);
CREATE TABLE questions (row INTEGER PRIMARY KEY, passage INTEGER NOT NULL, "start" INTEGER, "end" INTEGER, question TEXT);
"""
# The words are cut out here: reading each candidate's document took most of a question over 150,000 passages.
_PASSAGE = """p.id, p.document_id, p."start", p."end", substr(d.text, p."start" + 1, p."end" - p."start"),
  p.section, p.article, p.page, p.topic FROM passages p JOIN documents d ON d.id = p.document_id"""


class Snapshot:
    """Documents, passages and the places expected questions point at."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use `open`; this only assigns."""
        self._connection = connection
        self._lock = threading.Lock()  # one connection shared by request threads
        self._text = lru_cache(maxsize=256)(self._read_text)

    @classmethod
    def open(cls, path: Path) -> Snapshot:
        """Open read-only.

        Raises:
            IndexUnusableError: The file is missing or damaged.
        """
        where = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            connection = sqlite3.connect(where, uri=True, check_same_thread=False)
        except sqlite3.Error as exc:
            raise _unreadable(exc) from exc
        snapshot = cls(connection)
        try:
            snapshot._all("SELECT count(*) FROM passages")
        except IndexUnusableError:
            connection.close()
            raise
        return snapshot

    def documents(self) -> dict[str, Document]:
        """All documents by id, without text and clauses."""
        return {id_: _document(record) for id_, record in self._all("SELECT id, record FROM documents")}

    def document(self, document_id: str) -> Document:
        """One document with text and clauses.

        Raises:
            NotFoundError: The generation has no such document.
        """
        found = self._all("SELECT record, text, clauses FROM documents WHERE id = ?", document_id)
        if not found:
            raise NotFoundError(f"文件库中没有编号为“{document_id}”的文件。")
        record, text, clauses = found[0]
        return _document(record, text=text, clauses=load_clauses(clauses))

    def text(self, document_id: str) -> str:
        """Canonical text of a document."""
        return self._text(document_id)

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """Passages of the given rows, in their order; unknown rows are left out."""
        marks = ",".join("?" * len(rows))
        query = f"SELECT p.row, {_PASSAGE} WHERE p.row IN ({marks})"
        found = {row: Passage(*values) for row, *values in self._all(query, *map(int, rows))}
        return [found[int(row)] for row in rows if int(row) in found]

    def neighbours(self, document_id: str) -> list[Passage]:
        """All passages of a document in reading order."""
        query = f'SELECT {_PASSAGE} WHERE p.document_id = ? ORDER BY p."start"'
        return [Passage(*values) for values in self._all(query, document_id)]

    def rows_of(self, passage_ids: Sequence[str]) -> dict[str, int]:
        """Row numbers by passage id; unknown ids are left out."""
        marks = ",".join("?" * len(passage_ids))
        return dict(self._all(f"SELECT id, row FROM passages WHERE id IN ({marks})", *passage_ids))

    def row_documents(self) -> list[str]:
        """Document id of every row, in row order."""
        rows = self._all("SELECT document_id FROM passages ORDER BY row")
        return [sys.intern(id_) for (id_,) in rows]  # a million rows of the same few thousand words

    def question_targets(self) -> list[tuple[int, int, int]]:
        """(passage row, start, end) of every expected question, in row order."""
        return self._all('SELECT passage, "start", "end" FROM questions ORDER BY row')

    def questions(self) -> list[str]:
        """Every expected question's words, in row order."""
        return [row[0] for row in self._all("SELECT question FROM questions ORDER BY row")]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _all(self, query: str, *values: object) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as exc:
            raise _unreadable(exc) from exc

    def _read_text(self, document_id: str) -> str:
        found = self._all("SELECT text FROM documents WHERE id = ?", document_id)
        if not found:
            raise NotFoundError(f"文件库中没有编号为“{document_id}”的文件。")
        return str(found[0][0])


def write_snapshot(
    path: Path,
    documents: Mapping[str, Document],
    passages: Sequence[Passage],
    questions: Sequence[tuple[int, ExpectedQuestion]],
    *,
    bodies: Iterable[Body],
) -> None:
    """Write a new snapshot file; passages get rows in the given order.

    Args:
        path: File that does not exist yet.
        documents: By id; text and clauses are taken from `bodies`.
        passages: Every passage of those documents.
        questions: (passage row, expected question) in the order of the question index.
        bodies: One of each document.
    """
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO documents VALUES (?,?,?,?)",
            ((b.document_id, _record(documents[b.document_id]), b.text, b.clauses) for b in bodies),
        )
        connection.executemany(
            "INSERT INTO passages VALUES (?,?,?,?,?,?,?,?,?)",
            (
                (i, p.id, p.document_id, p.start, p.end, p.section, p.article, p.page, p.topic)
                for i, p in enumerate(passages)
            ),
        )
        connection.executemany(
            "INSERT INTO questions VALUES (?,?,?,?,?)",
            ((i, row, q.start, q.end, q.question) for i, (row, q) in enumerate(questions)),
        )
        connection.execute("CREATE INDEX by_document ON passages (document_id)")
        connection.commit()
    finally:
        connection.close()


def _unreadable(exc: sqlite3.Error) -> IndexUnusableError:
    return IndexUnusableError(f"索引快照无法读取（{exc}），请运行 ingest publish 重建。")


def _record(document: Document) -> str:
    names = (f.name for f in fields(Document) if f.name not in ("text", "clauses"))
    return json.dumps({name: getattr(document, name) for name in names}, ensure_ascii=False)


def _document(record: str, *, text: str = "", clauses: tuple[Clause, ...] = ()) -> Document:
    values = json.loads(record)
    values["kind"], values["status"] = DocumentKind(values["kind"]), DocumentStatus(values["status"])
    values["supersedes"], values["basis"] = tuple(values["supersedes"]), tuple(values["basis"])
    values["ocr_spans"] = tuple(tuple(span) for span in values.get("ocr_spans", ()))
    return Document(text=text, clauses=clauses, **values)
