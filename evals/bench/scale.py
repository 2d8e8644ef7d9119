"""`evals bench scale`: how time and memory grow with the library; the baseline is the smallest size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from evals.bench.asking import ask_in_child
from evals.bench.commands import run_module
from evals.bench.figures import BenchResult, Figure, to_ms
from evals.bench.material import Law, made_up_laws, write_corpus
from evals.bench.options import BenchOptions, bench_questions
from evals.dataset import Split
from evals.intervals import percentile

_SIZES, _SIZES_SHORT = (2_000, 20_000, 150_000), (500, 3_000)
_LATENCY_MS = {20_000: 30.0, 150_000: 60.0, 1_000_000: 150.0}
_ADD_S = {20_000: 5.0, 150_000: 20.0}
_MEMORY_MB = {150_000: 1500.0}
_PAGES_20 = 150  # articles of a 20-page document


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured at one size of the library."""

    articles: int
    build_s: float
    add_s: float
    p95_ms: float
    open_s: float
    memory_mb: float


def bench_scale(options: BenchOptions) -> BenchResult:
    """For each size: build, ask, add one 20-page document."""
    sizes = [_measure(options, articles) for articles in (_SIZES_SHORT if options.short else _SIZES)]
    smallest, figures = sizes[0], []
    for size in sizes[1:]:
        n = f"{size.articles:,} 段"
        growth = size.articles / smallest.articles
        figures += [
            Figure(
                f"{n}：一题处理器时间 95 分位",
                size.p95_ms,
                "ms",
                smallest.p95_ms,
                _LATENCY_MS.get(size.articles),
            ),
            Figure(f"{n}：建库（对照按字数放大）", size.build_s, "s", smallest.build_s * growth),
            Figure(f"{n}：加一份 20 页文件", size.add_s, "s", smallest.add_s, _ADD_S.get(size.articles)),
            Figure(f"{n}：打开", size.open_s, "s", smallest.open_s),
            Figure(f"{n}：内存", size.memory_mb, "MB", smallest.memory_mb, _MEMORY_MB.get(size.articles)),
        ]
    return BenchResult("scale", "规模", f"{smallest.articles:,} 段的文件库", tuple(figures))


def _measure(options: BenchOptions, articles: int) -> Size:
    work = options.folder(f"scale-{articles}")
    corpus, home = work / "corpus", work / "home"
    write_corpus(made_up_laws(articles), corpus)
    built = _sync(corpus, home, work / "build")
    texts = [question.question for question in bench_questions(Split.DEV, limit=60)]
    asked = ask_in_child(home, texts, work=work)
    write_corpus([_one_more()], corpus)
    added = _sync(corpus, home, work / "add")
    p95 = percentile(to_ms(asked.cpu_s), 0.95) or 0.0
    return Size(articles, built, added, p95, asked.open_s, asked.memory_mb)


def _one_more() -> Law:
    """A document that the library does not hold yet."""
    law = next(made_up_laws(_PAGES_20))
    return Law(replace(law.document, id="bench-new", title="新增文件"), law.passages)


def _sync(corpus: Path, home: Path, log: Path) -> float:
    return run_module("ingest", "sync", "--corpus", str(corpus), "--home", str(home), log=log).wall_s
