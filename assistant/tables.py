"""Tables of the catalogue, and documents and passages as their rows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields

import sqlalchemy as sa

from assistant.clause_json import dump_clauses, load_clauses
from assistant.domain import Document, DocumentKind, DocumentStatus, Passage

META = sa.MetaData()
STATE = sa.Table("state", META, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.Text))
DOCUMENTS = sa.Table(
    "documents",
    META,
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
PASSAGES = sa.Table(
    "passages",
    META,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("document_id", sa.String, nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("article", sa.String),
    sa.Column("page", sa.Integer),
    sa.Column("topic", sa.String),
)
QUESTIONS = sa.Table(
    "expected_questions",
    META,
    sa.Column("document_id", sa.String, nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
)
# What was noted when a document was taken in from a file; built-in documents have none.
INTAKE = sa.Table(
    "intake",
    META,
    sa.Column("document_id", sa.String, primary_key=True),
    sa.Column("record", sa.Text, nullable=False),  # JSON
)
# Files already taken in, and the documents that hold their words.
FILES = sa.Table(
    "files",
    META,
    sa.Column("sha256", sa.String, primary_key=True),
    sa.Column("document_id", sa.String, primary_key=True, index=True),
    sa.Column("position", sa.Integer, nullable=False),  # in the file's order
)
FINGERPRINTS = sa.Table(
    "fingerprints",
    META,
    sa.Column("document_id", sa.String, primary_key=True),
    sa.Column("text_sha256", sa.String, nullable=False),  # of the text it was made from
    sa.Column("words", sa.String, nullable=False),
    sa.Column("sentences", sa.LargeBinary, nullable=False),
)
PASSAGE_FIELDS = tuple(f.name for f in fields(Passage) if f.name != "text")
_OWN_COLUMNS = {"id", "kind", "builtin", "retired", "original_sha256", "text", "clauses"}


def text_hash(text: str) -> str:
    """SHA-256 of a canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


def document_row(document: Document) -> dict[str, object]:
    """A document as a row of `DOCUMENTS`."""
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
        "clauses": dump_clauses(document.clauses),
    }


def document_of(row: sa.RowMapping) -> Document:
    """The document of a row; text and clauses are empty when the row leaves them out."""
    record = json.loads(row["record"])
    for name in ("supersedes", "basis"):
        record[name] = tuple(record[name])
    record["ocr_spans"] = tuple(tuple(span) for span in record.get("ocr_spans", ()))
    status = DocumentStatus(record.pop("status"))
    return Document(
        id=row["id"],
        text=row.get("text") or "",
        kind=DocumentKind(row["kind"]),
        builtin=row["builtin"],
        retired=row["retired"],
        original_sha256=row["original_sha256"],
        clauses=load_clauses(row.get("clauses") or "[]"),
        status=status,
        **record,
    )


def passage_row(document: Document, passage: Passage) -> dict[str, object]:
    """A passage as a row of `PASSAGES`.

    Raises:
        ValueError: The passage is not a slice of the document's text (invariant I1).
    """
    if document.text[passage.start : passage.end] != passage.text:
        raise ValueError(f"passage {passage.id} is not a slice of {document.id}")
    return {name: getattr(passage, name) for name in PASSAGE_FIELDS}
