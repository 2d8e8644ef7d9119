"""What the chat shows at every moment, independent of Gradio: views made from the store and the desk."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from assistant.conversations import Check, Exchange, Verdict, turns
from assistant.domain import NATIONAL, Answer
from assistant.errors import AssistantError, CatalogueError
from assistant.web import wording
from assistant.web.desk import Asker, Desk, Enquiry
from assistant.web.render import answer_html, question_html, region_question_html, stage_html

if TYPE_CHECKING:
    from assistant.conversations import Conversations
    from assistant.following import Answering

RESUME_WITHIN = timedelta(hours=12)  # a reload continues today's conversation; the next day starts fresh
_SHOWN = 30  # exchanges of a conversation on the page
_FOLLOWED = 4  # exchanges a follow-up is understood against
_RENDERED = 512  # exchanges whose HTML is kept

_Key = tuple[int, Verdict, Check | None]  # what an exchange's HTML depends on besides the generation

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """A chat message: role "user" or "assistant", content one HTML element on one line."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the messages, what stands in the question box, and a hint under it.

    `box` is None where the box is left alone: the asker may be typing the next question.
    """

    messages: tuple[Message, ...] = ()
    box: str | None = None
    hint: str = ""
    conversation_id: str = ""


class Talk:
    """Conversations as the page sees them. Holds nothing of a single user but a cache of HTML."""

    def __init__(
        self,
        assistant: Answering,
        desk: Desk,
        conversations: Conversations,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Only assigns; `clock` gives UTC."""
        self._assistant = assistant
        self._desk = desk
        self._conversations = conversations
        self._clock = clock
        self._changing = threading.Lock()
        self._rendered_with: object = None
        self._rendered: dict[_Key, tuple[Message, Message]] = {}

    def resume(self, visitor: str) -> View:
        """The visitor's newest conversation when it is recent, else an empty view."""
        newest = next(iter(self._conversations.listing(visitor)), None)
        if newest is None or datetime.fromisoformat(newest.updated_at) < self._clock() - RESUME_WITHIN:
            return View()
        return self.open(visitor, newest.id)

    def open(self, visitor: str, conversation_id: str) -> View:
        """A conversation with its newest exchanges; empty when it is not this visitor's."""
        exchanges = self._conversations.exchanges(visitor, conversation_id, last=_SHOWN)
        return View(self._messages(exchanges), conversation_id=conversation_id if exchanges else "")

    def ask(self, question: str, *, region: str, asker: Asker, conversation_id: str) -> Iterator[View]:
        """The views while a question is answered: one for each stage, then the answer or a hint.

        A question that cannot be taken goes back into the box and leaves the messages alone.
        """
        exchanges = self._conversations.exchanges(asker.visitor, conversation_id, last=_SHOWN)
        before = self._messages(exchanges)
        asked = Message("user", question_html(question))
        enquiry = Enquiry(question, region, turns(exchanges[-_FOLLOWED:]))
        box: str | None = ""  # emptied once, by the first view
        try:
            for event in self._desk.stages(enquiry, asker=asker):
                if isinstance(event, Answer):
                    view = self._answered(before, event, asker.visitor, conversation_id)
                else:
                    messages = (*before, asked, Message("assistant", stage_html(event)))
                    view = View(messages, conversation_id=conversation_id)
                yield replace(view, box=box)
                box = None
        except AssistantError as exc:
            yield View(before, question, str(exc), conversation_id)
        except Exception:
            logger.exception("a question failed")
            yield View(before, question, wording.FAULT, conversation_id)

    def region(self, visitor: str) -> str:
        """The region this browser chose last, empty for none."""
        return self._conversations.region(visitor)

    def choose_region(self, visitor: str, region: str) -> None:
        """Remember the region of this browser."""
        self._conversations.choose_region(visitor, region)

    def _answered(
        self, before: tuple[Message, ...], answer: Answer, visitor: str, conversation_id: str
    ) -> View:
        try:
            conversation_id = self._conversations.add(visitor, conversation_id, answer).id
        except CatalogueError as exc:  # the answer matters more than its record
            logger.warning("an answer was not stored: %s", exc)
            unsaved = self._render(Exchange(0, "", answer))
            return View((*before, *unsaved), hint=str(exc), conversation_id=conversation_id)
        newest = self._conversations.exchanges(visitor, conversation_id, last=1)
        messages = (*before, *self._messages(newest), *self._region_question(answer, visitor))
        return View(messages, conversation_id=conversation_id)

    def _region_question(self, answer: Answer, visitor: str) -> tuple[Message, ...]:
        """Ask for the region after an answer that depends on it, once for each visitor."""
        local = any(c.region != NATIONAL for c in (*answer.citations, *answer.related))
        if answer.region or not local or self._conversations.region_known(visitor):
            return ()
        self._conversations.choose_region(visitor, "")
        return (Message("assistant", region_question_html()),)

    def _messages(self, exchanges: list[Exchange]) -> tuple[Message, ...]:
        rendered = self._rendered_now()
        messages: list[Message] = []
        for exchange in exchanges:
            key = (exchange.id, exchange.verdict, exchange.check)
            pair = rendered.get(key) or self._render(exchange)
            messages += pair
            with self._changing:
                rendered[key] = pair
                if len(rendered) > _RENDERED:
                    del rendered[next(iter(rendered))]
        return tuple(messages)

    def _rendered_now(self) -> dict[_Key, tuple[Message, Message]]:
        """The kept HTML; emptied when a new generation is answered from, whose documents may differ."""
        gazetteer = self._assistant.gazetteer  # made anew with each generation
        with self._changing:
            if gazetteer is not self._rendered_with:
                self._rendered, self._rendered_with = {}, gazetteer
            return self._rendered

    def _render(self, exchange: Exchange) -> tuple[Message, Message]:
        answer = answer_html(exchange, assistant=self._assistant)
        return Message("user", question_html(exchange.answer.question)), Message("assistant", answer)
