"""Publishing: a generation built aside from the catalogue, verified, then made the published one."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

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
    read_keys,
    sweep,
    write_keys,
)
from assistant.index import passage_text
from assistant.lexical import LexicalIndex
from assistant.placing import Placed, placed
from assistant.postings import Postings, count_terms, revised
from assistant.snapshot import write_snapshot
from assistant.stages import Progress
from assistant.text import RowTerms, Segmenter
from assistant.vector_child import check, write_aside
from assistant.vectors import PASSAGES, QUESTIONS, VectorRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.catalogue import Catalogue
    from assistant.encoder import Encoder

_LOG = logging.getLogger(__name__)
_KEPT_SHARE = 0.5  # with fewer rows kept, fitting in the new ones takes more memory than counting all anew
_TRIES = (
    2  # hundreds of nearly equal passages confuse the graph of one try in many; the next is another graph
)


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
    name = next_name(root)
    building = root / f"{name}-{os.getpid()}.tmp"  # a killed publication's child may still write to its own
    source = previous if previous and not fresh and not fault(previous) else None
    try:
        manifest = _build(
            building, source, catalogue, encoder=encoder, segmenter=segmenter, progress=progress
        )
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    fsync_tree(building)
    final = root / name
    building.rename(final)
    drop_newer(root, than=previous, but=final)
    point_to(home, final.name)
    sweep(home)
    return manifest


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a generation holds, in row order. `keys` change with what a row is searched by."""

    documents: dict[str, Document]
    passages: list[Passage]
    questions: list[Placed]
    keys: list[str]
    asked_keys: list[str]

    def text(self, row: int) -> str:
        """What a passage is searched by; made when it is needed: all of them take as much again as the passages."""
        passage = self.passages[row]
        return passage_text(self.documents[passage.document_id], passage)

    def asked(self, row: int) -> str:
        """An expected question's words."""
        return self.questions[row][1].question

    def vector_rows(self) -> dict[str, list[VectorRow]]:
        """Passages by region; questions together, because they are never asked for by region."""
        regions = (self.documents[passage.document_id].region for passage in self.passages)
        return {
            PASSAGES: list(map(VectorRow, self.keys, regions)),
            QUESTIONS: [VectorRow(key, "") for key in self.asked_keys],
        }


def _contents(catalogue: Catalogue) -> _Contents:
    every = {d.id: d for d in catalogue.documents()}
    documents = {id_: d for id_, d in every.items() if not d.retired}
    passages, retired = _parted(catalogue.passages(), documents)
    questions = placed(catalogue.questions(), passages, documents=every, card_passages=retired)
    words = (f"{documents[p.document_id].title}\n{p.section}\n{p.text}" for p in passages)
    keys = [f"{p.id}@{_digest(text)}" for p, text in zip(passages, words, strict=True)]
    asked_keys = _distinct(f"{q.document_id}#{q.start}-{q.end}@{_digest(q.question)}" for _, q in questions)
    return _Contents(documents, passages, questions, keys, asked_keys)


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
    contents = _contents(catalogue)
    folder.mkdir(parents=True)
    if previous is not None and Manifest.read(previous).encoder == encoder.fingerprint:
        shutil.copytree(previous / "chroma", folder / "chroma")
    with ThreadPoolExecutor(max_workers=1) as beside:  # vectors and words take about the same time
        vectors = beside.submit(_vectors, folder / "chroma", contents, encoder=encoder, progress=progress)
        snapshot = folder / "snapshot.sqlite3"
        write_snapshot(
            snapshot, contents.documents, contents.passages, contents.questions, bodies=catalogue.bodies()
        )
        words = partial(_lexical, folder, previous, segmenter=segmenter, progress=progress)
        words("lexical", contents.keys, contents.text, stage="建立词语索引")
        words("questions", contents.asked_keys, contents.asked, stage="建立问法索引")
        vectors.result()
    manifest = Manifest(
        FORMAT,
        encoder.fingerprint,
        segmenter.fingerprint,
        revision,
        len(contents.documents),
        len(contents.passages),
        len(contents.questions),
        datetime.now(UTC).isoformat(timespec="seconds"),
        checksums(folder),
    )
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), "utf-8")
    return manifest


def _vectors(folder: Path, contents: _Contents, *, encoder: Encoder, progress: Progress) -> None:
    """Bring a Chroma folder to the contents' vectors, encoding what it lacks; raises when it is not sound then."""
    rows = contents.vector_rows()
    row_of = {
        PASSAGES: {key: row for row, key in enumerate(contents.keys)},
        QUESTIONS: {key: row for row, key in enumerate(contents.asked_keys)},
    }
    text_of = {PASSAGES: contents.text, QUESTIONS: contents.asked}
    total = len(contents.keys) + len(contents.asked_keys)
    done = 0

    def encode(kind: str, ids: Sequence[str]) -> NDArray[np.float32]:
        nonlocal done
        done += len(ids)
        progress("计算向量", done, total)
        texts = [text_of[kind](row_of[kind][id_]) for id_ in ids]
        return encoder.encode(texts, query=kind == QUESTIONS)

    found = ""
    for _ in range(_TRIES):
        write_aside(folder, rows, encode)
        progress("核对索引", 0, 1)
        found = check(folder, {kind: len(wanted) for kind, wanted in rows.items()})
        if not found:
            break
        shutil.rmtree(folder, ignore_errors=True)  # the graph is made anew, from nothing
        done = 0
    else:
        raise IndexUnusableError(f"新索引没有通过自检：{found}。原索引继续使用，请重试 ingest publish。")
    progress("核对索引", 1, 1)


def _lexical(
    folder: Path,
    previous: Path | None,
    name: str,
    keys: Sequence[str],
    text_of: Callable[[int], str],
    *,
    segmenter: Segmenter,
    progress: Progress,
    stage: str,
) -> None:
    """Write one lexical index; rows the previous generation has, made by the same tokenizer, are not cut again."""

    def terms_of(row: int) -> RowTerms:
        if row % 1000 == 0:
            progress(stage, row, len(keys))
        return segmenter.row_terms(text_of(row))

    postings = None
    if previous is not None and Manifest.read(previous).segmenter == segmenter.fingerprint:
        held = {key: row for row, key in enumerate(read_keys(previous / name))}
        sources = np.asarray([held.get(key, -1) for key in keys], dtype=np.int64)
        if np.count_nonzero(sources >= 0) >= _KEPT_SHARE * len(sources):
            postings = revised(Postings.read(previous / name), sources, terms_of)
    LexicalIndex.of(postings or count_terms(map(terms_of, range(len(keys))))).save(folder / name)
    write_keys(folder / name, keys)


def _parted(
    passages: Iterable[Passage], documents: Mapping[str, Document]
) -> tuple[list[Passage], list[Passage]]:
    """Passages of the given documents, and the others."""
    kept: list[Passage] = []
    others: list[Passage] = []
    for passage in passages:
        (kept if passage.document_id in documents else others).append(passage)
    return kept, others


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _distinct(keys: Iterable[str]) -> list[str]:
    """Keys with a number after each that came before: the same question may be noted twice."""
    seen: Counter[str] = Counter()
    found = []
    for key in keys:
        found.append(f"{key}+{seen[key]}" if key in seen else key)
        seen[key] += 1
    return found
