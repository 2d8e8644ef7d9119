"""Bring validity, fact cards and the index to what the catalogue holds; erase what was removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import IndexUnusableError
from assistant.generations import Manifest, published, sweep
from assistant.publishing import is_current, publish
from assistant.stages import Progress
from ingest.originals import Originals
from ingest.pipeline import settle_cards
from ingest.supersession import Mark, settle_validity

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.catalogue import Catalogue
    from assistant.tools import Tools

ERASE = "erase_pending"  # something was removed whose traces are still on the disk


@dataclass(frozen=True, slots=True)
class Settled:
    """What a change did to other documents.

    `marks` are documents newly revised or repealed, `cards_out` and `cards_back` ids of
    fact cards whose original came or left.
    """

    marks: tuple[Mark, ...] = ()
    cards_out: tuple[str, ...] = ()
    cards_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """The published index after a change; `built` is False when it was not built anew."""

    generation: str
    built: bool
    documents: int
    passages: int
    settled: Settled


def bring_up_to_date(
    home: Path, catalogue: Catalogue, tools: Tools, *, progress: Progress, force: bool = False
) -> Publication:
    """Settle cards and validity, then publish unless the index is current.

    After a removal the index is built from nothing, and older generations, the removed
    originals and the catalogue's free pages go. `force` builds from nothing too.

    Raises:
        IndexUnusableError: The index cannot be built; the catalogue is safe and the
            published index stays.
        CatalogueError: The catalogue cannot be written.
    """
    settled = settle(catalogue)
    erase = catalogue.state(ERASE) is not None
    made = {"encoder": tools.encoder, "segmenter": tools.segmenter}
    built = force or erase or not is_current(home, catalogue, **made)  # type: ignore[arg-type]
    if built:
        try:
            publish(home, catalogue, progress=progress, fresh=force or erase, **made)  # type: ignore[arg-type]
        except OSError as exc:
            raise IndexUnusableError(
                f"索引没有建成（{exc.strerror}），文件已存好，原索引继续使用。请检查磁盘空间后运行 ingest publish。"
            ) from exc
    Originals.of(home).sweep(d.original_sha256 for d in catalogue.documents() if d.original_sha256)
    if erase:
        sweep(home, keep=1)
        catalogue.compact()
        catalogue.forget(ERASE)
    return publication_of(home, settled, built=built)


def settle(catalogue: Catalogue) -> Settled:
    """Bring fact cards and validity to what the documents in use say; the index is left as it is."""
    before = {d.id for d in catalogue.documents() if d.retired}
    cards = settle_cards(catalogue)
    marks = settle_validity(catalogue)
    after = {d.id for d in catalogue.documents() if d.retired}
    return Settled(marks, tuple(id_ for id_ in cards if id_ not in before), tuple(sorted(before - after)))


def publication_of(home: Path, settled: Settled, *, built: bool) -> Publication:
    """The published index of a home, empty when there is none, with what was settled before it."""
    folder = published(home)
    if folder is None:
        return Publication("", built, 0, 0, settled)
    manifest = Manifest.read(folder)
    return Publication(folder.name, built, manifest.documents, manifest.passages, settled)
