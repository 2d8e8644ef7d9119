"""An assistant that follows the published generation, for processes that run for days."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date

from assistant.answer import Assistant
from assistant.config import Settings
from assistant.domain import Answer, Document, Excerpt, Hit, Turn
from assistant.errors import AssistantError, IndexUnusableError
from assistant.generations import published
from assistant.regions import Gazetteer
from assistant.stages import Stage

_NOT_FOLLOWED = "新的索引版本已经发布，但服务没能打开它，仍按原来的一版回答。原因：{reason}"

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Generation:
    """An open generation. `holders` counts the requests reading it, and its being the one in use."""

    name: str
    assistant: Assistant
    holders: int = 1


class FollowingAssistant:
    """Same methods as `Assistant`; opens a newer generation when one is published.

    A request is answered from one generation from start to end. A generation that is no
    longer in use is closed by the last request that reads it.
    """

    def __init__(self, settings: Settings, assistant: Assistant, name: str) -> None:
        """Use `open`; this only assigns."""
        self._settings = settings
        self._used = _Generation(name, assistant)
        self._tried = name  # requests do not try again what could not be opened
        self._opening = threading.Lock()
        self._counting = threading.Lock()

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
        with self._reading() as assistant:
            return assistant.gazetteer

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
        with self._reading() as assistant:
            return assistant.ask(question, region=region, history=history, as_of=as_of, on_stage=on_stage)

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
        with self._reading() as assistant:
            return assistant.search(question, region=region, history=history, top_k=top_k, as_of=as_of)

    def document(self, document_id: str) -> Document:
        """See `Assistant.document`."""
        with self._reading() as assistant:
            return assistant.document(document_id)

    def documents(self) -> list[Document]:
        """See `Assistant.documents`."""
        with self._reading() as assistant:
            return assistant.documents()

    def excerpt(self, document_id: str, start: int, end: int) -> Excerpt:
        """See `Assistant.excerpt`."""
        with self._reading() as assistant:
            return assistant.excerpt(document_id, start, end)

    @contextmanager
    def handover(self) -> Iterator[None]:
        """Around a publication: at the end of the block this assistant answers from what is published then.

        Meanwhile no request waits: all are answered from the generation in use before.

        Raises:
            IndexUnusableError: The published generation cannot be opened; the one before stays in use.
        """
        with self._opening:
            yield
            self._follow()

    def close(self) -> None:
        """Release the generation in use, once no request reads it."""
        self._release(self._used)

    @contextmanager
    def _reading(self) -> Iterator[Assistant]:
        """The assistant for one request: of the newest generation, unless that is just being opened."""
        name = _published_name(self._settings)
        if name not in (self._used.name, self._tried) and self._opening.acquire(blocking=False):
            try:
                with suppress(IndexUnusableError):  # logged; the one before stays in use
                    self._follow()
            finally:
                self._opening.release()
        with self._counting:
            generation = self._used
            generation.holders += 1
        try:
            yield generation.assistant
        finally:
            self._release(generation)

    def _follow(self) -> None:
        """Open the published generation and use it from now on; the caller holds `_opening`."""
        name, used = _published_name(self._settings), self._used
        if name == used.name:
            return
        self._tried = name
        try:
            fresh = _Generation(name, Assistant.open(self._settings))
        except (AssistantError, OSError) as exc:
            logger.warning("generation %s cannot be used, %s stays: %s", name, used.name, exc)
            raise IndexUnusableError(_NOT_FOLLOWED.format(reason=exc)) from exc
        with self._counting:
            self._used = fresh
        self._release(used)
        logger.info("now answering from %s", name)

    def _release(self, generation: _Generation) -> None:
        with self._counting:
            generation.holders -= 1
            last = generation.holders == 0
        if last:
            generation.assistant.close()


Answering = Assistant | FollowingAssistant  # what the pages need: questions, documents, excerpts


def _published_name(settings: Settings) -> str:
    folder = published(settings.home)
    return folder.name if folder else ""
