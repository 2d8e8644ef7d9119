"""What the tests of publishing and of reading an index share."""

from __future__ import annotations

import gc
from pathlib import Path

from assistant.index import Index
from assistant.tools import Tools

FIRST = "gen-000001"


def opened(home: Path, tools: Tools) -> Index:
    """The published index of a home folder."""
    return Index.open(home, encoder=tools.encoder, segmenter=tools.segmenter)


def cut_database(chroma: Path) -> None:
    """Cut the database of a Chroma folder."""
    path = chroma / "chroma.sqlite3"
    path.write_bytes(path.read_bytes()[:5000])


def descriptors() -> int:
    """How many files this process has open, those that only wait for the collector not counted."""
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))
