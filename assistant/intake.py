"""What is noted about files taken into the catalogue (收件记录): which they were, how they were understood.

Kept beside the documents and gone with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from assistant.tables import DOCUMENTS, FILES, FINGERPRINTS, INTAKE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """What a text is compared by: a hash of its words, and of each sentence (ascending, none twice)."""

    words: str
    sentences: NDArray[np.uint64]


class Intake:
    """Records of files and fingerprints of texts. Part of a `Catalogue`, which opens it."""

    def __init__(self, engine: sa.Engine) -> None:
        """Only assigns."""
        self._engine = engine

    def note(
        self, connection: sa.Connection, document_id: str, record: Mapping[str, object], print_: Fingerprint
    ) -> None:
        """Keep a document's record and fingerprint; the document itself is already stored."""
        self.delete(connection, document_id)
        row = {"document_id": document_id, "record": json.dumps(record, ensure_ascii=False)}
        connection.execute(INTAKE.insert(), row)
        self._keep(connection, document_id, print_)

    def amend(self, connection: sa.Connection, document_id: str, record: Mapping[str, object]) -> None:
        """Replace a document's record; documents without one get none."""
        row = {"record": json.dumps(record, ensure_ascii=False)}
        connection.execute(INTAKE.update().where(INTAKE.c.document_id == document_id).values(row))

    def record(self, document_id: str) -> dict[str, Any]:
        """What was noted when the document was taken in; empty when nothing was."""
        query = sa.select(INTAKE.c.record).where(INTAKE.c.document_id == document_id)
        with self._engine.connect() as connection:
            found = connection.scalar(query)
        return dict(json.loads(found)) if found else {}

    def note_file(self, connection: sa.Connection, sha256: str, document_ids: Iterable[str]) -> None:
        """Remember that a file's words are those of these documents."""
        connection.execute(FILES.delete().where(FILES.c.sha256 == sha256))
        ids = enumerate(dict.fromkeys(document_ids))
        rows = [{"sha256": sha256, "document_id": id_, "position": at} for at, id_ in ids]
        if rows:
            connection.execute(FILES.insert(), rows)

    def documents_of(self, sha256: str) -> tuple[str, ...]:
        """Ids of the documents that hold a file's words, in its order; empty for a file never taken in."""
        query = sa.select(FILES.c.document_id).where(FILES.c.sha256 == sha256).order_by(FILES.c.position)
        with self._engine.connect() as connection:
            return tuple(connection.scalars(query))

    def fingerprints(self) -> dict[str, Fingerprint]:
        """Fingerprints by document id, of the documents whose text is still the one they were made from."""
        import numpy as np

        query = sa.select(FINGERPRINTS).join(
            DOCUMENTS,
            (DOCUMENTS.c.id == FINGERPRINTS.c.document_id)
            & (DOCUMENTS.c.text_sha256 == FINGERPRINTS.c.text_sha256),
        )
        with self._engine.connect() as connection:
            return {
                row.document_id: Fingerprint(row.words, np.frombuffer(row.sentences, dtype=np.uint64))
                for row in connection.execute(query)
            }

    def keep_fingerprints(self, prints: Mapping[str, Fingerprint]) -> None:
        """Keep fingerprints made later than their documents."""
        with self._engine.begin() as connection:
            for document_id, print_ in prints.items():
                self._keep(connection, document_id, print_)

    def delete(self, connection: sa.Connection, document_id: str) -> None:
        """Forget a document, and every file whose words it held."""
        files = sa.select(FILES.c.sha256).where(FILES.c.document_id == document_id)
        connection.execute(FILES.delete().where(FILES.c.sha256.in_(files)))
        for table in (INTAKE, FINGERPRINTS):
            connection.execute(table.delete().where(table.c.document_id == document_id))

    @staticmethod
    def _keep(connection: sa.Connection, document_id: str, print_: Fingerprint) -> None:
        connection.execute(FINGERPRINTS.delete().where(FINGERPRINTS.c.document_id == document_id))
        text = sa.select(DOCUMENTS.c.text_sha256).where(DOCUMENTS.c.id == document_id)
        row = {"document_id": document_id, "words": print_.words, "sentences": print_.sentences.tobytes()}
        connection.execute(FINGERPRINTS.insert().values(**row, text_sha256=text.scalar_subquery()))
