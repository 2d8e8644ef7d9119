"""The desk all questions pass: cleaned, counted, let in, answered with its stages reported."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from queue import SimpleQueue
from typing import TYPE_CHECKING

from assistant.domain import Answer, Hit, Turn
from assistant.privacy import mask_personal
from assistant.web.limits import Gate, Share

if TYPE_CHECKING:
    from assistant.config import Settings
    from assistant.following import Answering

_AT_ONCE = 4  # more would only make each of them slower on two cores
_WAITING = 20  # about a second of work; the next is told 系统繁忙 at once
_WAIT_S = 1.5  # with this a burst is answered or told 系统繁忙 within two seconds
_BROWSERS_PER_ADDRESS = 20  # an office behind one address; bounds what forged cookies can win
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the browser's token (empty: none) and the network address."""

    visitor: str
    address: str


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One question as it arrived. `region` in any form, None or empty: not chosen."""

    question: str
    region: str | None = None
    history: Sequence[Turn] = ()
    as_of: date | None = None


class Desk:
    """Takes questions from the page and from the JSON interface alike."""

    def __init__(self, assistant: Answering, settings: Settings) -> None:
        """Use the settings' share of questions per minute."""
        self._assistant = assistant
        self._browser = Share(settings.questions_per_minute)
        self._address = Share(settings.questions_per_minute * _BROWSERS_PER_ADDRESS)
        self._gate = Gate(at_once=_AT_ONCE, waiting=_WAITING, wait_s=_WAIT_S)

    def ask(
        self, enquiry: Enquiry, *, asker: Asker, on_stage: Callable[[str], None] = lambda _stage: None
    ) -> Answer:
        """Answer one question.

        Raises:
            BadQuestionError: The question or the region cannot be taken.
            TooManyQuestionsError: This asker has used up the minute's share.
            BusyError: Too many questions are being worked on.
        """
        with self._let_in(asker):
            answer = self._assistant.ask(
                _clean(enquiry.question),
                region=enquiry.region or None,
                history=[Turn(turn.role, _clean(turn.content)) for turn in enquiry.history],
                as_of=enquiry.as_of,
                on_stage=on_stage,
            )
        logger.info("answered status=%s in %.0f ms", answer.status, answer.latency_ms)
        return answer

    def search(self, enquiry: Enquiry, *, asker: Asker, top_k: int) -> list[Hit]:
        """The clauses nearest to some words, best first.

        Raises:
            AssistantError: As for `ask`.
        """
        with self._let_in(asker):
            return self._assistant.search(
                _clean(enquiry.question), region=enquiry.region or None, top_k=top_k
            )

    @contextmanager
    def _let_in(self, asker: Asker) -> Iterator[None]:
        """Count the asker's question, then hold a place at the gate."""
        self._address.take(asker.address)
        self._browser.take(f"{asker.address} {asker.visitor}")
        with self._gate.enter():
            yield

    def stages(self, enquiry: Enquiry, *, asker: Asker) -> Iterator[str | Answer]:
        """The names of the stages as they begin, then the answer.

        Raises:
            AssistantError: As for `ask`, when the iterator gets there.
        """
        events: SimpleQueue[str | Answer | Exception] = SimpleQueue()

        def work() -> None:
            try:
                events.put(self.ask(enquiry, asker=asker, on_stage=events.put))
            except Exception as exc:  # noqa: BLE001 - raised again in the asking thread
                events.put(exc)

        threading.Thread(target=work, name="ask", daemon=True).start()
        while True:
            event = events.get()
            if isinstance(event, Exception):
                raise event
            yield event
            if isinstance(event, Answer):
                return


def _clean(text: str) -> str:
    """Without characters that cannot be shown or stored, and without residents' numbers."""
    return mask_personal(_UNPRINTABLE.sub("", text))
