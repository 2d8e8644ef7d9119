"""`evals bench load`: many users at once over HTTP, beside one user alone on the same server."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

from evals.bench.figures import BenchResult, Figure, to_ms
from evals.bench.options import BenchOptions, bench_questions, built_in_home
from evals.bench.starting import serving
from evals.dataset import Question, Split
from evals.intervals import percentile

_USERS, _BURST = 20, 100
_BUSY = (429, 503)  # 系统繁忙 is an answer too, as long as it comes at once


@dataclass(frozen=True, slots=True)
class Reply:
    """One exchange; `status` 0 means the connection failed."""

    seconds: float
    status: int


def bench_load(options: BenchOptions) -> BenchResult:
    """One user, then twenty without think time, then a burst of a hundred."""
    work, home = options.folder("load"), built_in_home(options)
    each = 5 if options.short else 25
    questions = bench_questions(Split.DEV, limit=_USERS * each)
    with serving(home, log=work / "serve") as server:
        _user(server.port, questions[:3])
        alone = _user(server.port, questions[: 2 * each])
        begun = time.perf_counter()
        twenty = _together(server.port, [questions[n::_USERS] for n in range(_USERS)])
        spent_s = time.perf_counter() - begun
        burst = _together(server.port, [[questions[n % len(questions)]] for n in range(_BURST)])
        memory = server.memory_mb()
    failed = [reply for reply in twenty if reply.status != 200]
    lost = [reply for reply in burst if reply.status not in (200, *_BUSY)]
    one = percentile(to_ms([reply.seconds for reply in alone]), 0.95)
    rate_alone = len(alone) / sum(reply.seconds for reply in alone)
    figures = (
        Figure(f"{_USERS} 人同时，95 分位", _p95(twenty), "ms", baseline=one, budget=3500.0),
        Figure(
            f"{_USERS} 人同时，每秒答题",
            len(twenty) / spent_s,
            "题",
            baseline=rate_alone,
            higher_is_better=True,
        ),
        Figure(f"{_USERS} 人同时，失败", len(failed), "题", budget=0.0),
        Figure(
            f"{_BURST} 人齐发，最慢的答复或“繁忙”",
            max(to_ms([r.seconds for r in burst])),
            "ms",
            budget=2000.0,
        ),
        Figure(f"{_BURST} 人齐发，既无答复也无“繁忙”", len(lost), "题", budget=0.0),
        Figure("压测后内存", memory, "MB", budget=500.0),
    )
    answered = sum(reply.status == 200 for reply in burst)
    setup = {
        "questions_each": each,
        "burst_answered": answered,
        "burst_busy": len(burst) - answered - len(lost),
    }
    return BenchResult("load", "并发", "同一服务上只有一人提问", figures, dict(setup))


def _p95(replies: Sequence[Reply]) -> float:
    return percentile(to_ms([reply.seconds for reply in replies]), 0.95) or 0.0


def _together(port: int, shares: Sequence[Sequence[Question]]) -> list[Reply]:
    with ThreadPoolExecutor(max_workers=len(shares)) as pool:
        return list(chain.from_iterable(pool.map(lambda share: _user(port, share), shares)))


def _user(port: int, questions: Sequence[Question]) -> list[Reply]:
    """A user who asks the next question as soon as the last is answered."""
    return [_ask(port, question) for question in questions]


def _ask(port: int, question: Question) -> Reply:
    body = json.dumps({"question": question.question, "region": question.region}).encode()
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", "/api/ask", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        status = response.status
    except OSError:
        status = 0
    finally:
        connection.close()
    return Reply(time.perf_counter() - started, status)
