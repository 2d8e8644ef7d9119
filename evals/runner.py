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
from assistant.errors import AssistantError, NotFoundError
from assistant.presenting import hit_json
from evals.dataset import Question
from evals.rows import Asked, Json, row_json
from evals.rundir import writing
from evals.scoring import score, verbatim_flags

logger = logging.getLogger(__name__)
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
        self,
        question: str,
        *,
        region: str | None = None,
        history: Sequence[Turn] = (),
        top_k: int = 20,
        as_of: date | None = None,
    ) -> list[Hit]:
        """Ranked passages, best first."""
        ...

    def document(self, document_id: str) -> Document:
        """A document with its text."""
        ...

    def documents(self) -> list[Document]:
        """All documents without their text."""
        ...


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to ask: `region` for questions without one, `hits` passages to record (0: none)."""

    region: str | None = None
    as_of: date | None = None
    hits: int = 0
    workers: int = 1


def answer_rows(questions: Iterable[Question], asker: Asker, *, options: RunOptions) -> Iterator[Json]:
    """Rows of results.jsonl in the questions' order; a question that fails gives a row of status "error"."""

    @lru_cache(maxsize=_TEXTS_KEPT)
    def text_of(document_id: str) -> str:
        try:
            return asker.document(document_id).text
        except NotFoundError:
            return ""  # a citation of no document is not verbatim

    def row(question: Question) -> Json:
        asked = _asked(question, asker, options=options)
        flags = verbatim_flags(asked.answer.citations, text_of)
        passages = [str(hit["text"]) for hit in asked.hits]
        scores = score(question, asked.answer, hits=passages, verbatim=flags)
        return row_json(question, asked, scores=scores, with_hits=options.hits > 0)

    yield from in_order(row, questions, workers=options.workers)


def _asked(question: Question, asker: Asker, *, options: RunOptions) -> Asked:
    text, as_of = question.question, options.as_of
    region, history = question.region or options.region, question.history
    try:
        answer = asker.ask(text, region=region, history=history, as_of=as_of)
        hits = _seen_hits(answer, options.hits)
        if len(hits) < options.hits:
            found = asker.search(text, region=region, history=history, top_k=options.hits, as_of=as_of)
            hits = [hit_json(rank, hit) for rank, hit in enumerate(found, start=1)]
    except AssistantError as exc:
        return Asked(region, Answer(AnswerStatus.ERROR, str(exc), text, region), error=str(exc))
    except Exception as exc:
        # One broken question must not end a run of a thousand; the row says what happened.
        logger.exception("question %s failed", question.id)
        failed = Answer(AnswerStatus.ERROR, "程序出错，见本行的 error。", text, region)
        return Asked(region, failed, error=f"{type(exc).__name__}: {exc}")
    return Asked(region, answer, hits)


def _seen_hits(answer: Answer, wanted: int) -> list[Json]:
    """The ranking the answer was made from, as far as it explains itself: asking again would cost as much."""
    seen = answer.explain.get("hits")
    return list(seen[:wanted]) if isinstance(seen, list) else []


def in_order(work: Callable[[_Item], _Result], items: Iterable[_Item], *, workers: int) -> Iterator[_Result]:
    """Results in the items' order, at most a few in flight for each of the `workers` threads."""
    waiting: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="evals") as pool:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= _WINDOW * max(1, workers):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def write_rows(path: Path, rows: Iterable[Json], *, on_row: Callable[[Json], None]) -> None:
    """Append rows to a results file, each handed to the system before the next is begun.

    Raises:
        RunFolderError: The file cannot be written; rows already written stay.
    """
    with writing(path), path.open("a", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            on_row(row)
