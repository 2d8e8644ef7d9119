"""Ask every question of a set, exactly as the page does, and write one scored row for each.

Rows are written in the set's order as soon as they and all before them are done, so
that a killed run leaves a clean beginning and the next one goes on from there.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Protocol, TypeVar

from assistant.domain import Answer, AnswerStatus, Document, Hit, Turn
from assistant.errors import AssistantError
from evals.dataset import Question
from evals.scoring import score, verbatim_flags

logger = logging.getLogger(__name__)
Json = dict[str, object]
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
# Rows that may wait for an earlier, slower one, per worker: bounds memory.
_WINDOW = 8
_TEXTS_KEPT = 32


class Asker(Protocol):
    """What is evaluated: the part of `assistant.Assistant` that a run uses."""

    def ask(
        self,
        question: str,
        *,
        region: str | None = None,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
    ) -> Answer:
        """Answer one question; thread-safe."""
        ...

    def search(
        self, question: str, *, region: str | None = None, top_k: int = 20, as_of: date | None = None
    ) -> list[Hit]:
        """Ranked passages, best first."""
        ...

    def document(self, document_id: str) -> Document:
        """A document with its text."""
        ...


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to ask: `region` for questions without one, `hits` passages to record (0: none)."""

    region: str | None = None
    as_of: date | None = None
    hits: int = 0
    workers: int = 2


def answer_rows(
    questions: Iterable[Question], asker: Asker, *, options: RunOptions, to_json: Callable[[Answer], Json]
) -> Iterator[Json]:
    """Rows of results.jsonl in the questions' order; a question that fails gives a row of status "error".

    `to_json` writes an answer as `ask --json` does.
    """

    @lru_cache(maxsize=_TEXTS_KEPT)
    def text_of(document_id: str) -> str:
        return asker.document(document_id).text

    def row(question: Question) -> Json:
        region = question.region or options.region
        answer, hits, error = _asked(question, asker, region=region, options=options)
        flags = verbatim_flags(answer.citations, text_of)
        scores = score(question, answer, hits=[hit.passage.text for hit in hits], verbatim=flags)
        head: Json = {"id": question.id, "question": question.question, "region": region}
        tail: Json = (
            {"hits": [_hit_json(hit, rank) for rank, hit in enumerate(hits, start=1)]} if options.hits else {}
        )
        return (
            head
            | to_json(answer)
            | {"gold": _gold_json(question)}
            | tail
            | {"scores": scores, "error": error}
        )

    yield from _in_order(row, questions, workers=options.workers)


def _asked(
    question: Question, asker: Asker, *, region: str | None, options: RunOptions
) -> tuple[Answer, list[Hit], str]:
    text, as_of = question.question, options.as_of
    try:
        answer = asker.ask(text, region=region, history=question.history, as_of=as_of)
        hits = asker.search(text, region=region, top_k=options.hits, as_of=as_of) if options.hits else []
    except AssistantError as exc:
        return Answer(AnswerStatus.ERROR, str(exc), text, region), [], str(exc)
    except Exception as exc:
        # One broken question must not end a run of a thousand; the row says what happened.
        logger.exception("question %s failed", question.id)
        message = f"{type(exc).__name__}: {exc}"
        return Answer(AnswerStatus.ERROR, "程序出错，见本行的 error。", text, region), [], message
    return answer, hits, ""


def _hit_json(hit: Hit, rank: int) -> Json:
    passage = hit.passage
    return {
        "rank": rank,
        "document_id": passage.document_id,
        "title": hit.document.title,
        "section": passage.section,
        "article": passage.article,
        "start": passage.start,
        "end": passage.end,
        "score": round(hit.score, 6),
        "text": passage.text,
    }


def _gold_json(question: Question) -> Json:
    gold: Json = {
        "answerable": question.answerable,
        "expected_status": list(question.expected_status),
        "key_facts": [list(fact) for fact in question.key_facts],
        "must_not": list(question.must_not),
        "gold_quotes": list(question.gold_quotes),
        "gold_source": question.gold_source,
        "reference": question.reference,
        "category": question.category,
        "type": question.type,
        "style": question.style,
        "history": [{"role": turn.role, "content": turn.content} for turn in question.history],
    }
    return {name: value for name, value in gold.items() if value not in (None, "", [])}


def _in_order(work: Callable[[_Item], _Result], items: Iterable[_Item], *, workers: int) -> Iterator[_Result]:
    """Results in the items' order, at most a few in flight."""
    waiting: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="evals") as pool:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= _WINDOW * max(1, workers):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def write_rows(path: Path, rows: Iterable[Json], *, on_row: Callable[[Json], None]) -> None:
    """Append rows to a results file, each handed to the system before the next is begun."""
    with path.open("a", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            on_row(row)
