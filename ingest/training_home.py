"""The built-in corpus and some added laws in an index of their own, for training what ranks and judges."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from assistant.config import Settings, corpus_folder
from assistant.index import Index
from assistant.regions import Gazetteer
from assistant.tools import Tools, open_tools
from assistant.understand import Understanding
from ingest.home import prepare_locked
from ingest.training_newcomers import AddedLaws

NO_LAWS = AddedLaws({}, ())


@contextmanager
def training_home(
    settings: Settings, *, added: AddedLaws = NO_LAWS, progress: Callable[[str, int, int], None]
) -> Iterator[tuple[Index, Understanding, Tools]]:
    """An open index of the built-in corpus and added laws, what understands questions about them, and their tools.

    Args:
        settings: Which encoder to use; their home stays as it is.
        added: Laws beside the corpus, as an office would have added them.
        progress: Called with stage, done and total.
    """
    with tempfile.TemporaryDirectory() as scratch:
        settings = replace(settings, home=Path(scratch) / "home")
        tools = open_tools(settings)
        corpus = added.beside(corpus_folder(), Path(scratch) / "corpus") if added.laws else corpus_folder()
        prepare_locked(settings, tools, corpus=corpus, progress=progress)
        index = Index.open(settings.home, encoder=tools.encoder, segmenter=tools.segmenter)
        try:
            regions = {document.region for document in index.documents.values()}
            gazetteer = Gazetteer.load(extra_paths=regions)
            yield index, Understanding(tools.lexicon, gazetteer, tools.segmenter), tools
        finally:
            index.close()
