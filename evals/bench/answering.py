"""`evals bench answer`: time of one answer, beside the usual pipeline's bare search."""

from __future__ import annotations

import time

from evals.bench.asking import ask_in_child
from evals.bench.figures import BenchResult, Figure, timed
from evals.bench.options import BenchOptions, bench_questions, built_in_home, corpus_texts, first_texts
from evals.bench.usual import LABEL, build_usual
from evals.dataset import Split

_USUAL_CHARS = 40_000


def bench_answer(options: BenchOptions) -> BenchResult:
    """Every dev question against the built-in corpus, one after the other in one process."""
    work, home = options.folder("answer"), built_in_home(options)
    texts = [
        question.question for question in bench_questions(Split.DEV, limit=60 if options.short else None)
    ]
    ours = ask_in_child(home, texts, work=work)
    # One question costs it the same however many chunks there are, so a part is enough.
    usual = build_usual(first_texts(corpus_texts(), _USUAL_CHARS), work / "usual")
    usual.search(texts[0])
    wall_s, cpu_s = [], []
    for text in texts:
        wall, cpu = time.perf_counter(), time.process_time()
        usual.search(text)
        wall_s.append(time.perf_counter() - wall)
        cpu_s.append(time.process_time() - cpu)
    figures = (
        timed("一题的处理器时间，中位", ours.cpu_s, 0.5, baseline=cpu_s),
        timed("一题的处理器时间，95 分位", ours.cpu_s, 0.95, baseline=cpu_s, budget=30.0),
        timed("一题的等待时间，中位", ours.wall_s, 0.5, baseline=wall_s),
        timed("一题的等待时间，95 分位", ours.wall_s, 0.95, baseline=wall_s),
        Figure("答题进程内存", ours.memory_mb, "MB", budget=500.0),
    )
    against = f"{LABEL}，只检索、不成文不核对"
    return BenchResult("answer", "一题", against, figures, {"questions": len(texts)})
