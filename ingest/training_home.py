"""The built-in corpus in an index of its own, for training what ranks and judges."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from assistant.config import Settings
from assistant.index import Index
from assistant.regions import Gazetteer
from assistant.tools import Tools, open_tools
from assistant.understand import Understanding
from ingest.home import prepare_locked


@contextmanager
def training_home(
    settings: Settings, *, progress: Callable[[str, int, int], None]
) -> Iterator[tuple[Index, Understanding, Tools]]:
    """An open index of the built-in corpus, what understands questions about it, and their tools.

    Args:
        settings: Which encoder to use; their home stays as it is.
        progress: Called with stage, done and total.
    """
    with tempfile.TemporaryDirectory() as scratch:
        settings = replace(settings, home=Path(scratch))
        tools = open_tools(settings)
        prepare_locked(settings, tools, progress=progress)
        index = Index.open(settings.home, encoder=tools.encoder, segmenter=tools.segmenter)
        try:
            regions = {document.region for document in index.documents.values()}
            gazetteer = Gazetteer.load(extra_paths=regions)
            yield index, Understanding(tools.lexicon, gazetteer, tools.segmenter), tools
        finally:
            index.close()
