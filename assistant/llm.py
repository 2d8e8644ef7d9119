"""The optional language model: it rewrites the quoted answer fluently, and never adds to it.

READ FIRST for this mode. The extractive answer is complete before a model is asked. The
model sees its quotes and returns sentences with quote numbers; each sentence passes the
gates or is dropped; and on any doubt or fault the extractive answer is what is shown.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant import prompts, reply
from assistant.breaker import Breaker
from assistant.compose import source_line
from assistant.config import Settings
from assistant.domain import Answer, Citation, Notice, NoticeKind, Point
from assistant.endpoint import ChatModel, Endpoint
from assistant.errors import ConfigError, ModelError
from assistant.gates import Gates, only_related
from assistant.privacy import mask_personal
from assistant.regions import Gazetteer
from assistant.understand import Query

MODE = "llm"
MIN_KEPT = 0.5  # when more than half of the sentences were wrong, the rest is not trusted either
WRITTEN = "以上由大模型根据下列原文改写，每句已与原文核对；以原文为准。"
QUOTES_BELOW = "所依据的原文："
_QUOTES_INSTEAD = "以下直接列出文件原文。"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was made of a model's reply: sentences that may be shown, and why others were not."""

    kept: tuple[Point, ...]
    dropped: tuple[str, ...]

    def carries(self, first: int) -> bool:
        """True when enough is left, the sentence on the first quote (the answer itself) included."""
        enough = len(self.kept) >= MIN_KEPT * (len(self.kept) + len(self.dropped))
        return enough and any(first in point.citations for point in self.kept)


class Writer:
    """Rewrites extractive answers with a configured model. Safe to use from several threads."""

    def __init__(self, model: ChatModel, gazetteer: Gazetteer, breaker: Breaker) -> None:
        """Use `from_settings`; this only assigns."""
        self._model = model
        self._gazetteer = gazetteer
        self._breaker = breaker
        self._canary = secrets.token_hex(8)
        self._rules = prompts.rules(self._canary)
        self._gates = Gates(gazetteer, prompts.RULES)

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        gazetteer: Gazetteer | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> Writer | None:
        """The writer of the settings, None when no model is configured.

        Args:
            settings: `llm_base_url` and `llm_model` together switch this mode on.
            gazetteer: Places to check sentences with, best with the catalogue's own
                districts; the shipped list when left out.
            clock: Seconds for the pause after failures.

        Raises:
            ConfigError: Only one of the two is set, or a value cannot be used.
        """
        if not settings.llm_base_url and not settings.llm_model:
            return None
        if not (settings.llm_base_url and settings.llm_model):
            raise ConfigError(
                "使用大模型要同时设置 ASSISTANT_LLM_BASE_URL 和 ASSISTANT_LLM_MODEL；不用就把两个都去掉。"
            )
        return cls(Endpoint.open(settings), gazetteer or Gazetteer.load(), Breaker(clock=clock))

    def write(self, query: Query, draft: Answer) -> Answer:
        """The answer in the model's words, or the draft with a notice saying why not.

        Never raises for what the model or its server does. A refusal is returned as it
        is: without quotes there is nothing to rewrite, and the model is not asked.

        Args:
            query: The question as understood.
            draft: The extractive answer, its quotes verified.
        """
        if draft.refused or not draft.citations:
            return draft
        if any(prompts.commands(f"{c.title}\n{c.section}\n{c.quote}") for c in draft.citations):
            return _instead(draft, "引文里有写给大模型的话，没有交给大模型改写，")
        try:
            points = self._asked(query, draft)
        except ModelError as exc:
            return _instead(draft, f"大模型暂时不可用（{exc}），")
        if not points:
            return _instead(draft, "大模型没有改写这个问题的引文，")
        written = self._checked(points, draft.citations)
        explained = draft.explain | {
            "model": {"kept": [p.text for p in written.kept], "dropped": list(written.dropped)}
        }
        if not written.carries(draft.citations[0].n):
            return replace(_instead(draft, "大模型的改写没有通过与原文的核对，"), explain=explained)
        return replace(
            draft,
            answer=_text(draft, written.kept),
            points=written.kept,
            notices=(*draft.notices, Notice(NoticeKind.MODE, WRITTEN)),
            mode=MODE,
            explain=explained,
        )

    def fault(self) -> str:
        """Why the model cannot be used now, in Chinese; "" when it answers as agreed (one small request)."""
        try:
            reply.read(self._model.reply(self._rules, prompts.material("测试", [], region=None)))
        except ModelError as exc:
            return str(exc)
        return ""

    def _asked(self, query: Query, draft: Answer) -> list[Point]:
        """Sentences of the model, unchecked; personal numbers are masked before anything is sent."""
        if not self._breaker.allows():
            raise ModelError("刚才连续出错，稍后自动再试")
        try:
            said = self._model.reply(
                self._rules,
                prompts.material(mask_personal(query.question), draft.citations, region=query.region),
            )
            if self._canary in said:
                raise ModelError("答复里有给模型的说明")
            points = reply.read(said)
        except ModelError as exc:
            _log.warning("language model not usable: %s", exc)
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return points

    def _checked(self, points: Sequence[Point], citations: Sequence[Citation]) -> Draft:
        given = {c.n: c for c in citations}
        kept: list[Point] = []
        dropped: list[str] = []
        for said in points[: prompts.MAX_SENTENCES]:
            point = only_related(said, given)
            fault = self._gates.fault(point, given)
            if fault:
                dropped.append(f"{point.text[:40]}：{fault}")
            else:
                kept.append(point)
        return Draft(tuple(kept), tuple(dropped))


def _instead(draft: Answer, reason: str) -> Answer:
    """The extractive answer, saying plainly that it is not the model's."""
    return replace(draft, notices=(*draft.notices, Notice(NoticeKind.MODE, reason + _QUOTES_INSTEAD)))


def _text(draft: Answer, points: Iterable[Point]) -> str:
    """Markdown: what must be read first, the sentences, then every quote under its source."""
    first = [n.text for n in draft.notices if n.text in draft.answer]  # corrections, 实施期已满
    said = [point.text + "".join(f"[{n}]" for n in point.citations) for point in points]
    quoted = [
        "\n".join([f"{source}：", *(f"{' '.join(c.quote.split())}[{c.n}]" for c in group)])
        for source, group in groupby(draft.citations, key=source_line)
    ]
    return "\n\n".join([*first, *said, QUOTES_BELOW, *quoted])
