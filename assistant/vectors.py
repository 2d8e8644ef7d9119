"""Vectors in Chroma. The only importer of chromadb.

Chroma is one process's, does not survive kill -9 while writing and can lie after damage
(docs/adr/0002): it is written aside, checked in a child process, and read from a private
copy; only a folder that nobody else has may be read where it lies.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import IndexUnusableError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray

PASSAGES, QUESTIONS = "passages", "questions"
_BATCH = 4000  # Chroma refuses more than 5,461 at once
_QUEUED_LEAST, _QUEUED_MOST = 100, 1000  # rows that a collection leaves in Chroma's queue; 1000 is its own
_EF_CONSTRUCTION = 64  # Chroma's own 100 takes half as long again for 0.02 % more recall at 60


@dataclass(frozen=True, slots=True)
class VectorRow:
    """What one vector stands for: a content-dependent id and the region it is searched in ("": none)."""

    id: str
    region: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A stored row's id and its cosine similarity to the query, -1 to 1."""

    id: str
    similarity: float


class VectorIndex:
    """Cosine nearest neighbours over one Chroma folder: one collection for each kind and region.

    Chroma filters by reading all its rows' metadata (0.3 s for 150,000 rows, against
    0.01 s for the search itself), so a region is a collection and not a filter.
    """

    def __init__(self, client: ClientAPI, private: tempfile.TemporaryDirectory[str] | None) -> None:
        """Use `open`; this only finds the collections."""
        self._client = client
        self._private = private
        self._collections = _collections(client)
        self._counts: dict[str, int] = {}

    @classmethod
    def open(cls, folder: Path, *, private: bool) -> VectorIndex:
        """Open for reading; `private` reads a copy, because Chroma writes when it opens.

        Raises:
            IndexUnusableError: The folder is missing or Chroma cannot read it.
        """
        if not folder.is_dir():
            raise IndexUnusableError(f"向量索引 {folder} 不存在，请运行 ingest publish 重建。")
        copy = None
        if private:
            copy = tempfile.TemporaryDirectory(prefix="grassroots-index-")
            shutil.copytree(folder, copy.name, dirs_exist_ok=True)
            folder = Path(copy.name)
        try:
            index = cls(_client(folder), copy)
            if not {PASSAGES, QUESTIONS} <= index._collections.keys():
                raise IndexUnusableError("集合缺失")
        except Exception as exc:
            if copy:
                copy.cleanup()
            raise IndexUnusableError(f"向量索引无法打开（{exc}），请运行 ingest publish 重建。") from exc
        return index

    def count(self, kind: str) -> int:
        """Number of vectors of a kind, over all regions."""
        return sum(self._size(collection) for collection in self._of(kind, None))

    def nearest(
        self, kind: str, vector: NDArray[np.float32], *, top_k: int, regions: Sequence[str] | None = None
    ) -> list[Neighbour]:
        """The `top_k` most similar rows, best first, of the given regions (None: all).

        Empty for an empty collection, an all-zero vector or no regions.

        Raises:
            IndexUnusableError: Chroma cannot read its files, which it does on the first query.
        """
        if not vector.any():
            return []
        near = [
            neighbour
            for collection in self._of(kind, regions)
            for neighbour in self._search(collection, vector, top_k=top_k)
        ]
        return sorted(near, key=lambda neighbour: -neighbour.similarity)[:top_k]

    def stored(
        self, kind: str, ids: Sequence[str], *, regions: Sequence[str] | None = None
    ) -> dict[str, NDArray[np.float32]]:
        """Vectors of the given rows by id, length 1 or all zero; those not in these regions are left out.

        Raises:
            IndexUnusableError: Chroma cannot read its files.
        """
        found: dict[str, NDArray[np.float32]] = {}
        for collection in self._of(kind, regions):
            if len(found) == len(ids):
                break
            try:
                result = collection.get(ids=[id_ for id_ in ids if id_ not in found], include=["embeddings"])
            except Exception as exc:
                raise _unreadable(exc) from exc
            vectors = np.asarray(result["embeddings"], dtype=np.float32)
            found |= zip(result["ids"], vectors, strict=True)
        return found

    def sample(self, kind: str, size: int) -> dict[str, list[NDArray[np.float32]]]:
        """About `size` stored vectors, some of every region, by region."""
        held = self._collections[kind]
        each = ceil(size / max(len(held), 1))
        found = {region: one.get(limit=each, include=["embeddings"]) for region, one in held.items()}
        return {
            region: [np.asarray(vector, dtype=np.float32) for vector in one["embeddings"]]  # type: ignore[union-attr]
            for region, one in found.items()
        }

    def close(self) -> None:
        """Let go of the folder; a private copy is deleted."""
        self._collections.clear()
        stop = getattr(self._client, "close", None)
        if stop is not None:
            stop()
        if self._private:
            self._private.cleanup()

    def _of(self, kind: str, regions: Sequence[str] | None) -> list[Collection]:
        held = self._collections[kind]
        return [held[region] for region in (held if regions is None else regions) if region in held]

    def _size(self, collection: Collection) -> int:
        """Asked of Chroma once: an open generation does not change."""
        if collection.name not in self._counts:
            self._counts[collection.name] = int(collection.count())
        return self._counts[collection.name]

    def _search(self, collection: Collection, vector: NDArray[np.float32], *, top_k: int) -> list[Neighbour]:
        try:
            size = min(top_k, self._size(collection))
            if size == 0:
                return []
            result = collection.query(
                query_embeddings=[vector.tolist()], n_results=size, include=["distances"]
            )
        except Exception as exc:
            raise _unreadable(exc) from exc
        if len(result["ids"][0]) < size:  # seen with a graph file missing, no error raised
            raise IndexUnusableError("向量索引少了内容，请运行 ingest publish 重建。")
        distances = (result["distances"] or [[]])[0]
        # cosine distance → similarity: here, once
        return [Neighbour(id_, 1.0 - d) for id_, d in zip(result["ids"][0], distances, strict=True)]


