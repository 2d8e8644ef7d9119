"""`evals bench load`: many users at once over HTTP, beside one user alone on the same server."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, cycle, islice

from evals.bench.figures import BenchResult, Figure, timed
from evals.bench.options import BenchOptions, bench_questions, built_in_home
from evals.bench.starting import Server, serving
from evals.dataset import Question, Split

_USERS, _BURST = 20, 100
_BUSY = (429, 503)  # 系统繁忙 is an answer too, as long as it comes at once
_WARM_UP = 0.2  # share of a long run before memory must stay level
_GROWTH_PERCENT = 10.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One exchange; `status` 0 means the connection failed."""

    seconds: float
    status: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What the server held at a moment of a long run: memory, open files, and questions answered so far."""

    memory_mb: float
    files: int
    answered: int


def bench_load(options: BenchOptions) -> BenchResult:
    """One user, then twenty without think time, then a burst of a hundred; for `minutes` twenty again."""
    work, home = options.folder("load"), built_in_home(options)
    each = 5 if options.short else 25
    questions = bench_questions(Split.DEV, limit=_USERS * each)
    with serving(home, log=work / "serve") as server:
        _user(server.port, questions[:3])
        alone = _user(server.port, questions[: 2 * each])
        begun, used_s = time.perf_counter(), server.cpu_s()
        twenty = _together(server.port, [questions[n::_USERS] for n in range(_USERS)])
        spent_s, used_s = time.perf_counter() - begun, server.cpu_s() - used_s
        burst = _together(server.port, [[questions[n % len(questions)]] for n in range(_BURST)])
        samples = _long_run(server, questions, minutes=options.minutes)
        memory = server.memory_mb()
    rate_alone = len(alone) / sum(reply.seconds for reply in alone)
    busy = sum(reply.status in _BUSY for reply in burst)
    lost = sum(reply.status not in (200, *_BUSY) for reply in burst)
    figures = (
        timed(f"{_USERS} 人同时，95 分位", _seconds(twenty), 0.95, baseline=_seconds(alone), budget=3500.0),
        Figure(
            f"{_USERS} 人同时，每秒答题",
            len(twenty) / spent_s,
            "题",
            baseline=rate_alone,
            higher_is_better=True,
            n=len(twenty),
        ),
        Figure(f"{_USERS} 人同时，一题的处理器时间", 1000 * used_s / len(twenty), "ms", n=len(twenty)),
        Figure(f"{_USERS} 人同时，失败", _failed(twenty), "题", budget=0.0, n=len(twenty)),
        timed(f"{_BURST} 人齐发，95 分位的答复或“繁忙”", _seconds(burst), 0.95, budget=2000.0),
        timed(f"{_BURST} 人齐发，最慢的答复或“繁忙”", _seconds(burst), 1.0),
        Figure(f"{_BURST} 人齐发，既无答复也无“繁忙”", lost, "题", budget=0.0, n=_BURST),
        *_growth(samples, minutes=options.minutes),
        Figure("压测后内存", memory, "MB", budget=500.0),
    )
    setup = {"questions_each": each, "burst_busy": busy, "burst_answered": _BURST - busy - lost}
    return BenchResult("load", "并发", "同一服务上只有一人提问", figures, dict(setup))


def _long_run(server: Server, questions: Sequence[Question], *, minutes: float) -> list[Sample]:
    """Twenty users without think time; a sample after each round of five questions."""
    samples: list[Sample] = []
    supply, answered = cycle(questions), 0
    ends = time.perf_counter() + 60 * minutes
    while time.perf_counter() < ends:
        shares = [list(islice(supply, 5)) for _ in range(_USERS)]
        answered += sum(reply.status == 200 for reply in _together(server.port, shares))
        samples.append(Sample(server.memory_mb(), server.open_files(), answered))
    return samples


def _growth(samples: Sequence[Sample], *, minutes: float) -> tuple[Figure, ...]:
    """Memory and open files of the last fifth beside those right after warming up."""
    part = max(1, round(len(samples) * _WARM_UP))
    early, late = samples[part : 2 * part], samples[-part:]
    if not early:
        return ()
    before, after = (sum(s.memory_mb for s in some) / len(some) for some in (early, late))
    title, n = f"{_USERS} 人连问 {minutes:g} 分钟", samples[-1].answered
    return (
        Figure(f"{title}，内存增长", 100 * (after / before - 1), "%", budget=_GROWTH_PERCENT, n=n),
        Figure(f"{title}，末段内存", after, "MB", baseline=before, n=n),
        Figure(f"{title}，多占的文件句柄", late[-1].files - early[0].files, "个", n=n),
    )


def _seconds(replies: Sequence[Reply]) -> list[float]:
    return [reply.seconds for reply in replies]


def _failed(replies: Sequence[Reply]) -> int:
    return sum(reply.status != 200 for reply in replies)


def _together(port: int, shares: Sequence[Sequence[Question]]) -> list[Reply]:
    with ThreadPoolExecutor(max_workers=len(shares)) as pool:
        return list(chain.from_iterable(pool.map(lambda share: _user(port, share), shares)))


def _user(port: int, questions: Sequence[Question]) -> list[Reply]:
    """A user who asks the next question as soon as the last is answered."""
    return [ask_over_http(port, question) for question in questions]


def ask_over_http(port: int, question: Question) -> Reply:
    """One question to a server on this machine."""
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
