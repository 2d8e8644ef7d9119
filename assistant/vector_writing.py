"""Vectors in Chroma, written: a folder is brought to the rows wanted, changing as little as possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.vectors import (
    PASSAGES,
    QUESTIONS,
    SHARED,
    VectorRow,
    collections,
    connect,
    name_of,
    note_of,
    read_note,
    write_note,
)

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray

OWN_LEAST = 200  # rows of a region with a collection of its own: comparing so many takes 0.05 ms
_BATCH = 4000  # Chroma refuses more than 5,461 at once
_QUEUED_LEAST, _QUEUED_MOST = 100, 1000  # rows that a collection leaves in Chroma's queue; 1000 is its own
# Of passages Chroma's own 100 takes half as long again for 0.02 % more recall at 60. Of 47,000 questions, many
# nearly the same, 64 and 200 found 98.1 % of the nearest 50 (of the worst question half), and which of them changed
# with every building; 100 and 1000 find 99.7 % (90 %) in 1.3 ms more.
_EF_CONSTRUCTION = {PASSAGES: 64, QUESTIONS: 100}
_EF_SEARCH = {PASSAGES: 100, QUESTIONS: 1000}


def write(
    folder: Path,
    rows: Mapping[str, Sequence[VectorRow]],
    encode: Callable[[str, Sequence[str]], NDArray[np.float32]],
    *,
    own_least: int = OWN_LEAST,
) -> None:
    """Bring a Chroma folder to exactly these rows; rows already there are kept as they are.

    Args:
        folder: New, or a copy of an older generation's folder.
        rows: Rows per kind; ids are unique within a kind and change with content.
        encode: Gives the vectors of some ids of a kind, shape (n, dim).
        own_least: Regions with fewer rows share a collection.
    """
    folder.mkdir(parents=True, exist_ok=True)
    client = connect(folder)
    try:
        for kind, every in rows.items():
            wanted = _by_collection(every, own_least=own_least)
            for region in collections(client).get(kind, {}).keys() - wanted.keys():
                client.delete_collection(name_of(kind, region))
                note_of(folder, kind, region).unlink(missing_ok=True)
            for region, part in wanted.items():
                note = note_of(folder, kind, region)
                held = read_note(note) if note.is_file() else None
                if held != part:
                    _fill(_made(client, kind, region, rows=len(part)), part, partial(encode, kind), held=held)
                    write_note(note, part)
    finally:
        stop = getattr(client, "close", None)
        if stop is not None:
            stop()


def _by_collection(rows: Sequence[VectorRow], *, own_least: int) -> dict[str, list[VectorRow]]:
    """Rows by region, those of regions with few under `SHARED`, which is always there."""
    sizes = Counter(row.region for row in rows)
    parts: dict[str, list[VectorRow]] = {SHARED: []}
    for row in rows:
        parts.setdefault(row.region if sizes[row.region] >= own_least else SHARED, []).append(row)
    return parts


def _fill(
    collection: Collection,
    rows: Sequence[VectorRow],
    encode: Callable[[Sequence[str]], NDArray[np.float32]],
    *,
    held: Sequence[VectorRow] | None,
) -> None:
    """Delete what is not in `rows` and add what is missing; the next vectors are made meanwhile.

    `held` are the rows that the collection has, None when nobody noted them.
    """
    ids = [row.id for row in rows]
    present = set(collection.get(include=[])["ids"] if held is None else (row.id for row in held))
    for batch in _batches(sorted(present.difference(ids))):
        collection.delete(ids=batch)
    missing = _batches([id_ for id_ in ids if id_ not in present])
    with ThreadPoolExecutor(max_workers=1) as ahead:
        coming = [ahead.submit(encode, batch) for batch in missing[:1]]
        for number, batch in enumerate(missing):
            vectors = coming.pop().result()
            coming = [ahead.submit(encode, later) for later in missing[number + 1 : number + 2]]
            collection.add(ids=batch, embeddings=vectors)


def _made(client: ClientAPI, kind: str, region: str, *, rows: int) -> Collection:
    """The collection of a kind and region; a new one is written to its own files once it has its first rows.

    Chroma keeps what is not yet there in one queue for all collections, and reads that
    whole queue whenever it opens one of them.
    """
    written_at = min(max(rows, _QUEUED_LEAST), _QUEUED_MOST)
    return client.get_or_create_collection(
        name_of(kind, region),
        embedding_function=None,
        metadata={"kind": kind, "region": region},
        configuration={
            "hnsw": {
                "space": "cosine",
                "ef_construction": _EF_CONSTRUCTION[kind],
                "ef_search": _EF_SEARCH[kind],
                "sync_threshold": written_at,
                "batch_size": min(written_at, _QUEUED_LEAST),
            }
        },
    )


def _batches(ids: Sequence[str]) -> list[list[str]]:
    return [list(ids[at : at + _BATCH]) for at in range(0, len(ids), _BATCH)]