def write(
    folder: Path,
    rows: Mapping[str, Sequence[VectorRow]],
    encode: Callable[[str, Sequence[str]], NDArray[np.float32]],
) -> None:
    """Bring a Chroma folder to exactly these rows; rows already there are kept as they are.

    Args:
        folder: New, or a copy of an older generation's folder.
        rows: Rows per kind; ids are unique within a kind and change with content.
        encode: Gives the vectors of some ids of a kind, shape (n, dim).
    """
    folder.mkdir(parents=True, exist_ok=True)
    client = _client(folder)
    try:
        for kind, wanted in rows.items():
            by_region: dict[str, list[str]] = {}
            for row in wanted:
                by_region.setdefault(row.region, []).append(row.id)
            by_region.setdefault("", [])  # tells a kind without rows from a damaged folder
            for region in _collections(client).get(kind, {}).keys() - by_region.keys():
                client.delete_collection(_name(kind, region))
                _note_of(folder, kind, region).unlink(missing_ok=True)
            for region, ids in by_region.items():
                note = _note_of(folder, kind, region)
                held = note.read_text("utf-8").splitlines() if note.is_file() else None
                if held != ids:
                    _fill(_made(client, kind, region, rows=len(ids)), ids, partial(encode, kind), held=held)
                    note.write_text("".join(f"{id_}\n" for id_ in ids), "utf-8")
    finally:
        stop = getattr(client, "close", None)
        if stop is not None:
            stop()


def _fill(
    collection: Collection,
    ids: Sequence[str],
    encode: Callable[[Sequence[str]], NDArray[np.float32]],
    *,
    held: Sequence[str] | None,
) -> None:
    """Delete what is not in `ids` and add what is missing; the next vectors are made meanwhile.

    `held` are the rows that the collection has, None when nobody noted them.
    """
    present = set(collection.get(include=[])["ids"] if held is None else held)
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
        _name(kind, region),
        embedding_function=None,
        metadata={"kind": kind, "region": region},
        configuration={
            "hnsw": {
                "space": "cosine",
                "ef_construction": _EF_CONSTRUCTION,
                "sync_threshold": written_at,
                "batch_size": min(written_at, _QUEUED_LEAST),
            }
        },
    )


def _note_of(folder: Path, kind: str, region: str) -> Path:
    """Where the rows of a collection are noted, in order: asking Chroma takes seconds for 150,000."""
    return folder / f"{_name(kind, region)}.rows"


def _name(kind: str, region: str) -> str:
    """Chroma takes no Chinese names."""
    return f"{kind}-{hashlib.sha256(region.encode()).hexdigest()[:16]}"


def _collections(client: ClientAPI) -> dict[str, dict[str, Collection]]:
    """Collections by kind and region."""
    found: dict[str, dict[str, Collection]] = {}
    for collection in client.list_collections():
        labels = collection.metadata or {}
        found.setdefault(str(labels.get("kind")), {})[str(labels.get("region"))] = collection
    return found


def _unreadable(exc: Exception) -> IndexUnusableError:
    return IndexUnusableError(f"向量索引无法读取（{exc}），请运行 ingest publish 重建。")


def _batches(ids: Sequence[str]) -> list[list[str]]:
    return [list(ids[at : at + _BATCH]) for at in range(0, len(ids), _BATCH)]


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    settings = ChromaSettings(anonymized_telemetry=False, allow_reset=False)
    return chromadb.PersistentClient(path=str(folder), settings=settings)
