"""Vectors in Chroma. The only importer of chromadb.

Chroma is one process's, does not survive kill -9 while writing and can lie after damage
(docs/adr/0002): it is written aside, checked in a child process, and read either by the
one process that holds the home's lock or from a private copy.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
_CHECK_TIMEOUT_S = 60
_CHECK_SAMPLE = 100
_LOST_SHARE = 0.1  # hundreds of equal passages confuse the graph; damage loses nearly all
_WIDER = 4  # times as many rows are looked at before those of other regions are left out
_SAME = 0.999  # cosine of a vector with its stored copy, float32 rounding allowed


@dataclass(frozen=True, slots=True)
class VectorRow:
    """What one vector stands for: a content-dependent id and the region it may be filtered by."""

    id: str
    region: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A stored row's id and its cosine similarity to the query, -1 to 1."""

    id: str
    similarity: float


class VectorIndex:
    """Cosine nearest neighbours over named collections of one Chroma folder."""

    def __init__(self, client: ClientAPI, private: tempfile.TemporaryDirectory[str] | None) -> None:
        """Use `open` or `write`; this only assigns."""
        self._client = client
        self._private = private
        self._collections: dict[str, Collection] = {}
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
            for name in (PASSAGES, QUESTIONS):
                index._collection(name)
        except Exception as exc:
            if copy:
                copy.cleanup()
            raise IndexUnusableError(f"向量索引无法打开（{exc}），请运行 ingest publish 重建。") from exc
        return index

    def count(self, name: str) -> int:
        """Number of vectors in a collection; asked of Chroma once, an open generation does not change."""
        if name not in self._counts:
            self._counts[name] = int(self._collection(name).count())
        return self._counts[name]

    def nearest(
        self, name: str, vector: NDArray[np.float32], *, top_k: int, regions: Sequence[str] | None = None
    ) -> list[Neighbour]:
        """The `top_k` most similar rows, best first, of the given regions (None: all).

        Empty for an empty collection, an all-zero vector or no regions.

        Raises:
            IndexUnusableError: Chroma cannot read its files, which it does on the first query.
        """
        size = min(top_k, self._counted(name))
        if size == 0 or not vector.any() or (regions is not None and not regions):
            return []
        if regions is None:
            return [near for near, _ in self._query(name, vector, size, where=None)]
        # Chroma's own filter takes 200 ms over 68,000 rows, a wider look without it 8 ms
        wide = self._query(name, vector, min(size * _WIDER, self._counts[name]), where=None)
        wanted = set(regions)
        found = [near for near, region in wide if region in wanted][:size]
        if len(found) == size or len(wide) == self._counts[name]:
            return found
        where = {"region": {"$in": [*regions]}}
        return [near for near, _ in self._query(name, vector, size, where=where)]

    def stored(self, name: str, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Vectors of the given rows by id, length 1 or all zero; unknown ids are left out.

        Raises:
            IndexUnusableError: Chroma cannot read its files.
        """
        if not ids:
            return {}
        try:
            result = self._collection(name).get(ids=[*ids], include=["embeddings"])
        except Exception as exc:
            raise _unreadable(exc) from exc
        vectors = np.asarray(result["embeddings"], dtype=np.float32)
        return dict(zip(result["ids"], vectors, strict=True))

    def _counted(self, name: str) -> int:
        try:
            return self.count(name)
        except Exception as exc:
            raise _unreadable(exc) from exc

    def _query(
        self, name: str, vector: NDArray[np.float32], size: int, *, where: Mapping[str, object] | None
    ) -> list[tuple[Neighbour, str]]:
        """Rows with their regions, best first; without `where` exactly `size` of them."""
        try:
            result = self._collection(name).query(
                query_embeddings=[vector.tolist()],
                n_results=size,
                where=where,  # type: ignore[arg-type]
                include=["distances", "metadatas"],
            )
        except Exception as exc:
            raise _unreadable(exc) from exc
        ids, distances = result["ids"][0], (result["distances"] or [[]])[0]
        if where is None and len(ids) < size:  # seen with a graph file missing, no error raised
            raise IndexUnusableError("向量索引少了内容，请运行 ingest publish 重建。")
        regions = [str(row["region"]) for row in (result["metadatas"] or [[]])[0]]
        # cosine distance → similarity: here, once
        return [
            (Neighbour(id_, 1.0 - distance), region)
            for id_, distance, region in zip(ids, distances, regions, strict=True)
        ]

    def close(self) -> None:
        """Let go of the folder; a private copy is deleted."""
        self._collections.clear()
        stop = getattr(self._client, "close", None)
        if stop is not None:
            stop()
        if self._private:
            self._private.cleanup()

    def _collection(self, name: str) -> Collection:
        if name not in self._collections:
            self._collections[name] = self._client.get_collection(name, embedding_function=None)
        return self._collections[name]


def write(
    folder: Path,
    collections: Mapping[str, Sequence[VectorRow]],
    encode: Callable[[str, Sequence[str]], NDArray[np.float32]],
) -> None:
    """Bring a Chroma folder to exactly these rows; rows already there are kept as they are.

    Args:
        folder: New, or a copy of an older generation's folder.
        collections: Rows per collection name; ids are unique and change with content.
        encode: Gives the vectors of some ids of a collection, shape (n, dim).
    """
    folder.mkdir(parents=True, exist_ok=True)
    client = _client(folder)
    try:
        for name, rows in collections.items():
            collection = client.get_or_create_collection(
                name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
            present = set(collection.get(include=[])["ids"])
            wanted = {row.id: row for row in rows}
            for batch in _batches(sorted(present - wanted.keys())):
                collection.delete(ids=batch)
            for batch in _batches([row.id for row in rows if row.id not in present]):
                collection.upsert(
                    ids=batch,
                    embeddings=encode(name, batch),
                    metadatas=[{"region": wanted[id_].region} for id_ in batch],
                )
    finally:
        stop = getattr(client, "close", None)
        if stop is not None:
            stop()


def check(folder: Path, counts: dict[str, int]) -> str:
    """Open a copy in a child process (damage can crash it), compare counts, let samples find themselves.

    Returns:
        "" when sound, else what is wrong, in Chinese.
    """
    command = [
        sys.executable,
        "-m",
        "assistant.vectors",
        str(folder),
        *(f"{k}={v}" for k, v in counts.items()),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_CHECK_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return "向量索引自检超时"
    if done.returncode == 0:
        return ""
    return (done.stdout.strip().splitlines() or [f"向量索引自检进程异常退出（{done.returncode}）"])[-1]


def _self_check(folder: Path, counts: dict[str, int]) -> str:
    index = VectorIndex.open(folder, private=True)
    try:
        for name, expected in counts.items():
            if index.count(name) != expected:
                return f"向量索引 {name} 应有 {expected} 条，实有 {index.count(name)} 条"
            sample = index._collection(name).get(limit=_CHECK_SAMPLE, include=["embeddings"])
            known = [v for v in np.asarray(sample["embeddings"], dtype=np.float32) if v.any()]
            lost = sum(not _finds_itself(index, name, vector) for vector in known)
            if lost > _LOST_SHARE * len(known):
                return f"向量索引 {name} 抽查 {len(known)} 条，有 {lost} 条找不到自己"
    finally:
        index.close()
    return ""


def _finds_itself(index: VectorIndex, name: str, vector: NDArray[np.float32]) -> bool:
    near = index.nearest(name, vector, top_k=1)
    return bool(near) and near[0].similarity >= _SAME


def _unreadable(exc: Exception) -> IndexUnusableError:
    return IndexUnusableError(f"向量索引无法读取（{exc}），请运行 ingest publish 重建。")


def _batches(ids: Sequence[str]) -> list[list[str]]:
    return [list(ids[at : at + _BATCH]) for at in range(0, len(ids), _BATCH)]


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    settings = ChromaSettings(anonymized_telemetry=False, allow_reset=False)
    return chromadb.PersistentClient(path=str(folder), settings=settings)


def main(arguments: Sequence[str]) -> int:
    """Child process of `check`: 0 when sound, else 1 and the fault on stdout."""
    folder, *pairs = arguments
    counts = {name: int(value) for name, value in (pair.split("=") for pair in pairs)}
    try:
        fault = _self_check(Path(folder), counts)
    except Exception as exc:  # noqa: BLE001 - whatever damage makes Chroma raise is the finding
        fault = str(exc) if isinstance(exc, IndexUnusableError) else f"向量索引无法读取（{exc}）"
    print(" ".join(fault.split()))  # noqa: T201 - the parent reads one line
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
