"""The catalogue (文件库): the truth about documents, their text and passages.

SQLite through SQLAlchemy Core, WAL and synchronous=FULL: once a call returns, a
power cut does not lose it. Everything in an index generation is derived from here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from assistant.domain import Clause, Document, DocumentKind, DocumentStatus, ExpectedQuestion, Passage
from assistant.errors import CatalogueError, NotFoundError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE_NAME = "catalogue.sqlite3"
SCHEMA_VERSION = 1
_BATCH = 500

_META = sa.MetaData()
_STATE = sa.Table("state", _META, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.Text))
_DOCUMENTS = sa.Table(
    "documents",
    _META,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("builtin", sa.Boolean, nullable=False),
    sa.Column("retired", sa.Boolean, nullable=False),
    sa.Column("original_sha256", sa.String, index=True),
    sa.Column("text_sha256", sa.String, nullable=False, index=True),
    sa.Column("record", sa.Text, nullable=False),  # JSON of the other fields
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("clauses", sa.Text, nullable=False),
)
_PASSAGES = sa.Table(
    "passages",
    _META,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("document_id", sa.String, nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("article", sa.String),
    sa.Column("page", sa.Integer),
    sa.Column("topic", sa.String),
)
_QUESTIONS = sa.Table(
    "expected_questions",
    _META,
    sa.Column("document_id", sa.String, nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
)
_VECTORS = sa.Table(
    "vectors",
    _META,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)
_OWN_COLUMNS = {"id", "kind", "builtin", "retired", "original_sha256", "text", "clauses"}


class Catalogue:
    """Documents with their passages and expected questions; a cache of vectors.

    `revision` grows with every change, so that a generation can tell whether it is
    up to date.
    """

    def __init__(self, engine: sa.Engine) -> None:
        """Use `open`; this only assigns."""
        self._engine = engine

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
        engine = sa.create_engine(f"sqlite:///{path}")
        sa.event.listen(engine, "connect", _durable)
        try:
            _META.create_all(engine)
            catalogue = cls(engine)
            catalogue._check_schema()
        except sa.exc.DatabaseError as exc:
            raise CatalogueError(
                f"文件库 {path} 已损坏（{exc.orig}）。请用 ingest restore 备份文件 恢复。"
            ) from exc
        return catalogue

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """All changes made inside are kept together or not at all; the revision grows by one."""
        with self._engine.begin() as connection:
            yield connection
            self._set_state(connection, "revision", str(self._revision(connection) + 1))

    @property
    def revision(self) -> int:
        """Number of changes so far."""
        with self._engine.connect() as connection:
            return self._revision(connection)

    def state(self, key: str) -> str | None:
        """A remembered value, None when never set."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(_STATE.c.value).where(_STATE.c.key == key))

    def remember(self, connection: sa.Connection, key: str, value: str) -> None:
        """Keep a value together with the transaction's other changes."""
        self._set_state(connection, key, value)

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
        rows = [_passage_row(document, passage) for passage in passages]
        self.delete(connection, document.id)
        connection.execute(_DOCUMENTS.insert(), _document_row(document))
        for table, values in ((_PASSAGES, rows), (_QUESTIONS, [asdict(q) for q in questions])):
            if values:
                connection.execute(table.insert(), values)

    def update(self, connection: sa.Connection, document: Document) -> None:
        """Store changed metadata of a document; its text and passages stay."""
        row = _document_row(document)
        for kept in ("id", "text", "text_sha256", "clauses"):
            row.pop(kept)
        connection.execute(_DOCUMENTS.update().where(_DOCUMENTS.c.id == document.id).values(row))

    def delete(self, connection: sa.Connection, document_id: str) -> None:
        """Remove a document with everything derived from it; nothing happens when there is none."""
        connection.execute(_DOCUMENTS.delete().where(_DOCUMENTS.c.id == document_id))
        for table in (_PASSAGES, _QUESTIONS):
            connection.execute(table.delete().where(table.c.document_id == document_id))

    def documents(self, *, with_text: bool = False) -> list[Document]:
        """All documents by id, retired ones included; without text and clauses unless asked."""
        columns = [c for c in _DOCUMENTS.c if with_text or c.name not in ("text", "clauses")]
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).order_by(_DOCUMENTS.c.id)).mappings()
            return [_document(row) for row in rows]

    def document(self, document_id: str) -> Document:
        """One document with text and clauses.

        Raises:
            NotFoundError: No document has this id.
        """
        with self._engine.connect() as connection:
            query = sa.select(_DOCUMENTS).where(_DOCUMENTS.c.id == document_id)
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFoundError(f"文件库中没有编号为“{document_id}”的文件，可用 ingest list 查看全部编号。")
        return _document(row)

    def known_by_hash(self, *, original_sha256: str | None = None, text: str | None = None) -> str | None:
        """Id of the document made from the same file or having the same text, None if there is none."""
        tests = []
        if original_sha256:
            tests.append(_DOCUMENTS.c.original_sha256 == original_sha256)
        if text is not None:
            tests.append(_DOCUMENTS.c.text_sha256 == text_hash(text))
        if not tests:
            return None
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(_DOCUMENTS.c.id).where(sa.or_(*tests)).limit(1))

    def passages(self, document_ids: Sequence[str] | None = None) -> Iterator[Passage]:
        """Passages in reading order by document id, of all documents or the given ones."""
        query = (
            sa.select(_PASSAGES, _DOCUMENTS.c.text)
            .join(_DOCUMENTS, _DOCUMENTS.c.id == _PASSAGES.c.document_id)
            .order_by(_PASSAGES.c.document_id, _PASSAGES.c.start)
        )
        if document_ids is not None:
            query = query.where(_PASSAGES.c.document_id.in_(document_ids))
        with self._engine.connect() as connection:
            for row in connection.execute(query).mappings():
                values = {c.name: row[c.name] for c in _PASSAGES.c}
                yield Passage(text=row["text"][row["start"] : row["end"]], **values)

    def questions(self) -> list[ExpectedQuestion]:
        """Every expected question, by document and place."""
        query = sa.select(_QUESTIONS).order_by(_QUESTIONS.c.document_id, _QUESTIONS.c.start)
        with self._engine.connect() as connection:
            return [ExpectedQuestion(**row) for row in connection.execute(query).mappings()]

    def vectors(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Cached vectors among `keys`."""
        import numpy as np

        found: dict[str, NDArray[np.float32]] = {}
        with self._engine.connect() as connection:
            for at in range(0, len(keys), _BATCH):
                query = sa.select(_VECTORS).where(_VECTORS.c.key.in_(keys[at : at + _BATCH]))
                for key, blob in connection.execute(query):
                    found[key] = np.frombuffer(blob, dtype=np.float32)
        return found

    def keep_vectors(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Add vectors to the cache; keys already there are left alone."""
        rows = [{"key": key, "vector": vector.tobytes()} for key, vector in vectors.items()]
        if not rows:
            return
        from sqlalchemy.dialects.sqlite import insert

        with self._engine.begin() as connection:
            connection.execute(insert(_VECTORS).on_conflict_do_nothing(), rows)

    def _check_schema(self) -> None:
        version = self.state("schema_version")
        if version is None:
            with self._engine.begin() as connection:
                self._set_state(connection, "schema_version", str(SCHEMA_VERSION))
        elif int(version) > SCHEMA_VERSION:
            raise CatalogueError("文件库由更新版本的软件建立，请升级本软件后再打开。")

    @staticmethod
    def _revision(connection: sa.Connection) -> int:
        return int(connection.scalar(sa.select(_STATE.c.value).where(_STATE.c.key == "revision")) or 0)

    @staticmethod
    def _set_state(connection: sa.Connection, key: str, value: str) -> None:
        connection.execute(_STATE.delete().where(_STATE.c.key == key))
        connection.execute(_STATE.insert(), {"key": key, "value": value})


def text_hash(text: str) -> str:
    """SHA-256 of a canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _durable(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DB-API connection
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


def _document_row(document: Document) -> dict[str, object]:
    names = [f.name for f in fields(Document) if f.name not in _OWN_COLUMNS]
    return {
        "id": document.id,
        "kind": document.kind.value,
        "builtin": document.builtin,
        "retired": document.retired,
        "original_sha256": document.original_sha256,
        "text_sha256": text_hash(document.text),
        "record": json.dumps({name: getattr(document, name) for name in names}, ensure_ascii=False),
        "text": document.text,
        "clauses": json.dumps(
            [list(asdict(clause).values()) for clause in document.clauses], ensure_ascii=False
        ),
    }


def _document(row: sa.RowMapping) -> Document:
    record = json.loads(row["record"])
    for name in ("supersedes", "basis"):
        record[name] = tuple(record[name])
    document = Document(
        id=row["id"],
        text=row.get("text") or "",
        kind=DocumentKind(row["kind"]),
        builtin=row["builtin"],
        retired=row["retired"],
        original_sha256=row["original_sha256"],
        clauses=tuple(Clause(*values) for values in json.loads(row.get("clauses") or "[]")),
        **record,
    )
    return replace(document, status=DocumentStatus(document.status))


def _passage_row(document: Document, passage: Passage) -> dict[str, object]:
    if document.text[passage.start : passage.end] != passage.text:
        raise ValueError(f"passage {passage.id} is not a slice of {document.id}")
    row = asdict(passage)
    row.pop("text")
    return row
