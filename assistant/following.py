"""An assistant that follows the published generation, for processes that run for days."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import date

from assistant.answer import Assistant
from assistant.config import Settings
from assistant.domain import Answer, Document, Excerpt, Hit, Turn
from assistant.errors import AssistantError
from assistant.generations import published
from assistant.regions import Gazetteer
from assistant.stages import Stage

logger = logging.getLogger(__name__)


class FollowingAssistant:
    """Same methods as `Assistant`; opens a newer generation when one is published.

    A request is answered from one generation from start to end. The generation before
    stays open until the next change, for requests still reading it.
    """

    def __init__(self, settings: Settings, assistant: Assistant, name: str) -> None:
        """Use `open`; this only assigns."""
        self._settings = settings
        self._assistant = assistant
        self._name = name
        self._earlier: Assistant | None = None
        self._opening = threading.Lock()

    @classmethod
    def open(cls, settings: Settings) -> FollowingAssistant:
        """Open the published generation.

        Raises:
            AssistantError: As `Assistant.open`.
        """
        name = _published_name(settings)
        return cls(settings, Assistant.open(settings), name)

    @property
    def gazetteer(self) -> Gazetteer:
        """Names of regions, those of newly added documents included."""
        return self._now().gazetteer

    def ask(
        self,
        question: str,
        *,
        region: str | None = None,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
        on_stage: Stage = lambda _stage: None,
    ) -> Answer:
        """See `Assistant.ask`."""
        return self._now().ask(question, region=region, history=history, as_of=as_of, on_stage=on_stage)

    def search(
        self,
        question: str,
        *,
        region: str | None = None,
        history: Sequence[Turn] = (),
        top_k: int = 20,
        as_of: date | None = None,
    ) -> list[Hit]:
        """See `Assistant.search`."""
        return self._now().search(question, region=region, history=history, top_k=top_k, as_of=as_of)

    def document(self, document_id: str) -> Document:
        """See `Assistant.document`."""
        return self._now().document(document_id)

    def documents(self) -> list[Document]:
        """See `Assistant.documents`."""
        return self._now().documents()

    def excerpt(self, document_id: str, start: int, end: int) -> Excerpt:
        """See `Assistant.excerpt`."""
        return self._now().excerpt(document_id, start, end)

    def close(self) -> None:
        """Release every open generation."""
        for assistant in (self._assistant, self._earlier):
            if assistant is not None:
                assistant.close()

    def _now(self) -> Assistant:
        """The assistant to use; a generation that cannot be opened leaves the present one in use."""
        name = _published_name(self._settings)
        if name == self._name or not self._opening.acquire(blocking=False):
            return self._assistant
        try:
            if self._earlier is not None:
                self._earlier.close()
            fresh = Assistant.open(self._settings)
            self._earlier, self._assistant = self._assistant, fresh
            logger.info("now answering from %s", name)
        except AssistantError as exc:
            self._earlier = None
            logger.warning("generation %s cannot be used, %s stays: %s", name, self._name, exc)
        finally:
            self._name = name
            self._opening.release()
        return self._assistant


Answering = Assistant | FollowingAssistant  # what the pages need: questions, documents, excerpts


def _published_name(settings: Settings) -> str:
    folder = published(settings.home)
    return folder.name if folder else ""
