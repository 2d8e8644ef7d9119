"""Generations (索引版本): built aside, verified, published by replacing one pointer file.

home/generations/gen-000017/  snapshot.sqlite3  lexical/  questions/  chroma/  manifest.json
home/CURRENT                  name of the published generation
A generation is never changed after publication; a request reads one from start to end.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant import vectors
from assistant.domain import Document, Passage
from assistant.errors import IndexUnusableError
from assistant.lexical import LexicalIndex
from assistant.placing import placed
from assistant.snapshot import Snapshot, write_snapshot
from assistant.text import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.catalogue import Catalogue
    from assistant.encoder import Encoder

FORMAT = 3
GENERATIONS, CURRENT, MANIFEST = "generations", "CURRENT", "manifest.json"
_KEPT = 2  # the published generation and the one before, for roll-back
_LOG = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made from and with (invariant I8).

    `files` holds the SHA-256 of every file but Chroma's, which Chroma itself rewrites.
    """

    format: int
    encoder: str
    segmenter: str
    catalogue_revision: int
    documents: int
    passages: int
    questions: int
    created_at: str
    files: dict[str, str]

    @property
    def vectors(self) -> dict[str, int]:
        """Number of vectors by collection."""
        return {vectors.PASSAGES: self.passages, vectors.QUESTIONS: self.questions}

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read a generation's manifest.

        Raises:
            IndexUnusableError: Missing, damaged, or of another format.
        """
        try:
            values = json.loads((folder / MANIFEST).read_text("utf-8"))
            if values["format"] == FORMAT:
                return cls(**values)
        except (OSError, ValueError, TypeError, KeyError) as exc:
            raise IndexUnusableError(
                f"索引 {folder.name} 不完整（{exc}），请运行 ingest publish 重建。"
            ) from exc
        raise IndexUnusableError(f"索引 {folder.name} 的格式已过时，请运行 ingest publish 重建。")


@dataclass(frozen=True, slots=True)
class Target:
    """Where an expected question points: a passage row and the words that answer it."""

    row: int
    start: int
    end: int


class Index:
    """One open generation: snapshot, lexical indexes and vectors, all of the same moment."""

    def __init__(
        self,
        manifest: Manifest,
        snapshot: Snapshot,
        lexical: LexicalIndex,
        questions: LexicalIndex,
        vector_index: vectors.VectorIndex | None,
    ) -> None:
        """Use `open`; this only prepares row look-ups."""
        self.manifest = manifest
        self.snapshot = snapshot
        self.lexical = lexical
        self.questions = questions
        self._vectors = vector_index
        self.vectors_lost = vector_index is None
        self.documents = snapshot.documents()
        self.row_document = snapshot.row_documents()
        self.targets = [Target(*values) for values in snapshot.question_targets()]
        self.question_texts = snapshot.questions()

    @classmethod
    def open(cls, home: Path, *, encoder: Encoder, segmenter: Segmenter, private: bool) -> Index:
        """Open the published generation of a home.

        Damaged vectors do not stop it: `vectors_lost` is then true, or becomes true when
        they are first needed, and only the lexical index answers.

        Raises:
            IndexUnusableError: Nothing is published, or it was made by another encoder or
                tokenizer, or its snapshot is damaged.
        """
        folder = published(home)
        if folder is None:
            raise IndexUnusableError("还没有建立索引，请先运行 ingest sync。")
        manifest = Manifest.read(folder)
        for name, made, now in (
            ("向量模型", manifest.encoder, encoder.fingerprint),
            ("分词词典", manifest.segmenter, segmenter.fingerprint),
        ):
            if made != now:
                raise IndexUnusableError(
                    f"索引是用另一个{name}（{made}）建立的，现在用的是 {now}。请运行 ingest publish 重建。"
                )
        try:
            opened: vectors.VectorIndex | None = vectors.VectorIndex.open(folder / "chroma", private=private)
        except IndexUnusableError:
            opened = None
        return cls(
            manifest,
            Snapshot.open(folder / "snapshot.sqlite3"),
            LexicalIndex.open(folder / "lexical"),
            LexicalIndex.open(folder / "questions"),
            opened,
        )

    def nearest(
        self, vector: NDArray[np.float32], *, top_k: int, regions: Sequence[str] | None = None
    ) -> dict[int, float]:
        """Cosine similarity of the most similar passages, by row; empty without vectors."""
        found = self._near(vectors.PASSAGES, vector, top_k=top_k, regions=regions)
        rows = self.snapshot.rows_of([near.id.rpartition("@")[0] for near in found])
        return {rows[id_]: near.similarity for near in found if (id_ := near.id.rpartition("@")[0]) in rows}

    def nearest_questions(
        self, vector: NDArray[np.float32], *, top_k: int, regions: Sequence[str] | None = None
    ) -> dict[int, float]:
        """Cosine similarity of the most similar expected questions, by question row."""
        found = self._near(vectors.QUESTIONS, vector, top_k=top_k, regions=regions)
        return {int(near.id.partition("@")[0]): near.similarity for near in found}

    def _near(
        self, name: str, vector: NDArray[np.float32], *, top_k: int, regions: Sequence[str] | None
    ) -> list[vectors.Neighbour]:
        if self._vectors is None or self.vectors_lost:
            return []
        try:
            return self._vectors.nearest(name, vector, top_k=top_k, regions=regions)
        except IndexUnusableError as exc:
            _LOG.error("answering from words alone: %s", exc)
            self.vectors_lost = True
            return []

    def close(self) -> None:
        """Release files and the private copy."""
        self.snapshot.close()
        if self._vectors is not None:
            self._vectors.close()


def passage_text(document: Document, passage: Passage) -> str:
    """What a passage is searched by: title, heading path and its own words."""
    return "\n".join((document.title, passage.section, passage.text))


def published(home: Path) -> Path | None:
    """Folder of the published generation, None when there is none."""
    pointer = home / CURRENT
    if not pointer.is_file():
        return None
    name = pointer.read_text("utf-8", errors="replace").strip()
    folder = home / GENERATIONS / name
    return folder if name and folder.is_dir() else None


def fault(folder: Path) -> str:
    """What is wrong with a generation, in Chinese; "" when it is as it was built.

    Own files are compared by checksum, Chroma's contents looked at in a child process.
    """
    try:
        manifest = Manifest.read(folder)
    except IndexUnusableError as exc:
        return str(exc)
    now = _checksums(folder)
    damaged = next((name for name, digest in manifest.files.items() if now.get(name) != digest), None)
    if damaged:
        return f"索引文件 {folder.name}/{damaged} 缺失或已损坏"
    return vectors.check(folder / "chroma", manifest.vectors)


def is_current(home: Path, catalogue: Catalogue, *, encoder: Encoder, segmenter: Segmenter) -> bool:
    """True when the published generation is sound and made from the catalogue as it is now, with these tools."""
    folder = published(home)
    if folder is None:
        return False
    try:
        manifest = Manifest.read(folder)
    except IndexUnusableError:
        return False
    made = (manifest.encoder, manifest.segmenter, manifest.catalogue_revision)
    if made != (encoder.fingerprint, segmenter.fingerprint, catalogue.revision):
        return False
    found = fault(folder)
    if found:
        _LOG.warning("%s", found)
    return not found


def publish(
    home: Path,
    catalogue: Catalogue,
    *,
    encoder: Encoder,
    segmenter: Segmenter,
    progress: Progress = lambda _stage, _done, _total: None,
    fresh: bool = False,
) -> Manifest:
    """Build a generation from the catalogue, verify it, and make it the published one.

    Whatever happens before the last step leaves the published generation untouched.
    The one before it stays for roll-back; any that were rolled back from are deleted.

    Args:
        home: The home folder; the caller holds its lock.
        catalogue: What the generation is made of.
        encoder: Makes the vectors that the published generation does not have yet.
        segmenter: Cuts texts into the lexical indexes' terms.
        progress: Called with stage, done and total.
        fresh: Copy nothing from the published generation: it holds vectors of words which
            must be gone. A damaged one is never copied.

    Raises:
        IndexUnusableError: The new generation did not pass its own check.
    """
    root = home / GENERATIONS
    root.mkdir(parents=True, exist_ok=True)
    sweep(home)
    previous = published(home)
    building = root / f"{_next_name(root)}.tmp"
    source = previous if previous and not fresh and _reusable(previous, encoder) else None
    try:
        manifest = _build(
            building, source, catalogue, encoder=encoder, segmenter=segmenter, progress=progress
        )
        progress("核对索引", 0, 1)
        found = fault(building)
        if found:
            raise IndexUnusableError(f"新索引没有通过自检：{found}。原索引继续使用，请重试 ingest publish。")
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    _fsync_tree(building)
    final = building.with_suffix("")
    building.rename(final)
    _drop_newer(root, than=previous, but=final)
    point_to(home, final.name)
    sweep(home)
    progress("核对索引", 1, 1)
    return manifest


def point_to(home: Path, name: str) -> None:
    """Make a generation the published one, atomically."""
    aside = home / f"{CURRENT}.tmp"
    with aside.open("w", encoding="utf-8") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(home / CURRENT)
    _fsync(home)


def generations(home: Path) -> list[str]:
    """Names of complete generations, oldest first."""
    root = home / GENERATIONS
    return sorted(p.name for p in root.glob("gen-*") if p.suffix != ".tmp") if root.is_dir() else []


def roll_back(home: Path) -> str:
    """Publish the generation before the current one.

    Raises:
        IndexUnusableError: There is none, or it is damaged; the current one stays.
    """
    names = generations(home)
    current = published(home)
    earlier = [name for name in names if current is None or name < current.name]
    if not earlier:
        raise IndexUnusableError("没有更早的索引版本可以回退。")
    Manifest.read(home / GENERATIONS / earlier[-1])
    point_to(home, earlier[-1])
    return earlier[-1]


def sweep(home: Path, *, keep: int = _KEPT) -> None:
    """Delete unfinished and superseded generations; the published one always stays."""
    root = home / GENERATIONS
    current = published(home)
    kept = set(generations(home)[-keep:]) | ({current.name} if current else set())
    for folder in root.glob("gen-*") if root.is_dir() else ():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _drop_newer(root: Path, *, than: Path | None, but: Path) -> None:
    """Delete generations that were rolled back from, so that roll-back never leads to them again."""
    for folder in root.glob("gen-*"):
        if than is not None and than.name < folder.name and folder != but:
            shutil.rmtree(folder, ignore_errors=True)


def _build(
    folder: Path,
    previous: Path | None,
    catalogue: Catalogue,
    *,
    encoder: Encoder,
    segmenter: Segmenter,
    progress: Progress,
) -> Manifest:
    revision = catalogue.revision
    every = {d.id: d for d in catalogue.documents(with_text=True)}
    documents = {id_: d for id_, d in every.items() if not d.retired}
    passages, retired = _parted(catalogue.passages(), documents)
    questions = placed(catalogue.questions(), passages, documents=every, card_passages=retired)
    folder.mkdir(parents=True)
    write_snapshot(folder / "snapshot.sqlite3", documents.values(), passages, questions)
    texts = [passage_text(documents[p.document_id], p) for p in passages]
    _lexical(segmenter, texts, "建立词语索引", progress).save(folder / "lexical")
    asked = [q.question for _, q in questions]
    _lexical(segmenter, asked, "建立问法索引", progress).save(folder / "questions")
    if previous is not None:
        shutil.copytree(previous / "chroma", folder / "chroma")
    collections = {
        vectors.PASSAGES: _rows(
            [(p.id, texts[i], documents[p.document_id].region) for i, p in enumerate(passages)]
        ),
        vectors.QUESTIONS: _rows(
            [(str(i), q.question, documents[q.document_id].region) for i, (_, q) in enumerate(questions)]
        ),
    }
    source = {
        name: dict(zip((row.id for row in rows), contents, strict=True))
        for (name, rows), contents in zip(collections.items(), (texts, asked), strict=True)
    }
    done = 0

    def encode(name: str, ids: Sequence[str]) -> NDArray[np.float32]:
        nonlocal done
        done += len(ids)
        progress("计算向量", done, len(texts) + len(asked))
        return encoder.encode([source[name][id_] for id_ in ids], query=name == vectors.QUESTIONS)

    vectors.write(folder / "chroma", collections, encode)
    manifest = Manifest(
        FORMAT,
        encoder.fingerprint,
        segmenter.fingerprint,
        revision,
        len(documents),
        len(passages),
        len(questions),
        datetime.now(UTC).isoformat(timespec="seconds"),
        _checksums(folder),
    )
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), "utf-8")
    return manifest


def _lexical(segmenter: Segmenter, texts: Sequence[str], stage: str, progress: Progress) -> LexicalIndex:
    def tokens() -> object:
        for i, text in enumerate(texts):
            if i % 1000 == 0:
                progress(stage, i, len(texts))
            yield segmenter.terms(text)

    return LexicalIndex.build(tokens())  # type: ignore[arg-type]


def _parted(
    passages: Iterable[Passage], documents: Mapping[str, Document]
) -> tuple[list[Passage], list[Passage]]:
    """Passages of the given documents, and the others."""
    kept: list[Passage] = []
    others: list[Passage] = []
    for passage in passages:
        (kept if passage.document_id in documents else others).append(passage)
    return kept, others


def _rows(items: Sequence[tuple[str, str, str]]) -> list[vectors.VectorRow]:
    """Ids that change with text or region, so that a changed passage gets a new row."""
    rows = []
    for id_, text, region in items:
        digest = hashlib.sha256(f"{region}\n{text}".encode()).hexdigest()[:12]
        rows.append(vectors.VectorRow(f"{id_}@{digest}", region))
    return rows


def _reusable(folder: Path, encoder: Encoder) -> bool:
    """True when a generation's vectors may be copied: sound, and made by this encoder."""
    try:
        same = Manifest.read(folder).encoder == encoder.fingerprint
    except IndexUnusableError:
        return False
    return same and not fault(folder)


def _checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of a generation's files by name, without the manifest and Chroma's."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST and not name.startswith("chroma/"):
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _next_name(root: Path) -> str:
    numbers = [int(p.name[4:10]) for p in root.glob("gen-*") if p.name[4:10].isdigit()]
    return f"gen-{max(numbers, default=0) + 1:06d}"


def _fsync_tree(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _fsync(path)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
