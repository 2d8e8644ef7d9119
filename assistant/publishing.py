"""Publishing: a generation built aside from the catalogue, verified, then made the published one."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant import vectors
from assistant.domain import Document, Passage
from assistant.errors import IndexUnusableError
from assistant.generations import (
    FORMAT,
    GENERATIONS,
    MANIFEST,
    Manifest,
    checksums,
    drop_newer,
    fault,
    fsync_tree,
    next_name,
    point_to,
    published,
    sweep,
)
from assistant.index import passage_text
from assistant.lexical import LexicalIndex
from assistant.placing import placed
from assistant.snapshot import write_snapshot
from assistant.stages import Progress
from assistant.text import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.catalogue import Catalogue
    from assistant.encoder import Encoder

_LOG = logging.getLogger(__name__)


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
    building = root / f"{next_name(root)}.tmp"
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
    fsync_tree(building)
    final = building.with_suffix("")
    building.rename(final)
    drop_newer(root, than=previous, but=final)
    point_to(home, final.name)
    sweep(home)
    progress("核对索引", 1, 1)
    return manifest


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
        checksums(folder),
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
