"""A home folder made ready: catalogue synchronised with the built-in corpus, index published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.catalogue import Catalogue
from assistant.config import Settings, corpus_folder
from assistant.generations import Manifest
from assistant.lock import writing
from assistant.publishing import is_current, publish
from assistant.stages import Progress
from assistant.tools import Tools, open_tools
from ingest.pipeline import SyncReport, sync


@dataclass(frozen=True, slots=True)
class Ready:
    """What `prepare` did; `manifest` is None when the published index was already right."""

    report: SyncReport
    manifest: Manifest | None


def prepare(settings: Settings, *, corpus: Path | None = None, progress: Progress) -> Ready:
    """Synchronise and publish under the writer lock; quick when nothing changed.

    Raises:
        HomeLockedError: Another process is writing to the home.
        DocumentError: A corpus file is invalid.
        IndexUnusableError: The new index did not pass its check; the old one stays.
    """
    with writing(settings.home, purpose="同步文件库"):
        return prepare_locked(settings, open_tools(settings), corpus=corpus, progress=progress)


def prepare_locked(
    settings: Settings, tools: Tools, *, corpus: Path | None = None, progress: Progress, force: bool = False
) -> Ready:
    """`prepare` for a caller that already holds the lock; `force` publishes even when current."""
    catalogue = Catalogue.open(settings.home)
    try:
        report = sync(catalogue, corpus or corpus_folder())
        made = {"encoder": tools.encoder, "segmenter": tools.segmenter}
        if not force and is_current(settings.home, catalogue, **made):  # type: ignore[arg-type]
            return Ready(report, None)
        return Ready(report, publish(settings.home, catalogue, progress=progress, **made))  # type: ignore[arg-type]
    finally:
        catalogue.close()
